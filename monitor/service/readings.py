"""Entries read: the facts in force, and what each entry says, held against them."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace

from monitor.alerting import judged, read_entry, understood
from monitor.baseline.facts import read_facts
from monitor.baseline.ledger import with_accepted
from monitor.feeds.identity import fingerprint_of, to_entry
from monitor.model import Alert, Entry, Fact, ParsedEntry, Story
from monitor.pipeline import FeedOutcome
from monitor.rules.explain import lacking
from monitor.service.ports import Reader, Workplace
from monitor.service.shelf import kept
from monitor.store.alertrows import Kept

_FRESH = 100_000
"""Entries of which it is remembered what was read in them, until the store has taken it; of most it is nothing, and
then the entry itself need not be kept."""

_PRINT = 16
"""So many letters of a fingerprint tell one wording of an entry from another."""


class Readings:
    """Reads entries, and remembers what it read where nobody else does. Safe to use from several threads."""

    def __init__(self, place: Workplace, reader: Reader | None = None) -> None:
        self._place, self._reader = place, reader
        self._seeded: tuple[Fact, ...] | None = None
        self._alerts: dict[tuple[str, str], Alert | None] = {}
        self._alerts_facts: tuple[Fact, ...] | None = None
        self._fresh: dict[tuple[str, str], tuple[Entry, Alert | None]] = {}
        self._nothing: dict[str, str] = {}
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

    def explained(self, text: str) -> tuple[Alert | None, tuple[str, ...]]:
        """A sentence read as a headline of this moment: the alert it would be, and what each near rule lacks."""
        now = self._place.clock()
        parsed = ParsedEntry(None, None, text, "", "", now)
        entry = to_entry("test", "test", parsed, None, now, fingerprint_of(text, "", ""))
        alert = self.read(entry, self.facts())
        matched = {match.rule for match in alert.matches} if alert else set()
        return alert, lacking(self._place.ruleset, entry, matched)

    async def of_feed(self, outcome: FeedOutcome, facts: tuple[Fact, ...]) -> list[Alert]:
        """What one feed brought, read: in another process where there is one, else in a thread."""
        entries = (*outcome.new, *outcome.revised)
        if not entries:
            return []
        alerts = await self._reader.read(entries, outcome.feed) if self._reader is not None else None
        if alerts is None:
            alerts = await asyncio.to_thread(lambda: [self._understood(entry) for entry in entries])
        held = [judged(alert, outcome.feed, facts) if alert is not None else None for alert in alerts]
        with self._lock:
            if self._place.archive.cache is None:
                if facts == self._alerts_facts or self._alerts_facts is None:
                    self._alerts_facts = facts
                    self._alerts |= {
                        (entry.id, entry.fingerprint): alert for entry, alert in zip(entries, held, strict=True)
                    }
            elif len(self._fresh) + len(self._nothing) < _FRESH:
                # One that was revised may have been an alert before, which whoever lends has to take back.
                revised = {entry.id for entry in outcome.revised}
                for entry, alert in zip(entries, alerts, strict=True):
                    if alert is not None or entry.id in revised:
                        self._fresh[_key(entry)] = entry, alert
                    else:
                        self._nothing[entry.id] = entry.fingerprint[:_PRINT]
        return [alert for alert in held if alert is not None]

    # ---- for the store ----

    def understood(self, entries: Sequence[Entry]) -> list[Kept | None]:
        """Entries as the store keeps them; those just polled have been read already."""
        known = self._read_already(entries)
        return [kept(known[key] if (key := _key(entry)) in known else self._understood(entry)) for entry in entries]

    def understood_apart(self, entries: Sequence[Entry]) -> list[Kept | None]:
        """The same in other processes, where there are some, so that the screen is not held up."""
        known = self._read_already(entries)
        unread = [entry for entry in entries if _key(entry) not in known]
        pairs = [(entry, self._place.feeds.get(entry.feed)) for entry in unread]
        alerts = self._reader.read_archive(pairs) if self._reader is not None and pairs else None
        if alerts is None:
            alerts = [self._understood(entry) for entry in unread]
        known |= {_key(entry): alert for entry, alert in zip(unread, alerts, strict=True)}
        return [kept(known[_key(entry)]) for entry in entries]

    def _read_already(self, entries: Sequence[Entry]) -> dict[tuple[str, str], Alert | None]:
        with self._lock:
            known = {key: self._fresh.pop(key)[1] for key in map(_key, entries) if key in self._fresh}
        # Stored a moment ago, and not yet heard of by whoever polled them.
        if self._reader is not None:
            for entry in entries:
                with suppress(KeyError):
                    known.setdefault(_key(entry), self._reader.read_ahead(entry))
        return known

    def nothing_in(self, id: str) -> str | None:
        """How the fingerprint of the wording begins in which an entry polled of late was found to be no alert."""
        with self._lock:
            return self._nothing.get(id)

    def noted(self, ids: Sequence[str]) -> None:
        """The store knows that these are no alerts."""
        with self._lock:
            for id in ids:
                self._nothing.pop(id, None)

    def take_fresh(self) -> tuple[list[Entry], list[Kept | None]]:
        """What was polled since it was asked last, as the store keeps it."""
        with self._lock:
            fresh, self._fresh, self._nothing = self._fresh, {}, {}
        return [entry for entry, _ in fresh.values()], [kept(alert) for _, alert in fresh.values()]

    # ---- stories ----

    def unmoved(self, story: Story, accepted: Sequence[Fact]) -> Story:
        """A story whose change was accepted, held against the baseline as it was before: it does not confirm itself."""
        ids = {story.id, *story.aliases}
        others = [fact for fact in accepted if fact.accepted_from not in ids]
        if len(others) == len(accepted):
            return story
        facts = with_accepted(self._from_seeds(), others)
        feeds = self._place.feeds
        return replace(story, alerts=tuple(judged(a, feeds.get(a.entry.feed), facts) for a in story.alerts))

    def _understood(self, entry: Entry) -> Alert | None:
        return understood(entry, self._place.feeds.get(entry.feed), self._place.ruleset)

    def _from_seeds(self) -> tuple[Fact, ...]:
        if self._seeded is None:
            rules = self._place.seed_rules
            self._seeded = tuple(fact for seed in self._place.seeds for fact in read_facts(seed, rules))
        return self._seeded


def _key(entry: Entry) -> tuple[str, str]:
    return entry.id, entry.fingerprint
