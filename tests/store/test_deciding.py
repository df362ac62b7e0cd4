"""Two people who decide on one story: both stand in the journal, the later one counts, the earlier person hears."""

from __future__ import annotations

from datetime import timedelta

import pytest

from monitor import review
from monitor.store import Archive
from tests.builders import T0
from tests.store.monitors import HANDOVER, commit, item, monitor


@pytest.fixture(autouse=True)
def filled(archive: Archive) -> None:
    commit(archive, item(1, "Coalition hands over Al-Tanf to the Iraqi army", T0))


def test_the_later_decision_counts_and_the_earlier_person_is_told(archive: Archive) -> None:
    layla = monitor(archive, HANDOVER, user="layla")
    omar = monitor(archive, HANDOVER, user="omar", now=T0 + timedelta(minutes=5))
    (story,) = layla.board().stories
    mine = layla.decide(story.id, "confirm")
    assert layla.overruled() == omar.overruled() == ()
    other = omar.decide(story.id, "dismiss", reason="duplicate")
    board = layla.board()
    assert board.stories[0].review.state == "dismissed"
    assert [(each.mine, each.other) for each in board.overruled] == [(mine, other)]
    assert layla.overruled() == board.overruled
    assert board.problems == (
        f"omar has set story {story.id} to dismissed as duplicate on 2026-01-05 12:05Z; you had it confirmed."
        " Decide again, or leave a note that you know.",
    )
    assert omar.board().overruled == ()
    assert review.verify(archive.journal()) is None
    assert [decision.by for decision in archive.journal()] == ["layla", "omar"]
    layla.decide(story.id, "note", text="Seen; it is one.")
    assert layla.board().overruled == ()


@pytest.mark.parametrize("how", ["undone", "agreed", "decided again", "long ago"])
def test_nobody_is_told_of_what_no_longer_stands(archive: Archive, how: str) -> None:
    layla = monitor(archive, HANDOVER, user="layla")
    omar = monitor(archive, HANDOVER, user="omar", now=T0 + timedelta(minutes=5))
    (story,) = layla.board().stories
    layla.decide(story.id, "confirm")
    omar.decide(story.id, "confirm" if how == "agreed" else "watch")
    if how == "undone":
        omar.undo()
    if how == "decided again":
        layla.decide(story.id, "confirm")
        assert omar.overruled() != ()
    later = monitor(archive, HANDOVER, user="layla", now=T0 + timedelta(days=8 if how == "long ago" else 1))
    assert later.board().overruled == ()
