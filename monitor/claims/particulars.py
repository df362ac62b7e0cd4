"""What the words around an event say of it: its day, whether it is news, and what becomes of a mission."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Literal

from monitor.claims.sentence import Sentence
from monitor.language.cues import Status
from monitor.language.dates import DateSpan
from monitor.language.reading import Reading
from monitor.model import EventType, Modality

_NEWS = timedelta(days=7)


def date_of(sentence: Sentence, dates: Sequence[DateSpan]) -> DateSpan | None:
    """The date of the event: not "since", and not the day on which somebody spoke where there is another."""
    said = sentence.reading.within("cue:said", sentence.low, sentence.high)

    def spoken(span: DateSpan) -> bool:
        # "said on Saturday" is when it was said; "on Saturday, an officer told" is not.
        for start, end in said:
            gap = min(abs(span.start - end), abs(start - span.end))
            left, right = (end, span.start) if end <= span.start else (span.end, start)
            apart = left < right and any(mark in sentence.between(left, right) for mark in ",،")
            if gap <= 3 and not apart and gap <= sentence.distance(span.start, span.end):
                return True
        return False

    ranked = sorted(
        (span for span in dates if span.kind != "since"),
        key=lambda span: (spoken(span), sentence.distance(span.start, span.end), span.start),
    )
    return next((span for span in ranked if not spoken(span) or span.date.precision != "day"), None)


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
    """What happens to a mission, by the match's own words: "extends ... until the end of 2026" is no end."""
    if kind != "mission_change":
        return None

    def said(group: str) -> bool:
        return any(reading.within(group, start, end) for start, end in parts)

    if said("@extend"):
        return "started" if said("cue:start") else "extended"
    return "ended" if said("@end") else None
