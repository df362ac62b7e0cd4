"""What the analyst watches for, and where it was found."""

from __future__ import annotations

from dataclasses import dataclass

from monitor.model.passing import passed
from monitor.model.words import EventType, FieldName, Severity


@dataclass(frozen=True, slots=True)
class RuleExample:
    """A sentence that a rule must (or must not) match; `lang` as the rule's author gave it, else by script."""

    text: str
    matches: bool
    lang: str | None = None
    line: int = 0
    col: int = 0


@dataclass(frozen=True, slots=True)
class Rule:
    """An indicator, as written. `when` and `unless` are expressions; `keywords` is their form for beginners.

    `place` says where each stands in feeds.yml, for error messages: (line, col) of when, unless, keywords.
    """

    id: str
    type: EventType = "keyword"
    severity: Severity = "medium"
    when: str = ""
    unless: str = ""
    keywords: tuple[str, ...] = ()
    examples: tuple[RuleExample, ...] = ()
    enabled: bool = True
    place: tuple[tuple[str, tuple[int, int]], ...] = ()


@passed
@dataclass(frozen=True, slots=True)
class Match:
    """One place where a rule holds. `words` is exactly field[start:end]; `parts` are the spans of its terms."""

    rule: str
    field: FieldName
    start: int
    end: int
    words: str
    parts: tuple[tuple[int, int], ...] = ()
