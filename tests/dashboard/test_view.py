"""What is on the screen holds still until the reader asks."""

from __future__ import annotations

from dataclasses import replace

import pytest

from monitor.dashboard.view import View, arrived, let_in, pause, place_of, switch_lane
from monitor.model import Board, Story, StoryReview
from tests.dashboard.boards import board, rich_board, story


def ids(stories: tuple[Story, ...]) -> list[str]:
    return [one.id for one in stories]


def with_new(old: Board, *fresh: str) -> Board:
    return replace(old, stories=(*(story(one, f"News {one}") for one in fresh), *old.stories))


def test_the_first_board_is_shown_whole() -> None:
    view = arrived(View(), rich_board())
    assert ids(view.stories) == ["s1", "s2", "s3", "s4", "s5"]
    assert ids(switch_lane(view).stories) == ["s7"]
    assert view.pending == 0


def test_new_stories_wait_until_they_are_let_in() -> None:
    view = arrived(arrived(View(), rich_board()), with_new(rich_board(), "n1", "n2"))
    assert view.pending == 2
    assert "n1" not in ids(view.stories)
    assert ids(let_in(view).stories)[:2] == ["n1", "n2"]
    assert let_in(view).pending == 0


def test_context_that_becomes_a_change_waits_like_news() -> None:
    view = arrived(View(), rich_board())
    changed = replace(story("s7", "Ministry denies handover of Ain al-Asad"), id="s7")
    view = arrived(view, replace(rich_board(), stories=(*rich_board().stories[:-1], changed)))
    assert view.pending == 1
    assert "s7" not in ids(view.stories)
    assert "s7" in ids(let_in(view).stories)


def test_an_empty_list_fills_at_once() -> None:
    view = arrived(arrived(View(), board()), with_new(board(), "n1"))
    assert ids(view.stories) == ["n1"]


def test_a_story_under_a_new_id_stays_where_it_was() -> None:
    view = arrived(View(), rich_board())
    renamed = replace(rich_board().stories[0], id="other", aliases=("s1",))
    view = arrived(view, replace(rich_board(), stories=(renamed, *rich_board().stories[1:])))
    assert view.pending == 0
    assert place_of(view.stories, "s1") == 0
    assert arrived(view, replace(rich_board(), stories=(replace(renamed, aliases=()),))).pending == 0


def test_a_pause_holds_the_picture_but_shows_own_decisions() -> None:
    old = rich_board()
    paused = pause(arrived(View(), old))
    newest = with_new(old, "n1")
    judged = tuple(
        replace(one, review=StoryReview("confirmed")) if one.id == "s2" else one for one in newest.stories[2:]
    )
    view = arrived(paused, replace(newest, stories=(newest.stories[0], *judged)))
    assert ids(view.stories) == ["s1", "s2", "s3", "s4", "s5"]
    assert view.pending == 1
    assert view.stories[1].review.state == "confirmed"
    resumed = pause(view)
    assert resumed.pending == 1
    assert "s1" not in ids(resumed.stories)


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("harir", ["s2", "s5"]),
        ("HARIR convoy", ["s2"]),
        ("anadolu", ["s1", "s3"]),
        ("عين", ["s4"]),
        ("ain al-asad", ["s1", "s2", "s3", "s4", "s5"]),
        ("nothing at all", []),
        ("  ", ["s1", "s2", "s3", "s4", "s5"]),
    ],
)
def test_the_filter_looks_at_gloss_title_feed_family_and_facility(query: str, found: list[str]) -> None:
    view = replace(arrived(View(), rich_board()), query=query)
    assert ids(view.stories) == found


def test_what_was_dismissed_or_closed_is_set_aside_until_it_is_wanted() -> None:
    view = arrived(View(), rich_board())
    assert (view.set_aside, view.count("changes")) == (1, 5)
    wanted = replace(view, all=True)
    assert ids(wanted.stories) == ["s1", "s2", "s3", "s4", "s5", "s6"]
    assert (wanted.set_aside, wanted.count("changes")) == (1, 6)
    closed = replace(rich_board().stories[0], review=StoryReview("closed"))
    view = arrived(view, replace(rich_board(), stories=(closed, *rich_board().stories[1:])))
    assert ids(view.stories) == ["s2", "s3", "s4", "s5"]
    assert view.set_aside == 2
    assert switch_lane(view).set_aside == 0


def test_nothing_is_selected_where_nothing_is() -> None:
    assert place_of((), "s1") is None
    assert place_of(rich_board().stories, None) is None
    assert View().pending == 0
    assert let_in(View()) == View()
