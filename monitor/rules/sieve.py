"""Which rules may hold for a text, told from its words before anything of it is read.

Most entries hold no rule, and are done with here: their words are looked up as they stand, without places, sentences
or forms. The sieve may let through what no rule matches; it never holds back what one does. It remembers words that
matter to no rule, so that a word of the language costs its analysis once.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence, Set
from dataclasses import dataclass
from itertools import filterfalse, pairwise
from typing import TYPE_CHECKING, Any

from monitor.language.facilities import SURE, UNSURE
from monitor.language.inflection import forms
from monitor.language.lexicon import world
from monitor.language.terms import Term, Word, WordIndex
from monitor.language.words import breaks, fold, mended, pieces
from monitor.rules.needs import Names, Way, bits, met, union

if TYPE_CHECKING:
    from monitor.rules.compiled import CompiledRule

# What stands around a word and is never part of it.
_AROUND = "\"'.,;:!?()[]{}«»“”‘’،؛؟…"
# How many times rarer a word is with each letter more.
_COMMON = 2.0
# Words that are remembered for one language, and how long they may be.
_MOST, _LONGEST = 100_000, 64
_NONE: frozenset[int] = frozenset()
# So many telling chunks are looked for in the text; of more, all sentences are looked through, whatever their number.
_FEW = 12


def _shown_by(group: str) -> tuple[str, ...]:
    """Under which names a rule may ask for what the vocabulary has as `group`."""
    if group.startswith((SURE, UNSURE)):
        return "facility:*", "facility:" + group.partition(":")[2]
    if group.startswith("name:"):
        return group, "place:*" if group.removeprefix("name:") in world().places else "actor:*"
    # A number of people needs the word for people.
    return (group, "count:*") if group == "unit:personnel" else (group,)


class _Words:
    """Which words of terms a chunk of text holds, remembered."""

    def __init__(self, lang: str, index: WordIndex | None = None) -> None:
        self.lang = lang
        self._index = index or WordIndex()
        self.told: dict[str, frozenset[int]] = {}
        # Apart, since most words of a text are among these, and dropped without a look at what they tell.
        self.empty: set[str] = set()

    def number(self, word: Word) -> int:
        """The number of a term's word."""
        return self._index.number(word)

    def packed(self) -> Any:
        """The words as a plain value, without what is remembered of texts."""
        return self._index.packed(self.lang)

    def telling(self, text: str) -> list[tuple[str, Set[int]]]:
        """The chunks between a text's blanks that hold words of terms, and the numbers of these."""
        known = self.told.get
        strange = set(filterfalse(self.empty.__contains__, text.split()))
        return [(chunk, found) for chunk in strange if (found := known(chunk) or self._look(chunk))]

    def of(self, chunk: str) -> Set[int]:
        """The numbers of the words of terms that one chunk holds."""
        return _NONE if chunk in self.empty else self.told.get(chunk) or self._look(chunk)

    def _look(self, chunk: str) -> Set[int]:
        bare = chunk if chunk.isalpha() else chunk.strip(_AROUND)
        if bare.isalpha() and len(bare) <= _LONGEST and "\u02bc" not in bare:
            found = self._of_word(bare)
        else:
            found = set()
            for raw, folded, known, _, _ in pieces(chunk, self.lang):
                found |= self._index.met_by(raw, folded, known)[1]
        if len(chunk) <= _LONGEST:
            self._remember(chunk, frozenset(found))
        return found

    def _of_word(self, word: str) -> Set[int]:
        """The same for letters alone, which are one word."""
        if word in self.empty:
            return _NONE
        folded = fold(word, self.lang)
        # A lengthening stroke alone is a letter to Python and no word.
        if folded and self._index.may_meet(word, folded, self.lang):
            return self._index.met_by(word, folded, forms(folded, self.lang))[1]
        self._remember(word, _NONE)
        return _NONE

    def _remember(self, chunk: str, found: frozenset[int]) -> None:
        if found:
            self.told[chunk] = found
        else:
            self.empty.add(chunk)
        if len(self.empty) + len(self.told) > _MOST:
            self.empty.clear()
            self.told.clear()


@dataclass(frozen=True, slots=True)
class _Row:
    """One way of one rule: all its conditions, and all names they mention."""

    rule: int
    way: Way
    conditions: tuple[int, ...]
    names: int


class Sieve:
    """The rules of one language by what they need."""

    def __init__(self, rules: Sequence[CompiledRule], groups: Iterable[tuple[str, Term]], lang: str) -> None:
        self._rules, self._lang = rules, lang
        self._anchors, self._others = _Words(lang), _Words(lang)
        # By the number of an anchor: the names it shows alone, all that it may, and those it shows beside other words.
        self._alone: dict[int, int] = {}
        self._perhaps: dict[int, int] = {}
        self._beside: dict[int, list[tuple[frozenset[int], int]]] = {}
        # How far off these others can be, in words.
        self._reach: dict[int, int] = {}
        names = Names()
        ways = [names.ways(rule.when, lang) for rule in rules]
        common: dict[int, float] = {}
        for group, term in groups:
            shown = names.of(_shown_by(group))
            if shown:
                anchor = self._add(term, shown)
                for bit in bits(shown):
                    common[bit] = common.get(bit, 0.0) + _COMMON ** -len(anchor.text)
        self._always = frozenset(number for number, found in enumerate(ways) if found is None)
        # Ways by their rarest condition, so that thousands of them cost nothing where none of its names occurs.
        self._by_sign: dict[int, list[_Row]] = {}
        for number, found in enumerate(ways):
            for way in found or ():
                conditions = sorted(way.conditions, key=lambda one: sum(common.get(bit, 0.0) for bit in bits(one)))
                row = _Row(number, way, tuple(conditions), union(conditions))
                for sign in bits(conditions[0]):
                    self._by_sign.setdefault(sign, []).append(row)
        self._signs = union(self._by_sign)

    def packed(self) -> Any:
        """All that sieving takes but the rules, as a plain value."""
        rows = {id(row): row for found in self._by_sign.values() for row in found}
        numbers = {one: number for number, one in enumerate(rows)}
        return {
            "words": (self._anchors.packed(), self._others.packed()),
            "shown": (self._alone, self._perhaps, self._beside, self._reach),
            "always": self._always,
            "rows": [
                (row.rule, row.way.anywhere, row.way.together, row.conditions, row.names) for row in rows.values()
            ],
            "signs": {sign: [numbers[id(row)] for row in found] for sign, found in self._by_sign.items()},
        }

    @classmethod
    def unpacked(cls, plain: Any, rules: Sequence[CompiledRule], lang: str) -> Sieve:
        """The sieve of the same rules again. Raises LookupError, TypeError or ValueError for what is no such value."""
        made = cls((), (), lang)
        made._rules = rules
        made._anchors, made._others = (_Words(lang, WordIndex.unpacked(index)) for index in plain["words"])
        made._alone, made._perhaps, made._beside, made._reach = plain["shown"]
        made._always = plain["always"]
        rows = [_Row(rule, Way(anywhere, together), *rest) for rule, anywhere, together, *rest in plain["rows"]]
        made._by_sign = {sign: [rows[number] for number in found] for sign, found in plain["signs"].items()}
        made._signs = union(made._by_sign)
        return made

    def _add(self, term: Term, shown: int) -> Word:
        """Files a term under its longest word, which is the rarest as a rule, and returns that."""
        anchor = max(term.words, key=lambda word: len(word.text))
        number = self._anchors.number(anchor)
        self._perhaps[number] = self._perhaps.get(number, 0) | shown
        others = frozenset(self._others.number(word) for word in term.words if word is not anchor)
        if others:
            self._beside.setdefault(number, []).append((others, shown))
            self._reach[number] = max(self._reach.get(number, 0), len(term.words) - 1)
        else:
            self._alone[number] = self._alone.get(number, 0) | shown
        return anchor

    def candidates(self, texts: Sequence[str]) -> list[CompiledRule]:
        """The rules that may hold for an entry with these fields; each that does hold is among them."""
        told = [(text, self._anchors.telling(text)) for text in (mended(text, self._lang) for text in texts)]
        perhaps = union(self._perhaps[number] for _, here in told for _, numbers in here for number in numbers)
        asked = union(row.names for row in self._likely(perhaps))
        if asked:
            told = [(text, self._asked(here, asked)) for text, here in told]
            rows = self._likely(union(self._beheld(text, here) for text, here in told))
            asked = union(row.names for row in rows)
        found = self._always
        if asked:
            sentences = [shown for text, here in told for shown in self._by_sentence(text, self._asked(here, asked))]
            found = found.union(row.rule for row in rows if row.way.is_open(sentences))
        return [self._rules[number] for number in sorted(found)]

    def _likely(self, names: int) -> list[_Row]:
        """The ways whose conditions are all met, whatever the sentence."""
        found = []
        for sign in bits(names & self._signs):
            for row in self._by_sign[sign]:
                if met(row.conditions, names):
                    found.append(row)
        return found

    def _beheld(self, text: str, here: Sequence[tuple[str, Set[int]]]) -> int:
        """The names that the anchors of a text show beside their neighbours."""
        shown = 0
        anchors = dict(here)
        chunks = text.split() if here else []
        for index in [index for index, chunk in enumerate(chunks) if chunk in anchors]:
            for number in anchors[chunks[index]]:
                shown |= self._alone.get(number, 0)
                if number in self._beside:
                    around = self._around(chunks, index, self._reach[number])
                    for needed, names in self._beside[number]:
                        if needed <= around:
                            shown |= names
        return shown

    def _around(self, chunks: Sequence[str], index: int, reach: int) -> Set[int]:
        """What stands around a chunk, to both sides, as far as so many chunks that hold words."""
        empty, told = self._others.empty, self._others.told
        found = told.get(chunks[index]) or self._others.of(chunks[index])
        for way in (range(index - 1, -1, -1), range(index + 1, len(chunks))):
            left = reach
            for place in way:
                chunk = chunks[place]
                if chunk not in empty:
                    found = found | (told.get(chunk) or self._others.of(chunk))
                # A dash alone is no word, nor is a lengthening stroke.
                left -= bool(fold(chunk, self._lang) if chunk.isalnum() else pieces(chunk, self._lang))
                if left == 0:
                    break
        return found

    def _asked(self, here: Iterable[tuple[str, Set[int]]], asked: int) -> list[tuple[str, Set[int]]]:
        """Those of the telling chunks that may show what is asked for."""
        return [(chunk, found) for chunk, found in here if any(self._perhaps[number] & asked for number in found)]

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
                for _, numbers in self._anchors.telling(text[start:end]):
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
                    others = {one for _, met in self._others.telling(sentence) for one in met}
                if needed <= others:
                    shown |= names
        return shown


def _places(text: str, chunk: str) -> Iterator[int]:
    """Wherever the chunk stands, inside a longer one too."""
    at = text.find(chunk)
    while at >= 0:
        yield at
        at = text.find(chunk, at + len(chunk))
