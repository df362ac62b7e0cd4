"""Readings: fields in one row of tokens, hits that can be asked for by range, names that do not stand in each other."""

from __future__ import annotations

import pytest
from hypothesis import given, settings, strategies as st

from monitor.language.reading import read
from tests.builders_language import languages, reading, ruleset, texts, two_fields


def test_fields_stand_in_one_row_and_sentences_run_on() -> None:
    found = two_fields("US troops leave Iraq", "They left. It is over.")
    assert found.ranges == (("title", 0, 4), ("text", 4, 9))
    assert [token.sentence for token in found.tokens] == [0, 0, 0, 0, 1, 1, 2, 2, 2]
    assert found.sentences == ((0, 4), (4, 6), (6, 9))
    assert [token.paragraph for token in found.tokens] == [0] * 4 + [1] * 5
    assert [found.field_of(index) for index in (0, 3, 4, 8)] == ["title", "title", "text", "text"]


def test_words_are_those_of_the_field() -> None:
    found = two_fields("US troops leave", "They LEFT, yes.")
    assert found.words(0, 3) == "US troops leave"
    assert found.words(4, 6) == "LEFT, yes"
    assert found.text_of("text") == "They LEFT, yes."


def test_an_empty_field_has_no_tokens_but_a_place() -> None:
    found = two_fields("", "Troops left")
    assert found.ranges == (("title", 0, 0), ("text", 0, 2))
    assert found.range_of("title") == (0, 0)
    assert found.range_of("summary") == (0, 0)
    assert found.sentence_of(1) == (0, 2)
    with pytest.raises(IndexError):
        found.field_of(2)


def test_a_field_that_is_not_there_has_no_text() -> None:
    with pytest.raises(KeyError):
        reading("Troops left").text_of("summary")


def test_hits_of_a_group_within_a_range() -> None:
    found = reading("troops and troops and troops")
    assert found.within("@troops", 0, 5) == [(0, 1), (2, 3), (4, 5)]
    assert found.within("@troops", 1, 4) == [(2, 3)]
    assert found.within("@troops", 3, 4) == []
    assert found.within("no such group", 0, 5) == []


def test_a_hit_that_ends_outside_the_range_is_not_within_it() -> None:
    found = reading("They hand over the base")
    assert found.within("@handover", 1, 3) == [(1, 3)]
    assert found.within("@handover", 1, 2) == []
    assert found.within("@handover", 2, 5) == []


def test_a_hit_is_never_found_across_fields() -> None:
    assert two_fields("They hand", "over the base").within("@handover", 0, 5) == []


@pytest.mark.parametrize(
    ("lang", "text", "actors", "places"),
    [
        ("en", "US troops leave Erbil", ["US"], ["erbil"]),
        ("en", "The United States and Iraq", ["US", "IQ"], []),
        ("en", "They told us so", [], []),
        ("ar", "القوات الأمريكية في بغداد", ["US"], ["baghdad"]),
        ("fa", "نیروهای آمریکا در بغداد", ["US"], ["baghdad"]),
        ("ckb", "هێزەکانی ئەمریکا لە هەولێر", ["US"], ["erbil"]),
        ("kmr", "leşkerên Amerîkayê li Hewlêrê", ["US"], ["erbil"]),
        ("tr", "ABD askerleri Erbil'de", ["US"], ["erbil"]),
        ("he", 'ארה"ב בבגדאד', ["US"], ["baghdad"]),
        ("ru", "Войска США в Багдаде", ["US"], ["baghdad"]),
        ("fr", "Les Américains à Bagdad", ["US"], ["baghdad"]),
    ],
)
def test_actors_and_places(lang: str, text: str, actors: list[str], places: list[str]) -> None:
    found = reading(text, lang)
    assert [span.id for span in found.actors] == actors
    assert [span.id for span in found.places] == places


def test_the_longer_name_wins() -> None:
    found = reading("Troops leave the Kurdistan Region of Iraq")
    assert [span.id for span in found.places] == ["kurdistan-region"]
    starts = [span.start for span in (*found.actors, *found.places)]
    assert len(starts) == len(set(starts))


def test_what_a_facility_consumes_is_no_hit_but_for_its_own_nouns() -> None:
    found = reading("Troops leave Al-Asad Air Base")
    (facility,) = found.facilities
    inside = [
        group
        for group, spans in found.hits.items()
        for start, end in spans
        if facility.start <= start and end <= facility.end and (start, end) != (facility.start, facility.end)
    ]
    assert inside
    assert all(group.startswith(("facility", "@base", "cue:", "tense:")) for group in inside)


@given(texts, texts, languages)
@settings(max_examples=40, deadline=None)
def test_any_entry_is_read(title: str, text: str, lang: str) -> None:
    found = read((("title", title), ("text", text)), lang, ruleset().language(lang).vocabulary)
    low, middle, high = found.ranges[0][1], found.ranges[1][1], found.ranges[1][2]
    assert (low, high) == (0, len(found.tokens))
    assert [index for start, end in found.sentences for index in range(start, end)] == list(range(high))
    for index, token in enumerate(found.tokens):
        field = title if index < middle else text
        assert field[token.start : token.end]
        assert found.sentence_of(index)[0] <= index < found.sentence_of(index)[1]
    at = 0
    for span in sorted((*found.facilities, *found.actors, *found.places), key=lambda span: span.start):
        assert at <= span.start < span.end <= high
        at = span.end
    for spans in found.hits.values():
        assert spans == sorted(spans)
        assert all(found.tokens[a].sentence == found.tokens[b - 1].sentence for a, b in spans)


def test_sentences_run_on_over_three_fields_and_an_empty_one() -> None:
    vocabulary = ruleset().language("en").vocabulary
    found = read((("title", "One"), ("summary", ""), ("text", "Two. Three")), "en", vocabulary)
    assert [token.sentence for token in found.tokens] == [0, 1, 2]
    assert [found.range_of(name) for name in ("title", "summary", "text")] == [(0, 1), (1, 1), (1, 3)]


@pytest.mark.parametrize(
    ("lang", "text", "facility", "place"),
    [
        ("en", "Troops leave Erbil Air Base for Erbil", "Erbil Air Base", "Erbil"),
        ("ar", "مطار بغداد الدولي في بغداد", "مطار بغداد الدولي", "بغداد"),
    ],
)
def test_a_place_inside_a_facility_is_no_place(lang: str, text: str, facility: str, place: str) -> None:
    found = reading(text, lang)
    assert [found.words(span.start, span.end) for span in found.facilities] == [facility]
    assert [found.words(span.start, span.end) for span in found.places] == [place]
    assert found.places[0].start >= found.facilities[0].end


@given(texts, texts, languages, st.integers(-2, 30), st.integers(-2, 30))
@settings(max_examples=30, deadline=None)
def test_within_keeps_to_its_range_and_words_to_the_text(title: str, text: str, lang: str, low: int, high: int) -> None:
    found = read((("title", title), ("text", text)), lang, ruleset().language(lang).vocabulary)
    for group, spans in found.hits.items():
        assert found.within(group, low, high) == [span for span in spans if low <= span[0] and span[1] <= high]
        for start, end in spans:
            words = found.words(start, end)
            assert words in found.text_of(found.field_of(start))
            assert words.startswith(found.tokens[start].raw[:1])
