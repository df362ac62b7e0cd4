"""A monitor over a small store of entries that a test hands in, with a clock that the test moves."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

from monitor.baseline.seeds import Seed, parse_seed
from monitor.cli.setup import load_file
from monitor.feeds.identity import fingerprint_of, to_entry
from monitor.model import Config, Entry, Feed, FeedState, ParsedEntry
from monitor.rules.engine import Ruleset
from monitor.service import Monitor
from monitor.store.archive import Archive

ROOT = Path(__file__).resolve().parents[1]


class NoNetwork:
    """A fetcher that is never asked."""

    async def __aenter__(self) -> NoNetwork:
        return self

    async def __aexit__(self, *error: object) -> None:
        return None

    async def fetch(self, feed: object, state: object) -> object:
        raise AssertionError("nothing is polled here")


@cache
def shipped() -> tuple[Config, Ruleset, tuple[Seed, ...]]:
    """The shipped configuration, its rules, and the seeded articles."""
    config, ruleset = load_file(ROOT / "feeds.yml")
    seeds = tuple(
        parse_seed(path.stem, path.read_text(encoding="utf-8"), path.with_suffix(".yml").read_text(encoding="utf-8"))
        for path in (ROOT / "seeds").glob("*.txt")
    )
    return config, ruleset, seeds


def written(
    feed: str,
    key: str,
    at: datetime,
    title: str,
    text: str = "",
    lang: str = "en",
    *,
    seen: datetime | None = None,
    label: str | None = None,
) -> Entry:
    """One entry of a feed, seen when it was published if not said otherwise."""
    parsed = ParsedEntry(key, f"https://{feed}.example/{key}", title, "", text, at, label)
    return to_entry(feed, key, parsed, lang, seen or at, fingerprint_of(title, "", text))


@dataclass
class Desk:
    """A store at `path`, and the people in front of it. `now` moves only by hand."""

    path: Path
    feeds: Sequence[Feed] = ()
    user: str = "layla"
    now: datetime = datetime(2026, 1, 18, 9, tzinfo=UTC)
    archive: Archive = field(init=False)

    def __post_init__(self) -> None:
        self.archive = Archive.open(self.path)

    def __enter__(self) -> Desk:
        return self

    def __exit__(self, *error: object) -> None:
        self.archive.close()

    def monitor(self) -> Monitor:
        """The monitor as it would be started now."""
        config, ruleset, seeds = shipped()
        config = replace(config, feeds=tuple(self.feeds), user=self.user)
        return Monitor(config, ruleset, seeds, self.archive, NoNetwork(), clock=lambda: self.now)  # type: ignore[arg-type]

    def hear(self, *entries: Entry) -> None:
        """The entries arrive, one commit each, in this order."""
        for entry in entries:
            self.archive.commit(FeedState(entry.feed), [entry])
