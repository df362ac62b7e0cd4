"""Words, sentences and languages: spans that are true, spellings that meet, and no text that breaks the reader."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given, settings, strategies as st

from monitor.language import words
from monitor.language.lexicon import LANGUAGES
from monitor.language.words import Token, fold, language_of, tokenize
from tests.builders_language import languages, texts


def _raws(text: str, lang: str) -> list[str]:
    return [token.raw for token in tokenize(text, lang)]


def _check(text: str, tokens: tuple[Token, ...]) -> None:
    at = 0
    sentence = paragraph = 0
    for token in tokens:
        assert at <= token.start < token.end <= len(text)
        assert text[token.start : token.end]
        assert token.folded in token.forms
        assert token.sentence in (sentence, sentence + 1)
        assert token.paragraph in (paragraph, paragraph + 1)
        at, sentence, paragraph = token.end, token.sentence, token.paragraph


@given(texts, languages)
@settings(max_examples=40, deadline=None)
def test_any_text_gives_ordered_spans_inside_it(text: str, lang: str) -> None:
    _check(text, tokenize(text, lang))


@given(st.text(max_size=8), languages)
@settings(max_examples=60, deadline=None)
def test_folding_twice_is_folding_once(word: str, lang: str) -> None:
    assert fold(fold(word, lang), lang) == fold(word, lang)


@given(texts)
@settings(max_examples=40, deadline=None)
def test_any_text_has_one_of_the_languages(text: str) -> None:
    for declared in (None, "ku", "de", *LANGUAGES):
        assert language_of(text, declared) in LANGUAGES


HOSTILE: dict[str, str] = {
    "combining marks": "\u0301",
    "hebrew points": "\u05b0",
    "zero width": "\u200b",
    "joiners": "ب\u200c",
    "overrides": "\u202e",
    "bangs before a letter": "!",
    "dots": ".",
    "acronym": "a.",
    "prefixes": "de-",
    "apostrophes": "a'",
    "thousands": "1,",
    "quotes": '."',
    "hebrew": "א",
    "hebrew acronyms": 'א"',
    "surrogates": "\ud800",
    "lines": "\n",
}


@pytest.mark.parametrize("name", HOSTILE)
@pytest.mark.parametrize("lang", ["en", "ar", "he", "tr", "ru"])
def test_ten_thousand_of_a_kind_are_read(name: str, lang: str) -> None:
    text = "x" + HOSTILE[name] * 10_000 + "x"
    tokens = tokenize(text, lang)
    _check(text, tokens)
    assert tokens[0].start == 0


def test_a_run_of_marks_is_looked_at_once() -> None:
    # Both expressions once tried a run anew from each of its characters: seconds for a title of exclamation marks.
    found = [match.span() for match in words._BREAK.finditer("!" * 5_000 + "x" + "?" * 5_000)]
    assert found == [(5_001, 10_001)]
    assert not words._TOKEN.match("\u05b0" * 10), "no word begins with a mark"


def test_the_work_grows_with_the_text_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    piece = "The U.S. coalition hands over Ain al-Asad; 1,500 troops won't leave. "
    analysed: list[str] = []
    inner: Callable[[str, str], tuple[tuple[int, int, str, frozenset[str]], ...]] = words._analysed

    def counting(raw: str, lang: str) -> tuple[tuple[int, int, str, frozenset[str]], ...]:
        analysed.append(raw)
        return inner(raw, lang)

    monkeypatch.setattr(words, "_analysed", counting)
    monkeypatch.setattr(words, "_known_pieces", words.pieces)
    sizes, work = [], []
    for times in (10, 100, 1000):
        analysed.clear()
        sizes.append(len(tokenize(piece * times, "en")))
        work.append(len(analysed))
    assert [size // sizes[0] for size in sizes] == [1, 10, 100]
    assert [amount // work[0] for amount in work] == [1, 10, 100]


@pytest.mark.parametrize(
    ("lang", "one", "other"),
    [
        ("en", "TROOPS", "troops"),
        ("en", "café", "cafe"),
        ("en", "ﬁle", "file"),
        ("en", "tro\u200bops", "troops"),
        ("en", "\u202etroops\u202c", "troops"),
        ("tr", "ISPARTA", "ısparta"),
        ("tr", "İstanbul", "istanbul"),
        ("tr", "çağrı", "ÇAĞRI"),
        ("ar", "أسد", "اسد"),
        ("ar", "القاعدة", "القاعده"),
        ("ar", "مستشفى", "مستشفي"),
        ("ar", "قُوَّات", "قوات"),
        ("ar", "قـــوات", "قوات"),
        ("ar", "١٥٠٠", "1500"),
        ("fa", "کاظمی", "كاظمي"),
        ("fa", "۱۵۰۰", "1500"),
        ("fa", "نیرو\u200cها", "نيروها"),
        ("ckb", "هێز", "ھێز"),
        ("ckb", "ڕۆژ", "رۆژ"),
        ("kmr", "Leşker", "leşker"),
        ("kmr", "DÊ", "dê"),
        ("he", "בָּסִיס", "בסיס"),
        ("he", 'צה"ל', "צה״ל"),
        ("ru", "ёлка", "елка"),
        ("ru", "ВОЙСКА", "войска"),
        ("fr", "armée", "armee"),
        ("fr", "ÉLYSÉE", "elysee"),
    ],
)
def test_spellings_that_meet(lang: str, one: str, other: str) -> None:
    assert fold(one, lang) == fold(other, lang)


@pytest.mark.parametrize(
    ("lang", "one", "other"),
    [
        ("kmr", "dê", "de"),  # "will" and "in"
        ("tr", "üs", "us"),
        ("tr", "aş", "as"),
        ("ru", "мой", "мои"),
        ("ar", "سد", "سدة"),
    ],
)
def test_words_that_stay_apart(lang: str, one: str, other: str) -> None:
    assert fold(one, lang) != fold(other, lang)


@pytest.mark.parametrize(
    ("lang", "text", "raws"),
    [
        ("en", "The U.S. Army's F-35 left", ["The", "US", "Army's", "F", "35", "left"]),
        ("en", "de-escalation, not escalation", ["de-escalation", "not", "escalation"]),
        ("en", "1,500 of 2.5 million", ["1,500", "of", "2.5", "million"]),
        ("en", "won’t re-deploy", ["won’t", "re-deploy"]),
        ("ar", "بين 1000 و1500 جندي", ["بين", "1000", "و", "1500", "جندي"]),
        ("ar", "بـ20 جنديا", ["بـ", "20", "جنديا"]),
        ("ar", "#القوات_الأمريكية في #عين_الأسد", ["القوات", "الأمريكية", "في", "عين", "الأسد"]),
        ("fa", "می\u200cشود", ["می\u200cشود"]),
        ("fa", "عین\u200cالاسد", ["عین", "الاسد"]),
        ("ckb", "٢٠٠ سەربازی ئەمریکی", ["٢٠٠", "سەربازی", "ئەمریکی"]),
        ("kmr", "leşkerên Amerîkayê", ["leşkerên", "Amerîkayê"]),
        ("tr", "Irak'ın 200'den", ["Irak'ın", "200", "den"]),
        ("he", 'צה"ל ב-2026', ['צה"ל', "ב", "2026"]),
        ("ru", "5–6 тыс. военных", ["5", "6", "тыс", "военных"]),
        ("fr", "l'armée d’Irak", ["l", "armée", "d", "Irak"]),
    ],
)
def test_the_words_of_a_text(lang: str, text: str, raws: list[str]) -> None:
    assert _raws(text, lang) == raws


@pytest.mark.parametrize(
    ("lang", "text", "sentences"),
    [
        ("tr", "2. Kolordu sınıra indi", 1),
        ("tr", "Asker sayısı 2500. Vali konuştu", 2),
        ("en", "They counted 2. Then they left", 2),
        ("fa", "سفر وزیر به بغداد/ آغاز رزمایش / بازگشایی مرز", 3),
        ("ar", "عاجل | الجيش على الحدود", 2),
        ("en", "Rotation and/or withdrawal", 1),
        ("en", "Troops left. The base is shut.", 2),
        ("en", "Gen. Smith met Lt. Jones of the U.S. Army at No. 5.", 1),
        ("en", "He left the U.S.", 1),
        ("en", "Left! Really? Yes…", 3),
        ("en", "It is 2.5 km away", 1),
        ("en", "Sources: troops left; the base is shut", 1),
        ("en", 'He said "it is over." Then he left.', 2),
        ("ar", "انسحبت القوات. أغلقت القاعدة؟ نعم", 3),
        ("fa", "نیروها رفتند. پایگاه بسته شد.", 2),
        ("ckb", "هێزەکان کشانەوە. بنکەکە داخرا؟", 2),
        ("ru", "Около 2,5 тыс. военных выведены в 2025 г. из страны. База закрыта.", 2),
        ("tr", "Askerler çekildi. Üs kapandı!", 2),
    ],
)
def test_where_sentences_end(lang: str, text: str, sentences: int) -> None:
    assert tokenize(text, lang)[-1].sentence + 1 == sentences


def test_paragraphs_end_at_line_ends() -> None:
    assert [token.paragraph for token in tokenize("one two\n\nthree\nfour. five", "en")] == [0, 0, 1, 2, 2]


@pytest.mark.parametrize(
    ("text", "declared", "lang"),
    [
        ("US troops leave Iraq", None, "en"),
        ("القوات الأمريكية تنسحب من العراق", None, "ar"),
        ("نیروهای آمریکایی پایگاه را ترک کردند", None, "fa"),
        ("هێزەکانی ئەمریکا کشانەوە", None, "ckb"),
        ("هێزەکانی ئەمریکا کشانەوە", "ku", "ckb"),
        ("leşkerên Amerîkayê vekişiyan", "ku", "kmr"),
        ("Leşkerên Amerîkayê ji bo Kurdistanê û Iraqê çûn", None, "kmr"),
        ("ABD askerleri Irak'tan ayrılıyor", None, "tr"),
        ("ABD askerleri İncirlik Üssünden çekildi", None, "tr"),
        ("הכוחות נסוגו מהבסיס", None, "he"),
        ("Войска покинули базу", None, "ru"),
        ("Les troupes françaises quittent la base", None, "fr"),
        ("Les troupes quittent le pays", "fr", "fr"),
        ("US troops leave", "ar", "en"),
        ("القوات تنسحب", "en", "ar"),
        ("US troops leave", "de", "en"),
        ("", None, "en"),
        ("", "tr", "tr"),
        ("123 !", "ru", "en"),
    ],
)
def test_the_language_to_read_in(text: str, declared: str | None, lang: str) -> None:
    assert language_of(text, declared) == lang
