"""The straight line of one item: fetch, parse, select, commit; then match, extract, compare: see `alerting`.

Everything that decides is called from here or there and is pure; what touches the world is handed in as the Protocols
below. A feed's entries and its validators are committed together, or not at all; what happens to one feed leaves the
others alone.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Awaitable, Callable, Collection, Coroutine, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Protocol
from urllib.parse import urlsplit

from monitor.feeds import parse, schedule
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
from monitor.settling import FeedOutcome as FeedOutcome, Store, Turn, settled
from monitor.together import Together


class Fetch(Protocol):
    """Where bodies come from."""

    async def fetch(self, feed: Feed, state: FeedState) -> FetchResult:
        """Never raises for what the network does; see model.FetchFailed."""


class Parse(Protocol):
    """What reads a document."""

    async def parse(
        self,
        body: bytes,
        *,
        url: str,
        content_type: str,
        tz: str | None,
        now: datetime,
        feed: Feed | None = None,
        known: Collection[str] = (),
    ) -> ParsedFeed | NotAFeed:
        """Never raises for what a document does; see `feeds.parse`. What matches and reads entries too may do so at
        once, for this `feed`, with those whose fingerprints are not `known`."""


class ParseInThread:
    """Reads documents in a thread: for small and friendly ones, and where no other process is wanted."""

    async def parse(
        self,
        body: bytes,
        *,
        url: str,
        content_type: str,
        tz: str | None,
        now: datetime,
        feed: Feed | None = None,
        known: Collection[str] = (),
    ) -> ParsedFeed | NotAFeed:
        return await asyncio.to_thread(parse.parse, body, url=url, content_type=content_type, tz=tz, now=now)


@dataclass(frozen=True, slots=True)
class Polite:
    """How many requests run at once, and how many seconds lie between two hits on one host."""

    concurrency: int = 20
    spacing: float = 1.0


POLITE = Polite()
_REST = 4.0
"""Between two transactions lies so many times as long as the last one took: each has its price, whatever is in it."""


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
    claim: Callable[[Mapping[str, FeedState]], Collection[str]] = lambda wanted: wanted.keys(),
    hits: dict[str, float] | None = None,
    limits: Polling = schedule.DEFAULTS,
) -> None:
    """Polls the feeds, each host's one after another, and commits each as soon as it is read, with others that are
    ready. `done` hears of each; one that `claim` does not give us is left to the poller that has it. `hits` keeps from
    cycle to cycle when each host was last asked (seconds of the event loop's clock), so that two cycles are no closer
    to it than two feeds.

    Failures for want of a network wait for the others: where every feed has failed so, the feeds are not to blame.
    """
    reader = parser or ParseInThread()
    limit = asyncio.Semaphore(polite.concurrency)
    # Bodies wait for the parser; how many is bounded, so that memory does not grow with the number of feeds.
    room = asyncio.Semaphore(2 * polite.concurrency)
    by_host: dict[str, list[Feed]] = {}
    for feed in feeds:
        by_host.setdefault(urlsplit(feed.url).hostname or feed.url, []).append(feed)
    settled_feeds = 0
    unreached: list[tuple[Feed, FeedState, FetchResult]] = []

    def claimed(wanted: Sequence[FeedState]) -> list[bool | Exception]:
        given = claim({state.feed: state for state in wanted})
        return [state.feed in given for state in wanted]

    async def settle(feed: Feed, state: FeedState, result: FetchResult, offline: bool = False) -> None:
        nonlocal settled_feeds
        now = clock()
        turn = Turn(feed, state, result, None, None, now, jitter(), offline)
        outcome = await commits.give(await _parsed(turn, reader, entries.give))
        settled_feeds += 1
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
                    if not await claims.give(state):
                        continue
                    result = await fetcher.fetch(feed, state)
                    asked[host] = loop_time()
                if isinstance(result, FetchFailed) and result.health == "offline":
                    unreached.append((feed, state, result))
                else:
                    await settle(feed, state, result)

    claims: Together[FeedState, bool] = Together(claimed, most=polite.concurrency)
    entries: Together[str, Mapping[str, Entry]] = Together(
        lambda wanted: [store.known(feed) for feed in wanted], most=polite.concurrency
    )
    commits: Together[Turn, FeedOutcome] = Together(
        lambda turns: settled(turns, store, limits), most=2 * polite.concurrency, rest=_REST
    )
    async with claims, entries, commits:
        await _all(one_host(host, group) for host, group in by_host.items())
        offline = bool(unreached) and not settled_feeds
        await _all(settle(feed, state, result, offline) for feed, state, result in unreached)


async def _all(work: Iterable[Coroutine[None, None, None]]) -> None:
    """Everything at once; the first mistake ends the rest."""
    try:
        async with asyncio.TaskGroup() as group:
            for one in work:
                group.create_task(one)
    except BaseExceptionGroup as several:
        raise several.exceptions[0] from None


async def _parsed(turn: Turn, parser: Parse, known_of: Callable[[str], Awaitable[Mapping[str, Entry]]]) -> Turn:
    """The turn with its document and the hash of it; no document where there is none, or where it is the one of last
    time."""
    feed, result = turn.feed, turn.result
    if not isinstance(result, Fetched):
        return turn
    digest = hashlib.sha256(result.body).hexdigest()
    if digest == turn.state.body_sha256:
        return replace(turn, digest=digest)
    known = await known_of(feed.id)
    parsed = await parser.parse(
        result.body,
        url=result.url,
        content_type=result.content_type,
        tz=feed.tz,
        now=turn.now,
        feed=feed,
        known=frozenset(entry.fingerprint for entry in known.values()),
    )
    return replace(turn, parsed=parsed, digest=digest, known=known)
