"""A changed configuration is taken over when it holds; else the one from before goes on, and the board says why."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from monitor.cli import live
from monitor.cli.live import Renewing
from monitor.cli.setup import Options, load_file
from monitor.feeds.fetch import Fetcher
from monitor.model import Entry
from monitor.service import Monitor
from monitor.store.archive import Archive

RULES = "rules:\n  - {id: words, keywords: [handover]}\n"


class FakeReader:
    """Stands for the child processes, which are costly."""

    def __init__(self, config: Any) -> None:
        self.closed = False

    def read_ahead(self, entry: Entry) -> None:
        """Nobody polls here, so nothing was read beforehand."""
        raise KeyError(entry.id)

    def close(self) -> None:
        self.closed = True


class Desk:
    """A Monitor over a feeds.yml that is written anew."""

    def __init__(self, folder: Path) -> None:
        self.file = folder / "feeds.yml"
        self.write("a")
        options = Options(str(self.file), str(folder / "store.db"))
        config, ruleset = load_file(self.file)
        self.archive = Archive.open(folder / "store.db")
        self.renewing = Renewing(options, config, FakeReader(config))  # type: ignore[arg-type]
        self.monitor = Monitor(
            config, ruleset, (), self.archive, Fetcher(user_agent="test"), renewal=self.renewing,
            reader=self.renewing.reader,
        )  # fmt: skip

    def write(self, *feeds: str, extra: str = RULES) -> None:
        lines = "".join(f"  - {{id: {name}, url: 'https://{name}.example/'}}\n" for name in feeds)
        self.file.write_text(f"feeds:\n{lines}{extra}")

    def feeds(self) -> list[str]:
        return [row.feed.id for row in self.monitor.feed_rows()]


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    monkeypatch.setattr(live, "Reader", FakeReader)
    monkeypatch.setattr(live, "_REST", 0.0)
    made = Desk(tmp_path)
    yield made
    made.monitor.close()
    made.archive.close()


def test_nothing_changed_is_nothing_told(desk: Desk) -> None:
    assert desk.monitor.renew() == ""
    assert desk.monitor.changed() == desk.monitor.changed()


def test_a_file_that_holds_is_taken_over(desk: Desk) -> None:
    before = desk.monitor.changed()
    desk.write("a", "b")
    assert desk.monitor.changed() != before
    assert desk.feeds() == ["a", "b"]
    assert "read again: 2 feeds, 1 rules" in desk.monitor.renew()
    assert desk.monitor.renew() == ""


def test_a_file_that_does_not_hold_is_told_once_and_shown_until_it_is_mended(desk: Desk) -> None:
    desk.write("a", extra=RULES + "feds: []\nlist: {}\n")
    said = desk.monitor.renew()
    assert 'unknown key "feds", did you mean "feeds"?' in said
    assert 'unknown key "list"' in said
    assert said.endswith("The configuration from before goes on.")
    assert desk.monitor.renew() == ""
    assert desk.feeds() == ["a"]
    assert desk.monitor.board().problems == (said,)
    desk.write("a", "b")
    desk.monitor.renew()
    assert desk.monitor.board().problems == ()
    assert desk.feeds() == ["a", "b"]


def test_a_file_that_is_gone_for_a_moment_changes_nothing(desk: Desk) -> None:
    text = desk.file.read_text()
    desk.file.unlink()
    assert "cannot be read" in desk.monitor.renew()
    desk.file.write_text(text)
    assert "read again" in desk.monitor.renew()
    assert desk.feeds() == ["a"]


def test_a_file_that_is_still_being_written_is_left_alone(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live, "_REST", 60.0)
    desk.write("a", "b")
    assert desk.monitor.renew() == ""
    assert desk.feeds() == ["a"]
    assert "read again" in desk.monitor.renew(now=True)


def test_readers_are_kept_while_the_rules_are_the_same_and_ended_when_they_are_not(desk: Desk) -> None:
    first: Any = desk.renewing.reader
    desk.write("a", "b")
    desk.monitor.renew()
    assert desk.renewing.reader is first
    desk.write("a", extra=RULES.replace("handover", "troops"))
    desk.monitor.renew()
    assert desk.renewing.reader is not first
    desk.monitor._under_way = 1
    desk.monitor.renew()
    assert not first.closed
    desk.monitor._under_way = 0
    desk.monitor.renew()
    assert first.closed


def test_another_store_waits_for_the_next_start(desk: Desk, tmp_path: Path) -> None:
    seeds = tmp_path / "seeds"
    seeds.mkdir()
    desk.write("a", extra=RULES + f"store: {tmp_path}/other.db\n")
    options = Options(str(desk.file))
    desk.renewing._options, desk.renewing._place = options, tmp_path / "store.db"
    assert "another store counts from the next start" in desk.monitor.renew()


def test_changed_rules_read_what_is_stored_anew(desk: Desk) -> None:
    from tests.builders import entry

    desk.monitor.add(entry("Troops leave", id="e1", feed="a"))
    assert desk.monitor.board().stories == ()
    desk.write("a", extra=RULES.replace("handover", "troops"))
    desk.monitor.renew()
    assert desk.monitor.read_archive()
    assert [story.lead.entry.title for story in desk.monitor.board().stories] == ["Troops leave"]
