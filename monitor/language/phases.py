"""What a verb's tense says of an event's phase: by the kind of event, and by what a language tells in which tense.

A move takes days: a headline that "sends a brigade" tells of one on its way. What takes a moment, like a base's
closing, is done when an English headline tells it in the present; a Turkish one would have told it in the past.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from monitor.language.reading import Reading
from monitor.model import EventType, Phase

_REACH = 8
_MOVES: frozenset[EventType] = frozenset({"deployment", "equipment_move", "withdrawal"})
_MOMENTS: frozenset[EventType] = frozenset(
    {"base_handover", "base_closure", "access_change", "alert_level", "mission_change", "basing_agreement"}
)
# What is over on the day that "by" and "until" name; other things may last until then.
_ENDED_BY: frozenset[EventType] = frozenset({"withdrawal", "base_closure", "base_handover", "base_establishment"})
# Languages whose headlines tell what is done in the past, so that their present of a moment is still to come.
_PRESENT_COMES = frozenset({"tr", "fa", "ckb", "kmr"})
_DAYS = ("date:weekday", "date:month_", "date:solar_")


@dataclass(frozen=True, slots=True)
class Told:
    """What a sentence tells of its event's time without a cue: the `phase` so far, whether it is `weak` (a present, or
    no tense at all), whether a past says that it is `done`, and whether it is only `permitted`."""

    phase: Phase
    weak: bool
    done: bool
    permitted: bool


def phase_of(reading: Reading, parts: Sequence[tuple[int, int]], kind: EventType, told: Told) -> Phase:
    """The phase of an event at `parts` of which no cue tells the time."""
    if told.permitted and kind in _MOVES:
        # "approves the sending of 300 soldiers": nobody has left yet.
        return "planned"
    if not told.weak:
        return told.phase
    first, last = parts[0][0], max(end for _, end in parts)
    present, title = told.phase == "under_way", reading.field_of(first) == "title"
    if not (present or title):
        return told.phase
    if _coming(reading, first, last, kind) or (kind == "alert_level" and _called_up(reading, first, last)):
        return "planned"
    if present:
        return "planned" if kind in _MOMENTS and reading.lang in _PRESENT_COMES else told.phase
    return "under_way" if kind in _MOVES and told.phase == "completed" and not told.done else told.phase


def _called_up(reading: Reading, first: int, last: int) -> bool:
    """Whether reservists are called up, who have not come yet."""
    return bool(reading.within("@callup", first, last) and reading.within("@reservists", first, last))


def _coming(reading: Reading, first: int, last: int, kind: EventType) -> bool:
    """Whether a season, or a day with what opens or ends a time, stands near an event in the present: "from Friday"."""
    low, high = reading.sentence_of(first)
    low, high = max(low, first - _REACH), min(high, last + _REACH)
    if reading.within("cue:season", low, high):
        return True
    days = [span for group in reading.hits if group.startswith(_DAYS) for span in reading.within(group, low, high)]
    opened = reading.within("cue:onward", low, high)
    if kind in _ENDED_BY:
        opened += reading.within("date:by", low, high)
    # A preposition may stand before "day" or "the end of"; Turkish puts its own behind.
    return any(0 <= x - b <= 1 or (reading.lang == "tr" and y == a) for a, b in opened for x, y in days)
