"""How far a cue reaches: a few words, to the end of its clause, and farther where a verb ends the sentence."""

from __future__ import annotations

from collections.abc import Sequence

from monitor.language.framing import between, comma, divided
from monitor.language.reading import Reading

_REACH = 8
# An attribution set off from its sentence reaches all of it.
_SENTENCE = 40
OPENING = 4
_SETTING_OFF = (",", "،", ": ", " - ", " – ", " — ")
# Where the verb stands early, what follows the event by far belongs to the next clause: "sails, but the crew refused".
_REACH_BACK = 4
_VERB_EARLY = frozenset({"en", "fr"})
TALK = frozenset({"denied", "hypothetical", "demand"})
# Languages whose verb, and with it the negation and the tense, ends the sentence far from the event's noun.
VERB_LAST = frozenset({"tr", "fa", "ckb", "kmr"})
_REACH_VERB_LAST = 16
# A speaker's name and office: "Withdrawal: the defence ministry denies".
_SPEAKER = 4


def reaches(
    reading: Reading,
    parts: Sequence[tuple[int, int]],
    stops: Sequence[tuple[int, int]],
    a: int,
    b: int,
    name: str,
) -> bool:
    """Whether a cue of class `name` at tokens [a, b) speaks of the event at `parts`; `stops` are the clauses' ends."""
    reach = _REACH_VERB_LAST if reading.lang in VERB_LAST else _REACH
    if name == "hedge" and set_off(reading, a, *reading.sentence_of(a)):
        # "..., five security sources said on Monday" speaks for the whole sentence, "…: report" for its headline.
        reach = _SENTENCE
        closing = a >= parts[-1][1] and reading.sentence_of(a)[1] - b <= OPENING
        stops = () if closing else stops
    back = _REACH_BACK if reading.lang in _VERB_EARLY and name in TALK else reach
    if name == "denied":
        # "denied the reports in the press that": a denial of talk reaches as far as the talk does.
        first = min(start for start, _ in parts)
        b = max((y for _, y in reading.within("cue:talk", b, min(b + _REACH, first))), default=b)
    for start, end in parts:
        if a < end and b > start:
            return True
        left, right = (b, start) if b <= start else (end, a)
        if (
            _gap(reading, left, right) <= (reach if b <= start else back)
            and not any(left <= x and y <= right for x, y in stops)
            and (_labels(reading, a, b, name) or not divided(reading, left, right, attributed=name == "hedge"))
            and not (b <= start and _subordinate(reading, stops, a, b, start))
        ):
            return True
    return False


def _labels(reading: Reading, a: int, b: int, name: str) -> bool:
    """Whether a denial is all that a sentence says before or behind a colon: "False: troops leave", "Withdrawal from
    Syria: army denies"."""
    if name != "denied":
        return False
    low, high = reading.sentence_of(a)
    if a == low and b < high:
        return between(reading, b, b).lstrip("\"'”’»)").startswith(":")
    opened = any(":" in between(reading, index, index) for index in range(max(low + 1, a - _SPEAKER), a + 1))
    return opened and b == high


def set_off(reading: Reading, at: int, low: int, high: int) -> bool:
    """Whether an attribution opens its sentence, or closes it behind a comma, with a few words before it at most."""
    if at - low < OPENING or _speaks(reading, at, low, high):
        return True
    marked = range(max(low + 1, at - OPENING), min(at + 1, high))
    return any(any(mark in between(reading, index, index) for mark in _SETTING_OFF) for index in marked)


def _subordinate(reading: Reading, stops: Sequence[tuple[int, int]], a: int, b: int, start: int) -> bool:
    """Whether a cue before the event stands in a clause of its own: "Although it was denied, troops left"."""
    opened = [y for _, y in stops if y <= a]
    return bool(opened) and comma(reading, b, start) and not comma(reading, opened[-1], a)


def _gap(reading: Reading, left: int, right: int) -> int:
    """How many words stand between, a base's name of several words counted as one."""
    names = sum(span.end - span.start - 1 for span in reading.facilities if left <= span.start and span.end <= right)
    return right - left - names


def _speaks(reading: Reading, at: int, low: int, high: int) -> bool:
    """Whether the source named at `at` is the one who speaks: "a security source told the agency"."""
    return any(
        -1 <= at - end <= 1 or 0 <= start - at <= OPENING
        for start, end in reading.within("cue:said", max(low, at - OPENING), min(high, at + 2 * OPENING))
    )
