"""Work beside the screen, in daemon threads: what still runs when the reader quits must not hold the program back."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from typing import TypeVar

Result = TypeVar("Result")


async def aside(work: Callable[[], Result]) -> Result:
    """What `work` gives, from a thread of its own. Raises what it raises; a caller that has left is not waited for."""
    loop = asyncio.get_running_loop()
    future: asyncio.Future[Result] = loop.create_future()

    def deliver(result: Result | None, error: BaseException | None) -> None:
        if future.done():
            return
        if error is not None:
            future.set_exception(error)
        else:
            future.set_result(result)  # type: ignore[arg-type]  # None only where Result is

    def run() -> None:
        result: Result | None = None
        caught: BaseException | None = None
        try:
            result = work()
        except BaseException as error:  # noqa: BLE001 - handed on to the one who asked
            caught = error
        try:
            loop.call_soon_threadsafe(deliver, result, caught)
        except RuntimeError:  # the loop has ended: nobody asks any more
            return

    threading.Thread(target=run, name="monitor-aside", daemon=True).start()
    return await future
