"""From one store to another, whatever the engines: export, import, backups of PostgreSQL, from JSON to SQLite."""

from __future__ import annotations

import os
from collections.abc import Callable
from contextlib import ExitStack
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path

from monitor.errors import StoreError
from monitor.store.archive import TABLES, Archive
from monitor.store.engine import CHUNK, Engine
from monitor.store.names import server_copies


def copy(source: Archive, target: Archive, progress: Callable[[int], None] | None = None) -> int:
    """Copies every document; what the target has under the same id is replaced. How many were copied.

    Raises:
        StoreError: one of both cannot be read or written. A second try goes on where it matters: nothing is doubled.
    """
    done = 0
    for table in TABLES:
        documents = source.dump(table)
        # A JSON file is written whole each time, so in as few steps as memory allows.
        step = 20 * CHUNK if target.engine_name == "json" else CHUNK
        while batch := dict(islice(documents, step)):
            target.load(table, batch)
            done += len(batch)
            if progress is not None:
                progress(done)
    return done


def empty(archive: Archive) -> bool:
    """Whether nothing is stored there."""
    return not any(number for _, number in archive.stats().rows)


def default_copy(archive: Archive) -> Path:
    """Where a backup goes if nobody says: beside the store's file; of PostgreSQL, into the data directory."""
    moment = datetime.now(UTC).strftime("%Y%m%dT%H%M%SZ")
    place = server_copies(archive.place) if archive.engine_name == "postgresql" else Path(archive.place)
    return place.with_name(f"{place.name}.{moment}.bak")


def copy_to_file(engine: Engine, target: Path) -> None:
    """The store of an engine as a new SQLite file, there whole or not at all. Raises StoreError."""
    from monitor.store.rowarchive import RowArchive
    from monitor.store.tables import RowDB

    with ExitStack() as stack:
        source = RowArchive(RowDB(engine))
        made = stack.enter_context(_fresh(target))
        copy(source, made)
        made.close()
        _put_in_place(Path(made.place), target)


def adopt(old: Path, new: Path, progress: Callable[[int], None] | None = None) -> int:
    """Makes the SQLite store `new` out of the JSON store `old`, which stays. How many documents were copied.

    Raises:
        StoreError: the old one cannot be read, or there is no room; there is then no new one.
    """
    with Archive.open(old) as source, _fresh(new) as made:
        done = copy(source, made, progress)
        made.close()
        _put_in_place(Path(made.place), new)
    return done


def _fresh(target: Path) -> Archive:
    """An empty SQLite store under a name of its own, beside the place where it goes when it is complete."""
    from monitor.store.rowarchive import RowArchive

    if target.exists():
        raise StoreError(f"{target} is there already. Name a file that is not.")
    unfinished = target.with_name(target.name + ".tmp")
    for suffix in ("", "-wal", "-shm"):
        Path(f"{unfinished}{suffix}").unlink(missing_ok=True)
    return RowArchive.at(f"sqlite:///{unfinished.absolute()}")


def _put_in_place(unfinished: Path, target: Path) -> None:
    """The last connection is closed, so that the WAL is in the file; a link does not replace what came meanwhile."""
    try:
        os.link(unfinished, target)
    except FileExistsError as error:
        raise StoreError(f"{target} is there already. Name a file that is not.") from error
    except OSError:
        unfinished.replace(target)
    unfinished.unlink(missing_ok=True)
