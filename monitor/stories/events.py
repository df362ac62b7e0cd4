"""What makes two reports be about one event: the kind of change and its phase, where, whose forces, days, numbers.

A base that is left, closed or handed over is one event told from two sides: "troops leave the base" and "army takes the
base over" are of one story, as long as both are of one phase. Elsewhere than at a named base that holds only where both
reports name the same forces.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from monitor.language.lexicon import world
from monitor.model import Alert, Claim

WINDOW = timedelta(days=7)
# Two sides of one event: forces leave a base, and it passes to others or to nobody.
_LEAVING = frozenset({"base_handover", "withdrawal", "base_closure"})
# "Sends three destroyers" and "warships deployed": what moves is told as forces or as what they move with.
_ARRIVING = frozenset({"deployment", "equipment_move"})
# What a state has so few of that two reports of a week are of the same.
_RARE = frozenset({"carrier", "bomber"})
# What a state does within its own borders, if nothing says else.
_AT_HOME = frozenset({"alert_level", "access_change"})
_DENIABLE = ("planned", "under_way", "completed")
# Kind, phase and where, by which a story is filed and looked for.
Key = tuple[str, str | None, str]


def filed_under(alert: Alert) -> list[Key]:
    """The keys by which later reports find this one's story."""
    claim = alert.lead_claim
    return [] if claim is None else [(_kind(claim), claim.phase, where) for where in _filed(claim)]


def looked_for_under(alert: Alert) -> list[list[Key]]:
    """Where the story of a report may be, phase by phase, its own before others: a denial belongs to what it denies,
    whether that was planned or is told as done."""
    claim = alert.lead_claim
    if claim is None:
        return []
    phases = dict.fromkeys((claim.phase, *(_DENIABLE if claim.polarity == "denied" else ())))
    return [[(_kind(claim), phase, where) for where in _looked_for(claim)] for phase in phases]


def compatible(a: Claim, b: Claim) -> bool:
    """Whether two claims of one kind and phase can be of one event: areas of which one holds the other, days within a
    window, numbers and actors that can be the same."""
    if _dates_differ(a, b) or _numbers_differ(a, b) or _loads_differ(a, b):
        return False
    if a.facility is not None and b.facility is not None:
        return True
    told = a.type == b.type or (bool(a.actors) and bool(b.actors))
    return told and _areas_meet(a.place, b.place) and _may_be_same(a, b)


def _kind(claim: Claim) -> str:
    return "leaving" if claim.type in _LEAVING else "arriving" if claim.type in _ARRIVING else claim.type


def _filed(claim: Claim) -> Iterator[str]:
    if claim.facility is not None:
        yield f"base {claim.facility}"
        return
    areas = _areas(claim)
    yield from (f"at {area}" for area in areas[:1])
    yield from (f"inside {area}" for area in areas[1:])
    if not areas:
        yield from (f"by {actor}" for actor in claim.actors)
    yield from _by_what(claim)


def _looked_for(claim: Claim) -> Iterator[str]:
    if claim.facility is not None:
        yield f"base {claim.facility}"
        return
    areas = _areas(claim)
    yield from (f"at {area}" for area in areas)
    yield from (f"inside {area}" for area in areas[:1])
    if not areas:
        yield from (f"by {actor}" for actor in claim.actors)
    yield from _by_what(claim)


def _by_what(claim: Claim) -> Iterator[str]:
    """A carrier or bombers that move are known by whose they are: not every report says to which sea."""
    if claim.asset in _RARE and _kind(claim) == "arriving":
        yield from (f"{claim.asset} of {actor}" for actor in claim.actors)


def _areas(claim: Claim) -> tuple[str, ...]:
    """The area of a claim and all that contain it, smallest first. A sea lies in no country, but what moves there may
    be told of one; what a state does at home is told without naming where."""
    areas = world().areas(claim.place)
    if claim.country is not None and claim.country not in areas:
        return (*areas, claim.country)
    if not areas and claim.type in _AT_HOME:
        return tuple(name for name in claim.actors if name in world().actors and world().actors[name].kind == "state")[
            :1
        ]
    return areas


def _areas_meet(one: str | None, other: str | None) -> bool:
    """Whether an area is the other, or part of it, or not known."""
    if one is None or other is None:
        return True
    return one in world().areas(other) or other in world().areas(one)


def _dates_differ(a: Claim, b: Claim) -> bool:
    """Whether two days cannot be of one event. Outlets date it in different time zones, and some wrongly; of a plan
    for a base they may name several. It differs from another such event by more than a window."""
    one, other = a.date, b.date
    if one is None or other is None or one.start is None or other.start is None:
        return False
    told = {a.phase, b.phase} <= {"completed", "under_way"} or a.facility is not None
    slack = WINDOW if told else timedelta()
    return (other.end is not None and one.start > other.end + slack) or (
        one.end is not None and other.start > one.end + slack
    )


def _numbers_differ(a: Claim, b: Claim) -> bool:
    """Two statements of how many fold only when their numbers can be the same."""
    if a.type != "force_count" or a.count is None or b.count is None:
        return False
    high_a, high_b = a.count.high, b.count.high
    return (high_a is not None and high_a < b.count.low) or (high_b is not None and high_b < a.count.low)


def _loads_differ(a: Claim, b: Claim) -> bool:
    """Whether troops are told to move in one report, and in the other what no troops are: other kit, another number."""
    if a.type == b.type or {a.type, b.type} != _ARRIVING:
        return False
    if a.asset is not None and b.asset is not None:
        return a.asset != b.asset
    if a.count is None or b.count is None:
        return a.facility is None
    return (a.count.low, a.count.high, a.count.unit) != (b.count.low, b.count.high, b.count.unit)


def _may_be_same(a: Claim, b: Claim) -> bool:
    """Whether two reports of an area can be about the same actors: one names none, or one's are part of the other's."""
    known = world()
    return (
        not a.actors
        or not b.actors
        or any(known.belongs(x, y) or known.belongs(y, x) for x in a.actors for y in b.actors)
    )
