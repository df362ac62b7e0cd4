"""The baseline's record: the ledger of any day, every version of every fact, and facts written by hand."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from datetime import date
from typing import Any

from monitor import review
from monitor.baseline import edits
from monitor.baseline.ledger import history, ledger, timeline
from monitor.errors import InputError
from monitor.model import Fact, FactAction, Ledger, Reliability
from monitor.service.ports import Workplace
from monitor.service.readings import Readings


class Records:
    """Reads and writes the record. Every method may be called from any thread."""

    def __init__(self, place: Workplace, readings: Readings) -> None:
        self._place, self._readings = place, readings

    def ledger(self, as_of: date | None) -> Ledger:
        """The ledger of a day, today where none is given."""
        day = as_of or self._place.clock().date()
        return ledger(self._readings.seeded(), self._place.archive.accepted(), day)

    def history(self, subject: str | None) -> tuple[Fact, ...]:
        """Every version of every fact, of one subject or of all."""
        return history(self._readings.seeded(), self._place.archive.accepted(), subject)

    def add(
        self,
        subject: str,
        attribute: str,
        value: str,
        *,
        reason: str,
        as_of: date | None = None,
        source: str | None = None,
        passage: str = "",
        url: str | None = None,
        grade: Reliability = "F",
    ) -> Fact:
        """A new fact, of today and of the person's own where nothing else is said. Raises InputError, ReviewError."""
        hand = self._hand(reason)
        made = edits.added(
            subject,
            attribute,
            value,
            hand,
            as_of=as_of or hand.at.date(),
            source=source or hand.by,
            passage=passage,
            url=url,
            grade=grade,
        )
        same = (made.subject, made.attribute, edits.value_key(made))
        for fact in self._readings.facts():
            if (fact.subject, fact.attribute, edits.value_key(fact)) == same:
                raise InputError(f"The baseline holds that already, as {fact.id}. `monitor baseline edit` corrects it.")
        return self._write("add_fact", made, None)

    def edit(self, identifier: str, *, reason: str, **given: Any) -> Fact:
        """The version that takes a fact's place. Raises InputError, ReviewError."""
        fact = self._found(identifier)
        return self._write("edit_fact", edits.edited(fact, self._hand(reason), **given), fact)

    def retire(self, identifier: str, *, reason: str) -> Fact:
        """The version that ends a fact. Raises InputError, ReviewError."""
        fact = self._found(identifier)
        return self._write("retire_fact", edits.retired(fact, self._hand(reason)), fact)

    def _found(self, identifier: str) -> Fact:
        return edits.found(timeline(self._readings.seeded(), self._place.archive.accepted()), identifier)

    def _hand(self, reason: str) -> edits.Hand:
        self._place.writable()
        return edits.Hand(self._place.config.user, self._place.clock(), reason)

    def _write(self, action: FactAction, fact: Fact, before: Fact | None) -> Fact:
        by, at, reason = fact.by or "", fact.at, fact.reason or ""
        assert at is not None
        self._place.archive.accept(
            fact,
            lambda journal: review.write_fact(
                journal,
                action=action,
                fact=fact.replaces or fact.id,
                by=by,
                at=at,
                reason=reason,
                value=_content(fact),
                was=_content(before) if before is not None else None,
            ),
        )
        return fact


def _content(fact: Fact) -> Mapping[str, Any]:
    """What a fact says, as the journal keeps it; None is left out."""
    return {name: value for name, value in asdict(fact).items() if value is not None and name not in ("by", "at")}
