"""Monitor: what the dashboard and the command line both do - poll, show the board, decide, undo.

It holds no truth of its own: entries, feed states, journal and accepted facts are in the archive; alerts, stories and
board are computed from them and from the configuration, and kept in memory only to be quick.
"""

from __future__ import annotations

import asyncio
import os
import random
import socket
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Protocol

from monitor import review
from monitor.baseline.accept import proposal
from monitor.baseline.compare import value_of
from monitor.baseline.facts import label_of, read_facts, with_accepted
from monitor.baseline.overdue import overdue
from monitor.baseline.seeds import Seed
from monitor.errors import ReviewError
from monitor.feeds.health import sick_regions
from monitor.feeds.schedule import due
from monitor.language.facilities import gazetteer
from monitor.language.lexicon import world
from monitor.model import (
    Action,
    Alert,
    Board,
    Config,
    Decision,
    Entry,
    Fact,
    Feed,
    FeedRow,
    FeedState,
    PollReport,
    Story,
    StoryReview,
)
from monitor.pipeline import POLITE, FeedOutcome, Fetch, Parse, Polite, read_entry, run_cycle
from monitor.rules.engine import Ruleset
from monitor.stories import claim_key, fold

RETENTION = 90
"""Days that an entry is kept that is no alert; alerts are kept for ever."""
_SICK = {"failing", "blocked", "not a feed", "offline"}


class Archive(Protocol):
    """What the program asks of its store."""

    def feed_states(self) -> Mapping[str, FeedState]: ...
    def known(self, feed_id: str) -> Mapping[str, Entry]: ...
    def commit(self, state: FeedState, entries: Sequence[Entry]) -> None: ...
    def entries(self) -> Iterator[Entry]: ...
    def journal(self) -> tuple[Decision, ...]: ...
    def append(self, decide: Callable[[tuple[Decision, ...]], Decision]) -> Decision: ...
    def accepted(self) -> tuple[Fact, ...]: ...
    def accept(self, fact: Fact, decide: Callable[[tuple[Decision, ...]], Decision]) -> Decision: ...
    def version(self) -> str: ...
    def claim(self, seen: Mapping[str, FeedState], holder: str, *, force: bool = False) -> frozenset[str]: ...
    def index(self) -> int: ...
    def expire(self, before: datetime, keep: Callable[[Entry], bool]) -> int: ...


class Reader(Parse, Protocol):
    """What reads documents and entries away from this process; see `monitor.reader`."""

    async def read(self, entries: Sequence[Entry], feed: Feed, facts: tuple[Fact, ...]) -> list[Alert | None] | None:
        """One answer per entry, None where it could not be done there."""


def utc_now() -> datetime:
    """The real clock."""
    return datetime.now(UTC)


class Monitor:
    """One configuration over one archive. Every method but `poll` may be called from any thread."""

    def __init__(
        self,
        config: Config,
        ruleset: Ruleset,
        seeds: Sequence[Seed],
        archive: Archive,
        fetcher: AbstractAsyncContextManager[Fetch],
        *,
        seed_rules: Ruleset | None = None,
        clock: Callable[[], datetime] = utc_now,
        jitter: Callable[[], float] = lambda: random.uniform(-1, 1),  # noqa: S311  # spreads polls, guards nothing
        polite: Polite = POLITE,
        read_only: bool = False,
        label: Callable[[datetime], str] = lambda now: "",
        reader: Reader | None = None,
    ) -> None:
        self.config, self.read_only = config, read_only
        self._ruleset, self._archive, self._fetcher = ruleset, archive, fetcher
        self._seed_rules = seed_rules or ruleset
        self._clock, self._jitter, self._polite, self._reader = clock, jitter, polite, reader
        self._feeds = {feed.id: feed for feed in config.feeds}
        self._labels = _labels(config.feeds)
        self._seeds = tuple(seeds)
        self._label = label
        self._seeded: tuple[Fact, ...] | None = None
        self._alerts: dict[tuple[str, str], Alert | None] = {}
        self._alerts_facts: tuple[Fact, ...] | None = None
        self._lock = threading.Lock()
        self._holder = f"{socket.gethostname()}/{os.getpid()}/{id(self):x}"

    # ---- poll ----

    async def poll(
        self,
        *,
        force: bool = False,
        progress: Callable[[str], None] | None = None,
        done: Callable[[FeedOutcome], None] | None = None,
    ) -> PollReport:
        """Polls what is due (all, if forced) and says what came. Failures of feeds are in the report, not raised."""
        started = time.monotonic()
        states = self._archive.feed_states()
        feeds = due(states, self.config.feeds, self._clock(), force)
        facts = await asyncio.to_thread(self._facts)
        report = PollReport()

        async def heard(outcome: FeedOutcome) -> None:
            nonlocal report
            alerts = await self._read(outcome, facts)
            report = _counted(report, outcome, alerts)
            if progress is not None:
                progress(f"{report.polled}/{len(feeds)} feeds")
            if done is not None:
                done(outcome)

        async with self._fetcher as fetcher:
            await run_cycle(
                feeds,
                states,
                fetcher,
                self._archive,
                clock=self._clock,
                jitter=self._jitter,
                polite=self._polite,
                parser=self._reader,
                done=heard,
                claim=lambda feed, state: bool(self._archive.claim({feed.id: state}, self._holder, force=force)),
            )
        await asyncio.to_thread(self._archive.index)
        return replace(report, seconds=time.monotonic() - started)

    def next_due(self) -> datetime | None:
        """When the next feed wants to be polled; None where none is enabled."""
        states = self._archive.feed_states()
        times = [
            state.next_due if (state := states.get(feed.id)) and state.next_due else self._clock()
            for feed in self.config.feeds
            if feed.enabled and not ((known := states.get(feed.id)) and known.health == "muted")
        ]
        return min(times, default=None)

    def changed(self) -> object:
        """A token that is new when any process has written to the store."""
        return self._archive.version()

    def add(self, entry: Entry) -> Alert | None:
        """Stores one entry that a person handed in, and reads it like any other."""
        state = self._archive.feed_states().get(entry.feed) or FeedState(entry.feed)
        self._archive.commit(state, [entry])
        return self._alert(entry, self._facts())

    def expire(self, days: int = RETENTION) -> int:
        """Removes entries older than so many days that no rule matches; their keys stay, so that nothing alerts twice.
        How many were removed."""
        self._writable()
        facts = self._facts()

        def keep(entry: Entry) -> bool:
            return read_entry(entry, self._feeds.get(entry.feed), self._ruleset, facts) is not None

        return self._archive.expire(self._clock() - timedelta(days=days), keep)

    # ---- board ----

    def baseline(self) -> tuple[Fact, ...]:
        """The facts in force: seeded, and moved on by what was accepted."""
        return self._facts()

    def board(self) -> Board:
        """Everything a screen shows, now."""
        now = self._clock()
        facts = self._facts()
        entries = 0
        alerts = []
        for entry in self._archive.entries():
            entries += 1
            alert = self._alert(entry, facts)
            if alert is not None:
                alerts.append(alert)
        stories = self._reviewed([self._unmoved(story) for story in fold(alerts, self._labels)])
        rows = tuple(row for row in self.feed_rows() if row.feed.enabled)
        successes = [row.state.first_success for row in rows if row.state.first_success]
        items = overdue(
            facts,
            stories,
            today=now.date(),
            first_success=min(successes).date() if successes else None,
            sources_sick=bool(rows) and all(row.state.health in _SICK for row in rows),
        )
        newest = tuple(sorted(stories, key=lambda story: (story.latest, story.id), reverse=True))
        blind = tuple(region.words() for region in sick_regions(rows) if region.publishers > 1)
        return Board(now, self.config.user, newest, facts, items, rows, _names(facts), entries, blind, self._label(now))

    def feed_rows(self) -> tuple[FeedRow, ...]:
        """Every configured feed, switched off or not, and how it fares."""
        states = self._archive.feed_states()
        return tuple(FeedRow(feed, states.get(feed.id) or FeedState(feed.id)) for feed in self.config.feeds)

    def unmute(self, feed_id: str) -> None:
        """Lets a feed that was gone for good, or that backs off after failures, be polled at once."""
        self._writable()
        state = self._archive.feed_states().get(feed_id)
        if state is not None:
            fresh = replace(state, health="unpolled", cause="", failures=0, next_due=None, rhythm="")
            self._archive.commit(fresh, ())

    def _reviewed(self, stories: Sequence[Story]) -> list[Story]:
        """Stories with their reviews, reopened where new independent evidence came after the decision."""

        states = review.states(self._archive.journal())
        found = []
        for story in stories:
            held = review.review_of(story.id, (story.id, *story.aliases), states)
            found.append(replace(story, review=_reopened(story, held)))
        return found

    def _unmoved(self, story: Story) -> Story:
        """A story whose change was accepted, held against the baseline as it was before: it does not confirm itself."""
        ids = {story.id, *story.aliases}
        accepted = self._archive.accepted()
        others = [fact for fact in accepted if fact.accepted_from not in ids]
        if len(others) == len(accepted):
            return story
        facts = with_accepted(self._seeded or (), others)
        alerts = (
            read_entry(alert.entry, self._feeds.get(alert.entry.feed), self._ruleset, facts) for alert in story.alerts
        )
        return replace(story, alerts=tuple(alert for alert in alerts if alert is not None))

    def _facts(self) -> tuple[Fact, ...]:
        if self._seeded is None:
            self._seeded = tuple(fact for seed in self._seeds for fact in read_facts(seed, self._seed_rules))
        return with_accepted(self._seeded, self._archive.accepted())

    async def _read(self, outcome: FeedOutcome, facts: tuple[Fact, ...]) -> list[Alert]:
        """What one feed brought, read: in another process where there is one, else in a thread."""
        fresh = (*outcome.new, *outcome.revised)
        if not fresh:
            return []
        alerts = await self._reader.read(fresh, outcome.feed, facts) if self._reader is not None else None
        if alerts is None:
            alerts = await asyncio.to_thread(lambda: [self._alert(entry, facts) for entry in fresh])
        with self._lock:
            if facts == self._alerts_facts or self._alerts_facts is None:
                self._alerts_facts = facts
                for entry, alert in zip(fresh, alerts, strict=True):
                    self._alerts[entry.id, entry.fingerprint] = alert
        return [alert for alert in alerts if alert is not None]

    def _alert(self, entry: Entry, facts: tuple[Fact, ...]) -> Alert | None:
        """The entry read, once per wording and baseline."""
        with self._lock:
            if facts != self._alerts_facts:
                self._alerts, self._alerts_facts = {}, facts
            key = (entry.id, entry.fingerprint)
            if key not in self._alerts:
                self._alerts[key] = read_entry(entry, self._feeds.get(entry.feed), self._ruleset, facts)
            return self._alerts[key]

    # ---- review ----

    def story(self, identifier: str) -> Story:
        """The story of this id or former id. Raises ReviewError."""
        for story in self.board().stories:
            if identifier in (story.id, *story.aliases):
                return story
        raise ReviewError(f"There is no story {identifier}. `monitor` lists the stories with their ids.")

    def decide(self, story_id: str, action: Action, *, reason: str | None = None, text: str | None = None) -> Decision:
        """Writes a decision into the journal; accepting also writes the proposed fact. Raises ReviewError."""
        self._writable()
        story = self.story(story_id)
        keys = tuple(dict.fromkeys(claim_key(alert) for alert in story.alerts))
        at, user = self._clock(), self.config.user

        fact: Fact | None = None
        if action == "accept":
            fact, text = self._accepting(story)

        def decided(journal: tuple[Decision, ...]) -> Decision:
            return review.decide(
                journal, story=story.id, claims=keys, action=action, by=user, at=at, reason=reason, text=text
            )

        return self._archive.append(decided) if fact is None else self._archive.accept(fact, decided)

    def _accepting(self, story: Story) -> tuple[Fact, str]:
        """The fact that accepting this story writes, and the change in words. Raises ReviewError."""
        facts = self._facts()
        held = next((fact for fact in facts if fact.accepted_from in (story.id, *story.aliases)), None)
        if held is not None:
            raise ReviewError(f"Already accepted: {label_of(held.subject)}: {value_of(held)}. u takes it back.")
        fact, why_not = proposal(story, facts)
        if fact is None:
            raise ReviewError(f"Nothing to accept: {why_not}.")
        before = next((f for f in facts if (f.subject, f.attribute) == (fact.subject, fact.attribute)), None)
        was = value_of(before) if before is not None else "nothing known"
        what = fact.attribute.replace("_", " ")
        return fact, f"{label_of(fact.subject)}, {what}: {was} → {value_of(fact)} (as of {fact.as_of})"

    def undo(self) -> Decision:
        """Takes back this user's latest decision. Raises ReviewError where there is none."""
        self._writable()
        at, user = self._clock(), self.config.user
        return self._archive.append(lambda journal: review.undo(journal, by=user, at=at))

    def _writable(self) -> None:
        if self.read_only:
            raise ReviewError("Read-only: start without --read-only to decide.")


def _counted(report: PollReport, outcome: FeedOutcome, alerts: Sequence[Alert]) -> PollReport:
    """The report with one more feed in it."""
    sick = outcome.state.health in _SICK | {"muted"}
    return replace(
        report,
        polled=report.polled + 1,
        unchanged=report.unchanged + outcome.unchanged,
        failed=(*report.failed, (outcome.feed.id, outcome.state.cause)) if sick else report.failed,
        new=report.new + len(outcome.new),
        revised=report.revised + len(outcome.revised),
        alerts=report.alerts + len(alerts),
        flagged=report.flagged + sum(alert.lane == "changes" for alert in alerts),
    )


def _reopened(story: Story, held: StoryReview) -> StoryReview:
    """A decided story comes back when another independent family, or a contradiction, arrives after the decision."""

    if held.state not in ("confirmed", "dismissed", "watching") or held.at is None:
        return held
    before = {alert.family for alert in story.alerts if alert.entry.first_seen <= held.at}
    for alert in story.alerts:
        late = alert.entry.first_seen > held.at
        if late and ((alert.family in story.families and alert.family not in before) or alert.verdict == "contradicts"):
            return replace(held, state="reopened")
    return held


def _labels(feeds: Sequence[Feed]) -> dict[str, str]:
    """Lower-case names by which others credit our publishers, each with its family."""
    found: dict[str, str] = {}
    for feed in feeds:
        for name in (feed.name, feed.name.split("(")[0].strip(), feed.publisher):
            found.setdefault(name.casefold(), feed.publisher)
    return found


def _names(facts: Sequence[Fact]) -> tuple[tuple[str, str], ...]:
    """Subjects and facilities by id, in words, for whoever draws the board."""
    names = {fact.subject: label_of(fact.subject) for fact in facts}
    names |= {facility.id: facility.short for facility in gazetteer().values()}
    known = world()
    names |= {actor.id: actor.name for actor in known.actors.values()}
    names |= {place.id: place.name for place in known.places.values()}
    return tuple(names.items())
