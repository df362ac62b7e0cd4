"""When what was decided comes back: new independent evidence, a contradiction, a changed verdict, a day that passed."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from monitor.model import ReviewState, Story, StoryReview

_DECIDED: frozenset[ReviewState] = frozenset({"confirmed", "dismissed", "watching", "closed"})


def reopened(story: Story, held: StoryReview, today: date) -> StoryReview:
    """The review of a story, reopened where its decision no longer stands by itself.

    A decided story comes back when another independent family or a contradiction arrives after the decision, or when a
    report that came or was reworded since changed its verdict; never for a copy. What is watched comes back when its
    due date, or the planned day it tells of, has passed.
    """
    if held.state not in _DECIDED or held.at is None:
        return held
    if held.state == "watching" and _passed(story, held, today):
        return replace(held, state="reopened")
    known = {alert.family for alert in story.alerts if alert.entry.first_seen <= held.at}
    late = [alert for alert in story.alerts if alert.entry.first_seen > held.at]
    moved = late or [alert for alert in story.alerts if alert.entry.revised > held.at]
    if (
        any(alert.family in story.families and alert.family not in known for alert in late)
        or any(alert.verdict == "contradicts" for alert in late)
        or (moved and held.verdict is not None and story.lead.verdict != held.verdict)
    ):
        return replace(held, state="reopened")
    return held


def _passed(story: Story, held: StoryReview, today: date) -> bool:
    """Whether the day that a watcher waits for lies behind us, and did not when the story was put under watch."""
    claim = story.lead.lead_claim
    planned = claim.date.end if claim is not None and claim.phase == "planned" and claim.date is not None else None
    due = held.due or planned
    return due is not None and held.at is not None and held.at.date() <= due < today
