"""`monitor store`: the care of the store - is it sound, copies of it, its room, moving it to another engine."""

from __future__ import annotations

from pathlib import Path

import click

from monitor.cli.setup import Options, folded, open_place, opened, outbox_path
from monitor.cli.talk import Exit, Progress, tell
from monitor.errors import InputError
from monitor.service import RETENTION
from monitor.store.archive import Archive
from monitor.store.transfer import copy, default_copy, empty


@click.group("store")
def command() -> None:
    """Checks, copies, shrinks and moves the store."""


@command.command("stats")
@click.pass_obj
def stats(options: Options) -> int:
    """Prints where the store is and what it holds.

    \b
    Example: monitor store stats
    """
    with open_place(options) as archive:
        found = archive.stats()
    click.echo(f"engine      {found.engine}")
    click.echo(f"place       {found.place}")
    click.echo(f"size        {found.bytes / 1_000_000:,.1f} MB")
    for name, number in found.rows:
        click.echo(f"{name:<11} {number:,}")
    if found.oldest and found.newest:
        click.echo(f"published   {found.oldest:%Y-%m-%d} to {found.newest:%Y-%m-%d}")
    return Exit.DONE


@command.command("check")
@click.pass_obj
def check(options: Options) -> int:
    """Reads the whole store and names what is damaged. Exit code 2 where something is.

    \b
    Example: monitor store check
    """
    with open_place(options) as archive:
        wrong = archive.check()
        place = archive.place
    for line in wrong:
        click.echo(line)
    if not wrong:
        click.echo(f"{place}: sound")
    return Exit.ERROR if wrong else Exit.DONE


@command.command("backup")
@click.argument("file", required=False, type=click.Path(path_type=Path))
@click.pass_obj
def backup(options: Options, file: Path | None) -> int:
    """Copies the store as it is now into a new file, while others go on writing. Without FILE: beside the store;
    of a store on a server into the data directory.

    \b
    Example: monitor store backup /media/usb/monitor.db
    """
    with open_place(options) as archive:
        target = file or default_copy(archive)
        archive.backup(target)
    click.echo(str(target))
    return Exit.DONE


@command.command("compact")
@click.option(
    "--days",
    default=RETENTION,
    show_default=True,
    type=click.IntRange(min=1),
    help="Entries that are no alert are removed when they are older.",
)
@click.pass_obj
def compact(options: Options, days: int) -> int:
    """Removes old entries that no rule matches, and gives back their room. Alerts and decisions are kept for ever.

    What is removed stays known by its key, so that a feed that repeats it alerts nobody. The rules of the
    configuration in use say what an alert is.

    \b
    Example: monitor store compact --days 365
    """
    if options.read_only:
        raise click.UsageError("--read-only and compact do not go together: it removes old entries.")
    with opened(options) as monitor:
        removed = monitor.expire(days)
    with open_place(options) as archive:
        before = archive.stats().bytes
        archive.compact()
        freed = before - archive.stats().bytes
    click.echo(f"{removed} entries removed, {max(freed, 0) / 1_000_000:,.1f} MB given back")
    return Exit.DONE


@command.command("export")
@click.argument("target", metavar="PATH|URL")
@click.pass_obj
def export(options: Options, target: str) -> int:
    """Copies everything into another store, which must be empty: x.json, x.db or postgresql://...

    \b
    Example: monitor store export readable.json
    """
    with open_place(options) as archive, Archive.open(target, fold=folded) as other:
        if not empty(other):
            raise InputError(f"{other.place} is not empty. Name a store that is, or use `monitor store import` there.")
        return _copy(archive, other)


@command.command("import")
@click.argument("source", metavar="PATH|URL")
@click.pass_obj
def import_(options: Options, source: str) -> int:
    """Copies everything from another store into this one, which must be empty: journals cannot be mixed.

    \b
    Example: monitor --store postgresql://desk@db/news store import ~/.local/share/monitor/store.db
    """
    if "://" not in source and not Path(source).expanduser().exists():
        raise InputError(f"There is no store {source}. Name a file that is there, or a postgresql:// address.")
    with Archive.open(source, fold=folded) as other, open_place(options) as archive:
        if not empty(archive):
            raise InputError(f"{archive.place} is not empty, and two journals cannot be mixed. Name a new store.")
        return _copy(other, archive)


def _copy(source: Archive, target: Archive) -> int:
    progress = Progress()
    number = copy(source, target, lambda done: progress(f"{done} documents"))
    progress.end()
    told = _copy_told(source, target)
    more = f", and {told} stories that notices have told of" if told else ""
    tell(f"{number} documents copied from {source.place} to {target.place}{more}")
    for damage in source.damage():
        tell(damage)
    return Exit.DONE


def _copy_told(source: Archive, target: Archive) -> int:
    """What was told of outside the screen: whoever goes on with the other store tells nobody twice."""
    from monitor.notify.outbox import Outbox

    def boxes(archive: Archive) -> list[Outbox]:
        own = Outbox.at(outbox_path(archive.place if archive.common is not None else Path(archive.place)))
        return [own] if archive.common is None else [own, Outbox.at(archive.common)]

    told = [box.everything_told() for box in boxes(source)]
    return max(sum(box.take_over(each) for each in told) for box in boxes(target))
