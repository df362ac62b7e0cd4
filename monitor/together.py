"""Work that is cheaper for many at once: what comes while it is busy waits, and is then done in one go, in a thread."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Callable, Sequence
from types import TracebackType
from typing import Generic, Self, TypeVar

_LONGEST_REST = 0.1  # seconds
T = TypeVar("T")
R = TypeVar("R")


class Together(Generic[T, R]):
    """`async with Together(work) as together`, then `await together.give(item)` from many tasks.

    `work` gets at most `most` items, in the order in which they were given, and returns a result for each, or the
    exception that `give` is to raise. What comes alone goes alone and at once; while more and more comes, some times as
    long as the work took, a tenth of a second at most, lies between two groups, so that they are large: `rest` says how
    many times. Leaving the block waits for the work under way, so that nothing is half done, and does not begin any
    more.
    """

    def __init__(self, work: Callable[[Sequence[T]], Sequence[R | Exception]], *, most: int, rest: float = 0.0) -> None:
        self._work, self._most, self._rest = work, most, rest
        self._waiting: list[tuple[T, asyncio.Future[R]]] = []
        self._busy: asyncio.Task[None] | None = None
        self._left = asyncio.Event()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._waiting.clear()
        self._left.set()
        if self._busy is not None:
            await asyncio.shield(self._busy)

    async def give(self, item: T) -> R:
        """The result for this item. Raises what the work raised or gave for it."""
        done: asyncio.Future[R] = asyncio.get_running_loop().create_future()
        self._waiting.append((item, done))
        if self._busy is None:
            self._busy = asyncio.create_task(self._all())
        return await done

    async def _all(self) -> None:
        while self._waiting:
            part, self._waiting = self._waiting[: self._most], self._waiting[self._most :]
            results: Sequence[R | Exception]
            begun = time.monotonic()
            try:
                results = await asyncio.to_thread(self._work, [item for item, _ in part])
            except Exception as error:  # noqa: BLE001 - raised where it was waited for
                results = [error] * len(part)
            for (_, done), result in zip(part, results, strict=True):
                if done.done():
                    continue  # whoever waited has been cancelled
                if isinstance(result, Exception):
                    done.set_exception(result)
                else:
                    done.set_result(result)
            took = time.monotonic() - begun
            del part, results
            if self._rest and len(self._waiting) < self._most:
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(self._left.wait(), min(_LONGEST_REST, self._rest * took))
        self._busy = None
