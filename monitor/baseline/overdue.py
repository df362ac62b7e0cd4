"""Planned facts whose day has passed: an item on the board, until an analyst says what became of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from monitor.baseline.facts import subject_of
from monitor.baseline.ledger import PENDING
from monitor.baseline.steps import ends_step
from monitor.baseline.wording import cite, days, several_days, step_of
from monitor.model import BY_HAND, Claim, Fact, Overdue, OverdueState, Phase, Story

_SETTLED = ("completed", "cancelled", "postponed")
_DONE = {"handed over", "closed", "gone", "ended"}
_WORDS: dict[Phase, str] = {"completed": "done", "cancelled": "called off", "postponed": "put off"}
_STATES: dict[Phase, OverdueState] = {
    "completed": "reported done, review",
    "cancelled": "called off, review",
    "postponed": "put off, review",
}
_OPEN = ("unreviewed", "in_review", "reopened")


def overdue(
    facts: Sequence[Fact],
    stories: Sequence[Story],
    *,
    today: date,
    first_success: date | None,
    sources_sick: bool,
    asked: bool = False,
    names: Mapping[str, str] | None = None,
) -> tuple[Overdue, ...]:
    """The planned facts of the baseline whose window lies before `today`, the longest overdue first. `names`: what
    people call a source's family; `asked`: whether any feed was asked, if only to fail.

    A reported, unreviewed completion, cancellation or postponement turns one into "reported done, review", "called off,
    review" or "put off, review". Sick sources make it "due, not observable"; a deadline before the first successful
    poll is "unwatched".
    """
    status = {fact.subject: fact for fact in facts if fact.attribute in ("status", "mission")}
    found = []
    for fact in planned(facts, today):
        held = status.get(fact.subject)
        if over(fact, held):
            continue
        found.append(_item(fact, held, stories, today, first_success, sources_sick, asked, names or {}))
    return tuple(sorted(found, key=lambda item: item.due))


def over(fact: Fact, held: Fact | None) -> bool:
    """Whether nothing is left to wait for: the step is done, or was called off since the day was planned."""
    if held is None or held.status is None:
        return False
    if held.status in _DONE:
        return True
    moved = held.accepted_from is not None or held.by is not None
    return fact.attribute == "effective_date" and moved and held.as_of >= fact.as_of and held.status not in PENDING


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
    held: Fact | None,
    stories: Sequence[Story],
    today: date,
    first_success: date | None,
    sources_sick: bool,
    asked: bool,
    names: Mapping[str, str],
) -> Overdue:
    due = fact.date.end if fact.date is not None else None
    assert due is not None
    step = step_of(fact.subject, held.status if held is not None else None)
    # A completion says more than a delay, the latest more than the ones before; what nobody decided comes first.
    told = [(story, became) for story in stories if (became := _settles(story, fact, held)) is not None]
    rank = sorted(told, key=lambda one: (one[0].review.state in _OPEN, one[1] == "completed", one[0].latest))
    since = (today - due).days
    what = f"{step[0].upper()}{step[1:]} was due {days(fact.date)} {cite(fact)}, {several_days(since)} ago"
    state: OverdueState = "overdue"
    settled: Story | None
    phase: Phase
    settled, phase = rank[-1] if rank else (None, "unclear")
    if settled is not None and settled.review.state in _OPEN:
        state, reason = _STATES[phase], f"{what}; {_said(settled, phase, names)}: review and accept it."
    elif settled is not None:
        reviewed = settled.review.state.replace("_", " ")
        reason = (
            f"{what}; {_said(settled, phase, names)} ({reviewed}), which the baseline has not been told: accept it."
        )
    elif first_success is None:
        nobody = "no feed has answered yet" if asked else "no feed has been polled yet"
        state, reason = "unwatched", f"{what}; {nobody}, so nobody watched the day pass."
    elif due < first_success:
        state, reason = "unwatched", f"{what}; the feeds have been watched only since {first_success}."
    elif sources_sick:
        state, reason = "due, not observable", f"{what}, but the feeds are failing: silence tells nothing."
    else:
        reason = f"{what}, and no report tells that it happened."
    return Overdue(fact, due, since, state, reason, settled.id if settled else None)


def _said(story: Story, phase: Phase, names: Mapping[str, str]) -> str:
    """Who reports what became of it: "reported put off by Rudaw on 6 Jan 2026"."""
    family, when = story.families[0], story.latest.date()
    who = "a report added by hand" if family == BY_HAND else names.get(family, family)
    return f"reported {_WORDS[phase]} by {who} on {when.day} {when:%b %Y}"


def _settles(story: Story, fact: Fact, held: Fact | None) -> Phase | None:
    """What a story says became of a plan; None where it says nothing of it, or was dismissed, or gave the plan."""
    if story.review.state == "dismissed" or fact.accepted_from in (story.id, *story.aliases):
        return None
    found: list[Phase] = [
        claim.phase
        for alert in story.alerts
        if alert.entry.when.date() >= fact.as_of
        for claim in alert.claims
        if claim.phase in _SETTLED and claim.polarity == "asserted" and claim.modality in ("fact", "reported")
        if subject_of(claim) == fact.subject and ends_step(claim, held) and not _known(claim, fact)
    ]
    return "completed" if "completed" in found else next(iter(found), None)


def _known(claim: Claim, fact: Fact) -> bool:
    """Whether a delay leads no further than to the day that the baseline holds."""
    when, due = claim.date, fact.date
    if claim.phase != "postponed" or when is None or when.end is None or due is None or due.end is None:
        return False
    return when.end <= due.end and fact.accepted_from is not None
