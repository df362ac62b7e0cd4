"""Readings of short texts with the shipped lexicons, as the program makes them, for the tests of `monitor.language`."""

from __future__ import annotations

from datetime import date
from functools import cache

from hypothesis import strategies as st

from monitor.language.cues import Status, status
from monitor.language.dates import DateSpan, find_dates
from monitor.language.lexicon import LANGUAGES, lexicon
from monitor.language.numbers import find_counts
from monitor.language.reading import Reading, read
from monitor.language.terms import Hits, Term, Vocabulary, parse_term
from monitor.language.words import tokenize
from monitor.model import Count, EventType
from monitor.rules.engine import Ruleset

WEDNESDAY = date(2025, 12, 31)

languages = st.sampled_from(LANGUAGES)
# Letters, marks and signs of all nine languages, with what breaks naive readers: surrogates, bidi marks, zero width.
_NASTY = (
    "\ud800\udfff\u200b\u200c\u200d\u200e\u200f\u202a\u202e\u2066\u2069\ufeff\u00ad\u0301\u0327\u064b\u05b0"
    "'’\"״׳-–.,:;!?؟۔()[]\n\t%$€0123456789٠١٢۳۴۵²½①ⅷ㍘ﻻﷺßıİŁêîûşçğöüñ"
)
_SAMPLE = (
    "hand over troops Iraq's de-escalation U.S. F-35 1,500 لا والقواعد بالقاعدة می‌شود ھێزەکان بنکەی "
    "leşkerên çekilecek üssü צה\"ל והבסיס войска ёж l'armée Ain al-Assad عين الأسد next week 17.01.2026 "
    "nearly hundreds of two thousand and five 12 killed by the end of January ago since 2014 no longer denies"
)
_WORDS = _SAMPLE.split()
texts = st.lists(
    st.one_of(
        st.sampled_from(_WORDS),
        st.text(alphabet=_NASTY, max_size=8),
        st.text(st.characters(), max_size=6),
    ),
    max_size=25,
).flatmap(lambda parts: st.sampled_from(("", " ")).map(lambda glue: glue.join(parts)))


@cache
def ruleset() -> Ruleset:
    """No rules: the shipped lexicons alone."""
    return Ruleset((), {})


@cache
def reading(text: str, lang: str = "en", field: str = "title") -> Reading:
    """One field, read in `lang` whatever its script."""
    return read(((field, text),), lang, ruleset().language(lang).vocabulary)  # type: ignore[arg-type]


def two_fields(title: str, text: str, lang: str = "en") -> Reading:
    """A title and a text."""
    return read((("title", title), ("text", text)), lang, ruleset().language(lang).vocabulary)


def counts(text: str, lang: str = "en") -> list[Count]:
    """All counts of a text."""
    return [span.count for span in find_counts(reading(text, lang), lexicon(lang))]


def intervals(text: str, lang: str = "en") -> list[tuple[int, int | None]]:
    """The counts as bare intervals."""
    return [(count.low, count.high) for count in counts(text, lang)]


def dates(text: str, lang: str = "en", *, published: date | None = WEDNESDAY, planned: bool = False) -> list[DateSpan]:
    """All dates of a text."""
    found = reading(text, lang)
    return find_dates(found, lexicon(lang), published, planned=planned, low=0, high=len(found.tokens))


def stated(
    text: str, event: str, lang: str = "en", *, published: date | None = WEDNESDAY, kind: EventType | None = None
) -> Status:
    """What a sentence says of the event whose words `event` are (as they stand in the text)."""
    found = reading(text, lang)
    start = text.index(event)
    inside = [i for i, t in enumerate(found.tokens) if t.start >= start and t.end <= start + len(event)]
    return status(found, ((inside[0], inside[-1] + 1),), published=published, kind=kind)


def find(text: str, lang: str, **groups: str | tuple[str, ...]) -> Hits:
    """Where terms stand in a text."""
    terms: list[tuple[str, Term]] = [
        (name, parse_term(term, lang))
        for name, listed in groups.items()
        for term in ((listed,) if isinstance(listed, str) else listed)
    ]
    return Vocabulary(terms).find(tokenize(text, lang))


def holds(text: str, term: str, lang: str = "en") -> bool:
    """Whether the term stands in the text."""
    return bool(find(text, lang, term=term))
