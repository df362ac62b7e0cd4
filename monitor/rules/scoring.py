"""How well rules do on labelled items: precision, recall and F1, with 95 % intervals, per language, type and phase."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace


@dataclass(frozen=True, slots=True)
class Judged:
    """One labelled item beside what was read: `wanted` and `flagged` tell whether it is a change."""

    id: str
    text: str
    lang: str
    wanted: bool
    flagged: bool
    wanted_type: str | None = None
    found_type: str | None = None
    denial: bool = False
    borderline: bool = False
    wanted_phase: str | None = None
    found_phase: str | None = None


@dataclass(frozen=True, slots=True)
class Score:
    """Counts of one group of items."""

    name: str
    hits: int = 0
    false_alarms: int = 0
    misses: int = 0
    items: int = 0

    @property
    def precision(self) -> float:
        """Of what was flagged, the share that should be; 0 where nothing was flagged."""
        return self.hits / (self.hits + self.false_alarms) if self.hits + self.false_alarms else 0.0

    @property
    def recall(self) -> float:
        """Of what should be flagged, the share that was; 0 where nothing should be."""
        return self.hits / (self.hits + self.misses) if self.hits + self.misses else 0.0

    @property
    def f1(self) -> float:
        """The harmonic mean of the two."""
        total = self.precision + self.recall
        return 2 * self.precision * self.recall / total if total else 0.0


def score(name: str, items: Iterable[Judged]) -> Score:
    """The counts of these items."""
    found = Score(name)
    for item in items:
        found = replace(
            found,
            hits=found.hits + (item.flagged and item.wanted),
            false_alarms=found.false_alarms + (item.flagged and not item.wanted),
            misses=found.misses + (item.wanted and not item.flagged),
            items=found.items + 1,
        )
    return found


def interval(part: int, whole: int) -> tuple[float, float]:
    """Wilson's 95 % interval of a share (Wilson 1927); (0, 1) where there is nothing to share."""
    if whole == 0:
        return 0.0, 1.0
    z = 1.959964
    share, base = part / whole, 1 + z * z / whole
    middle = (share + z * z / (2 * whole)) / base
    reach = z * math.sqrt(share * (1 - share) / whole + z * z / (4 * whole * whole)) / base
    return max(0.0, middle - reach), min(1.0, middle + reach)


def tables(items: Sequence[Judged]) -> tuple[Score, ...]:
    """All items, those not borderline, each language, then each type and each phase with its items and false alarms."""
    strict = [item for item in items if not item.borderline]
    rows = [score("all", items)]
    if len(strict) < len(items):
        rows.append(score("without borderline", strict))
    for lang in sorted({item.lang for item in items}):
        rows.append(score(lang, (item for item in items if item.lang == lang)))
    for kind in sorted({item.wanted_type for item in items if item.wanted and item.wanted_type}):
        rows.append(score(kind, (item for item in items if _is_of(item, kind, item.wanted_type, item.found_type))))
    for phase in sorted({item.wanted_phase for item in items if item.wanted and item.wanted_phase}):
        rows.append(score(phase, (item for item in items if _is_of(item, phase, item.wanted_phase, item.found_phase))))
    return tuple(rows)


def _is_of(item: Judged, kind: str, wanted: str | None, found: str | None) -> bool:
    """Whether an item counts for a type or a phase: it should have been flagged as one, or was and should not have been
    at all."""
    return wanted == kind if item.wanted else item.flagged and found == kind


def named_right(items: Iterable[Judged]) -> tuple[tuple[str, int, int], ...]:
    """Of what was rightly flagged and has a label for it: in how many the type, and the phase, was read as labelled.

    Rows of name, right, labelled; none without labels.
    """
    hits = [item for item in items if item.wanted and item.flagged]
    rows = []
    for name, pairs in (
        ("type", [(item.wanted_type, item.found_type) for item in hits if item.wanted_type]),
        ("phase", [(item.wanted_phase, item.found_phase) for item in hits if item.wanted_phase]),
    ):
        if pairs:
            rows.append((name, sum(wanted == found for wanted, found in pairs), len(pairs)))
    return tuple(rows)


def worst(items: Iterable[Judged]) -> list[Judged]:
    """What went wrong: denials raised as changes, then false alarms, then misses; what is borderline last."""
    wrong = [item for item in items if item.flagged != item.wanted]
    return sorted(wrong, key=lambda item: (item.borderline, not item.denial, not item.flagged))
