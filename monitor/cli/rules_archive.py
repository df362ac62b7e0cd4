"""`monitor rules backtest` and `diff`: rules tried on the stored archive; nothing is written, no decision touched."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

import click

from monitor.alerting import understood
from monitor.cli.output import Form, as_json, forms
from monitor.cli.setup import Options, load, load_file, open_store, store_path
from monitor.cli.stories import moment_of
from monitor.cli.talk import Exit, tell
from monitor.feeds.clean import safe
from monitor.model import Alert, Config, Entry, StoryReview
from monitor.review import states
from monitor.rules.backtest import Changes, Held, Outcome, RuleRow, changes, rows
from monitor.rules.engine import Ruleset
from monitor.rules.scoring import interval
from monitor.service import utc_now
from monitor.stories import claim_key

_STEP = 10_000  # entries between two words of progress
_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
_CONFIRMED, _DISMISSED = "confirmed", "dismissed"


@dataclass(frozen=True, slots=True)
class _Tried:
    """What a run over the archive gave: how many entries were read, the outcomes, the entries they are of."""

    entries: int
    outcomes: tuple[Outcome, ...]
    named: Mapping[str, Entry]


@click.command("backtest")
@click.option("--since", metavar="WHEN", default="30d", show_default=True, help="Entries since: 24h, 30d, 2026-01-05.")
@click.option("--rules", "file", type=_FILE, help="A feeds.yml whose rules are tried beside those in force.")
@click.option("--show", default=10, show_default=True, help="How many new and lost alerts are named.")
@forms(Form.JSON)
@click.pass_obj
def backtest(options: Options, form: Form, since: str, file: Path | None, show: int) -> int:
    """Tries rules on the stored entries: per rule what it finds, what is new and lost beside the rules in force, and
    how often reviews confirmed it.

    \b
    Example: monitor rules backtest --since 30d --rules mine.yml
    Exit codes: 0 done, 1 no entry is that new, 2 error.
    """
    config, ruleset = load(options)
    other = load_file(file)[1] if file is not None else ruleset
    tried = _tried(options, config, ruleset, other, moment_of(since, utc_now()))
    if form is Form.JSON:
        click.echo(as_json(_record(tried, show)))
    else:
        _print_rows(rows(tried.outcomes))
        _print_alerts(tried, show, compared=file is not None)
    return Exit.DONE if tried.entries else Exit.NOTHING


@click.command("diff")
@click.argument("old", type=_FILE)
@click.argument("new", type=_FILE)
@click.option("--since", metavar="WHEN", help="Only stored entries since: 24h, 30d, 2026-01-05. Else all.")
@click.option("--show", default=10, show_default=True, help="How many gained and lost alerts are named.")
@forms(Form.JSON)
@click.pass_obj
def diff(options: Options, form: Form, old: Path, new: Path, since: str | None, show: int) -> int:
    """Compares the rules of two feeds.yml: what was added, removed and changed, and which stored alerts come and go.

    \b
    Example: monitor rules diff feeds.yml feeds-new.yml --since 30d
    Exit codes: 0 they differ, 1 they do not, 2 error.
    """
    config, _ = load(options)
    (before, old_rules), (after, new_rules) = load_file(old), load_file(new)
    found = changes(before.rules, after.rules, before.lists, after.lists)
    start = moment_of(since, utc_now()) if since else None
    tried = _tried(options, config, old_rules, new_rules, start)
    if form is Form.JSON:
        click.echo(as_json({**asdict(found), **_record(tried, show)}))
    else:
        _print_changes(found)
        _print_alerts(tried, show, compared=True)
    return Exit.DONE if found != Changes((), (), ()) else Exit.NOTHING


def _tried(options: Options, config: Config, before: Ruleset, after: Ruleset, since: datetime | None) -> _Tried:
    """Every stored entry under both rulesets; those that neither matches are counted only."""
    place = store_path(options, config)
    if isinstance(place, Path) and not place.exists():
        return _Tried(0, (), {})
    feeds = {feed.id: feed for feed in config.feeds}
    number, outcomes, named = 0, [], {}
    with open_store(options, config) as archive:
        reviews = states(archive.journal())
        for entry in archive.entries():
            if not entry.fingerprint or (since is not None and entry.when < since):
                continue
            number += 1
            if number % _STEP == 0:
                tell(f"{number:,} entries read ...")
            first = understood(entry, feeds.get(entry.feed), before)
            second = first if after is before else understood(entry, feeds.get(entry.feed), after)
            if first is not None or second is not None:
                right = _right((first, second), reviews)
                outcomes.append(Outcome(entry.id, _held(first), _held(second), right))
                # What the text says is not needed any more, and an archive is large.
                named[entry.id] = replace(entry, summary="", text="", revisions=())
    return _Tried(number, tuple(outcomes), named)


def _held(alert: Alert | None) -> Held:
    if alert is None:
        return Held()
    return Held(frozenset(match.rule for match in alert.matches), alert.lane == "changes")


def _right(alerts: tuple[Alert | None, ...], reviews: Mapping[str, StoryReview]) -> bool | None:
    """What a person decided on the alert. A duplicate is no false alarm."""
    for alert in alerts:
        review = reviews.get(claim_key(alert)) if alert is not None else None
        if review is not None and review.state == _CONFIRMED:
            return True
        if review is not None and review.state == _DISMISSED and review.reason != "duplicate":
            return False
    return None


def _record(tried: _Tried, show: int) -> dict[str, Any]:
    return {
        "entries": tried.entries,
        "flagged": sum(one.after.flagged for one in tried.outcomes),
        "rules": [asdict(row) for row in rows(tried.outcomes)],
        "gained": [one.id for one in tried.outcomes if one.gained][:show],
        "lost": [one.id for one in tried.outcomes if one.lost][:show],
    }


def _print_rows(found: tuple[RuleRow, ...]) -> None:
    click.echo(f"{'rule':28}{'entries':>8}{'changes':>8}{'new':>6}{'lost':>6}   reviewed")
    for row in found:
        click.echo(f"{row.rule[:27]:28}{row.hits:>8}{row.flagged:>8}{row.new:>6}{row.lost:>6}   {_precision(row)}")


def _precision(row: RuleRow) -> str:
    """ "8 of 9 right, .89 (.57 to .98)"."""
    whole = row.right + row.wrong
    if not whole:
        return "-"
    low, high = interval(row.right, whole)
    return f"{row.right} of {whole} right, {row.right / whole:.2f} ({low:.2f} to {high:.2f})"


def _print_changes(found: Changes) -> None:
    for mark, names in (("added", found.added), ("removed", found.removed)):
        for name in names:
            click.echo(f"{mark:9}{name}")
    for name, parts in found.changed:
        click.echo(f"{'changed':9}{name}: {safe(', '.join(parts))}")
    if found == Changes((), (), ()):
        click.echo("the rules are the same")


def _print_alerts(tried: _Tried, show: int, *, compared: bool) -> None:
    """How many entries are flagged before and after, and which come and go."""
    before = sum(one.before.flagged for one in tried.outcomes)
    after = sum(one.after.flagged for one in tried.outcomes)
    if not compared:
        click.echo(f"{tried.entries:,} entries, {after:,} of them flagged")
        return
    gained, lost = [one for one in tried.outcomes if one.gained], [one for one in tried.outcomes if one.lost]
    counts = f"{before:,} flagged before, {after:,} after; {len(gained):,} new, {len(lost):,} lost"
    click.echo(f"{tried.entries:,} entries: {counts}")
    for mark, found in (("new", gained), ("lost", lost)):
        newest = sorted((tried.named[one.id] for one in found), key=lambda entry: entry.when, reverse=True)
        for entry in newest[:show]:
            click.echo(f"  {mark:5}{entry.when:%Y-%m-%d}  {safe(entry.feed)}  {safe(entry.title)[:120]}")
