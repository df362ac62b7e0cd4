"""Generations of alerts: what one ruleset made of the entries, which is shown, and which go.

A generation is known by `made_by`, the fingerprint of its ruleset. Each keeps its place: the change number and the
arrival of the last entry read. While one is being made the former is still there to be shown.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from monitor.store.alertrows import TABLES, Generation
from monitor.store.catalog import Layout
from monitor.store.engine import CHUNK, Engine, Row, Session
from monitor.store.tables import RowTable

_FIELDS = "gen, made_by, complete, version, place, done, total, entries, dirty, dirty_to, folded_by, turn"


class Generations:
    """The generations of one store. Safe to use from several threads and processes."""

    def __init__(self, engine: Engine, entries: RowTable) -> None:
        self._engine, self._entries = engine, entries
        self._made = False

    def all(self) -> tuple[Generation, ...]:
        """All there are, the one used last first; without those that are being removed."""
        if not self.there():
            return ()
        rows = self._engine.ask(
            f"SELECT {_FIELDS} FROM monitor_readings WHERE made_by <> '' ORDER BY used DESC, gen DESC"
        )
        return tuple(_generation(row) for row in rows)

    def begin(self, made_by: str) -> Generation:
        """The generation of that fingerprint; a new and empty one where there is none."""
        self.make()
        with self._engine.writing() as session:
            found = session.run(f"SELECT {_FIELDS} FROM monitor_readings WHERE made_by = ?", (made_by,))
            if not found:
                layout = self._entries.layout(session)
                total = session.run(f"SELECT count(*) FROM {layout.table}")[0][0] if layout is not None else 0
                found = session.run(
                    "INSERT INTO monitor_readings (gen, made_by, complete, version, place, done, total, entries, top,"
                    " folded_by, turn, used) SELECT coalesce(max(gen), 0) + 1, ?, 0, -1, -1, 0, ?, 0, -1, '', 0,"
                    f" {self._engine.dialect.now} FROM monitor_readings RETURNING {_FIELDS}",
                    (made_by, total),
                )
        return _generation(found[0])

    def lease(self, gen: int, holder: str, seconds: float = 60.0) -> bool:
        """Whether `holder` is the one to read the archive for that generation; to be asked again while it does."""
        now = self._engine.dialect.now
        with self._engine.writing(durable=False) as session:
            return bool(
                session.run(
                    f"UPDATE monitor_readings SET holder = ?, until = {now} + ? WHERE gen = ?"
                    f" AND (holder IS NULL OR holder = ? OR until < {now}) RETURNING 1",
                    (holder, seconds, gen, holder),
                )
            )

    def release(self, gen: int, holder: str) -> None:
        """Ends that lease."""
        with self._engine.writing(durable=False) as session:
            session.run("UPDATE monitor_readings SET holder = NULL WHERE gen = ? AND holder = ?", (gen, holder))

    def finish(self, gen: int) -> bool:
        """Marks a generation complete, so that it is shown; False where entries or filing are still to be done. The one
        shown before is kept beside it, older ones are removed by `sweep`."""
        # The row of the generation is taken before the change number, as everywhere here: no two wait for each other.
        with self._engine.writing(durable=False) as session:
            layout = self._entries.layout(session)
            state = self.state(session, gen)
            if state is None or state.dirty is not None or (layout and after(session, layout, state, 1)):
                return False
            entries, top = (0, -1)
            if layout is not None:
                entries, top = session.run(f"SELECT count(*), coalesce(max(arrival), -1) FROM {layout.table}")[0]
            session.run(
                "UPDATE monitor_readings SET complete = 1, holder = NULL, done = ?, total = ?, entries = ?, top = ?,"
                f" used = {self._engine.dialect.now} WHERE gen = ?",
                (entries, entries, entries, top, gen),
            )
            others = session.run(
                "SELECT gen FROM monitor_readings WHERE gen <> ? AND made_by <> '' AND complete = 1 ORDER BY used DESC",
                (gen,),
            )
            kept = [gen, *(row[0] for row in others[:1])]
            session.run(
                f"UPDATE monitor_readings SET made_by = '' WHERE gen NOT IN ({marks(kept)})"
                f" AND (complete = 1 OR holder IS NULL OR until < {self._engine.dialect.now})",
                kept,
            )
            session.stamp()
        return True

    def sweep(self) -> None:
        """Removes what is left of generations that nobody shows, a little at a time. That an entry once was an alert
        is remembered: it never expires."""
        while self.there():
            with self._engine.writing(durable=False) as session:
                gone = session.run("SELECT gen FROM monitor_readings WHERE made_by = '' LIMIT 1")
                if not gone:
                    return
                gen = gone[0][0]
                ids = session.run(f"SELECT id FROM monitor_alerts WHERE gen = ? LIMIT {CHUNK}", (gen,))
                session.many("INSERT INTO monitor_once (id) VALUES (?) ON CONFLICT (id) DO NOTHING", ids)
                session.many("DELETE FROM monitor_alerts WHERE gen = ? AND id = ?", [(gen, id) for (id,) in ids])
                session.many("DELETE FROM monitor_subjects WHERE gen = ? AND id = ?", [(gen, id) for (id,) in ids])
                if not ids:
                    session.run("DELETE FROM monitor_stories WHERE gen = ?", (gen,))
                    session.run("DELETE FROM monitor_read_feeds WHERE gen = ?", (gen,))
                    session.run("DELETE FROM monitor_outlets WHERE gen = ?", (gen,))
                    session.run("DELETE FROM monitor_readings WHERE gen = ?", (gen,))

    # ---- for the alerts of a generation ----

    def state(self, session: Session, gen: int) -> Generation | None:
        rows = session.run(f"SELECT {_FIELDS} FROM monitor_readings WHERE gen = ? AND made_by <> ''", (gen,))
        return _generation(rows[0]) if rows else None

    def there(self) -> bool:
        """Whether the tables were ever made: one question, asked until it is yes."""
        if not self._made:
            self._made = bool(self._engine.ask("SELECT 1 FROM monitor_derived WHERE name = 'alerts'"))
        return self._made

    # ---- inside ----

    def make(self) -> None:
        """Makes the tables, where they are not there yet."""
        if self.there():
            return
        with self._engine.writing() as session:
            if session.run("SELECT 1 FROM monitor_derived WHERE name = 'alerts'"):
                return
            form = self._engine.dialect
            for statement in TABLES:
                session.run(statement.format(text=form.text, real=form.real))
            session.run("INSERT INTO monitor_derived (name, made_by, version, place) VALUES ('alerts', '1', 0, 0)")


def after(session: Session, layout: Layout, state: Generation, limit: int) -> list[Row]:
    return session.run(
        f"SELECT arrival, version, id, doc FROM {layout.table} WHERE version >= ? AND (version > ? OR arrival > ?)"
        f" ORDER BY version, arrival LIMIT {int(limit)}",
        (state.version, state.version, state.place),
    )


def _generation(row: Row) -> Generation:
    gen, made_by, complete, version, place, done, total, entries, dirty, dirty_to, folded_by, turn = row
    return Generation(
        gen, made_by, bool(complete), version, place, done, total, entries, dirty, dirty_to, folded_by, turn
    )


def marks(values: Sequence[Any]) -> str:
    return ", ".join("?" * len(values))
