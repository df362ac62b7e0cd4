"""`monitor baseline`: what is held to be true, each fact with the passage it rests on."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import click

from monitor.baseline.compare import value_of
from monitor.baseline.facts import label_of
from monitor.cli.setup import Options, opened
from monitor.cli.talk import Exit
from monitor.export.jsonl import fact_record, line
from monitor.feeds.clean import safe
from monitor.model import Fact


@click.command("baseline")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
@click.pass_obj
def command(options: Options, as_json: bool) -> int:
    """Prints the facts of the baseline, their passages and their age.

    \b
    Example: monitor baseline --json
    """
    with opened(options) as monitor:
        facts = monitor.baseline()
    if as_json:
        for fact in facts:
            click.echo(line(fact_record(fact)))
        return Exit.DONE
    click.echo(_text(facts))
    return Exit.DONE


def _text(facts: tuple[Fact, ...]) -> str:
    """The compared facts first, then the background, a passage under each."""
    if not facts:
        return "The baseline is empty: put an article into the folder seeds/ (NAME.txt, and NAME.yml beside it)."
    newest = max(fact.as_of for fact in facts)
    age = (datetime.now(UTC).date() - newest).days
    lines = [f"Baseline as of {newest}, {age} days old", ""]
    for heading, chosen in (
        ("Held to be true", [fact for fact in facts if fact.compared]),
        ("Background, shown and never compared", [fact for fact in facts if not fact.compared]),
    ):
        if chosen:
            lines += [heading, ""]
        for fact in chosen:
            lines += _fact(fact)
    return "\n".join(lines).rstrip()


def _fact(fact: Fact) -> list[str]:
    from monitor.language.lexicon import world

    names = f" ({', '.join(world().label(name) for name in fact.names)})" if fact.names else ""
    value = "" if fact.text else f"  {safe(value_of(fact))}{names}"
    version = f", version {fact.version}" if fact.version > 1 else ""
    head = f"  {label_of(fact.subject)} · {fact.attribute.replace('_', ' ')}{value}"
    cited: list[Any] = [f'     "{safe(fact.passage)}"', f"     {safe(fact.source)}, as of {fact.as_of}{version}", ""]
    return [head, *cited]
