"""What the words around an event say of it: its day, whether it is news, and what becomes of a mission."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Literal

from monitor.claims.sentence import Sentence
from monitor.language.cues import Status
from monitor.language.dates import DateSpan
from monitor.language.reading import Reading
from monitor.model import EventType, Modality, Phase

_NEWS = timedelta(days=7)
# How many words a speaker's name and office take between the verb and the day: "قال قائد … في الأنبار، السبت،".
_SPEAKER = 14


def date_of(
    sentence: Sentence, dates: Sequence[DateSpan], phase: Phase = "completed", published: date | None = None
) -> DateSpan | None:
    """The date of the event: not "since", and not the day on which somebody spoke where there is another. What is
    planned or put off happens on no day up to that of its publication; of the days of something put off, the last is
    the new one."""
    planned, put_off = phase in ("planned", "postponed"), phase == "postponed"

    def past(span: DateSpan) -> bool:
        end = span.date.end
        return (
            planned and span.date.precision == "day" and published is not None and end is not None and end <= published
        )

    def rank(span: DateSpan) -> tuple[object, ...]:
        far = -(span.date.end or date.min).toordinal() if put_off else 0
        spoken = span.date.precision == "day" and (_said_then(sentence, span) or _set_off(sentence, span))
        return (spoken, far, sentence.distance(span.start, span.end), span.start)

    own = (
        span
        for span in dates
        if span.kind != "since" and not past(span) and not (span.date.precision == "day" and _said_then(sentence, span))
    )
    found = min(own, key=rank, default=None)
    if found is None and phase in ("completed", "under_way"):
        # "The ministry said on Saturday that forces have left": told without its day, it is dated by the telling.
        return next((span for span in dates if is_said_then(sentence, span, published)), None)
    return found


def is_said_then(sentence: Sentence, span: DateSpan, published: date | None) -> bool:
    """Whether a date is the day, not after that of publication, on which somebody spoke."""
    day = span.date.end
    past = day is None or published is None or day <= published
    return span.kind == "at" and span.date.precision == "day" and past and _said_then(sentence, span)


def _said_then(sentence: Sentence, span: DateSpan) -> bool:
    """Whether a date is the day on which somebody spoke: "said on Saturday" is, "on Saturday, an officer told" not."""
    for start, end in sentence.reading.within("cue:said", sentence.low, sentence.high):
        gap = min(abs(span.start - end), abs(start - span.end))
        left, right = (end, span.start) if end <= span.start else (span.end, start)
        apart = left < right and _comma(sentence.between(left, right))
        if gap <= 3 and not apart and gap <= sentence.distance(span.start, span.end):
            return True
    return False


def _set_off(sentence: Sentence, span: DateSpan) -> bool:
    """Whether a date stands between commas behind a speaker: "a source said, Saturday, that". Where it is the only
    date, what was announced that day is dated by it."""
    low, high = sentence.low, sentence.high
    if not (low < span.start and span.end < high):
        return False
    if not all(_comma(sentence.between(at, at)) for at in (span.start, span.end)):
        return False
    return any(
        end <= span.start <= end + _SPEAKER and not any(end <= a < span.start for a, _ in sentence.parts)
        for _, end in sentence.reading.within("cue:said", low, high)
    )


def _comma(text: str) -> bool:
    return any(mark in text for mark in ",،")


def modality_of(
    sentence: Sentence, state: Status, dates: Sequence[DateSpan], when: DateSpan | None, published: date | None
) -> Modality:
    """What belongs to a year before last is history; far down in a text, with nothing new in it, it is background."""
    if state.modality != "fact":
        return state.modality
    past = when.date.end if when is not None and when.date.precision == "year" else None
    if past is not None and published is not None and past.year < published.year - 1:
        return "historical"
    if sentence.reading.field_of(sentence.low) == "title":
        return state.modality
    if sentence.position < 2 or published is None:
        return state.modality
    fresh = any(span.date.end is not None and span.date.end >= published - _NEWS for span in dates)
    return state.modality if fresh else "background"


def action_of(
    reading: Reading, kind: EventType, parts: Sequence[tuple[int, int]]
) -> Literal["ended", "extended", "started"] | None:
    """What happens to a mission, by the match's own words: "extends ... until the end of 2026" is no end, and forces
    that stay until then have their mission extended."""
    if kind != "mission_change":
        return None

    def said(group: str) -> bool:
        return any(reading.within(group, start, end) for start, end in parts)

    if said("@extend"):
        return "started" if said("cue:start") else "extended"
    if said("@stay"):
        return "extended"
    return "ended" if said("@end") or said("@suspend") else None
