"""Alerts on the same event, folded into stories over feeds and languages; pure and the same for any order of arrival.

Alerts are taken by (published, id). Each joins the oldest story of equal facility (else place and actors), type, phase
and compatible date whose first report is at most seven days older; otherwise it starts one. Near-identical headlines
(wire copies) join even without a facility and count as one source with the family that had it first.
"""

from __future__ import annotations

import hashlib
import re
from bisect import bisect_left, insort
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from rapidfuzz import fuzz

from monitor.model import Alert, Claim, Story

WINDOW = timedelta(days=7)
_ALIKE = 92.0
# Headlines shorter than this many letters tell too little to be known again.
_TELLING = 25
# Agencies whose reports others carry under their own name; a credit to one is the report's real source.
AGENCIES = {
    "reuters": "reuters",
    "afp": "afp",
    "ap": "ap",
    "associated press": "ap",
    "the associated press": "ap",
    "dpa": "dpa",
    "anadolu": "anadolu",
    "aa": "anadolu",
    "xinhua": "xinhua",
    "tass": "tass",
    "ina": "ina",
    "irna": "irna",
    "sana": "sana",
    "رويترز": "reuters",
    "أ ف ب": "afp",
    "فرانس برس": "afp",
    "رویترز": "reuters",
    "ڕۆیتەرز": "reuters",
}
_CREDIT = re.compile(r"\s*(?:[(（\[]([^()\[\]]{2,30})[)\]）]|(?:\s[-–—|]\s)([^-–—|]{2,30}))\s*$")
# Type, phase, polarity, where, and who where no base is named.
Event = tuple[str | None, ...]
_NOT_WORDS = re.compile(r"[\W_]+")


@dataclass(slots=True)
class _Fold:
    """A story while it grows."""

    alerts: list[Alert] = field(default_factory=list)
    titles: list[str] = field(default_factory=list)
    sources: list[str] = field(default_factory=list)
    copies: int = 0

    @property
    def first(self) -> datetime:
        return self.alerts[0].entry.when


def claim_key(alert: Alert) -> str:
    """What a review hangs on: the entry and its lead claim's event, whatever else is folded around it."""
    claim = alert.lead_claim
    written = "\0".join((alert.entry.id, *(str(part) for part in (_event(claim) if claim else ()))))
    return hashlib.sha256(written.encode()).hexdigest()[:16]


def _event(claim: Claim) -> Event:
    where = claim.facility or claim.place or claim.country
    who = None if claim.facility else ",".join(sorted(claim.actors))
    return (claim.type, claim.phase, claim.polarity, where, who)


def credited(title: str, labels: Mapping[str, str]) -> tuple[str, str | None]:
    """A headline without its closing credit, and the family the credit names: "… (Reuters)", "… - AFP".

    `labels` maps lower-case names of known outlets to families; an unknown label is no credit.
    """
    match = _CREDIT.search(title)
    if match is None:
        return title, None
    label = (match[1] or match[2]).strip().casefold()
    family = AGENCIES.get(label) or labels.get(label)
    return (title[: match.start()], family) if family else (title, None)


def fold(alerts: Iterable[Alert], labels: Mapping[str, str]) -> tuple[Story, ...]:
    """All stories, in the order of their first reports."""
    stories: list[_Fold] = []
    by_event: dict[Event, list[_Fold]] = {}
    by_title: dict[str, list[_Fold]] = {}
    recent: dict[str, list[_Fold]] = {}
    for alert in sorted(alerts, key=lambda a: (a.entry.when, a.entry.id)):
        claim = alert.lead_claim
        bare, credit = credited(alert.entry.title, labels)
        title = _NOT_WORDS.sub(" ", bare).strip().casefold()
        event = _event(claim) if claim else (alert.matches[0].rule, None, None, None, None)
        story = _same_event(alert, by_event.get(event, ())) if _placed(event) else None
        story = story or _wire_copy(alert, title, by_title, recent)
        if story is None:
            story = _Fold()
            stories.append(story)
        family = credit or _label_family(alert, labels)
        original = next((story.sources[i] for i, t in enumerate(story.titles) if _alike(t, title)), None)
        if original is not None:
            story.copies += 1
            family = original
        story.alerts.append(alert)
        story.titles.append(title)
        story.sources.append(family)
        _file(story, event, title, by_event, by_title, recent, alert)
    return tuple(_story(story) for story in stories)


def _label_family(alert: Alert, labels: Mapping[str, str]) -> str:
    """The family of an RSS <source>, where the entry has one: an unknown label is its own family."""
    label = (alert.entry.source_label or "").casefold()
    return (AGENCIES.get(label) or labels.get(label) or label) if label else alert.family


def _placed(event: Event) -> bool:
    """Whether an event can be recognised again: it names a place or base."""
    return event[3] is not None


def _same_event(alert: Alert, candidates: Iterable[_Fold]) -> _Fold | None:
    for story in candidates:
        first = story.alerts[0].lead_claim
        claim = alert.lead_claim
        if alert.entry.when - story.first > WINDOW or first is None or claim is None:
            continue
        if _compatible(first, claim) and not _numbers_differ(first, claim):
            return story
    return None


def _compatible(a: Claim, b: Claim) -> bool:
    """Dates that overlap, or of which one is missing."""
    one, other = a.date, b.date
    if one is None or other is None or one.start is None or other.start is None:
        return True
    return one.end is None or other.end is None or (one.start <= other.end and other.start <= one.end)


def _numbers_differ(a: Claim, b: Claim) -> bool:
    """Two statements of how many fold only when their numbers can be the same."""
    if a.type != "force_count" or a.count is None or b.count is None:
        return False
    high_a, high_b = a.count.high, b.count.high
    return (high_a is not None and high_a < b.count.low) or (high_b is not None and high_b < a.count.low)


def _wire_copy(
    alert: Alert, title: str, by_title: Mapping[str, list[_Fold]], recent: Mapping[str, list[_Fold]]
) -> _Fold | None:
    if len(title) < _TELLING:
        # "Breaking" or no headline at all tells nothing: only a full headline makes a copy.
        return None
    for story in by_title.get(title, ()):
        if alert.entry.when - story.first <= WINDOW:
            return story
    for story in reversed(recent.get(_block(alert, title), ())):
        if alert.entry.when - story.first > WINDOW:
            break
        if any(_alike(known, title) for known in story.titles):
            return story
    return None


def _block(alert: Alert, title: str) -> str:
    """Near copies are looked for among headlines of the language that begin with the same word only: stays linear."""
    return f"{alert.lang} {title.split(' ', 1)[0]}"


def _alike(known: str, title: str) -> bool:
    # Headlines that differ in a number tell different things, however alike they are.
    if re.findall(r"\d+", known) != re.findall(r"\d+", title):
        return False
    return len(title) >= _TELLING and (known == title or fuzz.ratio(known, title, score_cutoff=_ALIKE) > 0)


def _file(
    story: _Fold,
    event: Event,
    title: str,
    by_event: dict[Event, list[_Fold]],
    by_title: dict[str, list[_Fold]],
    recent: dict[str, list[_Fold]],
    alert: Alert,
) -> None:
    """Files a story under what it can be found by, each list in the order of first reports."""
    for held in (
        by_event.setdefault(event, []),
        by_title.setdefault(title, []),
        recent.setdefault(_block(alert, title), []),
    ):
        if not any(known is story for known in held[bisect_left(held, story.first, key=_first) :]):
            insort(held, story, key=_first)


def _first(story: _Fold) -> datetime:
    return story.first


def _story(story: _Fold) -> Story:
    keys = tuple(dict.fromkeys(claim_key(alert) for alert in story.alerts))
    families = tuple(dict.fromkeys(story.sources))
    return Story(keys[0], tuple(story.alerts), families, story.copies, keys[1:])
