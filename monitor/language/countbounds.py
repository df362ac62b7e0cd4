"""How exact a number is told: "nearly", "about", "more than", "up to", and the interval that each makes of it."""

from __future__ import annotations

import math

from monitor.language.numerals import Numeral
from monitor.language.reading import Reading

_ABOUT = "כ"
# "более тысячи" is more than one thousand: the genitive that a bound asks for is spelled like the plural.
_GENITIVES = {"тысячи": 1000, "сотни": 100}
_ORDER = ("at_least", "at_most", "below", "about")


def bound_of(reading: Reading, index: int, end: int, unit: int, low: int) -> tuple[int, str | None]:
    """The longest bound that ends where the number at [index, end) begins, or stands between it and the unit
    ("200'den fazla"); and where bound and number begin."""
    before = [
        (start, rank, name)
        for rank, name in enumerate(_ORDER)
        for start, stop in reading.within(f"bound:{name}", max(low, index - 5), index)
        if stop == index
    ]
    if before:
        start, _, name = min(before)
        return start, name
    if reading.lang == "he" and reading.tokens[index].raw.startswith(_ABOUT):
        # "כאלף חיילים": "about" is written as one word with the number.
        return index, "about"
    behind = [
        (-stop, rank, name)
        for rank, name in enumerate(_ORDER)
        for start, stop in reading.within(f"bound:{name}", end, unit)
        if start == end
    ]
    return index, min(behind)[2] if behind else None


def interval_of(number: Numeral, bound: str | None) -> tuple[int, int | None]:
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


def bounded(reading: Reading, index: int, number: Numeral, bound: str | None) -> Numeral:
    """The number that a bound governs: "свыше тысячи" is no thousands."""
    value = _GENITIVES.get(reading.tokens[index].folded) if reading.lang == "ru" and bound is not None else None
    return Numeral(value, value, number.end) if value is not None and number.end == index + 1 else number
