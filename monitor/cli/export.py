"""`monitor export` and `monitor report`: the board for other programs, and as a brief for people."""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, TypeVar

import click

from monitor.cli.output import as_json
from monitor.cli.setup import Options, opened, whole_board
from monitor.cli.stories import chosen
from monitor.cli.talk import Exit, several, tell
from monitor.errors import InputError
from monitor.export.jsonl import line
from monitor.export.stories import story_record
from monitor.model import Board, Story
from monitor.service import Monitor

F = TypeVar("F", bound=Callable[..., Any])


def selecting(command: F) -> F:
    """The options that choose stories, and where the result goes."""
    for option in reversed((
        click.option(
            "--lane",
            type=click.Choice(["changes", "context", "all"]),
            default="changes",
            show_default=True,
            help="Which lane.",
        ),
        click.option("--search", metavar="WORDS", default="", help="Only stories with all these words in them."),
        click.option("--since", metavar="WHEN", help="Only those reported since: 24h, 7d, 2026-01-05."),
        click.option("--where", metavar="CONDITION", default="", help="Only those that fit: severity>=high."),
        click.option(
            "-o",
            "--output",
            metavar="FILE",
            type=click.Path(path_type=Path, dir_okay=False),
            help="Write to a file instead of standard output.",
        ),
    )):  # fmt: skip
        command = option(command)
    return command


@click.group("export")
def command() -> None:
    """Writes the stories of the board for other programs; the same options choose them everywhere."""


@command.command("jsonl")
@selecting
@click.pass_obj
def jsonl(options: Options, /, output: Path | None, **wanted: Any) -> int:
    """One JSON object a story, with every report, claim and verdict.

    \b
    Example: monitor export jsonl --since 7d > week.jsonl
    """
    _, found = _found(options, wanted)
    return _write((line(story_record(story)) for story in found), output, len(found))


@command.command("csv")
@selecting
@click.option("--excel", is_flag=True, help="Begin with a byte-order mark, by which Excel knows UTF-8.")
@click.pass_obj
def csv(options: Options, /, output: Path | None, excel: bool, **wanted: Any) -> int:
    """One row a report, for spreadsheets. No cell can be taken for a formula.

    \b
    Example: monitor export csv --lane all -o reports.csv
    """
    from monitor.export.table import write

    board, found = _found(options, wanted)
    return _write(write(board, found), output, len(found), head="\ufeff" if excel else "")


@command.command("geojson")
@selecting
@click.pass_obj
def geojson(options: Options, /, output: Path | None, **wanted: Any) -> int:
    """The stories as a map layer (GeoJSON); each says how sure the position of its base is.

    \b
    Example: monitor export geojson -o posture.geojson
    """
    from monitor.export.geojson import collection

    board, found = _found(options, wanted)
    return _write([as_json(collection(board, found))], output, len(found))


@command.command("stix")
@selecting
@click.pass_obj
def stix(options: Options, /, output: Path | None, **wanted: Any) -> int:
    """The stories as a STIX 2.1 bundle, checked by stix2 (extra [stix]).

    \b
    Example: monitor export stix --where "severity>=high" -o posture.stix.json
    """
    from monitor.export import stix as written

    board, found = _found(options, wanted)
    return _write([written.checked(written.bundle(board, found))], output, len(found))


@command.command("opml")
@click.pass_context
def opml(ctx: click.Context) -> int:
    """The feeds as OPML for other readers; the same as `monitor feeds export`.

    \b
    Example: monitor export opml > feeds.opml
    """
    from monitor.cli.feeds import export_list

    code: int = ctx.invoke(export_list)
    return code


@click.group("report")
def report() -> None:
    """Writes a brief of the board for people: by base, with sources, grades, passages and hashes."""


@report.command("md")
@selecting
@click.option("--title", default="Military posture: what has changed", show_default=True, help="The headline.")
@click.pass_obj
def markdown(options: Options, /, output: Path | None, title: str, **wanted: Any) -> int:
    """The brief as Markdown.

    \b
    Example: monitor report md --since 24h
    """
    from monitor.export.document import markdown as written

    return _report(options, output, title, wanted, written)


@report.command("html")
@selecting
@click.option("--title", default="Military posture: what has changed", show_default=True, help="The headline.")
@click.pass_obj
def html(options: Options, /, output: Path | None, title: str, **wanted: Any) -> int:
    """The brief as one HTML page without script, to be opened, mailed or printed.

    \b
    Example: monitor report html --since 7d -o week.html
    """
    from monitor.export.document import html as written

    return _report(options, output, title, wanted, written)


def _report(options: Options, output: Path | None, title: str, wanted: dict[str, Any], written: Any) -> int:
    from monitor.export.brief import brief

    with opened(options) as monitor:
        board, found = _chosen(monitor, wanted)
        chain = monitor.chain()
    made = brief(board, found, chain=chain, chosen=_said(wanted), title=title)
    return _write([written(made).rstrip("\n")], output, len(found))


def _found(options: Options, wanted: dict[str, Any]) -> tuple[Board, tuple[Story, ...]]:
    with opened(options) as monitor:
        return _chosen(monitor, wanted)


def _chosen(monitor: Monitor, wanted: dict[str, Any]) -> tuple[Board, tuple[Story, ...]]:
    board = whole_board(monitor)
    return board, chosen(board, **wanted)


def _said(wanted: dict[str, Any]) -> str:
    lane = "both lanes" if wanted["lane"] == "all" else f"lane {wanted['lane']}"
    parts = [lane, *(f"{name} {wanted[name]}" for name in ("since", "search", "where") if wanted[name])]
    return ", ".join(parts)


def _write(lines: Iterable[str], output: Path | None, number: int, *, head: str = "") -> int:
    """To standard output, or whole into a file: a reader never finds half of one. Exit code 1 where no story fits."""
    if output is None:
        click.echo(head, nl=False)
        for text in lines:
            click.echo(text)
        sys.stdout.flush()
        return Exit.DONE if number else Exit.NOTHING
    try:
        handle, name = tempfile.mkstemp(dir=output.parent, prefix=f".{output.name}.")
        try:
            with os.fdopen(handle, "w", encoding="utf-8", newline="") as file:
                file.write(head)
                file.writelines(f"{text}\n" for text in lines)
            Path(name).chmod(0o644)
            Path(name).replace(output)
        except BaseException:
            Path(name).unlink(missing_ok=True)
            raise
    except OSError as error:
        raise InputError(f"{output} cannot be written: {error.strerror}. Name another file with -o.") from error
    tell(f"{several(number, 'story', 'stories')} written to {output}")
    return Exit.DONE if number else Exit.NOTHING
