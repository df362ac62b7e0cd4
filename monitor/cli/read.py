"""`monitor read`: the line of an item as a pipe, without network or store."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import IO, Any

import click
import orjson

from monitor.alerting import read_entry
from monitor.baseline.facts import read_facts
from monitor.cli.setup import Options, load, read_seeds, seed_rules
from monitor.cli.talk import Exit, complain
from monitor.errors import InputError
from monitor.export.jsonl import line, reading_record
from monitor.feeds.clean import plain, safe
from monitor.feeds.identity import fingerprint_of, to_entry
from monitor.model import Alert, Entry, Feed, ParsedEntry
from monitor.stories import fold

# How many mistakes of one kind are shown, and what differs between two of a kind: their lines and what stands there.
_SHOWN = 3
_VARIES = re.compile(r"^line \d+|(?:'[^']*'|\"[^\"]*\")|char(?:acter)? \d+|column \d+|line \d+ column \d+|\d+")
_UNDATED = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Item:
    """One input line: its number, its id and record as given, and the entry it makes. `when` None stands last."""

    number: int
    id: Any
    feed: Feed
    entry: Entry
    when: datetime | None
    record: dict[str, Any]


@click.command("read")
@click.argument("file", type=click.File("rb"), default="-", required=False)
@click.pass_obj
def command(options: Options, file: IO[bytes]) -> int:
    """Reads entries as JSON lines and writes for each what it claims and what that does to the baseline.

    Input keys: id, lang, date, source, title, summary, text. Entries are sorted by date before they are folded
    into stories, and written in input order. A date that cannot be read leaves its entry undated. Exit code 2 when
    a line could not be used; the others are still written.

    \b
    Example: echo '{"id": 1, "date": "2026-01-17", "title": "Army takes over the airbase"}' | monitor read
    """
    config, ruleset = load(options)
    rules = seed_rules(config, ruleset)
    facts = tuple(fact for seed in read_seeds(config) for fact in read_facts(seed, rules))
    items, mistakes = items_of(file)
    items.sort(key=lambda item: (item.when or _UNDATED, item.number))
    alerts: dict[int, Alert] = {}
    for item in items:
        alert = read_entry(item.entry, item.feed, ruleset, facts)
        if alert is not None:
            alerts[item.number] = alert
    stories = {alert.entry.id: story.id for story in fold(alerts.values(), {}) for alert in story.alerts}
    for item in sorted(items, key=lambda item: item.number):
        alert = alerts.get(item.number)
        click.echo(line(reading_record(item.id, alert, stories.get(item.entry.id))))
    sys.stdout.flush()
    _tell(mistakes)
    return Exit.ERROR if mistakes else Exit.DONE


def _tell(mistakes: Iterable[str]) -> None:
    """Complains of the first mistakes of each kind, and counts the others."""
    by_kind: dict[str, list[str]] = {}
    for mistake in mistakes:
        by_kind.setdefault(_VARIES.sub("", mistake), []).append(mistake)
    for same in by_kind.values():
        for mistake in same[:_SHOWN]:
            complain(mistake)
        if len(same) > _SHOWN:
            complain(f"and {len(same) - _SHOWN} more lines like these")


def items_of(lines: Iterable[bytes]) -> tuple[list[Item], list[str]]:
    """The items of a JSONL file, and what is wrong with its other lines."""
    items: list[Item] = []
    mistakes: list[str] = []
    undated: list[str] = []
    empty: list[str] = []
    for number, raw in enumerate(lines, 1):
        if not raw.strip():
            continue
        try:
            item, doubt = _item(number, raw)
            items.append(item)
        except InputError as error:
            mistakes.append(f"line {number}: {error}")
            continue
        if doubt is not None:
            undated.append(f"line {number}: {doubt}; read as undated")
        if not (item.entry.title or item.entry.summary or item.entry.text):
            empty.append(f"line {number}: none of title, summary and text is given; there is nothing to read")
    _tell(undated)
    _tell(empty)
    return items, mistakes


def _item(number: int, raw: bytes) -> tuple[Item, InputError | None]:
    """The item, and what is wrong with its date. Raises InputError with what is wrong in this line."""
    try:
        record = orjson.loads(raw)
    except orjson.JSONDecodeError as error:
        raise InputError(f'not JSON ({error}). Each line is one object like {{"id": 1, "title": "..."}}') from error
    if not isinstance(record, dict):
        raise InputError('not an object. Each line is one object like {"id": 1, "title": "..."}')
    texts = {}
    for key in ("title", "summary", "text", "lang", "source"):
        value = record.get(key)
        if value is not None and not isinstance(value, str):
            raise InputError(f"{key} must be a string, not {type(value).__name__}")
        texts[key] = value or ""
    when, doubt = None, None
    try:
        when = moment(record.get("date"))
    except InputError as error:
        # The text is worth reading all the same.
        doubt = error
    source = safe(texts["source"]) or "unknown"
    feed = Feed(id=source, url="", name=source, lang=texts["lang"] or None)
    title, summary, text = safe(texts["title"]), plain(texts["summary"], 65_536), plain(texts["text"], 65_536)
    parsed = ParsedEntry(None, None, title, summary, text, when)
    first_seen = when or datetime(1970, 1, 1, tzinfo=UTC)
    entry = to_entry(source, f"line:{number}", parsed, feed.lang, first_seen, fingerprint_of(title, summary, text))
    return Item(number, record.get("id"), feed, entry, when, record), doubt


def moment(value: Any) -> datetime | None:
    """A date, or a date and time, ISO 8601; without an offset UTC. Raises InputError."""
    if value is None or value == "":
        return None
    if not isinstance(value, str):
        raise InputError(f"date must be a string like 2026-01-17, not {value!r}")
    try:
        if len(value) <= 10:
            # A year or a month alone is dated to its first day.
            whole = value + "-01-01"[len(value) - 4 :] if len(value) in (4, 7) else value
            return datetime.combine(date.fromisoformat(whole), datetime.min.time(), UTC)
        found = datetime.fromisoformat(value)
    except ValueError as error:
        raise InputError(f"date {value[:40]!r} is no date; write 2026-01-17 or 2026-01-17T08:30:00+03:00") from error
    return (found if found.tzinfo else found.replace(tzinfo=UTC)).astimezone(UTC)
