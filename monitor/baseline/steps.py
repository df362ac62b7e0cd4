"""A claim's step held against a state or a planned day of the baseline, after the state machines of bases, forces and
missions: any later state is a legal step, a step back is none unless it is a dated return."""

from __future__ import annotations

from datetime import date

from monitor.baseline.facts import states_of, status_of
from monitor.baseline.wording import cite, day, days, held, several_days, state_clause, step_of, was_done
from monitor.model import Claim, DateRange, EventType, Fact, VerdictName

_ORDER = {
    "active": 0,
    "opening announced": 0,
    "being set up": 0,
    "handover announced": 1,
    "closure announced": 1,
    "handover under way": 2,
    "closing": 2,
    "handed over": 3,
    "closed": 3,
    "expected": 0,
    "arriving": 1,
    "present": 2,
    "leaving": 3,
    "gone": 4,
    "end announced": 1,
    "ending": 2,
    "ended": 3,
}
_DONE = frozenset({"handed over", "closed", "gone", "ended", "present"})
_CONTROL: tuple[EventType, ...] = ("base_handover", "base_closure", "base_establishment")
_FORCES: tuple[EventType, ...] = ("withdrawal", "deployment")
_PUT_OFF = {"postponed": "put off", "cancelled": "called off"}
_ENDS: tuple[EventType, ...] = ("base_handover", "base_closure")
_RETURNS = ("base_establishment", "deployment")


def against_status(claim: Claim, fact: Fact, nearness: str, as_of: date) -> tuple[VerdictName, str] | None:
    """The verdict of a claim on a status or mission fact; None where they do not touch. `nearness`: "same", "part"."""
    state = fact.status
    if state is None or not _same_track(claim, fact):
        return None
    known = f"the baseline says that {held(fact)}"
    if as_of < fact.as_of:
        return "stale", f"The report tells of {day(as_of)}, which is earlier; {known}."
    if nearness == "part":
        return "related", f"The report is about a part of what the baseline tells, or about more than that; {known}."
    if claim.phase == "unclear":
        return "related", f"The wording does not tell what happens: read the report; {known}."
    own = state in states_of(claim)
    if claim.polarity == "denied":
        return (
            ("contradicts", f"The report denies what the baseline says: that {held(fact)}.") if own else _beside(known)
        )
    if claim.phase in ("postponed", "cancelled"):
        return _put_off(claim, fact, state, known) if own else _beside(known)
    claimed = status_of(claim)
    return None if claimed is None else _step(claim, fact, state, claimed, as_of)


def ends_step(claim: Claim, held: Fact | None) -> bool:
    """Whether what a claim tells is about the step that a state leads to; `held` None where no state is known.

    Who arrives, or how many remain, ends no withdrawal.
    """
    if held is None or held.status is None:
        return bool(states_of(claim))
    # A base that is closed is not handed over any more, nor the other way round.
    kinds: tuple[EventType, ...] = _ENDS if claim.type in _ENDS else (claim.type,)
    return any(held.status in states_of(claim, kind) for kind in kinds)


def _same_track(claim: Claim, fact: Fact) -> bool:
    """Whether the claim's type moves states of this kind: control of a base, presence of forces, a mission."""
    if claim.type == "mission_change":
        return fact.attribute == "mission"
    if fact.attribute != "status":
        return False
    for track in (_CONTROL, _FORCES):
        if claim.type in track:
            return any(fact.status in states_of(claim, kind) for kind in track)
    return False


def _beside(known: str) -> tuple[VerdictName, str]:
    return "related", f"The report is about another step than the baseline; {known}."


def _put_off(claim: Claim, fact: Fact, state: str, known: str) -> tuple[VerdictName, str]:
    step = step_of(fact.subject, state)
    begun = f"{step[0].upper()}{step[1:]}"
    if state in _DONE:
        return "contradicts", f"The report says that it is {_PUT_OFF[claim.phase]}, but {known}."
    if claim.phase == "postponed":
        return "confirms", f"{begun} is put off, not called off: the baseline's state stays {cite(fact)}."
    return "contradicts", f"{begun} is called off, the report says, but {known}."


def _step(claim: Claim, fact: Fact, state: str, claimed: str, as_of: date) -> tuple[VerdictName, str]:
    """The same state confirms, a later one updates, a step back must be a dated return."""
    clause = state_clause(fact.subject, claimed, mission=fact.attribute == "mission")
    begun = clause[0].upper() + clause[1:]
    known = f"the baseline says that {held(fact)}"
    if claimed == state:
        return "confirms", f"{begun}, as the baseline has it {cite(fact)}."
    if _ORDER[claimed] > _ORDER[state]:
        return "updates", f"{begun}, reported for {day(as_of)}; {known}."
    if _ORDER[claimed] == _ORDER[state]:
        return "updates", f"{begun} instead, reported for {day(as_of)}; {known}."
    if claim.type in _RETURNS and claim.phase in ("under_way", "completed") and as_of > fact.as_of:
        return "updates", f"Reversed: {clause}, reported for {day(as_of)}; {known}."
    return "contradicts", f"{begun}, the report says, which is a step back: {known}."


def against_date(
    claim: Claim, fact: Fact, nearness: str, as_of: date, state: Fact | None = None
) -> tuple[VerdictName, str] | None:
    """The verdict of a claim on the planned window of a step; None where they do not touch.

    Another window updates it, and so does a completion outside it, by so many days. Of a step that was done only a
    report that names its day says anything. `state` is the status or mission held of the same subject.
    """
    if not _dates_the_step(claim, fact, state) or nearness != "same":
        return None
    window, when = fact.date, claim.date
    if window is None or window.start is None or window.end is None:
        return None
    if was_done(fact) and (claim.phase != "completed" or when is None or when.start is None):
        return None
    planned = f"the {'day' if was_done(fact) else 'planned'} {days(window)} {cite(fact)}"
    if when is None and claim.phase == "completed":
        when = DateRange(str(as_of), as_of, as_of, "day")
    if when is None or when.start is None or when.end is None:
        return (
            ("updates", f"Put off without a new date; it was due {days(window)} {cite(fact)}.")
            if (claim.phase == "postponed" and as_of >= fact.as_of)
            else None
        )
    if claim.phase == "postponed" and as_of >= fact.as_of and when.end > window.end:
        return "updates", f"Put off to {days(when)}; it was due {days(window)} {cite(fact)}."
    if claim.phase == "postponed" and as_of >= fact.as_of and (when.start, when.end) == (window.start, window.end):
        return "updates", f"Put off without a new date; it was due {days(window)} {cite(fact)}."
    if when.start <= window.end and window.start <= when.end:
        inside = window.start <= when.start and when.end <= window.end
        if inside and (when.start, when.end) != (window.start, window.end):
            return "refines", f"{days(when)} lies within {planned}."
        return "confirms", f"{days(when)} agrees with {planned}."
    if as_of < fact.as_of:
        return "stale", f"The report of {day(as_of)} is older than the plan for {days(window)} {cite(fact)}."
    late = when.start > window.end
    gap = (when.start - window.end if late else window.start - when.end).days
    return "updates", f"{days(when)} is {several_days(gap)} {'after' if late else 'before'} {planned}."


def _dates_the_step(claim: Claim, fact: Fact, state: Fact | None) -> bool:
    """Whether the claim is about a step that this kind of subject can have been announced for."""
    if claim.polarity == "denied" or claim.phase in ("cancelled", "unclear"):
        return False
    if "@" in fact.subject:
        return claim.type == "withdrawal" if state is None else ends_step(claim, state)
    return claim.type in _ENDS or (claim.type == "base_establishment" and state is not None and ends_step(claim, state))
