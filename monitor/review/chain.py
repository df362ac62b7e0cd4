"""The chain of the journal: each decision carries the hash of the one before it, so that a change is found."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import fields, replace
from datetime import UTC, date, datetime
from typing import Any

from monitor.model import Decision


def verify(journal: Sequence[Decision]) -> int | None:
    """The number (from 1) of the first line that does not follow from the one before it, None for a sound chain.

    Lines cut off at the end leave a sound chain: compare the last hash with one printed in a report.
    """
    previous = ""
    for seq, decision in enumerate(journal, start=1):
        if (decision.seq, decision.previous, decision.hash) != (seq, previous, digest(decision)):
            return seq
        previous = decision.hash
    return None


def digest(decision: Decision) -> str:
    """SHA-256 (hex) over the decision without its hash: JSON, keys sorted, only ASCII, no blanks, times in UTC.

    What is None is left out, so that a field added to the model later does not break the chains of today.
    """
    values = {f.name: getattr(decision, f.name) for f in fields(decision) if f.name != "hash"}
    content = {name: value for name, value in values.items() if value is not None}
    return hashlib.sha256(canonical(content).encode("ascii")).hexdigest()


def canonical(content: Mapping[str, Any]) -> str:
    """One spelling for equal contents: JSON, keys sorted, only ASCII, no blanks, times in UTC."""
    return json.dumps(content, sort_keys=True, separators=(",", ":"), default=_iso)


def chained(journal: Sequence[Decision], decision: Decision) -> Decision:
    """The decision as the journal's next line."""
    last = journal[-1] if journal else None
    linked = replace(decision, seq=last.seq + 1 if last else 1, previous=last.hash if last else "")
    return replace(linked, hash=digest(linked))


def standing(journal: Sequence[Decision]) -> list[Decision]:
    """The decisions in force: without undos and what they undid."""
    undone = {decision.undoes for decision in journal if decision.undoes is not None}
    return [decision for decision in journal if decision.action != "undo" and decision.seq not in undone]


def _iso(value: object) -> str:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    if isinstance(value, date):
        return value.isoformat()
    raise TypeError(f"a decision holds a {type(value).__name__}, which has no canonical form")
