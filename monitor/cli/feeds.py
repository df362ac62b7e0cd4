"""`monitor feeds`: how the sources fare, and changes to them in feeds.yml that leave its comments alone."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterable
from pathlib import Path
from urllib.parse import urlsplit

import click

from monitor import config as configuration, yamledit
from monitor.cli.setup import Options, load_file, opened
from monitor.cli.talk import Exit, several, tell
from monitor.errors import InputError
from monitor.feeds import opml
from monitor.feeds.clean import mask_url, safe
from monitor.feeds.health import is_offline, is_sick, sick_regions, told
from monitor.feeds.inflate import amount
from monitor.model import Config, Feed, FeedRow


@click.group("feeds")
def command() -> None:
    """Shows how the feeds fare; adds, removes, pauses them; reads and writes OPML."""


# ---- looking ---------------------------------------------------------------------------------------------------------


@command.command("list")
@click.option("--sick", is_flag=True, help="Only those that are not in order.")
@click.pass_obj
def list_feeds(options: Options, sick: bool) -> int:
    """Each feed with its health, cause, rhythm, last success, last new entry, next poll.

    \b
    Example: monitor feeds list --sick
    """
    with opened(options) as monitor:
        rows = monitor.feed_rows()
    if is_offline(rows):
        click.echo("offline: no feed can be reached; failures are not counted until the network is back")
    else:
        for region in sick_regions(rows):
            click.echo(region.words())
    for row in rows:
        if not sick or is_sick(row):
            for number, line in enumerate(_lines(row)):
                click.echo(line if number == 0 else f"    {line}")
    return Exit.DONE


def _lines(row: FeedRow) -> Iterable[str]:
    feed, state = row.feed, row.state
    yield f"{feed.id}  {told(state.health, safe(state.cause)) if feed.enabled else 'paused'}"
    if state.last_poll is None:
        return
    times = (("last success", state.last_success), ("last new", state.last_new), ("next", state.next_due))
    parts = [state.rhythm] if state.rhythm else []
    parts += [f"{name} {moment:%Y-%m-%d %H:%M}Z" for name, moment in times if moment is not None]
    parts += [f"{several(state.failures, 'failure')} in a row"] if state.failures else []
    parts.append(f"{amount(state.bytes)} in {state.seconds:.1f} s" if state.bytes else f"{state.seconds:.1f} s")
    yield " · ".join(parts)
    if state.address:
        yield f"moved for good to {mask_url(safe(state.address))}; change its url in feeds.yml"
    if state.identity != "guid":
        key = "links" if state.identity == "link" else "words"
        yield f"its ids cannot be trusted: entries are known by their {key}"


@command.command("check")
@click.argument("url")
@click.option("--allow-private", is_flag=True, help="Let the address be on this machine or network.")
def check(url: str, allow_private: bool) -> int:
    """Fetches one address and says what is there. Nothing is stored.

    \b
    Example: monitor feeds check https://news.example/rss
    Exit codes: 0 a feed, 2 none.
    """
    from monitor.cli.probe import probe

    found = probe([_with_scheme(url)], allow_private=allow_private)[0]
    for line in found.lines():
        click.echo(line)
    return Exit.DONE if found.parsed is not None else Exit.ERROR


# ---- changing --------------------------------------------------------------------------------------------------------


@command.command("add")
@click.argument("address", metavar="URL|SITE")
@click.option("--id", "identifier", help="The feed's id; else made from its host.")
@click.option("--name", help="Its name; else the title it gives itself.")
@click.option("--lang", help="Its language (en ar fa ckb kmr tr he ru fr); else told by the script.")
@click.option("--allow-private", is_flag=True, help="Let the address be on this machine or network.")
@click.pass_obj
def add(
    options: Options, address: str, identifier: str | None, name: str | None, lang: str | None, allow_private: bool
) -> int:
    """Adds a feed to feeds.yml: the address itself, or the first feed found on that site.

    \b
    Example: monitor feeds add https://news.example --lang ar
    """
    from monitor.cli.probe import discover

    path, config, text = _own(options)
    found = discover(_with_scheme(address), allow_private=allow_private)
    first = found[0]
    _refuse_twice(config, first.url)
    feed: dict[str, yamledit.Value] = {"id": identifier or _free_id(config, first.url, set()), "url": first.url}
    title = name or (first.parsed.title if first.parsed is not None else "")
    feed |= {"name": title} if title else {}
    feed |= {"lang": lang} if lang else {}
    feed |= {"allow_private": True} if allow_private else {}
    _save(path, yamledit.add_feeds(text, str(path), [feed]))
    click.echo(f"added {feed['id']}  {mask_url(first.url)}")
    if first.parsed is not None and not first.parsed.entries:
        tell("it has no entries yet")
    for other in found[1:]:
        tell(f"also there: {mask_url(other.url)}")
    return Exit.DONE


@command.command("remove")
@click.argument("identifier", metavar="ID")
@click.pass_obj
def remove(options: Options, identifier: str) -> int:
    """Takes a feed out of feeds.yml. What it brought stays in the store.

    \b
    Example: monitor feeds remove news-example
    """
    path, config, text = _own(options)
    if _shipped(path, config, identifier, text) is not None:
        raise InputError(
            f"{identifier} is a shipped feed (shipped_feeds: true). `monitor feeds pause {identifier}` switches it off."
        )
    _save(path, yamledit.remove_feed(text, str(path), identifier))
    click.echo(f"removed {identifier}")
    return Exit.DONE


@command.command("pause")
@click.argument("identifier", metavar="ID")
@click.pass_obj
def pause(options: Options, identifier: str) -> int:
    """Polls a feed no more, until it is resumed.

    \b
    Example: monitor feeds pause news-example
    """
    path, config, text = _own(options)
    if (shipped := _shipped(path, config, identifier, text)) is not None:
        # An entry of one's own with the same id counts instead of the shipped one.
        entry: dict[str, yamledit.Value] = {"id": shipped.id, "url": shipped.url, "name": shipped.name}
        _save(path, yamledit.add_feeds(text, str(path), [{**entry, "enabled": False}]))
    else:
        _save(path, yamledit.set_enabled(text, str(path), identifier, False))
    click.echo(f"paused {identifier}")
    return Exit.DONE


@command.command("resume")
@click.argument("identifier", metavar="ID")
@click.pass_obj
def resume(options: Options, identifier: str) -> int:
    """Polls a feed again at once: one that was paused, is gone for good (410), or backs off after failures.

    \b
    Example: monitor feeds resume news-example
    """
    path, config, text = _located(options)
    feed = next((feed for feed in config.feeds if feed.id == identifier), None)
    if feed is None or not feed.enabled:
        path, _, text = _own(options)
        _save(path, yamledit.set_enabled(text, str(path), identifier, True))
    with opened(options) as monitor:
        monitor.unmute(identifier)
    click.echo(f"resumed {identifier}")
    return Exit.DONE


# ---- lists of other readers ------------------------------------------------------------------------------------------


@command.command("import")
@click.argument("file", metavar="FILE.opml")
@click.pass_obj
def import_list(options: Options, file: str) -> int:
    """Adds every feed of an OPML list that feeds.yml does not have yet. Only addresses and titles are read.

    \b
    Example: monitor feeds import subscriptions.opml
    Exit codes: 0 some were added, 1 all were known.
    """
    path, config, text = _own(options)
    try:
        body = sys.stdin.buffer.read() if file == "-" else Path(file).read_bytes()
    except OSError as error:
        raise InputError(f"{file} cannot be read: {error.strerror}.") from error
    known = {feed.url for feed in config.feeds}
    taken: set[str] = set()
    new: list[dict[str, yamledit.Value]] = []
    for outline in opml.read(body, file):
        if outline.url in known:
            continue
        known.add(outline.url)
        identifier = _free_id(config, outline.url, taken)
        taken.add(identifier)
        feed: dict[str, yamledit.Value] = {"id": identifier, "url": outline.url}
        new.append(feed | {"name": outline.title} if outline.title else feed)
    if new:
        _save(path, yamledit.add_feeds(text, str(path), new))
    for added in new:
        click.echo(f"added {added['id']}  {mask_url(str(added['url']))}")
    return Exit.DONE if new else Exit.NOTHING


@command.command("export")
@click.pass_obj
def export_list(options: Options) -> int:
    """Prints the feeds as OPML for other readers. Addresses that hold a secret are left out and named.

    \b
    Example: monitor feeds export > feeds.opml
    """
    path, config, text = _located(options)
    written = configuration.written_urls(text, str(path))
    outlines = []
    for feed in config.feeds:
        if mask_url(feed.url) != feed.url or "${" in written.get(feed.id, ""):
            tell(f"{feed.id} is left out: its address holds a secret")
        else:
            outlines.append(opml.Outline(feed.name, feed.url))
    click.echo(opml.write(outlines), nl=False)
    return Exit.DONE


# ---- inside ----------------------------------------------------------------------------------------------------------


def _with_scheme(address: str) -> str:
    return address if "://" in address else f"https://{address}"


def _located(options: Options) -> tuple[Path, Config, str]:
    path = configuration.find(options.config, Path.cwd(), os.environ)
    config, _ = load_file(path)
    return path, config, path.read_bytes().decode("utf-8")


def _own(options: Options) -> tuple[Path, Config, str]:
    """The person's own feeds.yml, to be changed."""
    if options.read_only:
        raise click.UsageError("--read-only changes nothing; leave it out to change feeds.yml.")
    path, config, text = _located(options)
    if path.resolve() == (configuration.shipped() / configuration.NAME).resolve():
        raise InputError(f"{path} is the shipped one and stays as it is. `monitor init` writes one of your own.")
    return path, config, text


def _shipped(path: Path, config: Config, identifier: str, text: str) -> Feed | None:
    """The feed of this id, if it is in force and does not stand in the file itself."""
    if identifier in configuration.written_urls(text, str(path)):
        return None
    return next((feed for feed in config.feeds if feed.id == identifier), None)


def _save(path: Path, text: str) -> None:
    """Written only if it can be loaded as a whole: a command must not leave a file that stops the program."""
    beside = path.with_name(f".{path.name}.new")
    yamledit.write(beside, text)
    try:
        load_file(beside)
    finally:
        beside.unlink(missing_ok=True)
    yamledit.write(path, text)


def _refuse_twice(config: Config, url: str) -> None:
    there = next((feed for feed in config.feeds if feed.url == url), None)
    if there is not None:
        raise InputError(f"{mask_url(url)} is there already, as {there.id}.")


def _free_id(config: Config, url: str, taken: set[str]) -> str:
    """An id made from the host: "news-example", and with a number where that is taken."""
    host = (urlsplit(url).hostname or "feed").removeprefix("www.")
    name = re.sub(r"[^a-z0-9]+", "-", host.lower()).strip("-")[:50] or "feed"
    known = {feed.id for feed in config.feeds} | taken
    return next(
        option for number in range(1, 10**6) if (option := name if number == 1 else f"{name}-{number}") not in known
    )
