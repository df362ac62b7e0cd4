"""Entries read once per wording and baseline: the facts in force, and what each entry says against them."""

from __future__ import annotations

import asyncio
import threading
from dataclasses import replace

from monitor.baseline.facts import read_facts
from monitor.baseline.ledger import with_accepted
from monitor.model import Alert, Entry, Fact, Story
from monitor.pipeline import FeedOutcome, read_entry
from monitor.service.ports import Reader, Workplace


class Readings:
    """Alerts by entry and wording, kept in memory only to be quick. Safe to use from several threads."""

    def __init__(self, place: Workplace, reader: Reader | None = None) -> None:
        self._place, self._reader = place, reader
        self._seeded: tuple[Fact, ...] | None = None
        self._alerts: dict[tuple[str, str], Alert | None] = {}
        self._alerts_facts: tuple[Fact, ...] | None = None
        self._lock = threading.Lock()

    def facts(self) -> tuple[Fact, ...]:
        """The facts in force: seeded, and moved on by what was accepted."""
        return with_accepted(self._from_seeds(), self._place.archive.accepted())

    def seeded(self) -> tuple[Fact, ...]:
        """The facts that the seeded articles give, whatever was decided on them."""
        return self._from_seeds()

    def alert(self, entry: Entry, facts: tuple[Fact, ...]) -> Alert | None:
        """The entry read, once per wording and baseline; None where no rule matches."""
        with self._lock:
            if facts != self._alerts_facts:
                self._alerts, self._alerts_facts = {}, facts
            key = (entry.id, entry.fingerprint)
            if key not in self._alerts:
                self._alerts[key] = self.read(entry, facts)
            return self._alerts[key]

    def read(self, entry: Entry, facts: tuple[Fact, ...]) -> Alert | None:
        """The entry read anew, remembering nothing."""
        return read_entry(entry, self._place.feeds.get(entry.feed), self._place.ruleset, facts)

    async def of_feed(self, outcome: FeedOutcome, facts: tuple[Fact, ...]) -> list[Alert]:
        """What one feed brought, read: in another process where there is one, else in a thread."""
        fresh = (*outcome.new, *outcome.revised)
        if not fresh:
            return []
        alerts = await self._reader.read(fresh, outcome.feed, facts) if self._reader is not None else None
        if alerts is None:
            alerts = await asyncio.to_thread(lambda: [self.alert(entry, facts) for entry in fresh])
        with self._lock:
            if facts == self._alerts_facts or self._alerts_facts is None:
                self._alerts_facts = facts
                for entry, alert in zip(fresh, alerts, strict=True):
                    self._alerts[entry.id, entry.fingerprint] = alert
        return [alert for alert in alerts if alert is not None]

    def unmoved(self, story: Story) -> Story:
        """A story whose change was accepted, held against the baseline as it was before: it does not confirm itself."""
        ids = {story.id, *story.aliases}
        accepted = self._place.archive.accepted()
        others = [fact for fact in accepted if fact.accepted_from not in ids]
        if len(others) == len(accepted):
            return story
        facts = with_accepted(self._from_seeds(), others)
        alerts = (self.read(alert.entry, facts) for alert in story.alerts)
        return replace(story, alerts=tuple(alert for alert in alerts if alert is not None))

    def _from_seeds(self) -> tuple[Fact, ...]:
        if self._seeded is None:
            rules = self._place.seed_rules
            self._seeded = tuple(fact for seed in self._place.seeds for fact in read_facts(seed, rules))
        return self._seeded
