"""Folding, step by step in the order of (publication, id).

Each alert joins the oldest story of equal facility (else area, and actors that can be the same), type, phase and
compatible date whose first report is at most seven days older; otherwise it starts one. A denial joins the story of
what it denies. Near-identical headlines (wire copies) join even without a facility and count as one source with the
family that had it first.

Linear in the number of alerts: a story is looked for under its event, and a headline among the latest that begin or
end with the same three words.
"""

from __future__ import annotations

import hashlib
import re
from bisect import bisect_left, insort
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from rapidfuzz import fuzz

from monitor.language.lexicon import world
from monitor.model import Alert, Claim, Story
from monitor.stories.credits import credited, source_of

WINDOW = timedelta(days=7)
_ALIKE = 92.0
# Headlines shorter than this many letters tell too little to be known again.
_TELLING = 25
# Near copies are looked for among so many headlines at most.
_LATEST = 40
_DENIABLE = ("planned", "under_way", "completed")
# Type, phase and where.
Event = tuple[str | None, ...]
_NOT_WORDS = re.compile(r"[\W_]+")
_DIGITS = re.compile(r"\d+")


@dataclass(frozen=True, slots=True)
class _Row:
    """An alert in a story: its bare headline, the family behind it, and whether it is a copy."""

    alert: Alert
    title: str
    family: str
    copy: bool


@dataclass(slots=True, eq=False)
class _Fold:
    """A story while it grows."""

    rows: list[_Row] = field(default_factory=list)
    titles: dict[str, str] = field(default_factory=dict)

    def add(self, row: _Row) -> None:
        """One more alert; `titles` keeps the family that had a headline first."""
        self.rows.append(row)
        self.titles.setdefault(row.title, row.family)

    @property
    def first(self) -> datetime:
        return self.rows[0].alert.entry.when


@dataclass(slots=True)
class _Files:
    """What a story can be found by, each list in the order of first reports; and the headlines of each block."""

    by_event: dict[Event, list[_Fold]] = field(default_factory=dict)
    by_title: dict[str, list[_Fold]] = field(default_factory=dict)
    recent: dict[str, list[tuple[str, _Fold]]] = field(default_factory=dict)


def claim_key(alert: Alert) -> str:
    """What a review hangs on: the entry and its lead claim's event as it was read, whatever is folded around it, and
    whatever a person corrected in it since."""
    claim = alert.extracted or alert.lead_claim
    parts: tuple[str | None, ...] = ()
    if claim is not None:
        where = claim.facility or claim.place or claim.country
        who = None if claim.facility else ",".join(sorted(claim.actors))
        parts = (claim.type, claim.phase, claim.polarity, where, who)
    written = "\0".join((alert.entry.id, *(str(part) for part in parts)))
    return hashlib.sha256(written.encode()).hexdigest()[:16]


def fold(alerts: Iterable[Alert], labels: Mapping[str, str]) -> tuple[Story, ...]:
    """All stories, in the order of their first reports. `labels`: lower-case names by which outlets are credited, each
    with its family."""
    stories: list[_Fold] = []
    files = _Files()
    for alert in sorted(alerts, key=_moment):
        bare, credit = credited(alert.entry.title, labels)
        title = _NOT_WORDS.sub(" ", bare).strip().casefold()
        event = _event(alert)
        story = _of_event(alert, event, files) if event[2] is not None else None
        copied, original = _copied(alert, title, files, story)
        story = story or copied
        if story is None:
            story = _Fold()
            stories.append(story)
        family = original or credit or source_of(alert, labels)
        story.add(_Row(alert, title, family, original is not None))
        _file(story, event, title, files, alert)
    return tuple(_story(story.rows) for story in stories)


def _moment(alert: Alert) -> tuple[datetime, str]:
    return (alert.entry.when, alert.entry.id)


def _event(alert: Alert) -> Event:
    claim = alert.lead_claim
    if claim is None:
        return (alert.matches[0].rule, None, None)
    return (claim.type, claim.phase, claim.facility or claim.place or claim.country)


def _of_event(alert: Alert, event: Event, files: _Files) -> _Fold | None:
    """The story of an event; a denial belongs to what it denies, whether that was planned or is told as done."""
    claim = alert.lead_claim
    denied = claim is not None and claim.polarity == "denied"
    phases = dict.fromkeys((event[1], *(_DENIABLE if denied else ())))
    found = (_same_event(alert, files.by_event.get((event[0], phase, event[2]), ())) for phase in phases)
    return next((story for story in found if story is not None), None)


def _same_event(alert: Alert, candidates: Sequence[_Fold]) -> _Fold | None:
    """The oldest story of the event whose first report lies in the window."""
    oldest = bisect_left(candidates, alert.entry.when - WINDOW, key=_first)
    claim = alert.lead_claim
    for story in candidates[oldest:]:
        first = story.rows[0].alert.lead_claim
        if first is not None and claim is not None and _compatible(first, claim):
            return story
    return None


def _compatible(a: Claim, b: Claim) -> bool:
    """Dates that overlap or lie within a window, numbers that can be the same, and actors that can be the same."""
    return not _dates_differ(a, b) and not _numbers_differ(a, b) and (a.facility is not None or _may_be_same(a, b))


def _dates_differ(a: Claim, b: Claim) -> bool:
    """Whether two days cannot be of one event. What has happened is dated by outlets in different time zones, and
    wrongly by some: it differs from another such event by more than a window."""
    one, other = a.date, b.date
    if one is None or other is None or one.start is None or other.start is None:
        return False
    slack = WINDOW if {a.phase, b.phase} <= {"completed", "under_way"} else timedelta()
    return (other.end is not None and one.start > other.end + slack) or (
        one.end is not None and other.start > one.end + slack
    )


def _numbers_differ(a: Claim, b: Claim) -> bool:
    """Two statements of how many fold only when their numbers can be the same."""
    if a.type != "force_count" or a.count is None or b.count is None:
        return False
    high_a, high_b = a.count.high, b.count.high
    return (high_a is not None and high_a < b.count.low) or (high_b is not None and high_b < a.count.low)


def _may_be_same(a: Claim, b: Claim) -> bool:
    """Whether two reports of an area can be about the same actors: one names none, or one's are part of the other's."""
    known = world()
    return (
        not a.actors
        or not b.actors
        or any(known.belongs(x, y) or known.belongs(y, x) for x in a.actors for y in b.actors)
    )


def _copied(alert: Alert, title: str, files: _Files, joined: _Fold | None) -> tuple[_Fold | None, str | None]:
    """The story that already has this headline, or hardly another one, and the family that had it first.

    With a story to join, only that one is asked.
    """
    if len(title) < _TELLING:
        # "Breaking" or no headline at all tells nothing: only a full headline makes a copy.
        return None, None
    since = alert.entry.when - WINDOW
    held = files.by_title.get(title, ())
    for story in held[bisect_left(held, since, key=_first) :]:
        if joined is None or story is joined:
            return story, story.titles[title]
    best: tuple[datetime, _Fold, str] | None = None
    for block in _blocks(alert, title):
        for known, story in files.recent.get(block, ())[-_LATEST:]:
            wanted = story.first >= since and (joined is None or story is joined)
            if wanted and (best is None or story.first < best[0]) and _alike(known, title):
                best = (story.first, story, story.titles[known])
    return (best[1], best[2]) if best is not None else (None, None)


def _blocks(alert: Alert, title: str) -> tuple[str, str]:
    """Where near copies are filed: headlines of the language that begin, or end, with the same three words."""
    words = title.split(" ")
    return f"{alert.lang} {' '.join(words[:3])}", f"{alert.lang} … {' '.join(words[-3:])}"


def _alike(known: str, title: str) -> bool:
    # Headlines that differ in a number tell different things, however alike they are.
    if _DIGITS.findall(known) != _DIGITS.findall(title):
        return False
    return known == title or fuzz.ratio(known, title, score_cutoff=_ALIKE) > 0


def _file(story: _Fold, event: Event, title: str, files: _Files, alert: Alert) -> None:
    for held in (files.by_event.setdefault(event, []), files.by_title.setdefault(title, [])):
        if not any(known is story for known in held[bisect_left(held, story.first, key=_first) :]):
            insort(held, story, key=_first)
    if len(title) >= _TELLING:
        for block in _blocks(alert, title):
            files.recent.setdefault(block, []).append((title, story))


def _first(story: _Fold) -> datetime:
    return story.first


def _story(rows: Sequence[_Row]) -> Story:
    keys = tuple(dict.fromkeys(claim_key(row.alert) for row in rows))
    families = tuple(dict.fromkeys(row.family for row in rows))
    copies = sum(row.copy for row in rows)
    return Story(keys[0], tuple(row.alert for row in rows), families, copies, keys[1:])
