"""PostgreSQL under the store, for several machines on one store. psycopg is imported only when a store asks for it.

Everything lives in the first schema of the connection's search path, so one database can hold several stores
(`?options=-csearch_path%3Dnewsroom`). One writer at a time, as with SQLite: a writing transaction locks the one row of
`monitor_store`, which makes the change counter, the journal's order and TinyDB's read-then-write sound.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, suppress
from functools import lru_cache
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Any, LiteralString

from monitor.errors import StoreError
from monitor.store.engine import CHUNK, PATIENCE, STORE_TABLES, Dialect, Engine, Row, Session
from monitor.store.names import masked
from monitor.store.sqlite import FORM

if TYPE_CHECKING:
    import psycopg

DIALECT = Dialect(
    name="postgresql",
    # The order of bytes is the order of code points, which is Python's.
    text='TEXT COLLATE "C"',
    integer="BIGINT",
    real="DOUBLE PRECISION",
    integer_key="BIGINT PRIMARY KEY",
    arrival="BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY",
    for_update="FOR UPDATE",
    skip_locked="FOR UPDATE SKIP LOCKED",
    by_id="id",
    now="extract(epoch FROM clock_timestamp())::double precision",
)
_WRITE: LiteralString = "BEGIN; SELECT layout, form, version FROM monitor_store FOR UPDATE"
_LAZY: LiteralString = "BEGIN; SET LOCAL synchronous_commit = off; SELECT layout, form, NULL FROM monitor_store"
_READ: LiteralString = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; SELECT layout, form, NULL FROM monitor_store"
_NUMBERS = count()
_WAY_BACK = "The server's data may be damaged: go back to its backup, or to a file of `monitor store backup`."
_BUSY = frozenset({"55P03", "40001", "40P01"})
_FULL = frozenset({"53100", "53200"})
_REFUSED = frozenset({"42501", "28000", "28P01", "3D000", "3F000", "25006"})
# A connection that is refused comes without a state.
_REFUSALS = ("does not exist", "authentication", "no password", "pg_hba.conf", "permission denied")


class PostgresSession(Session):
    """A transaction on one PostgreSQL connection."""

    def __init__(self, connection: psycopg.Connection[Row], writes: bool) -> None:
        super().__init__(writes)
        self._connection = connection
        self._pipeline: ExitStack | None = None

    def run(self, sql: str, values: Sequence[Any] = ()) -> list[Row]:
        self.wait()
        cursor = self._connection.execute(_marked(sql), values)
        return cursor.fetchall() if cursor.description is not None else []

    def tell(self, sql: str, values: Sequence[Any] = ()) -> None:
        self._connection.execute(_marked(sql), values)

    def hurry(self) -> None:
        import psycopg

        # The client library of an old system may not know how.
        if self._pipeline is None and psycopg.Pipeline.is_supported():
            self._pipeline = ExitStack()
            self._pipeline.enter_context(self._connection.pipeline())

    def wait(self) -> None:
        """Waits for the answers to what was sent in a hurry. Raises what went wrong there."""
        pipeline, self._pipeline = self._pipeline, None
        if pipeline is not None:
            pipeline.close()

    def many(self, sql: str, rows: Sequence[Sequence[Any]]) -> int:
        with self._connection.cursor() as cursor:
            cursor.executemany(_marked(sql), rows)
        return 0

    def stream(self, sql: str, values: Sequence[Any] = ()) -> Iterator[Row]:
        self.wait()
        # A client-side cursor would fetch the whole table at once.
        with self._connection.cursor(name=f"monitor_{next(_NUMBERS)}") as cursor:
            cursor.itersize = CHUNK
            cursor.execute(_marked(sql), values)
            yield from cursor


class PostgresEngine(Engine):
    """A store in one schema of a PostgreSQL database.

    Args:
        url: postgresql://USER@HOST:PORT/DATABASE; a password better stands in ~/.pgpass or PGPASSWORD.
        patience: seconds to wait for another writer, and for the connection.

    Raises:
        StoreError: psycopg is not installed, the server cannot be reached, or does not let us in.
    """

    dialect = DIALECT

    def __init__(self, url: str, *, patience: float = PATIENCE) -> None:
        super().__init__(masked(url), patience)
        self._url = url
        try:
            import psycopg
        except ImportError as error:
            raise StoreError(
                "A store on PostgreSQL needs the library psycopg, which is not installed: "
                "install monitor with its extra [postgres], like `uv tool install 'posture-monitor[postgres]'`."
            ) from error
        self._psycopg = psycopg
        with self._translated("open the store"):
            connection = self._connect()
            try:
                try:
                    self.form = int(connection.execute("SELECT form FROM monitor_store").fetchall()[0][0])
                except (psycopg.errors.UndefinedTable, IndexError):
                    self._create(connection)
                    self.form = FORM
            except BaseException:
                connection.close()
                raise
            self._put_back(connection)

    # ---- Engine ----

    def _connect(self) -> psycopg.Connection[Row]:
        connection = self._psycopg.connect(
            self._url, autocommit=True, connect_timeout=max(2, round(self.patience)), application_name="monitor"
        )
        # Compiling a question takes longer than answering any of ours; tables too new to be counted tempt the server.
        connection.execute(
            "SELECT set_config('lock_timeout', %s, false), set_config('jit', 'off', false)",
            (f"{max(1, int(self.patience * 1000))}ms",),
        )
        return connection

    def _session(self, connection: psycopg.Connection[Row], writes: bool, durable: bool) -> PostgresSession:
        begin = (_WRITE if durable else _LAZY) if writes else _READ
        # Several statements in one go, because each costs a way to the server and back; the last tells the layout.
        cursor = connection.execute(begin)
        while cursor.nextset():
            pass
        session = PostgresSession(connection, writes)
        layout, form, version = cursor.fetchall()[0]
        self.known_form(int(form))
        session.layout, session.version = int(layout), None if version is None else int(version)
        return session

    def _asked(self, connection: psycopg.Connection[Row], sql: str, values: Sequence[Any]) -> list[Row]:
        return list(connection.execute(_marked(sql), values).fetchall())

    def _end(self, connection: psycopg.Connection[Row], session: Session, commit: bool) -> None:
        assert isinstance(session, PostgresSession)
        if commit:
            try:
                # In a hurry the server passes over it where something before it failed, and `wait` says what.
                session.tell("COMMIT")
                session.wait()
            except BaseException:
                connection.close()
                raise
        elif session.writes:
            # Of several statements on their way when one failed, psycopg takes some for prepared that never were.
            connection.close()
        else:
            with suppress(self._psycopg.Error):
                connection.execute("ROLLBACK")

    def _usable(self, connection: psycopg.Connection[Row]) -> bool:
        if connection.closed or connection.broken:
            return False
        if connection.info.transaction_status != self._psycopg.pq.TransactionStatus.IDLE:
            with suppress(self._psycopg.Error):
                connection.execute("ROLLBACK")
        return connection.info.transaction_status == self._psycopg.pq.TransactionStatus.IDLE

    def words(self, error: Exception, doing: str) -> StoreError | None:
        if not isinstance(error, self._psycopg.Error):
            return None
        state = error.sqlstate or ""
        if state in _BUSY:
            return self.busy()
        if state in _FULL:
            remedy = "The server has no room: free some there, then try again. What was stored is unharmed."
        elif state in _REFUSED or (not state and any(word in str(error) for word in _REFUSALS)):
            remedy = (
                "Check user, password, database and their rights, or name another place with `store:` in feeds.yml."
            )
        elif state.startswith(("08", "57P")) or (not state and isinstance(error, self._psycopg.OperationalError)):
            remedy = "The server cannot be reached: check that it runs and that the address is right. Nothing was lost."
        elif state.startswith("XX"):
            remedy = _WAY_BACK
        else:
            remedy = "Run `monitor store check`, or name another place with `store:` in feeds.yml."
        return StoreError(f"{self.place}: cannot {doing} ({' '.join(str(error).split())}). {remedy}")

    def damaged(self, what: str) -> StoreError:
        return StoreError(f"{self.place} is damaged ({what}). {_WAY_BACK}")

    def backup(self, target: Path) -> None:
        from monitor.store.transfer import copy_to_file

        copy_to_file(self, target)

    def check(self) -> list[str]:
        # The server watches over its pages itself; what the rows say is checked above.
        return []

    def compact(self) -> None:
        with self._translated("write the store"):
            connection = self._connect()
            try:
                for (name,) in connection.execute(_OURS).fetchall():
                    connection.execute(_marked(f'VACUUM (ANALYZE) "{name}"'))
            finally:
                connection.close()

    def size(self) -> int:
        with self.reading() as session:
            return int(
                session.run(f"SELECT coalesce(sum(pg_total_relation_size(oid)), 0) FROM ({_OURS_BY_OID}) ours")[0][0]
            )

    # ---- inside ----

    def _create(self, connection: psycopg.Connection[Row]) -> None:
        """Makes the tables; two monitors may start on an empty database at once, so one waits for the other."""
        connection.execute("BEGIN")
        try:
            connection.execute("SELECT pg_advisory_xact_lock(7305450982)")
            for statement in STORE_TABLES:
                connection.execute(_marked(statement.format(text=DIALECT.text, real=DIALECT.real)))
            connection.execute("INSERT INTO monitor_store VALUES (1, %s, 0, 0) ON CONFLICT DO NOTHING", (FORM,))
            connection.execute("COMMIT")
        except BaseException:
            with suppress(self._psycopg.Error):
                connection.execute("ROLLBACK")
            raise


_OURS_BY_OID: LiteralString = (
    "SELECT oid, relname FROM pg_class WHERE relnamespace = current_schema()::regnamespace AND relkind = 'r'"
    " AND (left(relname, 8) = 'monitor_' OR left(relname, 2) IN ('t_', 'x_'))"
)
_OURS: LiteralString = "SELECT relname FROM (" + _OURS_BY_OID + ") ours"


@lru_cache(maxsize=512)
def _marked(sql: str) -> Any:
    """psycopg's marks for values. All SQL is written in this package; values are always bound."""
    return sql.replace("?", "%s")
