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
_FOR_ALL = frozenset({"webhook", "apprise"})


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
        shared: Outbox | None = None,
    ) -> None:
        """`ring` sounds the bell, from any thread; `background` False: nothing is sent but by `deliver`; `shared`: the
        outbox of all machines over the store, where there are several."""
        self._shared = shared
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
        name, box = line_id(line), self._box(line)
        for _ in range(_TRIES):
            told = box.told(name)
            if not told and box is not self._outbox and (before := self._outbox.told(name)):
                # What this machine told of while it was the only one.
                box.put(name, (), tuple(before.values()), told)
                continue
            notes, state = consider(line, board, told)
            if not (notes or state) or box.put(name, notes, state, told):
                return

    def _box(self, line: Notify) -> Outbox:
        """Where a line's notices are kept: those that reach the same people from every machine, for all of them."""
        return self._shared if self._shared is not None and line.channel in _FOR_ALL else self._outbox

    def _boxes(self) -> tuple[Outbox, ...]:
        # Also what waited on this machine before the store was shared goes out.
        return (self._outbox,) if self._shared is None else (self._outbox, self._shared)

    def problems(self) -> tuple[str, ...]:
        """Channels that do not deliver, in words."""
        if not self._lines:
            return ()
        names = {line_id(line): line for line in self._lines}
        try:
            troubles = [one for box in self._boxes() for one in box.troubles()]
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
            pairs = [(box, name, line) for name, line in lines.items() for box in self._boxes()]
            await asyncio.gather(*(self._deliver(*pair) for pair in pairs))
            moments = [moment for pair in pairs if (moment := self._next(*pair)) is not None]
        except StoreError as error:
            self._trouble = str(error)
            return _LOOK
        now = self._clock()
        return min([_LOOK, *(max((moment - now).total_seconds(), 0.2) for moment in moments)])

    async def _deliver(self, box: Outbox, name: str, line: Notify) -> None:
        now = self._clock()
        for notes in ready(line, box.waiting(name), box.last(name), now):
            box.gather(name, notes, now)
        batches = box.take(name, now)
        await asyncio.gather(*(self._send(box, line, batch) for batch in batches))

    async def _send(self, box: Outbox, line: Notify, batch: Batch) -> None:
        cause = await send(line, batch, ring=self.ring, user_agent=self._user_agent)
        if cause:
            box.failed(batch, cause, self._clock())
        else:
            box.sent(batch, self._clock())

    def _next(self, box: Outbox, name: str, line: Notify) -> datetime | None:
        waiting = box.waiting(name)
        times = [next_time(line, waiting, box.last(name), self._clock())] if waiting else []
        due = box.next_due(name)
        return min([*times, *([due] if due is not None else [])], default=None)

    def _run(self) -> None:
        while not self._ending.is_set():
            self._wake.clear()
            begun = time.monotonic()
            pause = asyncio.run(self.deliver())
            if not self._wake.is_set():
                self._idle.set()
            self._wake.wait(max(0.2, pause - (time.monotonic() - begun)))
