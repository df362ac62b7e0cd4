"""What a sentence does with its numbers: from so many to so many, a share of them, those who are there still."""

from __future__ import annotations

from datetime import date
from itertools import pairwise

import pytest

from monitor.language import solar
from monitor.language.lexicon import lexicon
from monitor.language.numbers import find_counts
from monitor.language.years import year_at
from tests.builders_language import reading

Row = tuple[int, int | None, str]


def _rows(text: str, lang: str) -> list[Row]:
    found = find_counts(reading(text, lang), lexicon(lang))
    return [(span.count.low, span.count.high, span.count.role) for span in found]


@pytest.mark.parametrize(
    ("lang", "text", "rows"),
    [
        ("en", "The garrison will be cut from 800 to 300 soldiers", [(800, 800, "total"), (300, 300, "remaining")]),
        ("en", "Sweden raises its contingent from 300 to 800 soldiers", [(300, 300, "total"), (800, 800, "total")]),
        ("en", "Between 300 and 800 soldiers will leave", [(300, 800, "leaving")]),
        ("en", "It will reduce the number of troops there to under 800", [(0, 800, "remaining")]),
        ("ar", "تخفيض القوة من 800 إلى أقل من 300 جندي", [(800, 800, "total"), (0, 300, "remaining")]),
        ("fa", "شمار نظامیان از ۸۰۰ به ۳۰۰ نفر کاهش می‌یابد", [(800, 800, "total"), (300, 300, "remaining")]),
        ("tr", "Asker sayısı 800'den 300'e düşürülecek", [(800, 800, "total"), (300, 300, "remaining")]),
        ("he", "ישראל תצמצם את הכוח מ-800 ל-300 חיילים", [(800, 800, "total"), (300, 300, "remaining")]),
        ("ru", "Контингент сократят с 800 до 300 военных", [(800, 800, "total"), (300, 300, "remaining")]),
        ("ru", "Контингент сократят до 300 военных", [(300, 300, "remaining")]),
        ("ru", "До 300 военных покинули базу", [(0, 300, "leaving")]),
        ("fr", "L'effectif sera réduit de 800 à 300 soldats", [(800, 800, "total"), (300, 300, "remaining")]),
        ("en", "Half of the 800 soldiers will leave", [(800, 800, "total")]),
        ("tr", "800 askerin yarısı çekilecek", [(800, 800, "total")]),
        ("ar", "سينسحب نصف القوة البالغة 800 جندي", [(800, 800, "leaving")]),
        ("fr", "La moitié des 800 soldats partira", [(800, 800, "total")]),
        ("en", "They withdraw 200 of the 800 soldiers", [(200, 200, "leaving"), (800, 800, "total")]),
        ("en", "200 soldiers are still stationed there", [(200, 200, "remaining")]),
        ("en", "200 soldiers are stationed there", [(200, 200, "total")]),
        ("fr", "200 soldats sont toujours stationnés au Tchad", [(200, 200, "remaining")]),
        ("tr", "200 asker hâlâ Erbil'de görev yapıyor", [(200, 200, "remaining")]),
        ("en", "There are 800 soldiers in Iraq and 300 in Syria", [(800, 800, "total"), (300, 300, "total")]),
        ("en", "They have 800 in Syria as forces leave Iraq", []),
        ("ar", "هناك 800 جندي في العراق و300 في سوريا", [(800, 800, "total"), (300, 300, "total")]),
        ("tr", "Irak'ta 800, Suriye'de 300 askeri var", [(800, 800, "total"), (300, 300, "total")]),
        ("fr", "Paris a 800 soldats au Tchad", [(800, 800, "total")]),
        ("en", "Not a single soldier is left there", [(0, 0, "remaining")]),
    ],
)
def test_what_a_sentence_does_with_its_numbers(lang: str, text: str, rows: list[Row]) -> None:
    assert _rows(text, lang) == rows


@pytest.mark.parametrize(
    ("lang", "text", "interval"),
    [
        ("tr", "40'tan fazla asker", (40, None)),
        ("tr", "40'ı aşkın asker", (40, None)),
        ("tr", "birkaç yüz asker", (200, 999)),
        ("he", "כאלף חיילים", (900, 1100)),
        ("he", "אלף חיילים", (1000, 1000)),
        ("ru", "более тысячи военных", (1000, None)),
        ("ru", "тысячи военных", (2000, 9999)),
        ("ar", "عشرات الجنود", (24, 99)),
    ],
)
def test_how_exact_a_number_is_told(lang: str, text: str, interval: tuple[int, int | None]) -> None:
    assert [(low, high) for low, high, _ in _rows(text, lang)] == [interval]


@pytest.mark.parametrize(
    ("lang", "text"),
    [
        ("en", "On 17 January US forces left"),
        ("en", "On January 17 US forces left"),
        ("en", "By 2011 US forces had left"),
        ("en", "The January 2020 strike on US troops"),
        ("fr", "Le 17 janvier 2026 les forces américaines sont parties"),
        ("ar", "في 17 كانون الثاني 2026 القوات الأمريكية غادرت"),
        ("ru", "17 января американские военные ушли"),
        ("tr", "17 Ocak'ta ABD askerleri çekildi"),
        ("he", "ב-17 בינואר חיילים אמריקנים עזבו"),
        ("ckb", "لە ١٧ی کانوونی دووەم سەربازەکان کشانەوە"),
        ("fa", "۲۷ دی نیروهای آمریکایی خارج شدند"),
        ("fa", "۲۷ دی ۱۴۰۴ نیروهای آمریکایی خارج شدند"),
        ("fa", "در سال ۱۳۸۲ نیروهای آمریکایی آمدند"),
    ],
)
def test_a_day_or_a_year_counts_no_forces(lang: str, text: str) -> None:
    assert _rows(text, lang) == []


@pytest.mark.parametrize(
    ("lang", "text", "year"),
    [
        ("en", "to 2000 US and coalition military personnel", None),
        ("en", "by 2011 US forces", 2011),
        ("en", "less than 2011 soldiers", None),
        ("fa", "در سال ۱۴۰۴", 2025),
        ("fa", "۱۴۰۴ سرباز", None),
    ],
)
def test_a_year_or_a_number(lang: str, text: str, year: int | None) -> None:
    found = reading(text, lang)
    assert next((y for y in (year_at(found, i) for i in range(len(found.tokens))) if y), None) == year


@pytest.mark.parametrize(
    ("year", "month", "first", "last"),
    [
        # From the official calendars; 1403 and 1408 are leap years.
        (1357, 11, date(1979, 1, 21), date(1979, 2, 19)),
        (1403, 12, date(2025, 2, 19), date(2025, 3, 20)),
        (1404, 1, date(2025, 3, 21), date(2025, 4, 20)),
        (1404, 10, date(2025, 12, 22), date(2026, 1, 20)),
        (1408, 12, date(2030, 2, 19), date(2030, 3, 20)),
    ],
)
def test_the_solar_calendar(year: int, month: int, first: date, last: date) -> None:
    assert solar.month_days(year, month) == (first, last)
    assert solar.year_of(first) == solar.year_of(last) == year


def test_solar_months_follow_one_another() -> None:
    days = [solar.month_days(year, month) for year in range(solar.FIRST, solar.LAST) for month in range(1, 13)]
    assert all((after[0] - before[1]).days == 1 for before, after in pairwise(days))
    assert {(last - first).days + 1 for first, last in days} == {29, 30, 31}


@pytest.mark.parametrize(
    ("lang", "text", "rows"),
    [
        ("en", "They took 700 soldiers out, leaving 300 there", [(700, 700, "leaving"), (300, 300, "remaining")]),
        ("en", "The soldiers left on Friday. Several hundred had served there.", [(200, 999, "total")]),
        ("en", "The soldiers left. Some 300 of them remain", [(270, 330, "remaining")]),
        ("en", "About 1,100 US, British, French and Italian soldiers remain", [(990, 1210, "remaining")]),
        ("en", "1,200 members of the forces left", [(1200, 1200, "leaving")]),
        ("en", "A group of 100 soldiers, most of them Germans, left for home", [(100, 100, "leaving")]),
        ("en", "The troops left. About 300 Americans will stay", [(270, 330, "remaining")]),
        ("en", "The troops left. About 300 American companies will stay", []),
        ("ar", "غادرت القوات وسيبقى نحو 300 أمريكي للتدريب", [(270, 330, "remaining")]),
        ("ru", "Войска ушли. 300 американских компаний останутся", []),
    ],
)
def test_who_is_counted_without_being_named_again(lang: str, text: str, rows: list[Row]) -> None:
    assert _rows(text, lang) == rows


def test_a_fighter_with_its_model_is_an_aircraft() -> None:
    found = find_counts(reading("Six F-16 fighters and 300 fighters arrived"), lexicon("en"))
    assert [(span.count.low, span.count.unit) for span in found] == [(6, "aircraft"), (300, "personnel")]
