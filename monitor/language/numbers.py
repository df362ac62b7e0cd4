"""How many of what: a text's numbers as intervals with unit and role.

"nearly 1,500 personnel" is [1350, 1500]; "more than 200" is open above; "hundreds" is [200, 999]. Prisoners, the dead,
money, kilometres, years and unit numbers ("the 101st Division", "Base 5") count nothing here.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import get_args

from monitor.language.countroles import role_of
from monitor.language.lexicon import Lexicon
from monitor.language.numerals import Numeral, digits, numeral_at, year_at
from monitor.language.reading import Reading
from monitor.model import Count, CountRole, CountUnit

_UNIT_REACH = 5
_NONE_REACH = 6
# A number without its unit is one of people from here on; said without "about", from here on.
_SOME, _MANY, _MOST = 20, 100, 500_000
_STOPS = frozenset(",.;،؛。")
_BOUND_ORDER = ("at_least", "at_most", "below", "about")
# Between a unit and its fate: "12 soldiers were killed".
_AUXILIARIES = frozenset({"was", "were", "been", "are", "is", "ont", "ete", "sont", "были", "был"})


@dataclass(frozen=True, slots=True)
class CountSpan:
    """A count and the tokens [start, end) it stands in, from its bound to its unit. `told`: a word gives its role."""

    start: int
    end: int
    count: Count
    told: bool = False


def find_counts(reading: Reading, lexicon: Lexicon, low: int = 0, high: int | None = None) -> list[CountSpan]:
    """All counts with a known unit in tokens [low, high), in order."""
    high = len(reading.tokens) if high is None else high
    found: list[CountSpan] = []
    index = low
    while index < high:
        number = numeral_at(reading, lexicon, index, high)
        span = _counted(reading, lexicon, number, index, low, high) if number else None
        if span is not None:
            found.append(span)
            index = span.end
        else:
            index = number.end if number else index + 1
    taken = {at for span in found for at in range(span.start, span.end)}
    found += [span for span in _none_left(reading, low, high) if taken.isdisjoint(range(span.start, span.end))]
    return sorted(found, key=lambda span: span.start)


def _none_left(reading: Reading, low: int, high: int) -> list[CountSpan]:
    """ "לא נותרו חיילים", "солдат не осталось": a verb that says that none is left, with its unit and no number."""
    found = []
    for start, end in reading.within("cue:none_left", low, high):
        first, last = reading.sentence_of(start)
        first, last = max(low, first), min(high, last)
        units = [
            (min(abs(a - end), abs(start - b)), a, b)
            for a, b in reading.within("unit:personnel", max(first, start - _NONE_REACH), min(last, end + _NONE_REACH))
        ]
        if not units:
            continue
        _, a, b = min(units)
        left, right = min(a, start), max(b, end)
        if not any(digits(token) is not None for token in reading.tokens[left:right]):
            found.append(
                CountSpan(left, right, Count(reading.words(left, right), 0, 0, "personnel", "remaining"), told=True)
            )
    return found[:1]


def _counted(reading: Reading, lexicon: Lexicon, number: Numeral, index: int, low: int, high: int) -> CountSpan | None:
    """The number with its unit, bound and role; None where it counts nothing that we follow."""
    tokens = reading.tokens
    first, last = reading.sentence_of(index)
    unit = _unit(reading, number.end, min(high, last, number.end + _UNIT_REACH))
    unit = unit or _unit_before(reading, index, number, first, last) or _persons(reading, number.end, first, last)
    unit = unit or _left_out(reading, number, index, first, last)
    if unit is not None and unit[1] >= number.end and _part_of(reading, lexicon, number.end, unit[1], high):
        # "500 of the 2,000 troops": what is counted stands behind the whole.
        name, _, unit_end = unit
        role = role_of(reading, index, unit_end)
        count = Count(reading.words(index, unit_end), *_interval(number, None), name, role or "total")
        return CountSpan(index, unit_end, count, role is not None)
    if unit is None or year_at(reading, index) is not None or _named(reading, index, number, first):
        return None
    name, unit_start, unit_end = unit
    if _dateline(reading, index, number.end, unit_start):
        return None
    # "its 90th member" counts members; "the 101st Division" and "F-35" count nothing.
    if name != "members" and _ordinal(reading, index, number.end):
        return None
    # "two of them said the troops": who speaks is not who is counted.
    if any(reading.within(group, number.end, unit_start) for group in ("not-unit", "cue:said")) or any(
        digits(tokens[at]) is not None and not _model(reading, at) for at in range(number.end, unit_end - 1)
    ):
        return None
    start, bound = _bound(reading, index, number.end, unit_start, max(low, first))
    if bound == "at_most" and start > first and digits(tokens[start - 1]) is not None:
        # "from 2,500 to 1,200 troops": in "с 1500 до 1200" the "до" is no bound.
        bound = None
    if _fallen(reading, start, unit_end):
        return None
    interval = _interval(number, bound)
    if interval == (1, 1) and name == "personnel":
        # "an officer said": in many languages the article is the number one, and one person is no force.
        return None
    # States do not come and go with their forces: seven of them contribute, ninety are members.
    role = "total" if name in ("countries", "members") else role_of(reading, start, unit_end)
    if interval == (0, 0) and name == "personnel" and role in (None, "total"):
        # Where there are no soldiers, none remain.
        role = "remaining"
    count = Count(reading.words(start, unit_end), *interval, name, role or "total")
    return CountSpan(start, unit_end, count, role is not None)


def _dateline(reading: Reading, index: int, end: int, unit: int) -> bool:
    """The 17 of "BAGHDAD, Jan 17 (Reuters) - U.S. forces left" is a day: a bracket or a dash parts it from its unit."""
    if unit <= end:
        return False
    text = reading.text_of(reading.field_of(index))
    between = text[reading.tokens[end - 1].end : reading.tokens[unit].start]
    return any(mark in between for mark in (")", " - ", " – ", " — ", " -- "))


def _model(reading: Reading, at: int) -> bool:
    """Whether a number is part of a type's name: the 52 of "six B-52 bombers", the 16 of "F-16"."""
    before, token = reading.tokens[at - 1], reading.tokens[at]
    text = reading.text_of(reading.field_of(at))
    glued = text[before.end : token.start] in ("", "-", "\u2011", "–")
    return glued and before.raw.isalpha() and len(before.raw) <= 3


def _ordinal(reading: Reading, index: int, end: int) -> bool:
    """A number glued to letters ("F-35", "101st") or money counts nothing; Hebrew's "מ-200" ("from 200") does."""
    token = reading.tokens[index]
    text = reading.text_of(reading.field_of(index))
    before = text[max(0, token.start - 1) : token.start]
    letter = text[token.start - 2] if token.start > 1 else ""
    after = text[reading.tokens[end - 1].end : reading.tokens[end - 1].end + 1]
    named = before == "-" and letter.isalpha() and not "\u05d0" <= letter <= "\u05ea"
    return token.raw[0].isdecimal() and (named or after.isalpha() or after == "%" or before in ("$", "€", "£"))


def _named(reading: Reading, index: int, number: Numeral, first: int) -> bool:
    """The 5 of "Base 5 troops": a low number behind a capitalised base is the base's own."""
    before = reading.tokens[index - 1] if index > first else None
    return (
        before is not None
        # Where nouns bend, "Üsse 6 uçak" names no base.
        and reading.lang in ("en", "fr", "ru")
        and number.low < 100
        and before.raw[0].isupper()
        and reading.tokens[index].raw[0].isdecimal()
        and (index - 1, index) in reading.within("@base", index - 1, index)
        and reading.tokens[index].start - before.end == 1
    )


def _fallen(reading: Reading, start: int, end: int) -> bool:
    """Whether what was counted is dead or captive by the next word, or by the one before: "killed 12 soldiers"."""
    tokens = reading.tokens
    low, high = reading.sentence_of(start)
    at = end + 1 if end < high and tokens[end].folded in _AUXILIARIES else end
    after = [(at, end - 1, a) for a, _ in reading.within("not-unit", at, min(high, at + 1))]
    before = [(start, a, a) for a, b in reading.within("not-unit", max(low, start - 1), start) if b == start]
    for right, left, hit in (*after, *before):
        text = reading.text_of(reading.field_of(start))
        between = text[tokens[left].end : tokens[right].start]
        measured = hit > low and digits(tokens[hit - 1]) is not None
        timed = any(group.startswith("date:span") and reading.within(group, hit, hit + 1) for group in reading.hits)
        if not measured and not timed and not any(mark in between for mark in ",،;:()"):
            return True
    return False


def _unit(reading: Reading, end: int, limit: int) -> tuple[CountUnit, int, int] | None:
    """The nearest unit after the number, its first token and one past its last."""
    best: tuple[int, int, CountUnit] | None = None
    for name in get_args(CountUnit):
        for start, stop in reading.within(f"unit:{name}", end, limit):
            if best is None or (start, -stop) < (best[0], -best[1]):
                best = (start, stop, name)
    return (best[2], best[0], best[1]) if best else None


def _unit_before(
    reading: Reading, index: int, number: Numeral, first: int, last: int
) -> tuple[CountUnit, int, int] | None:
    """ "the number of troops rose to 2,000": a number of what was named, with its noun, right before it."""
    raw = reading.tokens[index].raw
    if number.low < 10 or not raw[0].isdecimal() or reading.within("not-unit", number.end, min(last, number.end + 2)):
        return None
    for a, b in reversed(reading.within("unit:personnel", max(first, index - 8), index)):
        if any(-3 <= x - b <= 1 or 0 <= a - y <= 1 for x, y in reading.within("cue:amount", first, index)):
            return "personnel", number.end, number.end
    return None


def _persons(reading: Reading, end: int, first: int, last: int) -> tuple[CountUnit, int, int] | None:
    """ "около 900 человек": persons are personnel in a sentence about troops."""
    near = reading.within("cue:persons", end, min(last, end + 2))
    return ("personnel", *near[0]) if near and reading.within("@troops", first, last) else None


def _left_out(
    reading: Reading, number: Numeral, index: int, first: int, last: int
) -> tuple[CountUnit, int, int] | None:
    """ "It was set up with about 1,200.": a number at the end of a clause, or right before what it does, counts what
    was counted shortly before."""
    end = number.end
    vague = number.low != number.high or _bound(reading, index, end, end, first)[1] is not None
    if not _SOME <= number.low <= _MOST or not (vague or number.low >= _MANY) or _dated(reading, index, end):
        return None
    after = reading.text_of(reading.field_of(index))[reading.tokens[end - 1].end :][:1]
    does = any(
        a == end for name in get_args(CountRole) for a, _ in reading.within(f"role:{name}", end, min(last, end + 3))
    )
    if not (end == last or after in _STOPS or does) or after == "%":
        return None
    before = reading.sentence_of(first - 1)[0] if first > 0 else first
    if reading.field_of(before) != reading.field_of(index):
        before = first
    counted = reading.within("unit:personnel", before, index) and not reading.within("not-unit", before, index)
    return ("personnel", end, end) if counted and not reading.within("not-unit", end, min(last, end + 2)) else None


def _dated(reading: Reading, index: int, end: int) -> bool:
    """Whether a number stands in a date or right beside one."""
    return any(
        group.startswith("date:") and reading.within(group, max(0, index - 1), min(len(reading.tokens), end + 1))
        for group in reading.hits
    )


def _part_of(reading: Reading, lexicon: Lexicon, end: int, unit: int, high: int) -> bool:
    """Whether "of" and another number stand between a number and its unit."""
    of = next((b for a, b in reading.within("cue:out_of", end, unit) if a == end), None)
    if of is None:
        return False
    return any(numeral_at(reading, lexicon, at, high) is not None for at in range(of, min(of + 2, unit)))


def _bound(reading: Reading, index: int, end: int, unit: int, low: int) -> tuple[int, str | None]:
    """The longest bound that ends where the number begins, or stands between it and the unit ("200'den fazla")."""
    before = [
        (start, rank, name)
        for rank, name in enumerate(_BOUND_ORDER)
        for start, stop in reading.within(f"bound:{name}", max(low, index - 5), index)
        if stop == index
    ]
    if before:
        start, _, name = min(before)
        return start, name
    behind = [
        (-stop, rank, name)
        for rank, name in enumerate(_BOUND_ORDER)
        for start, stop in reading.within(f"bound:{name}", end, unit)
        if start == end
    ]
    return index, min(behind)[2] if behind else None


def _interval(number: Numeral, bound: str | None) -> tuple[int, int | None]:
    """The interval that a bound makes of a number (semantics: nearly -10 %, about ±10 %)."""
    low, high = number.low, number.high
    if bound is not None and not number.ranged and low != high:
        middle = (low + high) / 2
        # "a hundred" alone is about a hundred; "more than a hundred" is more than 100.
        if high - low <= max(4, 0.2 * middle):
            low = high = middle
    if bound == "at_most":
        return 0, int(high)
    if bound == "at_least" and not number.ranged:
        return int(low), None
    if low == high and bound in ("below", "about"):
        return math.ceil(0.9 * low), int(high) if bound == "below" else math.floor(1.1 * high)
    return int(low), int(high)
