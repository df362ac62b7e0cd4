"""What people do to stories and claims, over a real store: split, merge, correct, grade, tag, own, watch, close."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from monitor import review
from monitor.baseline.edits import count_named, date_named
from monitor.claims import correction
from monitor.cli.stories import one_story
from monitor.errors import ReviewError
from monitor.model import Feed, Story
from monitor.service import Monitor
from tests.dashboard.boards import board, story
from tests.desk import Desk, written

AT = datetime(2026, 1, 17, 8, tzinfo=UTC)
DONE = "Coalition completes handover of Ain al-Asad airbase to Iraqi army"
TAKEN = "Iraqi army takes over Ain al-Asad airbase from the coalition"
HARIR = "Coalition hands over Harir base to the Iraqi army"
FEEDS = [Feed(id=name, url=f"https://{name}.example", name=name, lang="en") for name in ("one", "two", "three")]
FEEDS[0] = replace(FEEDS[0], reliability="B")


@pytest.fixture(params=["store.json", "store.db"])
def desk(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Desk]:
    with Desk(tmp_path / request.param, FEEDS) as desk:
        desk.hear(written("one", "1", AT, DONE), written("two", "2", AT + timedelta(hours=1), TAKEN))
        yield desk


def stories(monitor: Monitor) -> list[list[str]]:
    return sorted(sorted(alert.entry.feed for alert in story.alerts) for story in monitor.board().stories)


def only(monitor: Monitor) -> Story:
    (story,) = monitor.board().stories
    return story


def test_split_and_merge_hold_for_what_comes_later_and_can_be_undone(desk: Desk) -> None:
    monitor = desk.monitor()
    story = only(monitor)
    monitor.split(story.id, [story.alerts[1].entry.id])
    assert stories(monitor) == [["one"], ["two"]]
    desk.hear(written("three", "3", AT + timedelta(hours=2), "Ain al-Asad base is handed over to Iraqi forces"))
    assert stories(monitor) == [["one", "three"], ["two"]]
    first, second = (s.id for s in monitor.board().stories)
    monitor.merge(first, second)
    assert stories(monitor) == [["one", "three", "two"]]
    monitor.undo()
    assert stories(monitor) == [["one", "three"], ["two"]]
    monitor.undo()
    assert stories(monitor) == [["one", "three", "two"]]


def test_two_events_can_be_one_story_and_either_name_leads_to_it(desk: Desk) -> None:
    monitor = desk.monitor()
    known = only(monitor).id
    desk.hear(written("three", "h", AT + timedelta(hours=3), HARIR))
    (other,) = [s.id for s in monitor.board().stories if s.id != known]
    monitor.merge(known, other)
    assert monitor.story(other).id == monitor.story(known).id == known
    monitor.decide(other, "confirm")
    assert only(monitor).review.state == "confirmed"
    with pytest.raises(ReviewError, match="one story already"):
        monitor.merge(known, other)


def test_what_is_wrong_with_a_split_is_said(desk: Desk) -> None:
    monitor = desk.monitor()
    story = only(monitor)
    for entries in ([], ["nothing"], [alert.entry.id for alert in story.alerts]):
        with pytest.raises(ReviewError, match="not all of them"):
            monitor.split(story.id, entries)


def test_a_correction_changes_the_verdict_and_what_is_accepted(desk: Desk) -> None:
    monitor = desk.monitor()
    story = only(monitor)
    given = correction(facility="harir", when=date_named("2026-01-16"), count=count_named("200", "personnel"))
    decision = monitor.correct(story.id, given, reason="the agency named the wrong base")
    lead = only(monitor).lead
    claim = lead.lead_claim
    assert claim is not None
    assert (claim.facility, lead.verdict) == ("harir", "related")
    assert "Harir" in lead.gloss
    assert lead.extracted is not None
    assert lead.extracted.facility == "ain-al-asad"
    assert decision.was is not None
    assert "ain-al-asad" in decision.was
    # The review hangs on the claim as it was read: the correction does not lose it.
    assert only(monitor).id == story.id
    monitor.decide(story.id, "accept")
    accepted = [fact for fact in monitor.baseline() if fact.accepted_from]
    assert [(fact.subject, fact.status, fact.as_of) for fact in accepted] == [
        ("harir", "handed over", date(2026, 1, 16))
    ]
    monitor.undo()
    monitor.undo()
    assert only(monitor).lead.verdict == "updates"


def test_a_correction_holds_for_the_wording_it_was_made_for(desk: Desk) -> None:
    monitor = desk.monitor()
    monitor.correct(only(monitor).id, correction(facility="harir"))
    again = written("one", "1", AT, f"{DONE}, army says", seen=AT + timedelta(days=1))
    desk.hear(again)
    lead = only(monitor).lead.lead_claim
    assert lead is not None
    assert lead.facility == "ain-al-asad"


def test_a_correction_that_is_none_is_refused(desk: Desk) -> None:
    for given, told in (({}, "Nothing is corrected"), ({"facility": "nowhere"}, "no facility 'nowhere'")):
        with pytest.raises(ReviewError, match=told):
            correction(**given)  # type: ignore[arg-type]
    with pytest.raises(ReviewError, match="There is no phase 'done'"):
        correction(phase="done")
    with pytest.raises(ReviewError, match="no report"):
        desk.monitor().correct(only(desk.monitor()).id, correction(phase="planned"), entry="zzz")
    assert correction(unset=frozenset({"count"})) == {"count": None}


def test_a_grade_is_suggested_and_a_persons_stands_above_it(desk: Desk) -> None:
    monitor = desk.monitor()
    grade = only(monitor).trust
    assert grade is not None
    assert (grade.reliability, grade.credibility, grade.by) == ("B", "2", None)
    assert grade.why == "2 independent sources, and nothing known against it"
    monitor.grade(only(monitor).id, "C3", reason="both outlets lean on one officer")
    own = only(monitor).trust
    assert own is not None
    assert (own.reliability, own.credibility, own.by, own.at) == ("C", "3", "layla", desk.now)
    assert own.why == "both outlets lean on one officer"
    for wrong in ("Z9", "B", "22", ""):
        with pytest.raises(ReviewError, match="like B2"):
            monitor.grade(only(monitor).id, wrong, reason="x")


def test_tags_and_owner(desk: Desk) -> None:
    monitor = desk.monitor()
    monitor.tag(only(monitor).id, ["anbar", " handover ", "anbar", ""])
    monitor.own(only(monitor).id, "omar")
    found = only(monitor).review
    assert (found.tags, found.owner, found.state) == (("anbar", "handover"), "omar", "in_review")
    monitor.own(only(monitor).id, None)
    assert only(monitor).review.owner is None


def test_what_is_watched_comes_back_when_its_day_has_passed(desk: Desk) -> None:
    monitor = desk.monitor()
    monitor.decide(only(monitor).id, "watch", due=date(2026, 1, 25))
    desk.now = datetime(2026, 1, 25, 20, tzinfo=UTC)
    assert only(monitor).review.state == "watching"
    desk.now = datetime(2026, 1, 26, 1, tzinfo=UTC)
    assert only(monitor).review.state == "reopened"


def test_a_plan_that_is_watched_comes_back_when_its_window_has_passed(tmp_path: Path) -> None:
    with Desk(tmp_path / "s.json", FEEDS, now=AT) as desk:
        desk.hear(written("one", "p", AT, "Coalition to hand over Harir base next week"))
        monitor = desk.monitor()
        monitor.decide(only(monitor).id, "watch")
        desk.now = datetime(2026, 1, 25, 9, tzinfo=UTC)
        assert only(monitor).review.state == "watching"
        desk.now = datetime(2026, 1, 26, 9, tzinfo=UTC)
        assert only(monitor).review.state == "reopened"


def test_closed_stays_closed_until_another_source_reports(desk: Desk) -> None:
    monitor = desk.monitor()
    story = only(monitor)
    with pytest.raises(ReviewError, match="only what is decided is closed"):
        monitor.decide(story.id, "close")
    monitor.decide(story.id, "confirm")
    monitor.decide(story.id, "close")
    late = desk.now + timedelta(hours=1)
    desk.hear(written("one", "again", AT + timedelta(hours=4), DONE, seen=late))
    assert only(monitor).review.state == "closed", "a copy reopens nothing"
    desk.hear(written("three", "new", AT + timedelta(hours=5), "Iraqi forces take over Ain al-Asad base", seen=late))
    assert only(monitor).review.state == "reopened"


def test_every_hand_is_in_one_sound_chain(desk: Desk) -> None:
    monitor = desk.monitor()
    story = only(monitor)
    monitor.tag(story.id, ["x"])
    monitor.correct(story.id, correction(phase="under_way"))
    monitor.split(story.id, [story.alerts[1].entry.id])
    monitor.add_fact("coalition@erbil", "count", "200", reason="a briefing")
    monitor.undo()
    assert [line.action for line in monitor.journal()] == ["tag", "correct", "split", "add_fact", "undo"]
    assert review.verify(monitor.journal()) is None
    assert not [fact for fact in monitor.baseline() if fact.subject == "coalition@erbil"]


@pytest.mark.parametrize(
    ("wanted", "told"), [("new", ""), ("old-story", "Story old-stor is now new-stor: "), ("old", "Story old is now")]
)
def test_a_former_id_leads_to_the_story_and_says_what_it_is_called_now(
    wanted: str, told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    made = replace(story("new-story", "Convoy leaves"), aliases=("old-story",))
    assert one_story(board((made,)), wanted) is made
    said = capsys.readouterr().err
    assert said.startswith(told) if told else not said
