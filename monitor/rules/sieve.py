"""Which rules may hold for a text, told from its words before anything of it is read.

Most entries hold no rule, and are done with here: their words are looked up as they stand, without places, sentences
or forms. The sieve may let through what no rule matches; it never holds back what one does. It remembers words that
matter to no rule, so that a word of the language costs its analysis once.
"""

from __future__ import annotations

import functools
import operator
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence, Set
from itertools import pairwise
from typing import TYPE_CHECKING

from monitor.language.facilities import SURE, UNSURE
from monitor.language.inflection import forms
from monitor.language.lexicon import world
from monitor.language.terms import Term, Word, WordIndex
from monitor.language.words import breaks, fold, pieces
from monitor.rules.needs import NEVER, Names, Need, bits, clauses, holds

if TYPE_CHECKING:
    from monitor.rules.engine import CompiledRule

# What stands around a word and is never part of it.
_AROUND = "\"'.,;:!?()[]{}«»“”‘’،؛؟…"
# Words that are remembered for one language, and how long they may be.
_MOST, _LONGEST = 100_000, 64
_NONE: frozenset[int] = frozenset()
# So many telling chunks are looked for in the text; of more, all sentences are looked through, whatever their number.
_FEW = 12


def _shown_by(group: str) -> tuple[str, ...]:
    """Under which names a rule may ask for what the vocabulary has as `group`."""
    if group.startswith((SURE, UNSURE)):
        return "facility:*", "facility:" + group.partition(":")[2]
    if group.startswith("name:") and group.removeprefix("name:") in world().places:
        return group, "place:*"
    # A number of people needs the word for people.
    return (group, "count:*") if group == "unit:personnel" else (group,)


class _Words:
    """Which words of terms a chunk of text holds, remembered."""

    def __init__(self, lang: str) -> None:
        self._lang = lang
        self._index = WordIndex()
        self._told: dict[str, frozenset[int]] = {}
        # Apart, since a whole text's words are rid of these at one stroke.
        self._empty: set[str] = set()

    def number(self, word: Word) -> int:
        """The number of a term's word."""
        return self._index.number(word)

    def telling(self, chunks: Set[str]) -> list[tuple[str, Set[int]]]:
        """Those of the chunks without blanks that hold words of terms, and the numbers of these."""
        known = self._told.get
        return [(chunk, found) for chunk in chunks - self._empty if (found := known(chunk) or self._look(chunk))]

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
        if word in self._empty:
            return _NONE
        folded = fold(word, self._lang)
        # A lengthening stroke alone is a letter to Python and no word.
        if folded and self._index.may_meet(word, folded, self._lang):
            return self._index.met_by(word, folded, forms(folded, self._lang))[1]
        self._remember(word, _NONE)
        return _NONE

    def _remember(self, chunk: str, found: frozenset[int]) -> None:
        if found:
            self._told[chunk] = found
        else:
            self._empty.add(chunk)
        if len(self._empty) + len(self._told) > _MOST:
            self._empty.clear()
            self._told.clear()


class Sieve:
    """The rules of one language by what they need."""

    def __init__(self, rules: Iterable[CompiledRule], groups: Iterable[tuple[str, Term]], lang: str) -> None:
        self._lang = lang
        names = Names()
        needs = [(rule, names.need(rule.when, lang)) for rule in rules]
        self._rules = [(rule, need, clauses(need) if need else ()) for rule, need in needs if need != NEVER]
        # Rules by their narrowest clause, so that thousands of them cost nothing where none of its names occurs.
        self._always: list[int] = []
        self._by_sign: dict[int, list[int]] = {}
        for number, (_, _, conditions) in enumerate(self._rules):
            if not conditions:
                self._always.append(number)
            for sign in bits(conditions[0]) if conditions else ():
                self._by_sign.setdefault(sign, []).append(number)
        self._signs = functools.reduce(operator.or_, self._by_sign, 0)
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
        told = [(text, self._anchors.telling(set(text.split()))) for text in texts]
        names = 0
        for _, here in told:
            for _, numbers in here:
                for number in numbers:
                    names |= self._perhaps[number]
        likely = self._likely(names)
        if not likely:
            return []
        sentences = [shown for text, here in told for shown in self._by_sentence(text, here)]
        names = functools.reduce(operator.or_, sentences, 0)
        return [rule for rule, need in likely if need is None or holds(need, names, sentences)]

    def _likely(self, names: int) -> list[tuple[CompiledRule, Need | None]]:
        """The rules whose clauses are all met, whatever the sentence."""
        signed = {number for sign in bits(names & self._signs) for number in self._by_sign[sign]}
        found = []
        for number in sorted(signed.union(self._always)):
            rule, need, conditions = self._rules[number]
            for condition in conditions:
                if not condition & names:
                    break
            else:
                found.append((rule, need))
        return found

    def _by_sentence(self, text: str, here: Sequence[tuple[str, Set[int]]]) -> Iterator[int]:
        """The names whose words all stand in one sentence, for each sentence in which an anchor stands."""
        if not here:
            return
        ends = [end for end, _ in breaks(text, self._lang)]
        edges = [0, *ends, len(text)]
        anchors: dict[int, set[int]] = {}
        if len(here) <= _FEW:
            for chunk, numbers in here:
                for at in _places(text, chunk):
                    # A closing quotation mark parts two sentences inside a chunk.
                    for sentence in range(bisect_right(ends, at), bisect_right(ends, at + len(chunk) - 1) + 1):
                        anchors.setdefault(sentence, set()).update(numbers)
        else:
            for sentence, (start, end) in enumerate(pairwise(edges)):
                for _, numbers in self._anchors.telling(set(text[start:end].split())):
                    anchors.setdefault(sentence, set()).update(numbers)
        for sentence, found in anchors.items():
            yield self._shown(found, text[edges[sentence] : edges[sentence + 1]])

    def _shown(self, anchors: Set[int], sentence: str) -> int:
        """The names that these anchors show among the words of their sentence."""
        shown = 0
        others: set[int] | None = None
        for number in anchors:
            shown |= self._alone.get(number, 0)
            for needed, names in self._beside.get(number, ()):
                if others is None:
                    others = {one for _, met in self._others.telling(set(sentence.split())) for one in met}
                if needed <= others:
                    shown |= names
        return shown


def _places(text: str, chunk: str) -> Iterator[int]:
    """Wherever the chunk stands, inside a longer one too."""
    at = text.find(chunk)
    while at >= 0:
        yield at
        at = text.find(chunk, at + len(chunk))
