"""The one way in which the baseline moves: what accepting a story would write."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest

from monitor.baseline.accept import proposal, proposals
from monitor.baseline.compare import compare, strongest
from monitor.baseline.ledger import with_accepted
from monitor.baseline.wording import value_of
from monitor.model import Fact
from tests.builders import alert, claim, count, dates, day, fact, facts, story

AT = datetime(2026, 1, 20, 9, tzinfo=UTC)


def proposed(known: list[Fact] | None = None, **given: Any) -> tuple[Fact | None, str]:
    return proposal(story(alert(claim(**given), at=AT)), [fact()] if known is None else known)


def accepted(known: list[Fact] | None = None, **given: Any) -> Fact:
    made, why = proposed(known, **given)
    assert made is not None, why
    assert why == ""
    return made


def test_a_completion_moves_the_state_and_cites_the_story() -> None:
    made = accepted(date=dates(day(1, 17)))
    assert (made.subject, made.attribute, made.status, made.as_of) == (
        "ain-al-asad",
        "status",
        "handed over",
        day(1, 17),
    )
    assert (made.version, made.accepted_from, made.passage, made.source) == (2, "s1", "the words", "f")
    assert made.compared
    assert accepted(date=dates(day(1, 17))).id == made.id


def test_a_report_without_an_exact_day_holds_since_it_was_told() -> None:
    assert accepted().as_of == day(1, 20)
    assert accepted(date=dates(day(1, 5), day(1, 11))).as_of == day(1, 20)
    # A plan holds since it was announced, not since the day that is planned.
    assert accepted([], phase="planned", date=dates(day(3, 1))).as_of == day(1, 20)


def test_a_plan_that_is_known_moves_its_day() -> None:
    made = accepted(phase="planned", date=dates(day(2, 1), day(2, 7)))
    assert (made.attribute, made.date, made.as_of) == ("effective_date", dates(day(2, 1), day(2, 7)), day(1, 20))


def test_a_postponement_moves_only_the_day() -> None:
    window = fact(id="w", attribute="effective_date", date=dates(day(1, 5), day(1, 11)))
    made = accepted([fact(), window], phase="postponed", date=dates(day(2, 1)))
    assert (made.attribute, made.date, made.version) == ("effective_date", dates(day(2, 1)), 2)
    assert proposed(phase="postponed") == (None, "it was put off, but the report names no new date")


@pytest.mark.parametrize(
    ("kind", "attribute", "state"),
    [
        ("base_handover", "status", "active"),
        ("base_closure", "status", "active"),
        ("withdrawal", "status", "present"),
        ("mission_change", "mission", "active"),
    ],
)
def test_what_is_called_off_leaves_what_was(kind: str, attribute: str, state: str) -> None:
    made = accepted(type=kind, phase="cancelled", action="ended")
    assert (made.attribute, made.status) == (attribute, state)


@pytest.mark.parametrize("kind", ["deployment", "base_establishment", "exercise", "rotation"])
def test_what_never_came_has_no_state(kind: str) -> None:
    made, why = proposed(type=kind, phase="cancelled")
    assert made is None
    assert why == f"the baseline keeps no state that a report of this kind ({kind.replace('_', ' ')}) would move"


def test_a_number_becomes_a_count() -> None:
    made = accepted(
        list(facts()),
        type="force_count",
        facility=None,
        place="kurdistan-region",
        actors=("coalition",),
        count=count(1200, role="remaining"),
    )
    assert (made.subject, made.attribute, made.count) == (
        "coalition@kurdistan-region",
        "count",
        count(1200, role="remaining"),
    )
    assert made.version == 2


def test_a_number_beside_a_step_does_not_hide_the_step() -> None:
    assert accepted(count=count(200)).status == "handed over"


@pytest.mark.parametrize(
    ("given", "why"),
    [
        ({"modality": "hypothetical"}, "its claim is hypothetical, not a change that has been reported"),
        ({"polarity": "denied"}, "a denial changes nothing that is known"),
        ({"facility": None, "country": None}, "its claim names no base or place"),
        (
            {"type": "posture_pressure"},
            "the baseline keeps no state that a report of this kind (posture pressure) would move",
        ),
        ({"phase": "unclear"}, "the baseline keeps no state that a report of this kind (base handover) would move"),
        (
            {"type": "force_count", "count": count(5, role="leaving")},
            "the baseline keeps no state that a report of this kind (force count) would move",
        ),
    ],
)
def test_what_cannot_be_accepted_says_why(given: dict[str, Any], why: str) -> None:
    assert proposed(**given) == (None, why)


def test_a_story_without_a_claim_has_nothing_to_accept() -> None:
    assert proposal(story(alert()), []) == (None, "this story makes no claim that the baseline could hold")


def test_an_accepted_fact_names_its_outlet() -> None:
    told = story(alert(claim(), at=AT))
    (plain, _), (named, _) = proposal(told, [fact()]), proposal(told, [fact()], {told.lead.family: "Shafaq News"})
    assert plain is not None
    assert named is not None
    assert (plain.source, named.source) == (told.lead.family, "Shafaq News")


# ---- what follows from a change --------------------------------------------------------------------------------------

WINDOW = fact(id="w", attribute="effective_date", date=dates(day(1, 5), day(1, 11)))
COALITION = "coalition@ain-al-asad"
LEAVING = fact(id="l", subject=COALITION, status="leaving")
NOBODY = fact(id="n", subject=COALITION, attribute="count", count=count(0))
SOME = fact(id="n", subject=COALITION, attribute="count", count=count(200))


def follows(known: list[Fact], before: Sequence[Fact] = (), **given: Any) -> list[tuple[str, str, str]]:
    found, _ = proposals(story(alert(claim(**given), at=AT)), known, accepted=before)
    return [(one.subject, one.attribute, "over" if one.retired else value_of(one)) for one in found]


def test_a_handover_that_is_done_dates_its_step_and_ends_the_leaving_of_those_who_are_gone() -> None:
    own = [("ain-al-asad", "status", "handed over"), ("ain-al-asad", "effective_date", "17 Jan 2026")]
    done = {"date": dates(day(1, 17))}
    assert follows([fact(), WINDOW, LEAVING, NOBODY], **done) == [*own, (COALITION, "status", "gone")]
    assert follows([fact(), WINDOW, LEAVING, SOME], **done) == own
    assert follows([fact(), WINDOW, LEAVING], **done) == own
    assert follows([fact()], **done) == own[:1]
    elsewhere = [replace(one, subject="coalition@harir") for one in (LEAVING, NOBODY)]
    assert follows([fact(), WINDOW, *elsewhere], **done) == own


def test_a_second_acceptance_takes_what_is_still_open() -> None:
    status = fact(id="a", status="handed over", as_of=day(1, 17), accepted_from="s1")
    done = {"date": dates(day(1, 17))}
    assert follows([status, WINDOW], [status], **done) == [("ain-al-asad", "effective_date", "17 Jan 2026")]
    assert follows([status], [status], **done) == []
    # What was accepted since from another story is not set back.
    later = fact(id="b", status="active", as_of=day(2, 1), accepted_from="s2")
    assert follows([later], [status, later], **done) == []


def test_a_plan_brings_its_window_and_its_number() -> None:
    erbil = {
        "type": "deployment",
        "phase": "planned",
        "facility": None,
        "place": "erbil",
        "actors": ("US",),
        "date": dates(day(2, 1), day(2, 28)),
        "count": count(300, role="arriving"),
    }
    status, window = ("US@erbil", "status", "expected"), ("US@erbil", "effective_date", "1-28 Feb 2026")
    assert follows([], **erbil) == [status, window, ("US@erbil", "count", "300 personnel arriving")]
    # The number of those who come takes no place of those who are there.
    there = fact(id="t", subject="US@erbil", attribute="count", count=count(1500))
    assert follows([there], **erbil) == [status, window]
    assert follows([], **{**erbil, "date": None, "count": None}) == [status]


def test_an_arrival_ends_the_number_that_was_expected() -> None:
    known = [
        fact(id="e", subject="US@erbil", status="expected"),
        fact(id="w", subject="US@erbil", attribute="effective_date", date=dates(day(2, 1), day(2, 28))),
        fact(id="c", subject="US@erbil", attribute="count", count=count(300, role="arriving")),
    ]
    arrived = {"type": "deployment", "facility": None, "place": "erbil", "actors": ("US",)}
    assert follows(known, **arrived) == [
        ("US@erbil", "status", "present"),
        ("US@erbil", "effective_date", "20 Jan 2026"),
        ("US@erbil", "count", "over"),
    ]
    found, _ = proposals(story(alert(claim(**arrived), at=AT)), known)
    assert [one.attribute for one in with_accepted(known, found)] == ["status", "effective_date"]


@pytest.mark.parametrize(
    ("given", "at", "verdict"),
    [
        ({}, day(1, 25), "confirms"),
        ({"date": dates(day(1, 17))}, day(1, 25), "confirms"),
        ({"date": dates(day(1, 19))}, day(1, 25), "updates"),
        ({"phase": "planned", "date": dates(day(2, 1))}, day(1, 25), "contradicts"),
    ],
)
def test_later_reports_of_what_was_accepted_confirm_it(given: dict[str, Any], at: date, verdict: str) -> None:
    known = [fact(), WINDOW, LEAVING, NOBODY]
    found, _ = proposals(story(alert(claim(date=dates(day(1, 17))), at=AT)), known)
    verdicts = compare(claim(**given), 0, with_accepted(known, found), at)
    assert strongest(verdicts, 0) == verdict
