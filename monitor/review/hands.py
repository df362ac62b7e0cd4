"""What people did to claims and stories beside judging them, read off the journal: corrections, splits, merges."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any, Literal

from monitor.model import Decision
from monitor.review.chain import standing


def corrections(journal: Sequence[Decision]) -> dict[str, dict[str, Any]]:
    """The corrected fields of each revision, by `revision_key`; of one field the latest correction counts."""
    found: dict[str, dict[str, Any]] = {}
    for decision in standing(journal):
        if decision.action == "correct" and decision.target and decision.value:
            found.setdefault(decision.target, {}).update(json.loads(decision.value))
    return found


def revision_key(entry: str, fingerprint: str) -> str:
    """What a correction hangs on: one wording of one entry. The next wording is read anew."""
    return f"{entry}@{fingerprint}"


def groupings(journal: Sequence[Decision]) -> tuple[tuple[Literal["split", "merge"], frozenset[str]], ...]:
    """The splits and merges in force, in their order, each with the keys of its claims."""
    found: list[tuple[Literal["split", "merge"], frozenset[str]]] = []
    for decision in standing(journal):
        if decision.action == "split" or decision.action == "merge":
            found.append((decision.action, frozenset(decision.claims)))
    return tuple(found)
