"""What the baseline would say if an analyst accepted a story: the one way in which it moves."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date

from monitor.baseline.compare import held_since
from monitor.baseline.facts import status_of, subject_of
from monitor.model import Attribute, Claim, Count, DateRange, Fact, Story

# What holds again when a step is called off; a base or force that never came has no state.
_CALLED_OFF = {"base_handover": "active", "base_closure": "active", "withdrawal": "present", "mission_change": "active"}


def proposal(story: Story, facts: Sequence[Fact], names: Mapping[str, str] | None = None) -> tuple[Fact | None, str]:
    """The fact that accepting this story would write, or None and why there is none.

    Its source is the outlet by the name in `names`, else its family. The new version keeps subject and attribute of
    the fact it replaces, and cites the story it comes from.
    """
    fact, why_not = _proposed(story, facts)
    return (replace(fact, source=(names or {}).get(fact.source, fact.source)) if fact is not None else None), why_not


def _proposed(story: Story, facts: Sequence[Fact]) -> tuple[Fact | None, str]:
    alert = story.lead
    claim = alert.lead_claim
    if claim is None:
        return None, "this story makes no claim that the baseline could hold"
    if claim.modality not in ("fact", "reported"):
        return None, f"its claim is {claim.modality}, not a change that has been reported"
    if claim.polarity == "denied":
        return None, "a denial changes nothing that is known"
    subject = subject_of(claim)
    if subject is None:
        return None, "its claim names no base or place"
    published = alert.entry.when.date()
    if claim.phase == "postponed":
        return _dated(claim, subject, story, facts, published)
    state = _CALLED_OFF.get(claim.type) if claim.phase == "cancelled" else status_of(claim)
    if state is None:
        if claim.count is not None and claim.count.role in ("remaining", "total"):
            return _fact(story, subject, "count", published, facts, count=claim.count), ""
        return (
            None,
            f"the baseline keeps no state that a report of this kind ({claim.type.replace('_', ' ')}) would move",
        )
    attribute: Attribute = "mission" if claim.type == "mission_change" else "status"
    known = any(fact.status == state and (fact.subject, fact.attribute) == (subject, attribute) for fact in facts)
    if known and claim.phase == "planned" and claim.date is not None and claim.date.end is not None:
        # What is planned stands in the baseline already: what the report adds is the day.
        return _fact(story, subject, "effective_date", published, facts, when=claim.date), ""
    return _fact(story, subject, attribute, held_since(claim, published), facts, status=state), ""


def _dated(claim: Claim, subject: str, story: Story, facts: Sequence[Fact], published: date) -> tuple[Fact | None, str]:
    if claim.date is None or claim.date.start is None:
        return None, "it was put off, but the report names no new date"
    return _fact(story, subject, "effective_date", published, facts, when=claim.date), ""


def _fact(
    story: Story,
    subject: str,
    attribute: Attribute,
    as_of: date,
    facts: Sequence[Fact],
    *,
    status: str | None = None,
    count: Count | None = None,
    when: DateRange | None = None,
) -> Fact:
    alert = story.lead
    claim = alert.lead_claim
    replaced = next((fact for fact in facts if (fact.subject, fact.attribute) == (subject, attribute)), None)
    identifier = hashlib.sha256(f"{story.id}\0{subject}\0{attribute}".encode()).hexdigest()[:12]
    return Fact(
        identifier,
        subject,
        attribute,
        as_of,
        alert.family,
        claim.quote if claim else alert.entry.title,
        status=status,
        count=count,
        date=when,
        url=alert.entry.url,
        version=replaced.version + 1 if replaced else 1,
        accepted_from=story.id,
    )
