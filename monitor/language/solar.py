"""The solar calendar that Persian news dates by: 27 Dey 1404 is 17 January 2026.

Months 1 to 6 have 31 days, 7 to 11 have 30, the last 29, or 30 in a leap year. Leap years follow the 33-year cycle,
which gives the official calendar for the years 1178 to 1633 (1799 to 2255): the reckoning of ICU's `persncal.cpp`.
"""

from __future__ import annotations

from datetime import date, timedelta

# Years that news can name; two digits of one say nothing surely.
FIRST, LAST = 1300, 1470
# A solar year begins in the Gregorian year that is so much ahead.
AHEAD = 621
# The day before 1 Farvardin 1 in the proleptic Gregorian calendar, as `date` counts days.
_EPOCH = 226_894
_LONG_MONTHS, _MONTHS = 6, 12


def _new_year(year: int) -> int:
    """The ordinal day of 1 Farvardin."""
    return _EPOCH + 365 * (year - 1) + (8 * year + 21) // 33 + 1


def month_days(year: int, month: int) -> tuple[date, date]:
    """The first and the last day of a month of the solar year."""
    before = (month - 1) * 31 if month <= _LONG_MONTHS + 1 else _LONG_MONTHS * 31 + (month - 1 - _LONG_MONTHS) * 30
    first = date.fromordinal(_new_year(year) + before)
    after = _new_year(year + 1) if month == _MONTHS else month_days(year, month + 1)[0].toordinal()
    return first, date.fromordinal(after) - timedelta(days=1)


def year_of(day: date) -> int:
    """The solar year in which a day lies."""
    year = day.year - AHEAD
    return year if day.toordinal() >= _new_year(year) else year - 1
