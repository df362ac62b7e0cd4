"""Of what: the unit of a number, named behind it, before it, or in what was counted shortly before."""

from __future__ import annotations

from typing import get_args

from monitor.language.countbounds import bound_of
from monitor.language.numerals import Numeral
from monitor.language.reading import Reading
from monitor.model import CountRole, CountUnit

# A unit, its first token and one past its last; both one past the number where it is named elsewhere.
Unit = tuple[CountUnit, int, int]

# A number without its unit is one of people from here on; said without "about", from here on.
_SOME, _MANY, _MOST = 20, 100, 500_000
# "300 американских компаний": a state's adjective, not its people.
_ADJECTIVE = ("ских", "ские", "ским", "скими")
_STOPS = frozenset(",.;،؛。")
# "Leaving 300 there".
_THERE = frozenset({"there", "behind", "هناك", "там", "orada", "שם", "لەوێ"})
# How far behind "in" the place stands that a number without a unit is told of: "900 in neighbouring Syria".
_PLACE_REACH = 3
# "And" that is written as one word with the next.
_CONJUNCTIONS = {"ar": "و", "he": "ו"}
# Languages that name the place before what is there: "Irak'ta 2.500, Suriye'de 900 askeri var".
_PLACE_FIRST = frozenset({"tr"})


def unit_behind(reading: Reading, end: int, limit: int) -> Unit | None:
    """The nearest unit in tokens [end, limit)."""
    best: tuple[int, int, CountUnit] | None = None
    for name in get_args(CountUnit):
        for start, stop in reading.within(f"unit:{name}", end, limit):
            if best is None or (start, -stop) < (best[0], -best[1]):
                best = (start, stop, name)
    return (best[2], best[0], best[1]) if best else None


def unit_elsewhere(reading: Reading, number: Numeral, index: int, first: int, last: int) -> Unit | None:
    """The unit of a number in the sentence [first, last) that none stands right behind."""
    return (
        _before(reading, index, number, first, last)
        or _persons(reading, number.end, first, last)
        or _nationals(reading, number, first, last)
        or _left_out(reading, number, index, first, last)
    )


def _before(reading: Reading, index: int, number: Numeral, first: int, last: int) -> Unit | None:
    """ "the number of troops rose to 2,000": a number of what was named, with its noun, right before it."""
    raw = reading.tokens[index].raw
    if number.low < 10 or not raw[0].isdecimal() or reading.within("not-unit", number.end, min(last, number.end + 2)):
        return None
    for a, b in reversed(reading.within("unit:personnel", max(first, index - 8), index)):
        if any(-3 <= x - b <= 1 or 0 <= a - y <= 1 for x, y in reading.within("cue:amount", first, index)):
            return "personnel", number.end, number.end
    return None


def _persons(reading: Reading, end: int, first: int, last: int) -> Unit | None:
    """ "около 900 человек": persons are personnel in a sentence about troops, or right behind one."""
    near = reading.within("cue:persons", end, min(last, end + 2))
    if not near or reading.within("not-unit", near[0][1], min(last, near[0][1] + 1)):
        return None
    before = reading.sentence_of(first - 1)[0] if first > 0 else first
    return ("personnel", *near[0]) if reading.within("@troops", before, last) else None


def _nationals(reading: Reading, number: Numeral, first: int, last: int) -> Unit | None:
    """ "About 300 Americans will stay": people of a state are personnel beside a verb of staying or going, in a text
    about troops. "300 American companies" are none."""
    end = number.end
    state = next((span for span in reading.actors if span.start == end and span.end < last), None)
    if state is None or not _SOME <= number.low <= _MOST or reading.within("not-unit", end, min(last, state.end + 1)):
        return None
    hits = [
        hit
        for name in ("remaining", "leaving", "arriving")
        for hit in reading.within(f"role:{name}", max(first, end - 4), min(last, state.end + 4))
    ]
    # Where the verb stands first, the number follows it: "سيبقى نحو 300 أمريكي".
    placed = state.end < last and any(a == state.end for a, _ in reading.within("cue:where", state.end, last))
    does = any(a < end or state.end <= a <= state.end + 1 or (placed and a > end) for a, _ in hits)
    if reading.lang == "ru" and reading.tokens[end].folded.endswith(_ADJECTIVE):
        return None
    before = reading.sentence_of(first - 1)[0] if first > 0 else first
    troops = any(reading.within(group, before, last) for group in ("@troops", "unit:personnel"))
    return ("personnel", end, state.end) if does and troops else None


def _left_out(reading: Reading, number: Numeral, index: int, first: int, last: int) -> Unit | None:
    """ "It was set up with about 1,200.": a number at the end of a clause, right before what it does or where it is,
    counts what was counted shortly before."""
    end = number.end
    vague = number.low != number.high or bound_of(reading, index, end, end, first)[1] is not None
    if not _SOME <= number.low <= _MOST or not (vague or number.low >= _MANY) or _dated(reading, index, end, first):
        return None
    after = reading.text_of(reading.field_of(index))[reading.tokens[end - 1].end :][:1]
    does = any(
        a == end for name in get_args(CountRole) for a, _ in reading.within(f"role:{name}", end, min(last, end + 3))
    )
    does = does or (end < last and reading.tokens[end].folded in _THERE)
    does = does or any(a == end for a, _ in reading.within("cue:of_them", end, min(last, end + 3)))
    does = does or any(b == index for _, b in reading.within("role:arriving", max(first, index - 3), index))
    if not (end == last or after in _STOPS or does or located(reading, end, last)) or after == "%":
        return None
    if reading.within("not-unit", end, min(last, end + 2)):
        return None
    before = reading.sentence_of(first - 1)[0] if first > 0 else first
    if reading.field_of(before) not in (reading.field_of(index), "title"):
        before = first
    counted = reading.within("unit:personnel", before, index) and not reading.within("not-unit", before, index)
    follows = reading.lang in _PLACE_FIRST and reading.within("unit:personnel", end, min(last, end + 5))
    return ("personnel", end, end) if counted or follows else None


def located(reading: Reading, end: int, last: int) -> bool:
    """Whether "in" and the name of a place or country stand right behind a number: "and 900 in neighbouring Syria"."""
    where = [b for a, b in reading.within("cue:where", end, min(last, end + 2)) if a == end]
    glued = reading.lang == "he" and end < last and reading.tokens[end].raw.startswith("ב")
    if not where and not glued:
        return False
    start = where[0] if where else end
    named = (*reading.places, *reading.actors, *reading.facilities)
    return any(
        start <= span.start < min(last, start + _PLACE_REACH) and not _who(reading, start, span.end, last)
        for span in named
    )


def _who(reading: Reading, start: int, end: int, last: int) -> bool:
    """Whether tokens [start, end) with a name tell who is counted, and not where: "2000 of the American forces"."""
    if reading.within("unit:personnel", start, end):
        return True
    behind = end < last and any(a == end for a, _ in reading.within("unit:personnel", end, min(last, end + 3)))
    if not behind or reading.tokens[end].raw[:1] in _CONJUNCTIONS.get(reading.lang, ""):
        return False
    text = reading.text_of(reading.field_of(end))
    return "," not in text[reading.tokens[end - 1].end : reading.tokens[end].start]


def _dated(reading: Reading, index: int, end: int, first: int) -> bool:
    """Whether a number stands in a date or right beside one of its sentence, which begins at `first`."""
    return any(
        group.startswith("date:") and reading.within(group, max(first, index - 1), min(len(reading.tokens), end + 1))
        for group in reading.hits
    )
