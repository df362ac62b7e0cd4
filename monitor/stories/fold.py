"""Folding, step by step in the order of (publication, id).

Each alert joins the oldest story of equal facility (else area, and actors that can be the same), kind, phase and
compatible date whose first report is at most seven days older; otherwise it starts one (`events` tells what is one
event). A denial joins the story of what it denies. Near-identical headlines (wire copies) join even without a facility
and count as one source with the family that had it first.

Linear in the number of alerts: a story is looked for under its event, and a headline among the latest that begin or
end with the same three words.
"""

from __future__ import annotations

import hashlib
import re
from bisect import bisect_left, insort
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from rapidfuzz import fuzz

from monitor.model import Alert, Story
from monitor.stories.credits import credited, source_of
from monitor.stories.events import WINDOW as WINDOW, Key, compatible, filed_under, looked_for_under

_ALIKE = 92.0
# Headlines shorter than this many letters tell too little to be known again.
_TELLING = 25
# Near copies are looked for among so many headlines at most.
_LATEST = 40
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

    by_event: dict[Key, list[_Fold]] = field(default_factory=dict)
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
        story = _of_event(alert, files)
        copied, original = _copied(alert, title, files, story)
        story = story or copied
        if story is None:
            story = _Fold()
            stories.append(story)
        family = original or credit or source_of(alert, labels)
        story.add(_Row(alert, title, family, original is not None))
        _file(story, title, files, alert)
    return tuple(_story(story.rows) for story in stories)


def _moment(alert: Alert) -> tuple[datetime, str]:
    return (alert.entry.when, alert.entry.id)


def _of_event(alert: Alert, files: _Files) -> _Fold | None:
    """The oldest story of the alert's event whose first report lies in the window."""
    for keys in looked_for_under(alert):
        held = (_same_event(alert, files.by_event.get(key, ())) for key in keys)
        found = [story for story in held if story is not None]
        if found:
            return min(found, key=_age)
    return None


def _same_event(alert: Alert, candidates: Sequence[_Fold]) -> _Fold | None:
    oldest = bisect_left(candidates, alert.entry.when - WINDOW, key=_first)
    claim = alert.lead_claim
    for story in candidates[oldest:]:
        first = story.rows[0].alert.lead_claim
        if first is not None and claim is not None and compatible(first, claim):
            return story
    return None


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


def _file(story: _Fold, title: str, files: _Files, alert: Alert) -> None:
    by_event = (files.by_event.setdefault(key, []) for key in filed_under(alert))
    for held in (*by_event, files.by_title.setdefault(title, [])):
        if not any(known is story for known in held[bisect_left(held, story.first, key=_first) :]):
            insort(held, story, key=_first)
    if len(title) >= _TELLING:
        for block in _blocks(alert, title):
            files.recent.setdefault(block, []).append((title, story))


def _first(story: _Fold) -> datetime:
    return story.first


def _age(story: _Fold) -> tuple[datetime, str]:
    return _moment(story.rows[0].alert)


def _story(rows: Sequence[_Row]) -> Story:
    keys = tuple(dict.fromkeys(claim_key(row.alert) for row in rows))
    families = tuple(dict.fromkeys(row.family for row in rows))
    copies = sum(row.copy for row in rows)
    return Story(keys[0], tuple(row.alert for row in rows), families, copies, keys[1:])
