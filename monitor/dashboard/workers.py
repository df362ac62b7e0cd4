"""What goes on behind the screen: opening the program, reading the board, polling, writing decisions, asking questions.

Each is one long-lived task that posts messages; none touches a widget. What blocks runs in a thread of its own. An
exception that nobody expected is told like one that was, logged, and the task goes on.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from textual.message import Message

from monitor.dashboard.aside import aside
from monitor.dashboard.desk import Desk
from monitor.dashboard.messages import (
    Answered,
    BoardReady,
    Decided,
    DeskReady,
    Failed,
    PollDone,
    PollProgress,
    PollStarted,
    WordsReady,
)
from monitor.dashboard.view import Index
from monitor.errors import MonitorError

if TYPE_CHECKING:
    from monitor.model import Board, Decision, Progress

_REBUILD = timedelta(minutes=15)  # deadlines pass and stories age while nobody writes
_BREATH = timedelta(seconds=5)  # between two polls, should the desk still call something due
_AFTER_FAILURE = timedelta(seconds=30)
_RETRY = 5.0  # seconds until a program that would not open, or a board that was not expected to fail, is tried again
FIRST_WINDOW = 500  # stories of the first boards; more are read when the reader comes near the end of them
_SIGHT = 60  # stories of the very first board: a screen full
_WHOLE = 50_000  # from so many on all are read
log = logging.getLogger("monitor.dashboard")


@dataclass(frozen=True, slots=True)
class Job:
    """A decision to be written, and how it is called in words; `again` where it is one that was undone."""

    what: str
    run: Callable[[Desk], Decision]
    again: bool = False


def told(error: Exception) -> str:
    """An exception in words. One that nobody expected is logged with where it came from."""
    if isinstance(error, (MonitorError, OSError)):
        return str(error)
    log.error("unexpected", exc_info=error)
    said = str(error) or "no more is known"
    return f"an unexpected error, {type(error).__name__}: {said}. It is in the log; the screen goes on."


class Workers:
    """The tasks of one app. `post` takes their messages; `opening` opens the program where no desk is given."""

    def __init__(
        self,
        desk: Desk | None,
        opening: Callable[[], Desk] | None,
        post: Callable[[Message], object],
        *,
        clock: Callable[[], datetime],
        polling: bool,
        gap: float,
    ) -> None:
        self.desk, self.busy = desk, False
        self.due: datetime | None = None
        self.progress: Progress | None = None
        self.window: int | None = FIRST_WINDOW
        self.closing = False
        self._opening, self._post, self._clock = opening, post, clock
        self._wished, self._gap = polling, gap
        self._asked = False
        self._stale = True
        self._token: object = None  # what the desk said of itself before it made the board that was posted last
        self._shown = asyncio.Event()  # a first board, or the reason why there is none
        self.not_before = clock()
        self._poll_wake, self._read_wake = asyncio.Event(), asyncio.Event()
        self._jobs: asyncio.Queue[Job] = asyncio.Queue()

    @property
    def polling(self) -> bool:
        """Whether feeds are polled here by themselves."""
        return self._wished and self.desk is not None and not self.desk.read_only

    # ---- orders ------------------------------------------------------------------------------------------------------

    def beat(self) -> None:
        """Look whether something is due or was written elsewhere."""
        self._poll_wake.set()
        self._read_wake.set()

    def reread(self) -> None:
        """A new board, whether or not something was written."""
        self._stale = True
        self._read_wake.set()

    def widen(self, *, all: bool = False) -> None:
        """More of the older stories, or all of them."""
        if self.window is not None:
            wider = self.window * 4
            self.window = None if all or wider > _WHOLE else wider
            self.reread()

    def poll_now(self) -> None:
        """Poll all feeds."""
        self._asked = True
        self._poll_wake.set()

    def write(self, job: Job) -> None:
        """Write a decision, after those that wait."""
        self._jobs.put_nowait(job)

    async def written(self) -> None:
        """Come back when every decision is written or refused."""
        await self._jobs.join()

    async def abreast(self) -> bool:
        """Whether the board that was posted last is what the store holds."""
        if self.desk is None or self._stale or self.busy:
            return False
        try:
            return bool(await aside(self.desk.changed) == self._token)
        except Exception as error:  # noqa: BLE001 - what cannot be said is not so
            log.info("the store did not answer at the end: %s", error)
            return False

    async def ask(self, asked: str, question: Callable[[Desk], Any]) -> None:
        """Put a question to the desk; the answer comes as a message."""
        if self.desk is None:
            self._post(Failed(asked, "the program is still opening."))
            return
        desk = self.desk
        try:
            self._post(Answered(asked, await aside(lambda: question(desk))))
        except Exception as error:  # noqa: BLE001 - told, logged, and the screen goes on
            self._post(Failed(asked, told(error)))

    # ---- tasks -------------------------------------------------------------------------------------------------------

    async def open(self) -> None:
        """Open the program; a first board comes when it is open."""
        if self.desk is None and self._opening is not None:
            try:
                self.desk = await aside(self._opening)
            except Exception as error:  # noqa: BLE001 - told, and the reader decides
                self._post(Failed("open", told(error)))
                return
        assert self.desk is not None
        self._post(DeskReady(self.desk))
        self.beat()

    async def read(self) -> None:
        """Compute the board when it is stale, one at a time."""
        token: object = None
        said, built = "", self._clock()
        while True:
            await self._read_wake.wait()
            self._read_wake.clear()
            desk = self.desk
            if desk is None:
                continue
            try:
                seen, self.due, self.progress = await aside(lambda desk=desk: _looked(desk))  # type: ignore[misc]
                if not self._stale and seen == token and self._clock() - built < _REBUILD:
                    continue
                self._stale, token, built = False, seen, self._clock()
                board, index = await aside(lambda desk=desk: _indexed(desk.board(self._extent())))  # type: ignore[misc]
            except Exception as error:  # noqa: BLE001 - told, logged, and the task goes on
                self._stale = True
                why = told(error) if str(error) != said else said
                if str(error) != said:
                    said = str(error)
                    self._post(Failed("read the board", why))
                self._shown.set()
                if not isinstance(error, (MonitorError, OSError)):
                    await asyncio.sleep(_RETRY)
                continue
            said = ""
            self._token = token
            self._post(BoardReady(board, index))
            if not self._shown.is_set():
                self._shown.set()
                if board.more:
                    self.reread()
                continue
            if not index.warm:
                await aside(index.gather)
                self._post(WordsReady())
            await asyncio.sleep(self._gap)

    def _extent(self) -> int | None:
        """How many stories the next board is to have: at first a screen full, which is there at once."""
        return self.window if self._shown.is_set() or self.window is None else min(_SIGHT, self.window)

    async def poll(self) -> None:
        """Poll when it is time or someone asks; a beat that comes while it polls is not kept. The first board is drawn
        before the first poll, which has much to load.
        """
        await self._shown.wait()
        while True:
            await self._poll_wake.wait()
            self._poll_wake.clear()
            asked, self._asked = self._asked, False
            desk = self.desk
            if desk is None or not (asked or self._is_due()):
                continue
            self.busy = True
            self._post(PollStarted())
            pause = _BREATH
            try:
                report = await desk.poll(force=asked, progress=self._progress)
                self._post(PollDone(report, asked))
            except Exception as error:  # noqa: BLE001 - told, logged, and the task goes on
                pause = _AFTER_FAILURE
                self._post(Failed("poll", told(error)))
            finally:
                self.busy = False
            self.not_before = self._clock() + pause
            self.reread()

    def _progress(self, said: str) -> None:
        self._post(PollProgress(said))

    async def writer(self) -> None:
        """Write decisions in the order they were made."""
        while True:
            job = await self._jobs.get()
            desk = self.desk
            try:
                assert desk is not None
                decision = await aside(lambda desk=desk, job=job: job.run(desk))  # type: ignore[misc]
                self._post(Decided(decision, job.run, job.again))
            except Exception as error:  # noqa: BLE001 - told, logged, and the task goes on
                self._post(Failed(job.what, told(error)))
            finally:
                self._jobs.task_done()

    def _is_due(self) -> bool:
        now = self._clock()
        return self.polling and now >= self.not_before and self.due is not None and self.due <= now


def _looked(desk: Desk) -> tuple[object, datetime | None, Progress | None]:
    return desk.changed(), desk.next_due(), desk.progress()


def _indexed(board: Board) -> tuple[Board, Index]:
    return board, Index(board)
