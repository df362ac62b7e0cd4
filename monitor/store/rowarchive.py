"""The archive over rows: a million entries, several processes, one transaction for what belongs together.

The tables are TinyDB's (`tables`), keyed by content ids. Where the program asks often - one feed's entries, the newest,
all of them - it asks SQL directly, through the declared fields' indexes, and nothing is held in memory between calls.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar, cast

from monitor.errors import StoreError
from monitor.model import Decision, Entry, Fact, FeedState, SharedConfig
from monitor.store import commits, jobs, leases, whole, wordindex
from monitor.store.alerts import AlertCache
from monitor.store.archive import (
    LEASE,
    Archive,
    Decide,
    Fold,
    Raw,
    Stats,
    buried,
    fact_keys,
    in_force,
    plain_fold,
    sortable,
)
from monitor.store.catalog import Fields, Layout
from monitor.store.engine import CHUNK, Session
from monitor.store.migrate import migrate
from monitor.store.records import Doc, from_doc, to_doc
from monitor.store.rows import by_ids
from monitor.store.tables import RowDB, RowTable

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

_FIELDS: dict[str, Fields] = {
    "entries": {"feed": "text", "when": "text"},
    "feeds": {},
    "journal": {"seq": "integer"},
    "facts": {},
    "tombstones": {"feed": "text"},
    "config": {},
}
_TYPES: dict[str, type[DataclassInstance]] = {
    "entries": Entry,
    "feeds": FeedState,
    "journal": Decision,
    "facts": Fact,
    "tombstones": Entry,
    "config": SharedConfig,
}
T = TypeVar("T", bound="DataclassInstance")


class RowArchive(Archive):
    """An archive over SQLite or PostgreSQL."""

    def __init__(self, db: RowDB, fold: Fold = plain_fold) -> None:
        self.db, self._fold = db, fold
        self._engine, self._catalog = db.rows.engine, db.rows.catalog
        self.place, self.engine_name = self._engine.place, self._engine.dialect.name
        self.shared = self.engine_name == "postgresql"
        self.common = self._engine if self.shared else None
        self._tables: dict[str, RowTable] = {
            name: db.table(name, keyed=True, fields=fields) for name, fields in _FIELDS.items()
        }
        self._indexed, self._whole = "", False
        self.cache = self._alerts = AlertCache(self._engine, self._tables["entries"])

    @classmethod
    def at(cls, target: Path | str, *, fold: Fold | None = None) -> RowArchive:
        """The archive at a path or address, made if it is not there, brought to the form of today if it is older.

        Raises:
            StoreError: the store cannot be opened, is damaged, or of a newer monitor.
        """
        db = RowDB(target)
        try:
            copied = migrate(db.rows.engine)
        except BaseException:
            db.close()
            raise
        archive = cls(db, fold or plain_fold)
        archive.copied = copied
        return archive

    def close(self) -> None:
        self.db.close()

    # ---- reading ----

    def feed_states(self) -> dict[str, FeedState]:
        return {state.feed: state for _, state in self._few("feeds", FeedState)}

    def known(self, feed_id: str) -> dict[str, Entry]:
        held = [layout for name in ("tombstones", "entries") if (layout := self._layout(name)) is not None]
        if not held:
            return {}
        parts = [f'SELECT {n}, id, doc FROM {layout.table} WHERE "f_feed" = ?' for n, layout in enumerate(held)]
        # One that expires at this moment is told by what it was.
        rows = self._engine.ask(f"{' UNION ALL '.join(parts)} ORDER BY 1", (feed_id,) * len(held))
        found = whole.records(self._engine, "entries", Entry, ((id, text) for _, id, text in rows))
        return {entry.key: entry for _, entry in found}

    def entries(self) -> Iterator[Entry]:
        # The query begins now, not with the first entry asked for.
        rows = self._records("entries", Entry)
        first = next(rows, None)
        return iter(()) if first is None else _rest(first, rows)

    def entry(self, id: str) -> Entry | None:
        return next((entry for _, entry in self._few("entries", Entry, "WHERE id = ?", (id,))), None)

    def count(self) -> int:
        return len(self._tables["entries"])

    def journal(self, after: int = 0) -> tuple[Decision, ...]:
        rows = self._few("journal", Decision, 'WHERE "f_seq" > ? ORDER BY "f_seq"', (after,))
        return tuple(decision for _, decision in rows)

    def accepted(self) -> tuple[Fact, ...]:
        with self._engine.reading():
            return in_force(self._few("facts", Fact), self.journal())

    def version(self) -> str:
        return str(self._engine.ask("SELECT version FROM monitor_store")[0][0])

    def config(self, version: int | None = None) -> SharedConfig | None:
        which, values = (
            ("WHERE id = ?", (str(version),)) if version is not None else ("ORDER BY arrival DESC LIMIT 1", ())
        )
        return next((config for _, config in self._few("config", SharedConfig, which, values)), None)

    def push(self, make: Callable[[SharedConfig | None], SharedConfig]) -> SharedConfig:
        with self._writing():
            made = make(self.config())
            self._tables["config"].put({str(made.version): to_doc(made)})
        return made

    def recent(self, limit: int, before: tuple[datetime, str] | None = None) -> tuple[Entry, ...]:
        where, values = 'WHERE "f_when" IS NOT NULL', tuple[str, ...]()
        if before is not None:
            moment = sortable(before[0])
            where, values = 'WHERE "f_when" <= ? AND ("f_when" < ? OR id < ?)', (moment, moment, before[1])
        order = f'{where} ORDER BY "f_when" DESC, id DESC LIMIT {int(limit)}'
        return tuple(entry for _, entry in self._few("entries", Entry, order, values))

    def search(self, text: str, limit: int = 50) -> tuple[Entry, ...]:
        words = self._fold(text).split()
        if not words:
            return ()
        version = self.version()
        if version != self._indexed:
            self.index()
            self._indexed = version
        layout = self._layout("entries")
        rows = wordindex.found(self._engine, layout, words, limit) if layout else []
        return tuple(entry for _, entry in whole.records(self._engine, "entries", Entry, ((i, doc) for i, doc in rows)))

    # ---- writing ----

    def commit_all(self, turns: Sequence[tuple[FeedState, Sequence[Entry]]]) -> None:
        with self._writing() as session:
            # A table that is not there is looked for anew by everyone who asks for it.
            for table in () if self._whole else self._tables.values():
                table.ensured(session)
            for state, entries in turns:
                commits.commit(session, self._tables, state, entries)
        self._whole = True

    def append(self, decide: Decide) -> Decision:
        with self._writing():
            return self._append(decide)

    def accept(self, fact: Fact, decide: Decide, also: Sequence[Fact] = ()) -> Decision:
        with self._writing():
            decision = self._append(decide)
            held = fact_keys(decision.seq, (fact, *also))
            self._tables["facts"].put({key: to_doc(one) for key, one in held.items()})
        return decision

    def claim(
        self, seen: Mapping[str, FeedState], holder: str, *, seconds: float = LEASE, force: bool = False
    ) -> frozenset[str]:
        # A lease that is lost with the power is one that nobody holds any more: no need to wait for the disk.
        with self._engine.writing(durable=False) as session:
            return leases.claim(session, self._engine.dialect, seen, holder, seconds, force)

    def give_back(self, holder: str) -> None:
        with self._engine.writing(durable=False) as session:
            leases.give_back(session, holder)

    def held(self, feeds: Sequence[str]) -> dict[str, tuple[str, datetime]]:
        found: dict[str, tuple[str, datetime]] = {}
        with self._engine.reading() as session:
            for start in range(0, len(feeds), CHUNK):
                found |= leases.held(session, self._engine.dialect, feeds[start : start + CHUNK])
        return found

    def due(self, job: str, now: datetime, every: timedelta) -> bool:
        return jobs.due(self._engine, job, now, every)

    def index(self, progress: Callable[[int], None] | None = None, most: int | None = None) -> int:
        done = 0
        with self._engine.reading() as session:
            layout = self._tables["entries"].layout(session)
        if layout is None:
            return 0
        while (most is None or done < most) and (read := wordindex.advance(self._engine, layout, self._fold)):
            done += read
            if progress is not None:
                progress(done)
        return done

    def expire(self, before: datetime, keep: Callable[[Entry], bool]) -> int:
        gone, batch = 0, {}
        with self._engine.reading() as session:
            layout = self._tables["entries"].layout(session)
            if layout is None:
                return 0
            spared = self._alerts.spared(session, f"{layout.table}.id")
        # An entry was published before it was first seen; one dated into the future waits for its date.
        for id, entry in self._records("entries", Entry, f'WHERE "f_when" < ? AND {spared}', (sortable(before),)):
            if entry.revised < before and not keep(entry):
                batch[id] = entry
            if len(batch) >= CHUNK:
                gone, batch = gone + self._bury(batch), {}
        return gone + self._bury(batch)

    # ---- care ----

    def check(self) -> list[str]:
        wrong = self._engine.check()
        if not wrong:
            for name, cls in _TYPES.items():
                for id, text in self._select(name):
                    try:
                        from_doc(cls, whole.document(self._engine, text, f"{name}/{id}"), self._where(name, id))
                    except StoreError as error:
                        wrong.append(str(error))
        return wrong

    def damage(self) -> tuple[str, ...]:
        return whole.told(self._engine)

    def backup(self, target: Path) -> None:
        self._engine.backup(target)

    def compact(self) -> None:
        self._engine.compact()

    def stats(self) -> Stats:
        with self._engine.reading() as session:
            rows = tuple((name, len(table)) for name, table in self._tables.items())
            layout = self._tables["entries"].layout(session)
            ends = "", ""
            if layout is not None:
                sql = f'SELECT min("f_when"), max("f_when") FROM {layout.table} WHERE "f_when" IS NOT NULL'
                ends = session.run(sql)[0]
        oldest, newest = (datetime.fromisoformat(end) if end else None for end in ends)
        return Stats(self.engine_name, self.place, rows, self._engine.size(), oldest, newest)

    def dump(self, table: str) -> Iterator[tuple[str, Raw]]:
        if table == "once":
            return ((id, {}) for id in self._alerts.once())
        return whole.documents(self._engine, table, self._select(table, "ORDER BY arrival"))

    def load(self, table: str, documents: Mapping[str, Raw]) -> None:
        if table == "once":
            self._alerts.were(list(documents))
            return
        if table in ("entries", "tombstones"):
            documents = {
                id: {**doc, "when": sortable(from_doc(Entry, doc, self._where(table, id)).when)}
                for id, doc in documents.items()
            }
        self._tables[table].put(documents)

    # ---- inside ----

    def _append(self, decide: Decide) -> Decision:
        journal = self.journal()
        decision = decide(journal)
        expected = journal[-1].seq + 1 if journal else 1
        if decision.seq != expected:
            raise StoreError(
                f"{self.place}: decision {decision.seq} does not follow the journal, whose next is {expected}."
                " Nothing was written; decide again on the journal as it is now."
            )
        self._tables["journal"].put({str(decision.seq): to_doc(decision)})
        return decision

    @contextmanager
    def _writing(self) -> Iterator[Session]:
        current = self._engine.current()
        if current is not None and current.writes:
            raise StoreError(f"{self.place}: a transaction was begun inside another one. Put both into one.")
        with self._engine.writing() as session:
            yield session

    def _bury(self, batch: Mapping[str, Entry]) -> int:
        if not batch:
            return 0
        with self._writing() as session:
            stored = self._stored(session, "entries", list(batch))
            # One that was revised since we looked is no longer old.
            same = {
                id: entry
                for id, entry in batch.items()
                if id in stored and stored[id]["revised"] == to_doc(entry)["revised"]
            }
            layout = self._tables["entries"].layout(session)
            assert layout is not None
            wordindex.forget(session, self._engine, layout, list(same))
            self._tables["tombstones"].put({id: to_doc(buried(entry)) for id, entry in same.items()})
            self._tables["entries"].remove(doc_ids=cast("list[int]", list(same)))
        self._alerts.fewer(len(same))
        return len(same)

    def _stored(self, session: Session, table: str, ids: Sequence[str]) -> dict[str, Doc]:
        layout = self._tables[table].layout(session)
        found: dict[str, Doc] = {}
        for start in range(0, len(ids) if layout is not None else 0, CHUNK):
            assert layout is not None
            narrow = by_ids(ids[start : start + CHUNK])
            rows = session.run(f"SELECT id, doc FROM {layout.table} WHERE {narrow.sql}", narrow.values)
            found |= dict(whole.documents(self._engine, table, ((id, doc) for id, doc in rows)))
        return found

    def _select(self, table: str, rest: str = "", values: Sequence[Any] = ()) -> Iterator[tuple[str, str]]:
        with self._engine.reading() as session:
            layout = self._tables[table].layout(session)
        if layout is not None:
            yield from self._engine.stream(f"SELECT id, doc FROM {layout.table} {rest}", values)

    def _records(self, table: str, cls: type[T], rest: str = "", values: Sequence[Any] = ()) -> Iterator[tuple[str, T]]:
        return whole.records(self._engine, table, cls, self._select(table, rest, values))

    def _few(self, table: str, cls: type[T], rest: str = "", values: Sequence[Any] = ()) -> Iterator[tuple[str, T]]:
        """The same for so few rows that they can be had at once, in one question."""
        layout = self._layout(table)
        rows = self._engine.ask(f"SELECT id, doc FROM {layout.table} {rest}", values) if layout is not None else []
        return whole.records(self._engine, table, cls, ((id, doc) for id, doc in rows))

    def _layout(self, table: str) -> Layout | None:
        """The table as it was when it was last looked up: those of an archive do not go away again."""
        layout = self._catalog.known(table)[1]
        if layout is None:
            with self._engine.reading() as session:
                layout = self._tables[table].layout(session)
        return layout

    def _where(self, table: str, id: str) -> str:
        return f"{table}/{id} of {self.place}"


def _rest(first: tuple[str, Entry], rows: Iterator[tuple[str, Entry]]) -> Iterator[Entry]:
    yield first[1]
    for _, entry in rows:
        yield entry
