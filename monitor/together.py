"""Work that is cheaper for many at once: what comes while it is busy waits, and is then done in one go, in a thread."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from types import TracebackType
from typing import Generic, Self, TypeVar

T = TypeVar("T")
R = TypeVar("R")


class Together(Generic[T, R]):
    """`async with Together(work) as together`, then `await together.give(item)` from many tasks.

    `work` gets at most `most` items, in the order in which they were given, and returns a result for each, or the
    exception that `give` is to raise. Nothing is held back to make a group larger: what comes alone goes alone. Leaving
    the block waits for the work under way, so that nothing is half done, and does not begin any more.
    """

    def __init__(self, work: Callable[[Sequence[T]], Sequence[R | Exception]], *, most: int) -> None:
        self._work, self._most = work, most
        self._waiting: list[tuple[T, asyncio.Future[R]]] = []
        self._busy: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._waiting.clear()
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
        self._busy = None
