"""The ledger: every state and every number of forces over time, from the seeded facts and what people did with them.

A fact that was accepted from a story moves the record on: what held before stays true of the days before. A fact that
was edited or retired was wrong: it takes the place of the one it names, on every day. What holds on a day is what is
known to hold since the latest day up to it, so that an older report never moves the record.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date

from monitor.language.facilities import gazetteer
from monitor.model import Attribute, DateRange, Fact, Ledger, LedgerRow

Key = tuple[str, Attribute]

# Of these there is one value at a time; of the others (numbers, background) two sources of one day may both stand.
_SINGLE: frozenset[Attribute] = frozenset({"status", "mission", "effective_date", "mandate_end", "alert_level"})
# The states that a planned window leads out of.
PENDING = frozenset(
    {
        *("handover announced", "handover under way", "closure announced", "closing", "opening announced"),
        *("being set up", "leaving", "expected", "arriving", "end announced", "ending"),
    }
)
_ORDER: tuple[Attribute, ...] = (
    "status",
    "mission",
    "count",
    "contributors",
    "membership",
    "alert_level",
    "mandate_end",
    "effective_date",
)


def with_accepted(seeded: Sequence[Fact], versions: Sequence[Fact]) -> tuple[Fact, ...]:
    """The baseline in force: the newest of each subject and attribute, and the background.

    Args:
        seeded: the facts that the seeded articles give.
        versions: what people accepted, added, edited and retired, in the order in which they did.
    """
    kept = timeline(seeded, versions)
    newest = {key: _standing(facts) for key, facts in _by_key(fact for fact in kept if fact.compared).items()}
    moved = [fact for facts in newest.values() for fact in facts if fact.accepted_from is not None]
    standing = {id(fact) for facts in newest.values() for fact in facts}
    others = [fact for fact in kept if not fact.compared or (id(fact) in standing and fact.accepted_from is None)]
    return (*moved, *others)


def timeline(seeded: Sequence[Fact], versions: Sequence[Fact]) -> tuple[Fact, ...]:
    """All facts that hold or held at some time: without those that were edited or retired. Versions are numbered."""
    live: list[Fact] = list(seeded)
    for version in versions:
        live = [fact for fact in live if fact.id != version.replaces]
        if not version.retired:
            live.append(version)
    numbered: list[Fact] = []
    counted: dict[Key, int] = {}
    for fact in live:
        key = (fact.subject, fact.attribute)
        moves = fact.accepted_from is not None or fact.replaces is not None
        number = max(fact.version, counted.get(key, 0) + 1) if moves else fact.version
        counted[key] = max(counted.get(key, 0), number)
        numbered.append(fact if number == fact.version else replace(fact, version=number))
    return tuple(numbered)


def history(seeded: Sequence[Fact], versions: Sequence[Fact], subject: str | None = None) -> tuple[Fact, ...]:
    """Every version that ever was, of one subject or of all: seeded first, then in the order of the decisions."""
    return tuple(fact for fact in (*seeded, *versions) if subject is None or fact.subject == subject)


def ledger(seeded: Sequence[Fact], versions: Sequence[Fact], as_of: date) -> Ledger:
    """What was held of every subject on the day `as_of`, by base and area, status before numbers.

    Days beyond what is known are as the last known day: the ledger tells what is held, and since when.
    """
    known = _by_key(fact for fact in timeline(seeded, versions) if fact.compared and fact.as_of <= as_of)
    rows = []
    for (subject, attribute), facts in known.items():
        if attribute == "effective_date":
            continue
        standing = _standing(facts)
        before = [fact for fact in facts if fact not in standing]
        before.sort(key=lambda fact: fact.as_of, reverse=True)
        due = _due(subject, standing[0], known)
        late = (as_of - due.end).days if due is not None and due.end is not None and due.end < as_of else None
        rows.append(LedgerRow(subject, attribute, standing, tuple(before), due, late))
    return Ledger(as_of, tuple(sorted(rows, key=_place)))


def _due(subject: str, fact: Fact, known: Mapping[Key, Sequence[Fact]]) -> DateRange | None:
    """The window of the step that a state announces."""
    planned = known.get((subject, "effective_date"))
    if fact.status not in PENDING or planned is None:
        return None
    return _standing(planned)[0].date


def _by_key(facts: Iterable[Fact]) -> dict[Key, list[Fact]]:
    found: dict[Key, list[Fact]] = {}
    for fact in facts:
        found.setdefault((fact.subject, fact.attribute), []).append(fact)
    return found


def _standing(facts: Sequence[Fact]) -> tuple[Fact, ...]:
    """What holds of one subject and attribute: the newest; of one day the last accepted, else all that may stand."""
    newest = max(fact.as_of for fact in facts)
    latest = [fact for fact in facts if fact.as_of == newest]
    moved = [fact for fact in latest if fact.accepted_from is not None]
    if moved:
        # What was added or corrected after the acceptance stands above it.
        return (max(moved[-1], latest[-1], key=latest.index),)
    if latest[0].attribute in _SINGLE:
        written = [fact for fact in latest if fact.by is not None]
        return ((written or latest[:1])[-1],)
    return tuple(latest)


def _place(row: LedgerRow) -> tuple[bool, str, str, int]:
    """Bases first, then areas; within one of them the state before the numbers."""
    actor, _, area = row.subject.rpartition("@")
    return (area not in gazetteer(), area, actor, _ORDER.index(row.attribute) if row.attribute in _ORDER else 99)
