"""What is still to be sent, kept so that a notice survives a crash and goes out once.

In a file beside the store: a bell or a command is this machine's, and what failed to be sent is nobody's truth. What
reaches the same people from every machine, a webhook or a service, is kept in the store where several machines share
one, else each would tell of it. Several processes may share an outbox; a message is taken under a lease before it is
sent. Once tried, a message is never put together anew: its id stays, by which a receiver knows one that reaches it
twice.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, closing, contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from monitor.errors import StoreError
from monitor.notify.plan import Note, Told, batch_id

if TYPE_CHECKING:
    from monitor.store.engine import Engine

Run = Callable[..., list[tuple[Any, ...]]]
"""Runs one statement with its values; its rows. An @ stands before the name of each table."""

LEASE = timedelta(seconds=90)
GIVE_UP = timedelta(days=3)
_KEPT = timedelta(days=400)
_SLOWEST = timedelta(hours=1)
_TABLES = (
    "CREATE TABLE IF NOT EXISTS @told (line {text}, story {text}, verdict {text}, at {text}, times INTEGER,"
    " PRIMARY KEY (line, story))",
    "CREATE TABLE IF NOT EXISTS @notes (id {text} PRIMARY KEY, line {text}, at {text}, note {text}, batch {text})",
    "CREATE TABLE IF NOT EXISTS @batches (id {text} PRIMARY KEY, line {text}, made {text}, attempts INTEGER,"
    " due {text}, leased {text}, error {text}, done {text})",
    "CREATE INDEX IF NOT EXISTS @notes_waiting ON @notes (line) WHERE batch IS NULL",
    "CREATE INDEX IF NOT EXISTS @batches_open ON @batches (due) WHERE done IS NULL",
)


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
    """Notices told, waiting and under way. Safe to use from any thread. Every method may raise StoreError."""

    def __init__(self, base: Base) -> None:
        self._base = base

    @classmethod
    def at(cls, place: Path | Engine) -> Outbox:
        """The outbox in a file, made with the first notice, or in a store that several machines share."""
        return cls(_File(place) if isinstance(place, Path) else _Shared(place))

    def told(self, line: str) -> dict[str, Told]:
        """What was told of on a line, by story."""
        with self._base.open() as run:
            return _told(run, line)

    def everything_told(self) -> dict[str, tuple[Told, ...]]:
        """What was told of on every line there ever was."""
        with self._base.open() as run:
            lines = [row[0] for row in run("SELECT DISTINCT line FROM @told ORDER BY line")]
        return {line: tuple(self.told(line).values()) for line in lines}

    def take_over(self, told: Mapping[str, Sequence[Told]]) -> int:
        """Notes what another outbox told of, so that it is not told again; how much of it was new here."""
        new = 0
        for line, ones in told.items():
            seen = self.told(line)
            fresh = tuple(one for one in ones if one.story not in seen)
            if fresh and self.put(line, (), fresh, seen):
                new += len(fresh)
        return new

    def put(self, line: str, notes: Sequence[Note], told: Sequence[Told], seen: Mapping[str, Told]) -> bool:
        """Takes in what `consider` made of `seen`. False, with nothing taken in, where another process was first."""
        with self._base.open(write=True) as run:
            if _told(run, line) != dict(seen):
                return False
            for note in notes:
                words = json.dumps({**asdict(note), "at": _text(note.at)}, ensure_ascii=False)
                row = (note.id, line, _text(note.at), words)
                run("INSERT INTO @notes VALUES (?, ?, ?, ?, NULL) ON CONFLICT DO NOTHING", row)
            for one in told:
                run(
                    "INSERT INTO @told VALUES (?, ?, ?, ?, ?) ON CONFLICT (line, story) DO UPDATE SET"
                    " verdict = excluded.verdict, at = excluded.at, times = excluded.times",
                    (line, one.story, one.verdict, _text(one.at), one.times),
                )
            if told:
                oldest = _text(max(one.at for one in told) - _KEPT)
                run("DELETE FROM @told WHERE at < ?", (oldest,))
                run("DELETE FROM @notes WHERE at < ?", (oldest,))
                run("DELETE FROM @batches WHERE made < ?", (oldest,))
        return True

    def waiting(self, line: str) -> tuple[Note, ...]:
        """Notes of a line that are in no message yet, oldest first."""
        with self._base.open() as run:
            rows = run("SELECT note FROM @notes WHERE line = ? AND batch IS NULL ORDER BY at, id", (line,))
        return tuple(_note(row[0]) for row in rows)

    def last(self, line: str) -> datetime | None:
        """When a message of the line was last put together."""
        with self._base.open() as run:
            return _first(run("SELECT max(made) FROM @batches WHERE line = ?", (line,)))

    def gather(self, line: str, notes: Sequence[Note], now: datetime) -> None:
        """Makes one message of these notes, unless another process took one of them meanwhile."""
        name = batch_id(notes)
        ids = [note.id for note in notes]
        free = f"batch IS NULL AND id IN ({', '.join('?' * len(ids))})"
        with self._base.open(write=True) as run:
            # Nobody else writes until we are through.
            if len(run(f"SELECT 1 FROM @notes WHERE {free}", ids)) != len(ids):  # noqa: S608 - marks only
                return
            run(f"UPDATE @notes SET batch = ? WHERE {free}", (name, *ids))  # noqa: S608 - marks only
            made = (name, line, _text(now), 0, _text(now))
            run("INSERT INTO @batches VALUES (?, ?, ?, ?, ?, NULL, NULL, NULL) ON CONFLICT DO NOTHING", made)

    def take(self, line: str, now: datetime) -> list[Batch]:
        """Messages of a line that are due, ours to send until the lease ends."""
        found = []
        wanted = "FROM @batches WHERE line = ? AND done IS NULL AND due <= ?"
        with self._base.open() as run:
            if not run(f"SELECT 1 {wanted} LIMIT 1", (line, _text(now))):
                return []
        with self._base.open(write=True) as run:
            # Leases go by one clock for all.
            clock = self._base.clock(run) or now
            rows = run(
                f"SELECT id, attempts {wanted} AND (leased IS NULL OR leased < ?) ORDER BY made, id",
                (line, _text(now), _text(clock)),
            )
            for name, attempts in rows:
                run("UPDATE @batches SET leased = ? WHERE id = ?", (_text(clock + LEASE), name))
                notes = run("SELECT note FROM @notes WHERE batch = ? ORDER BY at, id", (name,))
                found.append(Batch(name, line, tuple(_note(row[0]) for row in notes), attempts))
        return found

    def sent(self, batch: Batch, now: datetime) -> None:
        """It was delivered."""
        with self._base.open(write=True) as run:
            run("UPDATE @batches SET done = ?, leased = NULL, error = NULL WHERE id = ?", (_text(now), batch.id))

    def failed(self, batch: Batch, cause: str, now: datetime) -> bool:
        """It was not: it is tried again after 30 s, then after twice as long, for three days. Whether that is over."""
        with self._base.open(write=True) as run:
            made = _first(run("SELECT made FROM @batches WHERE id = ?", (batch.id,)))
            over = made is not None and now - made > GIVE_UP
            pause = min(timedelta(seconds=30) * 2 ** min(batch.attempts, 10), _SLOWEST)
            run(
                "UPDATE @batches SET attempts = ?, due = ?, leased = NULL, error = ?, done = ? WHERE id = ?",
                (batch.attempts + 1, _text(now + pause), cause, "given up" if over else None, batch.id),
            )
        return over

    def troubles(self) -> tuple[Trouble, ...]:
        """Lines with messages that were tried and did not go out."""
        with self._base.open() as run:
            rows = run(
                "SELECT line, count(*), min(made), max(error), min(due) FROM @batches"
                " WHERE done IS NULL AND error IS NOT NULL GROUP BY line ORDER BY line"
            )
        return tuple(Trouble(row[0], row[1], _moment(row[2]), row[3], _moment(row[4])) for row in rows)

    def next_due(self, line: str) -> datetime | None:
        """When the next message of the line is to be tried."""
        with self._base.open() as run:
            later = "CASE WHEN leased IS NOT NULL AND leased > due THEN leased ELSE due END"
            return _first(run(f"SELECT min({later}) FROM @batches WHERE line = ? AND done IS NULL", (line,)))  # noqa: S608


class Base(Protocol):
    """Where an outbox is kept."""

    def open(self, *, write: bool = False) -> AbstractContextManager[Run]:
        """One transaction; a writing one is alone until it ends. Raises StoreError."""

    def clock(self, run: Run) -> datetime | None:
        """The clock by which leases go, None where that is this machine's."""


class _File:
    """An outbox in a SQLite file, opened anew each time, so that it may be used from any thread."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def clock(self, run: Run) -> datetime | None:
        return None

    @contextmanager
    def open(self, *, write: bool = False) -> Iterator[Run]:
        if not write and not self._path.exists():
            yield _nothing
            return
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            with closing(sqlite3.connect(self._path, timeout=10, isolation_level=None)) as base:

                def run(sql: str, values: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
                    return base.execute(sql.replace("@", ""), values).fetchall()

                if not run("SELECT 1 FROM sqlite_master WHERE name = 'batches_open'"):
                    run("BEGIN IMMEDIATE")
                    for statement in _TABLES:
                        run(statement.format(text="TEXT"))
                    run("COMMIT")
                run("BEGIN IMMEDIATE" if write else "BEGIN")
                yield run
                if base.in_transaction:
                    base.commit()
        except (sqlite3.Error, OSError) as error:
            raise StoreError(
                f"Notices waiting in {self._path} cannot be kept: {error}. Make room, or move the file away."
            ) from error


class _Shared:
    """An outbox in the store, for all machines over it."""

    def __init__(self, engine: Engine) -> None:
        self._engine, self._made = engine, False

    def clock(self, run: Run) -> datetime | None:
        return datetime.fromtimestamp(run(f"SELECT {self._engine.dialect.now}")[0][0], UTC)

    @contextmanager
    def open(self, *, write: bool = False) -> Iterator[Run]:
        self._made = self._made or bool(self._engine.ask(_THERE))
        if not write:
            # Each question by itself sees one moment, and no method of ours asks two.
            yield (lambda sql, values=(): self._engine.ask(_named(sql), values)) if self._made else _nothing
            return
        with self._engine.writing() as session:
            if not self._made and not session.run(_THERE):
                for statement in _TABLES:
                    session.run(_named(statement.format(text=self._engine.dialect.text)))
                session.run("INSERT INTO monitor_derived (name, made_by, version, place) VALUES ('notices', '1', 0, 0)")
            yield lambda sql, values=(): session.run(_named(sql), values)


_THERE = "SELECT 1 FROM monitor_derived WHERE name = 'notices'"


def _named(sql: str) -> str:
    return sql.replace("@", "monitor_notices_")


def _nothing(sql: str, values: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
    """What an outbox holds that was never written to."""
    return []


def _first(rows: Sequence[tuple[Any, ...]]) -> datetime | None:
    return _moment(rows[0][0]) if rows and rows[0][0] else None


def _told(run: Run, line: str) -> dict[str, Told]:
    rows = run("SELECT story, verdict, at, times FROM @told WHERE line = ?", (line,))
    return {row[0]: Told(row[0], row[1], _moment(row[2]), row[3]) for row in rows}


def _note(words: str) -> Note:
    values: dict[str, Any] = json.loads(words)
    return Note(**{**values, "at": _moment(values["at"])})


def _text(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="microseconds")


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text)
