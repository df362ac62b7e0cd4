"""SQLite under the store: one file in WAL mode, every acknowledged commit on the disk, never on a network share.

Readers never wait for a writer, and writers wait for each other inside SQLite (`busy_timeout`), so nobody sees
"database is locked".
"""

from __future__ import annotations

import os
import random
import sqlite3
import time
from collections.abc import Iterator, Sequence
from contextlib import closing, suppress
from itertools import islice
from pathlib import Path
from typing import Any

from monitor.errors import StoreBusy, StoreError
from monitor.store.engine import PATIENCE, QUEUE, STORE_TABLES, Dialect, Engine, Row, Session
from monitor.store.shares import MOUNTS, refuse_share

FORM = 1
"""The form of the database; see `migrate`."""
APPLICATION = 0x6D6F6E69
"""SQLite's application_id: marks the file as ours."""
_ALONE = "SELECT form, layout, version FROM monitor_store"
_LOCKED = frozenset({sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED})
_DAMAGED = frozenset({sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB})
_REFUSED = frozenset({sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PERM, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_AUTH})

DIALECT = Dialect(
    name="sqlite",
    text="TEXT",
    integer="INTEGER",
    real="REAL",
    integer_key="INTEGER PRIMARY KEY",
    arrival="INTEGER PRIMARY KEY",
    for_update="",
    skip_locked="",
    by_id="+id",
    now="((julianday('now') - 2440587.5) * 86400.0)",
)


class _Connection(sqlite3.Connection):
    """A connection that knows how it was set last: a PRAGMA costs as much as writing a row."""

    durable = True
    waits = True


class SqliteSession(Session):
    """A transaction on one SQLite connection."""

    def __init__(self, connection: _Connection, writes: bool) -> None:
        super().__init__(writes)
        self._connection = connection

    def run(self, sql: str, values: Sequence[Any] = ()) -> list[Row]:
        return _fetched(self._connection, sql, values)

    counts = True

    def many(self, sql: str, rows: Sequence[Sequence[Any]]) -> int:
        return self._connection.executemany(sql, rows).rowcount

    def stream(self, sql: str, values: Sequence[Any] = ()) -> Iterator[Row]:
        given = 0
        try:
            with closing(self._connection.execute(sql, values)) as cursor:
                while rows := cursor.fetchmany(200):
                    yield from rows
                    given += len(rows)
        except sqlite3.OperationalError as error:
            if not _undecodable(error):
                raise
            # Inside one transaction the same question has the same rows in the same order.
            yield from islice(_as_they_are(self._connection, sql, values), given, None)


class SqliteEngine(Engine):
    """A store in one SQLite file.

    Args:
        path: the file; it and its folder are created (modes 0600 and 0700) if they are not there.
        patience: seconds to wait for another writer.
        mounts: the kernel's list of mounted file systems; where there is none, nothing is refused.

    Raises:
        StoreError: the file is on a network share, damaged, of another program, or not ours to open.
    """

    dialect = DIALECT

    def __init__(self, path: Path, *, patience: float = PATIENCE, mounts: Path = MOUNTS) -> None:
        # Through a symlink SQLite would look for the WAL beside the link.
        self.path = path.resolve()
        super().__init__(str(self.path), patience)
        refuse_share(self.path, mounts)
        try:
            if not self.path.is_file():
                self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            # SQLite would create it readable for all; the WAL takes the rights of the file.
            os.close(os.open(self.path, os.O_RDWR | os.O_CREAT, 0o600))
        except IsADirectoryError as error:
            raise StoreError(f"{self.path}: cannot read the store (it is a folder). Name a file.") from error
        except FileExistsError as error:
            raise StoreError(
                f"{self.path.parent}: cannot create the folder (there is a file of that name). Name another place."
            ) from error
        except OSError as error:
            raise StoreError(
                f"{self.path}: cannot open the store ({error.strerror or error}). Give yourself the right to "
                f"{self.path.parent}, or name another place with `store:` in feeds.yml."
            ) from error
        with self._translated("open the store"):
            self._prepare()

    # ---- Engine ----

    def _connect(self) -> _Connection:
        connection = sqlite3.connect(
            self.path,
            timeout=self.patience,
            isolation_level=None,
            check_same_thread=False,
            cached_statements=256,
            factory=_Connection,
        )
        # In WAL mode only FULL makes a commit durable when the power goes; less would be safe, but not lasting.
        try:
            connection.execute("PRAGMA synchronous=FULL")
        except BaseException:  # what is no database is only found out here
            connection.close()
            raise
        return connection

    def _session(self, connection: _Connection, writes: bool, durable: bool) -> SqliteSession:
        session = SqliteSession(connection, writes)
        self._wait(connection, not writes)
        if not writes:
            connection.execute("BEGIN")
            return session
        if connection.durable != durable:
            connection.execute("PRAGMA synchronous=FULL" if durable else "PRAGMA synchronous=NORMAL")
            connection.durable = durable
        self._begin(connection)
        # We are alone from here on: none of these can change under us.
        form, session.layout, session.version = connection.execute(_ALONE).fetchone()
        self.known_form(form)
        return session

    def _asked(self, connection: _Connection, sql: str, values: Sequence[Any]) -> list[Row]:
        self._wait(connection, True)
        return _fetched(connection, sql, values)

    def _wait(self, connection: _Connection, waits: bool) -> None:
        """Whether SQLite waits by itself where another one is in the way; to write, we do (see `_begin`)."""
        if connection.waits != waits:
            connection.execute(f"PRAGMA busy_timeout = {int(1000 * self.patience) if waits else 0}")
            connection.waits = waits

    def _end(self, connection: sqlite3.Connection, session: Session, commit: bool) -> None:
        try:
            if commit:
                connection.execute("COMMIT")
        finally:
            # A commit that failed (a full disk) leaves the transaction open; some errors have rolled back already.
            if connection.in_transaction:
                with suppress(sqlite3.Error):
                    connection.execute("ROLLBACK")

    def _usable(self, connection: sqlite3.Connection) -> bool:
        return not connection.in_transaction

    def words(self, error: Exception, doing: str) -> StoreError | None:
        if not isinstance(error, sqlite3.Error):
            return None
        code = (getattr(error, "sqlite_errorcode", None) or sqlite3.SQLITE_ERROR) & 0xFF
        if code in _LOCKED:
            return self.busy()
        if code in _DAMAGED or _undecodable(error):
            return self.damaged(str(error)[:200])
        if code == sqlite3.SQLITE_FULL or (code == sqlite3.SQLITE_IOERR and doing == "write the store"):
            remedy = (
                "There is no room, or the disk fails: free some space, then try again. What was stored is unharmed."
            )
        elif code in _REFUSED:
            remedy = f"Give yourself the right to {self.path.parent}, or name another place with `store:` in feeds.yml."
        else:
            remedy = "Run `monitor store check`, or name another place with `store:` in feeds.yml."
        return StoreError(f"{self.place}: cannot {doing} ({error}). {remedy}")

    def damaged(self, what: str) -> StoreError:
        """What to tell when the file is no sound database, with the way back."""
        copies = sorted(self.path.parent.glob(self.path.name + ".*.bak"), key=lambda path: path.stat().st_mtime)
        if copies:
            way = (
                f"The last good copy is {copies[-1]}: end every monitor, move {self.path.name} and the files "
                f"{self.path.name}-wal and {self.path.name}-shm away, and copy that one to {self.path.name}."
            )
        else:
            way = (
                "There is no copy made by `monitor store backup`: `monitor store export NEW.db` saves what can "
                "be read; else move the file away, and monitor starts an empty one."
            )
        return StoreError(f"{self.place} is damaged ({what}). {way}")

    def backup(self, target: Path) -> None:
        target = target.resolve()
        if target.exists():
            raise StoreError(f"{target} is there already. Name a file that is not.")
        unfinished = target.with_name(target.name + ".tmp")
        with self._translated(f"write the copy {target}"):
            unfinished.unlink(missing_ok=True)
            try:
                os.close(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
                with closing(self._connect()) as connection:
                    connection.execute("VACUUM INTO ?", (str(unfinished),))
                _sync(unfinished)
                unfinished.replace(target)
                _sync(target.parent)
            except OSError as error:
                raise StoreError(f"{target}: cannot write the copy ({error.strerror or error}).") from error
            finally:
                unfinished.unlink(missing_ok=True)

    def check(self) -> list[str]:
        try:
            with self.reading() as session:
                told = [str(row[0]) for row in session.run("PRAGMA integrity_check(20)")]
        except StoreBusy:
            raise
        except StoreError as error:
            return [str(error)]
        return [] if told == ["ok"] else [str(self.damaged(line.replace("\n", " "))) for line in told]

    def compact(self) -> None:
        with self._translated("write the store"), closing(self._connect()) as connection:
            connection.execute("VACUUM")
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    def size(self) -> int:
        files = (self.path, Path(f"{self.path}-wal"))
        return sum(file.stat().st_size for file in files if file.exists())

    # ---- inside ----

    def _prepare(self) -> None:
        """Makes the file ours and of the form we know, where it is not yet."""
        connection = self._connect()
        try:
            try:
                self.form = int(connection.execute("SELECT form FROM monitor_store").fetchone()[0])
            except (sqlite3.OperationalError, TypeError) as error:
                if isinstance(error, sqlite3.OperationalError) and "no such table" not in str(error):
                    raise
                self._create(connection)
                self.form = FORM
        except BaseException:
            connection.close()
            raise
        self._put_back(connection)

    def _create(self, connection: sqlite3.Connection) -> None:
        if connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]:
            marked = connection.execute("PRAGMA application_id").fetchone()[0]
            if marked != APPLICATION:
                raise StoreError(
                    f"{self.place} is a database of another program. Nothing was written to it; name another file."
                )
        self._use_wal(connection)
        connection.execute("BEGIN IMMEDIATE")
        try:
            connection.execute(f"PRAGMA application_id = {APPLICATION}")
            for statement in STORE_TABLES:
                connection.execute(statement.format(text=DIALECT.text, real=DIALECT.real))
            connection.execute("INSERT OR IGNORE INTO monitor_store VALUES (1, ?, 0, 0)", (FORM,))
            connection.execute("COMMIT")
        except BaseException:
            if connection.in_transaction:
                connection.execute("ROLLBACK")
            raise

    def _begin(self, connection: sqlite3.Connection) -> None:
        """Begins to write when it is our turn. SQLite's own waiting looks less often the longer it waits, so that of
        many writers one may never come to its turn; and it does not know one that hangs from many that write."""
        begun = time.monotonic()
        deadline, seen = begun + self.patience, None
        while True:
            try:
                connection.execute("BEGIN IMMEDIATE")
                return
            except sqlite3.OperationalError as error:
                now = time.monotonic()
                if error.sqlite_errorcode & 0xFF not in _LOCKED or now >= deadline:
                    raise
            # Another number tells that others have come to their turn meanwhile.
            with suppress(sqlite3.OperationalError):
                (version,) = connection.execute("PRAGMA data_version").fetchone()
                if version != seen:
                    deadline, seen = min(now + self.patience, begun + QUEUE * self.patience), version
            time.sleep(random.uniform(0.001, 0.01))  # noqa: S311  # spreads those who wait, guards nothing

    def _use_wal(self, connection: sqlite3.Connection) -> None:
        """SQLite does not wait by itself where two processes turn a new file to WAL at the same moment."""
        deadline = time.monotonic() + self.patience
        while True:
            try:
                connection.execute("PRAGMA journal_mode=WAL")
                return
            except sqlite3.OperationalError as error:
                if error.sqlite_errorcode & 0xFF not in _LOCKED or time.monotonic() >= deadline:
                    raise
            time.sleep(0.01)


def _fetched(connection: sqlite3.Connection, sql: str, values: Sequence[Any]) -> list[Row]:
    try:
        return connection.execute(sql, values).fetchall()
    except sqlite3.OperationalError as error:
        # A statement that writes is not to be run twice.
        if not _undecodable(error) or not sql.startswith(("SELECT", "WITH")):
            raise
        return list(_as_they_are(connection, sql, values))


def _undecodable(error: sqlite3.Error) -> bool:
    """Whether it is a damaged text, which SQLite itself does not look at."""
    return "Could not decode to UTF-8" in str(error)


def _as_they_are(connection: sqlite3.Connection, sql: str, values: Sequence[Any]) -> Iterator[Row]:
    """The rows of a question with every text in them, those that are damaged too: they are no JSON any more, which
    whoever reads the document finds."""
    with closing(connection.execute(sql, values)) as cursor:
        while True:
            connection.text_factory = _lenient
            try:
                rows = cursor.fetchmany(200)
            finally:
                connection.text_factory = str
            if not rows:
                return
            yield from rows


def _lenient(raw: bytes) -> str:
    return raw.decode("utf-8", "surrogateescape")


def _sync(path: Path) -> None:
    fd = os.open(path, os.O_RDONLY)
    try:
        os.fsync(fd)
    finally:
        os.close(fd)
