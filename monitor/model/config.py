"""feeds.yml as a value."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time, timedelta

from monitor.model.feeds import Feed
from monitor.model.rules import Rule


@dataclass(frozen=True, slots=True)
class Notify:
    """One line of `notify:`. `channel` is bell, command, webhook or apprise; `quiet` the hours from and to, in `tz`
    (None: the machine's)."""

    when: str
    channel: str
    run: tuple[str, ...] = ()
    url: str = ""
    headers: tuple[tuple[str, str], ...] = ()
    allow_private: bool = False
    cooldown: timedelta | None = None
    repeat: timedelta | None = None
    digest: timedelta | None = None
    quiet: tuple[time, time] | None = None
    tz: str | None = None


@dataclass(frozen=True, slots=True)
class Polling:
    """How politely all feeds are asked: `polling:` of feeds.yml.

    `interval` holds until a feed's rhythm is known; no feed is asked more often than `floor` or less often than
    `ceiling`; `jitter` is a share of the interval. `concurrency` requests run at once, `spacing` lies between two to a
    host. `connect`, `read` and `wall` end a request; `size` is bytes after decoding.
    """

    interval: timedelta = timedelta(minutes=30)
    floor: timedelta = timedelta(minutes=5)
    ceiling: timedelta = timedelta(hours=24)
    jitter: float = 0.1
    concurrency: int = 20
    spacing: timedelta = timedelta(seconds=1)
    connect: timedelta = timedelta(seconds=10)
    read: timedelta = timedelta(seconds=15)
    wall: timedelta = timedelta(seconds=30)
    size: int = 10 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Config:
    """feeds.yml as a value. `file` is where it came from; it is replaced whole on reload, never edited."""

    file: str
    user: str
    store: str | None
    seeds: str | None
    feeds: tuple[Feed, ...]
    lists: tuple[tuple[str, tuple[str, ...]], ...]
    rules: tuple[Rule, ...]
    notify: tuple[Notify, ...] = ()
    ui: tuple[tuple[str, str], ...] = ()
    keys: tuple[tuple[str, str], ...] = ()
    key_places: tuple[tuple[str, tuple[int, int]], ...] = ()
    list_places: tuple[tuple[str, tuple[int, int]], ...] = ()
    shipped_rules: bool = False
    shipped_feeds: bool = False
    polling: Polling = Polling()


@dataclass(frozen=True, slots=True)
class SharedConfig:
    """A version of the configuration that a store holds for all machines at work on it: the text of feeds.yml without
    what is each person's own, the seeds by file name, and the fingerprint of the rules it makes."""

    version: int
    at: datetime
    by: str
    ruleset: str
    text: str
    seeds: tuple[tuple[str, str], ...] = ()
