"""One host is left in peace between two requests, in one cycle and from one to the next."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from typing import Any

import pytest

from monitor.model import Feed, FeedState, Fetched, FetchFailed, FetchResult, ParsedEntry, ParsedFeed
from monitor.pipeline import FeedOutcome, Polite, run_cycle
from tests.bench.memory import MemoryArchive

NOW = datetime(2026, 11, 23, tzinfo=UTC)


class Silent:
    """A fetcher that notes what it was asked, and when on the loop's clock."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    async def fetch(self, feed: Feed, state: FeedState) -> FetchResult:
        self.asked.append(feed.id)
        return FetchFailed("failing", "no", 0.0)


async def heard(_: FeedOutcome) -> None:
    return


@pytest.mark.parametrize(
    ("cycles", "waits"),
    [
        ([["http://a.example/1", "http://a.example/2", "http://a.example/3"]], 2),
        ([["http://a.example/1", "http://b.example/1"]], 0),
        ([["http://a.example/1"], ["http://a.example/2"], ["http://b.example/1"]], 1),
    ],
)
async def test_a_host_is_asked_once_a_second(
    cycles: list[list[str]], waits: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    waited: list[float] = []
    really = asyncio.sleep

    async def sleep(seconds: float) -> None:
        waited.append(seconds)
        await really(0)

    monkeypatch.setattr("monitor.pipeline.asyncio.sleep", sleep)
    fetcher, hits = Silent(), dict[str, float]()
    for urls in cycles:
        feeds = [Feed(url, url, url) for url in urls]
        await run_cycle(
            feeds,
            {},
            fetcher,
            MemoryArchive(),
            clock=lambda: NOW,
            jitter=lambda: 0.0,
            done=heard,
            polite=Polite(spacing=1.0),
            hits=hits,
        )
    assert sorted(fetcher.asked) == sorted(url for urls in cycles for url in urls)
    assert len(waited) == waits
    assert all(0.9 < seconds <= 1.0 for seconds in waited)


class Bringing:
    """A fetcher whose feed has a new document each time."""

    def __init__(self) -> None:
        self.number = 0

    async def fetch(self, feed: Feed, state: FeedState) -> FetchResult:
        self.number += 1
        item = f"<item><guid>{self.number}</guid><title>No {self.number}</title></item>"
        body = f"<rss version='2.0'><channel>{item}</channel></rss>".encode()
        return Fetched(body, feed.url, "text/xml", f'"{self.number}"', None, None, 0.0)


async def test_a_document_leaves_its_size_hash_and_validators() -> None:
    store, fetcher, outcomes = MemoryArchive(), Bringing(), list[FeedOutcome]()

    async def note(outcome: FeedOutcome) -> None:
        outcomes.append(outcome)

    for _ in range(2):
        await run_cycle(
            [Feed("a", "http://a.example/", "A")],
            store.feed_states(),
            fetcher,
            store,
            clock=lambda: NOW,
            jitter=lambda: 0.0,
            done=note,
            polite=Polite(spacing=0.0),
        )
    assert [len(outcome.new) for outcome in outcomes] == [1, 1]
    assert [outcome.state.etag for outcome in outcomes] == ['"1"', '"2"']
    assert all(outcome.state.bytes > 80 for outcome in outcomes)
    assert len({outcome.state.body_sha256 for outcome in outcomes}) == 2
    evidence = outcomes[1].new[0].evidence
    assert evidence is not None
    assert evidence.document_sha256 == outcomes[1].state.body_sha256


class Counting:
    """A parser that counts what it is given."""

    def __init__(self) -> None:
        self.parsed: list[bytes] = []

    async def parse(self, body: bytes, *, now: datetime, **given: Any) -> ParsedFeed:
        self.parsed.append(body)
        return ParsedFeed("", (ParsedEntry("1", None, "One", "", "", now),))


class Same:
    """A fetcher that brings the same bytes each time, without a validator."""

    async def fetch(self, feed: Feed, state: FeedState) -> FetchResult:
        return Fetched(b"<rss/>", feed.url, "text/xml", None, None, None, 0.0)


async def test_the_bytes_of_last_time_are_not_parsed_again_and_nothing_is_written() -> None:
    store, parser, outcomes = MemoryArchive(), Counting(), list[FeedOutcome]()

    async def note(outcome: FeedOutcome) -> None:
        outcomes.append(outcome)

    for _ in range(3):
        await run_cycle(
            [Feed("a", "http://a.example/", "A")],
            store.feed_states(),
            Same(),
            store,
            clock=lambda: NOW,
            jitter=lambda: 0.0,
            done=note,
            parser=parser,
        )
    assert parser.parsed == [b"<rss/>"]
    assert [(len(outcome.new), outcome.unchanged) for outcome in outcomes] == [(1, False), (0, True), (0, True)]
    assert all(outcome.state.health == "ok" for outcome in outcomes)
