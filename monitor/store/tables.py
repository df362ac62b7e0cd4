"""TinyDB over rows: the same `TinyDB`, `Table`, `Query` and `Document`, with a database underneath.

TinyDB's own methods run unchanged; they are handed mappings that fetch rows (`rows`), one call is one transaction, and
where a condition is given only its candidates are looked at (`pushdown`). What differs from TinyDB over a JSON file:
ids are never given twice, documents come in the order of their ids, and there is no query cache (it would not see other
processes' writes, and its keys forget a pattern's flags).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, MutableMapping, Sequence
from contextlib import contextmanager
from typing import Any, cast

from tinydb import TinyDB
from tinydb.queries import QueryLike
from tinydb.storages import Storage
from tinydb.table import Document, Table

from monitor.errors import StoreError
from monitor.store.catalog import Catalog, Fields, Layout, dumps
from monitor.store.engine import Engine, Session
from monitor.store.names import found_engine, sqlite_path
from monitor.store.pushdown import Narrow, narrowed
from monitor.store.rows import ReadRows, WriteRows, by_ids, write

_UNSURE: Any = object()
_MOST_IDS = 30_000
"""So many ids are handed to SQL at once; for more, all rows are looked at."""
_FEW = 2_000
"""So many candidates are taken into memory at once; more are streamed."""


def open_engine(target: Any) -> Engine:
    """The engine for a path, sqlite:///PATH or postgresql:// address. Raises StoreError."""
    if isinstance(target, Engine):
        return target
    kind = found_engine(target)
    if kind == "sqlite":
        from monitor.store.sqlite import SqliteEngine

        return SqliteEngine(sqlite_path(target))
    if kind == "postgresql":
        from monitor.store.postgres import PostgresEngine

        return PostgresEngine(str(target))
    raise StoreError(f"{target} is a JSON store. Open it with TinyDB(path, storage=AtomicJSONStorage).")


class RowStorage(Storage):
    """TinyDB's seam for a storage, over an engine. `read` gives lazy tables; `write` replaces everything."""

    def __init__(self, target: Any) -> None:
        super().__init__()
        self.engine = open_engine(target)
        self.catalog = Catalog(self.engine)

    def read(self) -> dict[str, dict[str, Any]] | None:
        with self.engine.reading() as session:
            layouts = self.catalog.layouts(session)
        tables = {name: ReadRows(self.engine, layout, None) for name, layout in layouts.items()}
        return cast("dict[str, dict[str, Any]] | None", tables or None)

    def write(self, data: dict[str, dict[str, Any]]) -> None:
        with self.engine.writing() as session:
            layouts = self.catalog.layouts(session)
            for name in layouts.keys() - data.keys():
                self.catalog.drop(session, layouts[name])
            for name, documents in data.items():
                layout = layouts.get(name) or self.catalog.ensure(session, name, False, {})
                rows = WriteRows(session, layout, None, alone=False)
                held = dict(documents)
                rows.clear()
                for id, document in held.items():
                    rows[id if layout.keyed else int(id)] = document
                rows.flush()

    def close(self) -> None:
        self.engine.close()


class RowTable(Table):
    """A TinyDB table over rows.

    Args:
        storage: a RowStorage.
        name: the table's name.
        fields: declared fields, each with its kind: {"feed": "text", "count.low": "integer"}. Conditions on them go
            through an index. A document may hold anything else in them: it is found all the same.
    """

    def __init__(
        self,
        storage: Storage,
        name: str,
        cache_size: int = 0,
        persist_empty: bool = False,
        fields: Fields | None = None,
    ) -> None:
        assert isinstance(storage, RowStorage)
        self._rows, self._fields = storage, dict(fields or {})
        self._narrow: Callable[[Layout], Narrow | None] | None = None
        self._held: dict[str, Mapping[str, Any]] | None = None
        super().__init__(storage, name, cache_size=0, persist_empty=persist_empty)

    @property
    def keyed(self) -> bool:
        """Whether ids are text."""
        return issubclass(self.document_id_class, str)

    # ---- TinyDB's methods, each in one transaction and on the candidates only ----

    def insert(self, document: Mapping[str, Any]) -> int:
        with self._rows.engine.writing():
            return super().insert(document)

    def insert_multiple(self, documents: Iterable[Mapping[str, Any]]) -> list[int]:
        with self._rows.engine.writing():
            return super().insert_multiple(documents)

    def search(self, cond: QueryLike) -> list[Document]:
        few = self._few(cond)
        if few is not None:
            return super(RowTable, few).search(cond)
        with self._rows.engine.reading():
            return super(RowTable, self._for(cond)).search(cond)

    def get(self, cond: Any = None, doc_id: Any = None, doc_ids: Any = None) -> Any:
        if doc_id is not None:
            found = self._one(doc_id)
            if found is not _UNSURE:
                return found
        ids = list(doc_ids) if doc_ids is not None else None
        few = self._few(cond) if ids is None and doc_id is None else None
        if few is not None:
            return super(RowTable, few).get(cond)
        with self._rows.engine.reading():
            view = self._for_ids(ids) if ids is not None and doc_id is None else self._for(cond)
            return super(RowTable, view).get(cond, doc_id, ids)

    def contains(self, cond: QueryLike | None = None, doc_id: int | None = None) -> bool:
        with self._rows.engine.reading():
            return super().contains(cond, doc_id)

    def update(
        self,
        fields: Mapping[str, Any] | Callable[[MutableMapping[str, Any]], None],
        cond: QueryLike | None = None,
        doc_ids: Iterable[int] | None = None,
    ) -> list[int]:
        return super(RowTable, self._for(cond if doc_ids is None else None)).update(fields, cond, doc_ids)

    def update_multiple(
        self, updates: Iterable[tuple[Mapping[str, Any] | Callable[[MutableMapping[str, Any]], None], QueryLike]]
    ) -> list[int]:
        view = self
        if isinstance(updates, list | tuple) and updates:
            either = updates[0][1]
            for _, cond in updates[1:]:
                either = either | cond
            view = self._for(either)
        return super(RowTable, view).update_multiple(updates)

    def upsert(self, document: Mapping[str, Any], cond: QueryLike | None = None) -> list[int]:
        with self._rows.engine.writing():
            return super().upsert(document, cond)

    def remove(self, cond: QueryLike | None = None, doc_ids: Iterable[int] | None = None) -> list[int]:
        return super(RowTable, self._for(cond if doc_ids is None else None)).remove(cond, doc_ids)

    # ---- what TinyDB does not have ----

    def put(self, documents: Mapping[Any, Mapping[str, Any]]) -> None:
        """Inserts or replaces documents by id, without reading what is there."""
        with self._rows.engine.writing() as session:
            layout = self._rows.catalog.ensure(session, self.name, self.keyed, self._fields)
            rows = [(id, doc, dumps(doc, f"{self.name}/{id}")) for id, doc in documents.items()]
            if rows:
                write(session, layout, rows)

    def layout(self, session: Session) -> Layout | None:
        """The table as it is in SQL, None before the first write."""
        return self._rows.catalog.find(session, self.name)

    def _one(self, doc_id: Any) -> Any:
        """What TinyDB's `get` by id gives, in one question where the table is the one we know; else _UNSURE."""
        number, layout = self._rows.catalog.known(self.name)
        if layout is None or layout.keyed != self.keyed:
            return _UNSURE
        rows = ReadRows(self._rows.engine, layout, None)
        id = rows.id_of(str(doc_id))
        sql = f"SELECT s.layout, t.doc FROM monitor_store s LEFT JOIN {layout.table} t ON t.id = ?"
        try:
            now, text = self._rows.engine.ask(sql, (id,))[0]
        except StoreError:
            # Another process may have removed the table; the long way tells what is wrong.
            return _UNSURE
        if now != number:
            return _UNSURE
        return self.document_class(rows.document(id, text), doc_id) if text is not None else None

    def _few(self, cond: object) -> RowTable | None:
        """This table with the candidates of a condition in hand, where they are few and the table is the one we know:
        one question instead of a transaction with several. Else None."""
        number, layout = self._rows.catalog.known(self.name)
        if layout is None or layout.keyed != self.keyed or (narrow := narrowed(cond, layout.columns)) is None:
            return None
        # Ordered outside: with the limit inside, the planner may walk the whole table in the order of ids.
        sql = (
            "SELECT s.layout, c.id, c.doc FROM monitor_store s LEFT JOIN"
            f" (SELECT id, doc FROM {layout.table} WHERE {narrow.sql} LIMIT {_FEW + 1}) c ON 1 = 1 ORDER BY c.id"
        )
        try:
            rows = self._rows.engine.ask(sql, narrow.values)
        except StoreError:
            return None
        if rows[0][0] != number or len(rows) > _FEW:
            return None
        held = ReadRows(self._rows.engine, layout, None)
        view = object.__new__(type(self))
        view.__dict__ = {
            **self.__dict__,
            "_held": {str(id): held.document(id, doc) for _, id, doc in rows if id is not None},
        }
        return view

    def ensured(self, session: Session) -> Layout:
        """The same, made if it is not there yet."""
        return self._rows.catalog.ensure(session, self.name, self.keyed, self._fields)

    # ---- TinyDB's seams ----

    def _read_table(self) -> dict[str, Mapping[str, Any]]:
        if self._held is not None:
            return self._held
        with self._rows.engine.reading() as session:
            layout = self._declared(session)
        narrow = self._narrow(layout) if self._narrow is not None and layout is not None else None
        return cast("dict[str, Mapping[str, Any]]", ReadRows(self._rows.engine, layout, narrow))

    def _update_table(self, updater: Callable[[dict[int, Mapping[str, Any]]], None]) -> None:
        alone = self._rows.engine.current() is None
        with self._rows.engine.writing() as session:
            layout = self._rows.catalog.ensure(session, self.name, self.keyed, self._fields)
            narrow = self._narrow(layout) if self._narrow is not None else None
            rows = WriteRows(session, layout, narrow, alone, self._rows.engine.dialect.by_id)
            updater(cast("dict[int, Mapping[str, Any]]", rows))
            rows.flush()

    def _get_next_id(self) -> int:
        """The next id, from the database: another process may have inserted, and a removed one's is not given again."""
        current = self._rows.engine.current()
        if current is not None and current.writes and (following := current.next_ids.get(self.name)) is not None:
            current.next_ids[self.name] = following + 1
            return following
        with self._rows.engine.writing() as session:
            self._rows.catalog.ensure(session, self.name, self.keyed, self._fields)
            if self.keyed:
                raise StoreError(f"The table {self.name!r} has ids of text: insert Document(..., doc_id='...').")
            following = int(session.run("SELECT next_id FROM monitor_tables WHERE name = ?", (self.name,))[0][0])
            session.next_ids[self.name] = following + 1
            return following

    def _declared(self, session: Session) -> Layout | None:
        layout = self._rows.catalog.find(session, self.name)
        if layout is not None and layout.keyed != self.keyed:
            raise StoreError(f"The table {self.name!r} has ids of another kind. Use another name for it.")
        return layout

    def _for(self, cond: object) -> RowTable:
        """This table, seen through a condition: threads may use one table at once, so it is not kept on `self`."""
        if cond is None:
            return self
        return self._seen(lambda layout: narrowed(cond, layout.columns))

    def _for_ids(self, ids: Sequence[Any]) -> RowTable:
        if len(ids) > _MOST_IDS:
            return self

        def wanted(layout: Layout) -> Narrow:
            rows = ReadRows(self._rows.engine, layout, None)
            return by_ids([id for each in ids if (id := rows.id_of(str(each))) is not None])

        return self._seen(wanted)

    def _seen(self, narrow: Callable[[Layout], Narrow | None]) -> RowTable:
        view = object.__new__(type(self))
        view.__dict__ = {**self.__dict__, "_narrow": narrow}
        return view


class KeyedRowTable(RowTable):
    """A table whose ids are text that the program gives, like the hash of what an entry is."""

    document_id_class = str  # type: ignore[assignment]  # TinyDB documents other id classes, its annotations do not


class RowDB(TinyDB):
    """TinyDB over SQLite or PostgreSQL: `RowDB("store.db")`, `RowDB("postgresql://...")`."""

    table_class = RowTable
    default_storage_class = RowStorage  # type: ignore[assignment]  # TinyDB annotates its own default as the type

    def __init__(self, target: Any) -> None:
        super().__init__(target)
        self.rows = cast(RowStorage, self.storage)

    def table(self, name: str, *, keyed: bool = False, **kwargs: Any) -> RowTable:
        """The table of that name; `keyed` for ids of text, `fields` for declared fields (see RowTable)."""
        if name not in self._tables:
            self._tables[name] = (KeyedRowTable if keyed else self.table_class)(self.storage, name, **kwargs)
        return cast(RowTable, self._tables[name])

    def tables(self) -> set[str]:
        """The names of all tables that were ever written to."""
        with self.rows.engine.reading() as session:
            return set(self.rows.catalog.layouts(session))

    def drop_table(self, name: str) -> None:
        """Removes a table with its documents, whoever made it."""
        self._tables.pop(name, None)
        with self.rows.engine.writing() as session:
            layout = self.rows.catalog.find(session, name)
            if layout is not None:
                self.rows.catalog.drop(session, layout)

    def drop_tables(self) -> None:
        """Removes all tables with their documents."""
        with self.rows.engine.writing() as session:
            for layout in self.rows.catalog.layouts(session).values():
                self.rows.catalog.drop(session, layout)
        self._tables.clear()

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Everything written inside is kept together, or, after an exception, not at all."""
        with self.rows.engine.writing():
            yield
