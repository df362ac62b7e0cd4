"""Regions that cannot be seen, and how a feed's health is told."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import get_args

import pytest

from monitor.cli import doctor
from monitor.dashboard.health import fare, troubled
from monitor.export.brief import brief
from monitor.feeds.health import SICK, is_offline, is_sick, sick_regions, told
from monitor.model import Board, Config, Feed, FeedRow, FeedState, Health


def row(name: str, health: Health, region: str = "iraq", family: str | None = None, enabled: bool = True) -> FeedRow:
    feed = Feed(name, f"https://{name}.example/", name, region=region, family=family, enabled=enabled)
    return FeedRow(feed, FeedState(name, health=health))


@pytest.mark.parametrize(
    ("health", "cause", "words"),
    [
        ("blocked", "blocked: 403 with a challenge page", "blocked: 403 with a challenge page"),
        ("not a feed", "not a feed: HTML page", "not a feed: HTML page"),
        ("failing", "404 not found", "failing: 404 not found"),
        ("ok", "", "ok"),
        ("ok", "declared as latin-1, read as utf-8", "ok: declared as latin-1, read as utf-8"),
    ],
)
def test_health_is_told_once(health: Health, cause: str, words: str) -> None:
    assert told(health, cause) == words


def test_a_region_whose_sources_are_sick_is_told_as_such() -> None:
    rows = [
        row("a", "blocked"),
        row("b", "silent"),
        row("c", "ok"),
        row("d", "ok", "syria"),
        row("e", "failing", "syria"),
    ]
    assert [region.region for region in sick_regions(rows)] == ["iraq", "syria"]
    assert "2 of 3" in sick_regions(rows)[0].words()
    assert "quiet here is not calm" in sick_regions(rows)[0].words()
    # Three feeds of one publisher are one pair of eyes; one that is switched off or not polled yet says nothing.
    family = [row(name, "blocked", family="x") for name in "abc"] + [row("d", "ok"), row("e", "ok")]
    assert sick_regions(family) == ()
    quiet = [row("a", "unpolled"), row("b", "blocked", enabled=False), row("c", "ok")]
    assert sick_regions(quiet) == ()
    blind = sick_regions([row("a", "muted"), row("b", "stale")])
    assert blind[0].blind
    assert "no publisher is heard" in blind[0].words()


@pytest.mark.parametrize("health", get_args(Health))
def test_screen_doctor_and_report_agree_on_what_is_sick(health: Health) -> None:
    rows = (row("a", health), row("b", health, enabled=False), row("c", "ok"))
    number = int(health not in ("ok", "unpolled"))
    assert (health in SICK) == bool(number)
    assert [is_sick(one) for one in rows] == [bool(number), False, False]
    assert (fare(rows).ill, len(troubled(rows))) == (number, number)
    config = Config("feeds.yml", "layla", None, None, tuple(one.feed for one in rows), (), ())
    state, words = doctor._feeds(config, {one.feed.id: one.state for one in rows})
    assert f", {number} sick" in words
    assert state == ("look" if number else "ok")
    board = replace(Board(datetime(2026, 11, 22, tzinfo=UTC), "layla", (), (), (), ()), feeds=rows)
    made = brief(board, (), chain=(0, ""), chosen="", title="")
    assert made.feeds.startswith(f"2 feeds watched, {number} of them sick")
    assert len(made.sick) == number


def test_offline_is_one_state_of_all_feeds() -> None:
    assert is_offline([row("a", "offline"), row("b", "offline"), row("c", "muted"), row("d", "unpolled")])
    assert not is_offline([row("a", "offline"), row("b", "ok")])
    assert not is_offline([])
