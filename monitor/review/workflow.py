"""The workflow of review and its journal: who decided what on which story, and where that leaves it.

A decision hangs on the keys of the claims the story had, so that a story folded anew under another id finds its review.
The journal only grows: an undo is a further decision.

Where the review of a story stands is always computed from the decisions that are not undone, in their order. To undo
an earlier decision therefore leaves in force what others decided after it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any, get_args

from monitor.errors import ReviewError
from monitor.model import (
    CREDIBILITIES,
    DISMISS_REASONS,
    FACT_ACTIONS,
    RELIABILITIES,
    Action,
    Decision,
    FactAction,
    Grade,
    Note,
    ReviewState,
    StoryReview,
)
from monitor.review.chain import canonical, chained, standing

ACTIONS: tuple[Action, ...] = get_args(Action)

# The state a decision leads to. A note or a tag is not among them: it keeps the state, but shows that somebody looked.
_TARGET: dict[Action, ReviewState] = {
    "confirm": "confirmed",
    "accept": "confirmed",
    "watch": "watching",
    "dismiss": "dismissed",
    "reopen": "reopened",
    "close": "closed",
}
_DECIDED: frozenset[ReviewState] = frozenset({"confirmed", "watching", "dismissed"})
_OPEN: frozenset[ReviewState] = frozenset({"unreviewed", "in_review", "reopened"})


def states(journal: Sequence[Decision]) -> dict[str, StoryReview]:
    """Where each review stands, by claim key and by story id. Use `review_of` to look a story up."""
    reviews: dict[str, StoryReview] = {}
    for decision in standing(journal):
        if decision.action in FACT_ACTIONS:
            continue
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
    target: str | None = None,
    value: Mapping[str, Any] | None = None,
    was: Mapping[str, Any] | None = None,
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
        target: the claim, revision or other story that the action is about, where it is not the story.
        value, was: what is set and what stood there before: `due` for "watch", `tags` for "tag", `owner` for "own",
            `reliability` and `credibility` for "grade", the corrected fields for "correct".

    Raises:
        ReviewError: the workflow does not allow it.
    """
    _check(action, by, at, reason, text)
    _check_value(action, value or {}, reason)
    before = review_of(story, claims, states(journal)).state
    _check_transition(action, before)
    after = _TARGET.get(action) or _noted(before)
    return chained(
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
            target=target,
            value=None if value is None else canonical(value),
            was=None if was is None else canonical(was),
        ),
    )


def write_fact(
    journal: Sequence[Decision],
    *,
    action: FactAction,
    fact: str,
    by: str,
    at: datetime,
    reason: str,
    value: Mapping[str, Any],
    was: Mapping[str, Any] | None = None,
) -> Decision:
    """The line that adds, edits or retires the fact of that id. Raises ReviewError without name, time or reason."""
    _check(action, by, at, reason, None)
    if not reason.strip():
        raise ReviewError("A change of the baseline needs a reason.")
    line = Decision(
        seq=0,
        at=at.astimezone(UTC),
        by=by,
        action=action,
        story="",
        claims=(),
        before="unreviewed",
        after="unreviewed",
        reason=reason,
        target=fact,
        value=canonical(value),
        was=None if was is None else canonical(was),
    )
    return chained(journal, line)


def undo(journal: Sequence[Decision], *, by: str, at: datetime) -> Decision:
    """The line that takes back the latest decision of `by` that is not taken back yet.

    Raises:
        ReviewError: there is nothing of that person's to undo.
    """
    _check("undo", by, at, None, None)
    target = next((d for d in reversed(standing(journal)) if d.by == by), None)
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
    return chained(journal, replace(line, after=after))


def _after(review: StoryReview, decision: Decision) -> StoryReview:
    review = _marked(review, decision)
    target = _TARGET.get(decision.action)
    if target is not None or decision.action not in ACTIONS:
        # What a later version's action means is told by the state it left behind.
        return replace(review, state=target or decision.after, reason=decision.reason, by=decision.by, at=decision.at)
    if review.state == _noted(review.state):
        return review
    return replace(review, state=_noted(review.state), by=decision.by, at=decision.at)


def _marked(review: StoryReview, decision: Decision) -> StoryReview:
    """The review with what the decision wrote beside the state: note, tags, owner, grade, due date."""
    given: dict[str, Any] = json.loads(decision.value) if decision.value else {}
    if decision.action == "note":
        return replace(review, notes=(*review.notes, Note(decision.at, decision.by, decision.text or "")))
    if decision.action == "tag":
        return replace(review, tags=tuple(given.get("tags", ())))
    if decision.action == "own":
        return replace(review, owner=given.get("owner"))
    if decision.action == "grade" and given:
        grade = Grade(given["reliability"], given["credibility"], decision.by, decision.at, decision.reason)
        return replace(review, grade=grade)
    if decision.action in _TARGET:
        due = given.get("due") if decision.action == "watch" else None
        verdict = json.loads(decision.was).get("verdict") if decision.was else None
        return replace(review, due=date.fromisoformat(due) if due else None, verdict=verdict)
    return review


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


def _check_value(action: Action, value: Mapping[str, Any], reason: str | None) -> None:
    """Whether what is set fits the action."""
    if action == "grade":
        if value.get("reliability") not in RELIABILITIES or value.get("credibility") not in CREDIBILITIES:
            raise ReviewError("A grade is a letter A to F for the source and a digit 1 to 6 for what it says, like B2.")
        if not (reason or "").strip():
            raise ReviewError("A grade of your own needs a reason.")
    if action == "correct" and not value:
        raise ReviewError("Nothing is corrected. Give another facility, count, date or phase.")
    due = value.get("due") if action == "watch" else None
    try:
        date.fromisoformat(due or "2000-01-01")
    except (TypeError, ValueError) as error:
        raise ReviewError(f"{due!r} is no day to watch until. Write one like 2026-02-01.") from error


def _check_transition(action: Action, before: ReviewState) -> None:
    if action in FACT_ACTIONS:
        raise ReviewError(f"{action} is about a fact, not about a story. Use `monitor baseline`.")
    if action == "undo":
        raise ReviewError("An undo names no story: it takes back your latest decision. Use undo for it.")
    if action == "reopen" and before in _OPEN:
        raise ReviewError(
            f"The story is {before.replace('_', ' ')}: there is nothing to reopen. Confirm, watch or dismiss it."
        )
    if action == "close" and before not in _DECIDED:
        raise ReviewError(
            f"The story is {before.replace('_', ' ')}: only what is decided is closed. "
            "Confirm, watch or dismiss it first."
        )
    if before == "closed" and action not in ("reopen", "note"):
        raise ReviewError(f"The story is closed, so it cannot take {action!r}. Reopen it first.")
