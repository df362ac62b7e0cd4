"""Pollers over one store: who has which feeds, what is let go when one ends, what goes once a day."""

from __future__ import annotations

import asyncio
import threading
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from monitor.cli.poll import summary
from monitor.model import Feed, FeedState, Fetched, FetchResult
from monitor.service.alerts import Alerts
from monitor.store import Archive
from monitor.store.alertrows import Generation
from tests.builders import T0, feed
from tests.store.monitors import FEEDS, HANDOVER, commit, item, monitor


class Hanging:
    """A fetcher whose feeds never answer."""

    def __init__(self) -> None:
        self.asked: asyncio.Queue[str] = asyncio.Queue()

    async def __aenter__(self) -> Hanging:
        return self

    async def __aexit__(self, *error: object) -> None:
        return None

    async def fetch(self, feed: object, state: FeedState) -> object:
        self.asked.put_nowait(state.feed)
        await asyncio.Event().wait()
        return None


def states() -> dict[str, FeedState]:
    return {name: FeedState(name) for name in FEEDS}


def test_a_poll_that_is_cut_off_gives_its_feeds_back(archive: Archive) -> None:
    hanging = Hanging()

    async def cut_off() -> None:
        polling = asyncio.ensure_future(monitor(archive, fetcher=hanging).poll())
        for _ in FEEDS:
            await hanging.asked.get()
        assert set(archive.held(FEEDS)) == set(FEEDS)
        assert archive.claim(states(), "another") == frozenset()
        polling.cancel()
        await asyncio.gather(polling, return_exceptions=True)

    asyncio.run(cut_off())
    assert archive.held(FEEDS) == {}
    assert archive.claim(states(), "another") == frozenset(FEEDS)


def test_who_finds_nothing_to_poll_hears_who_has_the_feeds(archive: Archive) -> None:
    assert archive.claim({name: FeedState(name) for name in FEEDS[:2]}, "desk-2/4711/abc") == frozenset(FEEDS[:2])
    assert archive.claim({FEEDS[2]: FeedState(FEEDS[2])}, "desk-3/12/x") == frozenset(FEEDS[2:])
    report = asyncio.run(monitor(archive).poll())
    assert report.polled == 0
    assert {(feed, who) for feed, who, _ in report.busy} == {
        (FEEDS[0], "desk-2/4711"),
        (FEEDS[1], "desk-2/4711"),
        (FEEDS[2], "desk-3/12"),
    }
    since = min(since for _, _, since in report.busy)
    assert abs(datetime.now(UTC) - since) < timedelta(seconds=30)
    assert summary(report) == (
        f"nothing to poll: 3 feeds are being polled by desk-2/4711 and 1 other since {since:%H:%M:%S}Z"
    )


@pytest.mark.parametrize("kind", ["rows", "json"])
def test_once_a_day_a_poll_lets_old_entries_go(
    kind: str, place: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # However busy the machine is, the archive is read before it is asked what is old.
    monkeypatch.setattr("monitor.service.alerts.PROMPT", 300.0)
    old, young = T0 - timedelta(days=91), T0 - timedelta(days=89)

    def entries(archive: Archive) -> set[str]:
        return {entry.id for entry in archive.entries()}

    with Archive.open(place if kind == "rows" else tmp_path / "x.json") as archive:
        commit(archive, item(1, "Markets rise", old), item(2, "Coalition hands over Al-Tanf to the Iraqi army", old))
        commit(archive, item(3, "Markets fall", young))
        asyncio.run(monitor(archive, HANDOVER, feeds=[]).poll())
        assert entries(archive) == {"wire-2", "wire-3"}
        # On the same day it is not looked at again, the day after it is, and by one poller only.
        asyncio.run(monitor(archive, HANDOVER, feeds=[], now=T0 + timedelta(hours=23)).poll())
        commit(archive, item(4, "Markets stay", old))
        later = T0 + timedelta(hours=23, minutes=59)
        asyncio.run(monitor(archive, HANDOVER, feeds=[], now=later).poll())
        assert entries(archive) == {"wire-2", "wire-3", "wire-4"}
        asyncio.run(monitor(archive, HANDOVER, feeds=[], now=T0 + timedelta(days=2)).poll())
        assert entries(archive) == {"wire-2"}
        # What went does not come back, nor alert again.
        commit(archive, item(1, "Markets rise", old))
        assert entries(archive) == {"wire-2"}


class Reporting:
    """A fetcher whose feeds each report a handover."""

    async def __aenter__(self) -> Reporting:
        return self

    async def __aexit__(self, *error: object) -> None:
        return None

    async def fetch(self, feed: Feed, state: FeedState) -> FetchResult:
        title = f"Coalition hands over Al-Tanf to the Iraqi army, says {feed.id}"
        body = f"<rss version='2.0'><channel><item><guid>1</guid><title>{title}</title></item></channel></rss>"
        return Fetched(body.encode(), feed.url, "text/xml", None, None, None, 0.0)


def test_what_a_poll_found_is_made_ready_for_others_by_one_at_a_time(
    archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("monitor.service.polling._SHOW_WITHIN", 0.0)
    really, guard = Alerts.shown, threading.Lock()
    at_once: list[int] = []
    within = 0

    def shown(self: Alerts, *, patient: bool) -> Generation | None:
        nonlocal within
        with guard:
            within += 1
            at_once.append(within)
        time.sleep(0)
        found = really(self, patient=patient)
        with guard:
            within -= 1
        return found

    monkeypatch.setattr(Alerts, "shown", shown)
    feeds = [feed(f"f{n}", url=f"http://f{n}.example/") for n in range(30)]
    report = asyncio.run(monitor(archive, HANDOVER, feeds=feeds, fetcher=Reporting()).poll())
    assert (report.polled, report.alerts) == (30, 30)
    assert len(at_once) >= 2
    assert max(at_once) == 1
    # And nothing is left to be read: the board of somebody else has them all.
    assert sum(len(story.alerts) for story in monitor(archive, HANDOVER, feeds=feeds).board().stories) == 30
