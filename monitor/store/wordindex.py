"""The words of all entries, for the search: FTS5 in SQLite, a GIN index over a tsvector in PostgreSQL.

Derived and thrown away when the folding changes. It is not written in a commit but after it, from where it last
stopped: `monitor_derived` keeps that place (the change number and the arrival of the last row read), and what made it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from monitor.model import Entry
from monitor.store.archive import Fold, searchable
from monitor.store.catalog import Layout
from monitor.store.engine import CHUNK, Engine, Row, Session
from monitor.store.rows import by_ids
from monitor.store.whole import records

_LONGEST = 200
"""Characters of a word that are kept; PostgreSQL refuses words of more than 2,046 bytes."""
# What tells one folding from another: letters of each script that foldings treat differently.
_SAMPLE = (
    "Ain al-Asad's İstanbul ısı Éléphant Straße كتاب أإآ ى ة کتاب گیان ۱۲۳ ١٢٣ ئەنبار شــهر می‌رود"
    " צה״ל ёлка Êzîdî ﬁ 12,5"
)
_STATEMENTS = {
    "sqlite": (
        "CREATE VIRTUAL TABLE monitor_search USING fts5"
        "(words, tokenize = \"unicode61 remove_diacritics 0 categories 'L* N* M* Co'\")",
    ),
    "postgresql": (
        "CREATE TABLE monitor_search (arrival BIGINT PRIMARY KEY, words TSVECTOR NOT NULL)",
        "CREATE INDEX monitor_search_words ON monitor_search USING gin (words)",
    ),
}
_PUT = {
    "sqlite": "INSERT OR REPLACE INTO monitor_search (rowid, words) VALUES (?, ?)",
    "postgresql": "INSERT INTO monitor_search (arrival, words) VALUES (?, array_to_tsvector(CAST(? AS text[])))"
    " ON CONFLICT (arrival) DO UPDATE SET words = excluded.words",
}
_KEY = {"sqlite": "rowid", "postgresql": "arrival"}
_MATCH = {"sqlite": "monitor_search MATCH ?", "postgresql": "words @@ CAST(? AS tsquery)"}


def advance(engine: Engine, layout: Layout, fold: Fold) -> int:
    """Reads the next entries into the index; how many, 0 when it is up to date."""
    made_by = hashlib.sha256(fold(_SAMPLE).encode("utf-8", "replace")).hexdigest()
    at = _place(engine, made_by)
    rows = engine.ask(
        f"SELECT arrival, version, id, doc FROM {layout.table} WHERE version >= ? AND (version > ? OR arrival > ?)"
        f" ORDER BY version, arrival LIMIT {CHUNK}",
        (at[0], *at),
    )
    if not rows:
        return 0
    kind = engine.dialect.name
    # Folding takes longer than writing: other writers do not wait for it.
    entries = dict(records(engine, "entries", Entry, ((id, doc) for _, _, id, doc in rows)))
    words = [(row[0], _words(entries[row[2]], fold, kind)) for row in rows if row[2] in entries]
    with engine.writing(durable=False) as session:
        moved = session.run(
            "UPDATE monitor_derived SET version = ?, place = ?"
            " WHERE name = 'search' AND made_by = ? AND version = ? AND place = ? RETURNING 1",
            (rows[-1][1], rows[-1][0], made_by, *at),
        )
        # Else another process was quicker, and has written these.
        if moved:
            session.many(_PUT[kind], words)
    return len(rows)


def found(engine: Engine, layout: Layout, words: Sequence[str], limit: int) -> list[Row]:
    """Id and document of the entries that hold all the words, the last as a beginning; latest arrival first. The index
    is there: somebody has brought it up to date."""
    kind = engine.dialect.name
    quoted = [_quoted(word[:_LONGEST], kind) for word in words]
    wanted = " AND ".join(quoted) + " *" if kind == "sqlite" else " & ".join(quoted) + ":*"
    key = _KEY[kind]
    return engine.ask(
        f"SELECT e.id, e.doc FROM (SELECT {key} AS arrival FROM monitor_search WHERE {_MATCH[kind]}"
        f" ORDER BY {key} DESC LIMIT {int(limit)}) s JOIN {layout.table} e ON e.arrival = s.arrival"
        " ORDER BY e.arrival DESC",
        (wanted,),
    )


def forget(session: Session, engine: Engine, layout: Layout, ids: Sequence[str]) -> None:
    """Takes entries that are about to be removed out of the index."""
    if ids and session.run("SELECT 1 FROM monitor_derived WHERE name = 'search'"):
        narrow, key = by_ids(ids), _KEY[engine.dialect.name]
        rows = session.run(f"SELECT arrival FROM {layout.table} WHERE {narrow.sql}", narrow.values)
        session.many(f"DELETE FROM monitor_search WHERE {key} = ?", rows)


def _place(engine: Engine, made_by: str) -> tuple[int, int]:
    """Where the index of this folding stopped; it is begun anew where there is none, or one of another folding."""
    wanted = "SELECT made_by, version, place FROM monitor_derived WHERE name = 'search'"
    rows = engine.ask(wanted)
    if rows and rows[0][0] == made_by:
        return int(rows[0][1]), int(rows[0][2])
    with engine.writing() as session:
        rows = session.run(wanted)
        if rows and rows[0][0] == made_by:
            return int(rows[0][1]), int(rows[0][2])
        session.run("DROP TABLE IF EXISTS monitor_search")
        for statement in _STATEMENTS[engine.dialect.name]:
            session.run(statement)
        session.run("DELETE FROM monitor_derived WHERE name = 'search'")
        session.run(
            "INSERT INTO monitor_derived (name, made_by, version, place) VALUES ('search', ?, -1, -1)", (made_by,)
        )
    return -1, -1


def _words(entry: Entry, fold: Fold, kind: str) -> str | list[str]:
    words = [word[:_LONGEST] for word in searchable(entry, fold).split()]
    return " ".join(words) if kind == "sqlite" else list(dict.fromkeys(words))


def _quoted(word: str, kind: str) -> str:
    if kind == "sqlite":
        return '"' + word.replace('"', '""') + '"'
    return "'" + word.replace("\\", "\\\\").replace("'", "''") + "'"
