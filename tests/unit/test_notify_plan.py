"""Who is told of what, when: once for each story and line, again when its verdict changes, at the line's pace."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, time, timedelta
from typing import Any

import pytest

from monitor.model import Board, Notify, Story, StoryReview
from monitor.notify.plan import AT_ONCE, Note, Told, batch_id, consider, line_id, next_time, ready, words
from tests.builders import T0, after, alert, claim, feed, story

LINE = Notify("severity>=high", "bell")
H, M = timedelta(hours=1), timedelta(minutes=1)


def board(*stories: Story, now: datetime = T0) -> Board:
    return Board(now, "tester", stories, (), (), ())


def one(identifier: str = "s1", verdict: Any = "updates", **given: Any) -> Story:
    made = alert(claim(), title="Coalition completes handover", verdict=verdict, gloss="handover · completed")
    return story(made, id=identifier, **given)


def told(state: Sequence[Told]) -> dict[str, Told]:
    return {each.story: each for each in state}


def test_a_story_is_told_of_once() -> None:
    notes, state = consider(LINE, board(one()), {})
    assert [(note.story, note.event, note.verdict) for note in notes] == [("s1", "new", "updates")]
    assert consider(LINE, board(one(), now=after(1)), told(state)) == ([], [])


def test_only_a_changed_verdict_tells_again() -> None:
    _, state = consider(LINE, board(one()), {})
    notes, changed = consider(LINE, board(one(verdict="contradicts"), now=after(1)), told(state))
    assert [(note.event, note.verdict) for note in notes] == [("changed", "contradicts")]
    again, _ = consider(LINE, board(one(verdict="contradicts"), now=after(2)), told(changed))
    assert again == []
    back, _ = consider(LINE, board(one(), now=after(3)), told(changed))
    assert [note.verdict for note in back] == ["updates"]
    assert back[0].id != notes[0].id


def test_a_contradiction_among_the_reports_is_the_storys_verdict() -> None:
    first, second = one().alerts[0], one(verdict="contradicts").alerts[0]
    notes, _ = consider(LINE, board(story(first, second)), {})
    assert [note.verdict for note in notes] == ["contradicts"]


def test_a_story_folded_anew_under_another_id_is_not_told_of_again() -> None:
    _, state = consider(LINE, board(one("old")), {})
    notes, renamed = consider(LINE, board(one("new", aliases=("old",)), now=after(1)), told(state))
    assert notes == []
    assert [each.story for each in renamed] == ["new"]


@pytest.mark.parametrize("review", ["confirmed", "dismissed", "watching", "closed"])
def test_a_decided_story_is_told_of_to_nobody(review: Any) -> None:
    notes, state = consider(LINE, board(one(review=StoryReview(review, None, "t", T0))), {})
    assert notes == []
    assert [each.story for each in state] == ["s1"]


def test_old_news_of_a_first_poll_is_known_and_not_told() -> None:
    notes, state = consider(LINE, board(one(), now=after(49)), {})
    assert (notes, [each.story for each in state]) == ([], ["s1"])


@pytest.mark.parametrize(
    ("verdict", "number"), [("updates", 1), ("contradicts", 1), ("confirms", 0), ("new", 0), (None, 0)]
)
def test_of_the_context_only_what_touches_the_baseline(verdict: Any, number: int) -> None:
    denial = replace(one(verdict=verdict).alerts[0], lane="context", severity="high")
    assert len(consider(LINE, board(story(denial)), {})[0]) == number


def test_reminders_come_at_growing_gaps_and_end() -> None:
    line = replace(LINE, repeat=H)
    state: dict[str, Told] = {}
    hours: list[float] = []
    for hour in range(200):
        fresh = one().alerts[0]
        fresh = replace(fresh, entry=replace(fresh.entry, published=after(hour)))
        notes, new = consider(line, board(story(fresh), now=after(hour)), state)
        state |= told(new)
        hours += [hour for note in notes if note.event == "reminder"]
    assert hours == [1, 3, 7, 15, 31]


def note(number: int, at: datetime = T0) -> Note:
    return Note(
        f"n{number}", "l", "new", f"s{number}", at, "high", "updates", f"gloss {number}", "t", "", "f", "", 1, 1
    )


def test_a_line_without_pace_sends_each_by_itself_until_there_are_too_many() -> None:
    few = [note(n) for n in range(AT_ONCE)]
    assert [len(batch) for batch in ready(LINE, few, None, T0)] == [1] * AT_ONCE
    many = [*few, note(99)]
    assert [len(batch) for batch in ready(LINE, many, None, T0)] == [AT_ONCE + 1]


def test_within_a_cooldown_what_comes_is_gathered() -> None:
    line = replace(LINE, cooldown=30 * M)
    assert ready(line, [note(1)], T0 - 29 * M, T0) == []
    assert ready(line, [note(1), note(2)], T0 - 30 * M, T0) == [(note(1), note(2))]
    assert next_time(line, [note(1)], T0 - 29 * M, T0) == T0 + M


def test_a_digest_waits_from_its_first_note() -> None:
    line = replace(LINE, digest=24 * H)
    waiting = [note(1), note(2, T0 + 5 * H)]
    assert ready(line, waiting, None, T0 + 23 * H) == []
    assert ready(line, waiting, None, T0 + 24 * H) == [tuple(waiting)]
    assert next_time(line, waiting, None, T0) == T0 + 24 * H


@pytest.mark.parametrize(
    ("hours", "zone", "silent"),
    [
        ((time(11), time(13)), "UTC", True),  # T0 is noon
        ((time(12), time(13)), "UTC", True),
        ((time(11), time(12)), "UTC", False),
        ((time(22), time(7)), "UTC", False),
        ((time(22), time(12, 1)), "UTC", True),
        ((time(14, 30), time(15, 30)), "Asia/Baghdad", True),
        ((time(11), time(13)), "Asia/Baghdad", False),
    ],
)
def test_hours_of_silence_are_those_of_the_zone(hours: tuple[time, time], zone: str, silent: bool) -> None:
    line = replace(LINE, quiet=hours, tz=zone)
    assert (ready(line, [note(1)], None, T0) == []) is silent


def test_what_waited_for_the_morning_is_one_message() -> None:
    line = replace(LINE, quiet=(time(22), time(7)), tz="UTC")
    assert ready(line, [note(1), note(2)], None, T0) == [(note(1), note(2))]


def test_words_name_the_story_and_its_event() -> None:
    single = replace(note(1), event="changed", reason="because", url="https://a.example/1")
    assert words([single]) == "changed: HIGH updates: gloss 1\nt\nbecause\nhttps://a.example/1"
    assert words([note(1), note(2)]) == "2 stories\nHIGH updates: gloss 1\nHIGH updates: gloss 2"


def test_ids_hang_on_content() -> None:
    assert batch_id([note(1), note(2)]) == batch_id([note(2), note(1)])
    assert line_id(LINE) == line_id(replace(LINE, cooldown=H))
    assert line_id(LINE) != line_id(replace(LINE, when="severity>=low"))


def test_hostile_words_are_made_harmless() -> None:
    made = alert(claim(), title="a\x1b]0;x\x07b\nc", verdict="updates", gloss="g")
    notes, _ = consider(LINE, replace(board(story(made)), feeds=()), {})
    assert notes[0].title == "ab c"
    assert feed().name == "f"
