"""`monitor ledger`: the state of every base and every number of forces, as of any day."""

from __future__ import annotations

import click

from monitor.baseline.compare import value_of
from monitor.baseline.edits import day_named
from monitor.baseline.facts import label_of
from monitor.baseline.wording import days, several_days
from monitor.cli.setup import Options, opened
from monitor.cli.talk import Exit, tell
from monitor.export.jsonl import ledger_record, line
from monitor.feeds.clean import safe
from monitor.model import Fact, Ledger, LedgerRow
from monitor.service.ports import utc_now


@click.command("ledger")
@click.option("--as-of", "as_of", metavar="DATE", help="The day to look at; today, if not given.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
@click.pass_obj
def command(options: Options, as_of: str | None, as_json: bool) -> int:
    """Prints what is held of every base, force and mission on a day, and what was held before.

    \b
    Example: monitor ledger --as-of 2026-01-10
    """
    with opened(options) as monitor:
        wanted = day_named(as_of) if as_of else None
        found = monitor.ledger(wanted)
    if wanted is not None and wanted > utc_now().date():
        tell(f"{wanted} has not come yet: this is what is held today, with what will be overdue by then.")
    if as_json:
        for row in found.rows:
            click.echo(line({"ledger": found.as_of.isoformat(), **ledger_record(row)}))
        return Exit.DONE
    click.echo(_text(found))
    return Exit.DONE


def _text(ledger: Ledger) -> str:
    if not ledger.rows:
        return f"Nothing was held on {ledger.as_of}. `monitor baseline` shows what is, and since when."
    lines = [f"Ledger of {ledger.as_of}"]
    subject = None
    for row in ledger.rows:
        if row.subject != subject:
            subject = row.subject
            lines += ["", label_of(subject)]
        lines += _row(row)
    return "\n".join(lines)


def _row(row: LedgerRow) -> list[str]:
    name = row.attribute.replace("_", " ")
    lines = [f"  {name:<13} {_held(fact)}" for fact in row.facts]
    if row.due is not None:
        late = f", {several_days(row.late)} overdue" if row.late else ""
        lines.append(f"  {'due':<13} {days(row.due)}{late}")
    return [*lines, *(f"  {'before':<13} {_held(fact)}" for fact in row.before)]


def _held(fact: Fact) -> str:
    story = f", story {safe(fact.accepted_from)}" if fact.accepted_from else ""
    return f"{safe(value_of(fact))}  (since {fact.as_of}: {safe(fact.source)}{story})"
