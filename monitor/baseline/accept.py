"""What the baseline would say if an analyst accepted a story: the one way in which it moves."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date

from monitor.baseline.compare import held_since
from monitor.baseline.edits import value_key
from monitor.baseline.facts import status_of, subject_of
from monitor.model import Attribute, Claim, Count, DateRange, Fact, Story

# What holds again when a step is called off; a base or force that never came has no state.
_CALLED_OFF = {"base_handover": "active", "base_closure": "active", "withdrawal": "present", "mission_change": "active"}


def proposals(
    story: Story, facts: Sequence[Fact], names: Mapping[str, str] | None = None, accepted: Sequence[Fact] = ()
) -> tuple[tuple[Fact, ...], str]:
    """The facts that accepting this story would write, the change that its lead claim tells first; or none, and why.

    A step that is done is dated by its day, so that the planned window is past, and ends what led to it; a plan brings
    its window and its number. Each is a new version that keeps subject and attribute of the fact it replaces and cites
    the story. Its source is the outlet by the name in `names`, else its family. Of what was `accepted` from the story
    before, only what is still open is proposed.
    """
    main, why_not = _proposed(story, facts)
    if main is None:
        return (), why_not
    ids = {story.id, *story.aliases}
    before = [fact for fact in accepted if fact.accepted_from in ids]
    found = [main, *(fact for fact in _following(main, story, facts) if not _holds(fact, facts))]
    if before:
        found = [fact for fact in found if not _holds(fact, facts) and not _same(fact, before)]
    taken = {fact.id for fact in accepted}
    named = (replace(fact, source=(names or {}).get(fact.source, fact.source)) for fact in found)
    return tuple(_renamed(fact) if fact.id in taken else fact for fact in named), ""


def proposal(story: Story, facts: Sequence[Fact], names: Mapping[str, str] | None = None) -> tuple[Fact | None, str]:
    """The first of `proposals`: the change that the lead claim tells."""
    found, why_not = proposals(story, facts, names)
    return (found[0] if found else None), why_not


def _following(main: Fact, story: Story, facts: Sequence[Fact]) -> Iterator[Fact]:
    """What holds with a change: the day of its step, its number, and what it brings to an end."""
    claim = story.lead.lead_claim
    assert claim is not None
    if claim.phase == "completed" and main.status is not None:
        yield from _dated_steps([main], story, facts)
        if main.status in ("handed over", "closed"):
            gone = [_gone(fact, main, story, facts) for fact in facts if _left_behind(fact, main, facts)]
            yield from gone
            yield from _dated_steps(gone, story, facts)
        moving = _held(main.subject, "count", facts)
        if moving is not None and _moving(moving.count) and claim.type in ("deployment", "withdrawal"):
            ended = _fact(story, main.subject, "count", main.as_of, facts, count=moving.count)
            yield replace(ended, replaces=moving.id, retired=True, reason="the movement is over")
    if claim.phase == "planned":
        published = story.lead.entry.when.date()
        if main.attribute != "effective_date" and claim.date is not None and claim.date.end is not None:
            yield _fact(story, main.subject, "effective_date", published, facts, when=claim.date)
        known = _held(main.subject, "count", facts)
        if _moving(claim.count) and (known is None or _moving(known.count)):
            # So many are to come or go: it takes the place of no number of those who are there.
            yield _fact(story, main.subject, "count", published, facts, count=claim.count)


def _dated_steps(steps: Sequence[Fact], story: Story, facts: Sequence[Fact]) -> Iterator[Fact]:
    """The day on which each step was done, where one had been planned."""
    for step in steps:
        if _held(step.subject, "effective_date", facts) is not None:
            when = DateRange(step.as_of.isoformat(), step.as_of, step.as_of, "day")
            yield _fact(story, step.subject, "effective_date", step.as_of, facts, when=when)


def _left_behind(fact: Fact, done: Fact, facts: Sequence[Fact]) -> bool:
    """Whether these are forces that were leaving a base that is handed over or closed, and of whom nobody is left."""
    actor, at, area = fact.subject.rpartition("@")
    if not actor or area != done.subject or fact.status != "leaving" or fact.attribute != "status":
        return False
    number = _held(f"{actor}{at}{area}", "count", facts)
    return number is not None and number.count is not None and number.count.high == 0


def _gone(fact: Fact, done: Fact, story: Story, facts: Sequence[Fact]) -> Fact:
    return _fact(story, fact.subject, "status", done.as_of, facts, status="gone")


def _moving(count: Count | None) -> bool:
    return count is not None and count.role in ("leaving", "arriving")


def _held(subject: str, attribute: Attribute, facts: Sequence[Fact]) -> Fact | None:
    return next(
        (fact for fact in facts if fact.compared and (fact.subject, fact.attribute) == (subject, attribute)), None
    )


def _holds(fact: Fact, facts: Sequence[Fact]) -> bool:
    """Whether the baseline says so already, or knows something later."""
    if fact.retired:
        return False
    held = [one for one in facts if one.compared and (one.subject, one.attribute) == (fact.subject, fact.attribute)]
    return any(value_key(one) == value_key(fact) or one.as_of > fact.as_of for one in held)


def _same(fact: Fact, accepted: Sequence[Fact]) -> bool:
    key = (fact.subject, fact.attribute, fact.retired, value_key(fact))
    return any((one.subject, one.attribute, one.retired, value_key(one)) == key for one in accepted)


def _renamed(fact: Fact) -> Fact:
    """A further version from one story has an id of its own."""
    return replace(fact, id=hashlib.sha256(f"{fact.id}\0{value_key(fact)}".encode()).hexdigest()[:12])


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
