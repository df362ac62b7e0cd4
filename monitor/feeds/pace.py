"""How often a feed brings something: the times of its last entries, and what of them its state remembers. Pure."""

from __future__ import annotations

import heapq
import statistics
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise

from monitor.model import FeedState

LAST = 50
"""How many of a feed's latest entries tell its pace."""
_FEWEST_GAPS = 4


@dataclass(frozen=True, slots=True)
class Pace:
    """The moment of the newest entry, and the usual and the longest gap between the last; None where too few are known.

    The usual gap is the median.
    """

    newest: datetime | None = None
    usual: timedelta | None = None
    longest: timedelta | None = None


def pace_of(times: Sequence[datetime]) -> Pace:
    """The pace of entries of these times, in any order."""
    last = heapq.nlargest(LAST, times)
    gaps = [later - earlier for later, earlier in pairwise(last)]
    newest = last[0] if last else None
    if len(gaps) < _FEWEST_GAPS:
        return Pace(newest)
    return Pace(newest, timedelta(seconds=statistics.median(gap.total_seconds() for gap in gaps)), max(gaps))


def remembered(state: FeedState) -> Pace | None:
    """The pace as the feed's state holds it, so that a poll that brings nothing need not look at the entries; None
    where it holds none."""
    if state.newest is None:
        return None
    spans = [timedelta(seconds=span) if span is not None else None for span in (state.usual_gap, state.longest_gap)]
    return Pace(state.newest, *spans)
