"""The alerts kept in the store, taken out: held in memory while they are shown, judged, and filed into stories."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, time
from time import monotonic
from typing import TYPE_CHECKING

from monitor.alerting import judged
from monitor.baseline.facts import subject_of
from monitor.model import Alert, Fact, Feed, Lane, Story
from monitor.service.ports import Workplace
from monitor.store.alertrows import Generation, Kept, StoryRow
from monitor.stories import WINDOW, claim_key, fold

if TYPE_CHECKING:
    from monitor.store.alerts import AlertCache

PIECE = 2_000
"""Alerts filed in one step."""
_SPARE = 5_000
"""Alerts held in memory beside those of the last board."""


class Shelf:
    """The alerts of one workplace, as they are kept. Safe to use from several threads."""

    def __init__(self, place: Workplace, cache: AlertCache, labels: Mapping[str, str]) -> None:
        self._place, self._cache, self._labels = place, cache, labels
        self._lock = threading.Lock()
        self._gen = -1
        self._alerts: dict[str, tuple[int, Alert]] = {}
        self._judged: dict[str, tuple[int, Alert]] = {}
        self._facts: tuple[Fact, ...] = ()

    def newest(self, gen: Generation, window: int | None, facts: tuple[Fact, ...]) -> list[Story]:
        """The stories with the latest reports, all of them where there is no window; not reviewed."""
        rows = self._cache.stories.newest(gen.number, window)
        stories = self._stories(gen, rows, facts)
        self._forget(rows)
        return stories

    def stories(self, gen: Generation, ids: Sequence[str], facts: tuple[Fact, ...]) -> list[Story]:
        """The stories of these ids."""
        return self._stories(gen, self._cache.stories.by_id(gen.number, ids), facts)

    def story(self, gen: Generation, key: str, facts: tuple[Fact, ...]) -> list[Story]:
        """The story that holds the claim of that key, if there is one."""
        id = self._cache.stories.of_claim(gen.number, key)
        return self.stories(gen, [id], facts) if id is not None else []

    def stories_of(self, gen: Generation, entries: Sequence[str]) -> dict[str, str]:
        """The ids of the stories of these entries, by entry."""
        return self._cache.stories.of_entries(gen.number, entries)

    def about(self, gen: Generation, fact: Fact) -> set[str]:
        """The ids of stories that, since a fact was known, settled something about its subject."""
        return self._cache.stories.about(gen.number, fact.subject, datetime.combine(fact.as_of, time(), UTC))

    def page(
        self,
        gen: Generation,
        limit: int,
        before: tuple[datetime, str] | None,
        lane: Lane | None,
        facts: tuple[Fact, ...],
    ) -> list[Story]:
        """So many stories by (latest, id), latest first, after `before`."""
        return self._stories(gen, self._cache.stories.newest(gen.number, limit, before=before, lane=lane), facts)

    def file(self, gen: int, end: float | None = None) -> bool:
        """Folds what has changed, until all is filed or that moment (of the monotonic clock) has come; whether all is.

        At least one step is made, so that it comes to an end."""
        held: dict[str, tuple[int, Alert]] = {}
        while (piece := self._cache.stories.slice(gen, WINDOW, PIECE)) is not None:
            # Not in the memory of what is shown: folding everything anew would fill it.
            held = {id: held[id] for id, rev, _ in piece.rows if id in held and held[id][0] == rev}
            missing = [id for id, _, _ in piece.rows if id not in held]
            held |= {id: (rev, alert) for id, rev, alert in self._cache.alerts(gen, missing)}
            feeds = self._place.feeds
            # Folding asks for the family, which the configuration says.
            told = (replace(alert, family=_family(alert, feeds.get(alert.entry.feed))) for _, alert in held.values())
            self._cache.stories.file(piece, fold(told, self._labels))
            if end is not None and monotonic() > end:
                return self._cache.stories.slice(gen, WINDOW, PIECE) is None
        return True

    # ---- inside ----

    def _stories(self, gen: Generation, rows: Iterable[StoryRow], facts: tuple[Fact, ...]) -> list[Story]:
        held = list(rows)
        alerts = self._judge(gen, [pair for row in held for pair in row.alerts], facts)
        found = []
        for row in held:
            # One that changed while we looked is missing; the next board has it.
            own = tuple(alerts[id] for id, _ in row.alerts if id in alerts)
            if own:
                found.append(Story(row.id, own, row.families, row.copies, row.aliases))
        return found

    def _judge(self, gen: Generation, pairs: Sequence[tuple[str, int]], facts: tuple[Fact, ...]) -> dict[str, Alert]:
        taken = self._taken(gen.number, pairs)
        feeds = self._place.feeds
        with self._lock:
            if facts != self._facts:
                self._judged, self._facts = {}, facts
            known = {id: self._judged[id] for id, _ in pairs if id in self._judged}
        found, fresh = {}, {}
        for id, rev in pairs:
            if id in taken:
                held = known.get(id)
                if held is None or held[0] != rev:
                    held = fresh[id] = (rev, judged(taken[id], feeds.get(taken[id].entry.feed), facts))
                found[id] = held[1]
        with self._lock:
            if facts == self._facts and gen.number == self._gen:
                self._judged |= fresh
        return found

    def _taken(self, gen: int, pairs: Sequence[tuple[str, int]]) -> dict[str, Alert]:
        """Alerts as they are kept, by id."""
        with self._lock:
            if gen != self._gen:
                self._alerts, self._judged, self._gen = {}, {}, gen
            known = {id: self._alerts[id] for id, rev in pairs if id in self._alerts and self._alerts[id][0] == rev}
        missing = [id for id, _ in pairs if id not in known]
        fresh = {id: (rev, alert) for id, rev, alert in self._cache.alerts(gen, missing)}
        with self._lock:
            if gen == self._gen:
                self._alerts |= fresh
        known |= fresh
        return {id: known[id][1] for id, _ in pairs if id in known}

    def _forget(self, rows: Iterable[StoryRow]) -> None:
        """Lets go of what has not been shown for long: memory does not grow with the store."""
        shown = {id for row in rows for id, _ in row.alerts}
        with self._lock:
            if len(self._alerts) > len(shown) + _SPARE:
                self._alerts = {id: held for id, held in self._alerts.items() if id in shown}
                self._judged = {id: held for id, held in self._judged.items() if id in shown}


def _family(alert: Alert, feed: Feed | None) -> str:
    return feed.publisher if feed is not None else alert.entry.feed


def kept(alert: Alert | None) -> Kept | None:
    """An alert as it is kept."""
    if alert is None:
        return None
    subjects = {subject_of(claim) for claim in alert.claims if claim.phase != "planned"}
    return Kept(alert, claim_key(alert), tuple(sorted(subject for subject in subjects if subject)))
