"""Which of the events of a sentence it is about, and which of an entry's events tell the same."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from monitor.claims.sentence import Sentence
from monitor.model import EventType

if TYPE_CHECKING:
    from monitor.claims.extract import Event

# Where several events share a sentence and begin at one word, the one that says more comes first.
_ORDER: tuple[EventType, ...] = (
    *("base_handover", "withdrawal", "mission_change", "base_closure", "base_establishment", "equipment_move"),
    *("rotation", "deployment", "alert_level", "access_change", "basing_agreement", "evacuation", "attack_on_base"),
    *("exercise", "posture_pressure", "force_count", "keyword"),
)
# What a verb of leaving may seem to be as well: the base it leaves is not closed, the mission it leaves does not end.
_SAME_WORDS = frozenset({"base_closure", "mission_change"})


def in_order(events: Sequence[Event]) -> list[Event]:
    """The events of one sentence, the one that it is about first; a closure that is but troops leaving is none."""
    leaving = [event for event in events if event.claim.type == "withdrawal"]

    def is_leaving(event: Event) -> bool:
        words = {at for a, b in event.sentence.parts for at in range(a, b)}
        return any(not words.isdisjoint(range(a, b)) for other in leaving for a, b in other.sentence.parts)

    kept = [event for event in events if event.claim.type not in _SAME_WORDS or not is_leaving(event)]

    def order(event: Event) -> tuple[object, ...]:
        claim = event.claim
        # A demand for a withdrawal is a demand; a denied report of one is about the withdrawal.
        late = claim.type in ("force_count", "keyword", "base_establishment") or (
            claim.type == "posture_pressure" and not _demanded(events)
        )
        return (claim.aside, claim.lane == "context" and not _demanded(events), late, _weight(event, events))

    return sorted(kept, key=order)


def _demanded(events: Sequence[Event]) -> bool:
    return any(event.claim.modality == "demand" for event in events)


def _weight(event: Event, events: Sequence[Event]) -> tuple[int, int]:
    pressure = event.claim.type == "posture_pressure" and _demanded(events)
    return (-1 if pressure else _head(event.sentence), _ORDER.index(event.claim.type))


def _head(sentence: Sentence) -> int:
    """Where an event's own verb or noun stands: a base, the forces or a day may be named once for two events."""
    reading = sentence.reading
    shared = {at for span in reading.facilities for at in range(span.start, span.end)}
    dates = [group for group in reading.hits if group.startswith("date:")]
    for group in ("@base", "@troops", *dates):
        shared |= {at for a, b in reading.within(group, sentence.low, sentence.high) for at in range(a, b)}
    words = [at for a, b in sentence.parts for at in range(a, b) if at not in shared]
    return words[0] if words else sentence.parts[0][0]


def once(events: Sequence[Event]) -> list[Event]:
    """Each event once: a headline that a text repeats word by word tells one claim."""
    kept: dict[tuple[object, ...], Event] = {}
    for event in events:
        claim = event.claim
        status = (claim.type, claim.phase, claim.polarity, claim.modality)
        kept.setdefault((*status, claim.facility, claim.place, claim.count, claim.date), event)
    return list(kept.values())
