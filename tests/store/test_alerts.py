"""Alerts kept in the store: the board is the one that reading and folding every entry gives, at any time, by anyone."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from monitor.model import Board, Entry
from monitor.service import Monitor, alerts as kept_alerts, shelf
from monitor.store import Archive
from tests.builders import T0, feed
from tests.store.monitors import DEPLOYED, FEEDS, HANDOVER, LEAVING, commit, item, monitor, watching

BASES = ("Ain al-Asad", "Al-Tanf", "Incirlik", "Harir")
TITLES = (
    "Coalition hands over {} to the Iraqi army",
    "Handover of {} is denied by the ministry",
    "Handover of {} postponed until June (Reuters)",
    "{n} soldiers deployed to {}",
    "US troops withdraw from {}",
    "Markets rise near {}",
)


@pytest.fixture
def archive(place: str) -> Iterator[Archive]:
    with Archive.open(place) as opened:
        yield opened


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


@pytest.mark.parametrize("seed", range(6))
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
        for _ in range(chance.randrange(6)):
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
    with watching(
        archive.place if archive.engine_name == "sqlite" else archive.db.rows.engine._url, HANDOVER, DEPLOYED, LEAVING
    ) as other:  # type: ignore[attr-defined]
        assert other.board() == watched.board()
