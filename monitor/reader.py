"""Reading done elsewhere: documents are parsed, and entries matched and read, in child processes that can be killed.

The children compile the rules once, from what feeds.yml says. A document that is too slow for them, or that ends them,
is a failure of its own feed with the cause in words.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from monitor import cache
from monitor.alerting import understood
from monitor.apart import LIMIT, Apart, Stopped
from monitor.feeds import parse
from monitor.language.lexicon import LANGUAGES
from monitor.model import Alert, Config, Entry, Feed, NotAFeed, ParsedFeed, Rule
from monitor.nursery import Nursery
from monitor.rules.engine import Ruleset, compile_rules

_LARGE = 256 * 1024  # bytes; a usual feed has 10 to 100 kB
_AT_ONCE = 30  # entries in one call: each call has the time of one document


class Reader:
    """Parses and reads in other processes; close it at the end."""

    def __init__(self, config: Config, *, ordinary: int | None = None, limit: float = LIMIT) -> None:
        languages = tuple(sorted({feed.lang for feed in config.feeds if feed.lang and feed.enabled}))
        nursery = Nursery("monitor.reader", (config.rules, config.lists, cache.attached(), languages))
        self._apart = Apart(nursery, ordinary=ordinary, limit=limit)
        # Large documents have a way of their own, so that the many small ones never stand behind them.
        self._large = Apart(nursery, ordinary=1, limit=limit, niceness=10)
        # So has the archive, when the rules have changed: its thread has an event loop of its own.
        self._archive = Apart(nursery, ordinary=ordinary, limit=limit, niceness=10)

    async def parse(
        self, body: bytes, *, url: str, content_type: str, tz: str | None, now: datetime
    ) -> ParsedFeed | NotAFeed:
        """As `feeds.parse.parse`, within the time limit."""
        way = self._large if len(body) > _LARGE else self._apart
        try:
            parsed: ParsedFeed | NotAFeed = await way.call("parse", body, url, content_type, tz, now)
        except Stopped as stopped:
            return NotAFeed("failing", f"parsing {stopped}")
        return parsed

    async def read(self, entries: Sequence[Entry], feed: Feed) -> list[Alert | None] | None:
        """As `alerting.understood` for each; None where it could not be done in time."""
        try:
            return await _understood(self._apart, [(entry, feed) for entry in entries])
        except Stopped:
            return None

    def read_archive(self, pairs: Sequence[tuple[Entry, Feed | None]]) -> list[Alert | None] | None:
        """The same for entries of any feeds, for one thread without an event loop. Others on the machine go first."""

        async def all_at_once() -> list[Alert | None]:
            parts = [pairs[start : start + _AT_ONCE] for start in range(0, len(pairs), _AT_ONCE)]
            found = await asyncio.gather(*(_understood(self._archive, part) for part in parts))
            return [alert for part in found for alert in part]

        try:
            return asyncio.run(all_at_once())
        except Stopped:
            return None

    def close(self) -> None:
        """Ends the processes."""
        self._apart.close()
        self._large.close()
        self._archive.close()


async def _understood(apart: Apart, pairs: Sequence[tuple[Entry, Feed | None]]) -> list[Alert | None]:
    alerts: list[Alert | None] = []
    for start in range(0, len(pairs), _AT_ONCE):
        part = pairs[start : start + _AT_ONCE]
        # The address and the headers may hold secrets, earlier wordings are much; reading needs neither.
        bare = [
            (replace(entry, revisions=(), evidence=None), replace(feed, url="", headers=()) if feed else None)
            for entry, feed in part
        ]
        found = await apart.call("read", bare)
        alerts += [alert and replace(alert, entry=entry) for alert, (entry, _) in zip(found, part, strict=True)]
    return alerts


# ---- in the child ----------------------------------------------------------------------------------------------------

_rulesets: list[Ruleset] = []


def prepare(
    rules: tuple[Rule, ...],
    lists: tuple[tuple[str, tuple[str, ...]], ...],
    directory: str = "",
    languages: Sequence[str] = (),
) -> None:
    """Called once, where the children come from: what takes its time is done before the first document's time runs.
    `directory`: where compiled rules are kept."""
    cache.attach_to(directory)
    ruleset, mistakes = compile_rules(rules, lists, file="feeds.yml")
    if ruleset is None:
        raise ValueError("; ".join(str(mistake) for mistake in mistakes))
    _rulesets[:] = [ruleset]
    for lang in languages:
        if lang in LANGUAGES:
            ruleset.candidates([("title", "ready")], lang)
    parse.parse(b"<rss/>", url="", content_type="", tz=None, now=datetime.now(UTC))


def _parse(body: bytes, url: str, content_type: str, tz: str | None, now: datetime) -> Any:
    return parse.parse(body, url=url, content_type=content_type, tz=tz, now=now)


def _read(pairs: Sequence[tuple[Entry, Feed | None]]) -> list[Alert | None]:
    return [understood(entry, feed, _rulesets[0]) for entry, feed in pairs]


JOBS = {"parse": _parse, "read": _read}
