"""Monitors over stores for the tests: a small ruleset that reads quickly, entries that fold, no network."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from functools import cache
from typing import Any

from monitor.model import Entry, FeedState, Rule
from monitor.rules.engine import Ruleset, compile_rules
from monitor.service import Monitor
from monitor.store import Archive
from tests.builders import T0, config, entry, feed

FEEDS = ("wire", "post", "news")
HANDOVER = Rule("handover", "base_handover", "high", 'S((handover* OR "hands over") AND facility:*)')
DEPLOYED = Rule("deployed", "deployment", "medium", "S(deploy* AND count:*)")
LEAVING = Rule("leaving", "withdrawal", "medium", "S(withdraw* AND (facility:* OR place:*))")


class NoNetwork:
    """A fetcher that is never asked."""

    async def __aenter__(self) -> NoNetwork:
        return self

    async def __aexit__(self, *error: object) -> None:
        return None

    async def fetch(self, feed: object, state: object) -> object:
        raise AssertionError("nothing is polled here")


@cache
def rules(*chosen: Rule) -> Ruleset:
    """These rules, compiled."""
    compiled, mistakes = compile_rules(chosen or (HANDOVER, DEPLOYED), config().lists)
    assert compiled is not None, mistakes
    return compiled


def monitor(
    archive: Archive, *chosen: Rule, now: datetime = T0, feeds: Sequence[Any] | None = None, **given: Any
) -> Monitor:
    """A Monitor of three feeds over an archive, with these rules."""
    watched = tuple(feed(name) for name in FEEDS) if feeds is None else tuple(feeds)
    own = replace(config(), feeds=watched, user=given.pop("user", "layla"))
    fetcher: Any = given.pop("fetcher", NoNetwork())
    made = Monitor(own, rules(*chosen), (), archive, fetcher, clock=lambda: now, **given)
    _made.append(made)
    return made


_made: list[Monitor] = []


def close() -> None:
    """Ends what the monitors made so far do in the background."""
    while _made:
        _made.pop().close()


def item(n: int, title: str, at: datetime, name: str = "wire", **given: Any) -> Entry:
    """An entry of one of the feeds."""
    return entry(title, id=f"{name}-{n}", key=f"guid:{n}", feed=name, at=at, **given)


def commit(archive: Archive, *entries: Entry) -> None:
    """Stores entries as polls of their feeds would."""
    for name in {one.feed for one in entries}:
        archive.commit(FeedState(name), [one for one in entries if one.feed == name])
