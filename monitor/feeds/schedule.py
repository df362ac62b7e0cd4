"""When to ask a feed again, and what the answer makes of its health: old state and what happened in, new state out."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from monitor.feeds.pace import Pace
from monitor.model import (
    Feed,
    FeedState,
    Fetched,
    FetchFailed,
    FetchResult,
    Health,
    NotAFeed,
    NotModified,
    ParsedFeed,
    Polling,
)

_RETRY_AFTER = timedelta(days=7)  # a server may ask for long, but not for ever
_QUIET = ((timedelta(days=14), 4), (timedelta(days=7), 2))
_DEAD_QUIET = timedelta(days=30)
_MOST_DOUBLINGS = 12
_MOVED_POLLS, _MOVED_FOR = 3, timedelta(hours=72)
_SILENT = 10  # times the usual gap


DEFAULTS = Polling()
_UNKNOWN = Pace()


def after(
    feed: Feed,
    state: FeedState,
    result: FetchResult | NotAFeed,
    *,
    now: datetime,
    pace: Pace = _UNKNOWN,
    new_entries: int = 0,
    jitter: float = 0.0,
    body_sha256: str | None = None,
    parsed: ParsedFeed | None = None,
    offline: bool = False,
    limits: Polling = DEFAULTS,
) -> FeedState:
    """The state a poll leaves behind.

    `pace` is the feed's with what this poll brought, `new_entries` how many that were, `jitter` a random number in
    [-1, 1], `parsed` the document if it was parsed this time. `offline` says that every feed failed for want of a
    network: then this failure is not counted against the feed.
    """
    spans = [span.total_seconds() if span is not None else None for span in (pace.usual, pace.longest)]
    state = replace(state, asked=entry_print(feed), newest=pace.newest, usual_gap=spans[0], longest_gap=spans[1])
    base, why = _usual(feed, state, pace, now, limits)
    spread = 1 + limits.jitter * max(-1.0, min(1.0, jitter))
    if isinstance(result, Fetched | NotModified):
        ttl = state.ttl if parsed is None else int(parsed.ttl.total_seconds()) if parsed.ttl else 0
        wish = max(result.wish or timedelta(0), timedelta(seconds=ttl))
        wait = _clamp(max(base, wish), limits)
        health, cause = _fitness(pace, now, parsed)
        succeeded = _moved(_succeeded(state, result, body_sha256, now, new_entries), feed, result.moved_to, now)
        rhythm = _rhythm(wait, base, wish, why, limits)
        return replace(succeeded, health=health, cause=cause, ttl=ttl, rhythm=rhythm, next_due=now + wait * spread)
    failures = state.failures + 1
    failed = replace(state, last_poll=now, failures=failures, cause=result.cause, health=_sick(result.health))
    if isinstance(result, FetchFailed):
        failed = replace(failed, seconds=result.seconds)
        if offline and result.health == "offline":
            rhythm = f"every {words(limits.floor)}: no network, trying until it is back"
            return replace(
                failed,
                failures=state.failures,
                health="offline",
                rhythm=rhythm,
                next_due=now + limits.floor * spread,
            )
        if result.status == 410 and state.cause.startswith("410"):
            rhythm = "never: gone for good, said twice"
            return replace(failed, health="muted", rhythm=rhythm, next_due=None)
        if result.status in (404, 410) or result.health == "offline":
            # The adopted address leads nowhere: the configured one is asked again.
            failed = replace(failed, **_UNMOVED)
        if result.retry_after is not None:
            # Never earlier than asked, so the jitter only adds.
            asked = min(max(result.retry_after, limits.floor), _RETRY_AFTER)
            due_at = now + asked * (1 + limits.jitter * abs(max(-1.0, min(1.0, jitter))))
            return replace(failed, rhythm=f"in {words(asked)}: the server asked for that", next_due=due_at)
    backoff = min(_clamp(base, limits) * 2 ** min(failures, _MOST_DOUBLINGS), limits.ceiling)
    rhythm = f"in {words(backoff)}: doubled after {failures} failure{'s' if failures > 1 else ''}"
    return replace(failed, rhythm=rhythm, next_due=now + backoff * spread)


def address(feed: Feed, state: FeedState) -> str:
    """Where to ask for the feed: where it has moved to for good, else the configured URL."""
    return state.address if state.address and state.moved_for == url_print(feed.url) else feed.url


def notice(feed: Feed, before: FeedState, after: FeedState) -> str:
    """What a person should hear of once, when this poll made it so; else empty."""
    if after.address and after.address != before.address:
        return f"has moved for good and is polled at {after.address} from now on; change its url in feeds.yml"
    if after.health == "muted" and before.health != "muted":
        return f"is gone for good and is not polled any more; `monitor feeds resume {feed.id}` tries again"
    return ""


def url_print(url: str) -> str:
    """A configured address told from another one, without keeping the secrets in it."""
    return hashlib.sha256(url.encode("utf-8", "replace")).hexdigest()[:16]


def entry_print(feed: Feed) -> str:
    """What a server is asked with, told from what stands in feeds.yml another day, without keeping the secrets."""
    asked = "\0".join((feed.url, str(feed.allow_private), *(f"{name}: {value}" for name, value in feed.headers)))
    return hashlib.sha256(asked.encode("utf-8", "replace")).hexdigest()[:16]


def as_configured(feed: Feed, state: FeedState, *, anew: bool) -> FeedState:
    """The state to ask with where address or headers in feeds.yml are others than at the last poll: what an answer to
    other questions left does not count. `anew`: nor do failures, muting and the time to wait; else they do, because
    two machines that disagree about an entry must not make each other poll without end."""
    if not state.asked or state.asked == entry_print(feed):
        return state
    state = replace(state, etag=None, last_modified=None, body_sha256=None, ttl=0)
    return replace(state, failures=0, next_due=None, health="unpolled", cause="", rhythm="") if anew else state


def due(states: Mapping[str, FeedState], feeds: Iterable[Feed], now: datetime, force: bool = False) -> list[Feed]:
    """The enabled feeds to poll now, longest overdue first; `force` asks for all of them, muted ones too.

    A next poll far in the future, or a last one that has yet to come, shows that the clock was wrong: those are due.
    """
    chosen = []
    for feed in feeds:
        state = states.get(feed.id) or FeedState(feed.id)
        if feed.enabled and (force or _is_due(state, now)):
            chosen.append((state.next_due.timestamp() if state.next_due else float("-inf"), feed))
    return [feed for _, feed in sorted(chosen, key=lambda pair: pair[0])]


def _is_due(state: FeedState, now: datetime) -> bool:
    if state.health == "muted":
        return False
    if state.next_due is None or state.next_due <= now or state.next_due > now + _RETRY_AFTER * 1.2:
        return True
    return state.last_poll is not None and state.last_poll > now + timedelta(hours=1)


def _usual(feed: Feed, state: FeedState, pace: Pace, now: datetime, limits: Polling) -> tuple[timedelta, str]:
    """The interval of our own choosing, and the words for it."""
    if feed.interval is not None:
        return feed.interval, "as feeds.yml says"
    usual, why = limits.interval, "the default, until its rhythm is known"
    if pace.usual is not None:
        usual, why = _clamp(pace.usual / 2, limits), f"half the usual gap of {words(pace.usual)}"
    last = pace.newest or state.last_new
    quiet = now - last if last else timedelta(0)
    if quiet >= _DEAD_QUIET:
        return limits.ceiling, f"nothing new for {quiet.days} days"
    factor = next((factor for span, factor in _QUIET if quiet >= span), 1)
    return usual * factor, f"{why}, times {factor} after {quiet.days} quiet days" if factor > 1 else why


def _rhythm(wait: timedelta, base: timedelta, wish: timedelta, why: str, limits: Polling) -> str:
    if wish > base and wait > base:
        why = "the server asks for that" if wish <= limits.ceiling else f"the most; the server asks for {words(wish)}"
    elif wait > base:
        why = f"the least; {why}"
    elif wait < base:
        why = f"the most; {why}"
    return f"every {words(wait)}: {why}"


_UNMOVED: dict[str, Any] = {"moved_to": None, "moved_since": None, "moved_polls": 0, "address": None, "moved_for": ""}


def _moved(state: FeedState, feed: Feed, target: str | None, now: datetime) -> FeedState:
    """Counts a permanent redirect; after 3 polls over 72 hours that agree, its target is asked instead."""
    configured = url_print(feed.url)
    if state.moved_for != configured:
        state = replace(state, **_UNMOVED)
    if target is None or target == address(feed, state):
        if state.address:
            return state  # the new address answers
        return replace(state, **_UNMOVED)
    if target != state.moved_to:
        return replace(state, moved_to=target, moved_since=now, moved_polls=1, moved_for=configured)
    polls, since = state.moved_polls + 1, state.moved_since or now
    adopted = target if polls >= _MOVED_POLLS and now - since >= _MOVED_FOR else state.address
    return replace(state, moved_polls=polls, address=adopted)


def _succeeded(
    state: FeedState, result: Fetched | NotModified, body_sha256: str | None, now: datetime, new_entries: int
) -> FeedState:
    fetched = isinstance(result, Fetched)
    return replace(
        state,
        # A 304 that names no validator leaves the old one in force; a new body without one has none.
        etag=result.etag if fetched or result.etag is not None else state.etag,
        last_modified=result.last_modified if fetched or result.last_modified is not None else state.last_modified,
        body_sha256=body_sha256 or state.body_sha256,
        failures=0,
        last_poll=now,
        last_success=now,
        first_success=state.first_success or now,
        last_new=now if new_entries > 0 else state.last_new,
        bytes=len(result.body) if isinstance(result, Fetched) else state.bytes,
        seconds=result.seconds,
    )


def _fitness(pace: Pace, now: datetime, parsed: ParsedFeed | None) -> tuple[Health, str]:
    quiet = now - pace.newest if pace.newest else timedelta(0)
    if quiet >= _DEAD_QUIET:
        return "stale", f"answers, but its newest entry is {quiet.days} days old"
    usual, longest, odd = pace.usual, pace.longest, "; ".join(parsed.problems[:3]) if parsed else ""
    if usual is None or longest is None:
        return "ok", odd
    # A weekend is no silence for a feed that is used to them.
    if quiet > max(usual * _SILENT, longest * 1.5, timedelta(days=1)):
        times = f", {quiet / usual:.0f} times the usual gap" if usual else ""
        return "silent", f"usually {_often(usual)}, now nothing for {words(quiet)}{times}"
    return "ok", odd


def _often(gap: timedelta) -> str:
    if not gap:
        return "several at once"
    per_day = timedelta(days=1) / gap
    return f"{per_day:.0f} a day" if per_day >= 1.5 else f"one every {words(gap)}"


def _sick(health: Health) -> Health:
    # One name that is not found is that feed's trouble; "offline" is for when all of them fail so.
    return "failing" if health == "offline" else health


def words(span: timedelta) -> str:
    """A length of time for people: "40 s", "12 min", "3 h", "2 days"."""
    hours = span.total_seconds() / 3600
    if hours >= 48:
        return f"{span.days} days"
    if hours >= 1:
        return f"{hours:.0f} h" if hours >= 10 or round(hours, 1) == round(hours) else f"{hours:.1f} h"
    minutes = hours * 60
    return f"{minutes:.0f} min" if minutes >= 1 else f"{span.total_seconds():.0f} s"


def _clamp(span: timedelta, limits: Polling) -> timedelta:
    return max(limits.floor, min(span, limits.ceiling))
