"""Numerals: what a text's digits and number words are worth, before anything is counted with them.

"2,500", "2 bin 500", "two thousand five hundred", "خمسة وعشرين" and "1 500" are read here, as are "two to three
thousand" and "hundreds" (intervals).
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from monitor.language.lexicon import Lexicon
from monitor.language.reading import Reading
from monitor.language.words import Token, tokenize

_SEPARATED = re.compile(r"\d{1,3}(?:[.,٬’]\d{3})+")
# Nothing that news counts has more digits, and a float holds no more.
_MOST_DIGITS = 15
_AND = frozenset({"and", "et", "и", "ve", "û", "و"})
# Hebrew's "about" is written as one word with the number: כאלף.
_ABOUT = "כ"
_WIDE_SPACES = ("\u00a0", "\u202f", "\u2009")


@dataclass(frozen=True, slots=True)
class Numeral:
    """A number as an interval, and one past its last token. `ranged`: both ends were named ("1,000 to 1,500")."""

    low: float
    high: float
    end: int
    ranged: bool = False


@dataclass(frozen=True, slots=True)
class _Table:
    """A lexicon's numbers by their first word, longest wording first."""

    words: dict[str, list[tuple[tuple[str, ...], int]]]
    scales: dict[str, int]
    vague: dict[str, list[tuple[tuple[str, ...], tuple[float, float]]]]
    joiners: frozenset[str]
    by_forms: bool
    # All that can begin a number, but for digits.
    starts: frozenset[str]


@dataclass(slots=True)
class _Sum:
    """A number in the making. `place` is what is still free below (10 after "twenty"), `scale` the last one closed."""

    total: float = 0.0
    current: float = 0.0
    place: float = math.inf
    closed: float = math.inf
    scale: int = 1

    @property
    def value(self) -> float:
        return self.total + self.current

    def add(self, value: float) -> bool:
        """Adds a number word where it fits: "five" after "twenty", not after "three"."""
        if value >= min(self.place, self.closed):
            return False
        if value >= 1000:
            self.total, self.closed = self.total + value, 1000
        else:
            self.current += value
            self.place = 1 if value < 20 or value % 10 else 10 if value % 100 else 100
        self.scale = 1
        return True

    def multiply(self, scale: int) -> bool:
        """Applies "hundred" or "thousand" to what stands before it."""
        if scale >= self.closed or (scale < 1000 and self.current >= 100):
            return False
        grown = (self.current or 1) * scale
        if scale >= 1000:
            self.total, self.current, self.closed, self.place = self.total + grown, 0.0, scale, math.inf
        else:
            self.current, self.place = grown, 1 if scale % 10 else scale
        self.scale = scale
        return True


def digits(token: Token) -> float | None:
    """The value of a token of digits in any script, thousands separated or not; None for other words."""
    if not token.raw[:1].isdecimal():
        return None
    text = "".join(str(unicodedata.decimal(char, char)) for char in token.raw)
    if not text[:1].isdecimal() or len(text) > _MOST_DIGITS + 4:
        return None
    if _SEPARATED.fullmatch(text):
        return float(re.sub(r"\D", "", text))
    if text.isdecimal():
        return float(text)
    parts = re.split(r"[.,٫]", text)
    return float(f"{parts[0]}.{parts[1]}") if len(parts) == 2 and all(part.isdecimal() for part in parts) else None


def numeral_at(reading: Reading, lexicon: Lexicon, index: int, high: int) -> Numeral | None:
    """The number or range that begins at token `index` and ends before `high`; None where none begins."""
    table = _table(lexicon)
    token = reading.tokens[index]
    if not token.raw[:1].isdecimal() and table.starts.isdisjoint(token.forms):
        return None
    vague = _vague(reading.tokens, table, index, high)
    if vague is not None:
        return vague
    first = _plain(reading, table, index, high)
    if first is None:
        return None
    value, end, scale = first
    joined = _range_end(reading, table, end, high)
    second = _plain(reading, table, joined, high) if joined is not None else None
    if second is None:
        return Numeral(value, value, end)
    # "two to three thousand": the scale was meant for both.
    if scale == 1 < second[2] and value < second[0] / second[2]:
        value *= second[2]
    return Numeral(value, second[0], second[1], ranged=True) if second[0] > value else Numeral(value, value, end)


def number_word(token: Token, lexicon: Lexicon) -> int | None:
    """The value of a single number word: "three"."""
    table = _table(lexicon)
    return next(
        (value for form in token.forms for phrase, value in table.words.get(form, ()) if len(phrase) == 1), None
    )


@lru_cache(maxsize=32)
def _table(lexicon: Lexicon) -> _Table:
    lang, numbers = lexicon.lang, lexicon.numbers

    def phrase(words: object) -> tuple[str, ...]:
        return tuple(token.folded for token in tokenize(str(words), lang))

    words: dict[str, list[tuple[tuple[str, ...], int]]] = {}
    for written, value in (numbers.get("words") or {}).items():
        key = phrase(written)
        words.setdefault(key[0], []).append((key, int(value)))
    vague: dict[str, list[tuple[tuple[str, ...], tuple[float, float]]]] = {}
    zero = dict.fromkeys(numbers.get("none") or (), (0, 0))
    for written, (low, high) in {**(numbers.get("vague") or {}), **zero}.items():
        key = phrase(written)
        vague.setdefault(key[0], []).append((key, (float(low), float(high))))
    for known in words.values():
        known.sort(key=lambda row: -len(row[0]))
    scales = {phrase(word)[0]: int(value) for word, value in (numbers.get("scales") or {}).items()}
    joiners = frozenset(key[0] for key in map(phrase, numbers.get("range") or ()) if key)
    # Endings of numerals are not stripped but where clitics precede them: "one" is not in "ones".
    return _Table(words, scales, vague, joiners, lang in ("ar", "he"), frozenset({*words, *scales, *vague}))


def _vague(tokens: tuple[Token, ...], table: _Table, index: int, high: int) -> Numeral | None:
    """ "hundreds", "a few dozen", "no": the longest wording that stands at `index`."""
    token = tokens[index]
    best: Numeral | None = None
    for form in token.forms:
        # אלפיים is two thousand, though its stem is that of "thousands".
        if form != token.folded and (token.folded in table.words or token.folded in table.scales):
            continue
        for phrase, (low, top) in table.vague.get(form, ()):
            end = index + len(phrase)
            if (best is None or end > best.end) and end <= high and _stands(tokens, index, phrase):
                best = Numeral(low, top, end)
    return best


def _stands(tokens: tuple[Token, ...], index: int, phrase: tuple[str, ...]) -> bool:
    row = tokens[index : index + len(phrase)]
    return len(row) == len(phrase) and all(part in token.forms for part, token in zip(phrase, row, strict=True))


def _plain(reading: Reading, table: _Table, index: int, high: int) -> tuple[float, int, int] | None:
    """Digits or number words with their scales: (value, one past the end, the scale it ends with)."""
    tokens = reading.tokens
    if index >= high:
        return None
    high = min(high, reading.sentence_of(index)[1])
    number = _Sum()
    grouped = _grouped(reading, index, high)
    end = index
    if grouped is not None:
        number.current, end = grouped
        number.place = 1
    result = (number.value, end, 1) if end > index else None
    while end < high:
        linked = end > index and tokens[end].folded in _AND
        at = end + 1 if linked else end
        after = _extended(reading, table, number, at, high, first=at == index, linked=linked)
        if after is None:
            break
        end = after
        result = (number.value, end, number.scale)
    # "two hundred and three hundred" are two numbers: nothing is taken from the second.
    return (
        result
        if result is None or not _torn(tokens, table, number, result[1], high)
        else _untorn(reading, table, index, result[1])
    )


def _torn(tokens: tuple[Token, ...], table: _Table, number: _Sum, end: int, high: int) -> bool:
    return end < high and number.scale == 1 and number.current >= 100 and _scale(tokens[end], table) == 100


def _untorn(reading: Reading, table: _Table, index: int, end: int) -> tuple[float, int, int] | None:
    """The number up to the last "and" before `end`."""
    for at in range(end - 1, index, -1):
        if reading.tokens[at].folded in _AND:
            return _plain(reading, table, index, at)
    return _plain(reading, table, index, end - 1)


def _extended(
    reading: Reading, table: _Table, number: _Sum, at: int, high: int, *, first: bool, linked: bool
) -> int | None:
    """Adds the numeral at token `at` to the number, if it continues it: one past its end, else None."""
    if at >= high:
        return None
    tokens = reading.tokens
    token = tokens[at]
    for value, end in _worded(tokens, table, at):
        if end > high:
            continue
        # Arabic says the units first: "five and twenty".
        reversed_tens = 0 < number.current % 100 < 10 and value in range(20, 100, 10)
        if reversed_tens and not first and table.by_forms and (linked or token.folded.startswith("و")):
            number.current += value
            return end
        if number.add(value):
            return end
    scale = _scale(token, table)
    if scale is not None and not linked:
        whole = token.folded in table.scales or (token.folded[1:] in table.scales and token.folded[:1] == _ABOUT)
        bare = first and not (scale >= 100 and whole)
        return at + 1 if not bare and number.multiply(scale) else None
    written = digits(token)
    # "2 bin 500": what follows a thousand is below it.
    if written is None or first or number.current or not written < number.closed < math.inf:
        return None
    number.current, number.place, number.scale = written, 1, 1
    return at + 1


def _worded(tokens: tuple[Token, ...], table: _Table, at: int) -> Iterator[tuple[int, int]]:
    """Number words that stand at `at`, the longest of the longest form first: (value, one past the end)."""
    token = tokens[at]
    heads = sorted(token.forms, key=lambda form: (-len(form), form)) if table.by_forms else [token.folded]
    for head in heads:
        for phrase, value in table.words.get(head, ()):
            # A clitic stands before the first word alone: "five-ten" is not in "five and-twenty".
            if tuple(t.folded for t in tokens[at + 1 : at + len(phrase)]) == phrase[1:]:
                yield value, at + len(phrase)


def _scale(token: Token, table: _Table) -> int | None:
    heads = sorted(token.forms, key=lambda form: (-len(form), form)) if table.by_forms else [token.folded]
    return next((table.scales[head] for head in heads if head in table.scales), None)


def _grouped(reading: Reading, index: int, high: int) -> tuple[float, int] | None:
    """Digits, thousands parted by spaces included ("1 500" as Russian and French write it, "40 000" anywhere)."""
    tokens = reading.tokens
    value = digits(tokens[index])
    if value is None:
        return None
    end = index + 1
    raw = tokens[index].raw
    if len(raw) > 3 or not raw.isdecimal():
        return value, end
    text = reading.text_of(reading.field_of(index))
    while end < high and len(tokens[end].raw) == 3 and tokens[end].raw.isdecimal() and end < index + 4:
        space = text[tokens[end - 1].end : tokens[end].start]
        usual = space == " " and (reading.lang in ("ru", "fr") or int(tokens[end].raw) == 0)
        if space not in _WIDE_SPACES and not usual:
            break
        value = value * 1000 + int(tokens[end].raw)
        end += 1
    return value, end


def _range_end(reading: Reading, table: _Table, end: int, high: int) -> int | None:
    """Where the second number of "1,000-1,500" or "1,000 to 1,500" begins, if one may."""
    tokens = reading.tokens
    if end >= high or tokens[end].sentence != tokens[end - 1].sentence:
        return None
    text = reading.text_of(reading.field_of(end - 1))
    between = text[tokens[end - 1].end : tokens[end].start]
    if between.strip() in ("-", "–", "—", "‑") and tokens[end].raw[0].isdecimal():
        return end
    return end + 1 if tokens[end].folded in table.joiners and end + 1 < high else None
