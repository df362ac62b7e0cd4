"""One sentence of an entry around one event: what stands in it, and how near."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from monitor.language.reading import Reading, Span

# How far "after" stands from the event that it puts behind another one.
_AFTER = 4
# What a language says behind the event: "ayrılmasının ardından".
_POSTPOSED = frozenset({"tr"})
_CLOSING = frozenset(".!?؟۔…)]»”’\"'%")


@dataclass(frozen=True, slots=True)
class Sentence:
    """Tokens [low, high) of a reading, with the token ranges `parts` of the event's own words."""

    reading: Reading
    low: int
    high: int
    parts: tuple[tuple[int, int], ...]

    @property
    def position(self) -> int:
        """Which sentence of its field this is, from 0: far down, the headline no longer says what it is about."""
        start, _ = self.reading.range_of(self.reading.field_of(self.low))
        return self.reading.tokens[self.low].sentence - self.reading.tokens[start].sentence

    @property
    def span(self) -> tuple[int, int]:
        """The code points of the sentence in its field, with its closing marks."""
        tokens, text = self.reading.tokens, self.reading.text_of(self.reading.field_of(self.low))
        end = tokens[self.high - 1].end
        while end < len(text) and text[end] in _CLOSING:
            end += 1
        return tokens[self.low].start, end

    def mentions(self, spans: Sequence[Span]) -> list[Span]:
        """Those of the spans that stand in this sentence."""
        return [span for span in spans if self.low <= span.start < self.high]

    def distance(self, start: int, end: int) -> int:
        """How many tokens lie between the event's words and tokens [start, end)."""
        return min(max(start - b, a - end, 0) for a, b in self.parts)

    def nearest(self, spans: Sequence[Span]) -> str | None:
        """The id of the mention that is nearest to the event."""
        return min(spans, key=lambda s: (self.distance(s.start, s.end), s.start)).id if spans else None

    def between(self, left: int, right: int) -> str:
        """The text after the token before `left`, up to the token `right`."""
        text = self.reading.text_of(self.reading.field_of(self.low))
        return text[self.reading.tokens[left - 1].end : self.reading.tokens[right].start]

    def aside(self) -> bool:
        """Whether the event is told in passing: "took over the base after the withdrawal"."""
        first, last = self.parts[0][0], self.parts[-1][1]
        for start, end in self.reading.within("cue:after", self.low, self.high):
            if self.reading.lang in _POSTPOSED:
                if 0 <= start - last <= _AFTER and "," not in self.between(last, start):
                    return True
            elif end <= first and first - end < _AFTER and not any(c in self.between(end, first) for c in ",،;:"):
                return True
        return False
