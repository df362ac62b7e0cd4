"""When an event is: its day among those that its sentence names, and whether it has happened or is still to come."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

from monitor.claims.moves import told_of_before
from monitor.claims.particulars import date_of
from monitor.claims.sentence import Sentence
from monitor.language.cues import Status
from monitor.language.dates import DateSpan, find_dates
from monitor.language.lexicon import Lexicon
from monitor.model import DateRange

# News names the year of what lies longer ago; what is named without one may be still to come.
_LONG_AGO = timedelta(days=200)
# The present tense is told of no day that is longer past.
_LATELY = timedelta(days=31)
_SOON = timedelta(days=800)
_NEARLY, _A_YEAR = timedelta(days=60), timedelta(days=300)


def day_of(when: DateSpan | None, state: Status) -> DateRange | None:
    """The event's day: of what is put off "until 20 January", that day, and not the days up to it."""
    if when is None:
        return None
    return when.named if state.phase == "postponed" and when.named is not None else when.date


def timed(
    sentence: Sentence, state: Status, words: Lexicon, published: date | None
) -> tuple[DateSpan | None, list[DateSpan], Status]:
    """The event's day, the sentence's days, and the status that they leave: what is to come has not happened.

    A verb that no cue places in time ("the mission ends in December") takes the nearer of the days that may be meant.
    """
    planned = state.phase in ("planned", "postponed")
    words_of = {at for a, b in sentence.parts for at in range(a, b)}
    apart = [(a, b) for a, b in told_of_before(sentence) if words_of.isdisjoint(range(a, b))]

    def read(planned: bool) -> tuple[DateSpan | None, list[DateSpan]]:
        dates = find_dates(sentence.reading, words, published, planned=planned, low=sentence.low, high=sentence.high)
        dates = [span for span in dates if not any(a <= span.start < b for a, b in apart)]
        dates = [span for span in dates if span.date.precision != "year" or not _after_another(sentence, span)]
        phase = state.phase if planned == (state.phase in ("planned", "postponed")) else "planned"
        return date_of(sentence, dates, phase, published), dates

    when, dates = read(planned)
    if published is None or planned or state.ended or state.phase not in ("completed", "under_way"):
        return when, dates, state
    ahead, coming = (when, dates)
    past = published - when.date.end if when is not None and when.date.end is not None else timedelta()
    deadline = state.present and when is not None and when.kind == "by" and past > timedelta()
    if deadline or past > (_LATELY if state.present else _LONG_AGO):
        ahead, coming = read(True)
        if not state.weak and when is not None and not _comes_soon(when, ahead, published):
            ahead, coming = (when, dates)
    extended = sentence.reading.within("@extend", sentence.low, sentence.high)
    # "The mission ends by September": nothing but the deadline says when. One extended until then has been.
    alone = state.present or (state.default and not extended)
    until = alone and ahead is not None and ahead.kind == "by"
    start = None if ahead is None else ahead.date.end if until else ahead.date.start
    if ahead is None or start is None or not published < start < published + _SOON:
        return when, dates, state
    if state.phase == "completed" or state.weak:
        # "The base handed back on 20 February", told on the 7th, is still to come.
        return ahead, coming, replace(state, phase="planned")
    return when, dates, state


def _after_another(sentence: Sentence, span: DateSpan) -> bool:
    """Whether "after" parts a year from the event before it: "returned, years after they left in 2020"."""
    own = [end for _, end in sentence.parts if end <= span.start]
    return bool(own) and bool(sentence.reading.within("cue:after", min(own), span.start))


def _comes_soon(past: DateSpan, coming: DateSpan | None, published: date) -> bool:
    """Whether a day named without its year lies so near ahead that no reader takes it for one of the year before."""
    start, end = coming.date.start if coming is not None else None, past.date.end
    if start is None or end is None or past.date.precision == "month":
        return False
    return published < start < published + _NEARLY and published - end > _A_YEAR
