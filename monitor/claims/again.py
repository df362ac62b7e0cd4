"""What a headline leaves open, from the sentence below that tells the same: its day, its number, its tense.

"Last coalition troops leave the base" may be a plan or a report; "left on Sunday", two lines below, says which.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

from monitor.claims.particulars import date_of
from monitor.claims.sentence import Sentence
from monitor.language.dates import find_dates
from monitor.language.lexicon import Lexicon

if TYPE_CHECKING:
    from monitor.claims.extract import Event

# How far down a text still tells what its headline told.
_NEAR = 2
_REPORTS = ("fact", "reported")


def told_again(events: Sequence[Event], words: Lexicon, published: date | None) -> list[Event]:
    """The events, those of the headline filled up from the first sentences of the text."""
    below = [event for event in events if event.claim.field != "title" and event.sentence.position < _NEAR]
    filled = []
    for event in events:
        if event.claim.field == "title" and not event.claim.aside:
            same = next((other for other in below if _same(event, other)), None)
            event = _filled(event, same) if same is not None else _dated(event, words, published)
        filled.append(event)
    return filled


def _same(event: Event, other: Event) -> bool:
    """Whether a sentence tells the headline's event: same type, no other place, and not its denial."""
    one, two = event.claim, other.claim
    if one.type != two.type or two.aside:
        return False
    return all(a is None or b is None or a == b for a, b in ((one.facility, two.facility), (one.place, two.place)))


def _filled(event: Event, other: Event) -> Event:
    one, two = event.claim, other.claim
    same_polarity = one.polarity == two.polarity
    told = event.state.weak and same_polarity and one.modality in _REPORTS
    phase = two.phase if told else one.phase
    modality = two.modality if {one.modality, two.modality} <= set(_REPORTS) and same_polarity else one.modality
    claim = replace(
        one,
        phase=phase,
        modality=modality,
        facility=one.facility or two.facility,
        place=one.place or (two.place if one.facility is None else None),
        country=one.country or two.country,
        actors=one.actors or two.actors,
        count=one.count or two.count,
        date=one.date or two.date,
        action=one.action or two.action,
    )
    return replace(event, claim=claim)


def _dated(event: Event, words: Lexicon, published: date | None) -> Event:
    """A headline whose event no rule finds again: the day of the first sentence, unless that names another place."""
    reading = event.sentence.reading
    start, end = reading.range_of("summary")
    if start == end:
        start, end = reading.range_of("text")
    if event.claim.date is not None or start == end:
        return event
    low, high = reading.sentence_of(start)
    sentence = Sentence(reading, low, high, ((low, high),))
    others = {span.id for span in sentence.mentions(reading.facilities)} - {event.claim.facility}
    if others:
        return event
    planned = event.claim.phase in ("planned", "postponed")
    dates = find_dates(reading, words, published, planned=planned, low=low, high=high)
    when = date_of(sentence, [span for span in dates if span.date.precision in ("day", "week", "range", "month")])
    return event if when is None else replace(event, claim=replace(event.claim, date=when.date))
