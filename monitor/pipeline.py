"""The straight line of one item: fetch, parse, select, commit; then match, extract, compare: see `alerting`.

Everything that decides is called from here or there and is pure; what touches the world is handed in as the Protocols
below. A feed's entries and its validators are committed together, or not at all; what happens to one feed leaves the
others alone.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from itertools import pairwise
from typing import Protocol
from urllib.parse import urlsplit

from monitor.feeds import parse, schedule
from monitor.feeds.evidence import from_document
from monitor.feeds.identity import Selection, moved_on, select
from monitor.model import (
    Entry,
    Feed,
    FeedState,
    Fetched,
    FetchFailed,
    FetchResult,
    NotAFeed,
    ParsedFeed,
    Polling,
)

# How many of a feed's latest entries tell its usual gap.
_GAPS = 50


class Fetch(Protocol):
    """Where bodies come from."""

    async def fetch(self, feed: Feed, state: FeedState) -> FetchResult:
        """Never raises for what the network does; see model.FetchFailed."""


class Parse(Protocol):
    """What reads a document."""

    async def parse(
        self, body: bytes, *, url: str, content_type: str, tz: str | None, now: datetime
    ) -> ParsedFeed | NotAFeed:
        """Never raises for what a document does; see `feeds.parse`."""


class ParseInThread:
    """Reads documents in a thread: for small and friendly ones, and where no other process is wanted."""

    async def parse(
        self, body: bytes, *, url: str, content_type: str, tz: str | None, now: datetime
    ) -> ParsedFeed | NotAFeed:
        return await asyncio.to_thread(parse.parse, body, url=url, content_type=content_type, tz=tz, now=now)


class Store(Protocol):
    """Where entries and feed states go."""

    def known(self, feed_id: str) -> Mapping[str, Entry]:
        """The feed's entries by key."""

    def commit(self, state: FeedState, entries: Sequence[Entry]) -> None:
        """All of one feed in one transaction."""


@dataclass(frozen=True, slots=True)
class FeedOutcome:
    """What one feed's turn gave: its next state, and the entries that are new or revised.

    `notice` is what a person should hear of once: that the feed has moved for good.
    """

    feed: Feed
    state: FeedState
    new: tuple[Entry, ...] = ()
    revised: tuple[Entry, ...] = ()
    unchanged: bool = False
    notice: str = ""


@dataclass(frozen=True, slots=True)
class Polite:
    """How many requests run at once, and how many seconds lie between two hits on one host."""

    concurrency: int = 20
    spacing: float = 1.0


POLITE = Polite()


async def run_cycle(
    feeds: Sequence[Feed],
    states: Mapping[str, FeedState],
    fetcher: Fetch,
    store: Store,
    *,
    clock: Callable[[], datetime],
    jitter: Callable[[], float],
    done: Callable[[FeedOutcome], Awaitable[None]],
    parser: Parse | None = None,
    polite: Polite = POLITE,
    claim: Callable[[Feed, FeedState], bool] = lambda feed, state: True,
    hits: dict[str, float] | None = None,
    limits: Polling = schedule.DEFAULTS,
) -> None:
    """Polls the feeds, each host's one after another, and commits each as soon as it is read. `done` hears of each; one
    that `claim` does not give us is left to the poller that has it. `hits` keeps from cycle to cycle when each host was
    last asked (seconds of the event loop's clock), so that two cycles are no closer to it than two feeds.

    Failures for want of a network wait for the others: where every feed has failed so, the feeds are not to blame.
    """
    reader = parser or ParseInThread()
    limit = asyncio.Semaphore(polite.concurrency)
    # Bodies wait for the parser; how many is bounded, so that memory does not grow with the number of feeds.
    room = asyncio.Semaphore(2 * polite.concurrency)
    by_host: dict[str, list[Feed]] = {}
    for feed in feeds:
        by_host.setdefault(urlsplit(feed.url).hostname or feed.url, []).append(feed)
    settled = 0
    unreached: list[tuple[Feed, FeedState, FetchResult]] = []

    async def settle(feed: Feed, state: FeedState, result: FetchResult, offline: bool = False) -> None:
        nonlocal settled
        now = clock()
        parsed, digest = await _parsed(feed, state, result, reader, now)
        turn = partial(_settle, feed, state, result, parsed, digest, store, now, jitter(), offline, limits)
        outcome = await asyncio.to_thread(turn)
        settled += 1
        await done(outcome)

    asked = hits if hits is not None else {}
    loop_time = asyncio.get_running_loop().time

    async def one_host(host: str, group: Sequence[Feed]) -> None:
        for feed in group:
            if host in asked:
                await asyncio.sleep(max(0.0, asked[host] + polite.spacing - loop_time()))
            state = states.get(feed.id) or FeedState(feed.id)
            async with room:
                async with limit:
                    if not await asyncio.to_thread(claim, feed, state):
                        continue
                    result = await fetcher.fetch(feed, state)
                    asked[host] = loop_time()
                if isinstance(result, FetchFailed) and result.health == "offline":
                    unreached.append((feed, state, result))
                else:
                    await settle(feed, state, result)

    await asyncio.gather(*(one_host(host, group) for host, group in by_host.items()))
    offline = bool(unreached) and not settled
    for feed, state, result in unreached:
        await settle(feed, state, result, offline)


async def _parsed(
    feed: Feed, state: FeedState, result: FetchResult, parser: Parse, now: datetime
) -> tuple[ParsedFeed | NotAFeed | None, str | None]:
    """The document and its hash; no document where there is none, or where it is the one of last time."""
    if not isinstance(result, Fetched):
        return None, None
    digest = hashlib.sha256(result.body).hexdigest()
    if digest == state.body_sha256:
        return None, digest
    return await parser.parse(
        result.body, url=result.url, content_type=result.content_type, tz=feed.tz, now=now
    ), digest


def _settle(
    feed: Feed,
    state: FeedState,
    result: FetchResult,
    parsed: ParsedFeed | NotAFeed | None,
    digest: str | None,
    store: Store,
    now: datetime,
    jitter: float,
    offline: bool,
    limits: Polling,
) -> FeedOutcome:
    """Select and commit what one fetch brought."""
    known = store.known(feed.id)
    found = Selection()
    if isinstance(parsed, ParsedFeed):
        found = select(feed, parsed.entries, known, now, state.identity)
    times = sorted((entry.when for entry in (*known.values(), *found.new)), reverse=True)[:_GAPS]
    next_state = schedule.after(
        feed,
        state,
        parsed if isinstance(parsed, NotAFeed) else result,
        now=now,
        newest=times[0] if times else None,
        new_entries=len(found.new),
        gaps=[later - earlier for later, earlier in pairwise(times)],
        jitter=jitter,
        body_sha256=digest,
        parsed=parsed if isinstance(parsed, ParsedFeed) else None,
        offline=offline,
        limits=limits,
    )
    next_state = moved_on(next_state, found)
    if isinstance(result, Fetched) and digest is not None:
        found = replace(found, new=_from(found.new, result, digest), revised=_from(found.revised, result, digest))
    store.commit(next_state, (*found.new, *found.revised))
    unchanged = parsed is None and next_state.failures == 0
    return FeedOutcome(feed, next_state, found.new, found.revised, unchanged, schedule.notice(feed, state, next_state))


def _from(entries: Sequence[Entry], result: Fetched, digest: str) -> tuple[Entry, ...]:
    """The entries with the document they came in."""
    return tuple(replace(entry, evidence=from_document(entry.evidence, result, digest)) for entry in entries)
