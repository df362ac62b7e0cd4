"""A claim as a person corrected it: another facility, number, day or phase, said as people type them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date
from typing import Any, get_args

from monitor.errors import ReviewError
from monitor.language.facilities import gazetteer
from monitor.model import Claim, Count, CountRole, CountUnit, DateRange, Phase


def corrected(claim: Claim, given: Mapping[str, Any]) -> Claim:
    """The claim with the fields of a correction, as `correction` makes one; a field that is None is emptied."""
    changes: dict[str, Any] = {}
    if "facility" in given:
        facility = given["facility"]
        changes["facility"] = facility
        if facility in gazetteer():
            changes["country"] = gazetteer()[facility].country
    if "count" in given:
        changes["count"] = Count(**given["count"]) if given["count"] else None
    if "date" in given:
        when = given["date"]
        changes["date"] = when and DateRange(when["raw"], _day(when["start"]), _day(when["end"]), when["precision"])
    if "phase" in given:
        changes["phase"] = given["phase"]
    return replace(claim, **changes)


def correction(
    *,
    facility: str | None = None,
    count: Count | None = None,
    role: str | None = None,
    when: DateRange | None = None,
    phase: str | None = None,
    unset: frozenset[str] = frozenset(),
) -> dict[str, Any]:
    """A correction as the journal keeps it. `unset`: fields among facility, count and date that the text does not give.

    Raises:
        ReviewError: a facility, role, phase or field that is none.
    """
    found: dict[str, Any] = {}
    if facility is not None:
        if facility not in gazetteer():
            raise ReviewError(f"There is no facility {facility!r}. Give an id like ain-al-asad.")
        found["facility"] = facility
    if count is not None:
        found["count"] = {
            "raw": count.raw,
            "low": count.low,
            "high": count.high,
            "unit": _one(count.unit, get_args(CountUnit), "unit"),
            "role": _one(role or count.role, get_args(CountRole), "role"),
        }
    if when is not None:
        start, end = (day.isoformat() if day else None for day in (when.start, when.end))
        found["date"] = {"raw": when.raw, "start": start, "end": end, "precision": when.precision}
    if phase is not None:
        found["phase"] = _one(phase, get_args(Phase), "phase")
    for name in sorted(unset):
        found[_one(name, ("facility", "count", "date"), "field to empty")] = None
    if not found:
        raise ReviewError("Nothing is corrected. Give another facility, count, date or phase.")
    return found


def standing(claim: Claim, names: Iterable[str]) -> dict[str, Any]:
    """What a claim says in these fields, as a correction would write it: what stood there before."""
    found: dict[str, Any] = {}
    for name in names:
        value = getattr(claim, name)
        if isinstance(value, Count):
            value = {"raw": value.raw, "low": value.low, "high": value.high, "unit": value.unit, "role": value.role}
        elif isinstance(value, DateRange):
            start, end = (day.isoformat() if day else None for day in (value.start, value.end))
            value = {"raw": value.raw, "start": start, "end": end, "precision": value.precision}
        found[name] = value
    return found


def _one(value: str, known: tuple[str, ...], what: str) -> str:
    if value not in known:
        raise ReviewError(f"There is no {what} {value!r}. There are: {', '.join(known)}.")
    return value


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None
