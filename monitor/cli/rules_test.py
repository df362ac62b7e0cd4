"""`monitor rules test`: why a text, a page or a stored entry matches, and why it does not."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import click

from monitor.alerting import read_entry
from monitor.cli.add import page_of
from monitor.cli.read import moment
from monitor.cli.setup import Options, load, open_store
from monitor.cli.talk import Exit
from monitor.errors import InputError
from monitor.feeds.clean import plain, safe
from monitor.feeds.identity import fingerprint_of, to_entry
from monitor.model import CONTEXT_TYPES, Alert, Claim, Config, Entry, Feed, ParsedEntry
from monitor.rules.engine import Ruleset
from monitor.rules.evaluate import Origin
from monitor.rules.explain import lacking

_LONGEST = 65_536
# Rules that do not match and are named, the nearest.
_NEAREST = 5
# What keeps a claim out of the lane *changes*, by polarity, phase or modality.
_CONTEXT = {
    "denied",
    "postponed",
    "cancelled",
    "unclear",
    "hypothetical",
    "demand",
    "historical",
    "background",
}


@click.command("test")
@click.argument("text", required=False)
@click.option("--url", help="The page at this address instead of a text.")
@click.option("--entry", "entry_id", metavar="ID", help="The stored entry of this id instead of a text.")
@click.option("--lang", help="Its language; else told by the script.")
@click.option("--date", "when", help="When it was published, like 2026-01-17.")
@click.option("--allow-private", is_flag=True, help="Let the address be on this machine or network.")
@click.option("--all", "everything", is_flag=True, help="Name every rule of which a word occurs, not the nearest only.")
@click.pass_obj
def test(
    options: Options,
    text: str | None,
    url: str | None,
    entry_id: str | None,
    lang: str | None,
    when: str | None,
    allow_private: bool,
    everything: bool,
) -> int:
    """Tells which rules a text matches, by which words and cues - and of each other rule, why it does not.

    \b
    Example: monitor rules test "Coalition denies handing over the airbase"
    Exit codes: 0 it is flagged, 1 it is not, 2 error.
    """
    if sum(given is not None for given in (text, url, entry_id)) != 1:
        raise click.UsageError('Give one of a text in quotes, --url URL or --entry ID: monitor rules test "TEXT".')
    config, ruleset = load(options)
    if entry_id is not None:
        entry = _stored(options, config, entry_id)
    elif url is not None:
        entry = _written(*page_of(url, allow_private), lang, when)
    else:
        entry = _written(None, text or "", "", lang, when)
    feed = next((feed for feed in config.feeds if feed.id == entry.feed), None)
    alert = read_entry(entry, feed, ruleset, ())
    for line in (*_why(alert), *_why_not(ruleset, entry, feed, alert, 10_000 if everything else _NEAREST)):
        click.echo(line)
    return Exit.DONE if alert is not None and alert.lane == "changes" else Exit.NOTHING


def _written(url: str | None, title: str, text: str, lang: str | None, when: str | None) -> Entry:
    parsed = ParsedEntry(None, url, safe(title), "", plain(text, _LONGEST), moment(when))
    prints = fingerprint_of(parsed.title, "", parsed.text)
    return to_entry("test", "test", parsed, lang, datetime.now(UTC), prints)


def _stored(options: Options, config: Config, entry_id: str) -> Entry:
    with open_store(options, config) as archive:
        entry = archive.entry(entry_id)
    if entry is None or not entry.fingerprint:
        raise InputError(f"there is no entry {safe(entry_id)} in the store; `monitor stories --json` names them.")
    return entry


def _why(alert: Alert | None) -> Iterator[str]:
    """What matches, what it claims, and what put it into context."""
    if alert is None:
        yield "no rule matches"
        return
    yield f"{'flagged' if alert.lane == 'changes' else 'context, not flagged'}: {alert.gloss}"
    yield from dict.fromkeys(
        f'  {match.rule}: "{safe(match.words)}"' + ("" if match.field == "title" else f" in the {match.field}")
        for match in alert.matches
    )
    for claim in alert.claims:
        cues = ", ".join(f'{_spoken(cue.name)} "{safe(cue.words)}"' for cue in claim.cues) or "no cue"
        phase = "" if claim.type == "keyword" else f"{_spoken(claim.phase)}, "  # a word alone tells of no event
        yield f"  {_spoken(claim.type)}: {phase}{claim.polarity}, {claim.modality} ({cues})"
        if claim.lane == "context":
            yield f"    context, because {_context(claim)}"


def _context(claim: Claim) -> str:
    """Which words, or which type, keep a claim out of the lane *changes*."""
    decisive = {claim.polarity, claim.phase, claim.modality} & _CONTEXT
    causes = [f"“{safe(cue.words)}” makes it {cue.name}" for cue in claim.cues if cue.name in decisive]
    if claim.type in CONTEXT_TYPES:
        causes.append(f"{_spoken(claim.type)} always is")
    elif claim.phase == "unclear":
        causes.append("two negations leave it unclear")
    return "; ".join(causes) or f"it is {' and '.join(sorted(decisive))}"


def _spoken(name: str) -> str:
    return name.replace("_", " ")


def _why_not(ruleset: Ruleset, entry: Entry, feed: Feed | None, alert: Alert | None, most: int) -> Iterator[str]:
    """For the other rules of which something occurs, the nearest first: what was found, and what is missing."""
    matched = {match.rule for match in alert.matches} if alert else set()
    names = (entry.feed, entry.source_label or "", *((feed.name, feed.publisher) if feed else ()))
    origin = Origin(tuple(name for name in names if name), feed.country if feed else None)
    for line in lacking(ruleset, entry, matched, origin=origin, most=most):
        yield f"  {safe(line)}" + (": --all shows them" if line.endswith("farther off") else "")
