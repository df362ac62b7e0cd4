"""`monitor add`: one item by hand, through the same line as all others."""

from __future__ import annotations

import asyncio
import sys
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit

import click

from monitor.cli.read import moment
from monitor.cli.setup import USER_AGENT, Options, opened
from monitor.cli.talk import Exit
from monitor.errors import InputError
from monitor.feeds.clean import plain, safe
from monitor.feeds.fetch import Fetcher
from monitor.feeds.identity import entry_key, fingerprint_of, to_entry
from monitor.feeds.page import page
from monitor.model import BY_HAND, Feed, FeedState, Fetched, NotModified, ParsedEntry

_LIMIT = 65_536


@click.command("add")
@click.argument("what", metavar="URL|FILE|-")
@click.option("--title", help="The headline; else the page's title or the file's first line.")
@click.option("--date", "when", help="When it was published, like 2026-01-17; else unknown.")
@click.option("--lang", help="Its language (en ar fa ckb kmr tr he ru fr); else told by the script.")
@click.option("--allow-private", is_flag=True, help="Let the address be on this machine or network.")
@click.pass_obj
def command(
    options: Options, what: str, title: str | None, when: str | None, lang: str | None, allow_private: bool
) -> int:
    """Adds one report by hand: a page, a text file (headline first), or standard input.

    \b
    Example: echo "Coalition completes handover of Ain al-Asad" | monitor add - --date 2026-01-17
    """
    url, headline, text = page_of(what, allow_private) if "://" in what else (None, *_file(what))
    headline = safe(title or headline)
    if not headline:
        raise InputError(f"{what} holds no headline. Give one with --title.")
    parsed = ParsedEntry(None, url, headline[:1000], "", plain(text, _LIMIT), moment(when))
    now = datetime.now(UTC)
    print_of = fingerprint_of(parsed.title, parsed.summary, parsed.text)
    entry = to_entry(BY_HAND, entry_key(parsed), parsed, lang, now, print_of)
    with opened(options) as monitor:
        alert = monitor.add(entry)
    if alert is None:
        click.echo("stored; no rule matches")
        return Exit.DONE
    lead = alert.lead_verdict
    click.echo(f"stored; {'flagged' if alert.lane == 'changes' else 'context'}, {alert.severity}: {alert.gloss}")
    for match in alert.matches:
        click.echo(f'  {match.rule}: {match.field} "{safe(match.words)}"')
    if lead is not None:
        click.echo(f"  {safe(lead.reason)}" if lead.verdict == "new" else f"  {lead.verdict}: {safe(lead.reason)}")
    return Exit.DONE


def _file(what: str) -> tuple[str, str]:
    """Headline and text of a file or of standard input."""
    try:
        raw = sys.stdin.buffer.read(_LIMIT * 4) if what == "-" else Path(what).read_bytes()[: _LIMIT * 4]
        written = raw.decode("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(
            f"{what} cannot be read: {error}. It must be UTF-8 text, the headline in its first line."
        ) from error
    headline, _, text = written.strip().partition("\n")
    return headline, text.strip()


def page_of(url: str, allow_private: bool) -> tuple[str, str, str]:
    """Address, title and text of a page."""
    host = urlsplit(url).hostname or url
    feed = Feed(id=BY_HAND, url=url, name=host, allow_private=allow_private)

    async def fetch() -> Fetched:
        async with Fetcher(user_agent=USER_AGENT) as fetcher:
            result = await fetcher.fetch(feed, FeedState(BY_HAND))
        if isinstance(result, Fetched):
            return result
        cause = "nothing new" if isinstance(result, NotModified) else result.cause
        cause = cause.replace("allow_private: true permits it", "--allow-private permits it")
        raise InputError(f"{safe(url)} could not be fetched: {cause}.")

    fetched = asyncio.run(fetch())
    title, text = page(fetched.body, fetched.content_type)
    return fetched.url, title, text
