"""What a fetch brought becomes the feed's next state and its new entries; those of several feeds are stored in one go.

Each feed's state and entries are stored together or not at all; where the store refuses one feed's, the others' are
stored all the same.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Protocol

from monitor.errors import StoreBusy, StoreError
from monitor.feeds import schedule
from monitor.feeds.evidence import from_document
from monitor.feeds.identity import Selection, moved_on, select
from monitor.feeds.pace import pace_of, remembered
from monitor.model import Entry, Feed, FeedState, Fetched, FetchResult, NotAFeed, ParsedFeed, Polling


class Store(Protocol):
    """Where entries and feed states go."""

    def known(self, feed_id: str) -> Mapping[str, Entry]:
        """The feed's entries by key."""

    def commit_all(self, turns: Sequence[tuple[FeedState, Sequence[Entry]]]) -> None:
        """The states and entries of several feeds in one transaction."""


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
class Turn:
    """One feed's turn: how it stood, what came, at which moment, and a random number for its next time.

    `parsed` and `digest` are the document and its hash, None where there is none or where it is the one of last time;
    `offline`: no feed has been reached at all; `known`: the feed's entries, where they have been asked for.
    """

    feed: Feed
    state: FeedState
    result: FetchResult
    parsed: ParsedFeed | NotAFeed | None
    digest: str | None
    now: datetime
    jitter: float
    offline: bool = False
    known: Mapping[str, Entry] | None = None


def settled(turns: Sequence[Turn], store: Store, limits: Polling) -> list[FeedOutcome | Exception]:
    """Selects and stores what came; for a feed that could not be stored the StoreError."""
    outcomes = [_decided(turn, store, limits) for turn in turns]
    try:
        store.commit_all([_stored(outcome) for outcome in outcomes])
    except StoreBusy:
        raise
    except StoreError as error:
        return [error] if len(turns) == 1 else [_alone(outcome, store) for outcome in outcomes]
    return list(outcomes)


def _alone(outcome: FeedOutcome, store: Store) -> FeedOutcome | Exception:
    try:
        store.commit_all([_stored(outcome)])
    except StoreError as error:
        return error
    return outcome


def _stored(outcome: FeedOutcome) -> tuple[FeedState, Sequence[Entry]]:
    return outcome.state, (*outcome.new, *outcome.revised)


def _decided(turn: Turn, store: Store, limits: Polling) -> FeedOutcome:
    feed, state, parsed = turn.feed, turn.state, turn.parsed
    found = Selection()
    if isinstance(parsed, ParsedFeed):
        known = turn.known if turn.known is not None else store.known(feed.id)
        found = select(feed, parsed.entries, known, turn.now, state.identity)
        pace = pace_of([entry.when for entry in (*known.values(), *found.new)])
    else:
        pace = remembered(state) or pace_of([entry.when for entry in store.known(feed.id).values()])
    next_state = schedule.after(
        feed,
        state,
        parsed if isinstance(parsed, NotAFeed) else turn.result,
        now=turn.now,
        pace=pace,
        new_entries=len(found.new),
        jitter=turn.jitter,
        body_sha256=turn.digest,
        parsed=parsed if isinstance(parsed, ParsedFeed) else None,
        offline=turn.offline,
        limits=limits,
    )
    next_state = moved_on(next_state, found)
    result, digest = turn.result, turn.digest
    if isinstance(result, Fetched) and digest is not None:
        new, revised = (from_document(entries, result, digest) for entries in (found.new, found.revised))
        found = replace(found, new=new, revised=revised)
    unchanged = parsed is None and next_state.failures == 0
    return FeedOutcome(feed, next_state, found.new, found.revised, unchanged, schedule.notice(feed, state, next_state))
