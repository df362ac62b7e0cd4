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
from monitor.language.cues import hedged
from monitor.language.dates import find_dates
from monitor.language.lexicon import Lexicon

if TYPE_CHECKING:
    from monitor.claims.extract import Event

# How far down a text still tells what its headline told.
_NEAR = 2
_REPORTS = ("fact", "reported")
_LENT = ("phase", "modality", "facility", "place", "actors", "count", "date")


def told_again(events: Sequence[Event], words: Lexicon, published: date | None) -> list[Event]:
    """The events, those of the headline filled up from the first sentences of the text."""
    below = [event for event in events if event.claim.field != "title" and event.sentence.position < _NEAR]
    filled = []
    for event in events:
        if event.claim.field == "title" and not event.claim.aside:
            same = next((other for other in below if _same(event, other)), None)
            if same is not None:
                event = _filled(event, same)
            event = _from_first_sentence(event, words, published, attributed=same is None)
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
    # Who is quoted further down is quoted for what stands there.
    heard = other.sentence.position == 0 and same_polarity and {one.modality, two.modality} <= set(_REPORTS)
    claim = replace(
        one,
        phase=two.phase if told else one.phase,
        modality="reported" if heard and two.modality == "reported" else one.modality,
        facility=one.facility or two.facility,
        place=one.place or (two.place if one.facility is None else None),
        country=one.country or two.country,
        actors=one.actors or two.actors,
        count=one.count or two.count,
        date=one.date or two.date,
        action=one.action or two.action,
    )
    lent = [f"{name}: the text" for name in _LENT if getattr(claim, name) != getattr(one, name)]
    return replace(event, claim=replace(claim, rests_on=(*one.rests_on, *lent)))


def _from_first_sentence(event: Event, words: Lexicon, published: date | None, *, attributed: bool) -> Event:
    """What the first sentence says of a headline's event, unless it names another base: the day, and - where no rule
    finds the event there - the unnamed sources that it rests on (`attributed`)."""
    reading, claim = event.sentence.reading, event.claim
    start, end = reading.range_of("summary")
    if start == end:
        start, end = reading.range_of("text")
    if start == end:
        return event
    low, high = reading.sentence_of(start)
    sentence = Sentence(reading, low, high, ((low, high),))
    if {span.id for span in sentence.mentions(reading.facilities)} - {claim.facility}:
        return event
    if attributed and claim.modality == "fact" and claim.polarity == "asserted" and hedged(reading, low, high):
        claim = replace(claim, modality="reported", rests_on=(*claim.rests_on, "sources: the first sentence"))
    if claim.date is None:
        planned = claim.phase in ("planned", "postponed")
        dates = find_dates(reading, words, published, planned=planned, low=low, high=high)
        whole = [span for span in dates if span.date.precision in ("day", "week", "range", "month")]
        when = date_of(sentence, whole, claim.phase, published)
        if when is not None:
            claim = replace(claim, date=when.date, rests_on=(*claim.rests_on, "date: the first sentence"))
    return replace(event, claim=claim)
