"""One entry as words: its fields tokenised in one row, with everything the vocabulary found in them.

Rules, cues, numbers, dates and claims all work on a Reading, so that a text is folded and searched once.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass

from monitor.language import facilities
from monitor.language.terms import Hits, Vocabulary
from monitor.language.words import Token, tokenize
from monitor.model import FieldName


@dataclass(frozen=True, slots=True)
class Span:
    """A facility's, actor's or place's mention: tokens [start, end)."""

    start: int
    end: int
    id: str


@dataclass(frozen=True, slots=True)
class Reading:
    """Fields, tokens (sentences numbered on over fields) and hits. `sentences[n]` is sentence n as a token range."""

    lang: str
    fields: tuple[tuple[FieldName, str], ...]
    tokens: tuple[Token, ...]
    ranges: tuple[tuple[FieldName, int, int], ...]
    sentences: tuple[tuple[int, int], ...]
    hits: Hits
    facilities: tuple[Span, ...]
    actors: tuple[Span, ...]
    places: tuple[Span, ...]

    def field_of(self, index: int) -> FieldName:
        """Which field token `index` stands in."""
        for name, start, end in self.ranges:
            if start <= index < end:
                return name
        raise IndexError(index)

    def range_of(self, name: FieldName) -> tuple[int, int]:
        """The tokens of a field; (0, 0) where the entry has none."""
        return next(((start, end) for field, start, end in self.ranges if field == name), (0, 0))

    def text_of(self, name: FieldName) -> str:
        """The text that spans of this field count in."""
        return dict(self.fields)[name]

    def within(self, group: str, low: int, high: int) -> list[tuple[int, int]]:
        """The group's hits that lie in tokens [low, high)."""
        spans = self.hits.get(group)
        if not spans:
            return []
        first = bisect_left(spans, (low, 0))
        found = []
        for span in spans[first:]:
            if span[0] >= high:
                break
            if span[1] <= high:
                found.append(span)
        return found

    def sentence_of(self, index: int) -> tuple[int, int]:
        """The token range of the sentence that token `index` stands in."""
        return self.sentences[self.tokens[index].sentence]

    def words(self, start: int, end: int) -> str:
        """The text from the first of these tokens to the last, as it stands in the field."""
        return self.text_of(self.field_of(start))[self.tokens[start].start : self.tokens[end - 1].end]


def read(fields: Sequence[tuple[FieldName, str]], lang: str, vocabulary: Vocabulary) -> Reading:
    """Tokenises the fields and finds every term of the vocabulary in them."""
    tokens: list[Token] = []
    ranges: list[tuple[FieldName, int, int]] = []
    sentence = paragraph = 0
    for name, text in fields:
        start = len(tokens)
        tokens += tokenize(text, lang, sentence, paragraph)
        ranges.append((name, start, len(tokens)))
        if len(tokens) > start:
            sentence, paragraph = tokens[-1].sentence + 1, tokens[-1].paragraph + 1
    row = tuple(tokens)
    hits = vocabulary.find(row)
    places = facilities.resolve(row, hits)
    consumed = [(start, end) for start, end, _ in places]
    named = _names(hits, consumed)
    _drop_consumed(hits, consumed)
    return Reading(
        lang,
        tuple(fields),
        row,
        tuple(ranges),
        _sentences(row),
        hits,
        tuple(Span(*hit) for hit in places),
        tuple(span for kind, span in named if kind == "actor"),
        tuple(span for kind, span in named if kind == "place"),
    )


def _sentences(tokens: Sequence[Token]) -> tuple[tuple[int, int], ...]:
    found: list[tuple[int, int]] = []
    for index, token in enumerate(tokens):
        while len(found) <= token.sentence:
            found.append((index, index))
        found[token.sentence] = (found[token.sentence][0], index + 1)
    return tuple(found)


def _names(hits: Hits, consumed: Sequence[tuple[int, int]]) -> list[tuple[str, Span]]:
    """Actors and places in order; the longer name wins, and none stands inside a facility's name."""
    from monitor.language.lexicon import world

    found = [
        (start, end, group.removeprefix("name:"))
        for group, spans in hits.items()
        if group.startswith("name:")
        for start, end in spans
    ]
    taken: list[tuple[int, int, str]] = []
    occupied: set[int] = {index for start, end in consumed for index in range(start, end)}
    for start, end, name in sorted(found, key=lambda hit: (hit[0] - hit[1], hit[0], hit[2])):
        inside = set(range(start, end))
        if inside & occupied:
            continue
        occupied |= inside
        taken.append((start, end, name))
    known = world()
    return [
        ("place" if name in known.places else "actor", Span(start, end, name)) for start, end, name in sorted(taken)
    ]


def _drop_consumed(hits: Hits, consumed: Sequence[tuple[int, int]]) -> None:
    """Takes away what stands strictly inside a facility's name, but for the nouns every such name may carry.

    A rule's own word stays where the name has only such nouns beside it: "Bashiqa" in "Bashiqa base" is meant, "Assad"
    in "Ain al-Assad" is not.
    """
    owner = {index: span for span in consumed for index in range(*span)}
    nouns = {index for start, end in hits.get("@base", ()) for index in range(start, end)}

    def is_name(start: int, end: int) -> bool:
        first, last = owner[start]
        return end <= last and all(at in nouns for at in (*range(first, start), *range(end, last)))

    for group in list(hits):
        if group.startswith(("facility", "@base", "cue:", "tense:")):
            continue
        spans = [
            (start, end)
            for start, end in hits[group]
            if start not in owner
            or end > owner[start][1]
            or owner[start] == (start, end)
            or (group.startswith("term:") and is_name(start, end))
        ]
        if spans:
            hits[group] = spans
        else:
            del hits[group]
