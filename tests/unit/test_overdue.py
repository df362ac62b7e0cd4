"""A planned day that passes: what the board says, in each state of knowledge."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest

from monitor.baseline.overdue import overdue
from monitor.model import Fact, Overdue, Story, StoryReview
from tests.builders import alert, claim, count, dates, day, fact, facts, story

WINDOW = fact(id="w", attribute="effective_date", date=dates(day(1, 5), day(1, 11)))
ANNOUNCED = fact()
TODAY, WATCHED = day(1, 20), day(1, 1)


def items(
    known: list[Fact] | None = None,
    *stories: Story,
    today: date = TODAY,
    first_success: date | None = WATCHED,
    sick: bool = False,
) -> list[Overdue]:
    held = [ANNOUNCED, WINDOW] if known is None else known
    return list(overdue(held, stories, today=today, first_success=first_success, sources_sick=sick))


def told(state: str = "unreviewed", at: datetime = datetime(2026, 1, 17, tzinfo=UTC), **given: Any) -> Story:
    return story(alert(claim(**given), at=at), id="told", review=StoryReview(state=state))  # type: ignore[arg-type]


def test_the_day_after_the_window_it_is_overdue() -> None:
    assert items(today=day(1, 11)) == []
    (item,) = items(today=day(1, 12))
    assert (item.state, item.due, item.days, item.story) == ("overdue", day(1, 11), 1, None)
    assert item.reason == (
        "The handover of Ain al-Asad was due 5-11 Jan 2026 (Rudaw, as of 2025-12-31), 1 day ago, "
        "and no report tells that it happened."
    )


@pytest.mark.parametrize("phase", ["completed", "cancelled", "postponed"])
def test_a_report_that_settles_it_asks_for_review(phase: str) -> None:
    (item,) = items(None, told(phase=phase))
    words = {"completed": "done", "cancelled": "called off", "postponed": "put off"}
    label = {"completed": "reported done, review"}.get(phase, f"{words[phase]}, review")
    assert (item.state, item.story) == (label, "told")
    assert f"9 days ago; reported {words[phase]} by " in item.reason
    assert item.reason.endswith(": review and accept it.")


@pytest.mark.parametrize(
    "given",
    [
        {"phase": "planned"},
        {"phase": "completed", "polarity": "denied"},
        {"phase": "completed", "modality": "hypothetical"},
        {"phase": "completed", "facility": "harir"},
        {"phase": "completed", "state": "dismissed"},
        {"phase": "completed", "type": "base_establishment"},
        {"phase": "completed", "type": "force_count", "actors": ("coalition",)},
        {"phase": "completed", "at": datetime(2025, 12, 1, tzinfo=UTC)},
    ],
)
def test_other_reports_settle_nothing(given: dict[str, Any]) -> None:
    (item,) = items(None, told(**given))
    assert (item.state, item.story) == ("overdue", None)


def test_sick_sources_and_an_unwatched_day_are_said() -> None:
    (sick,) = items(sick=True)
    (unwatched,) = items(first_success=day(1, 15))
    (never,) = items(first_success=None)
    assert sick.state == "due, not observable"
    assert "the feeds are failing" in sick.reason
    assert unwatched.state == never.state == "unwatched"
    assert "only since 2026-01-15" in unwatched.reason
    assert "no feed has been polled yet" in never.reason
    (failed,) = overdue([ANNOUNCED, WINDOW], (), today=TODAY, first_success=None, sources_sick=True, asked=True)
    assert "; no feed has answered yet, so nobody watched the day pass." in failed.reason


@pytest.mark.parametrize("status", ["handed over", "closed"])
def test_what_is_done_is_not_due(status: str) -> None:
    assert items([fact(status=status), WINDOW]) == []


def test_an_open_or_uncompared_day_is_never_due() -> None:
    undated = fact(attribute="effective_date", date=dates(None))
    past = fact(attribute="effective_date", date=dates(day(1, 1)), compared=False)
    assert items([undated, past]) == []


def test_the_longest_overdue_comes_first() -> None:
    later = fact(id="l", subject="harir", attribute="mandate_end", date=dates(day(1, 15)))
    assert [item.fact.id for item in items([later, ANNOUNCED, WINDOW])] == ["w", "l"]


def test_the_shipped_baseline_is_overdue_in_february() -> None:
    found = overdue(facts(), (), today=day(2, 1), first_success=day(1, 1), sources_sick=False)
    assert {item.fact.subject for item in found} == {"ain-al-asad", "coalition@ain-al-asad"}
    assert {item.due for item in found} == {day(1, 11)}
    assert any(
        item.reason.startswith("The withdrawal of forces of the coalition from Ain al-Asad was due") for item in found
    )


def test_who_reports_it_is_told_by_name() -> None:
    (item,) = overdue(
        [ANNOUNCED, WINDOW],
        (told(),),
        today=TODAY,
        first_success=WATCHED,
        sources_sick=False,
        names={told().families[0]: "Shafaq News"},
    )
    assert "reported done by Shafaq News on 17 Jan 2026" in item.reason


LEAVING = fact(subject="coalition@ain-al-asad", status="leaving")
LEAVES = fact(id="lw", subject="coalition@ain-al-asad", attribute="effective_date", date=dates(day(1, 5), day(1, 11)))


@pytest.mark.parametrize(("kind", "state"), [("withdrawal", "reported done, review"), ("force_count", "overdue")])
def test_who_remains_has_not_left(kind: str, state: str) -> None:
    remains = told(phase="completed", type=kind, actors=("coalition",), count=count(200, role="remaining"))
    (item,) = items([LEAVING, LEAVES], remains)
    assert item.state == state


def test_what_was_reviewed_but_not_accepted_is_told() -> None:
    (item,) = items(None, told(phase="postponed", state="confirmed"))
    assert (item.state, item.story) == ("overdue", "told")
    assert item.reason.endswith(
        "reported put off by f on 17 Jan 2026 (confirmed), which the baseline has not been told: accept it."
    )
    fresh = replace(told(phase="completed"), id="fresh")
    (both,) = items(None, told(phase="postponed", state="confirmed"), fresh)
    assert (both.state, both.story) == ("reported done, review", "fresh")


def test_a_delay_that_was_accepted_says_nothing_more() -> None:
    later = fact(
        id="n", attribute="effective_date", date=dates(day(1, 17)), as_of=day(1, 9), accepted_from="told", version=2
    )
    put_off = told(phase="postponed", date=dates(day(1, 17)), at=datetime(2026, 1, 9, tzinfo=UTC), state="confirmed")
    copy = replace(put_off, id="copy", review=StoryReview())
    (item,) = items([ANNOUNCED, later], put_off, copy)
    assert (item.state, item.story) == ("overdue", None)
    further = told(phase="postponed", date=dates(day(2, 1)), at=datetime(2026, 1, 16, tzinfo=UTC))
    (again,) = items([ANNOUNCED, later], replace(further, id="further"))
    assert (again.state, again.story) == ("put off, review", "further")


def test_what_was_called_off_is_not_due() -> None:
    assert items([fact(status="active", as_of=day(1, 8), accepted_from="told"), WINDOW]) == []


def test_a_report_added_by_hand_is_called_so() -> None:
    byhand = replace(told(phase="completed"), families=("by-hand",))
    (item,) = items(None, byhand)
    assert "reported done by a report added by hand on 17 Jan 2026" in item.reason
