"""Dates: what a wording means on Wednesday, 31 December 2025, in every language, and without a day to reckon from."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given, settings, strategies as st

from monitor.language.dates import find_dates
from monitor.language.lexicon import lexicon
from tests.builders_language import WEDNESDAY, dates, languages, reading, texts

Span = tuple[str | None, str | None, str]


def _seen(text: str, lang: str, *, planned: bool, published: date | None = WEDNESDAY) -> list[Span]:
    found = dates(text, lang, planned=planned, published=published)
    return [
        (str(s.date.start) if s.date.start else None, str(s.date.end) if s.date.end else None, s.date.precision)
        for s in found
    ]


@pytest.mark.parametrize(
    ("lang", "text", "start", "end", "precision"),
    [
        ("en", "today", "2025-12-31", "2025-12-31", "day"),
        ("en", "tomorrow", "2026-01-01", "2026-01-01", "day"),
        ("en", "yesterday", "2025-12-30", "2025-12-30", "day"),
        ("en", "this week", "2025-12-29", "2026-01-04", "week"),
        ("en", "next week", "2026-01-05", "2026-01-11", "week"),
        ("en", "last month", "2025-11-01", "2025-11-30", "month"),
        ("en", "next month", "2026-01-01", "2026-01-31", "month"),
        ("en", "next year", "2026-01-01", "2026-12-31", "year"),
        ("en", "in 2026", "2026-01-01", "2026-12-31", "year"),
        ("en", "In 2003 US troops", "2003-01-01", "2003-12-31", "year"),
        ("en", "three months ago", "2025-09-17", "2025-10-17", "range"),
        ("en", "two weeks ago", "2025-12-14", "2025-12-20", "range"),
        ("en", "a year ago", "2024-07-02", "2025-07-01", "range"),
        ("en", "one day ago", "2025-12-30", "2025-12-30", "range"),
        ("en", "within 30 days", "2025-12-31", "2026-01-30", "range"),
        ("en", "in the next two weeks", "2025-12-31", "2026-01-14", "range"),
        ("en", "17 January 2026", "2026-01-17", "2026-01-17", "day"),
        ("en", "January 17, 2026", "2026-01-17", "2026-01-17", "day"),
        ("en", "January 17th, 2026", "2026-01-17", "2026-01-17", "day"),
        ("en", "Sunday, 4 January 2026", "2026-01-04", "2026-01-04", "day"),
        ("en", "5-11 January 2026", "2026-01-05", "2026-01-11", "range"),
        ("en", "5 to 11 January 2026", "2026-01-05", "2026-01-11", "range"),
        ("en", "January 5–11, 2026", "2026-01-05", "2026-01-11", "range"),
        ("en", "September 2026", "2026-09-01", "2026-09-30", "month"),
        ("en", "early September 2026", "2026-09-01", "2026-09-10", "range"),
        ("en", "mid-September 2026", "2026-09-11", "2026-09-20", "range"),
        ("en", "late September 2026", "2026-09-21", "2026-09-30", "range"),
        ("en", "end of September 2026", "2026-09-24", "2026-09-30", "range"),
        ("en", "end of next week", "2026-01-10", "2026-01-11", "range"),
        ("en", "end of 2026", "2026-11-26", "2026-12-31", "range"),
        ("en", "2026-01-17", "2026-01-17", "2026-01-17", "day"),
        ("en", "17.01.2026", "2026-01-17", "2026-01-17", "day"),
        ("en", "17/01/2026", "2026-01-17", "2026-01-17", "day"),
        ("ar", "الأسبوع المقبل", "2026-01-05", "2026-01-11", "week"),
        ("ar", "أمس", "2025-12-30", "2025-12-30", "day"),
        ("ar", "قبل ثلاثة أشهر", "2025-09-17", "2025-10-17", "range"),
        ("ar", "قبل عام", "2024-07-02", "2025-07-01", "range"),
        ("ar", "خلال أسبوعين", "2025-12-31", "2026-01-14", "range"),
        ("ar", "خلال 30 يوما", "2025-12-31", "2026-01-30", "range"),
        ("ar", "١٧ كانون الثاني ٢٠٢٦", "2026-01-17", "2026-01-17", "day"),
        ("ar", "بين 5 و11 يناير 2026", "2026-01-05", "2026-01-11", "range"),
        ("ar", "نهاية العام", "2025-11-26", "2025-12-31", "range"),
        ("ar", "عام 2026", "2026-01-01", "2026-12-31", "year"),
        ("fa", "هفته آینده", "2026-01-05", "2026-01-11", "week"),
        ("fa", "دیروز", "2025-12-30", "2025-12-30", "day"),
        ("fa", "سه ماه پیش", "2025-09-17", "2025-10-17", "range"),
        ("fa", "ظرف ۳۰ روز", "2025-12-31", "2026-01-30", "range"),
        ("fa", "۱۷ ژانویه ۲۰۲۶", "2026-01-17", "2026-01-17", "day"),
        ("fa", "سال ۲۰۲۶", "2026-01-01", "2026-12-31", "year"),
        ("en", "in recent days", "2025-12-24", "2025-12-31", "range"),
        ("en", "in the coming weeks", "2025-12-31", "2026-01-30", "range"),
        ("ar", "خلال الأيام المقبلة", "2025-12-31", "2026-01-07", "range"),
        ("fa", "در روزهای گذشته", "2025-12-24", "2025-12-31", "range"),
        ("ckb", "لە ڕۆژانی داهاتوو", "2025-12-31", "2026-01-07", "range"),
        ("kmr", "di rojên pêş de", "2025-12-31", "2026-01-07", "range"),
        ("tr", "önümüzdeki günlerde", "2025-12-31", "2026-01-07", "range"),
        ("he", "בימים הקרובים", "2025-12-31", "2026-01-07", "range"),
        ("ru", "в ближайшие дни", "2025-12-31", "2026-01-07", "range"),
        ("fr", "dans les prochains jours", "2025-12-31", "2026-01-07", "range"),
        ("ar", "أمس الثلاثاء", "2025-12-30", "2025-12-30", "day"),
        ("fa", "امروز (سه‌شنبه)", "2025-12-30", "2025-12-30", "day"),
        ("en", "today, Friday", "2025-12-31", "2025-12-31", "day"),
        ("fa", "۱۱ دی ۱۴۰۴", "2026-01-01", "2026-01-01", "day"),
        ("fa", "۵ تا ۱۱ دی‌ماه ۱۴۰۴", "2025-12-26", "2026-01-01", "range"),
        ("fa", "دی ماه ۱۴۰۴", "2025-12-22", "2026-01-20", "month"),
        ("fa", "شهریور ۱۴۰۵", "2026-08-23", "2026-09-22", "month"),
        ("fa", "سال ۱۴۰۴", "2025-03-21", "2026-03-20", "year"),
        ("ckb", "هەفتەی داهاتوو", "2026-01-05", "2026-01-11", "week"),
        ("ckb", "دوێنێ", "2025-12-30", "2025-12-30", "day"),
        ("ckb", "سێ مانگ لەمەوبەر", "2025-09-17", "2025-10-17", "range"),
        ("ckb", "لە ماوەی ٣٠ ڕۆژدا", "2025-12-31", "2026-01-30", "range"),
        ("ckb", "١٧ی کانوونی دووەم ٢٠٢٦", "2026-01-17", "2026-01-17", "day"),
        ("ckb", "لە ساڵی ٢٠٢٦", "2026-01-01", "2026-12-31", "year"),
        ("kmr", "hefteya bê", "2026-01-05", "2026-01-11", "week"),
        ("kmr", "sê meh berê", "2025-09-17", "2025-10-17", "range"),
        ("kmr", "di nava 30 rojan de", "2025-12-31", "2026-01-30", "range"),
        ("tr", "gelecek hafta", "2026-01-05", "2026-01-11", "week"),
        ("tr", "dün", "2025-12-30", "2025-12-30", "day"),
        ("tr", "üç ay önce", "2025-09-17", "2025-10-17", "range"),
        ("tr", "30 gün içinde", "2025-12-31", "2026-01-30", "range"),
        ("tr", "17 Ocak 2026", "2026-01-17", "2026-01-17", "day"),
        ("tr", "2026'da", "2026-01-01", "2026-12-31", "year"),
        ("he", "שבוע הבא", "2026-01-05", "2026-01-11", "week"),
        ("he", "לפני שלושה חודשים", "2025-09-17", "2025-10-17", "range"),
        ("he", "ה-17 בינואר 2026", "2026-01-17", "2026-01-17", "day"),
        ("he", "ב-2026", "2026-01-01", "2026-12-31", "year"),
        ("ru", "на следующей неделе", "2026-01-05", "2026-01-11", "week"),
        ("ru", "вчера", "2025-12-30", "2025-12-30", "day"),
        ("ru", "три месяца назад", "2025-09-17", "2025-10-17", "range"),
        ("ru", "год назад", "2024-07-02", "2025-07-01", "range"),
        ("ru", "в течение 30 дней", "2025-12-31", "2026-01-30", "range"),
        ("ru", "5-11 января 2026 года", "2026-01-05", "2026-01-11", "range"),
        ("ru", "в 2026 году", "2026-01-01", "2026-12-31", "year"),
        ("fr", "la semaine prochaine", "2026-01-05", "2026-01-11", "week"),
        ("fr", "hier", "2025-12-30", "2025-12-30", "day"),
        ("fr", "il y a trois mois", "2025-09-17", "2025-10-17", "range"),
        ("fr", "le 17 janvier 2026", "2026-01-17", "2026-01-17", "day"),
        ("fr", "le 1er janvier 2026", "2026-01-01", "2026-01-01", "day"),
        ("fr", "en 2026", "2026-01-01", "2026-12-31", "year"),
    ],
)
@pytest.mark.parametrize("planned", [False, True])
def test_what_a_wording_means(
    lang: str, text: str, start: str | None, end: str | None, precision: str, planned: bool
) -> None:
    assert _seen(text, lang, planned=planned) == [(start, end, precision)]


@pytest.mark.parametrize(
    ("lang", "text", "past", "future"),
    [
        ("en", "17 January", "2025-01-17", "2026-01-17"),
        ("en", "17th January", "2025-01-17", "2026-01-17"),
        ("en", "1 January", "2025-01-01", "2026-01-01"),
        ("en", "30 December", "2025-12-30", "2026-12-30"),
        ("en", "December 31", "2025-12-31", "2025-12-31"),
        ("en", "29 February", "2024-02-29", None),
        ("en", "on Thursday", "2025-12-25", "2026-01-01"),
        ("en", "Wednesday", "2025-12-31", "2025-12-31"),
        ("ar", "17 يناير", "2025-01-17", "2026-01-17"),
        ("ar", "الخميس", "2025-12-25", "2026-01-01"),
        ("fa", "۱۷ ژانویه", "2025-01-17", "2026-01-17"),
        ("fa", "۲۷ دی", "2025-01-16", "2026-01-17"),
        ("fa", "پنجشنبه", "2025-12-25", "2026-01-01"),
        ("ckb", "١٧ی کانوونی دووەم", "2025-01-17", "2026-01-17"),
        ("kmr", "17 çile", "2025-01-17", "2026-01-17"),
        ("tr", "17 Ocak'ta", "2025-01-17", "2026-01-17"),
        ("tr", "perşembe", "2025-12-25", "2026-01-01"),
        ("he", "17 בינואר", "2025-01-17", "2026-01-17"),
        ("ru", "17 января", "2025-01-17", "2026-01-17"),
        ("ru", "в четверг", "2025-12-25", "2026-01-01"),
        ("fr", "17 janvier", "2025-01-17", "2026-01-17"),
    ],
)
def test_the_future_is_preferred_for_a_plan(lang: str, text: str, past: str | None, future: str | None) -> None:
    expected = [[(day, day, "day")] if day else [] for day in (past, future)]
    assert [_seen(text, lang, planned=False), _seen(text, lang, planned=True)] == expected


@pytest.mark.parametrize(
    ("published", "planned", "day"),
    [
        (date(2026, 1, 2), False, date(2025, 12, 30)),
        (date(2026, 1, 2), True, date(2026, 12, 30)),
        (date(2025, 12, 29), True, date(2025, 12, 30)),
        (date(2025, 12, 29), False, date(2024, 12, 30)),
    ],
)
def test_a_day_in_december_around_the_new_year(published: date, planned: bool, day: date) -> None:
    assert [s.date.start for s in dates("30 December", published=published, planned=planned)] == [day]


@pytest.mark.parametrize(
    ("lang", "text", "end"),
    [
        ("en", "by the end of January", "2026-01-31"),
        ("en", "by 17 January", "2026-01-17"),
        ("en", "no later than 15 January", "2026-01-15"),
        ("en", "until the end of September 2026", "2026-09-30"),
        ("en", "by the end of next week", "2026-01-11"),
        ("en", "by the end of the year", "2025-12-31"),
        ("en", "by year-end", "2025-12-31"),
        ("en", "by May", "2026-05-31"),
        ("en", "by late 2026", "2026-12-31"),
        ("ar", "بحلول نهاية يناير", "2026-01-31"),
        ("fa", "تا پایان ژانویه", "2026-01-31"),
        ("fa", "تا پایان دی", "2026-01-20"),
        ("ckb", "تا کۆتایی کانوونی دووەم", "2026-01-31"),
        ("kmr", "heta dawiya çileyê", "2026-01-31"),
        ("tr", "ocak sonuna kadar", "2026-01-31"),
        ("tr", "Ocak ayının sonuna kadar", "2026-01-31"),
        ("tr", "Eylül 2026'ya kadar", "2026-09-30"),
        ("tr", "yıl sonuna kadar", "2025-12-31"),
        ("he", "עד סוף ינואר", "2026-01-31"),
        ("ru", "до конца января", "2026-01-31"),
        ("ru", "к сентябрю 2026 года", "2026-09-30"),
        ("ru", "к концу месяца", "2025-12-31"),
        ("fr", "d'ici fin janvier", "2026-01-31"),
    ],
)
def test_a_deadline_runs_from_publication_to_its_end(lang: str, text: str, end: str) -> None:
    assert _seen(text, lang, planned=True) == [("2025-12-31", end, "range")]
    assert [span.kind for span in dates(text, lang, planned=True)] == ["by"]


@pytest.mark.parametrize(
    ("lang", "text"),
    [("en", "since 2014"), ("ar", "منذ 2014"), ("ru", "с 2014 года"), ("fr", "depuis 2014")],
)
def test_since_is_kept_apart(lang: str, text: str) -> None:
    found = dates(text, lang)
    assert [(span.kind, span.date.start) for span in found] == [("since", date(2014, 1, 1))]


@pytest.mark.parametrize(
    ("lang", "text"),
    [
        ("en", "next week"),
        ("en", "three months ago"),
        ("en", "17 January"),
        ("en", "by the end of January"),
        ("en", "Monday"),
        ("en", "within 30 days"),
        ("en", "end of the year"),
        ("ar", "الأسبوع المقبل"),
        ("fa", "سه ماه پیش"),
        ("ckb", "دوێنێ"),
        ("kmr", "hefteya bê"),
        ("tr", "gelecek hafta"),
        ("he", "אתמול"),
        ("ru", "на следующей неделе"),
        ("fr", "hier"),
    ],
)
def test_an_undated_text_leaves_its_relative_dates_open(lang: str, text: str) -> None:
    found = dates(text, lang, published=None)
    assert [(span.date.start, span.date.end) for span in found] == [(None, None)]
    assert found[0].date.raw in text


def test_an_undated_text_keeps_full_dates() -> None:
    assert _seen("17 January 2026", "en", planned=True, published=None) == [("2026-01-17", "2026-01-17", "day")]
    assert _seen("by September 2026", "en", planned=True, published=None) == [(None, "2026-09-30", "range")]


@pytest.mark.parametrize(
    ("lang", "text"),
    [
        ("en", "2000 soldiers"),
        ("en", "Troops may leave"),
        ("en", "Troops May Leave"),
        ("en", "they march on"),
        ("en", "30 February"),
        ("en", "several years ago"),
        ("en", "99999 years ago"),
        ("ar", "2000 جندي"),
        ("tr", "2000 asker"),
        ("ru", "2000 военных"),
    ],
)
def test_what_is_no_date(lang: str, text: str) -> None:
    assert dates(text, lang) == []


def test_a_date_keeps_its_words() -> None:
    found = dates("They leave by the end of January 2026, he said.", planned=True)
    assert [span.date.raw for span in found] == ["by the end of January 2026"]


def test_only_the_tokens_asked_for_are_read() -> None:
    found = reading("They left on 17.01.2025. They return on 18.01.2026.")
    low, high = found.sentences[1]
    spans = find_dates(found, lexicon("en"), WEDNESDAY, planned=False, low=low, high=high)
    assert [span.date.start for span in spans] == [date(2026, 1, 18)]


@pytest.mark.parametrize("published", [date.min, date.max, date(9999, 12, 30), date(1, 1, 2)])
def test_a_day_that_no_feed_can_carry_counts_as_none(published: date) -> None:
    text = "next year, last year, three months ago, within 30 days, 17 January, Monday"
    # The weekday beside a date is that date's.
    assert [s.date.start for s in dates(text, published=published)] == [None] * 5


@given(texts, languages, st.one_of(st.none(), st.dates()), st.booleans())
@settings(max_examples=40, deadline=None)
def test_any_text_gives_true_intervals(text: str, lang: str, published: date | None, planned: bool) -> None:
    at = 0
    for span in dates(text, lang, published=published, planned=planned):
        assert span.start < span.end
        assert at <= span.end
        at = span.end
        if span.date.start is not None and span.date.end is not None:
            assert span.date.start <= span.date.end


@given(st.dates(date(2000, 1, 1), date(2099, 12, 31)))
@settings(max_examples=60, deadline=None)
def test_next_week_is_the_whole_week_after(published: date) -> None:
    ((start, end),) = ((s.date.start, s.date.end) for s in dates("next week", published=published))
    assert start is not None
    assert end is not None
    assert start.weekday() == 0
    assert end - start == timedelta(days=6)
    assert timedelta(days=1) <= start - published <= timedelta(days=7)


@given(st.dates(date(2000, 1, 1), date(2099, 12, 31)), st.booleans())
@settings(max_examples=60, deadline=None)
def test_a_day_without_a_year_is_the_nearest_on_its_side(published: date, planned: bool) -> None:
    (span,) = dates("17 January", published=published, planned=planned)
    assert span.date.start is not None
    away = (span.date.start - published).days
    assert 0 <= away <= 366 if planned else -366 <= away <= 0
