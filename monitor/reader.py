"""Reading done elsewhere: documents are parsed, and entries matched and read, in child processes that can be killed.

The children compile the rules once, from what feeds.yml says. A document that is too slow for them, or that ends them,
is a failure of its own feed with the cause in words.
"""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, cast

from monitor import cache
from monitor.alerting import understood
from monitor.apart import LIMIT, Apart, Stopped
from monitor.feeds import parse
from monitor.feeds.evidence import packed
from monitor.feeds.identity import fingerprint_of
from monitor.language.lexicon import LANGUAGES
from monitor.model import Alert, Config, Entry, Feed, NotAFeed, ParsedEntry, ParsedFeed, Rule
from monitor.nursery import Nursery
from monitor.rules.engine import Ruleset, compile_rules

_LARGE = 256 * 1024  # bytes; a usual feed has 10 to 100 kB
_AT_ONCE = 30  # entries in one call: each call has the time of one document
_LITTLE = 1.0  # seconds of work on the entries of a document for which they are read in the same call

# All of an entry on which its reading depends, beside its feed: fingerprint, publication, and whom it credits.
_Wording = tuple[str, datetime | None, str | None]


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
        # What was read in the documents of feeds as they were parsed, until it is asked for.
        self._ahead: dict[str, dict[_Wording, Alert | None]] = {}

    async def parse(
        self,
        body: bytes,
        *,
        url: str,
        content_type: str,
        tz: str | None,
        now: datetime,
        feed: Feed | None = None,
        known: Collection[str] = (),
    ) -> ParsedFeed | NotAFeed:
        """As `feeds.parse.parse`, within the time limit. Of a usual document what is new for the feed is read at once,
        so that it need not come here and go there again."""
        given = (body, url, content_type, tz, now)
        try:
            if len(body) > _LARGE:
                large: ParsedFeed | NotAFeed = await self._large.call("parse", *given)
                return large
            if feed is not None:
                with contextlib.suppress(Stopped):  # it may be one entry's fault, which is not the whole document's
                    parsed, ahead = await self._apart.call("digest", *given, _bare(feed), known)
                    self._ahead |= {feed.id: ahead} if ahead else {}
                    return cast("ParsedFeed | NotAFeed", parsed)
            small: ParsedFeed | NotAFeed = await self._apart.call("parse", *given)
        except Stopped as stopped:
            return NotAFeed("failing", f"parsing {stopped}")
        return small

    def read_ahead(self, entry: Entry) -> Alert | None:
        """What was read in an entry when its document was parsed. Raises KeyError where it was not."""
        alert = self._ahead.get(entry.feed, {})[_wording(entry)]
        return alert and replace(alert, entry=entry)

    async def read(self, entries: Sequence[Entry], feed: Feed) -> list[Alert | None] | None:
        """As `alerting.understood` for each; None where it could not be done in time."""
        ahead = self._ahead.get(feed.id, {})
        unread = [entry for entry in entries if _wording(entry) not in ahead]
        try:
            found = iter(await _understood(self._apart, [(entry, feed) for entry in unread]))
        except Stopped:
            return None
        alerts = [self.read_ahead(entry) if _wording(entry) in ahead else next(found) for entry in entries]
        self._ahead.pop(feed.id, None)
        return alerts

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
        bare = [(replace(entry, revisions=(), evidence=None), _bare(feed) if feed else None) for entry, feed in part]
        found = await apart.call("read", bare)
        alerts += [alert and replace(alert, entry=entry) for alert, (entry, _) in zip(found, part, strict=True)]
    return alerts


def _wording(entry: Entry) -> _Wording:
    return entry.fingerprint, entry.published, entry.source_label


def _bare(feed: Feed) -> Feed:
    return replace(feed, url="", headers=())


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


def _digest(
    body: bytes,
    url: str,
    content_type: str,
    tz: str | None,
    now: datetime,
    feed: Feed,
    known: Collection[str],
) -> Any:
    """The document, with what is to be stored of each item that is not known, and what was read in it by fingerprint:
    as far as both cost little."""
    parsed = parse.parse(body, url=url, content_type=content_type, tz=tz, now=now)
    if not isinstance(parsed, ParsedFeed):
        return parsed, {}
    end = time.process_time() + _LITTLE
    items: list[ParsedEntry] = []
    alerts: dict[_Wording, Alert | None] = {}
    for item in parsed.entries:
        fingerprint = fingerprint_of(item.title, item.summary, item.text)
        if fingerprint in known or len(alerts) >= _AT_ONCE or time.process_time() > end:
            items.append(item)
            continue
        items.append(replace(item, raw="", packed=packed(item.raw)))
        entry = Entry("", feed.id, "", None, item.title, item.summary, item.text, feed.lang, item.published, now, now,
                      fingerprint, item.source_label)  # fmt: skip
        if (wording := _wording(entry)) not in alerts:
            alerts[wording] = understood(entry, feed, _rulesets[0])
    return replace(parsed, entries=tuple(items)), alerts


def _read(pairs: Sequence[tuple[Entry, Feed | None]]) -> list[Alert | None]:
    return [understood(entry, feed, _rulesets[0]) for entry, feed in pairs]


JOBS = {"parse": _parse, "digest": _digest, "read": _read}
