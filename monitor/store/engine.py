"""What an SQL engine gives the tables above it: transactions, a pool of connections, and words for what goes wrong.

SQLite and PostgreSQL differ in a few lines of SQL and in how they fail; everything else - one writer at a time, one
change counter for all processes, streaming reads - is written once, here. SQL is written with `?` for a value and
holds no other question or percent mark.
"""

from __future__ import annotations

import threading
from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from monitor.errors import StoreBusy, StoreError

Row = tuple[Any, ...]
PATIENCE = 10.0
"""Seconds to wait for another writer before StoreBusy."""
QUEUE = 12
"""So many times as long for several that write in turn."""
IDLE = 4
"""Connections kept open between calls."""
CHUNK = 500
"""Rows or ids in one step."""

STORE_TABLES = (
    "CREATE TABLE IF NOT EXISTS monitor_store (one INTEGER PRIMARY KEY CHECK (one = 1), form INTEGER NOT NULL,"
    " version BIGINT NOT NULL, layout BIGINT NOT NULL)",
    "CREATE TABLE IF NOT EXISTS monitor_tables (name {text} PRIMARY KEY, keyed INTEGER NOT NULL, live INTEGER NOT NULL,"
    " next_id BIGINT NOT NULL, fields {text} NOT NULL)",
    "CREATE TABLE IF NOT EXISTS monitor_leases (feed {text} PRIMARY KEY, holder {text}, until {real}, stamp {text})",
    "CREATE TABLE IF NOT EXISTS monitor_derived (name {text} PRIMARY KEY, made_by {text} NOT NULL,"
    " version BIGINT NOT NULL, place BIGINT NOT NULL)",
)
"""What a store consists of beside the tables of documents. `version` grows with every change by anyone, `layout` when
a table comes, goes or gets another declared field."""


@dataclass(frozen=True, slots=True)
class Dialect:
    """Where the two kinds of SQL differ. `now` is the database's own clock, in seconds since 1970;
    `by_id` orders candidates without tempting the planner to walk the whole table in the order of ids."""

    name: str
    text: str
    integer: str
    real: str
    integer_key: str
    arrival: str
    for_update: str
    skip_locked: str
    by_id: str
    now: str


class Session(ABC):
    """One transaction on one connection."""

    def __init__(self, writes: bool) -> None:
        self.writes = writes
        self.engine: Engine | None = None
        self._stamp: int | None = None
        self.next_ids: dict[str, int] = {}
        # The layout cannot change under a transaction but by itself: it is asked for once.
        self.layout: int | None = None
        self.altered = False
        # Nor can the change number, where we hold the store to ourselves.
        self.version: int | None = None

    @abstractmethod
    def run(self, sql: str, values: Sequence[Any] = ()) -> list[Row]:
        """Runs one statement; its rows, none where it gives none."""

    def tell(self, sql: str, values: Sequence[Any] = ()) -> None:
        """Runs one statement that gives no rows."""
        self.run(sql, values)

    def hurry(self) -> None:
        """From now on what gives no rows is sent without waiting for the answer; what goes wrong is raised with the
        commit at the latest. A database in the same process has nothing to gain."""
        return

    counts = False
    """Whether `many` says at once how many rows it wrote; elsewhere asking would be a way to the server and back."""

    @abstractmethod
    def many(self, sql: str, rows: Sequence[Sequence[Any]]) -> int:
        """Runs one statement for each of the rows; how many were written, where it `counts`."""

    @abstractmethod
    def stream(self, sql: str, values: Sequence[Any] = ()) -> Iterator[Row]:
        """The rows of one query, a few at a time."""

    def stamp(self) -> int:
        """The number of this change, drawn once per transaction; it makes every other process see that we wrote."""
        if self._stamp is None and self.version is not None:
            self._stamp = self.version + 1
            self.tell("UPDATE monitor_store SET version = ?", (self._stamp,))
        elif self._stamp is None:
            self._stamp = int(self.run("UPDATE monitor_store SET version = version + 1 RETURNING version")[0][0])
        return self._stamp


class Engine(ABC):
    """A database that holds one store. Safe to use from several threads."""

    dialect: Dialect
    form: int
    """The form of the store as it was opened; see `migrate`."""
    migrating = False
    """Whether it is being brought to another form by us."""

    def __init__(self, place: str, patience: float = PATIENCE) -> None:
        self.place, self.patience = place, patience
        self._gate = threading.Lock()
        self._free: list[Any] = []
        self._guard = threading.Lock()
        self._local = threading.local()
        self.passed_over: dict[str, None] = {}
        """Rows that could not be read and were left out; see `whole`."""

    # ---- what each engine does its own way ----

    @abstractmethod
    def _connect(self) -> Any:
        """A new connection."""

    @abstractmethod
    def _session(self, connection: Any, writes: bool, durable: bool) -> Session:
        """Begins a transaction; a writing one is alone in the whole store until it ends."""

    @abstractmethod
    def _asked(self, connection: Any, sql: str, values: Sequence[Any]) -> list[Row]:
        """The rows of one statement, outside a transaction."""

    @abstractmethod
    def _end(self, connection: Any, session: Session, commit: bool) -> None:
        """Ends the transaction."""

    @abstractmethod
    def _usable(self, connection: Any) -> bool:
        """Whether the connection can serve another transaction."""

    @abstractmethod
    def words(self, error: Exception, doing: str) -> StoreError | None:
        """An error of the database as one for a person; None for an error that is not the database's."""

    @abstractmethod
    def damaged(self, what: str) -> StoreError:
        """What to tell when what is stored is damaged, with the way back."""

    @abstractmethod
    def backup(self, target: Path) -> None:
        """A copy of the whole store as it is now, in a new SQLite file. Raises StoreError."""

    @abstractmethod
    def check(self) -> list[str]:
        """What is wrong with the database itself, in words; empty for a sound one."""

    @abstractmethod
    def compact(self) -> None:
        """Gives back the room of what was removed."""

    @abstractmethod
    def size(self) -> int:
        """Bytes on disk."""

    # ---- transactions ----

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """A transaction that reads; inside another one of this thread it is that one."""
        current = self.current()
        if current is not None:
            yield current
            return
        with self._translated("read the store"), self._transaction(writes=False) as session, self._entered(session):
            yield session

    @contextmanager
    def writing(self, durable: bool = True) -> Iterator[Session]:
        """A transaction that writes: everything or nothing; inside another writing one of this thread it is that one.

        `durable` False is for what may be lost when the power goes, like a lease: it does not wait for the disk.

        Raises:
            StoreBusy: another writer did not end while we waited.
            StoreError: the database cannot be written; it is as it was.
        """
        current = self.current()
        if current is not None and current.writes:
            yield current
            return
        if not self._gate.acquire(timeout=QUEUE * self.patience):
            raise self.busy()
        try:
            with (
                self._translated("write the store"),
                self._transaction(True, durable) as session,
                self._entered(session),
            ):
                yield session
        finally:
            self._gate.release()

    def ask(self, sql: str, values: Sequence[Any] = ()) -> list[Row]:
        """The rows of one quick question, in a transaction only if this thread is in one: it sees one moment anyhow."""
        current = self.current()
        if current is not None:
            return current.run(sql, values)
        with self._guard:
            connection = self._free.pop() if self._free else None
        try:
            if connection is None:
                connection = self._connect()
            try:
                return self._asked(connection, sql, values)
            finally:
                self._put_back(connection)
        except Exception as error:
            told = self.words(error, "read the store")
            if told is None:
                raise
            raise told from error

    def stream(self, sql: str, values: Sequence[Any] = ()) -> Iterator[Row]:
        """The rows of one query as they are now. Outside a transaction it holds one of its own until it is exhausted or
        let go of, so that later writes do not disturb it."""
        current = self.current()
        if current is not None:
            yield from current.stream(sql, values)
            return
        with self._translated("read the store"), self._transaction(writes=False) as session:
            yield from session.stream(sql, values)

    def current(self) -> Session | None:
        """The transaction this thread is in."""
        stack: list[Session] = getattr(self._local, "stack", [])
        return stack[-1] if stack else None

    def close(self) -> None:
        """Closes what is idle. The next call opens again."""
        with self._guard:
            free, self._free = self._free, []
        for connection in free:
            connection.close()

    def known_form(self, found: int) -> None:
        """Raises StoreError where another, newer monitor has migrated the store since we opened it."""
        if found > self.form and not self.migrating:
            raise self.newer(found, self.form)

    def newer(self, found: int, known: int) -> StoreError:
        """What to tell whose store a newer monitor has migrated."""
        return StoreError(
            f"{self.place}: the store has form {found}, this monitor knows forms up to {known}. "
            "Update monitor, or name another place with `store:` in feeds.yml."
        )

    def busy(self) -> StoreBusy:
        """What to tell who waited in vain."""
        return StoreBusy(
            f"{self.place}: another monitor has been writing to this store for {self.patience:g} seconds. "
            "Wait for it or end it, then try again; nothing is lost."
        )

    # ---- inside ----

    @contextmanager
    def _entered(self, session: Session) -> Iterator[None]:
        if not hasattr(self._local, "stack"):
            self._local.stack = []
        self._local.stack.append(session)
        try:
            yield
        finally:
            self._local.stack.pop()

    @contextmanager
    def _transaction(self, writes: bool, durable: bool = True) -> Iterator[Session]:
        connection, session = self._begun(writes, durable)
        try:
            try:
                yield session
            except BaseException:
                self._end(connection, session, commit=False)
                raise
            self._end(connection, session, commit=True)
        finally:
            self._put_back(connection)

    def _begun(self, writes: bool, durable: bool) -> tuple[Any, Session]:
        """A connection in a transaction. An idle one that has died meanwhile (a server restarted) is replaced."""
        while True:
            with self._guard:
                connection = self._free.pop() if self._free else None
            fresh = connection is None
            if connection is None:
                connection = self._connect()
            try:
                session = self._session(connection, writes, durable)
                session.engine = self
                return connection, session
            except BaseException:
                dead = not self._usable(connection)
                self._put_back(connection)
                if fresh or not dead:
                    raise

    def _put_back(self, connection: Any) -> None:
        with self._guard:
            if len(self._free) < IDLE and self._usable(connection):
                self._free.append(connection)
                return
        connection.close()

    @contextmanager
    def _translated(self, doing: str) -> Iterator[None]:
        try:
            yield
        except Exception as error:
            told = self.words(error, doing)
            if told is None:
                raise
            raise told from error
