"""The store measured against the bare engine, in one run: `python -m tests.bench.store --entries 1000000`.

Each line gives ours, the bare engine's (the same rows, the same durability) and the ratio, as medians in milliseconds.
`--engine postgresql` needs the server of the tests; `--stock 10000 100000` measures TinyDB over JSON and
CachingMiddleware beside ours.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import orjson
from tinydb import TinyDB, where
from tinydb.middlewares import CachingMiddleware
from tinydb.storages import JSONStorage

from monitor.model import Entry, FeedState
from monitor.store.archive import sortable
from monitor.store.catalog import dumps
from monitor.store.engine import Engine
from monitor.store.records import from_doc, to_doc
from monitor.store.rowarchive import RowArchive
from monitor.store.tables import RowDB
from tests.store.engines import ENGINES, target

T0 = datetime(2020, 1, 1, tzinfo=UTC)
FEEDS = 1_000
WORDS = [f"word{n}" for n in range(20_000)]


def entry(n: int, chance: random.Random) -> Entry:
    """About 1.5 kB as stored."""
    text = " ".join(chance.choices(WORDS, k=110))
    seen = T0 + timedelta(minutes=3 * n)
    id, feed = f"{chance.getrandbits(64):016x}", f"feed-{n % FEEDS}"
    title = f"Entry {n} rare{n % 5_000}"
    return Entry(id, feed, f"guid:{id}", f"https://x/{n}", title, "", text, "en", seen, seen, seen, id * 4)


def stored(found: Entry) -> dict[str, Any]:
    return {**to_doc(found), "when": sortable(found.when)}


def medians(rounds: int, *calls: Callable[[int], object]) -> list[float]:
    """Milliseconds of each call, in turns, so that what else the machine does falls on all alike."""
    taken: list[list[float]] = [[] for _ in calls]
    for number in range(rounds + 2):
        for call, times in zip(calls, taken, strict=True):
            begun = time.perf_counter()
            call(number)
            times.append(1000 * (time.perf_counter() - begun))
    return [statistics.median(times[2:]) for times in taken]


def told(name: str, ours: float, bare: float, wanted: float) -> None:
    ratio = ours / bare
    held = "ok" if ratio <= wanted else "MISSED"
    print(f"{name:<46} {ours:9.3f} {bare:9.3f}  {ratio:5.2f}x  (<= {wanted:g}x) {held}", flush=True)


class Bare:
    """The engine without us: its own library, hand-written SQL."""

    def __init__(self, place: str) -> None:
        self.place, self.sqlite = place, not place.startswith("postgresql")
        self.connection = self.connect()

    def connect(self) -> Any:
        if not self.sqlite:
            import psycopg

            return psycopg.connect(self.place, autocommit=True)
        connection = sqlite3.connect(self.place, isolation_level=None)
        connection.execute("PRAGMA synchronous=FULL")
        return connection

    def run(self, sql: str, values: Any = ()) -> list[Any]:
        cursor = self.connection.execute(sql if self.sqlite else sql.replace("?", "%s"), values)
        return cursor.fetchall() if cursor.description is not None else []

    def insert(self, sql: str, rows: list[Any]) -> None:
        self.connection.execute("BEGIN IMMEDIATE" if self.sqlite else "BEGIN")
        cursor = self.connection.cursor()
        cursor.executemany(sql if self.sqlite else sql.replace("?", "%s"), rows)
        self.connection.execute("COMMIT")


@contextmanager
def empty_store(engine: str, folder: Path | None = None) -> Iterator[str]:
    with tempfile.TemporaryDirectory(dir=folder) as made, target(engine, Path(made)) as place:
        yield place


def fill(archive: RowArchive, held: int, entries: int) -> None:
    chance, begun, batch = random.Random(held + 1), time.perf_counter(), {}
    table = archive._tables["entries"]
    for n in range(held, entries):
        made = entry(n, chance)
        batch[made.id] = stored(made)
        if len(batch) == 5_000 or n == entries - 1:
            table.put(batch)
            batch = {}
    for n in range(FEEDS):
        archive.commit(FeedState(f"feed-{n}", last_poll=T0), [])
    print(f"filled with {entries:,} in {time.perf_counter() - begun:.0f} s, {archive.stats().bytes / 1e6:,.0f} MB")


def commits(archive: RowArchive, bare: Bare, rounds: int) -> None:
    # A store that was kept has those of the last run.
    chance, entries = random.Random(archive.count()), archive.count()
    made = [[entry(entries + 30 * r + k, chance) for k in range(30)] for r in range(4 * rounds)]
    with archive.db.rows.engine.reading() as session:
        layout = archive._tables["entries"].layout(session)
    assert layout is not None
    plain = layout.upsert.partition(" ON CONFLICT")[0]
    rows = [
        [layout.row(e.id, 1, stored(e), dumps(stored(e), "x")) for e in some] for some in made[2 * rounds : 4 * rounds]
    ]
    ours, theirs = medians(
        rounds,
        lambda n: archive.commit(FeedState("feed-1", last_poll=T0 + timedelta(n)), made[n]),
        lambda n: bare.insert(plain, rows[n]),
    )
    told("commit of 30 entries", ours, theirs, 1.5)
    archive.db.drop_table("plain")
    table = archive.db.table("plain", fields={"feed": "text", "when": "text"})
    docs = [[stored(e) for e in some] for some in made]
    table.insert_multiple(docs[0])
    with archive.db.rows.engine.reading() as session:
        layout = table.layout(session)
    assert layout is not None
    plain = layout.upsert.partition(" ON CONFLICT")[0].replace("(id, ", "(").replace("(?, ", "(", 1)
    if not bare.sqlite:
        plain = layout.upsert.partition(" ON CONFLICT")[0]
    texts = [[layout.row(0, 1, doc, dumps(doc, "x"))[1:] for doc in some] for some in docs]
    numbered = [[(10**9 + 30 * r + k, *row) for k, row in enumerate(some)] for r, some in enumerate(texts)]
    ours, theirs = medians(
        rounds,
        lambda n: table.insert_multiple(docs[n]),
        lambda n: bare.insert(plain, texts[n] if bare.sqlite else numbered[n]),
    )
    told("TinyDB's insert_multiple of 30", ours, theirs, 1.5)


def opening(place: str, bare: Bare) -> None:
    def ours(_: int) -> None:
        with RowArchive.at(place) as opened:
            opened.version()

    def theirs(_: int) -> None:
        with closing(bare.connect()) as connection:
            connection.execute("SELECT version FROM monitor_store").fetchall()

    told("opening and one question", *medians(40, ours, theirs), 3)


def queries(archive: RowArchive, bare: Bare) -> None:
    table = archive._tables["entries"]

    def rows(sql: str, *values: Any) -> list[Any]:
        return [orjson.loads(doc) for (doc,) in bare.run(sql, values)]

    def records(sql: str, *values: Any) -> list[Entry]:
        return [from_doc(Entry, doc, "x") for doc in rows(sql, *values)]

    feed = "SELECT doc FROM t_entries WHERE f_feed = ? ORDER BY id"
    newest = "SELECT doc FROM t_entries WHERE f_when IS NOT NULL ORDER BY f_when DESC LIMIT 50"
    name = "feed-{}".format
    told("known(feed)", *medians(20, lambda n: archive.known(name(n)), lambda n: records(feed, name(n))), 2)
    told("the newest 50", *medians(50, lambda n: archive.recent(50), lambda n: records(newest)), 2)
    told("feed states", *medians(20, lambda n: archive.feed_states(), lambda n: _states(bare)), 2)
    found = where("feed")
    told(
        "TinyDB search(feed == x), 1 feed",
        *medians(20, lambda n: table.search(found == name(n)), lambda n: rows(feed, name(n))),
        2,
    )
    one = archive.recent(1)[0].id
    told(
        "TinyDB get(doc_id)",
        *medians(200, lambda n: table.get(doc_id=one), lambda n: rows("SELECT doc FROM t_entries WHERE id = ?", one)),
        2,
    )
    asked = "SELECT version FROM monitor_store"
    told("version()", *medians(200, lambda n: archive.version(), lambda n: bare.run(asked)), 2)
    both = (found == "feed-3") & where("title").matches("E")
    for cond in (found == "feed-3", both, where("when") < "2020-01-01T03"):
        (taken,) = medians(5, lambda n, cond=cond: table.count(cond))  # type: ignore[misc]
        print(f"{'count: ' + str(cond)[10:70]:<62} {taken:9.3f} ms")
    (taken,) = medians(20, lambda n: table.update({"x": n}, found == "feed-7"))
    print(f"{'update one feed':<62} {taken:9.3f} ms")


def _states(bare: Bare) -> list[FeedState]:
    return [from_doc(FeedState, orjson.loads(doc), "x") for (doc,) in bare.run("SELECT doc FROM t_feeds")]


def plans(archive: RowArchive) -> None:
    """What the board asks, as the database would carry it out: nothing may go over the whole table."""
    engine: Engine = archive.db.rows.engine
    asked: list[tuple[str, Any]] = []
    with engine.reading() as session:
        run, stream = session.run, session.stream

        def heard(sql: str, values: Any = ()) -> Any:
            asked.append((sql, values))
            return run(sql, values)

        def streamed(sql: str, values: Any = ()) -> Iterator[Any]:
            asked.append((sql, values))
            return stream(sql, values)

        session.run, session.stream = heard, streamed  # type: ignore[method-assign]
        archive.known("feed-1")
        archive.recent(50)
        archive.recent(50, (T0 + timedelta(days=9), "f"))
        archive._tables["entries"].search(where("feed") == "feed-1")
        archive._tables["entries"].search((where("when") >= "2025") & (where("when") < "2025-01-02"))
        explain = "EXPLAIN QUERY PLAN " if engine.dialect.name == "sqlite" else "EXPLAIN "
        whole = [sql for sql, values in asked if "t_entries" in sql and _scans(run(explain + sql, values))]
    print("over the whole table:", whole or "nothing", f"({len(asked)} statements)")


def _scans(plan: list[Any]) -> bool:
    lines = [str(line[-1]) for line in plan]
    return any(("SCAN t_entries" in line and "f_when" not in line) or "Seq Scan on t_entries" in line for line in lines)


def searching(archive: RowArchive, bare: Bare) -> None:
    begun = time.perf_counter()
    read = archive.index()
    size = archive.stats().bytes / 1e6
    print(f"indexed {read:,} in {time.perf_counter() - begun:.0f} s, the store is {size:,.0f} MB")
    for word, kind in (("rare77", "rare word"), ("word77", "common word"), ("word77 word78", "two words")):
        parts = word.split()
        if bare.sqlite:
            sql = (
                "SELECT e.doc FROM monitor_search s JOIN t_entries e ON e.arrival = s.rowid"
                " WHERE monitor_search MATCH ? ORDER BY s.rowid DESC LIMIT 50"
            )
            match = " AND ".join(f'"{part}"' for part in parts) + " *"
        else:
            sql = (
                "SELECT e.doc FROM (SELECT arrival FROM monitor_search WHERE words @@ ?::tsquery"
                " ORDER BY arrival DESC LIMIT 50) s JOIN t_entries e USING (arrival) ORDER BY arrival DESC"
            )
            match = " & ".join(parts) + ":*"
        told(
            f"search, {kind} ({len(archive.search(word, 50))} found)",
            *medians(
                20,
                lambda n, word=word: archive.search(word, 50),  # type: ignore[misc]
                lambda n, sql=sql, match=match: [  # type: ignore[misc]
                    from_doc(Entry, orjson.loads(doc), "x") for (doc,) in bare.run(sql, (match,))
                ],
            ),
            2,
        )


IDLE = """
import sys
from monitor.store import Archive
archive = Archive.open(sys.argv[1])
archive.version(); archive.feed_states(); archive.recent(50); archive.known("feed-1")
print([line.split()[1] for line in open("/proc/self/status") if line.startswith("VmRSS")][0])
"""


def idle(place: str) -> float:
    done = subprocess.run([sys.executable, "-c", IDLE, place], capture_output=True, text=True, check=True)
    return int(done.stdout) / 1000


def stock(entries: int) -> None:
    """TinyDB as it comes and ours, through the same calls: opened, one write, one search, one update, closed."""
    chance = random.Random(1)
    docs = [stored(entry(n, chance)) for n in range(entries)]
    more = [stored(entry(entries + n, chance)) for n in range(30)]
    with tempfile.TemporaryDirectory() as folder:
        for name, storage in (("JSON", JSONStorage), ("CachingMiddleware", CachingMiddleware(JSONStorage))):
            path = Path(folder) / f"{name}.json"
            path.write_text(json.dumps({"_default": {str(n + 1): doc for n, doc in enumerate(docs)}}))
            through(
                f"stock TinyDB {name}", entries, more, lambda path=path, storage=storage: TinyDB(path, storage=storage)
            )
    for engine in ENGINES:
        with empty_store(engine) as place:
            with RowDB(place) as db:
                table = db.table("_default", fields={"feed": "text"})
                for start in range(0, entries, 5_000):
                    table.insert_multiple(docs[start : start + 5_000])
            through(f"ours over {engine}", entries, more, lambda place=place: RowDB(place))


def through(name: str, entries: int, more: list[dict[str, Any]], opened: Callable[[], TinyDB]) -> None:
    begun = time.perf_counter()
    with opened() as db:
        # Ours is told which field is searched; stock TinyDB has no such thing.
        table = db.table("_default", fields={"feed": "text"}) if isinstance(db, RowDB) else db.table("_default")
        table.insert_multiple(more)
        inserted = time.perf_counter()
        found = len(table.search(where("feed") == "feed-7"))
        searched = time.perf_counter()
        table.update({"seen": True}, where("feed") == "feed-8")
        updated = time.perf_counter()
    closed = time.perf_counter()
    taken = zip(
        ("open and insert 30", f"search ({found})", "update", "close"),
        (inserted - begun, searched - inserted, updated - searched, closed - updated),
        strict=True,
    )
    told = ", ".join(f"{what} {1000 * seconds:,.1f} ms" for what, seconds in taken)
    print(f"{name:<30} {entries:>9,}: {told}", flush=True)


def main() -> None:
    """Runs what the options ask for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--entries", type=int, default=20_000)
    parser.add_argument("--engine", choices=["sqlite", "postgresql"], default="sqlite")
    parser.add_argument("--rounds", type=int, default=60)
    parser.add_argument("--folder", type=Path, help="where the SQLite file goes")
    parser.add_argument("--keep", metavar="PLACE", help="a store of its own, filled once and kept for the next run")
    parser.add_argument("--no-search", action="store_true")
    parser.add_argument("--stock", type=int, nargs="*", default=[], help="only this: stock TinyDB with so many entries")
    options = parser.parse_args()
    for entries in options.stock:
        stock(entries)
    if options.stock:
        return
    with ExitStack() as stack:
        place, empty = options.keep, stack.enter_context(empty_store(options.engine, options.folder))
        place = place or empty
        archive = stack.enter_context(RowArchive.at(place))
        print(f"{archive.engine_name}, {os.cpu_count()} cores: ours, bare (ms)")
        before = idle(empty)
        held = archive.count()
        if held < options.entries:
            fill(archive, held, options.entries)
            if archive.engine_name == "postgresql":
                archive.compact()
        bare = Bare(place)
        stack.enter_context(closing(bare.connection))
        commits(archive, bare, options.rounds)
        opening(place, bare)
        queries(archive, bare)
        plans(archive)
        print(f"idle process: {before:.1f} MB, store empty; {idle(place):.1f} MB with {archive.count():,} entries")
        if not options.no_search:
            searching(archive, bare)


if __name__ == "__main__":
    main()
