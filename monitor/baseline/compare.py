"""A claim held against the baseline: confirms, refines, updates, contradicts, stale, related, incomparable or new.

Each verdict says why in one sentence. The first rule that holds gives it; planned never overwrites actual, denied
never deletes, and talk (hypothetical, demanded, historical, background) is shown beside facts but never compared.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from monitor.baseline.facts import label_of, subject_of, with_article
from monitor.baseline.steps import against_date, against_status
from monitor.baseline.values import Report, against_count
from monitor.baseline.wording import held, value_of
from monitor.language.facilities import gazetteer
from monitor.language.lexicon import world
from monitor.model import Claim, Fact, Reliability, Verdict, VerdictName

__all__ = ["STRENGTH", "compare", "held_since", "strongest", "value_of"]

# The strongest first: what an alert shows when its lead claim meets several facts.
STRENGTH: tuple[VerdictName, ...] = (
    "contradicts",
    "updates",
    "refines",
    "confirms",
    "stale",
    "related",
    "incomparable",
    "new",
)
_SHOWN = 2
"""So many facts of a place are told where none can be compared."""
_TALK = {
    "hypothetical": "Only a possibility",
    "demand": "Only a demand",
    "historical": "History",
    "background": "Background",
}


def compare(
    claim: Claim, index: int, facts: Sequence[Fact], published: date, grade: Reliability = "F"
) -> tuple[Verdict, ...]:
    """The verdicts of claim number `index` on the facts it touches; one "new" where it touches none.

    Args:
        claim, index: the claim and its place among those of its alert.
        facts: the baseline in force.
        published: the day of the report; the claim's own date, where it is exact, says since when it holds.
        grade: how reliable the report's source is, A to F.
    """
    if claim.modality in _TALK:
        return (Verdict(index, None, "new", _talk(claim, facts)),)
    report = Report(claim, held_since(claim, published), grade)
    found: list[Verdict] = []
    for fact in facts:
        outcome = _against(report, fact, facts) if fact.compared else None
        if outcome is not None:
            found.append(Verdict(index, fact.id, *outcome))
    if not found:
        return (Verdict(index, None, "new", _nothing(claim, facts)),)
    return tuple(sorted(_settled(claim, found, facts), key=lambda verdict: STRENGTH.index(verdict.verdict)))


def _settled(claim: Claim, found: Sequence[Verdict], facts: Sequence[Fact]) -> Sequence[Verdict]:
    """What is put off moves its day: where the baseline knows the day, the state that stays has nothing to say."""
    days = {fact.id for fact in facts if fact.attribute == "effective_date"}
    if claim.phase == "postponed" and any(verdict.fact in days for verdict in found):
        return [verdict for verdict in found if verdict.fact in days]
    return found


def strongest(verdicts: Sequence[Verdict], claim: int | None) -> VerdictName | None:
    """The verdict that an alert shows: the strongest on its lead claim."""
    names = [verdict.verdict for verdict in verdicts if verdict.claim == claim]
    return min(names, key=STRENGTH.index) if names else None


def held_since(claim: Claim, published: date) -> date:
    """Since when a claim holds: its exact date once it has happened, else the report's day."""
    when = claim.date
    if claim.phase == "completed" and when is not None and when.precision == "day" and when.start is not None:
        return when.start
    return published


def _nothing(claim: Claim, facts: Sequence[Fact]) -> str:
    subject = subject_of(claim)
    if subject is None:
        return "The report names no base or place that the baseline could be asked about."
    actor, at, area = subject.rpartition("@")
    near = [fact for fact in facts if fact.compared and fact.subject.rpartition("@")[2] == area]
    nothing = f"The baseline holds nothing on {with_article(label_of(subject))} to compare this with"
    if not near:
        return f"{nothing}."
    told = " and that ".join(held(fact) for fact in sorted(near, key=lambda one: one.attribute != "status")[:_SHOWN])
    place = label_of(f"@{area}" if at else area)
    if actor not in ("", "forces") and all(fact.subject.rpartition("@")[0] not in ("", actor) for fact in near):
        return f"{nothing}; of {place} it says that {told}."
    return f"Nothing that the baseline holds on {place} can be compared with this; it says that {told}."


def _talk(claim: Claim, facts: Sequence[Fact]) -> str:
    """Why talk is not compared, with what is held of the thing it speaks of."""
    spoken = f"{_TALK[claim.modality]}, so not compared with the baseline"
    touched = [fact for fact in facts if fact.compared and _touches(claim, fact) == "same"]
    fact = min(touched, key=lambda one: one.attribute != "status", default=None)
    return f"{spoken}, which says that {held(fact)}." if fact is not None else f"{spoken}."


def _against(report: Report, fact: Fact, facts: Sequence[Fact]) -> tuple[VerdictName, str] | None:
    """The verdict of one claim on one fact; None where they do not touch."""
    claim = report.claim
    nearness = _touches(claim, fact)
    if nearness is None:
        return None
    if fact.attribute in ("count", "contributors", "membership"):
        return against_count(report, fact, facts, nearness)
    if fact.attribute == "effective_date":
        same = [one for one in facts if one.subject == fact.subject and one.status is not None]
        return against_date(claim, fact, nearness, report.as_of, next(iter(same), None))
    if fact.attribute in ("status", "mission"):
        return against_status(claim, fact, nearness, report.as_of)
    return None


def _touches(claim: Claim, fact: Fact) -> str | None:
    """ "same" area and actor, "part" (one inside the other), or None."""
    actor, _, area = fact.subject.rpartition("@")
    where = next((place for place in (claim.facility, claim.place, claim.country) if place), None)
    if where is None:
        return None
    if where == area:
        nearness = "same"
    elif area in _areas(where) or where in _areas(area):
        nearness = "part"
    else:
        return None
    if nearness == "part" and fact.attribute in ("status", "effective_date"):
        # The fate of one base says nothing about its province's other bases.
        return None
    if actor in ("", "forces") or not claim.actors:
        return nearness
    known = world()
    if not any(known.belongs(one, actor) or known.belongs(actor, one) for one in claim.actors):
        return None
    # Where a member's troops leave, the coalition's do: its state moves, its numbers do not.
    return nearness if actor in claim.actors or fact.attribute == "status" else "part"


def _areas(identifier: str) -> tuple[str, ...]:
    """A base or place and all that contain it."""
    facility = gazetteer().get(identifier)
    if facility is None:
        return world().areas(identifier) or (identifier,)
    province = (facility.province or "").casefold().replace(" ", "-")
    within = world().areas(province) if province in world().places else ()
    return (identifier, *within, facility.country)
