"""Numbers that a change leads from and to: "will cut its force from 2,500 to below 2,000"."""

from __future__ import annotations

from itertools import pairwise

from monitor.language.countbounds import bound_of
from monitor.language.lexicon import Lexicon
from monitor.language.numerals import Numeral, numeral_at
from monitor.language.reading import Reading
from monitor.model import CountRole

_REACH = 12
_APART = 6


def change_near(reading: Reading, start: int, end: int) -> CountRole | None:
    """What a word of change in the clause makes of the number it leads to: those who are fewer now remain, those who
    are more are so many; None where nothing changes."""
    low, high = reading.sentence_of(start)
    low, high = max(low, start - _REACH), min(high, end + _REACH)
    found = [
        (min(abs(start - b), abs(a - end)), role)
        for group, role in (("cue:fall", "remaining"), ("cue:rise", "total"))
        for a, b in reading.within(group, low, high)
        if not reading.within("cue:stop", *((b, start) if b <= start else (end, a)))
    ]
    return min(found)[1] if found else None  # type: ignore[return-value]


def leads_to(reading: Reading, start: int) -> bool:
    """Whether "to" stands right before a number that begins, with its bound, at `start`."""
    low, _ = reading.sentence_of(start)
    return any(b == start for _, b in reading.within("cue:change_to", max(low, start - 3), start))


def changes(reading: Reading, lexicon: Lexicon, low: int, high: int) -> list[tuple[int, Numeral, int, Numeral]]:
    """The pairs of numbers in tokens [low, high) of one sentence that a change leads from and to, with where each
    begins."""
    if not reading.within("cue:fall", low, high) and not reading.within("cue:rise", low, high):
        return []
    numbers: list[tuple[int, Numeral]] = []
    index = low
    while index < high:
        number = numeral_at(reading, lexicon, index, high)
        if number is None:
            index += 1
            continue
        parts = _parted(reading, lexicon, index, number)
        numbers += parts
        index = number.end
    return [
        (i, one, j, other)
        for (i, one), (j, other) in pairwise(numbers)
        if one.low >= 10 and other.low >= 10 and j - one.end <= _APART and _from_to(reading, i, one, j, other)
    ]


def _parted(reading: Reading, lexicon: Lexicon, index: int, number: Numeral) -> list[tuple[int, Numeral]]:
    """A range as the two numbers that it was read from."""
    if number.ranged:
        for at in range(index + 1, number.end):
            second = numeral_at(reading, lexicon, at, number.end)
            if second is not None and second.end == number.end and second.low == number.high:
                return [(index, Numeral(number.low, number.low, at)), (at, second)]
    return [(index, number)]


def _from_to(reading: Reading, i: int, one: Numeral, j: int, other: Numeral) -> bool:
    low, high = reading.sentence_of(i)
    begin, _ = bound_of(reading, i, one.end, one.end, low)
    second, _ = bound_of(reading, j, other.end, other.end, low)
    out = any(b == begin for _, b in reading.within("cue:change_from", max(low, begin - 3), begin))
    # What a language says behind the number: "2.500'den".
    behind = any(a < one.end + 1 for a, _ in reading.within("cue:change_from", one.end - 1, min(high, one.end + 2)))
    if behind and reading.lang == "tr":
        return change_near(reading, i, other.end) is not None
    toward = any(one.end <= a < j for a, _ in reading.within("cue:change_to", max(low, one.end - 1), j))
    return out and (toward or leads_to(reading, second)) and change_near(reading, i, other.end) is not None
