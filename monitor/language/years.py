"""Years: which numbers of four digits name one, and which count things.

"In 2003 US troops invaded" and "by 2011 US forces had left" name years, "from 2000 troops to 1500" counts. A round
number beside what it counts is a number, unless a word says that it is a year; another one is a year where a word of
time stands before it.
"""

from __future__ import annotations

from datetime import date

from monitor.language import solar
from monitor.language.numerals import digits
from monitor.language.reading import Reading

_GREGORIAN = range(1900, 2101)
# How many words may stand between a number and what it counts: "2000 US and coalition military personnel".
_REACH, _REACH_ROUND = 4, 7
_ROUND = 50
# What can only stand before a year: "in 2003 US troops invaded", "ב-2003".
_IN_YEAR = frozenset({"in", "during", "en", "ב", "في"})
# What stands before a year more often than before a number that is not round.
_OF_YEAR = frozenset({"by", "until", "till", "of", "the", "before", "after", "d'ici", "avant", "apres", "до", "после"})
_BOUNDS = ("bound:at_least", "bound:at_most", "bound:about", "bound:below")
_MARKS = (",", ";", ":", "،", "؛", "(", ")")


def year_at(reading: Reading, index: int) -> int | None:
    """The year that the token names, of a solar year the one in which it begins; None where it names none."""
    token = reading.tokens[index]
    if len(token.raw) != 4 or not token.raw.isdecimal():
        return None
    year = int(token.raw)
    if reading.lang == "fa" and solar.FIRST <= year <= solar.LAST:
        return year + solar.AHEAD if _marked(reading, index) else None
    if year not in _GREGORIAN:
        return None
    if _marked(reading, index):
        return year
    low, high = reading.sentence_of(index)
    if any(end == index for name in _BOUNDS for _, end in reading.within(name, max(low, index - 5), index)):
        return None
    is_round = year % _ROUND == 0
    if not _counts(reading, index, min(high, index + (_REACH_ROUND if is_round else _REACH))):
        return year
    before = reading.tokens[index - 1] if index > low else None
    timed = (before is not None and before.folded in _OF_YEAR) or any(
        end == index
        for name in ("date:since", "date:by")
        for _, end in reading.within(name, max(low, index - 3), index)
    )
    return year if timed and not is_round else None


def year_days(reading: Reading, index: int) -> tuple[date, date] | None:
    """The first and the last day of the year that the token names."""
    year = year_at(reading, index)
    if year is None:
        return None
    value = digits(reading.tokens[index])
    if value is not None and value == year - solar.AHEAD:
        return solar.month_days(int(value), 1)[0], solar.month_days(int(value), 12)[1]
    return date(year, 1, 1), date(year, 12, 31)


def _marked(reading: Reading, index: int) -> bool:
    """Whether words beside a number say that it is a year: "in", "year", the name of a month."""
    low, high = reading.sentence_of(index)
    before = reading.tokens[index - 1] if index > low else None
    if before is not None and before.folded in _IN_YEAR:
        return True
    around = (max(low, index - 1), min(high, index + 2))
    return bool(reading.within("date:span_year", *around)) or after_month(reading, index)


def after_month(reading: Reading, index: int) -> bool:
    """Whether a month's name stands before a token, alone or with its day: "January 2020", "January 17, 2020"."""
    low, _ = reading.sentence_of(index)
    return any(
        end == index or (end == index - 1 and (_day(reading, end) or _is_word_for_month(reading, end)))
        for group in _months(reading)
        for _, end in reading.within(group, max(low, index - 4), index)
    )


def is_day(reading: Reading, start: int, end: int) -> bool:
    """Whether the number of tokens [start, end) is a day beside its month: "17 January", "١٧ی کانوون", "January 17"."""
    if not _day(reading, start):
        return False
    low, high = reading.sentence_of(start)
    # An ending may hang on the number.
    glued = (
        end < high
        and len(reading.tokens[end].raw) <= 3
        and reading.tokens[end].start <= reading.tokens[end - 1].end + 1
    )
    behind = {end, end + 1} if glued else {end}
    for group in _months(reading):
        if any(a in behind for a, _ in reading.within(group, end, min(high, end + 5))):
            return True
        if reading.lang == "en" and any(b == start for _, b in reading.within(group, max(low, start - 2), start)):
            return True
    return False


def _months(reading: Reading) -> list[str]:
    return [group for group in reading.hits if group.startswith(("date:month_", "date:solar_"))]


def _day(reading: Reading, index: int) -> bool:
    value = digits(reading.tokens[index])
    return value is not None and 1 <= value <= 31


def _is_word_for_month(reading: Reading, index: int) -> bool:
    """ "دی ماه ۱۴۰۴": the word for month behind its name."""
    return bool(reading.within("date:span_month", index, index + 1))


def _counts(reading: Reading, index: int, high: int) -> bool:
    """Whether something that is counted stands behind a number, no mark between."""
    text = reading.text_of(reading.field_of(index))
    for group in reading.hits:
        if group.startswith("unit:") or group == "not-unit":
            for start, _ in reading.within(group, index + 1, high):
                between = text[reading.tokens[index].end : reading.tokens[start].start]
                if start - index < _REACH or not any(mark in between for mark in _MARKS):
                    return True
    return False
