"""Alerts kept in the store: the board is the one that reading and folding every entry gives, at any time, by anyone."""

from __future__ import annotations

import asyncio
import random
import re
import threading
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from monitor.errors import ReviewError
from monitor.model import Board, Entry, FeedState, Rule
from monitor.pipeline import FeedOutcome
from monitor.service import Monitor, alerts as kept_alerts, shelf
from monitor.store import Archive
from tests.builders import T0, feed
from tests.store.monitors import DEPLOYED, FEEDS, HANDOVER, LEAVING, close, commit, item, monitor

BASES = ("Ain al-Asad", "Al-Tanf", "Incirlik", "Harir Air Base")
TITLES = (
    "Coalition hands over {} to the Iraqi army",
    "Handover of {} is denied by the ministry",
    "Handover of {} postponed until June (Reuters)",
    "{n} soldiers deployed to {}",
    "US troops withdraw from {}",
    "Markets rise near {}",
)


@pytest.fixture(autouse=True)
def unhurried(monkeypatch: pytest.MonkeyPatch) -> None:
    """A busy machine is no reason to read in the background; where that is wanted, a test says so."""
    monkeypatch.setattr(kept_alerts, "PROMPT", 60.0)


def from_scratch(watched: Monitor, archive: Archive) -> Board:
    """The board without anything kept: every entry read, everything folded."""
    plain = monitor(archive, now=watched.board(0).now)
    plain._place.__dict__.update(
        ruleset=watched._place.ruleset, config=watched._place.config, feeds=watched._place.feeds
    )
    plain._boards.alerts = None
    plain._boards._labels = watched._boards._labels
    return plain.board()


def a_title(chance: random.Random) -> str:
    return chance.choice(TITLES).format(chance.choice(BASES), n=100 * chance.randrange(1, 9))


@pytest.mark.parametrize("seed", range(4))
def test_the_board_is_what_reading_every_entry_gives(
    archive: Archive, seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    chance = random.Random(seed)
    # So small that a few dozen alerts take several steps to read and to file.
    monkeypatch.setattr(kept_alerts, "BATCH", chance.choice([3, 200]))
    monkeypatch.setattr(shelf, "PIECE", chance.choice([2, 5, 2_000]))
    watched = monitor(archive, HANDOVER, DEPLOYED, LEAVING)
    made: list[Entry] = []
    moment = T0
    for step in range(8):
        fresh = []
        for _ in range(chance.randrange(4)):
            moment += timedelta(hours=chance.choice([0, 1, 30, 100]))
            # Some arrive late, by days or by weeks; some at the very moment of another.
            late = timedelta(days=chance.choice([0, 0, 0, 3, 6.9, 7, 20, 60]))
            fresh.append(item(len(made) + len(fresh), a_title(chance), moment - late, chance.choice(FEEDS)))
        for old in chance.sample(made, min(len(made), chance.randrange(3))):
            published = old.published + timedelta(days=chance.choice([0, 0, -8, 9])) if old.published else None
            title = a_title(chance)
            fresh.append(replace(old, title=title, fingerprint=f"{step}{title}", published=published))
        commit(archive, *fresh)
        made = [*{one.id: one for one in (*made, *fresh)}.values()]
        board = watched.board()
        assert board == from_scratch(watched, archive), f"after step {step}"
        window = chance.randrange(1, 6)
        part = watched.board(window)
        assert (part.stories, part.overdue) == (board.stories[:window], board.overdue)
        assert part.more == (len(board.stories) > window)
        if board.stories:
            last = board.stories[: chance.randrange(1, 4)][-1]
            following = board.stories[board.stories.index(last) + 1 :]
            assert watched.stories(3, before=(last.latest, last.id)) == following[:3]
            context = [story for story in following if story.lane == "context"]
            assert watched.stories(2, before=(last.latest, last.id), lane="context") == tuple(context[:2])
    assert monitor(archive, HANDOVER, DEPLOYED, LEAVING).board() == watched.board()


def test_a_late_report_moves_every_story_after_it(archive: Archive, monkeypatch: pytest.MonkeyPatch) -> None:
    # Each report is six days after the one before: which ones fold together depends on the first of all.
    monkeypatch.setattr(shelf, "PIECE", 2)
    title = "Coalition hands over Al-Tanf to the Iraqi army"
    commit(archive, *(item(n, f"{title}, day {n}", T0 + timedelta(days=6 * n)) for n in range(12)))
    watched = monitor(archive, HANDOVER)
    assert [len(story.alerts) for story in watched.board().stories] == [2] * 6
    commit(archive, item(99, title, T0 - timedelta(days=3)))
    assert [len(story.alerts) for story in watched.board().stories] == [1, 2, 2, 2, 2, 2, 2]
    assert watched.board() == from_scratch(watched, archive)


def changing(archive: Archive, monkeypatch: pytest.MonkeyPatch) -> Monitor:
    """A monitor of other rules than the store's alerts were made by, with more to read than it waits for."""
    moments = [T0 + timedelta(hours=9 * n) for n in range(12)]
    commit(archive, *(item(n, TITLES[n % 5].format(BASES[n % 4], n=300), at) for n, at in enumerate(moments)))
    before = monitor(archive, HANDOVER)
    story = before.board().stories[0]
    before.decide(story.id, "confirm")
    monkeypatch.setattr(kept_alerts, "BATCH", 2)
    monkeypatch.setattr(kept_alerts, "PROMPT", 0.0)
    return monitor(archive, HANDOVER, DEPLOYED, LEAVING)


def wait(watched: Monitor) -> None:
    alerts = watched._boards.alerts
    assert alerts is not None
    if alerts._thread is not None:
        alerts._thread.join(60)


def test_other_rules_read_the_archive_behind_the_board(place: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with Archive.open(place) as archive:
        watched = changing(archive, monkeypatch)
        if archive.shared:
            monkeypatch.setattr(archive, "ruleset", lambda: watched._place.ruleset.fingerprint)
        reading, go_on = threading.Event(), threading.Event()
        understood = watched._readings.understood_apart

        def slow(entries: Sequence[Entry]) -> Any:
            reading.set()
            assert go_on.wait(30)
            return understood(entries)

        monkeypatch.setattr(watched._readings, "understood_apart", slow)
        old = watched.board()
        assert {alert.matches[0].rule for story in old.stories for alert in story.alerts} == {"handover"}
        assert reading.wait(30)
        told = watched.board().problems[0]
        assert re.fullmatch(
            r"The rules have changed: \d+ of 12 entries are read. Shown is what the former rules found.", told
        )
        progress = watched.progress()
        assert progress is not None
        assert 0 <= progress.done < progress.total == 12
        # What is polled meanwhile is shown at once.
        commit(archive, item(50, "Coalition hands over Incirlik to the Iraqi army", T0 + timedelta(days=30)))
        outcome = FeedOutcome(feed("wire"), FeedState("wire"), new=tuple(archive.recent(1)))
        asyncio.run(watched._readings.of_feed(outcome, ()))
        assert watched.board().stories[0].lead.entry.id == "wire-50"
        token = watched.changed()
        go_on.set()
        wait(watched)
        assert watched.changed() != token
        new = watched.board()
        assert (new.problems, watched.progress()) == ((), None)
        assert {alert.matches[0].rule for story in new.stories for alert in story.alerts} == {
            "handover",
            "deployed",
            "leaving",
        }
        assert new == from_scratch(watched, archive)
        assert [story.review.state for story in new.stories].count("reopened") == 1
        close()


def test_a_reading_cut_off_goes_on_where_it_was(archive: Archive, monkeypatch: pytest.MonkeyPatch) -> None:
    watched = changing(archive, monkeypatch)
    monkeypatch.setattr(archive, "ruleset", lambda: watched._place.ruleset.fingerprint)
    assert not watched.read_archive(0.0)
    read: list[Entry] = []
    other = monitor(archive, HANDOVER, DEPLOYED, LEAVING)
    understood = other._readings.understood
    monkeypatch.setattr(other._readings, "understood", lambda entries: (read.extend(entries), understood(entries))[1])
    assert other.read_archive()
    assert 0 < len(read) < 12
    assert other.board() == from_scratch(other, archive)


def test_in_a_shared_store_other_rules_poll_and_leave_the_archive_alone(archive: Archive) -> None:
    commit(archive, item(1, "Coalition hands over Al-Tanf to the Iraqi army", T0), item(2, "900 soldiers deployed", T0))
    first = monitor(archive, HANDOVER)
    assert len(first.board().stories) == 1
    archive.shared = True
    guest = monitor(archive, HANDOVER, DEPLOYED)
    assert [story.lead.entry.id for story in guest.board().stories] == ["wire-1"]
    assert "made by other rules" in guest.board().problems[0]
    # Its own finds are shown, by both, until one with the store's rules has read them.
    later = item(3, "700 soldiers deployed to Incirlik", T0 + timedelta(hours=1))
    commit(archive, later)
    asyncio.run(guest._readings.of_feed(FeedOutcome(feed("wire"), FeedState("wire"), new=(later,)), ()))
    shown = guest.board().stories
    assert [story.lead.entry.id for story in shown] == ["wire-3", "wire-1"]
    # Each says whose rules made it.
    makers = [one._place.ruleset.fingerprint for one in (guest, first)]
    assert [story.lead.ruleset for story in shown] == makers
    assert [story.lead.entry.id for story in first.board().stories] == ["wire-1"]
    assert not guest._boards.alerts.whole() if guest._boards.alerts else False
    # With a configuration of the store's own it counts whose rules those are.
    archive.ruleset = lambda: guest._place.ruleset.fingerprint  # type: ignore[method-assign]
    assert {story.lead.entry.id for story in guest.board().stories} == {"wire-3", "wire-2", "wire-1"}
    assert guest.board().problems == ()


def test_what_the_rules_are_told_of_a_feed_makes_its_entries_be_read_anew(archive: Archive) -> None:
    ours = Rule("ours", when="facility:* AND country:IQ")
    commit(archive, *(item(1, "Talks near Al-Tanf", T0, name) for name in FEEDS))
    assert monitor(archive, ours).board().stories == ()
    feeds = (feed("wire", country="IQ"), feed("post"), feed("news"))
    watched = monitor(archive, ours, feeds=feeds)
    watched.board()
    wait(watched)
    assert [alert.entry.feed for story in watched.board().stories for alert in story.alerts] == ["wire"]
    assert watched.board() == from_scratch(watched, archive)


def test_new_names_of_outlets_fold_the_stories_again(archive: Archive) -> None:
    titles = ("Coalition hands over Al-Tanf to the Iraqi army (Daily Post)", "Coalition hands over Al-Tanf to Iraq")
    commit(archive, *(item(n, title, T0 + timedelta(hours=n)) for n, title in enumerate(titles)))
    (story,) = monitor(archive, HANDOVER).board().stories
    assert story.families == ("wire",)
    feeds = (feed("wire"), feed("post", name="Daily Post"))
    (story,) = monitor(archive, HANDOVER, feeds=feeds).board().stories
    assert story.families == ("post", "wire")


def test_who_may_only_look_writes_nothing(archive: Archive) -> None:
    commit(archive, item(1, "Coalition hands over Al-Tanf to the Iraqi army", T0))
    looking = monitor(archive, HANDOVER, read_only=True)
    version = archive.version()
    assert len(looking.board().stories) == len(looking.board(5).stories) == 1
    assert archive.cache is not None
    assert (archive.cache.generations.all(), archive.version()) == ((), version)
    monitor(archive, HANDOVER).board()
    assert looking.board() == monitor(archive, HANDOVER).board()


def test_an_entry_that_once_was_an_alert_does_not_expire(archive: Archive) -> None:
    old = T0 - timedelta(days=400)
    archive.shared = False
    commit(archive, item(1, "Coalition hands over Al-Tanf to the Iraqi army", old), item(2, "Markets rise", old))
    for rules in ((HANDOVER,), (DEPLOYED,), (LEAVING,), (HANDOVER, LEAVING)):
        watched = monitor(archive, *rules)
        watched.board()
    assert archive.cache is not None
    assert len(archive.cache.generations.all()) == 2
    last = monitor(archive, DEPLOYED, LEAVING)
    assert last.board().stories == ()
    assert last.expire() == 1
    assert [entry.id for entry in archive.entries()] == ["wire-1"]
    assert last.board().entries == 1


def test_search_names_the_stories(archive: Archive) -> None:
    commit(
        archive, item(1, "Coalition hands over Al-Tanf to the Iraqi army", T0), item(2, "Markets in Al-Tanf rise", T0)
    )
    watched = monitor(archive, HANDOVER)
    (story,) = watched.board().stories
    assert [(found.entry.id, found.story) for found in watched.search("markets in al ta")] == [("wire-2", None)]
    assert watched.story(story.id) == story
    with pytest.raises(ReviewError, match="There is no story nowhere"):
        watched.story("nowhere")
