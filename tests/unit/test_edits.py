"""Facts that people write: what they may type, and what they are told where it cannot be used."""

from __future__ import annotations

from datetime import date

import pytest

from monitor.baseline.edits import (
    Hand,
    added,
    attribute_named,
    count_named,
    date_named,
    day_named,
    edited,
    found,
    retired,
    subject_named,
    value_key,
)
from monitor.errors import InputError
from tests.builders import T0, count, dates, day, fact

HAND = Hand("layla", T0, "an official note")


@pytest.mark.parametrize(
    ("text", "low", "high", "unit"),
    [
        ("1,200", 1200, 1200, "personnel"),
        ("0", 0, 0, "personnel"),
        ("1350-1,500", 1350, 1500, "personnel"),
        ("200 to 300", 200, 300, "personnel"),
        (">=200", 200, None, "personnel"),
        ("at least 200", 200, None, "personnel"),
        ("up to 50 aircraft", 0, 50, "aircraft"),
    ],
)
def test_numbers_as_people_write_them(text: str, low: int, high: int | None, unit: str) -> None:
    made = count_named(text, "personnel")
    assert (made.low, made.high, made.unit, made.role) == (low, high, unit, "total")


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("many", "is no number"),
        ("5-3", "smaller number first"),
        ("5 cows", "'cows' is counted by nobody"),
        ("", "no number"),
    ],
)
def test_what_is_no_number_says_how_to_write_one(text: str, told: str) -> None:
    with pytest.raises(InputError, match=told):
        count_named(text, "personnel")


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [("2026-01-17", day(1, 17), day(1, 17)), ("2026-01-05..2026-01-11", day(1, 5), day(1, 11))],
)
def test_days(text: str, first: date, last: date) -> None:
    made = date_named(text)
    assert (made.start, made.end) == (first, last)


@pytest.mark.parametrize("text", ["soon", "2026-13-01", "2026-01-11..2026-01-05", "2026"])
def test_what_is_no_date(text: str) -> None:
    with pytest.raises(InputError, match="2026-01-17"):
        date_named(text)
    with pytest.raises(InputError, match="2026-01-17"):
        day_named(text)


@pytest.mark.parametrize(
    ("text", "subject"),
    [
        ("ain-al-asad", "ain-al-asad"),
        ("Ain al-Asad", "ain-al-asad"),
        ("Ain al-Asad Air Base", "ain-al-asad"),
        ("coalition@kurdistan-region", "coalition@kurdistan-region"),
        ("United States@Iraq", "US@IQ"),
        ("US@Erbil", "US@erbil"),
        ("Anbar", "forces@anbar"),
        ("coalition@world", "coalition@world"),
    ],
)
def test_subjects(text: str, subject: str) -> None:
    assert subject_named(text) == subject


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("ain-al-asat", "Did you mean ain-al-asad"),
        ("colition@erbil", "Did you mean coalition"),
        ("", "no base or area"),
    ],
)
def test_an_unknown_subject_names_the_nearest(text: str, told: str) -> None:
    with pytest.raises(InputError, match=told):
        subject_named(text)


def test_attributes() -> None:
    assert attribute_named("effective date") == "effective_date"
    with pytest.raises(InputError, match="There are: status, count"):
        attribute_named("colour")


@pytest.mark.parametrize(
    ("attribute", "value", "field", "expected"),
    [
        ("status", "handed over", "status", "handed over"),
        ("mission", "end announced", "status", "end announced"),
        ("count", "1,200", "count", count(1200, raw="1,200")),
        ("membership", "90", "count", count(90, unit="members")),
        ("effective_date", "2026-02-01", "date", None),
        ("alert_level", "Level 3", "status", "Level 3"),
        ("background", "the runway was renovated", "text", "the runway was renovated"),
    ],
)
def test_an_added_fact_carries_its_value_and_whose_it_is(
    attribute: str, value: str, field: str, expected: object
) -> None:
    made = added("coalition@erbil", attribute, value, HAND, as_of=day(1, 3), source="a note", grade="B")
    held = getattr(made, field)
    assert held == expected if expected is not None else (held.start == day(2, 1))
    assert sum(one is not None for one in (made.status, made.count, made.date, made.text)) == 1
    assert (made.by, made.at, made.reason, made.grade, made.version) == ("layla", T0, "an official note", "B", 1)
    assert made.compared == (attribute != "background")


def test_a_state_that_is_none_names_those_there_are() -> None:
    with pytest.raises(InputError, match="handover announced, handover under way"):
        added("Ain al-Asad", "status", "kaputt", HAND, as_of=day(1, 3), source="me")


def test_an_edit_must_change_something_and_give_a_reason() -> None:
    with pytest.raises(InputError, match="Nothing would change"):
        edited(fact(), HAND)
    with pytest.raises(InputError, match="Nothing would change"):
        edited(fact(), HAND, source="Rudaw")
    with pytest.raises(InputError, match="needs a reason"):
        edited(fact(), Hand("layla", T0, " "), value="handed over")
    with pytest.raises(InputError, match="needs a reason"):
        retired(fact(), Hand("layla", T0, ""))
    made = edited(fact(attribute="effective_date", date=dates(day(1, 5))), HAND, value="2026-01-17")
    assert made.date is not None
    assert (made.date.start, made.version, made.replaces) == (day(1, 17), 2, "f1")


def test_a_fact_is_found_by_the_beginning_of_its_id() -> None:
    facts = [fact(id="abc1"), fact(id="abd2")]
    assert found(facts, "abd").id == "abd2"
    for text, told in (("ab", "2 facts begin"), ("x", "There is no fact"), ("", "There is no fact")):
        with pytest.raises(InputError, match=told):
            found(facts, text)


def test_what_a_fact_holds_does_not_depend_on_its_words() -> None:
    one = added("US@harir", "count", "450-550", HAND, as_of=day(1, 2), source="layla")
    same = added("US@harir", "count", "450 to 550 personnel", HAND, as_of=day(1, 9), source="omar")
    other = added("US@harir", "count", "450", HAND, as_of=day(1, 2), source="layla")
    assert value_key(one) == value_key(same) != value_key(other)
