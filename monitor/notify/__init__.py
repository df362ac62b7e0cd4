"""Notices: who is told outside the screen of what, through which channel, at what pace.

`plan` decides (pure), `outbox` keeps what is to be sent, `channels` sends, `Notifier` ties them together: a poll hands
it a board and goes on; a thread of its own sends, tries again what failed, and never holds anybody up.
"""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from monitor.errors import StoreError
from monitor.model import Board, Notify
from monitor.notify.channels import send
from monitor.notify.outbox import Batch, Outbox
from monitor.notify.plan import consider, line_id, next_time, ready

__all__ = ["Notifier"]

_LOOK = 30.0  # seconds after which waiting messages are looked at again, whatever the clock says
_TRIES = 5  # another process may tell of the same board at the same moment
_REMIND = timedelta(minutes=1)


class Notifier:
    """The `Notices` of a Monitor. Safe to use from any thread; nothing is sent before the first poll, or `start`."""

    def __init__(
        self,
        outbox: Outbox,
        *,
        clock: Callable[[], datetime],
        ring: Callable[[], None],
        user_agent: str,
        background: bool = True,
    ) -> None:
        """`ring` sounds the bell, from any thread; `background` False: nothing is sent but by `deliver`."""
        self._outbox, self._clock, self.ring, self._user_agent = outbox, clock, ring, user_agent
        self._lines: tuple[Notify, ...] = ()
        self._background, self._thread = background, None
        self._wake, self._idle, self._ending = threading.Event(), threading.Event(), threading.Event()
        self._considered: datetime | None = None
        self._trouble = ""

    _thread: threading.Thread | None

    # ---- what a Monitor asks ----

    def configure(self, lines: Sequence[Notify]) -> None:
        """Goes on with these lines."""
        self._lines = tuple(lines)

    def wanted(self, now: datetime, news: bool) -> bool:
        """Whether a board is to be considered now; what waits is sent meanwhile."""
        if not self._lines:
            return False
        self.start()
        due = self._considered is None or now - self._considered >= _REMIND or now < self._considered
        return news or (due and (self._considered is None or any(line.repeat is not None for line in self._lines)))

    def consider(self, board: Board) -> None:
        """Writes down what is to be sent, and lets the thread send it."""
        self._considered = board.now
        try:
            for line in self._lines:
                self._consider(line, board)
        except StoreError as error:
            self._trouble = str(error)
            return
        self._trouble = ""
        self.start()

    def _consider(self, line: Notify, board: Board) -> None:
        name = line_id(line)
        for _ in range(_TRIES):
            told = self._outbox.told(name)
            notes, state = consider(line, board, told)
            if not (notes or state) or self._outbox.put(name, notes, state, told):
                return

    def problems(self) -> tuple[str, ...]:
        """Channels that do not deliver, in words."""
        if not self._lines:
            return ()
        names = {line_id(line): line for line in self._lines}
        try:
            troubles = self._outbox.troubles()
        except StoreError as error:
            return (str(error),)
        told = [
            f"notices by {line.channel} ({line.when}) fail: {one.error}; {one.waiting} wait since "
            f"{one.since:%Y-%m-%d %H:%M}Z, next try {one.due:%H:%M}Z"
            for one in troubles
            if (line := names.get(one.line)) is not None
        ]
        return (*([self._trouble] if self._trouble else []), *told)

    # ---- sending ----

    def start(self) -> None:
        """Sends what waits, in a thread of its own."""
        if not self._background or not self._lines:
            return
        self._idle.clear()
        self._wake.set()
        if self._thread is None:
            self._thread = threading.Thread(target=self._run, name="notices", daemon=True)
            self._thread.start()

    def close(self, seconds: float = 10.0) -> tuple[str, ...]:
        """Lets what can be sent go out, for so many seconds at most; the rest waits for the next start. What fails."""
        if self._thread is None:
            return ()
        self._idle.wait(seconds)
        self._ending.set()
        self._wake.set()
        self._thread.join(1.0)
        return self.problems()

    async def deliver(self) -> float:
        """Sends all that may be sent now, all lines side by side. Seconds until there may be more."""
        lines = {line_id(line): line for line in self._lines}
        try:
            await asyncio.gather(*(self._deliver(name, line) for name, line in lines.items()))
            moments = [moment for name, line in lines.items() if (moment := self._next(name, line)) is not None]
        except StoreError as error:
            self._trouble = str(error)
            return _LOOK
        now = self._clock()
        return min([_LOOK, *(max((moment - now).total_seconds(), 0.2) for moment in moments)])

    async def _deliver(self, name: str, line: Notify) -> None:
        now = self._clock()
        for notes in ready(line, self._outbox.waiting(name), self._outbox.last(name), now):
            self._outbox.gather(name, notes, now)
        batches = self._outbox.take(name, now)
        await asyncio.gather(*(self._send(line, batch) for batch in batches))

    async def _send(self, line: Notify, batch: Batch) -> None:
        cause = await send(line, batch, ring=self.ring, user_agent=self._user_agent)
        if cause:
            self._outbox.failed(batch, cause, self._clock())
        else:
            self._outbox.sent(batch, self._clock())

    def _next(self, name: str, line: Notify) -> datetime | None:
        waiting = self._outbox.waiting(name)
        times = [next_time(line, waiting, self._outbox.last(name), self._clock())] if waiting else []
        due = self._outbox.next_due(name)
        return min([*times, *([due] if due is not None else [])], default=None)

    def _run(self) -> None:
        while not self._ending.is_set():
            self._wake.clear()
            begun = time.monotonic()
            pause = asyncio.run(self.deliver())
            if not self._wake.is_set():
                self._idle.set()
            self._wake.wait(max(0.2, pause - (time.monotonic() - begun)))
