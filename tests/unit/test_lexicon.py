"""Every lexicon is complete, can be parsed, and names only what the world knows."""

from __future__ import annotations

import re
from importlib.resources import files
from pathlib import Path
from typing import get_args

import pytest

from monitor.language.lexicon import LANGUAGES, Lexicon, World, lexicon, world
from monitor.language.terms import parse_term
from monitor.model import CountRole, CountUnit
from monitor.yamlfile import load_data

DOCS = Path(__file__).parents[2] / "docs" / "lexicon.md"
RELATIVE = {"today", "tomorrow", "yesterday"} | {
    *(f"{which}_{unit}" for which in ("last", "this", "next") for unit in ("week", "month", "year")),
    *(f"{which}_{unit}" for which in ("recent", "coming") for unit in ("days", "weeks")),
}
DATE_TERMS = ("by", "end_of", "early", "mid", "late", "ago", "within", "since")
TOP = {"language", "source", "lists", "cues", "tense", "numbers", "units", "not_units", "roles", "dates", "names"}


def _documented(heading: str) -> set[str]:
    """The names in the first column of the table under a heading of docs/lexicon.md."""
    section = DOCS.read_text(encoding="utf-8").split(f"### {heading}\n", 1)[1].split("\n### ", 1)[0]
    cells = re.findall(r"^\| ([a-z_ ]+) \|", section, re.MULTILINE)
    return {name for cell in cells for name in cell.split()} - {"list", "class"}


def _terms(words: Lexicon) -> list[str]:
    tables = [words.lists, words.cues, words.tense, words.units, words.roles, words.names, words.numbers["bounds"]]
    listed = [term for table in tables for terms in table.values() for term in terms]
    dates = words.dates
    listed += [str(term) for key in DATE_TERMS for term in dates[key]]
    listed += [str(term) for terms in dates["spans"].values() for term in terms]
    listed += [str(term) for key in ("months", "weekdays", "relative") for term in dates[key]]
    listed += [str(term) for key in ("words", "scales", "vague") for term in words.numbers[key]]
    return [*listed, *words.not_units]


def test_the_documented_tables_are_read() -> None:
    assert {"handover", "confuse_close", "carrier", "sealift"} <= _documented("Lists")
    assert {"pseudo", "said", "under_way"} <= _documented("Cues")


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_file_has_every_documented_key(lang: str) -> None:
    data = load_data(files("monitor.language.lexicon").joinpath(f"{lang}.yml").read_text(encoding="utf-8"), lang)
    assert data["language"] == lang
    assert set(data) == TOP
    assert data["source"]


@pytest.mark.parametrize("lang", LANGUAGES)
def test_lists_and_cues_are_those_of_the_documentation(lang: str) -> None:
    words = lexicon(lang)
    assert _documented("Lists") <= set(words.lists) <= _documented("Lists") | _documented("Frame lists")
    assert set(words.cues) == _documented("Cues")
    assert [name for name, terms in {**words.lists, **words.cues}.items() if not terms] == []


def test_every_documented_list_is_shipped_in_english() -> None:
    assert set(lexicon("en").lists) == _documented("Lists") | _documented("Frame lists")


@pytest.mark.parametrize("lang", LANGUAGES)
def test_units_roles_and_tenses_are_known_to_the_program(lang: str) -> None:
    words = lexicon(lang)
    assert set(words.units) == set(get_args(CountUnit))
    assert set(words.roles) == set(get_args(CountRole))
    assert {"planned", "completed"} <= set(words.tense) <= _documented("Cues")
    assert set(words.numbers["bounds"]) == {"below", "about", "at_least", "at_most"}


@pytest.mark.parametrize("lang", LANGUAGES)
def test_dates_are_whole(lang: str) -> None:
    dates = lexicon(lang).dates
    assert set(dates["months"].values()) == set(range(1, 13))
    assert set(dates["weekdays"].values()) == set(range(7))
    assert set(dates["relative"].values()) == RELATIVE
    assert set(dates["spans"]) == {"day", "week", "month", "year"}
    assert all(dates[key] for key in DATE_TERMS)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_numbers_are_intervals_and_values(lang: str) -> None:
    numbers = lexicon(lang).numbers
    assert all(0 <= low <= high for low, high in numbers["vague"].values())
    assert all(isinstance(value, int) and value >= 0 for value in numbers["words"].values())
    assert {100, 1000, 1_000_000} <= set(numbers["scales"].values())
    assert set(range(2, 11)) <= set(numbers["words"].values())
    assert numbers["range"]


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_term_parses(lang: str) -> None:
    wrong = []
    for term in _terms(lexicon(lang)):
        if not any(char.isalnum() for char in term):
            continue  # a mark among the clause boundaries or units, looked for between words
        try:
            parse_term(term, lang, letters=1)
        except ValueError as error:
            wrong.append(f"{term}: {error}")
    assert wrong == []


@pytest.mark.parametrize("lang", LANGUAGES)
def test_names_are_ids_of_the_world(lang: str) -> None:
    known = set(world().actors) | set(world().places)
    assert set(lexicon(lang).names) - known == set()


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_actors_of_the_region_have_a_name_in_every_language(lang: str) -> None:
    assert {"US", "IQ", "SY", "IR", "TR", "coalition", "erbil", "baghdad"} <= set(lexicon(lang).names)


def test_another_language_is_a_key_error() -> None:
    with pytest.raises(KeyError, match="de"):
        lexicon("de")


def test_a_lexicon_is_read_once() -> None:
    assert lexicon("en") is lexicon("en")


def test_every_part_and_every_area_exists_without_cycles() -> None:
    known = world()
    for actor in known.actors.values():
        chain = [actor.id]
        while (whole := known.actors[chain[-1]].part_of) is not None:
            assert whole in known.actors, f"{chain[-1]} is part of {whole}, which is not there"
            assert whole not in chain, f"{chain} goes round"
            chain.append(whole)
    for place in known.places.values():
        inside = [place.id]
        while (larger := known.places[inside[-1]].within) is not None:
            assert larger in known.places, f"{inside[-1]} lies within {larger}, which is not there"
            assert larger not in inside, f"{inside} goes round"
            inside.append(larger)


def test_countries_and_members_are_states() -> None:
    known = world()
    states = {key for key, actor in known.actors.items() if actor.kind == "state"}
    assert known.members <= states
    assert {place.country for place in known.places.values()} - {None} <= states
    assert {actor.country for actor in known.actors.values()} - {None} <= states
    assert not set(known.actors) & set(known.places)


def test_a_place_lies_in_the_country_of_its_area() -> None:
    known = world()
    for place in known.places.values():
        if place.within is not None and known.places[place.within].country is not None:
            assert place.country == known.places[place.within].country


@pytest.mark.parametrize(
    ("place", "areas"),
    [
        ("mosul", ("mosul", "nineveh", "federal-iraq", "IQ")),
        ("erbil", ("erbil", "kurdistan-region", "IQ")),
        ("hormuz", ("hormuz", "gulf", "middle-east")),
        ("IQ", ("IQ",)),
        ("atlantis", ("atlantis",)),
        (None, ()),
    ],
)
def test_areas_from_the_smallest_to_the_country(place: str | None, areas: tuple[str, ...]) -> None:
    assert world().areas(place) == areas


@pytest.mark.parametrize(
    ("part", "whole", "belongs"),
    [
        ("US", "coalition", True),
        ("coalition", "US", False),
        ("unifil", "un", True),
        ("wagner", "RU", True),
        ("IR", "coalition", False),
        ("nobody", "un", False),
        ("nobody", "nobody", True),
    ],
)
def test_whose_presence_counts_as_whose(part: str, whole: str, belongs: bool) -> None:
    assert world().belongs(part, whole) is belongs


def test_going_round_in_the_world_would_end() -> None:
    found = World({}, {}, frozenset())
    assert found.label("US") == "US"
    assert world().label("US") == "United States"
    assert world().label("erbil") == "Erbil"
