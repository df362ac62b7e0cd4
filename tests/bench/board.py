"""The board over a large store: `python -m tests.bench.board --entries 1000000 --alerts 100000`.

Of so many entries so many are alerts, folded into stories over nine years; with `--separate` each is a story of its
own. It tells how long a fresh process takes to its first board, what the next boards take, what the board's questions
to the store cost beside hand-written SQL, and whether one of them goes over a whole table.
"""

from __future__ import annotations

import argparse
import random
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import cycle
from pathlib import Path
from typing import Any

import orjson

from monitor.alerting import understood
from monitor.language.facilities import gazetteer
from monitor.model import Alert, Entry, FeedState, Story
from monitor.service import Monitor
from monitor.service.shelf import kept
from monitor.store.alerts import _Reading
from monitor.store.archive import sortable
from monitor.store.engine import CHUNK
from monitor.store.records import from_doc, to_doc, unpack
from monitor.store.rowarchive import RowArchive
from monitor.stories import WINDOW, claim_key
from tests.bench.store import WORDS, Bare, medians, told
from tests.builders import config, ruleset
from tests.store.engines import target
from tests.store.monitors import monitor

BASES = ("Ain al-Asad", "Al-Tanf", "Incirlik", "Al Udeid Air Base", "Al Dhafra Air Base", "Erbil Air Base")
TITLES = (
    "Coalition hands over {} to the national army",
    "Handover of {} is denied by the ministry",
    "{n} soldiers deployed to {}",
    "US troops withdraw from {}",
    "Army closes {} after {n} days",
)
NOW = datetime(2026, 1, 1, tzinfo=UTC)


def entry(n: int, of: int, title: str, chance: random.Random) -> Entry:
    """About 1.5 kB as stored, spread over nine years."""
    seen = NOW - timedelta(days=9 * 365) * ((of - n) / of)
    feed = config().feeds[n % len(config().feeds)]
    text = " ".join(chance.choices(WORDS, k=110))
    return Entry(
        f"{n:016x}", feed.id, f"guid:{n}", f"https://x/{n}", title, "", text, "en", seen, seen, seen, f"{n:064x}"
    )


def readings() -> list[Alert]:
    """Alerts as the shipped rules read them, to be told of many entries."""
    chance = random.Random(4)
    made = (title.format(base, n=chance.randrange(100, 9_000)) for base in BASES for title in TITLES for _ in range(4))
    found = [understood(entry(0, 1, title, chance), None, ruleset()) for title in made]
    return [alert for alert in found if alert is not None]


def _file_apart(archive: RowArchive, alerts: dict[str, Alert]) -> None:
    """What folding would give where no two alerts are about one event."""
    cache = archive.cache
    assert cache is not None
    gen = cache.generations.begin(ruleset().fingerprint)
    while (piece := cache.stories.slice(gen.number, WINDOW, 2_000)) is not None:
        told = [alerts[id] for id, _, _ in piece.rows]
        cache.stories.file(piece, [Story(claim_key(one), (one,), (one.family,), 0, ()) for one in told])


def apart() -> list[Alert]:
    """Alerts of which no two are about the same event; taken in turn, those of one event are weeks apart."""
    titles = (*(title for title in TITLES if "{n}" not in title), "New base opens at {}", "Army will leave {} in May")
    made = (title.format(facility.name) for title in titles for facility in gazetteer().values())
    found = [understood(entry(0, 1, title, random.Random(5)), None, ruleset()) for title in made]
    events: dict[tuple[str | None, ...], Alert] = {}
    for alert in found:
        claim = alert.lead_claim if alert is not None else None
        if alert is not None and claim is not None and claim.facility is not None:
            events.setdefault((claim.type, claim.phase, claim.facility), alert)
    return list(events.values())


def fill(archive: RowArchive, entries: int, alerts: int, separate: bool) -> None:
    """Entries through the store's own table, their alerts as if they had been read; separate ones are filed at once."""
    every_alert: dict[str, Alert] = {}
    chance, begun = random.Random(3), time.perf_counter()
    known = apart() if separate else readings()
    turn = cycle(known)
    table, batch = archive._tables["entries"], {}
    every = max(1, entries // max(1, alerts))
    for feed in config().feeds:
        archive.commit(FeedState(feed.id, last_poll=NOW), [])
    for n in range(entries):
        alert = (next(turn) if separate else chance.choice(known)) if n % every == 0 else None
        made = entry(n, entries, alert.entry.title if alert is not None else f"Entry {n}", chance)
        batch[made.id] = (made, replace(alert, entry=made) if alert is not None else None)
        if len(batch) == 5_000 or n == entries - 1:
            table.put({id: {**to_doc(one), "when": sortable(one.when)} for id, (one, _) in batch.items()})
            _keep(archive, batch)
            if separate:
                every_alert |= {id: alert for id, (_, alert) in batch.items() if alert is not None}
            batch = {}
    if separate:
        _file_apart(archive, every_alert)
    print(f"filled with {entries:,} in {time.perf_counter() - begun:.0f} s, {archive.stats().bytes / 1e6:,.0f} MB")


def _keep(archive: RowArchive, batch: dict[str, tuple[Entry, Alert | None]]) -> None:
    cache = archive.cache
    assert cache is not None
    gen = cache.generations.begin(ruleset().fingerprint)
    while (unread := cache.unread(gen, 1_000)).entries:
        cache.keep(gen.number, unread, [kept(batch[one.id][1]) for one in unread.entries])


def asked(archive: RowArchive, place: str, window: int) -> None:
    """What the board asks of the store beside hand-written SQL, and how the database goes about it."""
    cache = archive.cache
    assert cache is not None
    gen = cache.generations.all()[0].number
    bare = Bare(place)
    newest = "SELECT story, doc FROM monitor_stories WHERE gen = ? {} ORDER BY latest DESC, story DESC LIMIT ?"
    reports = "SELECT story, id, rev FROM monitor_alerts WHERE gen = ? AND story IN ({}) ORDER BY story, at, id"
    entries = (
        "SELECT a.id, a.rev, a.doc, e.doc FROM monitor_alerts a JOIN t_entries e ON e.id = a.id"
        " WHERE a.gen = ? AND a.id IN ({})"
    )

    def written(where: str, *values: object) -> None:
        """The same by hand: three statements in one transaction, and the rows as the program has them."""
        bare.run("BEGIN")
        held = bare.run(newest.format(where), (gen, *values, window))
        found = []
        for start in range(0, len(held), CHUNK):
            ids = [story for story, _ in held[start : start + CHUNK]]
            found += bare.run(reports.format(", ".join("?" * len(ids))), (gen, *ids))
        for start in range(0, len(found), CHUNK):
            ids = [id for _, id, _ in found[start : start + CHUNK]]
            for id, _, doc, text in bare.run(entries.format(", ".join("?" * len(ids))), (gen, *ids)):
                from_doc(Entry, orjson.loads(text), id)
                unpack(_Reading, orjson.loads(doc), id)
        bare.run("COMMIT")

    def ours(**given: Any) -> None:
        rows = cache.stories.newest(gen, window, **given)
        list(cache.alerts(gen, [id for row in rows for id, _ in row.alerts]))

    far = cache.stories.newest(gen, 20_000)[-1]
    with archive.db.rows.engine.reading() as session:
        latest = session.run("SELECT latest FROM monitor_stories WHERE gen = ? AND story = ?", (gen, far.id))[0][0]
    before = datetime.fromisoformat(latest), far.id
    page = "AND latest <= ? AND (latest < ? OR story < ?)"
    for name, ask, by_hand in (
        (f"the newest {window} stories", lambda n: ours(), lambda n: written("")),
        ("the same of one lane", lambda n: ours(lane="changes"), lambda n: written("AND lane = ?", "changes")),
        (
            "a page 20,000 stories on",
            lambda n: ours(before=before),
            lambda n: written(page, latest, latest, far.id),
        ),
    ):
        told(name, *medians(9, ask, by_hand), 2)
    one = far.alerts[0][0]
    told(
        "the story of an entry",
        *medians(
            200,
            lambda n: cache.stories.of_entries(gen, [one]),
            lambda n: bare.run("SELECT story FROM monitor_alerts WHERE gen = ? AND id = ?", (gen, one)),
        ),
        2,
    )
    bare.connection.close()


def plans(archive: RowArchive, window: int) -> None:
    """Every statement of a board, a page, a story and a search, as the database would carry it out."""
    engine = archive.db.rows.engine
    heard: list[tuple[str, Any]] = []
    with engine.reading() as session:
        run, stream = session.run, session.stream
        session.run = lambda sql, values=(): (heard.append((sql, values)), run(sql, values))[1]  # type: ignore[method-assign]
        session.stream = lambda sql, values=(): (heard.append((sql, values)), stream(sql, values))[1]  # type: ignore[method-assign]
        cache = archive.cache
        assert cache is not None
        gen = cache.generations.all()[0].number
        rows = cache.stories.newest(gen, window)
        last = datetime(2020, 1, 1, tzinfo=UTC), rows[-1].id
        for lane in (None, "changes", "context"):
            cache.stories.newest(gen, window, lane=lane, before=last)  # type: ignore[arg-type]
        cache.stories.by_id(gen, [row.id for row in rows[:9]])
        cache.stories.of_entries(gen, [id for row in rows[:9] for id, _ in row.alerts])
        cache.stories.of_claim(gen, "x")
        cache.stories.about(gen, "x", NOW)
        list(cache.alerts(gen, [id for row in rows for id, _ in row.alerts]))
        cache.unread(cache.generations.all()[0], 200)
        archive.version(), archive.recent(50), archive.known(config().feeds[0].id), archive.journal(), archive.config()
        session.run, session.stream = run, stream  # type: ignore[method-assign]
        explain = "EXPLAIN QUERY PLAN " if engine.dialect.name == "sqlite" else "EXPLAIN "
        found = [(sql, [str(line[-1]) for line in run(explain + sql, values)]) for sql, values in heard]
    whole = [(f"{sql[:90]}…", line) for sql, plan in found for line in plan if _whole(line)]
    print(f"over the whole of a table that grows: {whole or 'nothing'} ({len(found)} statements)")


_GROWS = "t_entries|t_tombstones|monitor_(alerts|stories|subjects|search)"


def _whole(line: str) -> bool:
    """Whether a line of a plan says that all rows are gone through. SQLite calls an index that is walked in its order,
    and left when enough is found, a scan too; a scan of a table names no index."""
    if "cost=0.00..0.00" in line:  # an empty table
        return False
    scan = re.search(rf"Seq Scan on \"?({_GROWS})\b", line) or re.match(rf"SCAN \"?({_GROWS}|a|e|s)\b(?!.*INDEX)", line)
    return scan is not None


def timed(name: str, call: Callable[[], object], rounds: int = 3) -> None:
    taken = []
    for _ in range(rounds):
        begun = time.perf_counter()
        call()
        taken.append(time.perf_counter() - begun)
    print(f"{name:<62} {1000 * taken[0]:9.1f} ms first, {1000 * min(taken):9.1f} ms again", flush=True)


FRESH = """
import sys, time
begun = time.perf_counter()
from tests.bench.board import NOW, shipped
from monitor.store import Archive
archive = Archive.open(sys.argv[1])
watched = shipped(archive)
watched._place.ruleset.fingerprint
ready = time.perf_counter()
board = watched.board(int(sys.argv[2]))
done = time.perf_counter()
memory = [line.split()[1] for line in open("/proc/self/status") if line.startswith("VmRSS")][0]
print(f"{1000 * (ready - begun):.0f} ms to load, {1000 * (done - ready):.0f} ms to the board of"
      f" {len(board.stories)} stories, {int(memory) / 1000:.0f} MB; {board.problems[:1]}")
watched.close()
"""


def shipped(archive: RowArchive) -> Monitor:
    """A monitor of the shipped feeds and rules."""
    return monitor(archive, *config().rules, now=NOW, feeds=config().feeds)


def main() -> None:
    """Runs what the options ask for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--entries", type=int, default=20_000)
    parser.add_argument("--alerts", type=int, default=2_000)
    parser.add_argument("--window", type=int, default=500)
    parser.add_argument("--engine", choices=["sqlite", "postgresql"], default="sqlite")
    parser.add_argument("--folder", type=Path)
    parser.add_argument("--separate", action="store_true", help="every alert is a story of its own")
    options = parser.parse_args()
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(dir=options.folder)))
        place = stack.enter_context(target(options.engine, folder))
        archive = stack.enter_context(RowArchive.at(place))
        fill(archive, options.entries, options.alerts, options.separate)
        watched = shipped(archive)
        begun = time.perf_counter()
        watched.read_archive()
        with archive.db.rows.engine.reading() as session:
            stories = session.run("SELECT count(*) FROM monitor_stories")[0][0]
        print(f"filed in {time.perf_counter() - begun:.1f} s: {stories:,} stories")
        if options.engine == "postgresql":
            archive.compact()
        window = options.window
        asked(archive, place, window)
        plans(archive, window)
        command = [sys.executable, "-c", FRESH, place, str(window)]
        for _ in range(3):
            done = subprocess.run(command, capture_output=True, text=True, check=True)
            print("a fresh process:", done.stdout.strip(), flush=True)
        again = shipped(archive)
        timed(f"board({window})", lambda: again.board(window))
        first = again.board(window).stories
        last = first[len(first) // 2]
        timed("stories(50), a page", lambda: again.stories(50, before=(last.latest, last.id)))
        timed("story(id)", lambda: again.story(last.id))
        chance, numbers = random.Random(9), iter(range(options.entries, options.entries + 100))

        def poll() -> None:
            n = next(numbers)
            new = [
                replace(entry(n, n, "US troops withdraw from Al-Tanf", chance), id=f"new-{n}-{k}") for k in range(30)
            ]
            archive.commit(FeedState(new[0].feed, last_poll=NOW), new)
            again.board(window)

        timed(f"commit of 30 alerts and board({window})", poll, 5)
        whole = shipped(archive)
        timed(f"board(), {len(whole.board().stories):,} stories", lambda: whole.board())
        timed("board(), in a process that shows it for the first time", lambda: shipped(archive).board(), 1)


if __name__ == "__main__":
    main()
