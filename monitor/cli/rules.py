"""`monitor rules`: how each is understood, whether its examples hold, and how good they are on labelled items."""

from __future__ import annotations

from collections.abc import Sequence
from typing import IO

import click

from monitor.alerting import read_entry
from monitor.cli.read import Item, items_of
from monitor.cli.rules_archive import backtest, diff
from monitor.cli.rules_test import test
from monitor.cli.setup import Options, load
from monitor.cli.talk import Exit
from monitor.errors import InputError
from monitor.feeds.clean import safe
from monitor.language.lexicon import LANGUAGES
from monitor.rules.compiled import CompiledRule
from monitor.rules.engine import Ruleset, failing_examples
from monitor.rules.scoring import Judged, Score, interval, named_right, tables, worst
from monitor.rules.tree import show


@click.group("rules")
def command() -> None:
    """Shows rules as they are understood."""


for _part in (test, backtest, diff):
    command.add_command(_part)


@command.command("check")
@click.argument("rule_id", required=False)
@click.option("--tree", is_flag=True, help="Print each rule's parsed tree.")
@click.option("--lang", type=click.Choice(LANGUAGES), help="With --tree: as it is for texts in this language.")
@click.pass_obj
def check(options: Options, rule_id: str | None, tree: bool, lang: str | None) -> int:
    """Runs the examples of all rules, or of one; prints the trees with --tree.

    \b
    Examples:
      monitor rules check base-handover --tree
      monitor rules check base-handover --tree --lang fa
    Exit codes: 0 all examples hold, 1 one fails, 2 error.
    """
    _, ruleset = load(options)
    chosen = [compiled for compiled in ruleset.rules if rule_id in (None, compiled.rule.id)]
    if not chosen:
        raise click.UsageError(f"There is no rule '{rule_id}'. `monitor rules check` lists them.")
    failed = False
    for compiled in chosen:
        wrong = failing_examples(ruleset, compiled)
        failed = failed or bool(wrong)
        examples = len(compiled.rule.examples)
        click.echo(
            f"{compiled.rule.id}  {compiled.rule.type}  {len(wrong)} of {examples} examples fail"
            if wrong
            else f"{compiled.rule.id}  {compiled.rule.type}  {examples} examples hold"
        )
        for example in wrong:
            click.echo(f"  should {'match' if example.matches else 'not match'}: {example.text}")
        if tree:
            _print_tree(compiled if lang is None else ruleset.in_language(compiled.rule.id, lang), lang)
    return Exit.NOTHING if failed else Exit.DONE


def _print_tree(compiled: CompiledRule | None, lang: str | None) -> None:
    if compiled is None:
        click.echo(f"  cannot hold in texts in {lang}")
        return
    click.echo(show(compiled.when, 1))
    if compiled.unless is not None:
        click.echo("  unless, in the same sentence")
        click.echo(show(compiled.unless, 2))


@command.command("eval")
@click.argument("file", type=click.File("rb"))
@click.option("--misses", default=10, show_default=True, help="How many wrong items to print.")
@click.pass_obj
def evaluate(options: Options, file: IO[bytes], misses: int) -> int:
    """Scores the rules on your own labelled items: precision, recall, F1 per language, type and phase, and what
    went wrong.

    Each line is an item as for `monitor read` with "label" (positive, negative, denial), and "type", "phase" and
    "borderline" where they are known.

    \b
    Example: monitor rules eval labelled.jsonl
    """
    _, ruleset = load(options)
    items, mistakes = items_of(file)
    if mistakes:
        raise InputError(mistakes[0])
    judged = [_judge(item, ruleset) for item in items]
    click.echo(f"{'':24}{'items':>6}{'P':>7}{'R':>7}{'F1':>7}   95 % of P      95 % of R")
    for row in tables(judged):
        click.echo(_row(row))
    for name, right, labelled in named_right(judged):
        click.echo(f"{name} as labelled, where rightly flagged: {right} of {labelled}")
    denials = [item for item in judged if item.denial]
    if denials:
        click.echo(f"denials raised as changes: {sum(item.flagged for item in denials)} of {len(denials)}")
    for item in worst(judged)[:misses]:
        what = "missed" if not item.flagged else "denial raised" if item.denial else "false alarm"
        click.echo(f"{what}  {item.lang}  {safe(item.id)}  {safe(item.text)[:160]}")
    return Exit.DONE


def _judge(item: Item, ruleset: Ruleset) -> Judged:
    label = item.record.get("label")
    if label not in ("positive", "negative", "denial"):
        raise InputError(f'line {item.number}: "label" must be positive, negative or denial, not {label!r}')
    alert = read_entry(item.entry, item.feed, ruleset, ())
    lead = alert.lead_claim if alert else None
    wanted_type, wanted_phase = item.record.get("type"), item.record.get("phase")
    return Judged(
        str(item.id),
        item.entry.title,
        item.feed.lang or (alert.lang if alert else "?"),
        label == "positive",
        alert is not None and alert.lane == "changes",
        str(wanted_type) if wanted_type else None,
        lead.type if lead else None,
        label == "denial",
        bool(item.record.get("borderline")),
        str(wanted_phase) if wanted_phase else None,
        lead.phase if lead else None,
    )


def _row(row: Score) -> str:
    bounds: Sequence[tuple[float, float]] = (
        interval(row.hits, row.hits + row.false_alarms),
        interval(row.hits, row.hits + row.misses),
    )
    said = "   ".join(f"{low:.2f} to {high:.2f}" for low, high in bounds)
    return f"{row.name:24}{row.items:>6}{row.precision:>7.2f}{row.recall:>7.2f}{row.f1:>7.2f}   {said}"
