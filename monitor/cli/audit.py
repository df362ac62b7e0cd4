"""`monitor audit`: the journal of decisions, and whether its chain is whole."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import click

from monitor import review
from monitor.baseline.facts import label_of
from monitor.cli.setup import Options, opened
from monitor.cli.talk import Exit, complain, several, tell
from monitor.export.jsonl import line
from monitor.export.stories import decision_record
from monitor.feeds.clean import safe
from monitor.model import Decision


@click.group("audit")
def command() -> None:
    """Shows the journal of decisions, and checks that no line of it was changed."""


@command.command("verify")
@click.option("--head", metavar="HASH", help="A head of the chain from an earlier report: must be one of its lines.")
@click.pass_obj
def verify(options: Options, head: str | None) -> int:
    """Checks the chain of hashes over all decisions, and prints its head. Exit code 2 where it is broken.

    Lines cut off at the end leave a sound chain: give the head that an earlier report printed, to be sure of them.

    \b
    Example: monitor audit verify --head 9f86d081884c7d65
    """
    with opened(options) as monitor:
        journal = monitor.journal()
    broken = review.verify(journal)
    if broken is not None:
        by = f", by {safe(journal[broken - 1].by)} on {journal[broken - 1].at:%Y-%m-%d}" if journal else ""
        complain(
            f"The journal is broken at line {broken}{by}: it does not follow from the line before, or was changed."
            " Compare it with a backup of the store."
        )
        return Exit.ERROR
    if head and not any(one.hash.startswith(head.casefold()) for one in journal):
        complain(f"No line of the journal has the hash {safe(head)}: lines that once were there are gone.")
        return Exit.ERROR
    click.echo(f"sound: {several(len(journal), 'decision')}, head {journal[-1].hash if journal else 'none'}")
    return Exit.DONE


@command.command("show")
@click.argument("story", required=False)
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
@click.pass_obj
def show(options: Options, story: str | None, as_json: bool) -> int:
    """Prints the decisions in their order, all of them or those on a story: who did what, when and why.

    \b
    Example: monitor audit show --json
    """
    with opened(options) as monitor:
        journal = monitor.journal()
        found = monitor.story(story) if story else None
    keys = {found.id, *found.aliases} if found else set()
    chosen = [one for one in journal if not story or one.story in keys or not keys.isdisjoint(one.claims)]
    for decision in chosen:
        click.echo(line(decision_record(decision)) if as_json else _told(decision))
    if not chosen:
        tell("Nothing has been decided on this story yet." if story else "Nothing has been decided yet.")
    return Exit.DONE if chosen else Exit.NOTHING


def _told(decision: Decision) -> str:
    """A decision in one line."""
    what = decision.action.replace("_", " ")
    about = f" story {decision.story}" if decision.story else f" {decision.target or ''}"
    if decision.undoes is not None:
        what, about = f"undo of line {decision.undoes}", about
    parts = [f"{decision.seq:>4}  {decision.at:%Y-%m-%d %H:%M}  {safe(decision.by)}: {what}{about}"]
    parts += [
        f"{name} {safe(text)}"
        for name, text in (
            ("because", decision.reason),
            ("·", decision.text),
            # What was accepted is told in its own words already.
            ("set", _words(decision.value) if decision.action != "accept" else ""),
            ("was", _words(decision.was)),
        )
        if text
    ]
    return "; ".join(parts)


def _words(written: str | None) -> str:
    """What a line of the journal set, in words: a fact by its subject and value, anything else by its fields."""
    given: dict[str, Any] = json.loads(written) if written else {}
    if "attribute" in given and "subject" in given:
        what = f"{label_of(given['subject'])}, {str(given['attribute']).replace('_', ' ')}: {_value(given)}"
        more = [f"as of {given['as_of']}", *(f"from {given[name]}" for name in ("source",) if given.get(name))]
        return f"{what}{' (retired)' if given.get('retired') else ''} ({', '.join(more)})"
    return ", ".join(f"{name.replace('_', ' ')} {_plain(value)}" for name, value in given.items())


def _value(fact: Mapping[str, Any]) -> str:
    """The value of a fact in words."""
    if count := fact.get("count"):
        low, high = count["low"], count["high"]
        so_many = f"at least {low:,}" if high is None else f"{low:,}" if low == high else f"{low:,}-{high:,}"
        return f"{so_many} {count['unit']}"
    if when := fact.get("date"):
        ends = [day for day in (when.get("start"), when.get("end")) if day]
        return " to ".join(dict.fromkeys(ends)) or str(when.get("raw", ""))
    return str(fact.get("status") or fact.get("text") or "")


def _plain(value: object) -> str:
    if isinstance(value, Mapping):
        return " ".join(f"{name} {_plain(one)}" for name, one in value.items() if one is not None)
    if isinstance(value, list):
        return ", ".join(_plain(one) for one in value) or "none"
    return "none" if value is None else str(value)
