"""Which tables of documents a store has, and what each looks like in SQL.

A table is a row per document: its id, the document as JSON text, and one column for each declared field, so that a
condition on it finds its rows through an index. The columns are written here, by Python, from the document: what SQL
then compares is exactly what TinyDB's own condition would see. A document whose declared field holds another type
than declared, or a text too long for an index, is marked `odd`, and is a candidate of every condition.
"""

from __future__ import annotations

import hashlib
import json
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal, get_args

import orjson

from monitor.errors import StoreError
from monitor.store.engine import CHUNK, Engine, Session

Kind = Literal["text", "integer", "real"]
Fields = Mapping[str, Kind]

_FIELD = re.compile(r"[a-z][a-z0-9_]{0,40}(\.[a-z][a-z0-9_]{0,40})*")
_PLAIN_NAME = re.compile(r"[a-z][a-z0-9_]{0,30}")
_TYPES: dict[str, type] = {"text": str, "integer": int, "real": float}
_ABSENT = object()
_HOLDS = (Mapping, list, tuple)
_NO_FLOAT = frozenset({str, int, bool, type(None)})
LONGEST = 600
"""Characters of a text in an index: PostgreSQL takes some 2,700 bytes."""


def dumps(document: Mapping[str, Any], where: str, id: object = None) -> str:
    """A document as JSON text; `where` and `id` are for the error.

    Raises:
        StoreError: it holds what JSON or the database cannot: a lone surrogate, an integer beyond 64 bits, no number.
    """
    try:
        try:
            text = orjson.dumps(document).decode()
        except orjson.JSONEncodeError:
            # Keys that are no text are rare, and looking for them costs every document.
            text = orjson.dumps(document, option=orjson.OPT_NON_STR_KEYS).decode()
    except orjson.JSONEncodeError as error:
        raise StoreError(
            f"{_place(where, id)} cannot be stored ({error}). Nothing was written; the text of that document has to be"
            " cleaned first."
        ) from error
    # orjson writes NaN as null, which would read back as something else.
    if not _finite(document):
        raise StoreError(f"{_place(where, id)} cannot be stored (it holds a number that is none). Nothing was written.")
    return text


def _place(where: str, id: object) -> str:
    return where if id is None else f"{where}/{id}"


@dataclass(frozen=True)
class Layout:
    """One table: its name, whether its ids are text (else whole numbers), its declared fields."""

    name: str
    keyed: bool
    fields: tuple[tuple[str, Kind], ...]

    @cached_property
    def table(self) -> str:
        """Its name in SQL."""
        return f'"{_sql_name(self.name)}"'

    @cached_property
    def columns(self) -> dict[str, tuple[str, Kind]]:
        """Column and kind of each declared field."""
        return {field: (column_of(field), kind) for field, kind in self.fields}

    @cached_property
    def upsert(self) -> str:
        """The statement that inserts or replaces a row of `row`."""
        kept = ", ".join(f"{name} = excluded.{name}" for name in self._names[1:])
        return f"{self._insert} ON CONFLICT (id) DO UPDATE SET {kept}"

    @cached_property
    def insert(self) -> str:
        """The statement that inserts a row of `row` where none has its id."""
        return f"{self._insert} ON CONFLICT (id) DO NOTHING"

    @cached_property
    def _names(self) -> list[str]:
        return ["id", "version", "odd", *(column for column, _ in self.columns.values()), "doc"]

    @cached_property
    def _insert(self) -> str:
        return f"INSERT INTO {self.table} ({', '.join(self._names)}) VALUES ({', '.join('?' * len(self._names))})"

    @cached_property
    def _plan(self) -> tuple[tuple[str, tuple[str, ...], type], ...]:
        return tuple((field, tuple(field.split(".")), _TYPES[kind]) for field, kind in self.fields)

    def row(self, id: Any, version: int, document: Mapping[str, Any], text: str) -> tuple[Any, ...]:
        """The values of a row, in the order of `upsert`."""
        odd, values = 0, []
        for field, path, kind in self._plan:
            value = document.get(field, _ABSENT) if len(path) == 1 else _at(document, path)
            fits = type(value) is kind
            if kind is str and fits and len(value) <= LONGEST and "\0" not in value:
                values.append(value)
                continue
            if isinstance(value, int) and fits:
                fits = -(2**63) <= value < 2**63
            elif isinstance(value, str) and fits:
                fits = "\0" not in value and len(value) <= LONGEST
            odd |= value is not _ABSENT and not fits
            values.append(value if fits else None)
        return (id, version, int(odd), *values, text)


class Catalog:
    """The tables of one engine, known by the layout number of the store, so that other processes' changes are seen."""

    def __init__(self, engine: Engine) -> None:
        self._dialect = engine.dialect
        self._known: tuple[int, dict[str, Layout]] = (-1, {})

    def layouts(self, session: Session) -> dict[str, Layout]:
        """All live tables by name."""
        if session.layout is None:
            session.layout = int(session.run("SELECT layout FROM monitor_store")[0][0])
        number, known = session.layout, self._known
        if known[0] != number:
            rows = session.run("SELECT name, keyed, fields FROM monitor_tables WHERE live = 1")
            layouts = {name: Layout(name, bool(keyed), _fields(json.loads(fields))) for name, keyed, fields in rows}
            known = (number, layouts)
            # What a transaction sees of its own making may yet be rolled back.
            if not session.altered:
                self._known = known
        return known[1]

    def known(self, name: str) -> tuple[int, Layout | None]:
        """The layout number when the tables were last looked up, and the table of that name as it was then."""
        number, tables = self._known
        return number, tables.get(name)

    def find(self, session: Session, name: str) -> Layout | None:
        """The table of that name."""
        return self.layouts(session).get(name)

    def ensure(self, session: Session, name: str, keyed: bool, fields: Fields) -> Layout:
        """The table of that name with at least these declared fields; made, or given the missing ones, if need be.

        Raises:
            StoreError: the table is there with ids of the other kind, or with another kind of a field; or no table can
                have that name.
        """
        found = self.find(session, name)
        if found is None:
            if not nameable(name):
                raise StoreError(f"A table cannot be called {name[:40]!r}: {UNNAMEABLE}.")
            return self._make(session, name, keyed, _fields(dict(fields)))
        if found.keyed != keyed:
            raise StoreError(f"The table {name!r} has ids of another kind. Use another name for it.")
        had = dict(found.fields)
        clash = [field for field, kind in fields.items() if had.get(field, kind) != kind]
        if clash:
            raise StoreError(f"The table {name!r} has {clash[0]!r} declared as {had[clash[0]]}. Declare it the same.")
        missing = {field: kind for field, kind in fields.items() if field not in had}
        return self._widen(session, found, _fields(missing)) if missing else found

    def drop(self, session: Session, layout: Layout) -> None:
        """Removes a table with all its documents; its ids are not given again."""
        session.run(f"DROP TABLE {layout.table}")
        session.run("UPDATE monitor_tables SET live = 0, fields = '{}' WHERE name = ?", (layout.name,))
        self._changed(session)

    def _make(self, session: Session, name: str, keyed: bool, fields: tuple[tuple[str, Kind], ...]) -> Layout:
        layout, form = Layout(name, keyed, fields), self._dialect
        kinds = {"text": form.text, "integer": form.integer, "real": form.real}
        key = f"arrival {form.arrival}, id {form.text} NOT NULL UNIQUE" if keyed else f"id {form.integer_key}"
        columns = "".join(f", {column} {kinds[kind]}" for column, kind in layout.columns.values())
        session.run(
            f"CREATE TABLE {layout.table} ({key}, version BIGINT NOT NULL, odd INTEGER NOT NULL{columns},"
            f" doc {form.text} NOT NULL)"
        )
        bare = layout.table.strip('"')
        # Who reads on from where he was goes by both; SQLite's indexes hold the arrival anyhow.
        also = ", arrival" if keyed and form.name == "postgresql" else ""
        session.run(f'CREATE INDEX "{bare}_version" ON {layout.table} (version{also})')
        session.run(f'CREATE INDEX "{bare}_odd" ON {layout.table} (odd) WHERE odd = 1')
        self._index(session, layout, fields)
        session.run(
            "INSERT INTO monitor_tables (name, keyed, live, next_id, fields) VALUES (?, ?, 1, 1, ?)"
            " ON CONFLICT (name) DO UPDATE SET keyed = excluded.keyed, live = 1, fields = excluded.fields",
            (name, int(keyed), json.dumps(dict(fields))),
        )
        self._changed(session)
        return layout

    def _widen(self, session: Session, found: Layout, missing: tuple[tuple[str, Kind], ...]) -> Layout:
        """Declares further fields of a table that has documents: their columns are filled from those."""
        layout, form = Layout(found.name, found.keyed, (*found.fields, *missing)), self._dialect
        kinds = {"text": form.text, "integer": form.integer, "real": form.real}
        for field, kind in missing:
            session.run(f"ALTER TABLE {layout.table} ADD COLUMN {column_of(field)} {kinds[kind]}")
        assigned = ", ".join(f"{name} = ?" for name in ("odd", *(column for column, _ in layout.columns.values())))
        statement = f"UPDATE {layout.table} SET {assigned} WHERE id = ?"
        last: Any = None
        while True:
            after, values = ("WHERE id > ?", (last,)) if last is not None else ("", ())
            rows = session.run(f"SELECT id, doc FROM {layout.table} {after} ORDER BY id LIMIT {CHUNK}", values)
            if not rows:
                break
            session.many(statement, [(*layout.row(id, 0, orjson.loads(doc), "")[2:-1], id) for id, doc in rows])
            last = rows[-1][0]
        self._index(session, layout, missing)
        session.run(
            "UPDATE monitor_tables SET fields = ? WHERE name = ?", (json.dumps(dict(layout.fields)), layout.name)
        )
        self._changed(session)
        return layout

    def _index(self, session: Session, layout: Layout, fields: tuple[tuple[str, Kind], ...]) -> None:
        for field, _ in fields:
            column = column_of(field)
            name = _sql_name(layout.name + "/" + field) + "_index"
            # NULL (the field is not there) is no candidate of any condition, so it needs no place in the index.
            session.run(f'CREATE INDEX "{name}" ON {layout.table} ({column}) WHERE {column} IS NOT NULL')

    def _changed(self, session: Session) -> None:
        session.stamp()
        session.run("UPDATE monitor_store SET layout = layout + 1")
        session.layout, session.altered = None, True
        self._known = (-1, {})


UNNAMEABLE = f"it has more than {LONGEST} characters, a NUL, or half of a character"


def nameable(name: str) -> bool:
    """Whether the databases can hold a name or an id of text, and find it again."""
    if len(name) > LONGEST or "\0" in name:
        return False
    try:
        # Most are the hash of something.
        return name.isascii() or bool(name.encode())
    except UnicodeEncodeError:
        return False


def column_of(field: str) -> str:
    """The SQL column of a declared field."""
    return f'"f_{field.replace(".", "$")}"'


def _fields(raw: Mapping[str, str]) -> tuple[tuple[str, Kind], ...]:
    for field, kind in raw.items():
        if not _FIELD.fullmatch(field) or kind not in get_args(Kind):
            raise ValueError(
                f"{field!r}: {kind!r} cannot be declared; a field is like 'feed' or 'count.low', its kind one of "
                f"{', '.join(get_args(Kind))}"
            )
    return tuple(raw.items())  # type: ignore[arg-type]  # the kinds were checked just now


def _sql_name(name: str) -> str:
    if _PLAIN_NAME.fullmatch(name):
        return f"t_{name}"
    return f"x_{hashlib.sha256(name.encode('utf-8', 'surrogatepass')).hexdigest()[:24]}"


def _at(document: Any, path: tuple[str, ...]) -> Any:
    """The value TinyDB's own path would find."""
    for part in path:
        try:
            document = document[part]
        except (KeyError, TypeError):
            return _ABSENT
    return document


def _finite(document: Mapping[str, Any] | list[Any] | tuple[Any, ...]) -> bool:
    """Whether every number in it is one. On the way of every commit, so by exact types where it can be."""
    for item in document.values() if type(document) is dict or isinstance(document, Mapping) else document:
        if type(item) in _NO_FLOAT or not item:
            continue
        if isinstance(item, float):
            if not math.isfinite(item):
                return False
        elif isinstance(item, _HOLDS) and not _finite(item):
            return False
    return True
