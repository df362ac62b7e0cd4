"""How the feeds fare, in one phrase and one warning: no view may read as calm while its sources are sick. Pure."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from monitor.dashboard.text import shown
from monitor.dashboard.words import plural

if TYPE_CHECKING:
    from monitor.model import FeedRow, Health

SICK: tuple[Health, ...] = ("failing", "blocked", "not a feed", "offline", "silent", "stale", "muted")
_UNREACHED = frozenset({"failing", "blocked", "not a feed", "offline", "muted"})


@dataclass(frozen=True, slots=True)
class Fare:
    """Enabled feeds by state. `cause` is the commonest reason among those that do not answer."""

    total: int
    ok: int
    sick: tuple[tuple[str, int], ...]
    unpolled: int
    cause: str = ""

    @property
    def ill(self) -> int:
        """How many feeds are in any kind of trouble."""
        return sum(number for _, number in self.sick)

    @property
    def offline(self) -> bool:
        """Whether every feed that was polled fails."""
        down = sum(number for name, number in self.sick if name in _UNREACHED)
        return down > 0 and down == self.total - self.unpolled

    def phrase(self, *, short: bool = False) -> str:
        """ "24 feeds ok, 2 failing, 1 silent"; short: "24 feeds ok, 3 sick"."""
        if not self.total:
            return "no feeds"
        if short:
            return f"{plural(self.ok, 'feed')} ok" + (f", {self.ill} sick" if self.ill else "")
        words = [f"{plural(self.ok, 'feed')} ok", *(f"{number} {name}" for name, number in self.sick)]
        return ", ".join(words + ([f"{self.unpolled} not polled"] if self.unpolled else []))


def fare(rows: tuple[FeedRow, ...]) -> Fare:
    """Count the enabled feeds."""
    enabled = [row for row in rows if row.feed.enabled]
    states = Counter(row.state.health for row in enabled)
    causes = Counter(shown(row.state.cause) for row in enabled if row.state.health in _UNREACHED and row.state.cause)
    return Fare(
        total=len(enabled),
        ok=states["ok"],
        sick=tuple((name, states[name]) for name in SICK if states[name]),
        unpolled=states["unpolled"],
        cause=causes.most_common(1)[0][0] if causes else "",
    )


def troubled(rows: tuple[FeedRow, ...]) -> tuple[FeedRow, ...]:
    """The enabled feeds in trouble, worst first."""
    ill = [row for row in rows if row.feed.enabled and row.state.health in SICK]
    return tuple(sorted(ill, key=lambda row: (SICK.index(row.state.health), row.feed.id)))
