"""All that a screen shows at one moment, and the report of a poll."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from monitor.model.claims import Fact
from monitor.model.entries import Entry
from monitor.model.feeds import Feed, FeedState
from monitor.model.stories import Decision, Story
from monitor.model.words import Lane, OverdueState


@dataclass(frozen=True, slots=True)
class FeedRow:
    """A feed and how it fares."""

    feed: Feed
    state: FeedState


@dataclass(frozen=True, slots=True)
class Overdue:
    """A planned fact whose window has passed. `story` is the report that may have settled it."""

    fact: Fact
    due: date
    days: int
    state: OverdueState
    reason: str
    story: str | None = None


@dataclass(frozen=True, slots=True)
class Progress:
    """How far the reading of the archive has come, in entries; `folding`: all are read, stories are folded of them."""

    done: int
    total: int
    folding: bool = False


@dataclass(frozen=True, slots=True)
class Overruled:
    """A decision of this user's, and the later one of somebody else's that counts instead."""

    mine: Decision
    other: Decision


@dataclass(frozen=True, slots=True)
class Board:
    """All that a screen shows, at one moment. Stories of both lanes, newest first; the dashboard draws it, the command
    line prints it. `more`: there are older stories than these."""

    now: datetime
    user: str
    stories: tuple[Story, ...]
    facts: tuple[Fact, ...]
    overdue: tuple[Overdue, ...]
    feeds: tuple[FeedRow, ...]
    names: tuple[tuple[str, str], ...] = ()
    entries: int = 0
    problems: tuple[str, ...] = ()
    label: str = ""
    more: bool = False
    overruled: tuple[Overruled, ...] = ()

    @property
    def as_of(self) -> date | None:
        """How old the baseline is: the newest seeded fact. One accepted since makes the others no younger."""
        seeded = [fact.as_of for fact in self.facts if fact.accepted_from is None and fact.by is None]
        return max(seeded or [fact.as_of for fact in self.facts], default=None)

    def lane(self, name: Lane) -> tuple[Story, ...]:
        """The stories of one lane."""
        return tuple(story for story in self.stories if story.lane == name)


@dataclass(frozen=True, slots=True)
class Found:
    """What a search found: an entry, and the story it belongs to where it is an alert."""

    entry: Entry
    story: str | None


@dataclass(frozen=True, slots=True)
class PollReport:
    """What one poll cycle did. `failed` pairs feed id and cause. `busy`: feeds that were due and left to other pollers,
    each with who it is and since when."""

    polled: int = 0
    unchanged: int = 0
    failed: tuple[tuple[str, str], ...] = ()
    new: int = 0
    revised: int = 0
    alerts: int = 0
    flagged: int = 0
    seconds: float = 0.0
    busy: tuple[tuple[str, str, datetime], ...] = ()
