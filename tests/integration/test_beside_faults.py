"""Fifty healthy feeds beside every fault there is: each fault ends in time with its cause, the others are whole.

How much later the healthy ones are is measured in `tests.bench.beside`; here no clock decides.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from contextlib import AsyncExitStack
from datetime import UTC, datetime

import pytest

from monitor.feeds.fetch import Fetcher
from monitor.model import Config, Feed
from monitor.pipeline import FeedOutcome, Polite, run_cycle
from monitor.reader import Reader
from tests.bench.memory import MemoryArchive
from tests.faults import RSS, FaultServer, answer

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
DEEP = b"<rss version='2.0'><channel>" + b"<a>" * 100_000


def routes(server: FaultServer) -> dict[str, str]:
    """Every fault by its path, with words of the cause it must end with."""
    faults = {
        "drip": (server.drip(), "timed out after 2 s"),
        "hang": (server.hang(), "s of silence"),
        "half": (server.hang(answer("200 OK", RSS)[:-20]), "s of silence"),
        "reset": (server.reset(), "connection"),
        "bomb": (server.bomb(), "larger than 1 MiB"),
        "endless": (server.endless(), "larger than 1 MiB"),
        "cut": (server.compressed(RSS * 50, cut=60), "cut off"),
        "loop": (server.redirect("/loop"), "redirect loop"),
        "file": (server.redirect("file:///etc/passwd"), "no web page"),
        "gone": (server.send("410 Gone"), "410"),
        "later": (server.refuse("429 Too Many", "120"), "429"),
        "down": (server.refuse("503 Down", "120"), "503"),
        "short": (server.raw(answer("200 OK", RSS)[:-20]), "closed in the middle"),
        "noise": (server.raw(b"SSH-2.0\r\n\r\n"), "not HTTP"),
        "header": (server.send("200 OK", RSS, ("X", "x" * 2_000_000)), "broken answer"),
        "stale304": (server.send("304 Not Modified"), "304 unexpected"),
        "challenge": (server.challenge(), "challenge page"),
        "login": (server.login(), "login page"),
        "broken": (server.send("200 OK", b"<rss><channel><item>"), "broken"),
        "entities": (server.send("200 OK", b'<!DOCTYPE r [<!ENTITY a "b">]><rss>&a;</rss>'), "entities"),
        "deep": (server.send("200 OK", DEEP), "nested more than"),
        "empty": (server.send("200 OK", b""), "empty document"),
        "json": (server.send("200 OK", b'{"a": 1}'), "no JSON Feed"),
    }
    for path, (handler, _) in faults.items():
        server.route(f"/{path}", handler)
    return {path: words for path, (_, words) in faults.items()}


async def poll(feeds: Sequence[Feed]) -> tuple[list[FeedOutcome], MemoryArchive]:
    store, outcomes = MemoryArchive(), []
    reader = Reader(Config("", "", None, None, (), (), ()), ordinary=1, limit=5)

    async def heard(outcome: FeedOutcome) -> None:
        outcomes.append(outcome)

    try:
        async with Fetcher(user_agent="t", connect=2, read=1, wall=2, max_bytes=1024 * 1024) as fetcher:
            await run_cycle(
                feeds,
                {},
                fetcher,
                store,
                clock=lambda: NOW,
                jitter=lambda: 0.0,
                done=heard,
                parser=reader,
                polite=Polite(spacing=0.0),
            )
    finally:
        reader.close()
    return outcomes, store


@pytest.mark.long
async def test_every_fault_ends_with_its_cause_and_fifty_healthy_feeds_are_whole() -> None:
    async with AsyncExitStack() as stack:
        feeds = []
        healthy = await stack.enter_async_context(FaultServer())
        healthy.route("/feed", healthy.feed(RSS))
        expected: dict[str, str] = {}
        for number in range(23):
            server = await stack.enter_async_context(FaultServer(f"127.0.7.{number + 1}"))
            expected = routes(server)
            path = list(expected)[number]
            feeds.append(Feed(path, server.url(f"/{path}"), path, allow_private=True))
        assert len(feeds) == len(expected)
        # Every healthy feed has a host of its own, all on one server.
        names = [f"127.0.0.1#{n}" for n in range(50)]
        feeds += [Feed(f"ok{n}", healthy.url("/feed"), name, allow_private=True) for n, name in enumerate(names)]
        outcomes, store = await poll(feeds)
    states = {outcome.feed.id: outcome.state for outcome in outcomes}
    assert len(states) == len(feeds)
    for path, words in expected.items():
        assert words in states[path].cause, (path, states[path].cause)
        assert states[path].failures == 1
        assert states[path].seconds < 10
    assert {states[f"ok{n}"].health for n in range(50)} == {"ok"}
    assert all(len(store.known(f"ok{n}")) == 1 for n in range(50))


async def test_at_most_twenty_at_once_and_a_host_is_asked_one_after_another() -> None:
    """A laptop wakes with a hundred feeds overdue: they are asked in turn, not all at once."""
    running: set[str] = set()
    most, hosts_met = 0, []

    class Counting:
        async def fetch(self, feed: Feed, state: object) -> object:
            nonlocal most
            from monitor.model import FetchFailed

            host = feed.url.split("/")[2]
            assert host not in running
            running.add(host)
            most = max(most, len(running))
            await asyncio.sleep(0)
            await asyncio.sleep(0)
            running.discard(host)
            hosts_met.append(host)
            return FetchFailed("failing", "c", 0.0)

    async def heard(outcome: FeedOutcome) -> None:
        return None

    feeds = [Feed(f"f{n}", f"https://h{n % 60}.example/{n}", "x") for n in range(120)]
    await run_cycle(
        feeds,
        {},
        Counting(),  # type: ignore[arg-type]
        MemoryArchive(),
        clock=lambda: NOW,
        jitter=lambda: 0.0,
        done=heard,
        polite=Polite(spacing=0.0),
    )
    assert most == 20
    assert len(hosts_met) == 120
