"""Scores of labelled items: counts, shares, and Wilson's interval against published values."""

from __future__ import annotations

import pytest
from hypothesis import given, strategies as st

from monitor.rules.scoring import Judged, Score, interval, named_right, score, tables, worst


def item(wanted: bool, flagged: bool, lang: str = "en", **more: object) -> Judged:
    return Judged("x", "text", lang, wanted, flagged, **more)  # type: ignore[arg-type]


def test_counts_and_shares() -> None:
    row = score("all", [item(True, True), item(True, True), item(True, False), item(False, True), item(False, False)])
    assert (row.hits, row.false_alarms, row.misses, row.items) == (2, 1, 1, 5)
    assert row.precision == row.recall == row.f1 == pytest.approx(2 / 3)


def test_nothing_flagged_is_no_division_by_zero() -> None:
    assert (Score("x").precision, Score("x").recall, Score("x").f1) == (0.0, 0.0, 0.0)


# Newcombe 1998, "Two-sided confidence intervals for the single proportion", table I, method 3.
@pytest.mark.parametrize(
    ("part", "whole", "low", "high"),
    [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611), (1, 29, 0.0061, 0.1718)],
)
def test_wilson_as_published(part: int, whole: int, low: float, high: float) -> None:
    assert interval(part, whole) == (pytest.approx(low, abs=1e-4), pytest.approx(high, abs=1e-4))


@given(st.integers(0, 500), st.integers(0, 500))
def test_an_interval_holds_its_share(part: int, more: int) -> None:
    whole = part + more
    low, high = interval(part, whole)
    assert 0 <= low <= high <= 1
    assert whole == 0 or low - 1e-9 <= part / whole <= high + 1e-9


def test_tables_have_languages_types_and_the_strict_part() -> None:
    rows = tables(
        [
            item(True, True, wanted_type="withdrawal"),
            item(True, False, "ar", wanted_type="deployment"),
            item(False, True, "ar", borderline=True),
        ]
    )
    assert [row.name for row in rows] == ["all", "without borderline", "ar", "en", "deployment", "withdrawal"]
    assert rows[1].false_alarms == 0
    assert rows[-1].recall == 1.0


def test_a_type_has_its_own_false_alarms() -> None:
    rows = tables(
        [
            item(True, True, wanted_type="withdrawal", found_type="deployment"),
            item(False, True, found_type="withdrawal"),
            item(False, True, found_type="deployment"),
            item(False, False, found_type="withdrawal"),
        ]
    )
    assert [(row.name, row.hits, row.false_alarms, row.misses) for row in rows[2:]] == [("withdrawal", 1, 1, 0)]


def test_the_worst_come_first() -> None:
    missed, alarm, denial = item(True, False), item(False, True), item(False, True, denial=True)
    doubtful = item(False, True, denial=True, borderline=True)
    assert worst([item(True, True), doubtful, missed, alarm, denial]) == [denial, alarm, missed, doubtful]


def test_phases_have_rows_of_their_own_after_the_types() -> None:
    rows = tables(
        [
            item(True, True, wanted_type="withdrawal", wanted_phase="planned", found_phase="completed"),
            item(True, False, wanted_type="withdrawal", wanted_phase="completed"),
            item(False, True, found_type="withdrawal", found_phase="completed"),
        ]
    )
    assert [row.name for row in rows] == ["all", "en", "withdrawal", "completed", "planned"]
    assert [(row.hits, row.false_alarms, row.misses) for row in rows[-2:]] == [(0, 1, 1), (1, 0, 0)]


def test_how_often_type_and_phase_are_as_labelled() -> None:
    planned = {"wanted_type": "withdrawal", "wanted_phase": "planned"}
    judged = [
        item(True, True, **planned, found_type="withdrawal", found_phase="planned"),
        item(True, True, **planned, found_type="rotation", found_phase="completed"),
        item(True, True, wanted_type="force_count", found_type="force_count"),
        item(True, False, **planned),
        item(False, True, found_type="withdrawal", found_phase="planned"),
    ]
    assert named_right(judged) == (("type", 2, 3), ("phase", 1, 2))
    assert named_right([item(True, True)]) == ()
