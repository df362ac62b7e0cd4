"""Planned facts whose day has passed: an item on the board, until an analyst says what became of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from monitor.baseline.facts import subject_of
from monitor.baseline.wording import cite, days, several_days, step_of
from monitor.model import Fact, Overdue, OverdueState, Story

_SETTLED = ("completed", "cancelled", "postponed")
_DONE = {"handed over", "closed", "gone", "ended"}


def overdue(
    facts: Sequence[Fact],
    stories: Sequence[Story],
    *,
    today: date,
    first_success: date | None,
    sources_sick: bool,
    names: Mapping[str, str] | None = None,
) -> tuple[Overdue, ...]:
    """The planned facts of the baseline whose window lies before `today`, the longest overdue first. `names`: what
    people call a source's family.

    A reported, unreviewed completion, cancellation or postponement turns one into "reported done, review". Sick sources
    make it "due, not observable"; a deadline before the first successful poll is "unwatched".
    """
    status = {fact.subject: fact for fact in facts if fact.attribute in ("status", "mission")}
    found = []
    for fact in planned(facts, today):
        end = fact.date.end if fact.date is not None else None
        assert end is not None
        held = status.get(fact.subject)
        if held is not None and held.status in _DONE:
            continue
        step = step_of(fact.subject, held.status if held is not None else None)
        found.append(_item(fact, end, step, stories, today, first_success, sources_sick, names or {}))
    return tuple(sorted(found, key=lambda item: item.due))


def planned(facts: Sequence[Fact], today: date) -> tuple[Fact, ...]:
    """The facts that name a day by which something was to happen, which has passed."""
    return tuple(
        fact
        for fact in facts
        if fact.attribute in ("effective_date", "mandate_end") and fact.compared
        if fact.date is not None and fact.date.end is not None and fact.date.end < today
    )


def _item(
    fact: Fact,
    due: date,
    step: str,
    stories: Sequence[Story],
    today: date,
    first_success: date | None,
    sources_sick: bool,
    names: Mapping[str, str],
) -> Overdue:
    # A completion says more than a delay, the latest more than the ones before.
    settling = [story for story in stories if _settles(story, fact)]
    settled = max(settling, key=lambda story: (_phase(story, fact) == "completed", story.latest), default=None)
    since = (today - due).days
    what = f"{step[0].upper()}{step[1:]} was due {days(fact.date)} {cite(fact)}, {several_days(since)} ago"
    state: OverdueState
    if settled is not None:
        state, reason = "reported done, review", f"{what}; {_said(settled, fact, names)}: review and accept it."
    elif first_success is None:
        state, reason = "unwatched", f"{what}; no feed has been polled yet, so nobody watched the day pass."
    elif due < first_success:
        state, reason = "unwatched", f"{what}; the feeds have been watched only since {first_success}."
    elif sources_sick:
        state, reason = "due, not observable", f"{what}, but the feeds are failing: silence tells nothing."
    else:
        state, reason = "overdue", f"{what}, and no report tells that it happened."
    return Overdue(fact, due, since, state, reason, settled.id if settled else None)


def _phase(story: Story, fact: Fact) -> str:
    """What a story says became of the plan."""
    claims = [claim for alert in story.alerts for claim in alert.claims if subject_of(claim) == fact.subject]
    return next((claim.phase for claim in claims if claim.phase in _SETTLED), "completed")


def _said(story: Story, fact: Fact, names: Mapping[str, str]) -> str:
    """Who reports what became of it: "reported put off by Rudaw on 6 Jan 2026"."""
    words = {"completed": "done", "cancelled": "called off", "postponed": "put off"}
    when = story.latest.date()
    who = names.get(story.families[0], story.families[0])
    return f"reported {words[_phase(story, fact)]} by {who} on {when.day} {when:%b %Y}"


def _settles(story: Story, fact: Fact) -> bool:
    if story.review.state not in ("unreviewed", "in_review", "reopened"):
        return False
    for alert in story.alerts:
        for claim in alert.claims:
            happened = (
                claim.phase in _SETTLED and claim.polarity == "asserted" and claim.modality in ("fact", "reported")
            )
            if happened and subject_of(claim) == fact.subject and alert.entry.when.date() >= fact.as_of:
                return True
    return False
