"""The ledger: what was held on any day, whatever the order in which people decided."""

from __future__ import annotations

from itertools import permutations

import pytest

from monitor.baseline.edits import Hand, edited, retired
from monitor.baseline.ledger import history, ledger, timeline, with_accepted
from monitor.model import Fact
from tests.builders import T0, count, dates, day, fact, facts

WINDOW = fact(id="w", attribute="effective_date", date=dates(day(1, 5), day(1, 11)))
SEEDS = (fact(id="s"), WINDOW)
HAND = Hand("layla", T0, "misread")


def moved(state: str, month: int, number: int, **given: object) -> Fact:
    return fact(id=f"{state}{month}-{number}", status=state, as_of=day(month, number), accepted_from="story", **given)


UNDER_WAY = moved("handover under way", 1, 10)
DONE = moved("handed over", 1, 17)
BACK = moved("active", 2, 20)


def status_on(month: int, number: int, *versions: Fact) -> str | None:
    rows = [r for r in ledger(SEEDS, versions, day(month, number)).rows if r.attribute == "status"]
    return rows[0].facts[0].status if rows else None


@pytest.mark.parametrize("order", list(permutations((UNDER_WAY, DONE, BACK))))
@pytest.mark.parametrize(
    ("on", "state"),
    [
        ((1, 1), "handover announced"),
        ((1, 9), "handover announced"),
        ((1, 10), "handover under way"),
        ((1, 16), "handover under way"),
        ((1, 17), "handed over"),
        ((2, 19), "handed over"),
        ((2, 20), "active"),
        ((12, 31), "active"),
    ],
)
def test_each_day_has_its_state_whatever_was_accepted_first(
    order: tuple[Fact, ...], on: tuple[int, int], state: str
) -> None:
    assert status_on(*on, *order) == state
    assert [one.status for one in with_accepted(SEEDS, order) if one.attribute == "status"] == ["active"]


def test_before_the_baseline_nothing_was_held() -> None:
    assert ledger(SEEDS, (), day(12, 30, 2025)).rows == ()


def test_a_row_says_what_held_before_and_since_when() -> None:
    (row,) = ledger(SEEDS, (DONE, UNDER_WAY), day(3, 1)).rows
    assert [one.status for one in row.before] == ["handover under way", "handover announced"]
    assert (row.facts[0].as_of, row.due, row.late) == (day(1, 17), None, None)


def test_a_step_that_is_due_counts_its_days_until_it_is_done() -> None:
    late = {n: ledger(SEEDS, (), day(1, n)).rows[0].late for n in (4, 11, 12, 20)}
    assert late == {4: None, 11: None, 12: 1, 20: 9}
    assert ledger(SEEDS, (), day(1, 4)).rows[0].due == WINDOW.date


def test_an_edit_takes_the_place_of_what_was_wrong_on_every_day() -> None:
    wrong = fact(id="c", attribute="count", subject="coalition@erbil", count=count(1500))
    right = edited(wrong, HAND, value="1,400")
    (row,) = ledger((wrong,), (right,), day(12, 31, 2025)).rows
    assert [(one.count.low, one.version, one.reason) for one in row.facts if one.count] == [(1400, 2, "misread")]
    assert row.before == ()
    assert history((wrong,), (right,)) == (wrong, right)
    assert history((wrong,), (right,), "elsewhere") == ()


def test_a_retired_fact_never_held_and_stays_in_the_history() -> None:
    gone = retired(SEEDS[0], HAND)
    assert with_accepted(SEEDS, (gone,)) == (WINDOW,)
    assert ledger(SEEDS, (gone,), day(2, 1)).rows == ()
    assert history(SEEDS, (gone,))[-1].retired


def test_an_edit_of_an_edit_and_of_what_was_accepted() -> None:
    first = edited(DONE, HAND, as_of=day(1, 18))
    second = edited(first, HAND, as_of=day(1, 19))
    assert [one.as_of for one in with_accepted((SEEDS[0],), (DONE, first, second))] == [day(1, 19)]
    assert second.accepted_from == "story"


def test_two_sources_of_one_day_may_disagree_on_a_number_but_not_on_a_state() -> None:
    members = [fact(id=f"m{n}", attribute="membership", subject="coalition@world", count=count(n)) for n in (89, 90)]
    (row,) = ledger(members, (), day(2, 1)).rows
    assert row.facts == tuple(members)
    twice = (fact(id="a"), fact(id="b", status="active"))
    assert [one.id for one in with_accepted(twice, ())] == ["a"]
    assert len(with_accepted(members, (moved("x", 2, 1, attribute="membership", subject="coalition@world"),))) == 1


def test_a_newer_article_stands_above_an_older_one() -> None:
    older = fact(id="o", status="active", as_of=day(6, 1, 2025))
    assert [one.id for one in with_accepted((fact(id="n"), older), ())] == ["n"]
    assert [one.id for one in timeline((fact(id="n"), older), ())] == ["n", "o"]


def test_the_shipped_ledger_begins_with_the_bases() -> None:
    subjects = [row.subject for row in ledger(facts(), (), day(1, 1)).rows]
    assert subjects[0] == "ain-al-asad"
    assert "coalition@kurdistan-region" in subjects
    assert not any(row.attribute in ("background", "effective_date") for row in ledger(facts(), (), day(1, 1)).rows)
