"""What TinyDB's own code is handed instead of a dict of everything: mappings that fetch rows when asked for them.

`ReadRows` stands for what a table holds, with ids as text, as TinyDB reads it from a storage; `WriteRows` for the dict
that an update changes. The latter notices what TinyDB changed in the documents it was given, and writes only that.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import ItemsView, Iterator, Mapping, MutableMapping, Sequence
from typing import Any

from monitor.errors import StoreError
from monitor.store.catalog import UNNAMEABLE, Layout, dumps, nameable
from monitor.store.engine import CHUNK, Engine, Row, Session
from monitor.store.pushdown import Narrow
from monitor.store.whole import document

Doc = dict[str, Any]
_PENDING = 2_000
"""Changed documents held in memory before they are written."""


def by_ids(ids: Sequence[Any]) -> Narrow:
    """The rows of these ids."""
    return Narrow(f"id IN ({', '.join('?' * len(ids))})", tuple(ids)) if ids else Narrow("1 = 0")


class _Items(ItemsView[str, Doc]):
    """Pairs, streamed. The inherited one would ask for each document by itself."""

    def __init__(self, rows: ReadRows) -> None:
        super().__init__(rows)
        self._rows = rows

    def __iter__(self) -> Iterator[tuple[str, Doc]]:
        for id, text in self._rows.select("id, doc"):
            yield str(id), self._rows.document(id, text)


class ReadRows(Mapping[str, Doc]):
    """The documents of a table, or those of them that `narrow` leaves, in the order of their ids."""

    def __init__(self, engine: Engine, layout: Layout | None, narrow: Narrow | None) -> None:
        self._engine, self._layout, self._narrow = engine, layout, narrow

    def select(self, what: str) -> Iterator[Row]:
        """Columns of the rows, streamed."""
        if self._layout is None:
            return
        narrow = self._narrow
        where = f"WHERE {narrow.sql}" if narrow else ""
        order = self._engine.dialect.by_id if narrow else "id"
        sql = f"SELECT {what} FROM {self._layout.table} {where} ORDER BY {order}"
        yield from self._engine.stream(sql, narrow.values if narrow else ())

    def __getitem__(self, key: str) -> Doc:
        id = self.id_of(key)
        if self._layout is not None and id is not None:
            with self._engine.reading() as session:
                rows = session.run(f"SELECT doc FROM {self._layout.table} WHERE id = ?", (id,))
            if rows:
                return self.document(id, rows[0][0])
        raise KeyError(key)

    def document(self, id: Any, text: str) -> Doc:
        """The document of a row. Raises StoreError where it is damaged."""
        assert self._layout is not None
        return document(self._engine, text, f"{self._layout.name}/{id}")

    def id_of(self, key: str) -> str | int | None:
        """The id that TinyDB writes so, None where no document can have it."""
        assert self._layout is not None
        if self._layout.keyed:
            return key if nameable(key) else None
        try:
            number = int(key)
        except ValueError:
            return None
        return number if str(number) == key and -(2**63) <= number < 2**63 else None

    def __iter__(self) -> Iterator[str]:
        for (id,) in self.select("id"):
            yield str(id)

    def items(self) -> ItemsView[str, Doc]:
        return _Items(self)

    def __len__(self) -> int:
        if self._layout is None:
            return 0
        narrow = self._narrow or Narrow("1 = 1")
        with self._engine.reading() as session:
            sql = f"SELECT count(*) FROM {self._layout.table} WHERE {narrow.sql}"
            return int(session.run(sql, narrow.values)[0][0])


class WriteRows(MutableMapping[Any, Doc]):
    """The documents of a table in a writing transaction. `flush` writes what became of them.

    Iterating gives the ids that `narrow` leaves; by its id every document can be had.
    """

    def __init__(
        self, session: Session, layout: Layout, narrow: Narrow | None, alone: bool, order_by: str = "id"
    ) -> None:
        self._order_by = order_by
        self._session, self._layout, self._narrow = session, layout, narrow
        # Inside a transaction of the user's nothing is written before the call is through: it may yet fail.
        self._alone = alone
        self._lent: dict[Any, tuple[str | None, Doc]] = {}
        self._changed: dict[Any, tuple[Doc, str]] = {}
        self._gone: set[Any] = set()
        self._order: list[Any] = []
        self._cleared = False

    # ---- MutableMapping ----

    def __getitem__(self, key: Any) -> Doc:
        if key not in self._lent:
            if not self._possible(key) or key in self._gone or (self._cleared and key not in self._changed):
                raise KeyError(key)
            self._settle()
            self._lend(key)
        return self._lent[key][1]

    def __contains__(self, key: object) -> bool:
        try:
            self[key]
        except KeyError:
            return False
        return True

    def __setitem__(self, key: Any, document: Doc) -> None:
        if len(self._lent) >= CHUNK:
            self._settle()
        if self._gone:
            self._gone.discard(key)
        self._lent[key] = (None, document)

    def __delitem__(self, key: Any) -> None:
        self[key]
        self._lent.pop(key, None)
        self._changed.pop(key, None)
        self._gone.add(key)

    def __iter__(self) -> Iterator[Any]:
        self.flush()
        narrow = self._narrow
        where = f"WHERE {narrow.sql}" if narrow else ""
        order = self._order_by if narrow else "id"
        sql = f"SELECT id FROM {self._layout.table} {where} ORDER BY {order}"
        self._order = [id for (id,) in self._session.stream(sql, narrow.values if narrow else ())]
        return iter(tuple(self._order))

    def __len__(self) -> int:
        self.flush()
        narrow = self._narrow or Narrow("1 = 1")
        sql = f"SELECT count(*) FROM {self._layout.table} WHERE {narrow.sql}"
        return int(self._session.run(sql, narrow.values)[0][0])

    def clear(self) -> None:
        """Removes every document, without looking at them."""
        self._lent, self._changed, self._gone, self._cleared = {}, {}, set(), True

    # ---- writing ----

    def flush(self) -> None:
        """Writes what was changed, added and removed since the last flush."""
        self._take_back()
        self._write()

    def _write(self) -> None:
        table = self._layout.table
        if self._cleared:
            if self._session.run(f"SELECT 1 FROM {table} LIMIT 1"):
                self._session.stamp()
                self._session.run(f"DELETE FROM {table}")
            self._cleared = False
        if self._gone:
            self._session.stamp()
            self._session.many(f"DELETE FROM {table} WHERE id = ?", [(id,) for id in self._gone])
            self._gone = set()
        if self._changed:
            write(self._session, self._layout, [(id, doc, text) for id, (doc, text) in self._changed.items()])
            self._changed = {}

    def _possible(self, key: Any) -> bool:
        """Whether a document could have this id: what the database would refuse to compare is not there."""
        if self._layout.keyed:
            return isinstance(key, str) and nameable(key)
        return isinstance(key, int | float) and key == key // 1 and -(2**63) <= key < 2**63

    def _lend(self, key: Any) -> None:
        """Fetches a document, and with it those that TinyDB's loop over the ids will ask for next."""
        if key in self._changed:
            changed, text = self._changed[key]
            self._lent[key] = (text, changed)
            return
        at = bisect_left(self._order, key) if self._order and isinstance(key, type(self._order[0])) else 0
        following = self._order[at : at + CHUNK]
        ids = [id for id in following if id not in self._changed and id not in self._gone]
        if not following or following[0] != key:
            ids = [key]
        narrow = by_ids(ids)
        sql = f"SELECT id, doc FROM {self._layout.table} WHERE {narrow.sql}"
        engine = self._session.engine
        assert engine is not None
        for id, text in self._session.run(sql, narrow.values):
            self._lent[id] = (text, document(engine, text, f"{self._layout.name}/{id}"))
        if key not in self._lent:
            raise KeyError(key)

    def _settle(self) -> None:
        self._take_back()
        if self._alone and len(self._changed) >= _PENDING:
            self._write()

    def _take_back(self) -> None:
        """Takes back the documents lent, and keeps those that are other than they were."""
        for id, (before, doc) in self._lent.items():
            text = dumps(doc, self._layout.name, id)
            if text != before:
                self._changed[id] = (doc, text)
        self._lent = {}


def write(
    session: Session, layout: Layout, rows: Sequence[tuple[Any, Mapping[str, Any], str]], *, replace: bool = True
) -> int:
    """Inserts or replaces documents, given as id, document and JSON text; their ids are not given again. Without
    `replace` those that are there stay as they are. How many were written, where the session `counts`.

    Raises:
        StoreError: an id is none that the databases can hold and find again.
    """
    highest = None if layout.keyed else max(id for id, _, _ in rows)
    if highest is None:
        unfit = [id for id, _, _ in rows if not (isinstance(id, str) and nameable(id))]
    else:
        # One more has to fit, for the next id.
        unfit = [id for id in (highest, min(id for id, _, _ in rows)) if not -(2**63) <= id < 2**63 - 1]
    if unfit:
        why = UNNAMEABLE if layout.keyed else "it is beyond 64 bits"
        raise StoreError(f"{layout.name}: a document cannot have the id {str(unfit[0])[:40]!r}: {why}.")
    session.hurry()
    version = session.stamp()
    row = layout.row
    made = [row(id, version, document, text) for id, document, text in rows]
    written = session.many(layout.upsert if replace else layout.insert, made)
    if highest is not None:
        following = max(highest + 1, session.next_ids.get(layout.name, 0))
        sql = "UPDATE monitor_tables SET next_id = ? WHERE name = ? AND next_id < ?"
        session.tell(sql, (following, layout.name, following))
        session.next_ids[layout.name] = following
    return written
