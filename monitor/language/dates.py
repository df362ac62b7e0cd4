"""When: a text's dates as intervals of days, resolved against the publication date.

"next week" is Monday to Sunday of the following week. A date without a year is the nearest one, in the future when
what happens is planned, else in the past. Without a publication date relative wording stays unresolved: the interval
is open at both ends and keeps its words.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta

from monitor.language import daymonths
from monitor.language.daymonths import DateSpan, find_terms, make_span, small_number
from monitor.language.lexicon import Lexicon
from monitor.language.numerals import number_word
from monitor.language.reading import Reading
from monitor.language.words import fold
from monitor.language.years import year_days
from monitor.model import DateRange, Precision

__all__ = ["DateSpan", "find_dates"]

_RELATIVE: dict[str, tuple[Precision, int]] = {
    "today": ("day", 0),
    "tomorrow": ("day", 1),
    "yesterday": ("day", -1),
    "last_week": ("week", -1),
    "this_week": ("week", 0),
    "next_week": ("week", 1),
    "last_month": ("month", -1),
    "this_month": ("month", 0),
    "next_month": ("month", 1),
    "last_year": ("year", -1),
    "this_year": ("year", 0),
    "next_year": ("year", 1),
}
# Days before and after that of publication: "in recent days", "in the coming weeks".
_AROUND = {"recent_days": (-7, 0), "coming_days": (0, 7), "recent_weeks": (-30, 0), "coming_weeks": (0, 30)}
_SPAN_DAYS = {"day": 1, "week": 7, "month": 30, "year": 365}
_PARTS = ("end_of", "late", "early", "mid")
# Languages that put "until" and "end of" behind the date, and name single things after "several".
_POSTPOSED = frozenset({"tr", "ckb", "kmr", "fa"})
_DUAL = {"ar": ("ين", "ان"), "he": ("יים",)}


def find_dates(
    reading: Reading, lexicon: Lexicon, published: date | None, *, planned: bool, low: int, high: int
) -> list[DateSpan]:
    """All dates in tokens [low, high), in order, none inside another.

    `published` is a date of the feed's time zone. One that no feed of our time can carry counts as none.
    """
    if published is not None and not 1900 <= published.year <= 2200:
        published = None
    months = daymonths.month_dates(reading, lexicon, published, planned=planned, low=low, high=high)
    found = [
        *daymonths.numeric_dates(reading, low, high),
        *months,
        *_around(reading, published, low, high),
        *_relative(reading, published, low, high),
        *_current(reading, months, published, low, high),
        *_weekdays(reading, months, published, planned, low, high),
        *_distances(reading, lexicon, published, low, high),
        *_years(reading, low, high),
    ]
    taken: list[DateSpan] = []
    occupied: set[int] = set()
    for span in sorted(found, key=lambda s: (s.start - s.end, s.start)):
        if occupied.isdisjoint(range(span.start, span.end)):
            occupied.update(range(span.start, span.end))
            taken.append(span)
    return [_modified(reading, span, published, low, high) for span in sorted(taken, key=lambda s: s.start)]


def _relative(reading: Reading, published: date | None, low: int, high: int) -> Iterator[DateSpan]:
    """today, next week, last year."""
    weekdays = [(a, b, int(number)) for a, b, number in find_terms(reading, "weekday_", low, high)]
    for name, (unit, step) in _RELATIVE.items():
        for start, end in reading.within(f"date:{name}", low, high):
            if unit == "day":
                # "yesterday, Tuesday" is one day.
                beside = next((row for row in weekdays if row[0] == end or row[1] == start), None)
                if beside is not None:
                    start, end = min(start, beside[0]), max(end, beside[1])
                    if published is not None:
                        # What was written before midnight and published behind it: the weekday is surer.
                        off = (beside[2] - (published.weekday() + step) + 3) % 7 - 3
                        day = published + timedelta(days=step + (off if abs(off) == 1 else 0))
                        yield make_span(reading, start, end, day, day, unit)
                        continue
            first, last = _stretch(published, unit, step) if published else (None, None)
            yield make_span(reading, start, end, first, last, unit)


def _around(reading: Reading, published: date | None, low: int, high: int) -> Iterator[DateSpan]:
    """in recent days; in the coming weeks."""
    for name, (before, after) in _AROUND.items():
        for start, end in reading.within(f"date:{name}", low, high):
            first, last = (
                (published + timedelta(days=before), published + timedelta(days=after)) if published else (None, None)
            )
            yield make_span(reading, start, end, first, last, "range")


def _current(
    reading: Reading, months: list[DateSpan], published: date | None, low: int, high: int
) -> Iterator[DateSpan]:
    """The year of "by the end of the year", the month of "ay sonuna kadar": the present one."""
    named = {span.end for span in months}
    units: tuple[Precision, ...] = ("week", "month", "year")
    for unit in units:
        for start, end in reading.within(f"date:span_{unit}", low, high):
            around = [
                hit
                for part in _PARTS
                for hit in reading.within(f"date:{part}", max(low, start - 5), min(high, end + 3))
            ]
            # One short word may stand between them, an article: "end of the year".
            before = any(b == start or (b == start - 1 and _article(reading, b)) for _, b in around)
            behind = reading.lang in _POSTPOSED and any(a == end for a, _ in around)
            told = start in named or small_number(reading, end, low, high) is not None
            if (before or behind) and not told:
                first, last = _stretch(published, unit, 0) if published else (None, None)
                yield make_span(reading, start, end, first, last, unit)


def _article(reading: Reading, index: int) -> bool:
    raw = reading.tokens[index].raw
    return len(raw) <= 3 and raw.isalpha()


def _stretch(anchor: date, unit: str, step: int) -> tuple[date, date]:
    """The day, week (Monday to Sunday), month or year that lies `step` after the anchor's."""
    if unit == "day":
        day = anchor + timedelta(days=step)
        return day, day
    if unit == "week":
        monday = anchor - timedelta(days=anchor.weekday()) + timedelta(weeks=step)
        return monday, monday + timedelta(days=6)
    if unit == "month":
        index = anchor.year * 12 + anchor.month - 1 + step
        return daymonths.month_days(index // 12, index % 12 + 1)
    return date(anchor.year + step, 1, 1), date(anchor.year + step, 12, 31)


def _weekdays(
    reading: Reading, months: list[DateSpan], published: date | None, planned: bool, low: int, high: int
) -> Iterator[DateSpan]:
    """Monday: the coming one where it is planned, else the last. "Sunday, 4 January" is said by the 4th alone."""
    dated = {edge for span in months if span.date.precision == "day" for edge in (span.start, span.end)}
    # "yesterday, Tuesday" is yesterday.
    for name in ("today", "yesterday", "tomorrow"):
        dated |= {at for a, b in reading.within(f"date:{name}", low, high) for at in (a, b)}
    for start, end, number in find_terms(reading, "weekday_", low, high):
        if start in dated or end in dated:
            continue
        if published is None:
            yield make_span(reading, start, end, None, None, "day")
            continue
        back = (published.weekday() - int(number)) % 7
        day = published + timedelta(days=(7 - back) % 7) if planned else published - timedelta(days=back)
        yield make_span(reading, start, end, day, day, "day")


def _distances(reading: Reading, lexicon: Lexicon, published: date | None, low: int, high: int) -> Iterator[DateSpan]:
    """three months ago; a year ago; within 30 days; in the next two weeks."""
    for start, end, unit in find_terms(reading, "span_", low, high):
        amount = _amount(reading, lexicon, unit, start, low, high)
        if amount is None:
            continue
        number, head = amount
        days = timedelta(days=_SPAN_DAYS[unit] * number)
        slack = timedelta(days=_SPAN_DAYS[unit] // 2)
        around = (max(low, start - 5), min(high, end + 4))
        for name in ("ago", "within"):
            for a, b in reading.within(f"date:{name}", *around):
                # Beside it, not somewhere near: "within" of the next clause is not this number's.
                if not (b == head or a == end or a < head <= b):
                    continue
                first, last = min(a, head), max(b, end)
                if published is None:
                    span = make_span(reading, first, last, None, None, "range")
                elif name == "ago":
                    middle = published - days
                    span = make_span(reading, first, last, middle - slack, min(middle + slack, published), "range")
                else:
                    span = make_span(reading, first, last, published, published + days, "range")
                yield replace(span, kind="distance")


def _amount(reading: Reading, lexicon: Lexicon, unit: str, start: int, low: int, high: int) -> tuple[int, int] | None:
    """How many of the unit at `start`, and the first token that says so; None where it is not said."""
    token = reading.tokens[start]
    before = small_number(reading, start - 1, low, high)
    if before is None and start > low:
        before = number_word(reading.tokens[start - 1], lexicon)
    if before is not None:
        return (before, start - 1) if before <= 1000 else None
    singular = fold(str((lexicon.dates.get("spans") or {}).get(unit, [""])[0]), lexicon.lang)
    if token.folded.endswith(_DUAL.get(lexicon.lang, ("\0",))) and token.folded != singular:
        return 2, start
    if lexicon.lang in _POSTPOSED or token.folded != singular:
        return None
    article = lexicon.lang in ("en", "fr") and start > low and _article(reading, start - 1)
    return 1, start - 1 if article else start


def _years(reading: Reading, low: int, high: int) -> Iterator[DateSpan]:
    """A bare year, where it is no number of things."""
    for index in range(low, high):
        days = year_days(reading, index)
        if days is not None:
            yield make_span(reading, index, index + 1, *days, "year")


def _modified(reading: Reading, span: DateSpan, published: date | None, low: int, high: int) -> DateSpan:
    """Applies "by", "end of", "early", "since" before the date - or behind it, where a language puts them there."""
    if span.kind == "distance":
        return replace(span, kind="at")
    after = 2 if reading.lang in _POSTPOSED else 0
    window = (max(low, span.start - 6), min(high, span.end + 3 * after))
    start, end = span.date.start, span.date.end
    precision: Precision = span.date.precision
    first, last, kind = span.start, span.end, span.kind
    for name in (*_PARTS, "by", "since"):
        for a, b in reading.within(f"date:{name}", *window):
            before = a <= first and first - 2 <= b <= span.end
            # "sonu" stands behind its month; elsewhere what follows a date is a verb: "در سپتامبر پایان می‌یابد".
            behind = bool(after) and span.end <= a <= last + after and (name in ("by", "since") or reading.lang == "tr")
            if name in _PARTS and b < first and _governed(reading, b, first):
                continue
            if name == "by" and span.start < a and span.date.precision == "range":
                # "۵ تا ۱۱ دی": what joins two days is no deadline.
                continue
            if not (before or behind or span.start <= a < span.end):
                continue
            first, last = min(first, a), max(last, b)
            if name in ("by", "since"):
                kind = name
            elif start is not None and end is not None and start != end:
                start, end, precision = *_part(start, end, name), "range"
            break
        else:
            continue
        if name == "by":
            break
    bounds = (start, end)
    if kind == "by" and end is not None:
        start = published if published is not None and published <= end else None
        precision = "range"
    named = DateRange(span.date.raw, *bounds, span.date.precision) if kind == "by" else None
    return replace(make_span(reading, first, last, start, end, precision), kind=kind, named=named)


def _governed(reading: Reading, low: int, high: int) -> bool:
    """Whether a preposition parts "end" from a date: "will end by September" is no end of September."""
    return bool(reading.within("cue:where", low, high) or reading.within("date:by", low, high))


def _part(start: date, end: date, name: str) -> tuple[date, date]:
    """A third of a stretch of days: early, mid, late; `end of` is its last tenth or week, whichever is longer."""
    days = (end - start).days + 1
    third = max(1, days // 3)
    if name == "early":
        return start, start + timedelta(days=third - 1)
    if name == "mid":
        return start + timedelta(days=third), end - timedelta(days=third)
    if name == "late" or days <= 7:
        return end - timedelta(days=third - 1), end
    return end - timedelta(days=max(7, days // 10) - 1), end
