"""The straight line of one item: fetch, parse, select, commit; then match, extract, compare.

Everything that decides is called from here and is pure; what touches the world is handed in as the Protocols below. A
feed's entries and its validators are committed together, or not at all; what happens to one feed leaves the others
alone.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from functools import partial
from itertools import pairwise
from typing import Protocol
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from monitor.baseline.compare import compare, strongest
from monitor.baseline.wording import days, rounded
from monitor.claims import corrected, extract, found_in, lead
from monitor.feeds import parse, schedule
from monitor.feeds.evidence import from_document
from monitor.feeds.identity import Selection, moved_on, select
from monitor.language.facilities import gazetteer
from monitor.language.lexicon import world
from monitor.model import (
    SEVERITIES,
    Alert,
    Claim,
    Entry,
    Fact,
    Feed,
    FeedState,
    Fetched,
    FetchFailed,
    FetchResult,
    FieldName,
    Lane,
    Match,
    NotAFeed,
    ParsedFeed,
    Polling,
    Severity,
    Verdict,
)
from monitor.rules.engine import Ruleset
from monitor.rules.evaluate import Origin

# How many of a feed's latest entries tell its usual gap.
_GAPS = 50
TYPE_WORDS = {
    "base_handover": "handover",
    "base_closure": "closure",
    "base_establishment": "base opened",
    "mission_change": "mission",
    "basing_agreement": "agreement",
    "alert_level": "alert level",
    "equipment_move": "equipment moved",
    "force_count": "troop number",
    "attack_on_base": "attack",
    "access_change": "access",
    "posture_pressure": "pressure",
}


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


# ---- read ------------------------------------------------------------------------------------------------------------


def read_entry(entry: Entry, feed: Feed | None, ruleset: Ruleset, facts: Sequence[Fact]) -> Alert | None:
    """Match, extract, compare: the alert that an entry is, or None where no rule matches."""
    alert = understood(entry, feed, ruleset)
    return judged(alert, feed, facts) if alert is not None else None


def understood(entry: Entry, feed: Feed | None, ruleset: Ruleset) -> Alert | None:
    """Match and extract: the alert as far as it does not depend on the baseline, with no verdicts and its rule's
    severity; None where no rule matches."""
    fields: list[tuple[FieldName, str]] = [("title", entry.title), ("summary", entry.summary), ("text", entry.text)]
    written = [(name, text) for name, text in fields if text]
    candidates = ruleset.candidates(written, entry.lang)
    if not candidates:
        return None
    reading = ruleset.read(written, entry.lang)
    names = [entry.feed, entry.source_label or ""]
    names += [feed.name, feed.publisher] if feed is not None else []
    origin = Origin(tuple(name for name in names if name), feed.country if feed is not None else None)
    matches, parts = ruleset.match_with_parts(reading, origin, candidates)
    if not matches:
        return None
    published = local_date(entry.published, feed.tz if feed else None)
    types = {match.rule: ruleset.rule(match.rule).type for match in matches}
    words = ruleset.language(reading.lang).lexicon
    claims = extract(reading, tuple(found_in(matches, parts, types)), words, published=published)
    first = lead(claims)
    lane: Lane = "changes" if any(claim.lane == "changes" for claim in claims) else "context"
    severity, why = rule_severity(matches, ruleset)
    family = feed.publisher if feed else entry.feed
    told = gloss(claims[first]) if first is not None else ""
    return Alert(entry, family, reading.lang, matches, claims, first, (), None, lane, severity, (why,), told)


def judged(alert: Alert, feed: Feed | None, facts: Sequence[Fact]) -> Alert:
    """Compare: an alert as `understood` gives it, or one that was held against another baseline, held against this."""
    seen = local_date(alert.entry.published, feed.tz if feed else None) or alert.entry.first_seen.date()
    grade = feed.reliability if feed is not None else "F"
    verdicts = tuple(v for index, claim in enumerate(alert.claims) for v in compare(claim, index, facts, seen, grade))
    said = alert.severity_parts[:1]
    base = next((name for name in SEVERITIES for part in said if part.startswith(f"{name} ")), alert.severity)
    severity, why = moved(base, alert.claims, alert.lead, alert.lane, verdicts)
    return replace(
        alert,
        family=feed.publisher if feed else alert.entry.feed,
        verdicts=verdicts,
        verdict=strongest(verdicts, alert.lead),
        severity=severity,
        severity_parts=(*said, *why),
    )


def amended(alert: Alert, given: Mapping[str, object], feed: Feed | None, facts: Sequence[Fact]) -> Alert:
    """An alert with what a person corrected in its lead claim, held against the baseline again."""
    if alert.lead is None or alert.lead_claim is None:
        return alert
    claim = corrected(alert.lead_claim, given)
    claims = tuple(claim if index == alert.lead else one for index, one in enumerate(alert.claims))
    lane: Lane = "changes" if any(one.lane == "changes" for one in claims) else "context"
    extracted = alert.extracted or alert.lead_claim
    return judged(replace(alert, claims=claims, lane=lane, gloss=gloss(claim), extracted=extracted), feed, facts)


def local_date(published: datetime | None, tz: str | None) -> date | None:
    """The calendar day of publication where the feed is at home."""
    if published is None:
        return None
    return published.astimezone(ZoneInfo(tz) if tz else UTC).date()


def severity_of(
    matches: Sequence[Match],
    claims: Sequence[Claim],
    first: int | None,
    lane: Lane,
    verdicts: Sequence[Verdict],
    ruleset: Ruleset,
) -> tuple[Severity, tuple[str, ...]]:
    """The rule's severity, moved by what the claim is, with each part named."""
    base, why = rule_severity(matches, ruleset)
    severity, steps = moved(base, claims, first, lane, verdicts)
    return severity, (why, *steps)


def rule_severity(matches: Sequence[Match], ruleset: Ruleset) -> tuple[Severity, str]:
    """The highest severity of the rules that match, and which rule it is."""
    rule = max((ruleset.rule(match.rule) for match in matches), key=lambda r: SEVERITIES.index(r.severity))
    return rule.severity, f"{rule.severity} by rule {rule.id}"


def moved(
    base: Severity, claims: Sequence[Claim], first: int | None, lane: Lane, verdicts: Sequence[Verdict]
) -> tuple[Severity, tuple[str, ...]]:
    """A severity moved by what the lead claim is and does to the baseline, with each step named."""
    level, parts = SEVERITIES.index(base), []
    own = [verdict for verdict in verdicts if verdict.claim == first]
    steps = (
        (-1, "planned", first is not None and claims[first].phase == "planned" and lane == "changes"),
        (-2, "context", lane == "context"),
        (1, "touches the baseline", any(v.fact is not None and v.verdict != "incomparable" for v in own)),
        (1, "contradicts", any(v.verdict == "contradicts" for v in own)),
    )
    for step, name, holds in steps:
        if holds:
            level += step
            parts.append(f"{step:+d} {name}")
    return SEVERITIES[min(max(level, 0), len(SEVERITIES) - 1)], tuple(parts)


def gloss(claim: Claim) -> str:
    """A claim in English for those who do not read the script: "handover · planned · Ain al-Asad · 5-11 Jan 2026"."""
    known = world()
    parts = [TYPE_WORDS.get(claim.type, claim.type.replace("_", " "))]
    if claim.type == "mission_change" and claim.action:
        parts = [f"mission {claim.action}"]
    elif claim.type == "equipment_move" and claim.asset:
        parts = [f"{claim.asset.replace('_', ' ')} moved"]
    if claim.polarity == "denied":
        parts.append("denied")
    elif claim.modality in ("hypothetical", "demand", "historical", "background"):
        parts.append(claim.modality)
    if claim.polarity == "asserted" and claim.type not in ("force_count", "keyword"):
        parts.append(claim.phase.replace("_", " "))
    if claim.asset and claim.type != "equipment_move":
        parts.append(claim.asset.replace("_", " "))
    if claim.count is not None:
        parts.append(f"{rounded(claim.count)} {claim.count.role if claim.count.role != 'total' else claim.count.unit}")
    if claim.facility:
        parts.append(gazetteer()[claim.facility].short)
    elif claim.place or claim.country:
        parts.append(known.label(claim.place or claim.country or ""))
    if not claim.facility and claim.actors:
        parts.append(" + ".join(known.label(actor) for actor in claim.actors[:2]))
    if claim.date is not None and claim.date.start is not None and claim.date.end is not None:
        parts.append(days(claim.date))
    return " · ".join(parts)
