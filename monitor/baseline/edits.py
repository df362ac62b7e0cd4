"""Facts that a person writes: added, edited or retired, each a version with its reason; values as people type them."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from difflib import get_close_matches
from typing import Any, get_args

from monitor.baseline.wording import known_states
from monitor.errors import InputError
from monitor.language.facilities import gazetteer
from monitor.language.lexicon import world
from monitor.model import ATTRIBUTES, Attribute, Count, CountUnit, DateRange, Fact, Reliability

_NUMBER = r"\d{1,3}(?:,\d{3})+|\d+"
_COUNT = re.compile(
    rf"(?:(?P<bound>>=|<=|at least|up to)\s*)?(?P<low>{_NUMBER})(?:\s*(?:-|–|\.\.|to)\s*(?P<high>{_NUMBER}))?"
    r"(?:\s+(?P<unit>[a-z]+))?$"
)
_DAYS = re.compile(r"(\d{4}-\d{2}-\d{2})(?:\s*(?:\.\.|/|to)\s*(\d{4}-\d{2}-\d{2}))?$")
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}$")


@dataclass(frozen=True, slots=True)
class Hand:
    """Whose change it is, when it was made, and why."""

    by: str
    at: datetime
    reason: str


def added(
    subject: str,
    attribute: str,
    value: str,
    hand: Hand,
    *,
    as_of: date,
    source: str,
    passage: str = "",
    url: str | None = None,
    grade: Reliability = "F",
) -> Fact:
    """A new fact. Raises InputError for a subject, attribute or value that cannot be used."""
    where, kind = subject_named(subject), attribute_named(attribute)
    fact = Fact(
        "",
        where,
        kind,
        as_of,
        source,
        passage,
        url=url,
        compared=kind != "background",
        grade=grade,
        reason=_reason(hand),
        by=hand.by,
        at=hand.at,
    )
    return _with_id(replace(fact, **_value(kind, value)))


def edited(
    fact: Fact,
    hand: Hand,
    *,
    value: str | None = None,
    as_of: date | None = None,
    source: str | None = None,
    passage: str | None = None,
) -> Fact:
    """The version that takes the place of `fact`. Raises InputError where nothing would change or a value is wrong."""
    changes: dict[str, Any] = {
        name: given for name, given in (("as_of", as_of), ("source", source), ("passage", passage)) if given is not None
    }
    if value is not None:
        changes |= _value(fact.attribute, value)
    if not changes or replace(fact, **changes) == fact:
        raise InputError("Nothing would change. Give --value, --as-of, --source or --passage with something else.")
    made = replace(
        fact, **changes, version=fact.version + 1, replaces=fact.id, reason=_reason(hand), by=hand.by, at=hand.at
    )
    return _with_id(made)


def retired(fact: Fact, hand: Hand) -> Fact:
    """The version that says that `fact` does not hold, and never did."""
    made = replace(
        fact,
        version=fact.version + 1,
        replaces=fact.id,
        retired=True,
        reason=_reason(hand),
        by=hand.by,
        at=hand.at,
    )
    return _with_id(made)


def found(facts: Iterable[Fact], identifier: str) -> Fact:
    """The fact of this id, or of the one that begins so. Raises InputError."""
    near = [fact for fact in facts if fact.id.startswith(identifier)] if identifier else []
    if len({fact.id for fact in near}) != 1:
        what = f"{len(near)} facts begin with {identifier!r}" if near else f"There is no fact {identifier!r}"
        raise InputError(f"{what}. `monitor baseline` lists the facts with their ids.")
    return near[-1]


def value_key(fact: Fact) -> tuple[object, ...]:
    """What a fact holds, whatever words it was told in."""
    count, when = fact.count, fact.date
    return (
        *(fact.status, fact.text),
        (count.low, count.high, count.unit) if count is not None else None,
        (when.start, when.end) if when is not None else None,
    )


def subject_named(text: str) -> str:
    """The subject that a person means: a base ("Ain al-Asad"), or "ACTOR@AREA". Raises InputError."""
    actor, at, area = text.strip().rpartition("@")
    known = world()
    states = {key: one for key, one in known.actors.items() if one.kind == "state"}
    bases = {base.id: (base.name, base.short) for base in gazetteer().values()}
    # "Anbar" is the province, whatever bases are called after it.
    place = _named(area, {**_names(known.places), **_names(states)}) or _named(area, bases)
    if place is None and area == "world":
        place = "world"
    if place is None:
        raise InputError(f"There is no base or area {area!r}.{_nearest(area, [*gazetteer(), *known.places])}")
    if not at:
        return place if place in gazetteer() else f"forces@{place}"
    who = "forces" if actor == "forces" else _named(actor, _names(known.actors))
    if actor and who is None:
        raise InputError(f"There is no actor {actor!r}.{_nearest(actor, list(known.actors))}")
    return f"{who or ''}@{place}"


def attribute_named(text: str) -> Attribute:
    """The attribute of this name. Raises InputError."""
    name = text.strip().replace(" ", "_")
    for attribute in ATTRIBUTES:
        if attribute == name:
            return attribute
    raise InputError(f"There is no attribute {text!r}. There are: {', '.join(ATTRIBUTES)}.")


def _names(table: Any) -> dict[str, tuple[str, ...]]:
    return {key: (row.name,) for key, row in table.items()}


def _named(text: str, names: Mapping[str, tuple[str, ...]]) -> str | None:
    folded = text.strip().casefold()
    for key, written in names.items():
        if folded == key.casefold() or folded in (name.casefold() for name in written):
            return key
    return None


def _nearest(text: str, known: Sequence[str]) -> str:
    near = get_close_matches(text, known, 1)
    return f" Did you mean {near[0]}?" if near else ""


def _value(attribute: Attribute, text: str) -> dict[str, Any]:
    """The fields of a fact that carry this value; the others are emptied."""
    empty: dict[str, Any] = {"status": None, "count": None, "date": None, "text": None}
    if attribute in ("count", "contributors", "membership"):
        return {**empty, "count": _count(attribute, text)}
    if attribute in ("effective_date", "mandate_end"):
        return {**empty, "date": date_named(text)}
    if attribute in ("status", "mission"):
        states = known_states(mission=attribute == "mission")
        if text not in states:
            raise InputError(f"There is no {attribute} {text!r}. There are: {', '.join(states)}.")
        return {**empty, "status": text}
    return {**empty, "text": text} if attribute == "background" else {**empty, "status": text}


def _count(attribute: Attribute, text: str) -> Count:
    default: dict[str, CountUnit] = {"contributors": "countries", "membership": "members"}
    return count_named(text, default.get(attribute, "personnel"))


def count_named(text: str, unit: CountUnit) -> Count:
    """A number as people write it: 1,200; 1350-1500; ">= 200"; "up to 50 aircraft". Raises InputError."""
    match = _COUNT.match(text.strip())
    if match is None:
        raise InputError(f"{text!r} is no number. Write 1,200 or 1,350-1,500 or >=200.")
    low = int(match["low"].replace(",", ""))
    top: int | None = int(match["high"].replace(",", "")) if match["high"] else low
    if match["bound"] in (">=", "at least"):
        top = None
    elif match["bound"]:
        low = 0
    if top is not None and top < low:
        raise InputError(f"{text!r} ends below its beginning. Write the smaller number first.")
    for known in get_args(CountUnit):
        if known == (match["unit"] or unit):
            return Count(text.strip(), low, top, known, "total")
    raise InputError(f"{match['unit']!r} is counted by nobody here. There are: {', '.join(get_args(CountUnit))}.")


def date_named(text: str) -> DateRange:
    """A day, or the days from one to another: 2026-01-17, 2026-01-05..2026-01-11. Raises InputError."""
    match = _DAYS.match(text.strip())
    try:
        if match is None:
            raise ValueError
        first = date.fromisoformat(match[1])
        last = date.fromisoformat(match[2] or match[1])
        if last < first:
            raise ValueError
    except ValueError as error:
        raise InputError(f"{text!r} is no date. Write 2026-01-17 or 2026-01-05..2026-01-11.") from error
    return DateRange(text.strip(), first, last, "day" if first == last else "range")


def day_named(text: str) -> date:
    """A day: 2026-01-17. Raises InputError."""
    try:
        if _DAY.match(text.strip()) is None:
            raise ValueError
        return date.fromisoformat(text.strip())
    except ValueError as error:
        raise InputError(f"{text!r} is no day. Write one like 2026-01-17.") from error


def _reason(hand: Hand) -> str:
    if not hand.reason.strip():
        raise InputError("A change of the baseline needs a reason. Say why in --reason.")
    return hand.reason.strip()


def _with_id(fact: Fact) -> Fact:
    written = "\0".join(
        str(part)
        for part in (
            *(fact.subject, fact.attribute, fact.as_of, fact.source, fact.passage, fact.status, fact.count, fact.date),
            *(fact.text, fact.replaces, fact.retired, fact.by, fact.at),
        )
    )
    return replace(fact, id=hashlib.sha256(written.encode()).hexdigest()[:12])
