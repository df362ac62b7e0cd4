"""The workflow of review and its journal: who decided what on which story, and where that leaves it.

Pure: a journal comes in, a decision to append or a view of it goes out. A decision hangs on the keys of the claims the
story had, so that a story folded anew under another id finds its review. The journal only grows: an undo is a further
decision, and each decision carries the hash of the one before it.

Where the review of a story stands is always computed from the decisions that are not undone, in their order. To undo
an earlier decision therefore leaves in force what others decided after it.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import fields, replace
from datetime import UTC, date, datetime
from typing import get_args

from monitor.errors import ReviewError
from monitor.model import DISMISS_REASONS, Action, Decision, Note, ReviewState, StoryReview

ACTIONS: tuple[Action, ...] = get_args(Action)

# The state a decision leads to. A note is not among them: it keeps the state, but shows that somebody looked.
_TARGET: dict[Action, ReviewState] = {
    "confirm": "confirmed",
    "accept": "confirmed",
    "watch": "watching",
    "dismiss": "dismissed",
    "reopen": "reopened",
}
_OPEN: frozenset[ReviewState] = frozenset({"unreviewed", "in_review", "reopened"})


def states(journal: Sequence[Decision]) -> dict[str, StoryReview]:
    """Where each review stands, by claim key and by story id. Use `review_of` to look a story up."""
    reviews: dict[str, StoryReview] = {}
    for decision in _standing(journal):
        current = review_of(decision.story, decision.claims, reviews)
        review = _after(current, decision)
        for key in (decision.story, *decision.claims):
            reviews[key] = review
    return reviews


def review_of(story_id: str, claim_keys: Sequence[str], reviews: Mapping[str, StoryReview]) -> StoryReview:
    """The review of a story that may be folded from several: the latest decision on any of its keys counts, the story's
    own id first where two are of the same moment; notes are those of all. `unreviewed` where nobody decided.
    """
    found = [reviews[key] for key in dict.fromkeys((story_id, *claim_keys)) if key in reviews]
    if not found:
        return StoryReview()
    latest = max(found, key=_moment)
    if all(review is latest for review in found):
        return latest
    notes = dict.fromkeys(note for review in found for note in review.notes)
    return replace(latest, notes=tuple(sorted(notes, key=lambda note: note.at)))


def decide(
    journal: Sequence[Decision],
    *,
    story: str,
    claims: tuple[str, ...],
    action: Action,
    by: str,
    at: datetime,
    reason: str | None = None,
    text: str | None = None,
) -> Decision:
    """The next line of the journal.

    Args:
        journal: all decisions so far.
        story, claims: the story's id and the keys of all its claims.
        action: what is done; "undo" has its own function.
        by: who decides.
        at: when, an aware time.
        reason: why; for "dismiss" one of DISMISS_REASONS.
        text: the words of a note, or a remark to another action.

    Raises:
        ReviewError: the workflow does not allow it.
    """
    _check(action, by, at, reason, text)
    before = review_of(story, claims, states(journal)).state
    _check_transition(action, before)
    after = _TARGET.get(action) or _noted(before)
    return _chained(
        journal,
        Decision(
            seq=0,
            at=at.astimezone(UTC),
            by=by,
            action=action,
            story=story,
            claims=claims,
            before=before,
            after=after,
            reason=reason,
            text=text,
        ),
    )


def undo(journal: Sequence[Decision], *, by: str, at: datetime) -> Decision:
    """The line that takes back the latest decision of `by` that is not taken back yet.

    Raises:
        ReviewError: there is nothing of that person's to undo.
    """
    _check("undo", by, at, None, None)
    target = next((d for d in reversed(_standing(journal)) if d.by == by), None)
    if target is None:
        raise ReviewError(f"There is nothing to undo: no decision of {by} is in force. Each person undoes their own.")
    line = Decision(
        seq=0,
        at=at.astimezone(UTC),
        by=by,
        action="undo",
        story=target.story,
        claims=target.claims,
        before=review_of(target.story, target.claims, states(journal)).state,
        after="unreviewed",
        undoes=target.seq,
    )
    after = review_of(target.story, target.claims, states([*journal, line])).state
    return _chained(journal, replace(line, after=after))


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
    canonical = json.dumps(content, sort_keys=True, separators=(",", ":"), default=_iso)
    return hashlib.sha256(canonical.encode("ascii")).hexdigest()


def _standing(journal: Sequence[Decision]) -> list[Decision]:
    """The decisions in force: without undos and what they undid."""
    undone = {decision.undoes for decision in journal if decision.undoes is not None}
    return [decision for decision in journal if decision.action != "undo" and decision.seq not in undone]


def _after(review: StoryReview, decision: Decision) -> StoryReview:
    if decision.action != "note":
        state = _TARGET.get(decision.action, decision.after)
        return replace(review, state=state, reason=decision.reason, by=decision.by, at=decision.at)
    notes = (*review.notes, Note(decision.at, decision.by, decision.text or ""))
    if review.state == _noted(review.state):
        return replace(review, notes=notes)
    return replace(review, state=_noted(review.state), by=decision.by, at=decision.at, notes=notes)


def _noted(state: ReviewState) -> ReviewState:
    return "in_review" if state == "unreviewed" else state


def _moment(review: StoryReview) -> datetime:
    return review.at or datetime.min.replace(tzinfo=UTC)


def _check(action: Action, by: str, at: datetime, reason: str | None, text: str | None) -> None:
    if not by.strip():
        raise ReviewError("A decision needs a name: set `user:` in feeds.yml.")
    if at.tzinfo is None:
        raise ReviewError("A decision needs a time with a time zone; this one has none.")
    if action not in ACTIONS:
        raise ReviewError(f"There is no action {action!r}. There are: {', '.join(ACTIONS)}.")
    if action == "dismiss" and reason not in DISMISS_REASONS:
        given = "none was given" if reason is None else f"{reason!r} is not one of them"
        raise ReviewError(f"To dismiss a story needs a reason, and {given}. Choose from: {', '.join(DISMISS_REASONS)}.")
    if action == "note" and not (text or "").strip():
        raise ReviewError("A note needs words, and this one is empty. Write the text of the note.")


def _check_transition(action: Action, before: ReviewState) -> None:
    if action == "undo":
        raise ReviewError("An undo names no story: it takes back your latest decision. Use undo for it.")
    if action == "reopen" and before in _OPEN:
        raise ReviewError(
            f"The story is {before.replace('_', ' ')}: there is nothing to reopen. Confirm, watch or dismiss it."
        )
    if before == "closed" and action not in ("reopen", "note"):
        raise ReviewError(f"The story is closed, so it cannot take {action!r}. Reopen it first.")


def _chained(journal: Sequence[Decision], decision: Decision) -> Decision:
    last = journal[-1] if journal else None
    linked = replace(decision, seq=last.seq + 1 if last else 1, previous=last.hash if last else "")
    return replace(linked, hash=digest(linked))


def _iso(value: object) -> str:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    if isinstance(value, date):
        return value.isoformat()
    raise TypeError(f"a decision holds a {type(value).__name__}, which has no canonical form")
