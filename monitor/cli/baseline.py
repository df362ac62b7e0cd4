"""`monitor baseline`: what is held to be true, each fact with its passage, and the changes that people make to it."""

from __future__ import annotations

from datetime import UTC, datetime

import click

from monitor.baseline.compare import value_of
from monitor.baseline.edits import day_named, subject_named
from monitor.baseline.facts import label_of
from monitor.cli.setup import Options, opened
from monitor.cli.talk import Exit, tell
from monitor.export.jsonl import fact_record, line
from monitor.feeds.clean import safe
from monitor.language.lexicon import world
from monitor.model import RELIABILITIES, Fact, Reliability


@click.group("baseline", invoke_without_command=True)
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
@click.pass_context
def command(ctx: click.Context, as_json: bool) -> int | None:
    """Prints the facts of the baseline, their passages and their age; the commands below change it."""
    if ctx.invoked_subcommand is None:
        return _show(ctx.obj, as_json)
    return None


@command.command("show")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
@click.pass_obj
def show(options: Options, as_json: bool) -> int:
    """Prints the facts in force, their passages and their age, each with its id.

    \b
    Example: monitor baseline show --json
    """
    return _show(options, as_json)


@command.command("add")
@click.argument("subject")
@click.argument("attribute")
@click.argument("value")
@click.option("--reason", required=True, help="Why; kept with the fact and in the journal.")
@click.option("--as-of", "as_of", metavar="DATE", help="Since when it is held; today, if not given.")
@click.option("--source", help="Who says it; you, if not given.")
@click.option("--passage", default="", help="The words that it rests on.")
@click.option("--url", help="Where they stand.")
@click.option("--grade", type=click.Choice(RELIABILITIES), default="F", help="How reliable the source is, A to F.")
@click.pass_obj
def add(
    options: Options,
    subject: str,
    attribute: str,
    value: str,
    reason: str,
    as_of: str | None,
    source: str | None,
    passage: str,
    url: str | None,
    grade: Reliability,
) -> int:
    """Adds a fact: a base or ACTOR@AREA, what of it, and its value.

    \b
    Examples:
      monitor baseline add "Ain al-Asad" effective_date 2026-01-05..2026-01-11 --reason "official note"
      monitor baseline add coalition@kurdistan-region count 1,350-1,500 --as-of 2025-11-28 --reason "press briefing"
    """
    with opened(options) as monitor:
        made = monitor.add_fact(
            subject,
            attribute,
            value,
            reason=reason,
            as_of=day_named(as_of) if as_of else None,
            source=source,
            passage=passage,
            url=url,
            grade=grade,
        )
    return _said(made, "added")


@command.command("edit")
@click.argument("fact")
@click.option("--value", help="The new value.")
@click.option("--as-of", "as_of", metavar="DATE", help="Since when it is held.")
@click.option("--source", help="Who says it.")
@click.option("--passage", help="The words that it rests on.")
@click.option("--reason", required=True, help="Why; kept with the new version and in the journal.")
@click.pass_obj
def edit(options: Options, /, fact: str, as_of: str | None, reason: str, **given: str | None) -> int:
    """Corrects a fact: a new version takes its place, the old one stays in the history. FACT is its id.

    \b
    Example: monitor baseline edit 3f2a --value 1,400 --reason "the briefing was misquoted"
    """
    with opened(options) as monitor:
        made = monitor.edit_fact(fact, reason=reason, as_of=day_named(as_of) if as_of else None, **given)
    return _said(made, f"version {made.version}")


@command.command("retire")
@click.argument("fact")
@click.option("--reason", required=True, help="Why; kept in the history and in the journal.")
@click.pass_obj
def retire(options: Options, fact: str, reason: str) -> int:
    """Takes a fact out of the baseline. It stays in the history; your undo brings it back.

    \b
    Example: monitor baseline retire 3f2a --reason "the source took it back"
    """
    with opened(options) as monitor:
        made = monitor.retire_fact(fact, reason=reason)
    return _said(made, "retired")


@command.command("history")
@click.argument("subject", required=False)
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
@click.pass_obj
def history(options: Options, subject: str | None, as_json: bool) -> int:
    """Prints every version of every fact, of one base or ACTOR@AREA or of all: who changed it, when and why.

    \b
    Example: monitor baseline history "Ain al-Asad"
    """
    about = subject_named(subject) if subject else None
    with opened(options) as monitor:
        facts = [
            fact for fact in monitor.history() if about is None or about in (fact.subject, *fact.subject.split("@"))
        ]
    if as_json:
        for fact in facts:
            click.echo(line(fact_record(fact)))
        return Exit.DONE
    if not facts:
        tell(f"The baseline never held anything on {subject}." if subject else "The baseline was always empty.")
        return Exit.NOTHING
    click.echo(
        "\n".join(text for fact in sorted(facts, key=lambda f: (f.subject, f.attribute)) for text in _fact(fact))
    )
    return Exit.DONE


def _show(options: Options, as_json: bool) -> int:
    with opened(options) as monitor:
        facts = monitor.baseline()
    if as_json:
        for fact in facts:
            click.echo(line(fact_record(fact)))
        return Exit.DONE
    click.echo(_text(facts))
    return Exit.DONE


def _said(fact: Fact, what: str) -> int:
    click.echo(f"{what}: {_head(fact)}  (as of {fact.as_of}, {fact.id})")
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


def _head(fact: Fact) -> str:
    names = f" ({', '.join(world().label(name) for name in fact.names)})" if fact.names else ""
    value = "" if fact.text else f"  {safe(value_of(fact))}{names}"
    return f"{label_of(fact.subject)} · {fact.attribute.replace('_', ' ')}{value}"


def _fact(fact: Fact) -> list[str]:
    lines = [f"  {_head(fact)}"]
    if fact.passage:
        lines.append(f'     "{safe(fact.passage)}"')
    version = f", version {fact.version}" if fact.version > 1 else ""
    moved = f", accepted from story {safe(fact.accepted_from)}" if fact.accepted_from else ""
    lines.append(f"     {fact.id}: {safe(fact.source)}, as of {fact.as_of}{version}{moved}")
    if fact.by:
        done = "retired" if fact.retired else "corrected" if fact.replaces else "added"
        when = f" on {fact.at:%Y-%m-%d}" if fact.at else ""
        lines.append(f"     {done} by {safe(fact.by)}{when}: {safe(fact.reason or 'no reason given')}")
    return [*lines, ""]
