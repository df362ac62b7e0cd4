"""What a person types to correct a claim or to grade a story, as the program takes it. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Literal, get_args

from monitor.baseline.edits import count_named, date_named
from monitor.claims.correct import correction
from monitor.dashboard.words import Names, count_words, spoken
from monitor.errors import InputError
from monitor.language.facilities import gazetteer
from monitor.model import Claim

Field = Literal["facility", "count", "date", "phase"]
FIELDS: tuple[Field, ...] = get_args(Field)
NOTHING = "none"  # typed where the text gives no such thing
_GRADE = re.compile(r"([A-Fa-f][1-6])(?:[\s:,-]+(.*))?", re.DOTALL)
HINTS: Mapping[Field, str] = {
    "facility": "Facility: a name or id of the gazetteer, none where the text names none",
    "count": "Count: 1,200 or 1,350-1,500 or >=200, none where the text gives none",
    "date": "Date: 2026-01-17 or 2026-01-05..2026-01-11, none where the text gives none",
    "phase": "Phase: planned, under way, completed, postponed, cancelled or unclear",
}


def current(claim: Claim, field: Field) -> str:
    """What the claim holds, as it can be typed."""
    if field == "facility":
        return claim.facility or NOTHING
    if field == "phase":
        return spoken(claim.phase)
    if field == "count":
        if claim.count is None:
            return NOTHING
        if claim.count.high is None:
            return f">={claim.count.low}"
        same = claim.count.low == claim.count.high
        return str(claim.count.low) if same else f"{claim.count.low}-{claim.count.high}"
    if claim.date is None or claim.date.start is None:
        return NOTHING
    start, end = claim.date.start, claim.date.end
    return start.isoformat() if end is None or end == start else f"{start.isoformat()}..{end.isoformat()}"


def told(claim: Claim, field: Field, names: Names) -> str:
    """The same for the eye."""
    if field == "facility":
        return names[claim.facility] if claim.facility else NOTHING
    if field == "count" and claim.count is not None:
        return count_words(claim.count)
    return current(claim, field)


def corrected(claim: Claim, field: Field, text: str) -> dict[str, Any]:
    """The correction that the words mean. Raises InputError or ReviewError with what can be typed."""
    text = text.strip()
    if text.casefold() == NOTHING and field != "phase":
        return correction(unset=frozenset({field}))
    if field == "facility":
        return correction(facility=_facility(text))
    if field == "phase":
        return correction(phase=text.replace(" ", "_").casefold())
    if field == "count":
        unit = claim.count.unit if claim.count is not None else "personnel"
        role = claim.count.role if claim.count is not None else None
        return correction(count=count_named(text, unit), role=role)
    return correction(when=date_named(text))


def graded(text: str) -> tuple[str, str]:
    """A grade like B2, and why. Raises InputError."""
    found = _GRADE.fullmatch(text.strip())
    if found is None:
        raise InputError("Write a letter A-F, a digit 1-6 and why: B2 the ministry itself, one more source.")
    if not (found[2] or "").strip():
        raise InputError(f"A grade needs a reason. Write it behind: {found[1].upper()} the ministry itself.")
    return found[1].upper(), found[2].strip()


def numbered(text: str, most: int) -> tuple[int, ...]:
    """Numbers from 1 to `most` as typed: "2 3", "2,3", "2-4". Raises InputError."""
    found: list[int] = []
    for word in text.replace(",", " ").split():
        first, dash, last = word.partition("-")
        if not first.isdecimal() or (dash and not last.isdecimal()):
            raise InputError(f"{word[:20]} is no number. Write the reports as on the story page: 2 3 or 2-4.")
        found += range(int(first), int(last if dash else first) + 1)
        if len(found) > most or not all(1 <= number <= most for number in found):
            raise InputError(f"The story has the reports 1 to {most}.")
    return tuple(dict.fromkeys(found))


def _facility(text: str) -> str:
    """The id of a base by id or name, in any script. Raises InputError with the nearest."""
    from difflib import get_close_matches

    wanted = text.casefold()
    called: dict[str, str] = {}
    for base in gazetteer().values():
        for name in (base.id, base.name, base.short, *(name for _, names in base.aliases for name in names)):
            called.setdefault(name.casefold(), base.id)
    if wanted in called:
        return called[wanted]
    near = get_close_matches(wanted, called, 1)
    hint = f" Did you mean {called[near[0]]}?" if near else " `monitor baseline` and the map (3) list the bases."
    raise InputError(f"There is no base called {text[:60]!r}.{hint}")
