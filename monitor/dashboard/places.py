"""Where things stand: each base with its state, its open stories and what is overdue there. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from monitor.dashboard.text import shown
from monitor.dashboard.words import SETTLED, spoken
from monitor.language.facilities import gazetteer
from monitor.model import SEVERITIES, Board, Severity, Story

STATES: Mapping[str, tuple[str, str]] = {  # mark and tone of the states that a base can be in
    "active": ("●", "strong"),
    "handover_announced": ("◐", "updates"),
    "under_way": ("◑", "updates"),
    "handed_over": ("○", "confirms"),
    "closed": ("×", "stale"),
}
_ANNOUNCED, _GOING, _DONE = ("announced", "expected"), ("way", "leaving", "arriving", "closing"), ("over", "closed")
NOTHING_KNOWN = ("·", "faded")


@dataclass(frozen=True, slots=True)
class Place:
    """A base. `state` in words, "" where nothing is known; `stories` those that nobody has dismissed, newest first."""

    id: str
    name: str
    country: str
    lat: float | None
    lon: float | None
    sure: bool
    state: str
    mark: str
    tone: str
    stories: tuple[Story, ...] = ()
    overdue: int = 0

    @property
    def severity(self) -> Severity | None:
        """The highest of its stories."""
        return max((story.severity for story in self.stories), key=SEVERITIES.index, default=None)


def look_of(state: str) -> tuple[str, str]:
    """Mark and tone of a state, also of one that is called otherwise than in the table."""
    if state in STATES:
        return STATES[state]
    for words, known in ((_ANNOUNCED, "handover_announced"), (_GOING, "under_way"), (_DONE, "handed_over")):
        if any(state.endswith(word) for word in words):
            return STATES[known]
    return STATES["active"] if state else NOTHING_KNOWN


def places(board: Board, at: Mapping[str, Sequence[Story]]) -> tuple[Place, ...]:
    """All bases of the gazetteer: those with open stories first, by severity, then those with facts, then the others.

    `at` gives the stories of a base by its id.
    """
    status: dict[str, str] = {}
    forces: dict[str, list[str]] = {}
    for fact in board.facts:
        if fact.attribute == "status" and fact.status:
            actor, _, area = fact.subject.rpartition("@")
            if actor:
                forces.setdefault(area, []).append(f"{shown(actor)} {spoken(fact.status)}")
            else:
                status[area] = fact.status
    late: dict[str, int] = {}
    for item in board.overdue:
        area = item.fact.subject.rpartition("@")[2]
        late[area] = late.get(area, 0) + (item.state != "unwatched")
    found = []
    for base in gazetteer().values():
        state = status.get(base.id, "")
        said = "; ".join([*([spoken(state)] if state else []), *forces.get(base.id, ())])
        mark, tone = look_of(state) if state or base.id not in forces else STATES["active"]
        stories = tuple(story for story in at.get(base.id, ()) if story.review.state not in SETTLED)
        sure = base.coords != "low"
        found.append(
            Place(
                base.id,
                base.short,
                base.country,
                base.lat,
                base.lon,
                sure,
                said,
                mark,
                tone,
                stories,
                late.get(base.id, 0),
            )
        )
    return tuple(sorted(found, key=_order))


def _order(place: Place) -> tuple[int, bool, str, str]:
    severity = place.severity
    return (-SEVERITIES.index(severity) if severity else 1, not place.state, place.country, place.name)
