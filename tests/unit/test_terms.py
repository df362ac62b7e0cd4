"""Terms and their finder: what each kind of word meets, and that no term is lost by another."""

from __future__ import annotations

import pytest
from hypothesis import given, settings, strategies as st

from monitor.language.inflection import forms, heads, roots
from monitor.language.terms import Vocabulary, WordIndex, parse_term
from monitor.language.words import fold, tokenize
from tests.builders_language import find, holds, languages, texts


@pytest.mark.parametrize(
    ("term", "text", "found"),
    [
        ("hand over", "It hands over the base", True),
        ("hand over", "It hands it over", False),
        ("hand over", "hand. Over it goes", False),
        ('"hand over"', "It hands over the base", False),
        ('"hand over"', "to HAND OVER the base", True),
        ('"hand" over', "hand overs", True),
        ("=Hand", "Hand it", True),
        ("=Hand", "hand it", False),
        ("US", "the US left", True),
        ("US", "US's troops", True),
        ("US", "tell us more", False),
        ("U.S.", "the U.S. left", True),
        ("U.S.", "the US left", True),
        ("NATO", "NATO’s troops", True),
        ("deploy*", "redeployment", False),
        ("deploy*", "deployments", True),
        ("*deployment", "redeployment", True),
        ("w?rd", "word", True),
        ("w?rd", "wrd", False),
        ("Ain al-Asad", "Ain Al Asad", True),
        ("air base", "air-base", True),
        ("air base", "air\u200cbase", True),
        ("F-35", "an F-35 flew", True),
        ("F-35", "an F35 flew", False),
    ],
)
def test_what_a_term_meets(term: str, text: str, found: bool) -> None:
    assert holds(text, term) is found


def test_an_arabic_and_is_part_of_an_exact_word() -> None:
    assert holds("وانسحب الجيش", '"انسحب"', "ar")
    assert not holds("سينسحب الجيش", '"ينسحب"', "ar")


@pytest.mark.parametrize("term", ["", '""', "  ", "!", "*", "a*", "?", "a*b*c*", "=", '"*"', "*?*"])
def test_a_term_without_a_word_or_too_wide_is_refused(term: str) -> None:
    with pytest.raises(ValueError, match=r"no word|too wide|inside quotes"):
        parse_term(term, "en")


def test_the_shipped_lists_may_keep_one_letter() -> None:
    assert parse_term("ي*", "ar", letters=1).words[0].kind == "pattern"


def test_a_wildcard_holds_no_expression() -> None:
    assert not holds("aXb", "a.b*")
    assert holds("ab", "a(b*") is False


def test_hits_are_in_order_the_longest_per_start() -> None:
    hits = find("air base and air base complex", "en", base=("air base", "air", "air base complex"))
    assert hits == {"base": [(0, 2), (3, 6)]}


def test_nothing_is_found_over_the_end_of_a_sentence_or_of_the_text() -> None:
    assert find("They hand. Over there", "en", x="hand over") == {}
    assert find("They hand", "en", x="hand over") == {}
    assert find("", "en", x="hand over") == {}


_SOURCES = st.sampled_from(
    ["hand over", "hand", '"over"', "=US", "US", "troop*", "*er", "Ain al-Asad", "قاعدة", "войска", "üs", "next week"]
)


@given(texts, languages, st.lists(_SOURCES, min_size=1, max_size=6), _SOURCES)
@settings(max_examples=40, deadline=None)
def test_another_group_never_costs_a_hit(text: str, lang: str, sources: list[str], added: str) -> None:
    groups = [(f"g{index}", parse_term(source, lang)) for index, source in enumerate(sources)]
    tokens = tokenize(text, lang)
    before = Vocabulary(groups).find(tokens)
    after = Vocabulary([*groups, ("new", parse_term(added, lang))]).find(tokens)
    assert {name: spans for name, spans in after.items() if name != "new"} == before


@given(texts, languages)
@settings(max_examples=30, deadline=None)
def test_hits_lie_in_one_sentence_and_in_the_text(text: str, lang: str) -> None:
    tokens = tokenize(text, lang)
    for spans in find(text, lang, a="hand over", b="*ps", c="next week", d="Ain al-Asad").values():
        assert spans == sorted(spans)
        for start, end in spans:
            assert 0 <= start < end <= len(tokens)
            assert tokens[start].sentence == tokens[end - 1].sentence


def test_looking_grows_with_the_text_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    tried = 0
    inner = Vocabulary._ends

    def counting(*args: object) -> dict[str, int]:
        nonlocal tried
        tried += 1
        return inner(*args)  # type: ignore[arg-type]

    monkeypatch.setattr(Vocabulary, "_ends", counting)
    vocabulary = Vocabulary([("a", parse_term("hand over", "en")), ("b", parse_term("base", "en"))])
    work = []
    for times in (10, 1000):
        tried = 0
        vocabulary.find(tokenize("They hand over the base. " * times, "en"))
        work.append(tried)
    assert work[1] == 100 * work[0]


def test_terms_that_begin_alike_cost_no_more_than_one() -> None:
    many = Vocabulary([(f"g{n}", parse_term(f"hand over w{n}x", "en")) for n in range(500)])
    assert many.find(tokenize("They hand over w7x and hand over w499x", "en")) == {"g7": [(1, 4)], "g499": [(5, 8)]}


WRITTEN = st.one_of(
    st.sampled_from(
        [word for term in ("withdraw troops deployed bases carries", "قواعد القوات وبالقاعدة") for word in term.split()]
    ),
    st.text("abcdefgiklmnoprstuyşçğöüê", min_size=1, max_size=9),
    st.text("ابتكلمنوهيفسدرقعةشجخصپچ", min_size=1, max_size=9),
    st.text("אבהולמשכיםתנר", min_size=1, max_size=8),
    st.text("абвеиклмнопристуыья", min_size=1, max_size=10),
)


@given(WRITTEN, languages)
@settings(max_examples=300, deadline=None)
def test_a_word_begins_like_each_form_it_may_stand_for(word: str, lang: str) -> None:
    folded = fold(word, lang)
    for form in forms(folded, lang):
        known = roots(form, lang)
        if known:
            assert any(head.startswith(root) for head in heads(folded, lang) for root in known), form


@given(WRITTEN, WRITTEN, languages)
@settings(max_examples=300, deadline=None)
def test_a_word_that_is_met_is_never_thought_impossible(written: str, word: str, lang: str) -> None:
    index = WordIndex()
    for source in (written, f'"{written}"', f"={written}", f"{written}*"):
        try:
            term = parse_term(source, lang)
        except ValueError:
            continue
        for one in term.words:
            index.number(one)
    for text in (written, word, written + "ed", "و" + written, written.capitalize()):
        folded = fold(text, lang)
        if text.isalpha() and any(index.met_by(text, folded, forms(folded, lang))):
            assert index.may_meet(text, folded, lang)
