"""The service over a real archive: accepting a story, what the board says of it then, undoing it."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from monitor.baseline.seeds import parse_seed
from monitor.cli.setup import load_file
from monitor.errors import ReviewError
from monitor.feeds.identity import fingerprint_of, to_entry
from monitor.model import Board, FeedState, ParsedEntry
from monitor.service import Monitor
from monitor.store.archive import Archive

ROOT = Path(__file__).resolve().parents[2]
NOW = datetime(2026, 1, 18, 9, 0, tzinfo=UTC)


class NoNetwork:
    """A fetcher that is never asked."""

    async def __aenter__(self) -> NoNetwork:
        return self

    async def __aexit__(self, *error: object) -> None:
        return None

    async def fetch(self, feed: object, state: object) -> object:
        raise AssertionError("nothing is polled here")


@pytest.fixture
def monitor(tmp_path: Path) -> Iterator[Monitor]:
    config, ruleset = load_file(ROOT / "feeds.yml")
    seeds = [
        parse_seed(path.stem, path.read_text(encoding="utf-8"), path.with_suffix(".yml").read_text(encoding="utf-8"))
        for path in (ROOT / "seeds").glob("*.txt")
    ]
    with Archive.open(tmp_path / "store.json") as archive:
        title = "Coalition completes handover of Ain al-Asad"
        parsed = ParsedEntry("1", None, title, "", "", datetime(2026, 1, 17, 8, tzinfo=UTC))
        archive.commit(FeedState("wire"), [to_entry("wire", "1", parsed, "en", NOW, fingerprint_of(title, "", ""))])
        config = replace(config, feeds=(), user="layla")
        yield Monitor(config, ruleset, seeds, archive, NoNetwork(), clock=lambda: NOW)  # type: ignore[arg-type]


def status(board: Board) -> list[str | None]:
    return [f.status for f in board.facts if (f.subject, f.attribute) == ("ain-al-asad", "status")]


def test_accepting_moves_the_baseline_and_says_how(monitor: Monitor) -> None:
    (story,) = monitor.board().stories
    assert status(monitor.board()) == ["handover announced"]
    decision = monitor.decide(story.id, "accept")
    assert (decision.text or "").split("; ") == [
        "Ain al-Asad, status: handover announced → handed over (as of 2026-01-17)",
        "Ain al-Asad, effective date: 5-11 Jan 2026 → 17 Jan 2026 (as of 2026-01-17)",
        "coalition at Ain al-Asad, status: leaving → gone (as of 2026-01-17)",
        "coalition at Ain al-Asad, effective date: 5-11 Jan 2026 → 17 Jan 2026 (as of 2026-01-17)",
    ]
    assert status(monitor.board()) == ["handed over"]
    assert monitor.board().overdue == ()


def test_an_accepted_story_does_not_confirm_itself(monitor: Monitor) -> None:
    (before,) = monitor.board().stories
    monitor.decide(before.id, "accept")
    (after,) = monitor.board().stories
    assert after.lead.verdict == before.lead.verdict == "updates"
    assert after.severity == before.severity
    assert after.review.state == "confirmed"


def test_the_baseline_grows_no_younger_by_one_accepted_fact(monitor: Monitor) -> None:
    (story,) = monitor.board().stories
    before = monitor.board().as_of
    monitor.decide(story.id, "accept")
    assert monitor.board().as_of == before


def test_a_second_accept_is_refused_and_undo_takes_the_first_back(monitor: Monitor) -> None:
    (story,) = monitor.board().stories
    monitor.decide(story.id, "accept")
    with pytest.raises(ReviewError, match="Already accepted: Ain al-Asad: handed over"):
        monitor.decide(story.id, "accept")
    monitor.undo()
    assert status(monitor.board()) == ["handover announced"]
    assert not [fact for fact in monitor.board().facts if fact.accepted_from]
    assert len(monitor.board().overdue) == 2
    assert monitor.board().stories[0].review.state == "unreviewed"


def test_a_poll_of_no_feeds_is_a_report_of_nothing(monitor: Monitor) -> None:
    report = asyncio.run(monitor.poll())
    assert (report.polled, report.new, report.failed) == (0, 0, ())
    assert monitor.next_due() is None
