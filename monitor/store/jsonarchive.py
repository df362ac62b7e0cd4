"""The archive in one JSON file that a person can read: for small stores, since each write rewrites the file.

Tables are TinyDB's, keyed by content ids, so that writing an entry twice keeps one of it. There are no leases here:
who shares feeds among pollers has more feeds than this is for.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, Generic, TypeVar, cast

from tinydb.table import Document, Table

from monitor.errors import StoreError
from monitor.model import Decision, Entry, Fact, FeedState
from monitor.store.archive import (
    LEASE,
    TABLES,
    Archive,
    Decide,
    Fold,
    Raw,
    Stats,
    buried,
    fact_keys,
    in_force,
    joined,
    plain_fold,
    searchable,
)
from monitor.store.records import Doc, from_doc, to_doc
from monitor.store.storage import AtomicJSONStorage

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

SCHEMA = 1
"""The form of the file. It grows only when an older monitor would misread a newer file."""

T = TypeVar("T", bound="DataclassInstance")


class JsonArchive(Archive):
    """An archive over TinyDB's JSON form."""

    engine_name = "json"

    def __init__(self, storage: AtomicJSONStorage, fold: Fold = plain_fold) -> None:
        self._storage, self._fold = storage, fold
        self.place = str(storage.path)
        self._entries = _View(storage, "entries", Entry)
        self._feeds = _View(storage, "feeds", FeedState)
        self._journal = _View(storage, "journal", Decision)
        self._facts = _View(storage, "facts", Fact)
        self._buried = _View(storage, "tombstones", Entry)
        self._meta = _table(storage, "meta")
        self._by_feed: dict[str, dict[str, Entry]] = {}
        self._by_feed_of: tuple[Mapping[str, Entry], Mapping[str, Entry]] | None = None
        self._checked = -1

    @classmethod
    def at(cls, path: Path, *, fold: Fold | None = None) -> JsonArchive:
        """The archive in the file `path`; the file comes into being with the first write, its folder now.

        Raises:
            StoreError: the file is damaged, not ours to read, or of a newer monitor.
        """
        archive = cls(AtomicJSONStorage(path), fold or plain_fold)
        with archive._reading():
            return archive

    def close(self) -> None:
        self._storage.close()

    # ---- reading ----

    def feed_states(self) -> dict[str, FeedState]:
        with self._reading():
            return dict(self._feeds.records())

    def known(self, feed_id: str) -> dict[str, Entry]:
        with self._reading():
            of = (self._buried.records(), self._entries.records())
            if self._by_feed_of is None or any(new is not old for new, old in zip(of, self._by_feed_of, strict=True)):
                self._by_feed = {}
                for entry in (*of[0].values(), *of[1].values()):
                    self._by_feed.setdefault(entry.feed, {})[entry.key] = entry
                self._by_feed_of = of
            return dict(self._by_feed.get(feed_id, {}))

    def entries(self) -> Iterator[Entry]:
        with self._reading():
            return iter(self._entries.records().values())

    def entry(self, id: str) -> Entry | None:
        with self._reading():
            return self._entries.records().get(id)

    def count(self) -> int:
        with self._reading():
            return len(self._entries.records())

    def journal(self, after: int = 0) -> tuple[Decision, ...]:
        with self._reading():
            decisions = sorted(self._journal.records().values(), key=lambda decision: decision.seq)
        return tuple(decision for decision in decisions if decision.seq > after)

    def accepted(self) -> tuple[Fact, ...]:
        with self._reading():
            # Facts before journal: should another process write in between, no fact is shown whose undoing we missed.
            facts = dict(self._facts.records())
            return in_force(facts.items(), self._journal.records().values())

    def version(self) -> str:
        return "-".join(map(str, self._storage.stamp()))

    def recent(self, limit: int, before: tuple[datetime, str] | None = None) -> tuple[Entry, ...]:
        newest = sorted(self.entries(), key=lambda entry: (entry.when, entry.id), reverse=True)
        return tuple([entry for entry in newest if before is None or (entry.when, entry.id) < before][:limit])

    def search(self, text: str, limit: int = 50) -> tuple[Entry, ...]:
        words = self._fold(text).split()
        found = []
        for entry in self.entries() if words else ():
            said = set(searchable(entry, self._fold).split())
            if said.issuperset(words[:-1]) and any(word.startswith(words[-1]) for word in said):
                found.append(entry)
        # JSON keeps the order of storing.
        return tuple(found[::-1][:limit])

    # ---- writing ----

    def commit_all(self, turns: Sequence[tuple[FeedState, Sequence[Entry]]]) -> None:
        latest = {entry.id: entry for _, entries in turns for entry in entries}
        with self._writing():
            stored, expired = self._entries.records(), self._buried.records()
            whole = [joined(stored.get(entry.id), entry) for entry in latest.values() if entry.id not in expired]
            if whole:
                self._entries.put({entry.id: to_doc(entry) for entry in whole})
            self._feeds.put({state.feed: to_doc(state) for state, _ in turns})

    def append(self, decide: Decide) -> Decision:
        with self._writing():
            return self._append(decide)

    def accept(self, fact: Fact, decide: Decide, also: Sequence[Fact] = ()) -> Decision:
        with self._writing():
            decision = self._append(decide)
            self._facts.put({key: to_doc(one) for key, one in fact_keys(decision.seq, (fact, *also)).items()})
        return decision

    def claim(
        self, seen: Mapping[str, FeedState], holder: str, *, seconds: float = LEASE, force: bool = False
    ) -> frozenset[str]:
        return frozenset(seen)

    def due(self, job: str, now: datetime, every: timedelta) -> bool:
        with self._writing():
            noted = self._meta.get(doc_ids=["jobs"])
            held = dict(noted[0]) if noted else {}
            if job in held and abs(now - datetime.fromisoformat(held[job])) < every:
                return False
            _put(self._meta, {"jobs": {**held, job: now.isoformat()}})
        return True

    def index(self, progress: Callable[[int], None] | None = None, most: int | None = None) -> int:
        return 0

    def expire(self, before: datetime, keep: Callable[[Entry], bool]) -> int:
        once = dict(self.dump("once"))
        gone = [e for e in self.entries() if e.revised < before and e.id not in once and not keep(e)]
        if gone:
            with self._writing():
                stored = self._entries.records()
                gone = [entry for entry in gone if stored.get(entry.id) == entry]
                self._buried.put({entry.id: to_doc(buried(entry)) for entry in gone})
                self._entries.remove([entry.id for entry in gone])
        return len(gone)

    # ---- care ----

    def check(self) -> list[str]:
        wrong = []
        with self._reading():
            for view in (self._entries, self._feeds, self._journal, self._facts, self._buried):
                try:
                    view.records()
                except StoreError as error:
                    wrong.append(str(error))
        return wrong

    def backup(self, target: Path) -> None:
        if target.exists():
            raise StoreError(f"{target} is there already. Name a file that is not.")
        tables = self._storage.read() or {}
        copy = AtomicJSONStorage(target)
        with copy.transaction():
            copy.write(tables)

    def compact(self) -> None:
        """Nothing to do: the file is written whole each time."""

    def stats(self) -> Stats:
        with self._reading():
            tables = self._storage.read() or {}
            rows = tuple((name, len(tables.get(name, {}))) for name in TABLES if name != "once")
        times = sorted(entry.when for entry in self.entries())
        oldest, newest = (times[0], times[-1]) if times else (None, None)
        return Stats(self.engine_name, self.place, rows, self._storage.stamp()[1], oldest, newest)

    def dump(self, table: str) -> Iterator[tuple[str, Raw]]:
        with self._reading():
            documents = dict((self._storage.read() or {}).get(table, {}))
        yield from documents.items()

    def load(self, table: str, documents: Mapping[str, Raw]) -> None:
        with self._writing():
            _put(_table(self._storage, table), documents)

    # ---- inside ----

    def _append(self, decide: Decide) -> Decision:
        journal = self.journal()
        decision = decide(journal)
        expected = journal[-1].seq + 1 if journal else 1
        if decision.seq != expected:
            raise StoreError(
                f"{self._storage.path}: decision {decision.seq} does not follow the journal, whose next is {expected}."
                " Nothing was written; decide again on the journal as it is now."
            )
        self._journal.put({str(decision.seq): to_doc(decision)})
        return decision

    @contextmanager
    def _reading(self) -> Iterator[None]:
        with self._storage.guard:
            self._check_schema()
            yield

    @contextmanager
    def _writing(self) -> Iterator[None]:
        with self._storage.transaction():
            self._check_schema()
            if not len(self._meta):
                _put(self._meta, {"schema": {"version": SCHEMA}})
            yield

    def _check_schema(self) -> None:
        generation = self._storage.refresh()
        if generation == self._checked:
            return
        doc = self._meta.get(doc_ids=["schema"])
        version = doc[0].get("version") if doc else SCHEMA
        if type(version) is not int or version > SCHEMA:
            raise StoreError(
                f"{self._storage.path}: the store has form {version!r}, this monitor knows forms up to {SCHEMA}. "
                "Update monitor, or name another place with `store:` in feeds.yml."
            )
        self._checked = generation


class _View(Generic[T]):
    """One table as frozen records. A document is parsed again only if it changed, whoever changed it."""

    def __init__(self, storage: AtomicJSONStorage, name: str, cls: type[T]) -> None:
        self._storage, self._cls, self._table = storage, cls, _table(storage, name)
        self._generation = -1
        self._docs: dict[str, Document] = {}
        self._records: dict[str, T] = {}

    def records(self) -> Mapping[str, T]:
        """All records by key, a new mapping after each change."""
        generation = self._storage.refresh()
        if generation != self._generation:
            docs = {str(doc.doc_id): doc for doc in self._table}
            self._records = {
                key: self._records[key] if self._docs.get(key) == doc else self._parsed(key, doc)
                for key, doc in docs.items()
            }
            self._docs, self._generation = docs, generation
        return self._records

    def put(self, docs: Mapping[str, Doc]) -> None:
        """Insert or replace documents; keys that a newer monitor added to one stay."""
        _put(self._table, docs)

    def remove(self, keys: Sequence[str]) -> None:
        """Remove documents."""
        self._table.remove(doc_ids=cast("list[int]", list(keys)))

    def _parsed(self, key: str, doc: Mapping[str, Any]) -> T:
        return from_doc(self._cls, doc, f"{self._table.name}/{key} of {self._storage.path}")


class _KeyedTable(Table):
    """A table whose document ids are our content ids."""

    document_id_class = str  # type: ignore[assignment]  # TinyDB documents other id classes, its annotations do not


def _table(storage: AtomicJSONStorage, name: str) -> _KeyedTable:
    # Without the query cache: it would not see what another process wrote.
    return _KeyedTable(storage, name, cache_size=0)


def _put(table: _KeyedTable, docs: Mapping[str, Doc]) -> None:
    stored = {str(doc.doc_id): doc for doc in table.get(doc_ids=list(docs))}
    if stored:
        table.remove(doc_ids=cast("list[int]", list(stored)))
    table.insert_multiple(Document({**stored.get(key, {}), **doc}, doc_id=cast(int, key)) for key, doc in docs.items())
