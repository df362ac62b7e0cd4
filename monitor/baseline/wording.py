"""Facts, numbers and days in plain English, for the reasons of verdicts and for every list that shows the baseline."""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Iterable
from datetime import date

from monitor.baseline.facts import label_of, with_article
from monitor.language.facilities import gazetteer
from monitor.language.lexicon import world
from monitor.model import Claim, Count, DateRange, Fact

# What each state says of its subject: {where} is a base or area, {who} whose forces or mission.
_STATES = {
    "handover announced": "the handover of {where} is announced",
    "handover under way": "the handover of {where} is under way",
    "handed over": "{where} has been handed over",
    "closure announced": "the closure of {where} is announced",
    "closing": "{where} is being closed",
    "closed": "{where} has been closed",
    "opening announced": "the opening of {where} is announced",
    "being set up": "{where} is being set up",
    "active": "{where} is in use",
    "expected": "forces of {who} are expected {at} {where}",
    "arriving": "forces of {who} are arriving {at} {where}",
    "present": "forces of {who} are {at} {where}",
    "leaving": "forces of {who} are leaving {where}",
    "gone": "forces of {who} have left {where}",
}
_STEPS = {
    "handover announced": "the handover of {where}",
    "handover under way": "the handover of {where}",
    "closure announced": "the closure of {where}",
    "closing": "the closure of {where}",
    "opening announced": "the opening of {where}",
    "being set up": "the opening of {where}",
    "expected": "the arrival of forces of {who} {at} {where}",
    "arriving": "the arrival of forces of {who} {at} {where}",
    "leaving": "the withdrawal of forces of {who} from {where}",
    "end announced": "the end of the mission of {who} {at} {where}",
    "ending": "the end of the mission of {who} {at} {where}",
}
_MISSIONS = {
    "active": "the mission of {who} {at} {where} goes on",
    "end announced": "the end of the mission of {who} {at} {where} is announced",
    "ending": "the mission of {who} {at} {where} is ending",
    "ended": "the mission of {who} {at} {where} has ended",
}


# Words for so many, where the report has no figure.
_VAGUE = {(24, 99): "dozens", (200, 999): "hundreds", (2000, 9999): "thousands", (20000, 99999): "tens of thousands"}


def known_states(*, mission: bool = False) -> tuple[str, ...]:
    """Every state that a base and forces (or a mission) can be in."""
    return tuple(_MISSIONS if mission else _STATES)


def numbers(count: Count) -> str:
    """An interval as people write it: 1,200; 1,350-1,500; at least 200; none."""
    if count.high == 0:
        return "none"
    if count.high is None:
        return f"at least {count.low:,}"
    return f"{count.low:,}" if count.low == count.high else f"{count.low:,}-{count.high:,}"


def rounded(count: Count) -> str:
    """A number as the report gave it, where an interval was made of it: about 1,400; nearly 1,500; up to 300; dozens.

    Two numbers that the report names itself stay: 1,200-1,500.
    """
    low, high = count.low, count.high
    if high is None or high <= low:
        return numbers(count)
    digits = "".join(str(unicodedata.digit(sign)) for sign in count.raw if sign.isdigit() or sign.isdecimal())
    if low and digits.startswith(str(low)) and digits.endswith(str(high)):
        return numbers(count)
    if not digits and (low, high) in _VAGUE:
        return _VAGUE[low, high]
    if low == 0:
        return f"up to {high:,}"
    middle = round((low + high) / 2)
    for value in (middle, middle + 1, middle - 1):
        if low == math.ceil(0.9 * value) and high == math.floor(1.1 * value):
            return f"about {value:,}"
    return f"nearly {high:,}" if low == math.ceil(0.9 * high) else numbers(count)


def quantity(count: Count) -> str:
    """A number with what it counts: "1,200 personnel remaining", "about 1,400 personnel", "no personnel"."""
    what = count.unit if count.role == "total" or count.high == 0 else f"{count.unit} {count.role}"
    return f"{'no' if count.high == 0 else rounded(count)} {what}"


def days(when: DateRange | None) -> str:
    """An interval of days: 5-11 Jan 2026; the wording itself where it could not be resolved."""
    if when is None or when.start is None or when.end is None:
        return when.raw if when else ""
    first, last = when.start, when.end
    if first == last:
        return day(first)
    if (first.year, first.month) == (last.year, last.month):
        return f"{first.day}-{last.day} {last:%b %Y}"
    return f"{first.day} {first:%b}{'' if first.year == last.year else f' {first.year}'} - {day(last)}"


def day(when: date) -> str:
    """One day: 17 Jan 2026."""
    return f"{when.day} {when:%b %Y}"


def several_days(number: int) -> str:
    """ "1 day", "6 days"."""
    return f"{number} day{'' if number == 1 else 's'}"


def value_of(fact: Fact) -> str:
    """A fact's value in words, without its subject."""
    if fact.count is not None:
        if fact.count.high == 0:
            return "none"
        moving = f" {fact.count.role}" if fact.count.role in ("leaving", "arriving") else ""
        return f"{numbers(fact.count)} {fact.count.unit}{moving}"
    if fact.date is not None:
        return days(fact.date)
    return fact.status or fact.text or ""


def cite(fact: Fact) -> str:
    """Where a fact comes from: "(Rudaw, as of 2025-12-31)"."""
    return f"({fact.source}, {'undated' if fact.as_of == date.min else f'as of {fact.as_of}'})"


def state_clause(subject: str, state: str, *, mission: bool = False) -> str:
    """A state as a clause: "the handover of Ain al-Asad is announced"."""
    clause = (_MISSIONS if mission else _STATES).get(state)
    return f"{label_of(subject)} is {state}" if clause is None else _filled(clause, subject)


def changed_words(before: Claim, after: Claim, names: Iterable[str]) -> list[str]:
    """What a correction changes in these fields of a claim, in words: "date: Wednesday → 17 Jan 2026"."""

    def said(claim: Claim, name: str) -> str:
        value = getattr(claim, name)
        if isinstance(value, Count):
            return quantity(value)
        if isinstance(value, DateRange):
            return days(value) or "none"
        return label_of(value) if name == "facility" and value else str(value or "none").replace("_", " ")

    return [f"{name}: {said(before, name)} → {said(after, name)}" for name in names]


def step_of(subject: str, state: str | None) -> str:
    """What an announced or begun state leads to: "the handover of Ain al-Asad"; else the subject itself."""
    return _filled(_STEPS.get(state or "", "what was planned for {where}"), subject)


def _filled(clause: str, subject: str) -> str:
    actor, _, area = subject.rpartition("@")
    who = "foreign states" if actor in ("", "forces") else with_article(world().label(actor))
    return clause.format(who=who, where=_where(area), at=_at(area))


def _where(area: str) -> str:
    facility = gazetteer().get(area)
    return facility.short if facility else with_article(world().label(area))


def held(fact: Fact) -> str:
    """What the baseline holds, as a clause with its source; follows "the baseline says that"."""
    return f"{_held(fact)} {cite(fact)}"


def counted(fact: Fact) -> str:
    """A number with whom it counts: "nearly 1,500 (1,350-1,500) personnel of the coalition in the Kurdistan Region"."""
    actor, _, area = fact.subject.rpartition("@")
    number = fact.count
    amount = value_of(fact) if number is None else f"{_worded(number)} {number.unit}"
    moving = "" if number is None or number.role == "total" or number.high == 0 else f" {number.role}"
    whose = "foreign forces" if actor in ("", "forces") else with_article(world().label(actor))
    return f"{amount} of {whose}{moving}" + ("" if area == "world" else f" {_at(area)} {_where(area)}")


def was_done(fact: Fact) -> bool:
    """Whether a date is that of a step that was done: it lies no later than the day since when it is known."""
    when = fact.date
    return (
        fact.attribute == "effective_date"
        and fact.accepted_from is not None
        and when is not None
        and when.end is not None
        and when.raw == when.end.isoformat()
        and when.end <= fact.as_of
    )


def _worded(count: Count) -> str:
    """A number of the baseline as its passage words it, with the interval it is compared by: nearly 1,500
    (1,350-1,500)."""
    if count.high == 0:
        return "no"
    told, exact = rounded(count), numbers(count)
    return told if told == exact or count.low == 0 else f"{told} ({exact})"


def _held(fact: Fact) -> str:
    if fact.status is not None:
        return state_clause(fact.subject, fact.status, mission=fact.attribute == "mission")
    if fact.count is not None:
        return f"there {'is' if fact.count.high == fact.count.low == 1 else 'are'} {counted(fact)}"
    if was_done(fact):
        return f"what was planned for {with_article(label_of(fact.subject))} was done on {days(fact.date)}"
    if fact.date is not None:
        return f"the date planned for {with_article(label_of(fact.subject))} is {days(fact.date)}"
    return fact.text or value_of(fact)


def _at(area: str) -> str:
    return "at" if area in gazetteer() else "in"
