"""One host is left in peace between two requests, in one cycle and from one to the next."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime

import pytest

from monitor.model import Feed, FeedState, FetchFailed, FetchResult
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
