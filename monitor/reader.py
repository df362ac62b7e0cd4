"""Reading done elsewhere: documents are parsed, and entries matched and read, in child processes that can be killed.

The children compile the rules once, from what feeds.yml says. A document that is too slow for them, or that ends them,
is a failure of its own feed with the cause in words.
"""

from __future__ import annotations

import functools
import pickle
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from monitor.apart import LIMIT, Apart, Stopped
from monitor.feeds import parse
from monitor.model import Alert, Config, Entry, Fact, Feed, NotAFeed, ParsedFeed, Rule
from monitor.pipeline import read_entry
from monitor.rules.engine import Ruleset, compile_rules

_LARGE = 256 * 1024  # bytes; a usual feed has 10 to 100 kB
_AT_ONCE = 30  # entries in one call: each call has the time of one document


class Reader:
    """Parses and reads in other processes; close it at the end."""

    def __init__(self, config: Config, *, ordinary: int | None = None, limit: float = LIMIT) -> None:
        setup = (config.rules, config.lists)
        self._apart = Apart("monitor.reader", setup, ordinary=ordinary, limit=limit)
        # Large documents have a way of their own, so that the many small ones never stand behind them.
        self._large = Apart("monitor.reader", setup, ordinary=1, limit=limit, niceness=10)
        self._facts: tuple[tuple[Fact, ...], bytes] = ((), pickle.dumps(()))

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

    async def read(self, entries: Sequence[Entry], feed: Feed, facts: tuple[Fact, ...]) -> list[Alert | None] | None:
        """As `pipeline.read_entry` for each; None where it could not be done in time."""
        if facts is not self._facts[0]:
            self._facts = (facts, pickle.dumps(facts, pickle.HIGHEST_PROTOCOL))
        # The address and the headers may hold secrets, and reading needs neither.
        bare = replace(feed, url="", headers=())
        alerts: list[Alert | None] = []
        try:
            for start in range(0, len(entries), _AT_ONCE):
                part = [replace(entry, revisions=()) for entry in entries[start : start + _AT_ONCE]]
                alerts += await self._apart.call("read", part, bare, self._facts[1])
        except Stopped:
            return None
        pairs = zip(entries, alerts, strict=True)
        return [replace(alert, entry=entry) if alert is not None else None for entry, alert in pairs]

    def close(self) -> None:
        """Ends the processes."""
        self._apart.close()
        self._large.close()


# ---- in the child ----------------------------------------------------------------------------------------------------

_rulesets: list[Ruleset] = []


def prepare(rules: tuple[Rule, ...], lists: tuple[tuple[str, tuple[str, ...]], ...]) -> None:
    """Called once in each child: what takes its time is done before the first document's time runs."""
    ruleset, mistakes = compile_rules(rules, lists, file="feeds.yml")
    if ruleset is None:
        raise ValueError("; ".join(str(mistake) for mistake in mistakes))
    _rulesets[:] = [ruleset]
    parse.parse(b"<rss/>", url="", content_type="", tz=None, now=datetime.now(UTC))


@functools.lru_cache(1)
def _facts(pickled: bytes) -> tuple[Fact, ...]:
    facts: tuple[Fact, ...] = pickle.loads(pickled)  # noqa: S301 - the parent speaks
    return facts


def _parse(body: bytes, url: str, content_type: str, tz: str | None, now: datetime) -> Any:
    return parse.parse(body, url=url, content_type=content_type, tz=tz, now=now)


def _read(entries: Sequence[Entry], feed: Feed, pickled: bytes) -> list[Alert | None]:
    return [read_entry(entry, feed, _rulesets[0], _facts(pickled)) for entry in entries]


JOBS = {"parse": _parse, "read": _read}
