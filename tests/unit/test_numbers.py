"""Counts: the intervals that the wording makes, in every language, and the numbers that count nothing."""

from __future__ import annotations

from typing import get_args

import pytest
from hypothesis import given, settings, strategies as st

from monitor.language.lexicon import lexicon
from monitor.language.numbers import find_counts
from monitor.language.numerals import digits
from monitor.language.words import tokenize
from monitor.language.years import year_at
from monitor.model import CountRole, CountUnit
from tests.builders_language import counts, intervals, languages, reading, texts


@pytest.mark.parametrize(
    ("text", "interval"),
    [
        ("nearly 1,500 personnel", (1350, 1500)),
        ("almost 90 countries", (81, 90)),
        ("about 1,500 troops", (1350, 1650)),
        ("some 2,500 US troops", (2250, 2750)),
        ("200 or so troops", (180, 220)),
        ("more than 200 troops", (200, None)),
        ("no fewer than 300 troops", (300, None)),
        ("more than a hundred troops", (100, None)),
        ("up to 900 troops", (0, 900)),
        ("fewer than 900 troops", (0, 900)),
        ("no more than 900 troops", (0, 900)),
        ("nearly a thousand troops", (900, 1000)),
        ("hundreds of troops", (200, 999)),
        ("dozens of soldiers", (24, 99)),
        ("several thousand troops", (2000, 9999)),
        ("tens of thousands of soldiers", (20000, 99999)),
        ("a dozen soldiers", (10, 14)),
        ("three dozen soldiers", (36, 36)),
        ("1,000 to 1,500 troops", (1000, 1500)),
        ("between 1,000 and 1,500 troops", (1000, 1500)),
        ("1,000-1,500 troops", (1000, 1500)),
        ("1500–2500 troops", (1500, 2500)),
        ("two to three thousand troops", (2000, 3000)),
        ("up to 1,000 to 1,500 troops", (0, 1500)),
        ("1,500 troops", (1500, 1500)),
        ("1.500 troops", (1500, 1500)),
        ("40\u202f000 troops", (40000, 40000)),
        ("over 40 000 troops", (40000, None)),
        ("2.5 thousand troops", (2500, 2500)),
        ("1.5 million troops", (1_500_000, 1_500_000)),
        ("5k troops", (5000, 5000)),
        ("twenty-five soldiers", (25, 25)),
        ("two thousand five hundred soldiers", (2500, 2500)),
        ("two thousand and five hundred soldiers", (2500, 2500)),
        ("one hundred and fifty troops", (150, 150)),
        ("nineteen hundred troops", (1900, 1900)),
        ("two hundred thousand soldiers", (200_000, 200_000)),
        ("twenty and thirty troops", (20, 30)),
        ("two hundred and three hundred troops", (200, 300)),
        ("no troops", (0, 0)),
        ("not a single soldier", (0, 0)),
        ("１５００ troops", (1500, 1500)),
        ("١٥٠٠ troops", (1500, 1500)),
        ("۱۵۰۰ troops", (1500, 1500)),
        ("१५०० troops", (1500, 1500)),
        ("seven countries", (7, 7)),
        ("its 90th member", (90, 90)),
        ("a 5,000-strong force", (5000, 5000)),
        ("2000 soldiers", (2000, 2000)),
        ("In 24 hours 30 troops", (30, 30)),
        ("2,000 troops weeks after", (2000, 2000)),
    ],
)
def test_what_english_wording_makes_of_a_number(text: str, interval: tuple[int, int | None]) -> None:
    assert intervals(text) == [interval]


@pytest.mark.parametrize(
    ("lang", "text", "interval"),
    [
        ("ar", "نحو 1500 جندي", (1350, 1650)),
        ("ar", "قرابة 1500 جندي", (1350, 1500)),
        ("ar", "أكثر من 200 جندي", (200, None)),
        ("ar", "لا يقل عن 300 جندي", (300, None)),
        ("ar", "حتى 900 جندي", (0, 900)),
        ("ar", "مئات الجنود", (200, 999)),
        ("ar", "والمئات من الجنود", (200, 999)),
        ("ar", "ما بين 1000 و1500 جندي", (1000, 1500)),
        ("ar", "1000 إلى 1500 جندي", (1000, 1500)),
        ("ar", "ألفان وخمسمئة جندي", (2500, 2500)),
        ("ar", "خمسة وعشرين جنديا", (25, 25)),
        ("ar", "مئة وخمسة وعشرون جنديا", (125, 125)),
        ("ar", "ثلاثة عشر جنديا", (13, 13)),
        ("ar", "خمسة آلاف جندي", (5000, 5000)),
        ("ar", "١٬٥٠٠ جندي", (1500, 1500)),
        ("ar", "90 دولة", (90, 90)),
        ("fa", "حدود ۱۵۰۰ نیرو", (1350, 1650)),
        ("fa", "نزدیک به ۱۵۰۰ سرباز", (1350, 1500)),
        ("fa", "بیش از ۲۰۰ سرباز", (200, None)),
        ("fa", "حداکثر ۹۰۰ سرباز", (0, 900)),
        ("fa", "صدها سرباز", (200, 999)),
        ("fa", "۱۰۰۰ تا ۱۵۰۰ سرباز", (1000, 1500)),
        ("fa", "دو هزار و پانصد سرباز", (2500, 2500)),
        ("fa", "۲ هزار و ۵۰۰ سرباز", (2500, 2500)),
        ("fa", "بیست و پنج سرباز", (25, 25)),
        ("ckb", "زیاتر لە ٢٠٠ سەرباز", (200, None)),
        ("ckb", "دەوروبەری ١٥٠٠ سەرباز", (1350, 1650)),
        ("ckb", "کەمتر لە ٩٠٠ سەرباز", (0, 900)),
        ("ckb", "سەدان سەرباز", (200, 999)),
        ("ckb", "دەیان سەرباز", (24, 99)),
        ("ckb", "١٠٠٠ بۆ ١٥٠٠ سەرباز", (1000, 1500)),
        ("ckb", "دوو هەزار و پێنج سەد سەرباز", (2500, 2500)),
        ("kmr", "zêdetirî 200 leşker", (200, None)),
        ("kmr", "nêzîkî 1500 leşker", (1350, 1500)),
        ("kmr", "sedan leşker", (200, 999)),
        ("kmr", "1000 heta 1500 leşker", (1000, 1500)),
        ("kmr", "du hezar û pênc sed leşker", (2500, 2500)),
        ("tr", "yaklaşık 1.500 asker", (1350, 1650)),
        ("tr", "1.500'e yakın asker", (1350, 1500)),
        ("tr", "200'den fazla asker", (200, None)),
        ("tr", "900'den az asker", (0, 900)),
        ("tr", "en fazla 900 asker", (0, 900)),
        ("tr", "yüzlerce asker", (200, 999)),
        ("tr", "onlarca asker", (24, 99)),
        ("tr", "1000 ila 1500 asker", (1000, 1500)),
        ("tr", "bin 500 asker", (1500, 1500)),
        ("tr", "2 bin 500 asker", (2500, 2500)),
        ("tr", "iki bin beş yüz asker", (2500, 2500)),
        ("tr", "on bir asker", (11, 11)),
        ("he", "כ-1,500 חיילים", (1350, 1650)),
        ("he", "כמעט 1,500 חיילים", (1350, 1500)),
        ("he", "יותר מ-200 חיילים", (200, None)),
        ("he", "מאות חיילים", (200, 999)),
        ("he", "אלפיים חיילים", (2000, 2000)),
        ("he", "בין 1,000 ל-1,500 חיילים", (1000, 1500)),
        ("ru", "около 1500 военных", (1350, 1650)),
        ("ru", "почти 1500 военных", (1350, 1500)),
        ("ru", "более 200 солдат", (200, None)),
        ("ru", "до 900 военных", (0, 900)),
        ("ru", "сотни солдат", (200, 999)),
        ("ru", "от 1000 до 1500 солдат", (1000, 1500)),
        ("ru", "1 500 военных", (1500, 1500)),
        ("ru", "2,5 тыс. военных", (2500, 2500)),
        ("ru", "две тысячи пятьсот солдат", (2500, 2500)),
        ("fr", "environ 1 500 soldats", (1350, 1650)),
        ("fr", "près de 1.500 soldats", (1350, 1500)),
        ("fr", "plus de 200 soldats", (200, None)),
        ("fr", "jusqu'à 900 soldats", (0, 900)),
        ("fr", "des centaines de soldats", (200, 999)),
        ("fr", "1000 à 1500 soldats", (1000, 1500)),
        ("fr", "deux mille cinq cents soldats", (2500, 2500)),
    ],
)
def test_what_other_languages_make_of_a_number(lang: str, text: str, interval: tuple[int, int | None]) -> None:
    assert intervals(text, lang) == [interval]


@pytest.mark.parametrize(
    ("lang", "text"),
    [
        ("fa", "یک افسر عراقی این را گفت"),
        ("tr", "bir subay bunu söyledi"),
        ("en", "one soldier said so"),
        ("en", "150 prisoners"),
        ("en", "12 soldiers dead"),
        ("en", "12 soldiers were killed"),
        ("en", "killed 12 soldiers"),
        ("en", "troops 15 km from the border"),
        ("en", "$500 million for troops"),
        ("en", "500 dollars per soldier"),
        ("en", "15% of troops"),
        ("en", "F-35 troops"),
        ("en", "the 101st Division troops"),
        ("en", "the 101st Airborne Division deployed"),
        ("en", "2nd Brigade troops"),
        ("en", "Base 5 troops"),
        ("en", "In 2003 US troops invaded"),
        ("en", "since 2014 coalition forces"),
        ("en", "²³ troops"),
        ("en", "9" * 400 + " troops"),
        ("en", "1,500. Troops left"),
        ("ar", "150 أسيرا"),
        ("ar", "50 قتيلا"),
        ("ar", "15 كيلومترا"),
        ("ar", "500 مليون دولار"),
        ("ar", "عام 2003 قوات أمريكية"),
        ("fa", "۱۵۰ زندانی"),
        ("fa", "۲۰ کشته"),
        ("fa", "سال ۲۰۰۳ نیروهای آمریکایی"),
        ("ckb", "١٥٠ دیل"),
        ("kmr", "150 girtî"),
        ("tr", "150 esir"),
        ("tr", "20 ölü"),
        ("he", "150 אסירים"),
        ("he", "20 הרוגים"),
        ("ru", "150 пленных"),
        ("ru", "12 солдат погибших"),
        ("ru", "в 2003 году войска"),
        ("en", "BAGHDAD, Jan 17 (Reuters) - U.S. forces left"),
        ("en", "BAGHDAD, Jan 17 — Iraqi forces took over"),
        ("fr", "150 prisonniers"),
        ("fr", "15 km"),
    ],
)
def test_numbers_that_count_nothing(lang: str, text: str) -> None:
    assert counts(text, lang) == []


@pytest.mark.parametrize(
    ("lang", "text", "unit", "role"),
    [
        ("en", "3,000 more troops will remain", "personnel", "remaining"),
        ("en", "900 troops remain in Syria", "personnel", "remaining"),
        ("en", "US to withdraw 200 troops", "personnel", "leaving"),
        ("en", "2,500 troops were there before the withdrawal", "personnel", "total"),
        ("en", "The remaining 200 soldiers will leave in May", "personnel", "leaving"),
        ("en", "More than 1,200 troops remain", "personnel", "remaining"),
        ("en", "About 900 people are in the contingent of troops", "personnel", "total"),
        ("fr", "Environ 300 soldats étaient déployés avant le retrait", "personnel", "total"),
        ("ckb", "زیاتر لە 1200 سەرباز ماونەتەوە", "personnel", "remaining"),
        ("en", "US sends 500 troops", "personnel", "arriving"),
        ("en", "a total of 2,000 troops", "personnel", "total"),
        ("en", "12 aircraft arrive", "aircraft", "arriving"),
        ("en", "40 tanks", "vehicles", "total"),
        ("en", "2 destroyers", "ships", "total"),
        ("en", "7 countries", "countries", "total"),
        ("en", "4 attacks", "attacks", "total"),
        ("en", "329 lawmakers", "lawmakers", "total"),
        ("en", "2 bases", "bases", "total"),
        ("ar", "انسحاب 200 جندي", "personnel", "leaving"),
        ("fa", "اعزام ۲۰۰ سرباز", "personnel", "arriving"),
        ("tr", "200 asker gönder", "personnel", "arriving"),
        ("ckb", "ناردنی ٢٠٠ سەرباز", "personnel", "arriving"),
        ("kmr", "vekişîna 200 leşker", "personnel", "leaving"),
        ("he", "נסיגת 200 חיילים", "personnel", "leaving"),
        ("ru", "отправит 200 солдат", "personnel", "arriving"),
        ("fr", "retrait de 200 soldats", "personnel", "leaving"),
    ],
)
def test_unit_and_role(lang: str, text: str, unit: str, role: str) -> None:
    assert [(count.unit, count.role) for count in counts(text, lang)] == [(unit, role)]


def test_a_count_keeps_its_words() -> None:
    assert [count.raw for count in counts("There are nearly 1,500 US troops there")] == ["nearly 1,500 US troops"]
    assert [count.raw for count in counts("200'den fazla asker", "tr")] == ["200'den fazla asker"]


def test_several_counts_of_a_text_and_a_part_of_it() -> None:
    text = "They withdraw 200 soldiers and 30 vehicles. About 900 troops remain."
    assert intervals(text) == [(200, 200), (30, 30), (810, 990)]
    found = reading(text)
    low, high = found.sentences[1]
    assert [span.count.low for span in find_counts(found, lexicon("en"), low, high)] == [810]


@pytest.mark.parametrize(
    ("raw", "value"),
    [
        ("1,500", 1500.0),
        ("1.500.000", 1_500_000.0),
        ("1,5", 1.5),
        ("١٬٥٠٠", 1500.0),
        ("۲٫۵", 2.5),
        ("1,500.5", None),
        ("troops", None),
        ("²", None),
        ("9" * 30, None),
    ],
)
def test_the_value_of_digits(raw: str, value: float | None) -> None:
    assert digits(tokenize(raw, "en")[0]) == value


@pytest.mark.parametrize(
    ("lang", "text", "year"),
    [
        ("en", "in 2014", 2014),
        ("en", "in 2014 troops left", 2014),
        ("en", "2014 troops left", None),
        ("en", "of 2,014", None),
        ("en", "since 1850", None),
        ("ar", "عام ٢٠١٤ قوات", 2014),
        ("ar", "انسحب 2000 جندي", None),
        ("ru", "2000 военных", None),
        ("ru", "в 2000 году военных", 2000),
        ("tr", "2000 asker", None),
    ],
)
def test_years_and_numbers_of_things(lang: str, text: str, year: int | None) -> None:
    found = reading(text, lang)
    assert next((y for y in (year_at(found, i) for i in range(len(found.tokens))) if y), None) == year


@given(texts, languages)
@settings(max_examples=40, deadline=None)
def test_any_text_gives_true_intervals(text: str, lang: str) -> None:
    found = reading(text, lang)
    at = 0
    for span in find_counts(found, lexicon(lang)):
        assert at <= span.start < span.end <= len(found.tokens)
        at = span.end
        assert span.count.raw == found.words(span.start, span.end)
        assert span.count.low >= 0
        assert span.count.high is None or span.count.low <= span.count.high
        assert span.count.unit in get_args(CountUnit)
        assert span.count.role in get_args(CountRole)


@given(
    st.integers(2, 2_000_000),
    st.sampled_from(["nearly", "about", "more than", "up to", "at least", "fewer than", ""]),
)
@settings(max_examples=30, deadline=None)
def test_the_number_itself_lies_in_its_interval(number: int, bound: str) -> None:
    ((low, high),) = intervals(f"{bound} {number:,} soldiers")
    assert low <= number
    assert high is None or number <= high


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("The force numbers 3,500 soldiers. It was set up with about 1,200.", [(3500, 3500), (1080, 1320)]),
        ("Troops left the compound. Several hundred had served there.", [(200, 999)]),
        ("Soldiers left the base. It was built in 2014.", []),
        ("Soldiers left the base. It cost about 300 million.", []),
        ("The soldiers left on 17 January. At 11.30 they were gone.", []),
        ("Soldiers left the base. Prisoners stayed, about 300.", []),
    ],
)
def test_a_number_without_its_unit_counts_what_was_counted_before(text: str, found: list[tuple[int, int]]) -> None:
    # Each with the sentences that stand before it.
    assert [(one.low, one.high) for one in counts(text, "en")] == found
