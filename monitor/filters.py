"""Conditions over stories, as `notify:`, `monitor stories --where` and the exports take them. Pure.

A condition is one or more terms joined by `and`: `severity>=high and verdict=updates,contradicts and rule=base-*`. It
looks at what a story is, where a rule looks at what a text says.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from fnmatch import fnmatchcase
from typing import get_args

from monitor.errors import InputError
from monitor.model import EVENT_TYPES, SEVERITIES, Lane, Phase, ReviewState, Story, VerdictName

_TERM = re.compile(r"\s*([a-z]+)\s*(>=|<=|!=|=|>|<)\s*(.*?)\s*")
_AND = re.compile(r"\s+and\s+", re.IGNORECASE)
_LEVELS: tuple[str, ...] = SEVERITIES
_SCALES = ("severity", "sources", "reports")
_KNOWN: Mapping[str, tuple[str, ...]] = {
    "severity": SEVERITIES,
    "verdict": get_args(VerdictName),
    "type": EVENT_TYPES,
    "phase": get_args(Phase),
    "lane": get_args(Lane),
    "review": get_args(ReviewState),
}
_VALUES: Mapping[str, Callable[[Story], Iterable[str | None]]] = {
    "severity": lambda story: (story.severity,),
    "verdict": lambda story: verdicts(story),
    "type": lambda story: (claim.type for alert in story.alerts for claim in alert.claims),
    "phase": lambda story: (claim.phase for alert in story.alerts for claim in alert.claims),
    "rule": lambda story: (match.rule for alert in story.alerts for match in alert.matches),
    "lane": lambda story: (story.lane,),
    "facility": lambda story: (claim.facility for alert in story.alerts for claim in alert.claims),
    "place": lambda story: (claim.place for alert in story.alerts for claim in alert.claims),
    "country": lambda story: (claim.country for alert in story.alerts for claim in alert.claims),
    "actor": lambda story: (actor for alert in story.alerts for claim in alert.claims for actor in claim.actors),
    "lang": lambda story: (alert.lang for alert in story.alerts),
    "feed": lambda story: (alert.entry.feed for alert in story.alerts),
    "family": lambda story: story.families,
    "review": lambda story: (story.review.state,),
    "sources": lambda story: (str(len(story.families)),),
    "reports": lambda story: (str(len(story.alerts)),),
}
NAMES = tuple(_VALUES)


@dataclass(frozen=True, slots=True)
class Term:
    """One comparison: `name` out of NAMES, an operator, and the values of which one must fit."""

    name: str
    operator: str
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Condition:
    """All terms must hold; without any it holds for every story."""

    terms: tuple[Term, ...] = ()


def parse(text: str) -> Condition:
    """The condition that a text says. Raises InputError with what is wrong and what is known."""
    return Condition(tuple(_term(part) for part in _AND.split(text.strip()))) if text.strip() else Condition()


def holds(condition: Condition, story: Story) -> bool:
    """Whether a story is what the condition asks for."""
    return all(_holds(term, story) for term in condition.terms)


def verdicts(story: Story) -> tuple[VerdictName, ...]:
    """What the story's lead claims do to the baseline, each verdict once."""
    return tuple(dict.fromkeys(alert.verdict for alert in story.alerts if alert.verdict is not None))


def _term(text: str) -> Term:
    found = _TERM.fullmatch(text)
    if found is None or not found[3]:
        raise InputError(
            f'"{text.strip()[:60]}" is no condition; write one like severity>=high, verdict=updates,contradicts '
            "or rule=my-words, and join several by `and`"
        )
    name, operator, values = found[1], found[2], tuple(part.strip() for part in found[3].split(",") if part.strip())
    if name not in _VALUES:
        raise InputError(_unknown("word", name, NAMES))
    if operator not in ("=", "!=") and name not in _SCALES:
        raise InputError(f'"{name}" has no order; write {name}={found[3]} or {name}!={found[3]}')
    if name in ("sources", "reports") and not all(value.isdecimal() for value in values):
        raise InputError(f'"{found[3]}" is no number; write {name}{operator}2')
    for value in values:
        if name in _KNOWN and "*" not in value and value not in _KNOWN[name]:
            raise InputError(_unknown(name, value, _KNOWN[name]))
    if operator not in ("=", "!=") and (len(values) != 1 or "*" in values[0]):
        raise InputError(f"{name}{operator} takes one value; a list goes with = or !=")
    return Term(name, operator, values)


def _unknown(noun: str, value: str, known: tuple[str, ...]) -> str:
    near = get_close_matches(value, known, 1)
    return f'unknown {noun} "{value[:60]}"' + (
        f', did you mean "{near[0]}"?' if near else f"; known are {', '.join(known)}"
    )


def _holds(term: Term, story: Story) -> bool:
    found = [value for value in _VALUES[term.name](story) if value is not None]
    if term.operator in ("=", "!="):
        fits = any(fnmatchcase(value, wanted) for value in found for wanted in term.values)
        return fits == (term.operator == "=")
    return any(_compared(_rank(term.name, value), term.operator, _rank(term.name, term.values[0])) for value in found)


def _rank(name: str, value: str) -> int:
    return _LEVELS.index(value) if name == "severity" else int(value)


def _compared(left: int, operator: str, right: int) -> bool:
    return {">=": left >= right, "<=": left <= right, ">": left > right, "<": left < right}[operator]
