"""Whose decision was overruled: two people decided on one story, both stand in the journal, the later one counts."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from monitor.model import Decision, Overruled
from monitor.review.chain import standing

_SETTING = frozenset({"confirm", "accept", "watch", "dismiss", "reopen", "close"})
_TOLD = timedelta(days=7)


def overruled(journal: Sequence[Decision], user: str, now: datetime) -> tuple[Overruled, ...]:
    """The decisions of `user` that somebody else has set aside in the last week, the latest first. Whatever the user
    does on the story after that, if only a note, shows that they know of it."""
    mine: dict[str, Decision] = {}
    found: dict[int, Overruled] = {}
    for decision in standing(journal):
        keys = (decision.story, *decision.claims)
        if decision.by == user:
            for key in keys:
                before = mine.pop(key, None)
                if before is not None:
                    found.pop(before.seq, None)
            if decision.action in _SETTING:
                mine |= dict.fromkeys(keys, decision)
        elif decision.action in _SETTING:
            for before in {mine[key].seq: mine[key] for key in keys if key in mine}.values():
                if before.after != decision.after:
                    found[before.seq] = Overruled(before, decision)
                else:
                    found.pop(before.seq, None)
    recent = [each for each in found.values() if now - each.other.at <= _TOLD]
    return tuple(sorted(recent, key=lambda each: each.other.seq, reverse=True))
