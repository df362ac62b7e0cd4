"""What fetches brought is stored in one go, and each feed's alone stands or falls."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from monitor.errors import StoreBusy, StoreError
from monitor.model import Entry, Feed, FeedState, Fetched, FetchFailed, NotModified, ParsedEntry, ParsedFeed, Polling
from monitor.settling import FeedOutcome, Turn, settled

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


class Store:
    """Keeps what it is given, in the order of its transactions; refuses the feed named `bad`."""

    def __init__(self, bad: str = "", error: type[StoreError] = StoreError) -> None:
        self.bad, self.error = bad, error
        self.stored: list[list[str]] = []
        self.entries: dict[str, dict[str, Entry]] = {}
        self.asked: list[str] = []

    def known(self, feed_id: str) -> Mapping[str, Entry]:
        self.asked.append(feed_id)
        return self.entries.get(feed_id, {})

    def commit_all(self, turns: Sequence[tuple[FeedState, Sequence[Entry]]]) -> None:
        if any(state.feed == self.bad for state, _ in turns):
            raise self.error("refused")
        self.stored.append([state.feed for state, _ in turns])
        for state, entries in turns:
            self.entries.setdefault(state.feed, {}).update({entry.key: entry for entry in entries})


def turn(name: str, state: FeedState | None = None, result: object = None, items: int = 1) -> Turn:
    entries = tuple(
        ParsedEntry(f"{name}{n}", None, f"Title {n} of {name}", "", "", NOW - timedelta(hours=n)) for n in range(items)
    )
    fetched = result or Fetched(b"x", f"https://{name}.example/", "", '"1"', None, None, 0.1)
    parsed = ParsedFeed(name, entries) if isinstance(fetched, Fetched) else None
    feed = Feed(name, f"https://{name}.example/", name)
    digest = "d" if parsed else None
    return Turn(feed, state or FeedState(name), fetched, parsed, digest, NOW, 0.0)  # type: ignore[arg-type]


def test_several_feeds_are_one_transaction() -> None:
    store = Store()
    outcomes = settled(
        [turn("a"), turn("b"), turn("c", result=FetchFailed("failing", "404 not found", 0.1))], store, Polling()
    )
    assert store.stored == [["a", "b", "c"]]
    assert all(isinstance(outcome, FeedOutcome) for outcome in outcomes)
    assert [len(outcome.new) for outcome in outcomes if isinstance(outcome, FeedOutcome)] == [1, 1, 0]


def test_what_the_store_refuses_of_one_feed_costs_that_feed_alone() -> None:
    store = Store(bad="b")
    outcomes = settled([turn("a"), turn("b"), turn("c")], store, Polling())
    assert [isinstance(outcome, StoreError) for outcome in outcomes] == [False, True, False]
    assert store.stored == [["a"], ["c"]]
    alone = settled([turn("b")], store, Polling())
    assert [str(outcome) for outcome in alone] == ["refused"]


def test_a_store_that_another_keeps_busy_is_not_asked_once_for_each() -> None:
    with pytest.raises(StoreBusy):
        settled([turn("a"), turn("b")], Store(bad="b", error=StoreBusy), Polling())


def test_a_poll_that_brings_nothing_does_not_look_at_the_entries() -> None:
    store = Store()
    [first] = settled([turn("a", items=6)], store, Polling())
    assert isinstance(first, FeedOutcome)
    assert first.state.newest == NOW
    assert (first.state.usual_gap, first.state.longest_gap) == (3600, 3600)
    store.asked.clear()
    for result in (NotModified('"1"', None, None, 0.1), FetchFailed("failing", "404 not found", 0.1)):
        [again] = settled([turn("a", first.state, result)], store, Polling())
        assert isinstance(again, FeedOutcome)
        assert again.state.usual_gap == 3600
    assert store.asked == []
    # What an earlier version stored has no memory of it: the entries tell, once.
    forgetful = replace(first.state, newest=None, usual_gap=None, longest_gap=None)
    [told] = settled([turn("a", forgetful, NotModified('"1"', None, None, 0.1))], store, Polling())
    assert isinstance(told, FeedOutcome)
    assert store.asked == ["a"]
    assert told.state.rhythm == first.state.rhythm
