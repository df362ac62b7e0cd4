"""Brings a database of an older form to the form of today, after a backup; refuses one of a newer form.

A step is the function that makes form N out of form N - 1, in one transaction with the note that it was done: a crash
leaves the old form, and the next start tries again.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path

from monitor.store.engine import Engine, Session
from monitor.store.names import server_copies
from monitor.store.sqlite import FORM, SqliteEngine

Step = Callable[[Session], None]
STEPS: Mapping[int, Step] = {}
"""By the form that they make. Form 1 is the first."""


def migrate(engine: Engine, *, form: int = FORM, steps: Mapping[int, Step] = STEPS) -> Path | None:
    """Takes all steps from the form found to `form`; the backup made before, None where there was nothing to do.

    Raises:
        StoreError: the store is of a newer monitor, or the backup or a step failed: the store is as it was.
    """
    found = engine.form
    if found == form:
        return None
    if found > form:
        raise engine.newer(found, form)
    copy = backup_path(engine, f"form-{found}")
    engine.migrating = True
    try:
        engine.backup(copy)
        with engine.writing() as session:
            # Another monitor may have migrated while we copied.
            found = int(session.run("SELECT form FROM monitor_store")[0][0])
            for number in range(found + 1, form + 1):
                steps[number](session)
                session.run("UPDATE monitor_store SET form = ?", (number,))
            session.stamp()
        engine.form = form
    finally:
        engine.migrating = False
    if found > form:
        raise engine.newer(found, form)
    return copy


def backup_path(engine: Engine, why: str = "") -> Path:
    """Where a backup goes if nobody says: beside the database; of PostgreSQL, into the data directory of its user."""
    moment = datetime.now(UTC).strftime("%Y%m%dT%H%M%SZ")
    path = engine.path if isinstance(engine, SqliteEngine) else server_copies(engine.place)
    return path.with_name(".".join(part for part in (path.name, moment, why, "bak") if part))
