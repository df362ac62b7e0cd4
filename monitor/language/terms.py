"""Terms to be found in a text, all at once: every list, cue, name and user's keyword in one pass over its words.

A term is a sequence of words; each is bare (any inflected form), exact (as written), case-sensitive or a wildcard.
Terms are filed under the keys of their first word, so that a text's word leads straight to the few terms that can
begin there: one pass, whatever the number of terms, and time linear in the text.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from monitor.language.inflection import term_keys
from monitor.language.words import Token, fold, tokenize

WordKind = Literal["bare", "exact", "cased", "pattern"]
Hits = dict[str, list[tuple[int, int]]]


@dataclass(frozen=True, slots=True)
class Word:
    """One word of a term. `keys` for bare, `text` folded for exact, as written for cased; `pattern` for wildcards."""

    kind: WordKind
    text: str
    keys: frozenset[str] = frozenset()
    pattern: re.Pattern[str] | None = None

    def meets(self, token: Token) -> bool:
        """Whether this word of a text is meant."""
        if self.kind == "bare":
            return not self.keys.isdisjoint(token.forms)
        if self.kind == "exact":
            # As written, but for an Arabic "and" that is spelled as one word with it.
            return token.folded == self.text or (token.folded[:1] in ("و", "ف") and token.folded[1:] == self.text)
        if self.kind == "cased":
            return _head(token.raw) == self.text
        return self.pattern is not None and self.pattern.fullmatch(token.folded) is not None


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
    for piece in _PIECE.findall(source):
        if piece.startswith('"') and piece.endswith('"') and len(piece) > 1:
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


def _head(raw: str) -> str:
    """A word without what an apostrophe joins to it: US in US's, ABD in ABD'nin."""
    return raw.partition("'")[0].partition("’")[0]


class Vocabulary:
    """All terms for texts in one language, by group ("@handover", "cue:denied", "actor:US", …)."""

    def __init__(self, groups: Iterable[tuple[str, Term]]) -> None:
        self._first: dict[str, list[tuple[Term, str]]] = {}
        self._cased: dict[str, list[tuple[Term, str]]] = {}
        self._patterns: list[tuple[Term, str]] = []
        for group, term in dict.fromkeys(groups):
            word = term.words[0]
            if word.kind == "pattern":
                self._patterns.append((term, group))
            elif word.kind == "cased":
                self._cased.setdefault(word.text, []).append((term, group))
            else:
                for key in word.keys or {word.text}:
                    self._first.setdefault(key, []).append((term, group))
        self._wide = _alternation(self._patterns)

    def find(self, tokens: Sequence[Token]) -> Hits:
        """Where each group's terms stand: group -> [(first token, one past the last)], in order, longest per start."""
        best: dict[tuple[str, int], int] = {}
        for index, token in enumerate(tokens):
            for form in token.forms:
                for term, group in self._first.get(form, ()):
                    self._try(tokens, index, term, group, best)
            for term, group in self._cased.get(_head(token.raw), ()):
                self._try(tokens, index, term, group, best)
            if self._wide is not None and self._wide.fullmatch(token.folded):
                for term, group in self._patterns:
                    self._try(tokens, index, term, group, best)
        hits: Hits = {}
        for (group, start), end in sorted(best.items(), key=lambda item: item[0][1]):
            hits.setdefault(group, []).append((start, end))
        return hits

    @staticmethod
    def _try(tokens: Sequence[Token], index: int, term: Term, group: str, best: dict[tuple[str, int], int]) -> None:
        end = index + len(term.words)
        if end > len(tokens) or best.get((group, index), 0) >= end:
            return
        if tokens[end - 1].sentence != tokens[index].sentence:
            return
        if all(word.meets(tokens[index + offset]) for offset, word in enumerate(term.words)):
            best[group, index] = end


def _alternation(patterns: Sequence[tuple[Term, str]]) -> re.Pattern[str] | None:
    """One expression that tells whether any wildcard can begin at a word."""
    sources = sorted({word.pattern.pattern for term, _ in patterns for word in term.words[:1] if word.pattern})
    return re.compile("|".join(sources)) if sources else None
