"""Two rulesets side by side over the same entries: per rule what it finds, what is new, what is lost, how often right.

Pure: what each entry was under each ruleset comes in, with what a person decided on it where somebody did.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from monitor.model import Rule


@dataclass(frozen=True, slots=True)
class Held:
    """What an entry is under one ruleset: the rules that match it, and whether it is in the lane *changes*."""

    rules: frozenset[str] = frozenset()
    flagged: bool = False


@dataclass(frozen=True, slots=True)
class Outcome:
    """An entry under the rules before and after. `right`: confirmed (True), dismissed (False), None: nobody said."""

    id: str
    before: Held
    after: Held
    right: bool | None = None

    @property
    def gained(self) -> bool:
        """Flagged only by the rules after."""
        return self.after.flagged and not self.before.flagged

    @property
    def lost(self) -> bool:
        """Flagged only by the rules before."""
        return self.before.flagged and not self.after.flagged


@dataclass(frozen=True, slots=True)
class RuleRow:
    """One rule: entries it matches, those of them flagged, matched only after and only before, and reviews."""

    rule: str
    hits: int
    flagged: int
    new: int
    lost: int
    right: int
    wrong: int


def rows(outcomes: Sequence[Outcome]) -> tuple[RuleRow, ...]:
    """A row for each rule that matches anything, by its id."""
    names = sorted({name for one in outcomes for name in one.before.rules | one.after.rules})
    return tuple(_row(name, outcomes) for name in names)


def _row(name: str, outcomes: Iterable[Outcome]) -> RuleRow:
    hits = flagged = new = lost = right = wrong = 0
    for one in outcomes:
        here, there = name in one.after.rules, name in one.before.rules
        hits += here
        flagged += here and one.after.flagged
        new += here and not there
        lost += there and not here
        right += (here or there) and one.right is True
        wrong += (here or there) and one.right is False
    return RuleRow(name, hits, flagged, new, lost, right, wrong)


@dataclass(frozen=True, slots=True)
class Changes:
    """How one configuration's rules differ from another's. `changed` pairs a rule or list with what of it differs."""

    added: tuple[str, ...]
    removed: tuple[str, ...]
    changed: tuple[tuple[str, tuple[str, ...]], ...]


_PARTS = ("type", "severity", "when", "unless", "keywords")


def changes(
    old: Sequence[Rule],
    new: Sequence[Rule],
    old_lists: Iterable[tuple[str, tuple[str, ...]]] = (),
    new_lists: Iterable[tuple[str, tuple[str, ...]]] = (),
) -> Changes:
    """What differs between two sets of rules and lists; a rule that is switched off counts as none."""
    before = {rule.id: rule for rule in old if rule.enabled}
    after = {rule.id: rule for rule in new if rule.enabled}
    changed = []
    for name in sorted(before.keys() & after.keys()):
        parts = tuple(part for part in _PARTS if getattr(before[name], part) != getattr(after[name], part))
        if parts:
            changed.append((name, parts))
    lists, listed = dict(old_lists), dict(new_lists)
    for name in sorted(lists.keys() | listed.keys()):
        was, now = set(lists.get(name, ())), set(listed.get(name, ()))
        if was != now:
            terms = (*(f"+ {term}" for term in sorted(now - was)), *(f"- {term}" for term in sorted(was - now)))
            changed.append((f"@{name}", terms))
    return Changes(
        tuple(sorted(after.keys() - before.keys())), tuple(sorted(before.keys() - after.keys())), tuple(changed)
    )
