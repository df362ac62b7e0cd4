"""The tables behind `alerts` in SQL, and what passes between them and whoever reads, files and shows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from monitor.model import Alert, Entry

TABLES = (
    "CREATE TABLE monitor_readings (gen INTEGER PRIMARY KEY, made_by {text} NOT NULL, complete INTEGER NOT NULL,"
    " version BIGINT NOT NULL, place BIGINT NOT NULL, done BIGINT NOT NULL, total BIGINT NOT NULL,"
    " entries BIGINT NOT NULL, top BIGINT NOT NULL, dirty {text}, dirty_to {text}, folded_by {text} NOT NULL,"
    " turn BIGINT NOT NULL, used {real} NOT NULL, holder {text}, until {real})",
    "CREATE TABLE monitor_alerts (gen INTEGER NOT NULL, id {text} NOT NULL, at {text} NOT NULL, key {text} NOT NULL,"
    " story {text}, rev BIGINT NOT NULL, doc {text} NOT NULL, PRIMARY KEY (gen, id))",
    "CREATE INDEX monitor_alerts_at ON monitor_alerts (gen, at)",
    "CREATE INDEX monitor_alerts_story ON monitor_alerts (gen, story, at, id, rev)",
    "CREATE INDEX monitor_alerts_key ON monitor_alerts (gen, key)",
    "CREATE TABLE monitor_stories (gen INTEGER NOT NULL, story {text} NOT NULL, first {text} NOT NULL,"
    " latest {text} NOT NULL, lane {text} NOT NULL, doc {text} NOT NULL, PRIMARY KEY (gen, story))",
    "CREATE INDEX monitor_stories_first ON monitor_stories (gen, first)",
    "CREATE INDEX monitor_stories_latest ON monitor_stories (gen, latest, story)",
    "CREATE INDEX monitor_stories_lane ON monitor_stories (gen, lane, latest, story)",
    "CREATE TABLE monitor_subjects (gen INTEGER NOT NULL, subject {text} NOT NULL, at {text} NOT NULL,"
    " id {text} NOT NULL)",
    "CREATE INDEX monitor_subjects_at ON monitor_subjects (gen, subject, at)",
    "CREATE INDEX monitor_subjects_id ON monitor_subjects (gen, id)",
    "CREATE TABLE monitor_read_feeds (gen INTEGER NOT NULL, feed {text} NOT NULL, made_by {text} NOT NULL,"
    " PRIMARY KEY (gen, feed))",
    "CREATE TABLE monitor_outlets (gen INTEGER NOT NULL, name {text} NOT NULL, family {text} NOT NULL,"
    " PRIMARY KEY (gen, name))",
    "CREATE TABLE monitor_once (id {text} PRIMARY KEY)",
)


@dataclass(frozen=True, slots=True)
class Generation:
    """What one ruleset made of the entries, and how far it has come.

    `done` of `total` entries have been read; `entries` is how many the store held when `complete`, and since. Stories
    from the moment `dirty` on are to be folded again, None for none.
    """

    number: int
    made_by: str
    complete: bool
    version: int
    place: int
    done: int
    total: int
    entries: int
    dirty: str | None
    dirty_to: str | None
    folded_by: str
    turn: int


@dataclass(frozen=True, slots=True)
class Kept:
    """An alert to be kept: with its claim key, and the subjects about which it settles something."""

    alert: Alert
    key: str
    subjects: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Unread:
    """Entries to read: the place before them and the one behind them (change number, arrival). `nothing`: the ids of
    those of which it is known that they are no alert."""

    entries: tuple[Entry, ...]
    at: tuple[int, int]
    to: tuple[int, int]
    arrivals: tuple[int, ...]
    nothing: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Slice:
    """Alerts to file: (id, revision, story so far), and the stories so far: (first report, what else is kept).

    From `begin` to before `end` everything is in it; stories that began since `open` may take alerts after `end`, and
    `until` is the last moment at which something changed.
    """

    gen: int
    turn: int
    begin: str
    end: str
    open: str
    until: str
    rows: tuple[tuple[str, int, str | None], ...]
    stories: Mapping[str, tuple[str, str]]


@dataclass(frozen=True, slots=True)
class StoryRow:
    """A story by the ids and revisions of its alerts, oldest first."""

    id: str
    alerts: tuple[tuple[str, int], ...]
    families: tuple[str, ...]
    copies: int
    aliases: tuple[str, ...]
