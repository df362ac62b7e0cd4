"""`monitor evidence`: all that a story rests on, as one file to hand on or to keep."""

from __future__ import annotations

import zipfile
from datetime import UTC, datetime
from pathlib import Path

import click

from monitor import review
from monitor.cli.setup import Options, opened, whole_board
from monitor.cli.stories import one_story
from monitor.cli.talk import Exit, complain
from monitor.errors import InputError
from monitor.export.evidence import bundle


@click.command("evidence")
@click.argument("story")
@click.option(
    "--to",
    "target",
    type=click.Path(path_type=Path),
    help="A new .zip file, or a new folder; evidence-STORY.zip here, if not given.",
)
@click.pass_obj
def command(options: Options, story: str, target: Path | None) -> int:
    """Writes a bundle of a story: its reports as they were published, with hashes; claims, verdicts and decisions.

    \b
    Example: monitor evidence 3f2a91c0d4e5b677 --to handover.zip
    """
    with opened(options) as monitor:
        found = monitor.story(one_story(whole_board(monitor), story).id)
        journal = monitor.journal()
        sound = review.verify(journal) is None
        files = bundle(found, journal, monitor.baseline(), now=datetime.now(UTC), sound=sound)
    place = target or Path(f"evidence-{found.id}.zip")
    _write(place, files)
    if not sound:
        complain("The journal's chain is broken: `monitor audit verify` says where. The bundle says so too.")
    click.echo(str(place))
    return Exit.DONE


def _write(place: Path, files: dict[str, bytes]) -> None:
    """Writes into a new zip file or a new folder; nothing is ever overwritten. Raises InputError."""
    if place.exists():
        raise InputError(f"{place} is there already. Name another file or folder with --to.")
    try:
        if place.suffix.casefold() == ".zip":
            with zipfile.ZipFile(place, "x", zipfile.ZIP_DEFLATED) as archive:
                for name, content in sorted(files.items()):
                    # Without the moment of writing: the same evidence is the same file.
                    archive.writestr(zipfile.ZipInfo(name), content, zipfile.ZIP_DEFLATED)
            return
        for name, content in files.items():
            path = place / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
    except OSError as error:
        raise InputError(f"{place} cannot be written: {error.strerror}. Name another place with --to.") from error
