"""The board over a large store: `python -m tests.bench.board --entries 1000000 --alerts 100000`.

Of so many entries so many are alerts, folded into stories over nine years. It tells how long a fresh process takes to
its first board, what the next boards take, and what the same costs without anything kept (over a part of the entries).
"""

from __future__ import annotations

import argparse
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from monitor.model import Alert, Entry, FeedState
from monitor.pipeline import understood
from monitor.service.shelf import kept
from monitor.store.archive import sortable
from monitor.store.records import to_doc
from monitor.store.rowarchive import RowArchive
from tests.bench.store import WORDS
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


def fill(archive: RowArchive, entries: int, alerts: int) -> None:
    """Entries through the store's own table, their alerts as if they had been read, filed as always."""
    chance, begun, known = random.Random(3), time.perf_counter(), readings()
    table, batch = archive._tables["entries"], {}
    every = max(1, entries // max(1, alerts))
    for feed in config().feeds:
        archive.commit(FeedState(feed.id, last_poll=NOW), [])
    for n in range(entries):
        alert = chance.choice(known) if n % every == 0 else None
        made = entry(n, entries, alert.entry.title if alert is not None else f"Entry {n}", chance)
        batch[made.id] = (made, replace(alert, entry=made) if alert is not None else None)
        if len(batch) == 5_000 or n == entries - 1:
            table.put({id: {**to_doc(one), "when": sortable(one.when)} for id, (one, _) in batch.items()})
            _keep(archive, batch)
            batch = {}
    print(f"filled with {entries:,} in {time.perf_counter() - begun:.0f} s, {archive.stats().bytes / 1e6:,.0f} MB")


def _keep(archive: RowArchive, batch: dict[str, tuple[Entry, Alert | None]]) -> None:
    cache = archive.cache
    assert cache is not None
    gen = cache.generations.begin(ruleset().fingerprint)
    while (unread := cache.unread(gen, 1_000)).entries:
        cache.keep(gen.number, unread, [kept(batch[one.id][1]) for one in unread.entries])


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


def shipped(archive: RowArchive):  # type: ignore[no-untyped-def]
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
    options = parser.parse_args()
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(dir=options.folder)))
        place = stack.enter_context(target(options.engine, folder))
        archive = stack.enter_context(RowArchive.at(place))
        fill(archive, options.entries, options.alerts)
        watched = shipped(archive)
        begun = time.perf_counter()
        watched.read_archive()
        print(f"filed in {time.perf_counter() - begun:.1f} s")
        if options.engine == "postgresql":
            archive.compact()
        window = options.window
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
