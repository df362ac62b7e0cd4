"""What is still to be sent, kept in a file of its own, so that a notice survives a crash and goes out once.

Beside the store and not in it: a bell or a command is this machine's, and what failed to be sent is nobody's truth.
Several processes may share the file; a message is taken under a lease before it is sent. Once tried, a message is
never put together anew: its id stays, by which a receiver knows one that reaches it twice.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from monitor.errors import StoreError
from monitor.notify.plan import Note, Told, batch_id

LEASE = timedelta(seconds=90)
GIVE_UP = timedelta(days=3)
_KEPT = timedelta(days=400)
_SLOWEST = timedelta(hours=1)
_SCHEMA = """
CREATE TABLE IF NOT EXISTS told (line TEXT, story TEXT, verdict TEXT, at TEXT, times INTEGER,
  PRIMARY KEY (line, story));
CREATE TABLE IF NOT EXISTS notes (id TEXT PRIMARY KEY, line TEXT, at TEXT, note TEXT, batch TEXT);
CREATE TABLE IF NOT EXISTS batches (id TEXT PRIMARY KEY, line TEXT, made TEXT, attempts INTEGER, due TEXT, leased TEXT,
  error TEXT, done TEXT);
CREATE INDEX IF NOT EXISTS notes_waiting ON notes (line) WHERE batch IS NULL;
CREATE INDEX IF NOT EXISTS batches_open ON batches (due) WHERE done IS NULL;
"""


@dataclass(frozen=True, slots=True)
class Batch:
    """One message: its notes, and how often it was tried."""

    id: str
    line: str
    notes: tuple[Note, ...]
    attempts: int


@dataclass(frozen=True, slots=True)
class Trouble:
    """A line whose messages fail: how many wait, since when, and why the last try failed."""

    line: str
    waiting: int
    since: datetime
    error: str
    due: datetime


class Outbox:
    """The file. Every method opens it anew, so that it may be used from any thread. May raise StoreError."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def told(self, line: str) -> dict[str, Told]:
        """What was told of on a line, by story."""
        with self._open() as base:
            return _told(base, line)

    def put(self, line: str, notes: Sequence[Note], told: Sequence[Told], seen: Mapping[str, Told]) -> bool:
        """Takes in what `consider` made of `seen`. False, with nothing taken in, where another process was first."""
        with self._open(write=True) as base:
            if _told(base, line) != dict(seen):
                return False
            for note in notes:
                words = json.dumps({**asdict(note), "at": _text(note.at)}, ensure_ascii=False)
                row = (note.id, line, _text(note.at), words)
                base.execute("INSERT OR IGNORE INTO notes VALUES (?, ?, ?, ?, NULL)", row)
            for one in told:
                row_told = (line, one.story, one.verdict, _text(one.at), one.times)
                base.execute("INSERT OR REPLACE INTO told VALUES (?, ?, ?, ?, ?)", row_told)
            if told:
                oldest = _text(max(one.at for one in told) - _KEPT)
                base.execute("DELETE FROM told WHERE at < ?", (oldest,))
                base.execute("DELETE FROM notes WHERE at < ?", (oldest,))
                base.execute("DELETE FROM batches WHERE made < ?", (oldest,))
        return True

    def waiting(self, line: str) -> tuple[Note, ...]:
        """Notes of a line that are in no message yet, oldest first."""
        with self._open() as base:
            rows = base.execute(
                "SELECT note FROM notes WHERE line = ? AND batch IS NULL ORDER BY at, id", (line,)
            ).fetchall()
        return tuple(_note(row[0]) for row in rows)

    def last(self, line: str) -> datetime | None:
        """When a message of the line was last put together."""
        with self._open() as base:
            row = base.execute("SELECT max(made) FROM batches WHERE line = ?", (line,)).fetchone()
        return _moment(row[0]) if row and row[0] else None

    def gather(self, line: str, notes: Sequence[Note], now: datetime) -> None:
        """Makes one message of these notes, unless another process took one of them meanwhile."""
        name = batch_id(notes)
        marks = ",".join("?" * len(notes))
        ids = [note.id for note in notes]
        with self._open(write=True) as base:
            sql = f"UPDATE notes SET batch = ? WHERE batch IS NULL AND id IN ({marks})"  # noqa: S608 - marks only
            taken = base.execute(sql, (name, *ids)).rowcount
            if taken != len(ids):
                base.rollback()
                return
            made = (name, line, _text(now), 0, _text(now))
            base.execute("INSERT OR IGNORE INTO batches VALUES (?, ?, ?, ?, ?, NULL, NULL, NULL)", made)

    def take(self, line: str, now: datetime) -> list[Batch]:
        """Messages of a line that are due, ours to send until the lease ends."""
        found = []
        with self._open(write=True) as base:
            rows = base.execute(
                "SELECT id, attempts FROM batches WHERE line = ? AND done IS NULL AND due <= ?"
                " AND (leased IS NULL OR leased < ?) ORDER BY made, id",
                (line, _text(now), _text(now)),
            ).fetchall()
            for name, attempts in rows:
                base.execute("UPDATE batches SET leased = ? WHERE id = ?", (_text(now + LEASE), name))
                notes = base.execute("SELECT note FROM notes WHERE batch = ? ORDER BY at, id", (name,)).fetchall()
                found.append(Batch(name, line, tuple(_note(row[0]) for row in notes), attempts))
        return found

    def sent(self, batch: Batch, now: datetime) -> None:
        """It was delivered."""
        with self._open(write=True) as base:
            base.execute(
                "UPDATE batches SET done = ?, leased = NULL, error = NULL WHERE id = ?", (_text(now), batch.id)
            )

    def failed(self, batch: Batch, cause: str, now: datetime) -> bool:
        """It was not: it is tried again after 30 s, then after twice as long, for three days. Whether that is over."""
        with self._open(write=True) as base:
            made = base.execute("SELECT made FROM batches WHERE id = ?", (batch.id,)).fetchone()
            over = bool(made) and now - _moment(made[0]) > GIVE_UP
            pause = min(timedelta(seconds=30) * 2 ** min(batch.attempts, 10), _SLOWEST)
            base.execute(
                "UPDATE batches SET attempts = ?, due = ?, leased = NULL, error = ?, done = ? WHERE id = ?",
                (batch.attempts + 1, _text(now + pause), cause, "given up" if over else None, batch.id),
            )
        return over

    def troubles(self) -> tuple[Trouble, ...]:
        """Lines with messages that were tried and did not go out."""
        with self._open() as base:
            rows = base.execute(
                "SELECT line, count(*), min(made), max(error), min(due) FROM batches"
                " WHERE done IS NULL AND error IS NOT NULL GROUP BY line ORDER BY line"
            ).fetchall()
        return tuple(Trouble(row[0], row[1], _moment(row[2]), row[3], _moment(row[4])) for row in rows)

    def next_due(self, line: str) -> datetime | None:
        """When the next message of the line is to be tried."""
        with self._open() as base:
            sql = "SELECT min(max(due, coalesce(leased, due))) FROM batches WHERE line = ? AND done IS NULL"
            row = base.execute(sql, (line,)).fetchone()
        return _moment(row[0]) if row and row[0] else None

    @contextmanager
    def _open(self, *, write: bool = False) -> Iterator[sqlite3.Connection]:
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            with closing(sqlite3.connect(self._path, timeout=10, isolation_level=None)) as base:
                base.executescript(_SCHEMA) if not _made(base) else None
                base.execute("BEGIN IMMEDIATE" if write else "BEGIN")
                yield base
                if base.in_transaction:
                    base.commit()
        except (sqlite3.Error, OSError) as error:
            raise StoreError(
                f"Notices waiting in {self._path} cannot be kept: {error}. Make room, or move the file away."
            ) from error


def _told(base: sqlite3.Connection, line: str) -> dict[str, Told]:
    rows = base.execute("SELECT story, verdict, at, times FROM told WHERE line = ?", (line,))
    return {row[0]: Told(row[0], row[1], _moment(row[2]), row[3]) for row in rows}


def _made(base: sqlite3.Connection) -> bool:
    return base.execute("SELECT 1 FROM sqlite_master WHERE name = 'batches_open'").fetchone() is not None


def _note(words: str) -> Note:
    values: dict[str, Any] = json.loads(words)
    return Note(**{**values, "at": _moment(values["at"])})


def _text(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="microseconds")


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text)
