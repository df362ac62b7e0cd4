"""What the service needs from outside, as Protocols, and the fixed things that all its parts share."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Protocol

from monitor.baseline.seeds import Seed
from monitor.errors import ReviewError
from monitor.model import Alert, Config, Decision, Entry, Fact, Feed, FeedState
from monitor.pipeline import Parse
from monitor.rules.engine import Ruleset

SICK_HEALTH = frozenset({"failing", "blocked", "not a feed", "offline"})


class Archive(Protocol):
    """What the program asks of its store."""

    def feed_states(self) -> Mapping[str, FeedState]: ...
    def known(self, feed_id: str) -> Mapping[str, Entry]: ...
    def commit(self, state: FeedState, entries: Sequence[Entry]) -> None: ...
    def entries(self) -> Iterator[Entry]: ...
    def journal(self) -> tuple[Decision, ...]: ...
    def append(self, decide: Callable[[tuple[Decision, ...]], Decision]) -> Decision: ...
    def accepted(self) -> tuple[Fact, ...]: ...
    def accept(self, fact: Fact, decide: Callable[[tuple[Decision, ...]], Decision]) -> Decision: ...
    def version(self) -> str: ...
    def claim(self, seen: Mapping[str, FeedState], holder: str, *, force: bool = False) -> frozenset[str]: ...
    def index(self) -> int: ...
    def expire(self, before: datetime, keep: Callable[[Entry], bool]) -> int: ...


class Reader(Parse, Protocol):
    """What reads documents and entries away from this process; see `monitor.reader`."""

    async def read(self, entries: Sequence[Entry], feed: Feed, facts: tuple[Fact, ...]) -> list[Alert | None] | None:
        """One answer per entry, None where it could not be done there."""


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
