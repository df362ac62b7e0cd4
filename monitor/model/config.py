"""feeds.yml as a value."""

from __future__ import annotations

from dataclasses import dataclass

from monitor.model.feeds import Feed
from monitor.model.rules import Rule


@dataclass(frozen=True, slots=True)
class Notify:
    """One line of `notify:` - kept as written; `channel` is bell or command here."""

    when: str
    channel: str
    run: tuple[str, ...] = ()


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
    list_places: tuple[tuple[str, tuple[int, int]], ...] = ()
    shipped_rules: bool = False
