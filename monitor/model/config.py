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
