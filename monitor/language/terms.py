"""Terms to be found in a text, all at once: every list, cue, name and user's keyword in one pass over its words.

A term is a sequence of words; each is bare (any inflected form), exact (as written), case-sensitive or a wildcard.
The terms of a vocabulary make one automaton whose letters are words: a text's word is looked up once, by its forms, and
then leads from each place of the automaton to the next. One pass, whatever the number of terms, and time linear in the
text.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Literal

from monitor.language.inflection import PREFIXED, heads, roots, term_keys
from monitor.language.words import Token, fold, mended, tokenize

WordKind = Literal["bare", "exact", "cased", "pattern"]
Hits = dict[str, list[tuple[int, int]]]


@dataclass(frozen=True, slots=True)
class Word:
    """One word of a term: `keys` if bare, `text` folded if exact and as written if cased, else `pattern`."""

    kind: WordKind
    text: str
    keys: frozenset[str] = frozenset()
    pattern: re.Pattern[str] | None = None


@dataclass(frozen=True, slots=True)
class Term:
    """A sequence of words, as written in `source`."""

    source: str
    words: tuple[Word, ...]


_PIECE = re.compile(r'"[^"]*"|\S+')
_ACRONYM = re.compile(r"(?:[A-Z][A-Z0-9]{1,3}|U\.S\.|U\.K\.|U\.N\.|E\.U\.|U\.A\.E\.)$")


def parse_term(source: str, lang: str, *, letters: int = 2) -> Term:
    """Reads a lexicon's or a user's term for texts in `lang`. Raises ValueError when it holds no word.

    `hand over` bare, `"hand over"` exact, `=US` case-sensitive, `deploy*` and `w?rd` wildcards; an acronym of two to
    four capitals is case-sensitive of itself, so that US is never "us". A wildcard keeps `letters` letters at least.
    """
    words: list[Word] = []
    for piece in _PIECE.findall(mended(source, lang)):
        if piece.startswith('"') and piece.endswith('"') and len(piece) > 1:
            if "*" in piece:
                raise ValueError(f"{piece} has a * inside quotes, where it stands for nothing; leave the quotes out")
            words += [Word("exact", token.folded) for token in tokenize(piece[1:-1], lang)]
        elif piece.startswith("=") and len(piece) > 1:
            words += [Word("cased", token.raw) for token in tokenize(piece[1:], lang)]
        elif "*" in piece or "?" in piece:
            words += _wildcards(piece, lang, letters)
        elif _ACRONYM.match(piece):
            words += [Word("cased", token.raw) for token in tokenize(piece, lang)]
        else:
            words += [Word("bare", token.folded, term_keys(token.folded, lang)) for token in tokenize(piece, lang)]
    if not words:
        raise ValueError(f"no word in {source!r}")
    return Term(source, tuple(words))


def _wildcards(piece: str, lang: str, letters: int) -> list[Word]:
    """A word with * or ?: some letters must stand fixed, or it would match nearly everything."""
    if len(re.sub(r"[*?]", "", piece)) < letters or re.search(r"\*.*\*.*\*", piece):
        raise ValueError(f"{piece!r} is too wide: keep two letters at least, and two stars at most")
    parts = re.split(r"([*?])", piece)
    pattern = "".join({"*": r"\w*", "?": r"\w"}.get(part, re.escape(fold(part, lang))) for part in parts)
    return [Word("pattern", piece, pattern=re.compile(pattern))]


# By how many of its first letters a wildcard is found.
_HEAD = 2
# How many first letters tell whether a word may begin like any that is looked for.
_TELLING = 4
_JOINED = ("و", "ف")
# Words of texts that are remembered; what a flood of strange words costs is time, not memory.
_MOST_STEPS = 65_536


def _head(raw: str) -> str:
    """A word without what an apostrophe joins to it: US in US's, ABD in ABD'nin."""
    return raw.partition("'")[0].partition("’")[0]


@lru_cache(maxsize=4096)
def _wildcard(pattern: str) -> re.Pattern[str]:
    """Compiled when the first word comes that it may match: most wildcards of a lexicon never meet one."""
    return re.compile(pattern)


def _unescaped(pattern: str) -> str:
    """The letters that a piece of a pattern stands for."""
    return re.sub(r"\\(.)", r"\1", pattern)


class _Beginnings:
    """How the words begin that may stand for any of some forms, or match a wildcard that begins with one of `more`."""

    def __init__(self, forms: Iterable[str], more: Iterable[str], lang: str) -> None:
        found = {form: roots(form, lang) for form in forms}
        # What stands for nothing but itself has no beginning in common with others.
        self._whole = {form for form, those in found.items() if not those and not form.startswith("~")}
        self._unsure = any(not those and form.startswith("~") for form, those in found.items())
        self._roots: set[str] = set()
        for root in sorted({root for those in found.values() for root in those}.union(more)):
            # What begins with a beginning that is known adds nothing.
            if not any(root[:length] in self._roots for length in range(1, len(root))):
                self._roots.add(root)
        self._lengths = sorted({len(root) for root in self._roots})
        # Most words are told by a few letters.
        self._short = {root for root in self._roots if len(root) < _TELLING}
        self._telling = {root[:_TELLING] for root in self._roots if len(root) >= _TELLING}

    def fit(self, folded: str, lang: str) -> bool:
        """Whether the folded word begins like one of them."""
        if lang not in PREFIXED:
            return self._unsure or folded in self._whole or self._fits(folded)
        return self._unsure or folded in self._whole or any(map(self._fits, heads(folded, lang)))

    def _fits(self, head: str) -> bool:
        short = self._short
        if head[:_TELLING] not in self._telling and head[:3] not in short and head[:2] not in short:
            return head[:1] in short or "" in short
        roots = self._roots
        for length in self._lengths:  # noqa: SIM110 - a generator would cost more than the question
            if head[:length] in roots:
                return True
        return False


class WordIndex:
    """Words of terms, numbered, and which of them a text's word meets: a look at each form, not at each term."""

    def __init__(self) -> None:
        self._numbers: dict[Word, int] = {}
        self._bare: dict[str, list[int]] = {}
        self._exact: dict[str, list[int]] = {}
        self._cased: dict[str, list[int]] = {}
        # Wildcards with all letters they begin with, by the first of them; and those that begin with a star, with the
        # letters they end with.
        self._headed: dict[str, list[tuple[str, str, int]]] = {}
        self._headless: list[tuple[str, str, int]] = []
        self._tails: tuple[str, ...] = ()
        self._wild: set[str] = set()
        self._roots: _Beginnings | None = None

    def packed(self, lang: str) -> Any:
        """All that looking up texts in `lang` takes, as a plain value."""
        return {name: value for name, value in vars(self).items() if name not in ("_numbers", "_roots")}, vars(
            self._beginnings(lang)
        )

    @classmethod
    def unpacked(cls, plain: Any) -> WordIndex:
        """The index again, to look words up. Raises TypeError or ValueError for what is no such value."""
        tables, beginnings = plain
        made, roots = cls(), _Beginnings((), (), "")
        made.__dict__.update(tables)
        roots.__dict__.update(beginnings)
        made._roots = roots
        return made

    def _beginnings(self, lang: str) -> _Beginnings:
        if self._roots is None:
            self._roots = _Beginnings(self._bare, self._wild, lang)
        return self._roots

    def number(self, word: Word) -> int:
        """The number of a word, which is new with its first mention."""
        known = self._numbers.get(word)
        if known is not None:
            return known
        new = self._numbers[word] = len(self._numbers)
        self._roots = None
        if word.pattern is not None:
            pattern = word.pattern.pattern
            head = _unescaped(pattern.partition(r"\w")[0])
            if len(head) >= _HEAD:
                self._wild.add(head)
                self._headed.setdefault(head[:_HEAD], []).append((head, pattern, new))
            else:
                tail = _unescaped(pattern.rpartition(r"\w")[2].removeprefix("*"))
                self._headless.append((tail, pattern, new))
                self._tails = (*self._tails, tail)
        elif word.kind == "bare":
            for key in word.keys:
                self._bare.setdefault(key, []).append(new)
        else:
            (self._cased if word.kind == "cased" else self._exact).setdefault(word.text, []).append(new)
        return new

    def may_meet(self, raw: str, folded: str, lang: str) -> bool:
        """Whether a word of letters alone may meet any of the words; quick, and never wrong when it says no."""
        return (
            folded in self._exact
            or raw in self._cased
            or (self._roots or self._beginnings(lang)).fit(folded, lang)
            or folded.endswith(self._tails)
            or (folded[:1] in _JOINED and folded[1:] in self._exact)
        )

    def met_by(self, raw: str, folded: str, forms: frozenset[str]) -> tuple[set[int], set[int]]:
        """The numbers of the words that a text's word meets: as the first of a term, and as a later one."""
        first: set[int] = set(self._exact.get(folded, ()))
        for form in forms:
            first.update(self._bare.get(form, ()))
        first.update(self._cased.get(_head(raw), ()))
        for head, pattern, number in self._headed.get(folded[:_HEAD], ()):
            if folded.startswith(head) and _wildcard(pattern).fullmatch(folded):
                first.add(number)
        for tail, pattern, number in self._headless:
            if folded.endswith(tail) and _wildcard(pattern).fullmatch(folded):
                first.add(number)
        joined = self._exact.get(folded[1:]) if folded[:1] in _JOINED else None
        if joined is None:
            return first, first
        # As written, but for an Arabic "and" that is spelled as one word with it.
        return first.union(joined) if folded[1:] in forms else first, first.union(joined)


# A text's word as the automaton sees it: where terms begin with it, and which words of terms it is.
_Step = tuple[tuple[int, ...], tuple[int, ...]]


class Vocabulary:
    """All terms for texts in one language, by group ("@handover", "cue:denied", "actor:US", …).

    An automaton over folded words: terms that begin alike share their way, and one pass over the text finds all.
    """

    def __init__(self, groups: Iterable[tuple[str, Term]]) -> None:
        self._index = WordIndex()
        # Places of the automaton by number, 0 the first: by which words each leads on, and whose terms end there.
        self._ways: list[dict[int, int]] = [{}]
        self._groups: list[dict[str, None]] = [{}]
        self._steps: dict[tuple[str, str, frozenset[str]], _Step] = {}
        for group, term in groups:
            place = 0
            for word in term.words:
                number, ways = self._index.number(word), self._ways[place]
                if number not in ways:
                    ways[number] = len(self._ways)
                    self._ways.append({})
                    self._groups.append({})
                place = ways[number]
            self._groups[place][group] = None

    def packed(self, lang: str) -> Any:
        """All that searching texts in `lang` takes, as a plain value."""
        return self._index.packed(lang), self._ways, self._groups

    @classmethod
    def unpacked(cls, plain: Any) -> Vocabulary:
        """The vocabulary again. Raises TypeError or ValueError for what is no such value."""
        made = cls(())
        index, made._ways, made._groups = plain
        made._index = WordIndex.unpacked(index)
        return made

    def find(self, tokens: Sequence[Token]) -> Hits:
        """Where each group's terms stand: group -> [(first token, one past the last)], in order, longest per start."""
        known = self._steps
        steps = [known.get(token[:3]) or self._step(*token[:3]) for token in tokens]
        hits: Hits = {}
        for index, (places, _) in enumerate(steps):
            if places:
                for group, end in self._ends(tokens, steps, index, places).items():
                    hits.setdefault(group, []).append((index, end))
        return hits

    def _step(self, raw: str, folded: str, forms: frozenset[str]) -> _Step:
        if len(self._steps) >= _MOST_STEPS:
            self._steps.clear()
        first, later = self._index.met_by(raw, folded, forms)
        start = self._ways[0]
        begun = tuple(place for number in sorted(first) if (place := start.get(number)) is not None)
        step = self._steps[raw, folded, forms] = (begun, tuple(sorted(later)))
        return step

    def _ends(
        self, tokens: Sequence[Token], steps: Sequence[_Step], index: int, places: Sequence[int]
    ) -> dict[str, int]:
        """One past the last word of each group's longest term that begins at `index`."""
        found: dict[str, int] = {}
        ways, groups = self._ways, self._groups
        sentence, end = tokens[index].sentence, index
        while places:
            end += 1
            for place in places:
                for group in groups[place]:
                    found[group] = end
            if end == len(tokens) or tokens[end].sentence != sentence:
                break
            numbers = steps[end][1]
            places = [
                after
                for place in places
                if (leading := ways[place])
                for number in numbers
                if (after := leading.get(number)) is not None
            ]
        return found
