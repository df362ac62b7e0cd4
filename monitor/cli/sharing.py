"""`monitor config push` and `pull`: the configuration that a store holds for all machines at work on it.

What is each person's own - user, store, seeds, ui, notify - stays in their file and never goes into the store. A
version is the text of feeds.yml and the seeds. The first line of a file that was pushed or pulled names the version it
comes from, so that nobody overwrites what they have not seen.
"""

from __future__ import annotations

import json
import os
import re
import tempfile
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import click
import platformdirs

from monitor import config as configuration, yamledit
from monitor.cli.setup import Options, load, load_file, open_place, open_store
from monitor.cli.talk import Exit, several, tell
from monitor.errors import ConfigError, InputError, Mistake
from monitor.model import SharedConfig

PERSONAL = ("user", "store", "seeds", "ui", "notify")
"""Whose it is, where things are on this machine, how it looks, and which programs are run."""
_HEADER = re.compile(r"# version (\d+) of the store's configuration\b.*\n")
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,100}\.(?:txt|yml)")


@click.command("push")
@click.option("--force", is_flag=True, help="Also over a version that this file does not come from.")
@click.pass_obj
def push(options: Options, force: bool) -> int:
    """Makes this feeds.yml and its seeds the store's, for all machines. What is personal (user, store, seeds, ui,
    notify) is left out; write secrets as ${NAME}.

    \b
    Example: monitor config push
    """
    config, ruleset = load(options)
    path = Path(config.file)
    if _shipped(path):
        raise InputError(f"{path} is the shipped one, which every machine has. `monitor init` writes one of your own.")
    base, text = _without_header(path.read_text(encoding="utf-8"))
    shared, _ = yamledit.parted(text, str(path), PERSONAL)
    seeds = _seed_files(configuration.seeds_folder(config))

    def make(latest: SharedConfig | None) -> SharedConfig:
        if latest is not None and latest.version != base and not force:
            told = f"comes from version {base}" if base else "comes from no version of it"
            raise InputError(
                f"The store has version {latest.version} by {latest.by} ({latest.at:%Y-%m-%d %H:%M}Z); {path} {told}."
                " `monitor config pull --show` shows the store's; `pull` takes it; `push --force` replaces it."
            )
        number = latest.version + 1 if latest is not None else 1
        return SharedConfig(number, datetime.now(UTC), config.user, ruleset.fingerprint, shared, seeds)

    with open_store(options, config) as archive:
        latest = archive.config()
        if latest is not None and (latest.text, latest.seeds, latest.ruleset) == (shared, seeds, ruleset.fingerprint):
            tell(f"{archive.place} has this configuration already, as version {latest.version}")
            return Exit.NOTHING
        made = archive.push(make)
        place = archive.place
    yamledit.write(path, _header(made) + text)
    click.echo(f"version {made.version} of {several(len(config.feeds), 'feed')}, "
               f"{several(len(ruleset.rules), 'rule')}, {several(len(seeds), 'seed file')} is in {place}")  # fmt: skip
    return Exit.DONE


@click.command("pull")
@click.argument("version", required=False, type=click.IntRange(min=1))
@click.option("--show", is_flag=True, help="Print it; change nothing.")
@click.pass_obj
def pull(options: Options, version: int | None, show: bool) -> int:
    """Takes the store's configuration, the latest or the VERSION named, into feeds.yml. What is personal there (user,
    store, ui, notify) stays; the file as it was is kept as feeds.yml.bak.

    \b
    Example: monitor --store postgresql://desk@db/news config pull
    """
    found = configuration.find(options.config, Path.cwd(), os.environ)
    own = None if _shipped(found) else found
    with open_place(options) as archive:
        shared = archive.config(version)
        where = archive.place
    if shared is None:
        what = f"no version {version} of a configuration" if version else "no configuration yet: `monitor config push`"
        raise InputError(f"{where} holds {what}.")
    if show:
        click.echo(shared.text, nl=False)
        return Exit.DONE
    path = own or platformdirs.user_config_path("monitor", appauthor=False) / configuration.NAME
    written = _take(path, own is not None, shared, options.store)
    for one in written:
        click.echo(one)
    tell(f"version {shared.version} by {shared.by}, of {shared.at:%Y-%m-%d %H:%M}Z")
    return Exit.DONE


def _take(path: Path, there: bool, shared: SharedConfig, store: str | None) -> list[Path]:
    """Writes a version into its files, if it holds here; what was written. Raises ConfigError, InputError."""
    before = path.read_text(encoding="utf-8") if there else ""
    _, alone = yamledit.parted(_without_header(before)[1], str(path), PERSONAL)
    if not there and store is not None:
        # Without it the next start would open another store than the one this came from.
        named = store if "://" in store else str(Path(store).expanduser().absolute())
        alone = f"store: {json.dumps(named, ensure_ascii=False)}\n"
    text = _header(shared) + alone + shared.text
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    folder = _checked(path, text, shared)
    written = []
    if there and before != text:
        kept = path.with_name(path.name + ".bak")
        yamledit.write(kept, before)
        written.append(kept)
    yamledit.write(path, text)
    return [*written, path, *_write_seeds(folder, shared.seeds)]


def _checked(path: Path, text: str, shared: SharedConfig) -> Path:
    """Where the seeds go, if the configuration has no mistakes here. Raises ConfigError with them."""
    try:
        with tempfile.NamedTemporaryFile("w", encoding="utf-8", dir=path.parent, suffix=".yml") as file:
            file.write(text)
            file.flush()
            config, _ = load_file(Path(file.name))
    except ConfigError as error:
        where = f"version {shared.version} of the store's configuration"
        raise ConfigError(tuple(Mistake(where, m.line, m.col, m.what) for m in error.mistakes)) from error
    wrong = [name for name, _ in shared.seeds if not _NAME.fullmatch(name)]
    if wrong:
        raise InputError(
            f"Version {shared.version} has a seed called {wrong[0]!r}, no plain file name. Nothing was written."
        )
    return path.parent / (config.seeds or "seeds")


def _write_seeds(folder: Path, seeds: Sequence[tuple[str, str]]) -> list[Path]:
    here = folder if folder.is_dir() else configuration.shipped() / "seeds"
    if _seed_files(here) == tuple(seeds):
        return []
    folder.mkdir(mode=0o700, exist_ok=True)
    written = []
    for name, text in seeds:
        yamledit.write(folder / name, text)
        written.append(folder / name)
    for path in folder.iterdir():
        # A seed that the version does not have would add facts that the others do not hold.
        if _NAME.fullmatch(path.name) and path.name not in dict(seeds):
            path.replace(path.with_name(path.name + ".bak"))
    return written


def _seed_files(folder: Path) -> tuple[tuple[str, str], ...]:
    found = []
    for path in sorted(folder.glob("*.txt")):
        for one in (path, path.with_suffix(".yml")):
            if one.exists():
                found.append((one.name, one.read_text(encoding="utf-8")))
    return tuple(found)


def _header(shared: SharedConfig) -> str:
    who, day = _plain(shared.by), f"{shared.at:%Y-%m-%d}"
    return f"# version {shared.version} of the store's configuration, pushed by {who} on {day}\n"


def _without_header(text: str) -> tuple[int | None, str]:
    found = _HEADER.match(text)
    return (int(found[1]), text[found.end() :]) if found else (None, text)


def _plain(name: str) -> str:
    return re.sub(r"[^\w .@-]", "", name)[:40]


def _shipped(path: Path) -> bool:
    return path.resolve() == (configuration.shipped() / configuration.NAME).resolve()
