"""The date of an entry, as its feed wrote it, becomes a UTC moment or an explained None.

feedparser reads a date without an offset as UTC, and an unknown zone name too; a feed from Baghdad with local
time would be three hours early. So the wording is read first, and feedparser's reading is only the last resort.
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

_OLDEST = datetime(1990, 1, 1, tzinfo=UTC)
_AHEAD = timedelta(days=2)
_MONTHS = {name.lower(): number for number, name in enumerate(calendar.month_abbr) if name}
# Names that mean one thing in the press of the region. AST, IST, BST and their like mean several and count as none.
_ZONES = {
    "z": 0, "utc": 0, "gmt": 0, "ut": 0, "wet": 0, "cet": 60, "west": 60, "cest": 120, "eet": 120, "sast": 120,
    "eest": 180, "msk": 180, "trt": 180, "idt": 180, "irst": 210, "irdt": 270, "gst": 240, "pkt": 300,
    "est": -300, "edt": -240, "cdt": -300, "pst": -480, "pdt": -420, "mst": -420, "mdt": -360,
}  # fmt: skip
_RFC822 = re.compile(
    r"^(?:[^\W\d]+\.?,?\s+)?(\d{1,2})[\s-]([A-Za-z]{3,9})\.?,?[\s-](\d{4}|\d{2}),?\s+"
    r"(\d{1,2}):(\d{2})(?::(\d{2}))?(?:\.\d+)?\s*(.*)$"
)
_NUMERIC = re.compile(r"^(?:UTC|GMT|Etc/GMT)?\s*([+-])(\d{2}):?(\d{2})\b", re.IGNORECASE)
_ENDS_WITH_OFFSET = re.compile(r"(?:\d\s*[+-]\d{2}:?\d{2}|\d\s*z|\b(?:utc|gmt|ut))$", re.IGNORECASE)
_DIGITS = {code: str(i % 10) for start in (0x660, 0x6F0) for i, code in enumerate(range(start, start + 10))}


def read_date(
    raw: str, fallback: Callable[[], datetime | None], zone: ZoneInfo | None, now: datetime
) -> tuple[datetime | None, str | None]:
    """The moment in UTC and what is wrong with it, in words; one of both is None.

    `raw` is the wording, `fallback` gives a reading of it in which a missing offset means UTC, asked only where ours
    fails; `zone` is the feed's. A date before 1990 (a Jalali year, the epoch) or more than two days after `now` is None
    with a reason.
    """
    wording = raw.translate(_DIGITS).strip()[:100]
    try:
        moment = _moment(wording, fallback, zone)
    except (ValueError, OverflowError):
        moment = None
    if moment is None:
        return None, f"date not understood: {wording[:60]}"
    if moment < _OLDEST:
        return None, f"date before 1990: {wording[:60]}"
    if moment > now + _AHEAD:
        return None, f"date in the future: {wording[:60]}"
    return moment, None


def _moment(wording: str, fallback: Callable[[], datetime | None], zone: ZoneInfo | None) -> datetime | None:
    local = zone or UTC
    try:
        moment = datetime.fromisoformat(wording)
    except ValueError:
        found = _RFC822.match(wording)
        if found is None:
            read = fallback()
            if read is None:
                return None
            known = UTC if _ENDS_WITH_OFFSET.search(wording) else local
            return read.replace(tzinfo=known).astimezone(UTC)
        day, name, year, hour, minute, second, rest = found.groups()
        month = _MONTHS.get(name[:3].lower())
        if month is None:
            return None
        full = int(year) if len(year) == 4 else 2000 + int(year) if int(year) < 90 else 1900 + int(year)
        # 23:59:60 is a legal leap second that datetime does not know.
        moment = datetime(
            full, month, int(day), int(hour), int(minute), min(int(second or 0), 59), tzinfo=_offset(rest)
        )
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=local)
    return moment.astimezone(UTC)


def _offset(rest: str) -> timezone | None:
    found = _NUMERIC.match(rest)
    if found:
        minutes = int(found[2]) * 60 + int(found[3])
        return timezone(timedelta(minutes=-minutes if found[1] == "-" else minutes))
    minutes_of_name = _ZONES.get(rest.split()[0].lower().strip("()") if rest.split() else "")
    return None if minutes_of_name is None else timezone(timedelta(minutes=minutes_of_name))
