"""Which rules may hold for a text, told from its words before anything of it is read.

Most entries hold no rule, and are done with here: their words are looked up as they stand, without places, sentences
or forms. The sieve may let through what no rule matches; it never holds back what one does. It remembers words that
matter to no rule, so that a word of the language costs its analysis once.
"""

from __future__ import annotations

import functools
import operator
from collections.abc import Iterable, Iterator, Sequence, Set
from dataclasses import dataclass
from typing import TYPE_CHECKING

from monitor.language.facilities import SURE, UNSURE
from monitor.language.inflection import forms
from monitor.language.lexicon import world
from monitor.language.terms import Term, Word, WordIndex
from monitor.language.words import breaks, fold, pieces
from monitor.rules.syntax import (
    AndNode,
    GroupNode,
    MetaNode,
    NearNode,
    Node,
    NotNode,
    OrNode,
    ScopeNode,
    TermNode,
)

if TYPE_CHECKING:
    from monitor.rules.engine import CompiledRule

# What stands around a word and is never part of it.
_AROUND = "\"'.,;:!?()[]{}«»“”‘’،؛؟…"
# Words that are remembered for one language, and how long they may be.
_MOST, _LONGEST = 100_000, 64
_NONE: frozenset[int] = frozenset()


# ---- what must occur for a rule to hold ------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Any:
    """One of these names occurs (a bit for each), or one of the parts holds."""

    names: int
    parts: tuple[_Need, ...] = ()


@dataclass(frozen=True, slots=True)
class _All:
    """All parts hold."""

    parts: tuple[_Need, ...]


@dataclass(frozen=True, slots=True)
class _Sentence:
    """The part holds in one sentence."""

    part: _Need


# None: nothing is needed. _Any without names and parts: it cannot hold.
_Need = _Any | _All | _Sentence
_NEVER = _Any(0)


class _Names:
    """Names of terms and groups as bits: what a text has of them is one number."""

    def __init__(self) -> None:
        self._bits: dict[str, int] = {}

    def bit(self, name: str) -> int:
        """The bit of a name, which is new with its first mention."""
        return self._bits.setdefault(name, 1 << len(self._bits))

    def of(self, names: Iterable[str]) -> int:
        """The bits of those of the names that were mentioned."""
        return functools.reduce(operator.or_, (self._bits.get(name, 0) for name in names), 0)

    def need(self, node: Node, lang: str) -> _Need | None:
        """What a tree needs in texts of this language."""
        if isinstance(node, TermNode | GroupNode):
            return _Any(self.bit(name_of(node)))
        if isinstance(node, MetaNode):
            return _NEVER if node.key == "lang" and node.value.casefold() != lang else None
        if isinstance(node, NotNode):
            return None
        if isinstance(node, OrNode):
            return _any_of([self.need(child, lang) for child in node.children])
        if isinstance(node, AndNode | NearNode):
            children = node.children if isinstance(node, AndNode) else (node.left, node.right)
            return _all_of([need for child in children if (need := self.need(child, lang)) is not None])
        inner = self.need(node.child, lang)
        if inner is None or inner == _NEVER or not (isinstance(node, ScopeNode) and node.scope == "S"):
            return inner
        return _Sentence(inner)


def _any_of(needs: Sequence[_Need | None]) -> _Need | None:
    names = 0
    parts: list[_Need] = []
    for need in needs:
        if need is None:
            return None
        if isinstance(need, _Any):
            names |= need.names
            parts += need.parts
        else:
            parts.append(need)
    return _Any(names, tuple(parts))


def _all_of(needs: Sequence[_Need]) -> _Need | None:
    if _NEVER in needs:
        return _NEVER
    # What names least is the likeliest to be missing.
    return _All(tuple(sorted(needs, key=_breadth))) if len(needs) > 1 else needs[0] if needs else None


def _holds(need: _Need, found: int, sentences: Sequence[int] | None) -> bool:
    """`sentences` None: the text is not parted yet, or this is a sentence already."""
    if isinstance(need, _Any):
        if need.names & found:
            return True
        return bool(need.parts) and any(_holds(part, found, sentences) for part in need.parts)
    if isinstance(need, _All):
        return all(_holds(part, found, sentences) for part in need.parts)
    if sentences is None:
        return _holds(need.part, found, None)
    return any(_holds(need.part, sentence, None) for sentence in sentences)


def _signs(need: _Need) -> int:
    """Names of which one at least must occur: the fewest that can be had of the parts."""
    if isinstance(need, _Sentence):
        return _signs(need.part)
    if isinstance(need, _All):
        return min((_signs(part) for part in need.parts), key=int.bit_count)
    return functools.reduce(operator.or_, (_signs(part) for part in need.parts), need.names)


def _breadth(need: _Need) -> int:
    return _signs(need).bit_count()


def name_of(node: TermNode | GroupNode) -> str:
    """Under which name a term or group is found in a Reading's hits."""
    return node.group if isinstance(node, GroupNode) else f"term:{node.source}"


def _shown_by(group: str) -> tuple[str, ...]:
    """Under which names a rule may ask for what the vocabulary has as `group`."""
    if group.startswith((SURE, UNSURE)):
        return "facility:*", "facility:" + group.partition(":")[2]
    if group.startswith("name:") and group.removeprefix("name:") in world().places:
        return group, "place:*"
    # A number of people needs the word for people.
    return (group, "count:*") if group == "unit:personnel" else (group,)


# ---- the sieve -------------------------------------------------------------------------------------------------------


class _Words:
    """Which words of terms a chunk of text holds, remembered."""

    def __init__(self, lang: str) -> None:
        self._lang = lang
        self._index = WordIndex()
        self._told: dict[str, frozenset[int]] = {}
        # Apart, since a whole text's words are taken out of it at one stroke.
        self.empty: set[str] = set()

    def number(self, word: Word) -> int:
        """The number of a term's word."""
        return self._index.number(word)

    def among(self, chunks: Set[str]) -> set[int]:
        """The numbers of the words that chunks without blanks hold."""
        found: set[int] = set()
        for chunk in chunks - self.empty:
            found |= self._told.get(chunk) or self._look(chunk)
        return found

    def _look(self, chunk: str) -> Set[int]:
        bare = chunk if chunk.isalpha() else chunk.strip(_AROUND)
        if bare.isalpha() and len(bare) <= _LONGEST and "\u02bc" not in bare:
            found = self._of_word(bare)
        else:
            found = set()
            for raw, folded, known, _, _ in pieces(chunk, self._lang):
                found |= self._index.met_by(raw, folded, known)[1]
        if len(chunk) <= _LONGEST:
            self._remember(chunk, frozenset(found))
        return found

    def _of_word(self, word: str) -> Set[int]:
        """The same for letters alone, which are one word."""
        if word in self.empty:
            return _NONE
        folded = fold(word, self._lang)
        if self._index.may_meet(word, folded, self._lang):
            return self._index.met_by(word, folded, forms(folded, self._lang))[1]
        self._remember(word, _NONE)
        return _NONE

    def _remember(self, chunk: str, found: frozenset[int]) -> None:
        if found:
            self._told[chunk] = found
        else:
            self.empty.add(chunk)
        if len(self.empty) + len(self._told) > _MOST:
            self.empty.clear()
            self._told.clear()


class Sieve:
    """The rules of one language by what they need."""

    def __init__(self, rules: Iterable[CompiledRule], groups: Iterable[tuple[str, Term]], lang: str) -> None:
        names = _Names()
        needs = [(rule, names.need(rule.when, lang)) for rule in rules]
        self._rules = [(rule, need, _signs(need) if need else 0) for rule, need in needs if need != _NEVER]
        self._anchors, self._others = _Words(lang), _Words(lang)
        # By the number of an anchor: the names it shows alone, all that it may, and those it shows beside other words.
        self._alone: dict[int, int] = {}
        self._perhaps: dict[int, int] = {}
        self._beside: dict[int, list[tuple[frozenset[int], int]]] = {}
        for group, term in groups:
            shown = names.of(_shown_by(group))
            if shown:
                self._add(term, shown)

    def _add(self, term: Term, shown: int) -> None:
        """Files a term under its longest word, which is the rarest as a rule."""
        anchor = max(term.words, key=lambda word: len(word.text))
        number = self._anchors.number(anchor)
        self._perhaps[number] = self._perhaps.get(number, 0) | shown
        others = frozenset(self._others.number(word) for word in term.words if word is not anchor)
        if others:
            self._beside.setdefault(number, []).append((others, shown))
        else:
            self._alone[number] = self._alone.get(number, 0) | shown

    def candidates(self, texts: Sequence[str]) -> list[CompiledRule]:
        """The rules that may hold for an entry with these fields; each that does hold is among them."""
        names = 0
        for text in texts:
            for number in self._anchors.among(set(text.split())):
                names |= self._perhaps[number]
        likely = [
            (rule, need)
            for rule, need, signs in self._rules
            if need is None or (signs & names and _holds(need, names, None))
        ]
        if not likely:
            return []
        sentences = [found for text in texts for sentence in _sentences(text) if (found := self._shown_in(sentence))]
        names = functools.reduce(operator.or_, sentences, 0)
        return [rule for rule, need in likely if need is None or _holds(need, names, sentences)]

    def _shown_in(self, sentence: str) -> int:
        """The names whose words all stand in this sentence."""
        chunks = set(sentence.split())
        shown = 0
        others: set[int] | None = None
        for number in self._anchors.among(chunks):
            shown |= self._alone.get(number, 0)
            for needed, names in self._beside.get(number, ()):
                if others is None:
                    others = self._others.among(chunks)
                if needed <= others:
                    shown |= names
        return shown


def _sentences(text: str) -> Iterator[str]:
    """The sentences of a text as `words.tokenize` parts it."""
    start = 0
    for end, _ in breaks(text):
        yield text[start:end]
        start = end
    yield text[start:]
