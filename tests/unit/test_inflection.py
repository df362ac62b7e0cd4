"""Forms a written word may stand for, in each language - and the false friends that it must not stand for."""

from __future__ import annotations

import pytest
from hypothesis import given, settings, strategies as st

from monitor.language.inflection import forms, heads, term_keys
from monitor.language.words import fold
from tests.builders_language import holds, languages


@pytest.mark.parametrize(
    ("lang", "term", "text"),
    [
        ("en", "hand over", "hands over"),
        ("en", "hand over", "handed over"),
        ("en", "withdraw", "withdrew"),
        ("en", "withdraw", "withdrawing"),
        ("en", "carry", "carries"),
        ("en", "carry", "carried"),
        ("en", "ship", "shipped"),
        ("en", "close", "closing"),
        ("en", "base", "bases"),
        ("en", "bases", "base"),
        ("en", "troops", "troop"),
        ("en", "US", "US's"),
        ("ar", "قاعدة", "القاعدة"),
        ("ar", "قاعدة", "والقاعدة"),
        ("ar", "قاعدة", "بالقاعدة"),
        ("ar", "قاعدة", "للقاعدة"),
        ("ar", "قاعدة", "قاعدته"),
        ("ar", "قاعدة", "قاعدتين"),
        ("ar", "قوات", "قواتها"),
        ("ar", "ينسحب", "سينسحب"),
        ("ar", "بطارية", "بطاريتي"),
        ("ar", "كتيبة", "وكتيبتا"),
        ("ar", "مدرج", "مدرجاً"),
        ("ar", "غادر", "غادروا"),
        ("ar", "أجواء", "أجواءها"),
        ("ar", "أجواء", "أجوائها"),
        ("ar", "أجواء", "وأجواؤه"),
        ("ar", "مسؤولية", "بمسئولية"),
        ("ar", "قوات", "الــقــوات"),
        ("fa", "مسئولیت", "مسؤولیت"),
        ("fa", "مسئولیت", "مسوولیت"),
        ("fa", "خارج می\u200cشوند", "خارج می شوند"),
        ("fa", "خارج می شوند", "خارج میشوند"),
        ("fa", '"خارج می\u200cشوند"', "خارج مي شوند"),
        ("fa", "نیروهای آمریکایی", "نیرو های آمریکایی"),
        ("fa", "نیروهای آمریکایی", "نیروهای\u200cآمریکایی"),
        ("fa", "مستقر شده\u200cاند", "مستقر شده اند"),
        ("fa", "نیرو", "نيرو\u200cهايش"),
        ("fa", "نیرو", "نیروها"),
        ("fa", "نیرو", "نیروهای"),
        ("fa", "نیرو", "نیرو\u200cهایی"),
        ("fa", "سرباز", "سربازان"),
        ("ckb", "سەرباز", "سەربازەکان"),
        ("ckb", "سەرباز", "سەربازەکانی"),
        ("ckb", "بنکە", "بنکەیەکی"),
        ("kmr", "leşker", "leşkerên"),
        ("kmr", "bingeh", "bingehekê"),
        ("tr", "asker", "askerlerini"),
        ("tr", "üs", "üssü"),
        ("tr", "birlik", "birliği"),
        ("tr", "çekil", "çekiliyor"),
        ("tr", "çekil", "çekilecek"),
        ("tr", "çek", "çektiğini"),
        ("tr", "çek", "çekeceğini"),
        ("tr", "ABD", "ABD'nin"),
        ("tr", "Irak", "Irak’ın"),
        ("he", "בסיס", "הבסיס"),
        ("he", "בסיס", "ובבסיס"),
        ("he", "בסיס", "בסיסים"),
        ("ru", "войска", "войсками"),
        ("ru", "база", "базу"),
        ("ru", "военный", "военного"),
        ("fr", "soldat", "soldats"),
        ("fr", "retirer", "retiré"),
        ("fr", "armée", "l'armée"),
    ],
)
def test_a_bare_word_matches_its_forms(lang: str, term: str, text: str) -> None:
    assert holds(text, term, lang)


@pytest.mark.parametrize(
    ("lang", "term", "text"),
    [
        ("en", "base", "based"),
        ("en", "force", "forced"),
        ("en", "escalation", "de-escalation"),
        ("en", "war", "warehouse"),
        ("en", "port", "report"),
        ("en", "new", "news"),
        ("en", "us", "USS"),
        ("en", "US", "us"),
        ("ar", "سد", "أسد"),
        ("ar", "علم", "معلم"),
        ("fa", "نیرو", "نیروگاه"),
        ("tr", "üs", "usta"),
        ("he", "בסיס", "סיס"),
        ("ru", "база", "базар"),
        ("kmr", "dê", "de"),
        ("ckb", "سەر", "سەرباز"),
    ],
)
def test_false_friends(lang: str, term: str, text: str) -> None:
    assert not holds(text, term, lang)


@given(st.text(max_size=80), languages)
@settings(max_examples=40, deadline=None)
def test_a_word_stands_for_itself(word: str, lang: str) -> None:
    folded = fold(word, lang)
    assert folded in forms(folded, lang)
    assert folded in term_keys(folded, lang)


@given(st.text(alphabet="سلامتهاينوبكف", min_size=3, max_size=64), languages)
@settings(max_examples=30, deadline=None)
def test_the_forms_of_a_word_are_few(word: str, lang: str) -> None:
    assert len(forms(word, lang)) <= 400


def test_unknown_languages_and_short_words_are_left_alone() -> None:
    assert forms("bases", "de") == {"bases"}
    assert forms("as", "en") == {"as"}
    assert forms("2000s", "en") == {"2000s"}
    assert term_keys("bases", "de") == {"bases"}


@pytest.mark.parametrize(("lang", "stem"), [("ru", "~войск"), ("fr", "~soldat")])
def test_stems_meet_stems_alone(lang: str, stem: str) -> None:
    word = {"ru": "войска", "fr": "soldats"}[lang]
    assert stem in forms(word, lang)
    assert stem in term_keys(word, lang)
    assert not holds(stem.removeprefix("~")[:3], word, lang)


@pytest.mark.parametrize("lang", ["ar", "he", "en"])
def test_a_mark_that_folds_to_nothing_has_no_clitic(lang: str) -> None:
    # A lone tatweel counts as letters.
    assert fold("ـ", lang) == ""
    assert heads("", lang) == {""}
