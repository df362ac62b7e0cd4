"""Which rules may hold for a text, told from its words before anything of it is read.

Most entries hold no rule, and are done with here: their words are looked up as they stand, without places, sentences
or forms. The sieve may let through what no rule matches; it never holds back what one does. It remembers words that
matter to no rule, so that a word of the language costs its analysis once.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence, Set
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

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
_NOTHING: frozenset[int] = frozenset()


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
        self._lang = lang
        self._index = index or WordIndex()
        self.held: dict[str, frozenset[int] | None] = {}

    def number(self, word: Word) -> int:
        """The number of a term's word."""
        return self._index.number(word)

    def packed(self) -> Any:
        """The words as a plain value, without what is remembered of texts."""
        return self._index.packed(self._lang)

    def of(self, chunk: str) -> frozenset[int] | None:
        """The numbers of the words of terms that a chunk holds; None for one without any word, like a dash."""
        if chunk in self.held:
            return self.held[chunk]
        found = self.look(chunk)
        if len(chunk) <= _LONGEST:
            if len(self.held) >= _MOST:
                self.held.clear()
            self.held[chunk] = found
        return found

    def look(self, chunk: str) -> frozenset[int] | None:
        """The same, looked up anew."""
        bare = chunk if chunk.isalpha() else chunk.strip(_AROUND)
        if bare.isalpha() and len(bare) <= _LONGEST and "\u02bc" not in bare:
            # Letters alone, which are one word; but a lengthening stroke alone is a letter to Python and no word.
            folded = fold(bare, self._lang)
            if not folded or not self._index.may_meet(bare, folded, self._lang):
                return _NOTHING if folded else None
            return frozenset(self._index.met_by(bare, folded, forms(folded, self._lang))[1])
        found: set[int] = set()
        held = pieces(chunk, self._lang)
        for raw, folded, known, _, _ in held:
            found |= self._index.met_by(raw, folded, known)[1]
        return frozenset(found) if held else None


# What a word shows beside another, by the number of that one: where further words must stand near, these and how many
# words off they may be at most, and the names.
_Beside = dict[int, list[tuple[frozenset[int], int, int]]]


class _Telling(NamedTuple):
    """What a chunk of text tells: the names it shows by itself, and those it shows where the word before or behind it
    is that of a term."""

    alone: int
    before: _Beside
    behind: _Beside


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
        # By the number of an anchor, which is the longest word of a term: what it shows.
        self._alone: dict[int, int] = {}
        self._before: dict[int, _Beside] = {}
        self._behind: dict[int, _Beside] = {}
        # What chunks of texts tell, remembered; None is what most of them tell.
        self._told: dict[str, _Telling | None] = {}
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
            "shown": (self._alone, self._before, self._behind),
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
        made._alone, made._before, made._behind = plain["shown"]
        made._always = plain["always"]
        rows = [_Row(rule, Way(anywhere, together), *rest) for rule, anywhere, together, *rest in plain["rows"]]
        made._by_sign = {sign: [rows[number] for number in found] for sign, found in plain["signs"].items()}
        made._signs = union(made._by_sign)
        return made

    def _add(self, term: Term, shown: int) -> Word:
        """Files a term under its longest word, which is the rarest as a rule, and returns that."""
        words = term.words
        place = max(range(len(words)), key=lambda at: len(words[at].text))
        number = self._anchors.number(words[place])
        if len(words) == 1:
            self._alone[number] = self._alone.get(number, 0) | shown
            return words[place]
        # The longer of its neighbours stands next to it in a text too.
        beside = max((at for at in (place - 1, place + 1) if 0 <= at < len(words)), key=lambda at: len(words[at].text))
        table = (self._before if beside < place else self._behind).setdefault(number, {})
        rows = table.setdefault(self._others.number(words[beside]), [])
        rest = frozenset(self._others.number(word) for at, word in enumerate(words) if at not in (place, beside))
        known = next((at for at, row in enumerate(rows) if row[0] == rest), None)
        if known is None:
            rows.append((rest, len(words) - 1, shown))
        else:
            rows[known] = (rest, max(rows[known][1], len(words) - 1), rows[known][2] | shown)
        return words[place]

    def candidates(self, texts: Sequence[str]) -> list[CompiledRule]:
        """The rules that may hold for an entry with these fields; each that does hold is among them."""
        names = 0
        placed: list[tuple[str, list[str], list[tuple[int, int]]]] = []
        for text in texts:
            chunks = mended(text, self._lang).split()
            here = self._showing(chunks)
            for _, shown in here:
                names |= shown
            placed.append((text, chunks, here))
        rows = self._likely(names) if names & self._signs else ()
        found = self._always
        if rows:
            asked = union(row.names for row in rows)
            sentences = [
                shown for text, chunks, here in placed for shown in self._by_sentence(text, chunks, here, asked)
            ]
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

    def _showing(self, chunks: Sequence[str]) -> list[tuple[int, int]]:
        """Which of the chunks show names, and which names."""
        found: list[tuple[int, int]] = []
        told = self._told
        try:
            row = [told[chunk] for chunk in chunks]
        except KeyError:
            row = [told[chunk] if chunk in told else self._learn(chunk) for chunk in chunks]
        for index, telling in enumerate(row):
            if telling is None:
                continue
            shown, before, behind = telling
            if before:
                shown |= self._beside(chunks, index, -1, before)
            if behind:
                shown |= self._beside(chunks, index, 1, behind)
            if shown:
                found.append((index, shown))
        return found

    def _learn(self, chunk: str) -> _Telling | None:
        """What a chunk tells that was not seen before."""
        bare = chunk if chunk.isalpha() else chunk.strip(_AROUND)
        # Marks around a word that was seen change nothing.
        told = self._told[bare] if bare in self._told and bare.isalpha() else self._looked_up(chunk)
        if len(chunk) <= _LONGEST:
            if len(self._told) >= _MOST:
                self._told.clear()
            self._told[chunk] = told
        return told

    def _looked_up(self, chunk: str) -> _Telling | None:
        numbers = self._anchors.look(chunk)
        if not numbers:
            return None
        before, behind = (
            _joined([table[number] for number in numbers if number in table]) for table in (self._before, self._behind)
        )
        return _Telling(union(self._alone.get(number, 0) for number in numbers), before, behind)

    def _beside(self, chunks: Sequence[str], index: int, step: int, table: _Beside) -> int:
        """The names that a chunk shows beside the words next to it on one side, which may be in the same chunk."""
        shown = 0
        for numbers in (self._next(chunks, index, step), self._others.of(chunks[index])):
            for number in numbers or ():
                for rest, reach, names in table.get(number, ()):
                    if not rest or rest <= self._around(chunks, index, reach):
                        shown |= names
        return shown

    def _next(self, chunks: Sequence[str], index: int, step: int) -> frozenset[int]:
        """The words of terms in the next chunk that has any word."""
        place = index + step
        while 0 <= place < len(chunks):
            numbers = self._others.of(chunks[place])
            if numbers is not None:
                return numbers
            place += step
        return _NOTHING

    def _around(self, chunks: Sequence[str], index: int, reach: int) -> Set[int]:
        """What stands in a chunk and around it, to both sides, as far as so many chunks that hold words."""
        found = set(self._others.of(chunks[index]) or ())
        for way in (range(index - 1, -1, -1), range(index + 1, len(chunks))):
            left = reach
            for place in way:
                numbers = self._others.of(chunks[place])
                if numbers is None:
                    continue
                found |= numbers
                left -= 1
                if left == 0:
                    break
        return found

    def _by_sentence(
        self, text: str, chunks: Sequence[str], here: Sequence[tuple[int, int]], asked: int
    ) -> Iterable[int]:
        """The names that are shown in each sentence that shows any of those asked for."""
        found: dict[int, int] = {}
        here = [(index, shown) for index, shown in here if shown & asked]
        if not here:
            return ()
        ends = [end for end, _ in breaks(text, self._lang)]
        text = mended(text, self._lang)
        begin = end = place = 0
        for index, shown in here:
            for chunk in chunks[place : index + 1]:
                begin = text.index(chunk, end)
                end = begin + len(chunk)
            place = index + 1
            # A closing quotation mark parts two sentences inside a chunk.
            for sentence in range(bisect_right(ends, begin), bisect_right(ends, end - 1) + 1):
                found[sentence] = found.get(sentence, 0) | shown
        return found.values()


def _joined(tables: Sequence[_Beside]) -> _Beside:
    """What several words of one chunk show, in one table."""
    if len(tables) <= 1:
        return tables[0] if tables else {}
    found: _Beside = {}
    for table in tables:
        for number, rows in table.items():
            found.setdefault(number, []).extend(rows)
    return found
