"""`monitor doctor`: is everything in order, one line each, and what to do where it is not."""

from __future__ import annotations

import locale
import os
import platform
import shutil
import sqlite3
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Literal
from urllib.request import getproxies

import click

from monitor import __version__, config as configuration
from monitor.baseline.facts import read_facts
from monitor.cli.output import Form, as_json, forms
from monitor.cli.setup import Options, load, open_store, outbox_path, read_seeds, seed_rules, store_path
from monitor.cli.talk import Exit, several
from monitor.errors import MonitorError
from monitor.feeds.clean import mask_url, safe
from monitor.feeds.health import is_sick, told
from monitor.model import Config, FeedRow, FeedState
from monitor.rules.engine import Ruleset
from monitor.service.ports import utc_now
from monitor.store.archive import Archive
from monitor.store.engine import Engine
from monitor.store.names import masked

State = Literal["ok", "look", "wrong"]
_LIBRARIES = ("textual", "httpx", "feedparser", "tinydb", "pydantic", "ruamel.yaml", "click", "lark")
_EXTRAS = (("postgres", "psycopg"), ("stix", "stix2"), ("notify", "apprise"), ("web", "textual-serve"))
_OLD = timedelta(days=180)
_ROOM = 200_000_000  # bytes free, below which a store soon fails


@dataclass(frozen=True, slots=True)
class Finding:
    """One line: what was looked at, how it fares, and in words what it is or what to do."""

    name: str
    state: State
    words: str


@click.command("doctor")
@forms(Form.JSON)
@click.pass_obj
def command(options: Options, form: Form) -> int:
    """Looks whether everything is in order: configuration, rules, baseline, store, feeds, terminal, versions, proxies.

    Nothing is polled and nothing changed.

    \b
    Example: monitor doctor
    Exit codes: 0 in order, 1 something to look at, 2 something to mend.
    """
    findings = list(examine(options))
    if form is Form.JSON:
        click.echo(as_json([{"name": one.name, "state": one.state, "words": one.words} for one in findings]))
    else:
        for one in findings:
            mark = {"ok": "ok   ", "look": "look ", "wrong": "WRONG"}[one.state]
            first, *rest = one.words.split("\n")
            click.echo(f"{mark}  {one.name:<9} {first}")
            for line in rest:
                click.echo(f"{'':17}{line}")
    states = {one.state for one in findings}
    return Exit.ERROR if "wrong" in states else Exit.NOTHING if "look" in states else Exit.DONE


def examine(options: Options) -> Iterator[Finding]:
    """All findings; what cannot be looked at because something before it is wrong is left out."""
    yield Finding("versions", *_versions())
    yield Finding("terminal", *_terminal())
    yield Finding("proxies", *_proxies())
    try:
        config, ruleset = load(options)
    except MonitorError as error:
        yield Finding("config", "wrong", str(error))
        return
    yield Finding("config", *_config(config, ruleset))
    yield _told("baseline", lambda: _baseline(config, ruleset))
    place = store_path(options, config)
    yield Finding("disk", *_disk(place))
    if isinstance(place, Path):
        yield Finding("notices", *_notices(config, outbox_path(place)))
    if isinstance(place, Path) and not place.exists():
        yield Finding("store", "ok", f"{place} is not there yet; the first poll makes it")
        return
    try:
        with closing(open_store(options, config)) as archive:
            if not isinstance(place, Path):
                yield _told("notices", lambda: _notices(config, outbox_path(place), archive.common))
            yield _told("store", lambda: _store(archive))
            yield _told("feeds", lambda: _feeds(config, archive.feed_states()))
            yield _told("clock", lambda: _clock(archive.feed_states()))
    except MonitorError as error:
        yield Finding("store", "wrong", str(error))


def _told(name: str, look: Callable[[], tuple[State, str]]) -> Finding:
    try:
        return Finding(name, *look())
    except MonitorError as error:
        return Finding(name, "wrong", str(error))


def _versions() -> tuple[State, str]:
    found = [f"monitor {__version__}", f"Python {platform.python_version()}", f"SQLite {sqlite3.sqlite_version}"]
    found += [f"{name} {number}" for name in _LIBRARIES if (number := _version(name))]
    extras = [extra for extra, name in _EXTRAS if _version(name)]
    return "ok", f"{', '.join(found)}; extras: {', '.join(extras) or 'none'}"


def _version(name: str) -> str | None:
    try:
        return version(name)
    except PackageNotFoundError:
        return None


def _terminal() -> tuple[State, str]:
    size, term = shutil.get_terminal_size((0, 0)), os.environ.get("TERM", "")
    coding = (sys.stdout.encoding or locale.getpreferredencoding()).upper().replace("-", "")
    if not sys.stdout.isatty() or not sys.stdin.isatty():
        return "ok", f"none here (TERM={safe(term) or 'not set'}, {coding}); `monitor` prints the board as text"
    words = f"TERM={safe(term)}, {size.columns}x{size.lines}, {coding}"
    if coding != "UTF8":
        return "look", f"{words}: Arabic, Hebrew and Cyrillic need UTF-8; set LANG=C.UTF-8, or start with --ascii"
    if term in ("", "dumb"):
        return "look", f"{words}: no dashboard in such a terminal; set TERM, for example to xterm-256color"
    if size.columns < 80 or size.lines < 20:
        return "look", f"{words}: small; 100x30 shows the baseline beside the stories"
    return "ok", words


def _proxies() -> tuple[State, str]:
    found = {name: proxy for name, proxy in getproxies().items() if name in ("http", "https", "all", "no")}
    if not found:
        return "ok", "none set; feeds are asked directly"
    told = ", ".join(f"{name} {mask_url(safe(proxy))}" for name, proxy in sorted(found.items()))
    if any(proxy.startswith("socks") for name, proxy in found.items() if name != "no") and not _version("socksio"):
        return "look", f"{told}: a SOCKS proxy needs the package socksio"
    return "ok", f"{told}; names are looked up there, so that only addresses written out in links are checked here"


def _config(config: Config, ruleset: Ruleset) -> tuple[State, str]:
    enabled = sum(feed.enabled for feed in config.feeds)
    shipped = Path(config.file).resolve() == (configuration.shipped() / configuration.NAME).resolve()
    counts = f"{several(enabled, 'feed')}, {several(len(ruleset.rules), 'rule')}, user {safe(config.user)}"
    words = f"{config.file}{' (the shipped one)' if shipped else ''}: {counts}"
    if not enabled:
        return "look", f"{words}; no feed is enabled: `monitor feeds add SITE`, or shipped_feeds: true"
    if not ruleset.rules:
        return "look", f"{words}; no rule: nothing is ever flagged; write shipped_rules: true, or rules of your own"
    return "ok", words


def _baseline(config: Config, ruleset: Ruleset) -> tuple[State, str]:
    rules = seed_rules(config, ruleset)
    seeds = read_seeds(config)
    facts = [fact for seed in seeds for fact in read_facts(seed, rules)]
    folder = configuration.seeds_folder(config)
    if not facts:
        return "look", f"{folder}: no facts; put an article there (NAME.txt, and NAME.yml beside it)"
    newest = max(fact.as_of for fact in facts)
    age = datetime.now(UTC).date() - newest
    words = f"{several(len(facts), 'fact')} from {several(len(seeds), 'article')}, as of {newest}, {age.days} days old"
    return ("look", f"{words}; accept what has changed since, or add a newer article") if age > _OLD else ("ok", words)


def _disk(place: Path | str) -> tuple[State, str]:
    if isinstance(place, str):
        return "ok", f"{masked(place)} looks after its own"
    folder = next(folder for folder in (place.parent, *place.parent.parents) if folder.exists())
    if not os.access(folder, os.W_OK):
        return "wrong", f"{place}: you may not write to {folder}; name another place with --store or store:"
    free = shutil.disk_usage(folder).free
    words = f"{place}: {free / 1e9:.1f} GB free"
    return ("look", f"{words}; make room, or a poll will fail") if free < _ROOM else ("ok", words)


def _store(archive: Archive) -> tuple[State, str]:
    stats = archive.stats()
    rows = ", ".join(f"{name} {number:,}" for name, number in stats.rows)
    return "ok", f"{stats.engine}, {stats.bytes / 1e6:,.1f} MB, {rows}; `monitor store check` reads all of it"


def _feeds(config: Config, states: dict[str, FeedState]) -> tuple[State, str]:
    enabled = [feed for feed in config.feeds if feed.enabled]
    known = [FeedRow(feed, states[feed.id]) for feed in enabled if feed.id in states]
    sick = list(filter(is_sick, known))
    if not known:
        return "look", f"none of {several(len(enabled), 'feed')} polled yet: monitor poll"
    words = f"{len(known)} of {several(len(enabled), 'feed')} polled, {len(sick)} sick"
    if not sick:
        return "ok", words
    named = "; ".join(f"{row.feed.id}: {safe(told(row.state.health, row.state.cause))}" for row in sick[:3])
    return "look", f"{words} ({named}{'; ...' if len(sick) > 3 else ''}): monitor feeds list --sick"


def _notices(config: Config, box: Path, common: Engine | None = None) -> tuple[State, str]:
    if not config.notify:
        return "ok", "none asked for; `notify:` in feeds.yml tells outside the screen"
    from monitor.notify import Notifier
    from monitor.notify.outbox import Outbox

    lines = ", ".join(f"{line.channel} ({line.when})" for line in config.notify)
    if any(line.channel == "apprise" for line in config.notify) and not _version("apprise"):
        return "wrong", f"{lines}: the channel apprise needs the extra [notify]"
    if not box.exists() and common is None:
        return "ok", lines
    shared = Outbox.at(common) if common is not None else None
    silent = Notifier(Outbox.at(box), clock=utc_now, ring=lambda: None, user_agent="", background=False, shared=shared)
    silent.configure(config.notify)
    problems = silent.problems()
    return ("look", "\n".join((lines, *problems))) if problems else ("ok", lines)


def _clock(states: dict[str, FeedState]) -> tuple[State, str]:
    now = datetime.now(UTC)
    ahead = [state for state in states.values() if state.last_poll and state.last_poll > now + timedelta(minutes=5)]
    words = f"{now:%Y-%m-%d %H:%M}Z"
    if ahead:
        return "look", f"{words}, yet {several(len(ahead), 'feed')} were polled later than that: is it right?"
    return "ok", words
