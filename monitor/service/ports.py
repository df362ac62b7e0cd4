"""What the service needs from outside, as Protocols, and the fixed things that all its parts share."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Protocol

from monitor.baseline.seeds import Seed
from monitor.errors import ReviewError
from monitor.model import Alert, Board, Config, Decision, Entry, Fact, Feed, FeedState, Notify
from monitor.pipeline import Parse
from monitor.rules.engine import Ruleset

if TYPE_CHECKING:
    from monitor.service import Monitor
    from monitor.store.alerts import AlertCache

SICK_HEALTH = frozenset({"failing", "blocked", "not a feed", "offline"})


class Archive(Protocol):
    """What the program asks of its store."""

    @property
    def cache(self) -> AlertCache | None:
        """What was derived from the entries, where the store can keep it."""

    @property
    def shared(self) -> bool:
        """Whether several machines may be at work on it."""

    def ruleset(self) -> str | None:
        """The fingerprint of the rules that belong to the store's own configuration, None where it has none."""

    def recent(self, limit: int) -> tuple[Entry, ...]: ...
    def feed_states(self) -> Mapping[str, FeedState]: ...
    def known(self, feed_id: str) -> Mapping[str, Entry]: ...
    def commit(self, state: FeedState, entries: Sequence[Entry]) -> None: ...
    def commit_all(self, turns: Sequence[tuple[FeedState, Sequence[Entry]]]) -> None: ...
    def entries(self) -> Iterator[Entry]: ...
    def journal(self, after: int = 0) -> tuple[Decision, ...]: ...
    def append(self, decide: Callable[[tuple[Decision, ...]], Decision]) -> Decision: ...
    def accepted(self) -> tuple[Fact, ...]: ...
    def damage(self) -> tuple[str, ...]: ...
    def accept(
        self, fact: Fact, decide: Callable[[tuple[Decision, ...]], Decision], also: Sequence[Fact] = ()
    ) -> Decision: ...
    def version(self) -> str: ...
    def count(self) -> int: ...
    def search(self, text: str, limit: int = 50) -> tuple[Entry, ...]: ...
    def claim(self, seen: Mapping[str, FeedState], holder: str, *, force: bool = False) -> frozenset[str]: ...
    def give_back(self, holder: str) -> None: ...
    def held(self, feeds: Sequence[str]) -> Mapping[str, tuple[str, datetime]]: ...
    def due(self, job: str, now: datetime, every: timedelta) -> bool: ...
    def index(self, *, most: int | None = None) -> int: ...
    def expire(self, before: datetime, keep: Callable[[Entry], bool]) -> int: ...


class Reader(Parse, Protocol):
    """What reads documents and entries away from this process; see `monitor.reader`."""

    async def read(self, entries: Sequence[Entry], feed: Feed) -> list[Alert | None] | None:
        """One answer per entry, as `alerting.understood` gives it; None where it could not be done there."""

    def read_ahead(self, entry: Entry) -> Alert | None:
        """The same where the entry was read with its document, and has not been asked for. Raises KeyError."""

    def read_archive(self, pairs: Sequence[tuple[Entry, Feed | None]]) -> list[Alert | None] | None:
        """The same for entries of any feeds, without an event loop: what is read anew in the background."""


@dataclass(frozen=True, slots=True)
class News:
    """What looking at the configuration gave: `words` for people; `trouble` where the last good one goes on."""

    words: str = ""
    trouble: str = ""


class Renewal(Protocol):
    """Where a Monitor learns of a changed configuration."""

    def look(self, monitor: Monitor, *, now: bool = False) -> News | None:
        """Calls `monitor.reload` where there is another configuration that holds. None: all is as it was."""


class Notices(Protocol):
    """Who is told outside the screen; see `monitor.notify`."""

    def configure(self, lines: Sequence[Notify]) -> None:
        """Goes on with these lines of `notify:`."""

    def wanted(self, now: datetime, news: bool) -> bool:
        """Whether a board should be shown to `consider` after a poll; `news`: it brought something."""

    def consider(self, board: Board) -> None:
        """Writes down what is to be sent. Sends nothing itself, and raises nothing for what a channel does."""

    def problems(self) -> tuple[str, ...]:
        """What keeps a channel from delivering, in words."""


def utc_now() -> datetime:
    """The real clock."""
    return datetime.now(UTC)


@dataclass(frozen=True)
class Workplace:
    """One configuration over one archive: what every part of the service looks at, never changed in place.

    `label` says what the board is called at a moment (the demo is labelled as such).
    """

    config: Config
    ruleset: Ruleset
    seed_rules: Ruleset
    seeds: tuple[Seed, ...]
    archive: Archive
    feeds: Mapping[str, Feed]
    clock: Callable[[], datetime]
    label: Callable[[datetime], str]
    read_only: bool

    def writable(self) -> None:
        """Raises ReviewError where nothing may be decided."""
        if self.read_only:
            raise ReviewError("Read-only: start without --read-only to decide.")
