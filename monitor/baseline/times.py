"""Since when a sentence of a seeded article holds: the day it names, or the one it points back to ("at the time")."""

from __future__ import annotations

from datetime import date, timedelta

from monitor.language.dates import find_dates
from monitor.language.lexicon import Lexicon
from monitor.language.reading import Reading
from monitor.model import Claim

# What lies farther back is history, not the time of a report.
_RECENT = timedelta(days=120)
_SHARP = frozenset({"day", "week", "month", "range"})


class Times:
    """The times of one article's sentences. `published` None: no sentence has one."""

    def __init__(self, reading: Reading, words: Lexicon, published: date | None) -> None:
        self._reading, self._words, self._published = reading, words, published

    def of_quote(self, claim: Claim) -> date | None:
        """Since when a claim's sentence holds."""
        for low, high in self._reading.sentences:
            same = high > low and self._reading.field_of(low) == claim.field
            if same and self._reading.tokens[low].start == claim.start:
                return self.of_sentence(low)
        return None

    def of_sentence(self, low: int) -> date | None:
        """The last day of the past time that a sentence names ("in late November"), or that the one before it names
        where it points back; None where it holds as of the article."""
        own = self._named(low)
        if own is not None:
            return own
        number = self._reading.tokens[low].sentence
        start, end = self._reading.sentences[number]
        if number == 0 or not self._reading.within("cue:then", start, end):
            return None
        return self._named(self._reading.sentences[number - 1][0])

    def _named(self, low: int) -> date | None:
        if self._published is None:
            return None
        start, end = self._reading.sentence_of(low)
        dates = find_dates(self._reading, self._words, self._published, planned=False, low=start, high=end)
        past = [
            span.date.end
            for span in dates
            if span.kind == "at" and span.date.precision in _SHARP and span.date.end is not None
        ]
        recent = [when for when in past if self._published - _RECENT <= when < self._published]
        return max(recent, default=None)
