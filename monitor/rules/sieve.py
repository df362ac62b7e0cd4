"""Which rules may hold for a text, told from its words before anything of it is read.

Most entries hold no rule, and are done with here: their words are looked up as they stand, without places, sentences
or forms. The sieve may let through what no rule matches; it never holds back what one does. It remembers words that
matter to no rule, so that a word of the language costs its analysis once.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence, Set
from dataclasses import dataclass
from typing import TYPE_CHECKING

from monitor.language.facilities import SURE, UNSURE
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
_NO_NAMES: frozenset[str] = frozenset()


# ---- what must occur for a rule to hold ------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Any:
    """One of these terms or groups occurs, or one of the parts holds."""

    names: frozenset[str]
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
_NEVER = _Any(frozenset())


def needed(node: Node, lang: str) -> _Need | None:
    """What a tree needs in texts of this language."""
    if isinstance(node, TermNode | GroupNode):
        return _Any(frozenset((name_of(node),)))
    if isinstance(node, MetaNode):
        return _NEVER if node.key == "lang" and node.value.casefold() != lang else None
    if isinstance(node, NotNode):
        return None
    if isinstance(node, OrNode):
        return _any_of([needed(child, lang) for child in node.children])
    if isinstance(node, AndNode | NearNode):
        children = node.children if isinstance(node, AndNode) else (node.left, node.right)
        return _all_of([need for child in children if (need := needed(child, lang)) is not None])
    inner = needed(node.child, lang)
    if inner is None or inner == _NEVER or not (isinstance(node, ScopeNode) and node.scope == "S"):
        return inner
    return _Sentence(inner)


def _any_of(needs: Sequence[_Need | None]) -> _Need | None:
    if any(need is None for need in needs):
        return None
    names: set[str] = set()
    parts: list[_Need] = []
    for need in needs:
        if isinstance(need, _Any):
            names |= need.names
            parts += need.parts
        elif need is not None:
            parts.append(need)
    return _Any(frozenset(names), tuple(parts))


def _all_of(needs: Sequence[_Need]) -> _Need | None:
    if _NEVER in needs:
        return _NEVER
    return _All(tuple(needs)) if len(needs) > 1 else needs[0] if needs else None


def _holds(need: _Need, found: Set[str], sentences: Sequence[Set[str]] | None) -> bool:
    """`sentences` None: the text is not parted yet, or this is a sentence already."""
    if isinstance(need, _Any):
        return not need.names.isdisjoint(found) or any(_holds(part, found, sentences) for part in need.parts)
    if isinstance(need, _All):
        return all(_holds(part, found, sentences) for part in need.parts)
    if sentences is None:
        return _holds(need.part, found, None)
    return any(_holds(need.part, sentence, None) for sentence in sentences)


def _signs(need: _Need) -> frozenset[str]:
    """Names of which one at least must occur: the fewest that can be had of the parts."""
    if isinstance(need, _Sentence):
        return _signs(need.part)
    if isinstance(need, _All):
        return min((_signs(part) for part in need.parts), key=len)
    return need.names.union(*(_signs(part) for part in need.parts))


def _names(need: _Need) -> frozenset[str]:
    """All names that are asked for."""
    if isinstance(need, _Sentence):
        return _names(need.part)
    if isinstance(need, _All):
        return frozenset().union(*(_names(part) for part in need.parts))
    return need.names.union(*(_names(part) for part in need.parts))


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
        found: Set[int] = _NONE
        if bare not in self.empty and self._may_meet(bare):
            for raw, folded, forms, _, _ in pieces(chunk, self._lang):
                found |= self._index.met_by(raw, folded, forms)[1]
        if len(chunk) <= _LONGEST:
            self._remember(chunk, frozenset(found))
            if bare is not chunk and not found:
                self._remember(bare, _NONE)
        return found

    def _may_meet(self, bare: str) -> bool:
        """False where a chunk is surely one word, and one that no term's word is."""
        if not bare.isalpha() or len(bare) > _LONGEST or "\u02bc" in bare:
            return True
        return self._index.may_meet(bare, fold(bare, self._lang), self._lang)

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
        self._rules: list[tuple[CompiledRule, _Need | None]] = []
        self._by_sign: dict[str, list[int]] = {}
        self._always: set[int] = set()
        self._anchors, self._others = _Words(lang), _Words(lang)
        # By the number of an anchor: the names it shows alone, and those it shows beside other words.
        self._alone: dict[int, set[str]] = {}
        self._beside: dict[int, list[tuple[frozenset[int], tuple[str, ...]]]] = {}
        asked: set[str] = set()
        for rule in rules:
            asked |= self._add_rule(rule, needed(rule.when, lang))
        for group, term in groups:
            names = tuple(name for name in _shown_by(group) if name in asked)
            if names:
                self._add_term(term, names)

    def _add_rule(self, rule: CompiledRule, need: _Need | None) -> frozenset[str]:
        """Files a rule; the names it asks for."""
        if need == _NEVER:
            return frozenset()
        number = len(self._rules)
        self._rules.append((rule, need))
        if need is None:
            self._always.add(number)
            return frozenset()
        for name in _signs(need):
            self._by_sign.setdefault(name, []).append(number)
        return _names(need)

    def _add_term(self, term: Term, names: tuple[str, ...]) -> None:
        """Files a term under its longest word, which is the rarest as a rule."""
        anchor = max(term.words, key=lambda word: len(word.text))
        others = frozenset(self._others.number(word) for word in term.words if word is not anchor)
        number = self._anchors.number(anchor)
        if others:
            self._beside.setdefault(number, []).append((others, names))
        else:
            self._alone.setdefault(number, set()).update(names)

    def candidates(self, texts: Sequence[str]) -> list[CompiledRule]:
        """The rules that may hold for an entry with these fields; each that does hold is among them."""
        numbers: set[int] = set()
        for text in texts:
            numbers |= self._anchors.among(set(text.split()))
        names = {name for number in numbers for name in self._may_show(number)}
        likely = self._likely(names, None, self._always.union(*(self._by_sign.get(name, ()) for name in names)))
        if not likely:
            return []
        sentences = [found for text in texts for sentence in _sentences(text) if (found := self._shown_in(sentence))]
        likely = self._likely(set().union(*sentences), sentences, likely)
        return [self._rules[number][0] for number in sorted(likely)]

    def _likely(self, names: Set[str], sentences: Sequence[Set[str]] | None, rules: Iterable[int]) -> list[int]:
        return [
            number for number in rules if (need := self._rules[number][1]) is None or _holds(need, names, sentences)
        ]

    def _may_show(self, number: int) -> Iterator[str]:
        yield from self._alone.get(number, ())
        for _, names in self._beside.get(number, ()):
            yield from names

    def _shown_in(self, sentence: str) -> set[str]:
        """The names whose words all stand in this sentence."""
        chunks = set(sentence.split())
        shown: set[str] = set()
        others: set[int] | None = None
        for number in self._anchors.among(chunks):
            shown |= self._alone.get(number, _NO_NAMES)
            for needed_words, names in self._beside.get(number, ()):
                if others is None:
                    others = self._others.among(chunks)
                if needed_words <= others:
                    shown.update(names)
        return shown


def _sentences(text: str) -> Iterator[str]:
    """The sentences of a text as `words.tokenize` parts it."""
    start = 0
    for end, _ in breaks(text):
        yield text[start:end]
        start = end
    yield text[start:]
