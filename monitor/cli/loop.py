"""What runs until it is stopped: poll when feeds are due, follow changes of feeds.yml and of the store, obey signals.

`poll --loop` and `follow` are this loop with something else to say. SIGTERM and SIGINT end it after what is being
stored is stored; SIGHUP reads feeds.yml again. Failures of the store, the disk or the network are told and tried again.
"""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from monitor.cli.log import Voice
from monitor.cli.talk import Exit
from monitor.errors import MonitorError
from monitor.service import Monitor, utc_now

TICK = 1.0
_LOOK_AGAIN = timedelta(seconds=60)  # a clock that jumps when a laptop sleeps is noticed after so long
_BREATH = timedelta(seconds=1)
_TAKEN = timedelta(seconds=15)  # what is due is in the hands of another poller
_AFTER_FAILURE = timedelta(seconds=30)
_EXPECTED = (MonitorError, OSError)


@dataclass(slots=True)
class Loop:
    """One run. `cycle` polls, says what came and returns how many feeds it polled; `beat` is called after each cycle
    and each change of the store.

    `cycle` None: nothing is polled here, others are watched. `tick` is how many seconds lie between two looks.
    """

    monitor: Monitor
    voice: Voice
    cycle: Callable[[], Awaitable[int]] | None
    beat: Callable[[], None] | None = None
    clock: Callable[[], datetime] = utc_now
    tick: float = TICK

    async def run(self) -> int:
        """Until a signal comes; then 0."""
        stop, reread = asyncio.Event(), asyncio.Event()
        with _signals(stop, reread):
            stopped = asyncio.ensure_future(stop.wait())
            try:
                await self._turns(stopped, reread)
            finally:
                stopped.cancel()
        self.voice.tell("stopped")
        return Exit.DONE

    async def _turns(self, stopped: asyncio.Future[Literal[True]], reread: asyncio.Event) -> None:
        token: object = None
        due, looked = self.clock(), self.clock()
        while not stopped.done():
            await self._reread(reread)
            seen = await self._kept(self._changed)
            if seen != token or self.clock() - looked >= _LOOK_AGAIN or looked > self.clock():
                due, looked = await self._next_due(), self.clock()
            polled = self.cycle is not None and due <= self.clock()
            if polled:
                pause = await self._one(stopped)
                if stopped.done():
                    return
                due = max(self.clock() + pause, await self._next_due())
                seen = await self._kept(self._changed)
            if self.beat is not None and (polled or seen != token):
                await self._kept(self.beat)
            token = seen
            await asyncio.wait((stopped,), timeout=self.tick)

    async def _one(self, stopped: asyncio.Future[Literal[True]]) -> timedelta:
        """One cycle, cut off by a stop: what it had stored stays, what is being stored is. The rest that follows."""
        assert self.cycle is not None
        cycle = asyncio.ensure_future(self.cycle())
        await asyncio.wait((cycle, stopped), return_when=asyncio.FIRST_COMPLETED)
        if not cycle.done():
            cycle.cancel()
            await asyncio.gather(cycle, return_exceptions=True)
            return _BREATH
        try:
            return _BREATH if cycle.result() else _TAKEN
        except _EXPECTED as error:
            # A full disk or a busy store may be well again by the next cycle.
            self.voice.complain(str(error))
            return _AFTER_FAILURE

    async def _reread(self, asked: asyncio.Event) -> None:
        now = asked.is_set()
        asked.clear()
        said = await self._kept(lambda: self.monitor.renew(now=now))
        if isinstance(said, str) and said:
            self.voice.tell(said)

    def _changed(self) -> object:
        return self.monitor.changed()

    async def _next_due(self) -> datetime:
        found = await self._kept(self.monitor.next_due)
        return found if isinstance(found, datetime) else self.clock() + _LOOK_AGAIN

    async def _kept(self, job: Callable[[], object]) -> object:
        """What a look gives; a failure is told and is None: the next look may go better."""
        try:
            return await asyncio.to_thread(job)
        except _EXPECTED as error:
            self.voice.complain(str(error))
            return None


@contextmanager
def _signals(stop: asyncio.Event, reread: asyncio.Event) -> Iterator[None]:
    loop = asyncio.get_running_loop()
    wanted = {signal.SIGINT: stop, signal.SIGTERM: stop}
    if hasattr(signal, "SIGHUP"):
        wanted[signal.SIGHUP] = reread
    for number, event in wanted.items():
        loop.add_signal_handler(number, event.set)
    try:
        yield
    finally:
        for number in wanted:
            loop.remove_signal_handler(number)
