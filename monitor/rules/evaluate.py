"""Holds one rule's tree against one entry: is it true, and in which words.

Linear in the finds: proximity looks at neighbours in sorted order, never at all pairs; a sentence is looked at only
where one of the rule's terms stands in it.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from monitor.language.lexicon import Lexicon
from monitor.language.numbers import find_counts
from monitor.language.reading import Reading
from monitor.rules.choices import Choices
from monitor.rules.tree import (
    AndNode,
    ExceptNode,
    FieldNode,
    FrameNode,
    GroupNode,
    LimitNode,
    MetaNode,
    NearNode,
    Node,
    NotNode,
    OrNode,
    ScopeNode,
    TermNode,
)

# The parts of one place: token ranges, sorted.
Hit = tuple[tuple[int, int], ...]
# Alternatives that are worth filing.
_MANY = 6


@dataclass(frozen=True, slots=True)
class Origin:
    """What is known of an entry beside its text, for source:, lang: and country:."""

    source: tuple[str, ...] = ()
    country: str | None = None


class Evaluation:
    """One entry under evaluation: trees in, truth and places out."""

    def __init__(
        self, reading: Reading, origin: Origin, words: Lexicon, choices: dict[int, Choices] | None = None
    ) -> None:
        """`choices` keeps what is filed of the rules' trees, for all entries of a language."""
        self.reading, self.origin, self._lexicon = reading, origin, words
        self._choices = choices if choices is not None else {}
        self._names = _names(reading)
        self._spans: dict[str, list[tuple[int, int]]] = {}
        # By the identity of a tree's node, which its rule keeps alive.
        self._possible: dict[int, bool] = {}
        self._excused: dict[tuple[int, int, int], bool] = {}

    def spans(self, node: TermNode | GroupNode) -> list[tuple[int, int]]:
        """Where a term or group stands, in order."""
        key = node.group if isinstance(node, GroupNode) else f"term:{node.source}"
        found = self._spans.get(key)
        if found is None:
            found = self._spans[key] = self._find(key)
        return found

    def _find(self, key: str) -> list[tuple[int, int]]:
        kind, _, name = key.partition(":")
        if kind == "facility":
            return [(s.start, s.end) for s in self.reading.facilities if name in ("*", s.id)]
        if kind == "place" and name == "*":
            return [(s.start, s.end) for s in self.reading.places]
        if kind == "actor":
            return [(s.start, s.end) for s in self.reading.actors]
        if kind == "count":
            counted = find_counts(self.reading, self._lexicon)
            return [(c.start, c.end) for c in counted if c.count.unit == "personnel"]
        if kind == "name":
            return [(s.start, s.end) for s in (*self.reading.actors, *self.reading.places) if s.id == name]
        return self.reading.hits.get(key, [])

    def possible(self, node: Node) -> bool:
        """Whether the tree can hold at all, by which of its terms occur; cheap, never wrong when it says no."""
        known = self._possible.get(id(node))
        if known is None:
            known = self._possible[id(node)] = self._may_hold(node)
        return known

    def _may_hold(self, node: Node) -> bool:
        if isinstance(node, TermNode | GroupNode):
            return bool(self.spans(node))
        if isinstance(node, MetaNode):
            return self._meta(node)
        if isinstance(node, AndNode):
            return all(self.possible(child) for child in node.children)
        if isinstance(node, OrNode):
            return any(self.possible(child) for child in self._among(node))
        if isinstance(node, NearNode):
            return self.possible(node.left) and self.possible(node.right)
        if isinstance(node, FrameNode):
            return False
        return True if isinstance(node, NotNode) else self.possible(node.child)

    def _among(self, node: OrNode) -> Sequence[Node]:
        """The alternatives that may hold, by the names that occur."""
        if len(node.children) < _MANY:
            return node.children
        known = self._choices.get(id(node))
        if known is None:
            known = self._choices[id(node)] = Choices.of(node)
        return known.among(self._names)

    def _meta(self, node: MetaNode) -> bool:
        wanted = node.value.casefold()
        if node.key == "source":
            return any(wanted in source.casefold() for source in self.origin.source)
        return wanted == (self.reading.lang if node.key == "lang" else (self.origin.country or "").casefold())

    def evaluate(self, node: Node, low: int, high: int) -> tuple[bool, list[Hit]]:
        """Whether the tree holds within tokens [low, high), and in which places."""
        if isinstance(node, TermNode | GroupNode):
            hits: list[Hit] = [(span,) for span in self._between(self.spans(node), low, high)]
            return bool(hits), hits
        if isinstance(node, MetaNode):
            return self._meta(node), []
        if isinstance(node, NotNode):
            return not self.evaluate(node.child, low, high)[0], []
        if isinstance(node, AndNode):
            return self._all(node, low, high)
        if isinstance(node, OrNode):
            results = [self.evaluate(child, low, high) for child in self._among(node) if self.possible(child)]
            return any(r[0] for r in results), [hit for r in results for hit in r[1]]
        if isinstance(node, NearNode):
            hits = self._near(node, low, high) if self.possible(node) else []
            return bool(hits), hits
        if isinstance(node, ExceptNode):
            return self._less(node, low, high)
        if isinstance(node, FrameNode):
            # Filled in for the text's language; what is left has no patterns in it.
            return False, []
        if isinstance(node, FieldNode):
            start, end = self.reading.range_of(node.field)
            return self.evaluate(node.child, max(low, start), min(high, end))
        return self._limited(node, low, high) if isinstance(node, LimitNode) else self._scoped(node, low, high)

    def _all(self, node: AndNode, low: int, high: int) -> tuple[bool, list[Hit]]:
        results = []
        for child in node.children:
            result = self.evaluate(child, low, high)
            if not result[0]:
                return False, []
            results.append(result)
        # Beside a sentence or a proximity, a bare term is a condition: it marks no place of its own.
        joined = [result for child, result in zip(node.children, results, strict=True) if _joins(child)] or results
        return True, [hit for result in joined for hit in result[1]]

    def _less(self, node: ExceptNode, low: int, high: int) -> tuple[bool, list[Hit]]:
        """The child's places but those in sentences that are excepted."""
        hits = self.evaluate(node.child, low, high)[1] if self.possible(node.child) else []
        kept = [hit for hit in hits if not self.excused(node.unless, hit)]
        return bool(kept), kept

    @staticmethod
    def _between(spans: list[tuple[int, int]], low: int, high: int) -> Iterator[tuple[int, int]]:
        for index in range(bisect_left(spans, (low, 0)), len(spans)):
            if spans[index][0] >= high:
                return
            if spans[index][1] <= high:
                yield spans[index]

    def _near(self, node: NearNode, low: int, high: int) -> list[Hit]:
        """Each left place with its nearest right places in reach, to either side."""
        left = self.evaluate(node.left, low, high)[1]
        right = sorted(self.evaluate(node.right, low, high)[1])
        starts = [hit[0][0] for hit in right]
        found: list[Hit] = []
        for hit in left:
            first, last = hit[0][0], max(end for _, end in hit)
            field = self.reading.field_of(first)
            before, after = bisect_left(starts, first), bisect_left(starts, last)
            # A phrase on the left may hold a word of the right ("pull troops", troops): they stand as near as can be.
            # Not the other way round: "navy ship" is one thing, not a ship that moves.
            candidates = right[before : after + 1] if node.ordered else right[max(0, before - 1) : after + 1]
            for other in candidates:
                begin, stop = other[0][0], max(end for _, end in other)
                gap = max(begin - last, first - stop, 0)
                if (
                    begin < last
                    and first < stop
                    and not (first <= begin and stop <= last and last - first > stop - begin)
                ):
                    continue
                if gap <= node.distance and self.reading.field_of(begin) == field:
                    found.append(tuple(sorted({*hit, *other})))
        return found

    def _limited(self, node: LimitNode, low: int, high: int) -> tuple[bool, list[Hit]]:
        if node.kind == "ATLEAST":
            holds, hits = self.evaluate(node.child, low, high)
            enough = holds and len(hits) >= node.number
            return enough, hits if enough else []
        results = [
            self.evaluate(node.child, max(low, start), min(high, end, start + node.number))
            for _, start, end in self.reading.ranges
        ]
        return any(r[0] for r in results), [hit for r in results for hit in r[1]]

    def _scoped(self, node: ScopeNode, low: int, high: int) -> tuple[bool, list[Hit]]:
        """The places in each sentence (or paragraph) in which the child holds; what AND joins there is one place."""
        found: list[Hit] = []
        if not self.possible(node.child):
            return False, found
        for start, end in self.stretches(node, low, high):
            holds, hits = self.evaluate(node.child, start, end)
            if holds and hits and isinstance(node.child, AndNode):
                found.append(tuple(sorted({part for hit in hits for part in hit})))
            elif holds:
                found += hits
        return bool(found), found

    def stretches(self, node: ScopeNode, low: int, high: int) -> Iterator[tuple[int, int]]:
        """The sentences or paragraphs that hold any term of the child, once each."""
        places = (span[0] for leaf in node.terms for span in self.spans(leaf) if low <= span[0] < high)
        if node.scope == "S":
            tokens, sentences = self.reading.tokens, self.reading.sentences
            starts = [sentences[number] for number in sorted({tokens[place].sentence for place in places})]
        else:
            starts = sorted({self._paragraph(place) for place in places})
        for start, end in starts:
            yield max(low, start), min(high, end)

    def _paragraph(self, index: int) -> tuple[int, int]:
        tokens = self.reading.tokens
        paragraph = tokens[index].paragraph
        start, end = index, index
        while start > 0 and tokens[start - 1].paragraph == paragraph:
            start -= 1
        while end < len(tokens) and tokens[end].paragraph == paragraph:
            end += 1
        return start, end

    def by_field(self, hit: Hit) -> Iterator[Hit]:
        """A place cut at field boundaries, so that each part has one field."""
        for _, start, end in self.reading.ranges:
            inside = tuple(part for part in hit if start <= part[0] < end)
            if inside:
                yield inside

    def excused(self, unless: Node, hit: Hit) -> bool:
        """Whether the sentences of this place satisfy the rule's `unless`."""
        low = self.reading.sentence_of(hit[0][0])[0]
        high = self.reading.sentence_of(max(end for _, end in hit) - 1)[1]
        key = (id(unless), low, high)
        known = self._excused.get(key)
        if known is None:
            # Once a sentence, however many places it has.
            known = self._excused[key] = self.evaluate(unless, low, high)[0]
        return known


def _names(reading: Reading) -> set[str]:
    """Under which names, as `choices` asks for them, something stands in a text."""
    found = set(reading.hits)
    if reading.facilities:
        found |= {"facility:*", *(f"facility:{span.id}" for span in reading.facilities)}
    if reading.places:
        found.add("place:*")
    if reading.actors:
        found.add("actor:*")
    return found


def _joins(node: Node) -> bool:
    """Whether a tree ties words to each other: by sentence, paragraph or proximity."""
    if isinstance(node, OrNode | AndNode):
        return any(_joins(child) for child in node.children)
    if isinstance(node, ExceptNode):
        return _joins(node.child)
    return isinstance(node, ScopeNode | NearNode) or (isinstance(node, FieldNode | LimitNode) and _joins(node.child))
