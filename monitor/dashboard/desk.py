"""What the dashboard needs from the program: a desk to read and decide at. The service is one, tests bring theirs."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from monitor.model import Action, Alert, Board, Config, Decision, Ledger, PollReport, Progress


class Desk(Protocol):
    """The program as the screen sees it. Every method may raise a MonitorError; the screen then says so and goes on."""

    @property
    def read_only(self) -> bool:
        """Whether decisions and polls are refused here."""
        ...

    @property
    def config(self) -> Config:
        """The configuration in force: its feeds and rules."""
        ...

    def board(self, window: int | None = None) -> Board:
        """The board of this moment, with so many of the newest stories, or all. May take seconds: in a thread."""
        ...

    def progress(self) -> Progress | None:
        """How far the archive has been read anew; None where it is read. Called once a second, in a thread."""
        ...

    async def poll(self, *, force: bool = False, progress: Callable[[str], None] | None = None) -> PollReport:
        """Poll the feeds that are due, all of them where `force`; `progress` is told in words, from any thread."""
        ...

    def decide(self, story_id: str, action: Action, *, reason: str | None = None, text: str | None = None) -> Decision:
        """Write one decision to the journal. May block: called in a thread. Raises ReviewError if not allowed."""
        ...

    def correct(
        self, story_id: str, given: Mapping[str, Any], *, entry: str | None = None, reason: str | None = None
    ) -> Decision:
        """Correct the lead claim of a report. May block. Raises ReviewError."""
        ...

    def grade(self, story_id: str, grade: str, *, reason: str) -> Decision:
        """Grade a story, like B2. May block. Raises ReviewError."""
        ...

    def split(self, story_id: str, entries: Sequence[str]) -> Decision:
        """Make a story of its own of some reports. May block. Raises ReviewError."""
        ...

    def merge(self, story_id: str, other_id: str) -> Decision:
        """Put two stories together. May block. Raises ReviewError."""
        ...

    def undo(self) -> Decision:
        """Take back the last decision. May block. Raises ReviewError where there is none."""
        ...

    def changed(self) -> object:
        """A cheap token; another value means that another process wrote. Called once a second, in a thread."""
        ...

    def next_due(self) -> datetime | None:
        """When the next feed is due; None where none ever is. Called in a thread."""
        ...

    def explain(self, text: str) -> tuple[Alert | None, tuple[str, ...]]:
        """A sentence read as a headline: the alert it would be, and what each near rule lacks. Called in a thread."""
        ...

    def ledger(self, as_of: date | None = None) -> Ledger:
        """What was held of every base, force and mission on a day, today where none is given. Called in a thread."""
        ...

    def unmute(self, feed_id: str) -> None:
        """Let a feed that was muted or that backs off be polled at the next turn. May block."""
        ...
