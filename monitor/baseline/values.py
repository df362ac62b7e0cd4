"""A claim's number held against a number of the baseline: the first rule that holds gives the verdict."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from monitor.baseline.wording import cite, counted, day, held, quantity, several_days
from monitor.model import Claim, Count, EventType, Fact, Reliability, VerdictName

# Within so many days a number does not change of itself: without a reported movement, one of two is wrong.
SOON = 14
# Whose numbers are numbers of forces that are, come or go; who fell in a raid or took part in a drill is none.
_COUNTING: frozenset[EventType] = frozenset(
    {
        *("force_count", "withdrawal", "deployment", "rotation", "base_handover", "base_closure"),
        *("base_establishment", "mission_change", "basing_agreement", "equipment_move"),
    }
)
_ARRIVED = frozenset({"arriving", "present"})
_MOVED = _ARRIVED | {"leaving", "gone"}


@dataclass(frozen=True, slots=True)
class Report:
    """A claim as it is compared: since when it holds, and how reliable its source is (A to F)."""

    claim: Claim
    as_of: date
    grade: Reliability = "F"


def against_count(report: Report, fact: Fact, facts: Sequence[Fact], nearness: str) -> tuple[VerdictName, str] | None:
    """The verdict of a claim on a count, contributors or membership fact; None where they do not touch.

    `nearness` is "same" or "part"; `facts` are the whole baseline, in which a movement may be accepted.
    """
    claim, as_of = report.claim, report.as_of
    value, known = claim.count, fact.count
    if known is None or claim.type not in _COUNTING:
        return None
    departed = _departure(claim, fact, nearness, as_of)
    if value is None or departed is not None:
        return departed
    if (value.unit in ("countries", "members")) != (known.unit in ("countries", "members")):
        return None
    if claim.polarity == "denied":
        return "related", f"A denial says nothing on the number; the baseline says that {held(fact)}."
    said, text = quantity(value), f"{counted(fact)} {cite(fact)}"
    if value.unit != known.unit or _moving(value) != _moving(known):
        return (
            "incomparable",
            f"{_begun(said)} cannot be compared with what the baseline counts: {text}.",
        )
    if nearness == "part":
        return "related", (
            f"The report counts {said}, the baseline {text}: not the same force or area, but one inside the other."
        )
    if _overlap(value, known):
        return _agreement(value, known, said, text)
    if as_of < fact.as_of:
        return "stale", f"{_begun(said)} on {day(as_of)}: older than what the baseline has, {text}."
    if _worse(report.grade, fact.grade):
        return "contradicts", (
            f"{_begun(said)}, from a source graded {report.grade},"
            f" but the baseline has {text} from one graded {fact.grade}."
        )
    moved = _movements(fact, facts)
    if known.high == 0 and not moved & _ARRIVED:
        return "contradicts", f"{_begun(said)}, but the baseline has {text} and no arrival has been reported since."
    sign, gap = _change(value, known)
    since = (as_of - fact.as_of).days
    if since <= SOON and claim.type == "force_count" and not moved:
        when = f"{several_days(since)} later" if since else "on the same day"
        return "contradicts", f"{_begun(said)} {sign} {text}, {when} and with no movement reported."
    return "updates", f"{_begun(said)} {sign} {text}{gap}."


def _worse(grade: Reliability, known: Reliability) -> bool:
    """Whether a source is graded below another; F is no grade."""
    return "F" not in (grade, known) and grade > known


def _moving(count: Count) -> bool:
    return count.role in ("leaving", "arriving")


def _departure(claim: Claim, fact: Fact, nearness: str, as_of: date) -> tuple[VerdictName, str] | None:
    """A departure completed on day D implies presence until D."""
    if fact.count is None or fact.count.high != 0 or nearness != "same" or fact.count.unit != "personnel":
        return None
    left = claim.type == "withdrawal" and claim.phase == "completed" and claim.polarity == "asserted"
    if not left or as_of <= fact.as_of:
        return None
    return (
        "contradicts",
        f"A departure completed on {day(as_of)} means presence until then, but the baseline says that {held(fact)}.",
    )


def _agreement(value: Count, known: Count, said: str, text: str) -> tuple[VerdictName, str]:
    inside = value.low >= known.low and _within(value.high, known.high)
    if inside and (value.low, value.high) != (known.low, known.high):
        return "refines", f"{_begun(said)} lie within {text}."
    if value.high == known.high == 0:
        return "confirms", f"Nobody is left, as the baseline has it: {text}."
    return "confirms", f"{_begun(said)} agree with {text}."


def _begun(words: str) -> str:
    """Words as a sentence begins."""
    return words[:1].upper() + words[1:]


def _within(high: int | None, bound: int | None) -> bool:
    return bound is None or (high is not None and high <= bound)


def _overlap(a: Count, b: Count) -> bool:
    return (b.high is None or a.low <= b.high) and (a.high is None or b.low <= a.high)


def _movements(fact: Fact, facts: Sequence[Fact]) -> frozenset[str]:
    """The movements of the same forces that the baseline holds since the number was taken."""
    return frozenset(
        other.status
        for other in facts
        if other.status in _MOVED and other.subject == fact.subject and other.compared and other.as_of > fact.as_of
    )


def _change(value: Count, known: Count) -> tuple[str, str]:
    """Direction and percent of the change between two disjoint intervals, the smaller change first."""
    fewer = value.high is not None and value.high < known.low
    ends = sorted(
        (
            round(100 * (x - y) / y)
            for x in (value.low, value.high if value.high is not None else value.low)
            for y in (known.low, known.high if known.high is not None else known.low)
            if y
        ),
        key=abs,
    )
    if not ends:
        return ">", ""
    low, high = ends[0], ends[-1]
    return ("<" if fewer else ">"), f": {low:+d} %" if low == high else f": {low:+d} to {high:+d} %"
