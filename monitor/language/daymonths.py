"""Calendar dates as they are written: 17 January 2026, January 5-11, 17.01.2026, 2026-01-17, ۲۷ دی ۱۴۰۴.

The wording that needs the day of publication to be understood ("next week", "three months ago") is read in `dates`.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from calendar import monthrange
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

from monitor.language import solar
from monitor.language.lexicon import Lexicon
from monitor.language.numerals import digits
from monitor.language.reading import Reading
from monitor.language.words import fold
from monitor.model import DateRange, Precision

_NUMERIC = re.compile(
    r"(?<!\d)(?:(?P<y>\d{4})-(?P<m>\d{1,2})-(?P<d>\d{1,2})"
    r"|(?P<d2>\d{1,2})(?P<sep>[./])(?P<m2>\d{1,2})(?P=sep)(?P<y2>\d{4}))(?!\d)"
)
# A verb, a word of its own, or a walk: too often no month without a number or a preposition beside it.
_DOUBTFUL = frozenset({"may", "mart", "march", "mar"})
_BEFORE_MONTH = frozenset({"in", "of", "this", "next", "last"})
# Months of the solar calendar whose names mean something else as well; and "month", which tells that they are one.
_DOUBTFUL_SOLAR = frozenset(fold(name, "fa") for name in ("تیر", "مهر", "آذر", "دی", "بهمن"))
_MONTH = frozenset(fold(name, "fa") for name in ("ماه", "برج"))


@dataclass(frozen=True, slots=True)
class DateSpan:
    """A date and the tokens [start, end) it stands in. `kind` is "at", "by" (a deadline) or "since"."""

    start: int
    end: int
    date: DateRange
    kind: str = "at"
    # What stands behind "by" or "until": the day to which something is put off.
    named: DateRange | None = None


@dataclass(frozen=True, slots=True)
class _Calendar:
    """How a calendar reckons: its terms, the years that it knows, a month's days, the year of a day."""

    prefix: str
    years: range
    month_days: Callable[[int, int], tuple[date, date]]
    year_of: Callable[[date], int]


@dataclass(frozen=True, slots=True)
class _Day:
    """The day (or days) beside a month's name, and the tokens [start, end) of the whole."""

    first: int | None
    last: int | None
    start: int
    end: int


def make_span(
    reading: Reading, start: int, end: int, first: date | None, last: date | None, precision: Precision
) -> DateSpan:
    """The date of tokens [start, end) with their wording."""
    return DateSpan(start, end, DateRange(reading.words(start, end), first, last, precision))


def find_terms(reading: Reading, prefix: str, low: int, high: int) -> list[tuple[int, int, str]]:
    """Finds of all groups "date:PREFIX…" in [low, high): (start, end, rest of the name)."""
    start = f"date:{prefix}"
    return [
        (a, b, group.removeprefix(start))
        for group in reading.hits
        if group.startswith(start)
        for a, b in reading.within(group, low, high)
    ]


def small_number(reading: Reading, index: int, low: int, high: int) -> int | None:
    """The whole number of at most four digits at token `index`, if that is one and lies in [low, high)."""
    if not low <= index < high or len(reading.tokens[index].raw) > 4:
        return None
    value = digits(reading.tokens[index])
    return int(value) if value is not None and value == int(value) else None


def month_days(year: int, month: int) -> tuple[date, date]:
    """The first and the last day of a month."""
    return date(year, month, 1), date(year, month, monthrange(year, month)[1])


def numeric_dates(reading: Reading, low: int, high: int) -> list[DateSpan]:
    """2026-01-17, 17.01.2026, 17/01/2026."""
    found = []
    for name, text in reading.fields:
        first, last = reading.range_of(name)
        first, last = max(first, low), min(last, high)
        if first >= last:
            continue
        tokens = reading.tokens
        starts = [token.start for token in tokens[first:last]]
        for match in _NUMERIC.finditer(text, tokens[first].start, tokens[last - 1].end):
            a = first + bisect_left(starts, match.start())
            b = first + bisect_left(starts, match.end())
            parts = [match["y"] or match["y2"], match["m"] or match["m2"], match["d"] or match["d2"]]
            try:
                day = date(*(int(part) for part in parts))
            except ValueError:
                continue
            if a < b:
                found.append(make_span(reading, a, b, day, day, "day"))
    return found


def month_dates(
    reading: Reading, lexicon: Lexicon, published: date | None, *, planned: bool, low: int, high: int
) -> list[DateSpan]:
    """17 January 2026; January 17; 5-11 January; January 2026; in January; the same in the solar calendar."""
    joiners = frozenset(fold(str(word), lexicon.lang) for word in lexicon.numbers.get("range") or ())
    return [
        span
        for calendar in _CALENDARS
        for span in _dated(reading, calendar, joiners, published, planned=planned, low=low, high=high)
    ]


def _dated(
    reading: Reading,
    calendar: _Calendar,
    joiners: frozenset[str],
    published: date | None,
    *,
    planned: bool,
    low: int,
    high: int,
) -> list[DateSpan]:
    found = []
    hits = find_terms(reading, calendar.prefix, low, high)
    for start, end, number in hits:
        # "أيلول/سبتمبر": a month with its other name is one month.
        if any(a == end and other == number for a, _, other in hits):
            continue
        start = next((a for a, b, other in hits if b == start and other == number), start)
        day = _day_beside(reading, joiners, start, end, low, high)
        first, last = day.start, day.end
        if last < high and reading.tokens[last].folded in _MONTH:
            last += 1
        year: int | None = None
        following = small_number(reading, last, low, high)
        before = small_number(reading, start - 1, low, high)
        if following is not None and following in calendar.years:
            year, last = following, last + 1
        elif day.first is None and before is not None and before in calendar.years:
            year, first = before, start - 1
        if day.first is None and year is None and last == end and not _is_month(reading, start, low):
            continue
        interval = _interval(calendar, int(number), day, year, published, planned)
        if interval is not None:
            found.append(make_span(reading, first, last, *interval))
        elif published is None and year is None:
            found.append(make_span(reading, first, last, None, None, "month" if day.first is None else "day"))
    return found


def _is_month(reading: Reading, index: int, low: int) -> bool:
    """Whether a name that is also another word ("may", "march") is a month here: "in May", "by the end of May"."""
    token = reading.tokens[index]
    if reading.lang == "fa" and token.folded in _DOUBTFUL_SOLAR:
        return _in_date(reading, index, low)
    if token.folded not in _DOUBTFUL:
        return True
    if reading.lang != "en" or index == low or not token.raw[0].isupper():
        return False
    return reading.tokens[index - 1].folded in _BEFORE_MONTH or _in_date(reading, index, low)


def _in_date(reading: Reading, index: int, low: int) -> bool:
    """Whether "by", "the end of" or "since" stands right before a word."""
    return any(
        stop == index
        for name in ("by", "end_of", "early", "mid", "late", "since")
        for _, stop in reading.within(f"date:{name}", max(low, index - 5), index)
    )


def _day_beside(reading: Reading, joiners: frozenset[str], start: int, end: int, low: int, high: int) -> _Day:
    """The day before the month's name ("17 January", "5-11 January") or behind it ("January 17", "January 5-11")."""
    at = start - 1
    # An ending may hang on the number: 17th, 1er, ١٧ی.
    if small_number(reading, at, low, high) is None and at - 1 >= low and _glued(reading, at):
        at -= 1
    value = small_number(reading, at, low, high)
    if value is not None and 1 <= value <= 31:
        earlier = _paired(reading, joiners, at, -1, low, high)
        if earlier is not None and earlier[0] < value:
            return _Day(earlier[0], value, earlier[1], end)
        return _Day(value, value, at, end)
    value = small_number(reading, end, low, high)
    if value is not None and 1 <= value <= 31:
        stop = end + 1
        if stop < high and _glued(reading, stop):
            stop += 1
        later = _paired(reading, joiners, end, 1, low, high)
        if later is not None and later[0] > value:
            return _Day(value, later[0], start, later[1] + 1)
        return _Day(value, value, start, stop)
    return _Day(None, None, start, end)


def _glued(reading: Reading, index: int) -> bool:
    """Whether a short ending at `index` hangs on a number before it."""
    tokens = reading.tokens
    before, token = tokens[index - 1], tokens[index]
    if not before.raw[0].isdecimal() or not token.raw[0].isalpha() or len(token.raw) > 3:
        return False
    return (
        before.sentence == token.sentence
        and 0 <= token.start - before.end <= 1
        and (
            token.start == before.end
            or reading.text_of(reading.field_of(index))[before.end : token.start] in ("'", "’")
        )
    )


def _paired(
    reading: Reading, joiners: frozenset[str], at: int, step: int, low: int, high: int
) -> tuple[int, int] | None:
    """The other day of "5-11" or "5 to 11", seen from token `at` backward (-1) or forward (1): (day, its token)."""
    tokens = reading.tokens
    near = small_number(reading, at + step, low, high)
    other = at + step
    if near is not None:
        left, right = min(at, other), max(at, other)
        text = reading.text_of(reading.field_of(at))
        if text[tokens[left].end : tokens[right].start].strip() not in ("-", "–", "—", "‑"):
            return None
    elif low <= other < high and tokens[other].folded in joiners:
        other += step
        near = small_number(reading, other, low, high)
    return (near, other) if near is not None and 1 <= near <= 31 else None


def _interval(
    calendar: _Calendar, month: int, day: _Day, year: int | None, published: date | None, planned: bool
) -> tuple[date, date, Precision] | None:
    """The days meant: of the year named, else of the nearest year, ahead of publication when planned, else behind."""
    this = calendar.year_of(published) if published else 0
    years = [year] if year is not None else [this + step for step in (-1, 0, 1)] if published else []
    candidates = []
    for candidate in years:
        first, last = calendar.month_days(candidate, month)
        if day.first is not None and day.last is not None:
            if day.last > (last - first).days + 1:
                continue
            first, last = first + timedelta(days=day.first - 1), first + timedelta(days=day.last - 1)
        candidates.append((first, last))
    if not candidates:
        return None
    precision: Precision = "month" if day.first is None else "day" if day.first == day.last else "range"
    if year is not None or published is None:
        return (*candidates[0], precision)
    if planned:
        ahead = next((c for c in candidates if c[1] >= published), None)
        return (*ahead, precision) if ahead is not None else None
    return (*next((c for c in reversed(candidates) if c[0] <= published), candidates[0]), precision)


_CALENDARS = (
    _Calendar("month_", range(1900, 2101), month_days, lambda day: day.year),
    _Calendar("solar_", range(solar.FIRST, solar.LAST + 1), solar.month_days, solar.year_of),
)
