"""How the feeds fare, in one phrase and one warning: no view may read as calm while its sources are sick. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from monitor.dashboard.text import shown
from monitor.dashboard.words import plural
from monitor.feeds.health import SICK, is_sick

if TYPE_CHECKING:
    from monitor.model import FeedRow

_UNREACHED = frozenset({"failing", "blocked", "not a feed", "offline", "muted"})


@dataclass(frozen=True, slots=True)
class Fare:
    """Enabled feeds by state. `cause` is the commonest reason among those that do not answer; `first`: none was ever
    polled twice, so that those not polled wait for their first turn."""

    total: int
    ok: int
    sick: tuple[tuple[str, int], ...]
    unpolled: int
    cause: str = ""
    first: bool = False

    @property
    def ill(self) -> int:
        """How many feeds are in any kind of trouble."""
        return sum(number for _, number in self.sick)

    @property
    def offline(self) -> bool:
        """Whether every feed that was polled fails."""
        down = sum(number for name, number in self.sick if name in _UNREACHED)
        return down > 0 and down == self.total - self.unpolled

    def offline_words(self, stories: int) -> str:
        """That nothing answers, and what that makes of what is shown; `stories` is how many there are."""
        held = "what is shown is from earlier polls" if stories else "no report has come in"
        return f"offline: {self.cause or 'no feed answers'}; {held}"

    def phrase(self, *, short: bool = False) -> str:
        """ "24 feeds ok, 2 failing, 1 silent"; short: "24 feeds ok, 3 sick"."""
        if not self.total:
            return "no feeds"
        if self.unpolled == self.total:
            return f"{plural(self.total, 'feed')}, none polled"
        if short:
            return f"{plural(self.ok, 'feed')} ok" + (f", {self.ill} sick" if self.ill else "")
        words = [f"{plural(self.ok, 'feed')} ok", *(f"{number} {name}" for name, number in self.sick)]
        return ", ".join(words + ([f"{self.unpolled} not polled"] if self.unpolled else []))

    def under_way(self) -> str:
        """What a poll that goes on has reached, where it is the first: "first poll: 12 of 70 asked, 2 failing"."""
        if not (self.first and self.unpolled):
            return ""
        asked = f"first poll: {self.total - self.unpolled} of {self.total} asked"
        return ", ".join([asked, *(f"{number} {name}" for name, number in self.sick)])


def fare(rows: tuple[FeedRow, ...]) -> Fare:
    """Count the enabled feeds."""
    enabled = [row for row in rows if row.feed.enabled]
    states = Counter(row.state.health for row in enabled)
    down = [row.state.cause for row in enabled if row.state.health in _UNREACHED and row.state.cause]
    polled = [row.state for row in enabled if row.state.health != "unpolled"]
    return Fare(
        total=len(enabled),
        ok=states["ok"],
        sick=tuple((name, states[name]) for name in SICK if states[name]),
        unpolled=states["unpolled"],
        cause=_commonest(down),
        first=all(state.failures <= 1 and state.first_success == state.last_success for state in polled),
    )


def _commonest(causes: Sequence[str]) -> str:
    """What most of them say: the whole cause where all say the same, else its kind and of how many feeds it is told."""
    if len(set(causes)) <= 1:
        return shown(causes[0]) if causes else ""
    kind, number = Counter(shown(cause).partition(":")[0] for cause in causes).most_common(1)[0]
    return f"{kind} ({number} of {plural(len(causes), 'feed')})"


def troubled(rows: tuple[FeedRow, ...]) -> tuple[FeedRow, ...]:
    """The enabled feeds in trouble, worst first."""
    return tuple(sorted(filter(is_sick, rows), key=lambda row: (SICK.index(row.state.health), row.feed.id)))
