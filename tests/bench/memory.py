"""A store that costs nothing, to measure what a poll costs without one."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta

from monitor.model import Decision, Entry, Fact, FeedState


class MemoryArchive:
    """What the service asks of a store, kept in dictionaries."""

    cache, shared = None, False

    def __init__(self) -> None:
        self._states: dict[str, FeedState] = {}
        self._entries: dict[str, dict[str, Entry]] = {}

    def feed_states(self) -> Mapping[str, FeedState]:
        return dict(self._states)

    def known(self, feed_id: str) -> Mapping[str, Entry]:
        return self._entries.get(feed_id, {})

    def commit(self, state: FeedState, entries: Sequence[Entry]) -> None:
        self._entries.setdefault(state.feed, {}).update({entry.key: entry for entry in entries})
        self._states[state.feed] = state

    def commit_all(self, turns: Sequence[tuple[FeedState, Sequence[Entry]]]) -> None:
        for state, entries in turns:
            self.commit(state, entries)

    def entries(self) -> Iterator[Entry]:
        return iter([entry for feed in self._entries.values() for entry in feed.values()])

    def journal(self, after: int = 0) -> tuple[Decision, ...]:
        return ()

    def append(self, decide: Callable[[tuple[Decision, ...]], Decision]) -> Decision:
        return decide(())

    def accepted(self) -> tuple[Fact, ...]:
        return ()

    def accept(self, fact: Fact, decide: Callable[[tuple[Decision, ...]], Decision]) -> Decision:
        return decide(())

    def version(self) -> str:
        return ""

    def claim(self, seen: Mapping[str, FeedState], holder: str, *, force: bool = False) -> frozenset[str]:
        return frozenset(seen)

    def ruleset(self) -> None:
        return None

    def recent(self, limit: int) -> tuple[Entry, ...]:
        return ()

    def search(self, text: str, limit: int = 50) -> tuple[Entry, ...]:
        return ()

    def count(self) -> int:
        return sum(map(len, self._entries.values()))

    def give_back(self, holder: str) -> None:
        return

    def held(self, feeds: Sequence[str]) -> dict[str, tuple[str, datetime]]:
        return {}

    def due(self, job: str, now: datetime, every: timedelta) -> bool:
        return False

    def index(self, *, most: int | None = None) -> int:
        return 0

    def expire(self, before: datetime, keep: Callable[[Entry], bool]) -> int:
        return 0
