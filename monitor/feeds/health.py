"""Which regions cannot be seen: where the sources are sick, quiet is not calm. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from monitor.model import FeedRow, Health

SICK: tuple[Health, ...] = ("failing", "blocked", "not a feed", "offline", "silent", "stale", "muted")  # worst first
_UNREACHED = frozenset({"blocked", "not a feed", "failing", "offline", "muted"})


@dataclass(frozen=True, slots=True)
class RegionHealth:
    """One region's sources, counted by publisher: three feeds of one family are one pair of eyes."""

    region: str
    publishers: int
    seeing: int
    sick: tuple[tuple[Health, int], ...]
    feeds: tuple[str, ...]

    @property
    def blind(self) -> bool:
        """No publisher of the region is heard at all."""
        return self.seeing == 0

    def words(self) -> str:
        """ "iraq: 3 of 4 publishers not heard (2 feeds blocked, 1 silent); quiet here is not calm"."""
        which = ", ".join(f"{number} {health}" for health, number in self.sick)
        lost = (
            "no publisher is heard" if self.blind else f"{self.publishers - self.seeing} of {self.publishers} not heard"
        )
        return f"{self.region}: {lost} (feeds: {which}); quiet here is not calm"


def sick_regions(rows: Iterable[FeedRow]) -> tuple[RegionHealth, ...]:
    """The regions of which at least half the publishers, having been polled, have no feed in order; worst first.

    A publisher is heard while one of its feeds is "ok"; feeds never polled and switched off say nothing.
    """
    regions: dict[str, list[FeedRow]] = {}
    for row in rows:
        if row.feed.enabled and row.state.health != "unpolled":
            regions.setdefault(row.feed.region or "no region", []).append(row)
    found = []
    for region, members in regions.items():
        publishers = {row.feed.publisher for row in members}
        seeing = {row.feed.publisher for row in members if row.state.health == "ok"}
        if len(seeing) * 2 > len(publishers):
            continue
        counts = Counter(row.state.health for row in members)
        sick = tuple((health, counts[health]) for health in SICK if counts[health])
        feeds = tuple(row.feed.id for row in members if row.state.health != "ok")
        found.append(RegionHealth(region, len(publishers), len(seeing), sick, feeds))
    return tuple(sorted(found, key=lambda one: (one.seeing / one.publishers, one.region)))


def is_sick(row: FeedRow) -> bool:
    """Whether a feed is watched and not in order: the one answer of screen, doctor, list and report."""
    return row.feed.enabled and row.state.health in SICK


def told(health: Health, cause: str) -> str:
    """Health and cause in words, none of them twice: "failing: 404 not found", "blocked: 403 forbidden"."""
    return cause if cause.startswith(health) else f"{health}: {cause}" if cause else health


def is_offline(rows: Iterable[FeedRow]) -> bool:
    """Whether it is our own network that is missing: every polled feed says so, and it is no feed's fault."""
    states = {row.state.health for row in rows if row.feed.enabled} - {"unpolled", "muted"}
    return states == {"offline"}


def unreached(rows: Iterable[FeedRow]) -> tuple[FeedRow, ...]:
    """The enabled feeds that do not answer."""
    return tuple(row for row in rows if row.feed.enabled and row.state.health in _UNREACHED)
