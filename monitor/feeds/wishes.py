"""What a server asks for in its headers: when to come back. Header names are looked up in lower case."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

_LONGEST = timedelta(days=365)


def wish(headers: Mapping[str, str]) -> timedelta | None:
    """How long the answer may be kept: the longer of Cache-Control's max-age and Expires (from Date)."""
    control = [part.strip().lower() for part in headers.get("cache-control", "").split(",")]
    wishes = []
    for part in control:
        name, _, value = part.partition("=")
        if name.strip() == "max-age" and value.strip(' "').isdecimal():
            wishes.append(_seconds(value.strip(' "')))
    expires, sent = _date(headers.get("expires")), _date(headers.get("date")) or datetime.now(UTC)
    if expires is not None:
        wishes.append(min(expires - sent, _LONGEST))
    longest = max(wishes, default=timedelta(0))
    return longest if longest > timedelta(0) and not {"no-cache", "no-store"} & set(control) else None


def retry_after(headers: Mapping[str, str]) -> timedelta | None:
    """When to come back, given in seconds or as a date."""
    value = headers.get("retry-after", "").strip()
    if value.isdecimal():
        return _seconds(value)
    moment = _date(value)
    return None if moment is None else min(max(moment - datetime.now(UTC), timedelta(0)), _LONGEST)


def _seconds(digits: str) -> timedelta:
    return min(timedelta(seconds=int(digits[:9])), _LONGEST)


def _date(value: str | None) -> datetime | None:
    try:
        moment = parsedate_to_datetime(value or "")
    except (ValueError, OverflowError):
        return None
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment
