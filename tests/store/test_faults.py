"""The store when things go wrong: killed writers, full disks, damaged files, network shares, many at once."""

from __future__ import annotations

import os
import pwd
import random
import signal
import sqlite3
import stat
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import psycopg
import pytest
from tinydb import where

from monitor import review
from monitor.errors import StoreBusy, StoreError
from monitor.model import Entry, FeedState
from monitor.store import Archive
from monitor.store.names import found_engine, masked, sqlite_path
from monitor.store.rowarchive import RowArchive
from monitor.store.sqlite import SqliteEngine
from monitor.store.tables import RowDB
from tests.store.children import child, finished, together
from tests.store.engines import FULL, SERVER, target

T0 = datetime(2026, 1, 5, 12, tzinfo=UTC)
posix = pytest.mark.skipif(sys.platform == "win32", reason="POSIX signals, limits and modes")


def entry(n: int, text: str = "text") -> Entry:
    return Entry(f"a-{n}", "a", str(n), None, f"Title {n}", "", text, "en", T0, T0, T0, str(n))


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "data" / "store.db"


# ---- killed at any moment --------------------------------------------------------------------------------------------

# Forked from one that has loaded everything: a writer that had to start each time would mostly be killed while it does.
WRITERS = """
archive.close()
for line in sys.stdin:
    pid = os.fork()
    if not pid:
        for n in range(int(line), 10**9):
            archive.commit(FeedState("a", etag=str(n)), [entry("a", 3 * n + k, 20_000) for k in range(3)])
            say(n)
            if n % 3 == 0:
                archive.index()
    say("pid", pid)
    say("ended", os.waitpid(pid, 0)[1])
"""


@posix
@pytest.mark.slow
def test_what_was_acknowledged_survives_sigkill(place: str) -> None:
    chance, times = random.Random(7), 500 if FULL else 8
    done = -1
    writers = child(WRITERS, place)
    assert writers.stdin is not None
    assert writers.stdout is not None
    with RowArchive.at(place) as archive:
        for _ in range(times):
            writers.stdin.write(f"{done + 1}\n")
            writers.stdin.flush()
            pid, enough = 0, done + chance.randrange(0, 4)
            while not pid or done < enough:
                word, *more = writers.stdout.readline().split()
                pid, done = (int(more[0]), done) if more else (pid, int(word))
            for _ in range(chance.randrange(200_000)):
                pass  # somewhere in the next write: no fixed point, and no waiting for the clock
            os.kill(pid, signal.SIGKILL)
            while (said := writers.stdout.readline().split())[0] != "ended":
                done = int(said[0])
            assert said == ["ended", str(int(signal.SIGKILL))]
            with RowArchive.at(place) as opened:
                # PostgreSQL may still be carrying out the commit of the dead client: wait for it to end.
                with opened.db.transaction():
                    last = int(opened.feed_states()["a"].etag or -1)
                assert last in (done, done + 1), "the one being written may be there whole"
                ids = {id for (id,) in _ids(opened)}
                assert ids == {f"a-{n}" for n in range(3 * last + 3)}
            done = last
        assert archive.check() == []
        assert len(archive.search("title", 10**6)) == 3 * done + 3
    said, talk = writers.communicate(timeout=60)
    assert (said, talk, writers.returncode) == ("", "", 0)
    print(f"\nkilled {times} times, {done + 1} commits")


def _ids(archive: RowArchive) -> Iterator[tuple[str]]:
    yield from archive.db.rows.engine.stream("SELECT id FROM t_entries")  # type: ignore[misc]  # one column


# ---- several at once -------------------------------------------------------------------------------------------------

MANY = """
who, until = sys.argv[2], float(sys.argv[3])
say("ready")
sys.stdin.readline()
end, n = time.monotonic() + until, 0
while time.monotonic() < end:
    archive.commit(FeedState(who, etag=str(n)), [entry(who, n), entry("shared", n), entry("shared", f"{who}{n}")])
    archive.append(lambda journal: review.decide(journal, story="s", claims=(who,), action="note",
        by=who, at=T0, text=str(n)))
    table.update(lambda doc: doc.__setitem__("n", doc["n"] + 1), where("name") == "counter")
    assert str(n) in archive.known(who)
    archive.version(); archive.search("title", 5); archive.recent(10)
    n += 1
say(n)
""".replace("who, until =", "from tinydb import where\ntable = archive.db.table('counters')\nwho, until =", 1)


@pytest.mark.slow
def test_four_processes_lose_nothing_and_see_no_lock(place: str) -> None:
    with RowArchive.at(place) as archive:
        archive.db.table("counters").insert({"name": "counter", "n": 0})
    writers = [child(MANY, place, who, 60 if FULL else 2) for who in "wxyz"]
    together(writers)
    rounds = {}
    for who, writer in zip("wxyz", writers, strict=True):
        said, talk = finished(writer)
        assert (writer.returncode, talk) == (0, "")
        rounds[who] = int(said[0])
    with RowArchive.at(place) as archive:
        for who, times in rounds.items():
            assert set(archive.known(who)) == {str(n) for n in range(times)}
            assert archive.feed_states()[who].etag == str(times - 1)
        journal = archive.journal()
        assert review.verify(journal) is None
        assert Counter(d.by for d in journal) == rounds
        assert archive.db.table("counters").all() == [{"name": "counter", "n": sum(rounds.values())}]
        assert archive.check() == []
    assert min(rounds.values()) > 0, "nobody starved"
    print(f"\n{rounds} rounds")


INSERTS = """
table = archive.db.table("plain")
say("ready")
sys.stdin.readline()
say(*[table.insert({"who": sys.argv[2]}) for _ in range(50)], *table.insert_multiple([{"who": sys.argv[2]}] * 50))
"""


def test_ids_are_never_given_twice(place: str) -> None:
    with RowDB(place) as db:
        table = db.table("plain")
        first = table.insert_multiple([{}, {}])
        table.remove(doc_ids=first)
        assert table.insert({}) > max(first)
        table.truncate()
        db.drop_table("plain")
        before = db.table("plain").insert({})
        assert before > max(first) + 1
    writers = [child(INSERTS, place, who) for who in "xy"]
    together(writers)
    given = [int(id) for writer in writers for id in finished(writer)[0][0].split()]
    assert len(given) == len(set(given)) == 200
    assert min(given) > before


POLLER = """
import socket
rounds, feeds = int(sys.argv[3]), [f"f{n}" for n in range(int(sys.argv[4]))]
say("ready")
for round in range(rounds):
    if sys.stdin.readline() != "go\\n":
        break
    now = T0 + timedelta(hours=round + 1)
    states = archive.feed_states()
    mine = random.Random(sys.argv[2]).sample(feeds, len(feeds))
    for feed in mine:
        state = states.get(feed) or FeedState(feed)
        if state.last_poll is None or state.last_poll < now:
            if archive.claim({feed: state}, sys.argv[2], seconds=float(sys.argv[5])):
                if sys.argv[6] == "dies":
                    say("claimed", feed)
                    sys.stdin.readline()
                archive.commit(FeedState(feed, last_poll=now), [entry(feed, round)])
                say("polled", round, feed)
    say("end", round)
"""


@pytest.mark.slow
def test_ten_pollers_poll_each_due_feed_once_a_round(place: str) -> None:
    many, rounds = (500, 5) if FULL else (40, 2)
    pollers = [child(POLLER, place, f"p{n}", rounds, many, 60, "lives") for n in range(10 if FULL else 4)]
    for poller in pollers:
        assert poller.stdout is not None
        assert poller.stdout.readline() == "ready\n"
    polled: Counter[tuple[str, str]] = Counter()
    by: Counter[int] = Counter()
    for round in range(rounds):
        for poller in pollers:
            assert poller.stdin is not None
            poller.stdin.write("go\n")
            poller.stdin.flush()
        for number, poller in enumerate(pollers):
            assert poller.stdout is not None
            while (line := poller.stdout.readline().split())[0] != "end":
                polled[line[1], line[2]] += 1
                by[number] += 1
            assert line == ["end", str(round)]
    for poller in pollers:
        assert (finished(poller)[1], poller.returncode) == ("", 0)
    assert set(polled.values()) == {1}
    assert len(polled) == many * rounds
    print(f"\nfeeds by poller: {sorted(by.values())}")


@posix
def test_two_pollers_killed_their_feeds_are_polled_by_others(place: str) -> None:
    dying = [child(POLLER, place, f"d{n}", 1, 20, 0.2, "dies") for n in range(2)]
    together(dying)
    held = set()
    for poller in dying:
        assert poller.stdout is not None
        held.add(poller.stdout.readline().split()[1])
        poller.send_signal(signal.SIGKILL)
        finished(poller)
    assert len(held) == 2
    with RowArchive.at(place) as archive:
        states = {f"f{n}": FeedState(f"f{n}") for n in range(20)}
        got = archive.claim(states, "heir", seconds=60)
        assert got >= set(states) - held
        deadline = time.monotonic() + 20
        # The lease ends by the database's clock, which no test can turn forward.
        while not got >= held and time.monotonic() < deadline:
            got |= archive.claim({feed: states[feed] for feed in held}, "heir", seconds=60)
        assert got == set(states)


def test_another_process_s_write_shows_in_the_version(place: str) -> None:
    with RowArchive.at(place) as archive:
        before = archive.version()
        writer = child('archive.commit(FeedState("a"), [entry("a", 1)]); say("done")', place)
        assert finished(writer) == (["done"], "")
        assert archive.version() != before
        assert archive.count() == 1


# ---- full, damaged, in the wrong place -------------------------------------------------------------------------------

FULL_DISK = """
import resource
archive.commit(FeedState("a", etag="1"), [entry("a", 1, 50_000)])
resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, resource.RLIM_INFINITY))
for n in range(2, 50):
    try:
        archive.commit(FeedState("a", etag=str(n)), [entry("a", n, 50_000)])
    except StoreError as error:
        say("room" if "There is no room" in str(error) else error)
        break
say(archive.feed_states()["a"].etag == str(n - 1), len(archive.known("a")) == n - 1)
resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
archive.commit(FeedState("a", etag="last"), [entry("a", "last")])
say(n)
"""


@posix
def test_a_full_disk(path: Path) -> None:
    said, talk = finished(child(FULL_DISK, path))
    assert (said[:2], talk) == (["room", "True True"], "")
    with Archive.open(path) as archive:
        assert set(archive.known("a")) == {"last", *(str(n) for n in range(1, int(said[2])))}
        assert archive.check() == []


@posix
@pytest.mark.long
def test_a_server_without_room(tmp_path: Path) -> None:
    """The store's tables lie on a file system of 24 MB, which the server shares with this machine."""
    owner = next((user for user in pwd.getpwall() if user.pw_name == "postgres"), None)
    if os.geteuid() or owner is None:
        pytest.skip("needs root, and a server on this machine that runs as postgres")
    small = Path(tempfile.mkdtemp(prefix="monitor-small-"))
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=24m,mode=700", "tmpfs", str(small)], check=False)
    if mounted.returncode:
        small.rmdir()
        pytest.skip("no file system can be mounted here")
    os.chown(small, owner.pw_uid, owner.pw_gid)
    space = f"monitor_small_{os.getpid()}"
    try:
        with target("postgresql", tmp_path) as place, RowArchive.at(place) as server:
            engine = server.db.rows.engine
            engine.ask("SELECT 1")
            with psycopg.connect(SERVER, autocommit=True) as admin:
                admin.execute(f"CREATE TABLESPACE {space} LOCATION '{small}'")
                try:
                    with RowArchive.at(f"{place}%20-cdefault_tablespace%3D{space}") as archive:
                        kept = _until_full(archive)
                        assert archive.feed_states()["a"].etag == str(kept), "reading goes on"
                        assert len(archive.known("a")) == kept + 1
                        subprocess.run(["mount", "-o", "remount,size=96m", str(small)], check=True)
                        archive.commit(FeedState("a", etag="last"), [entry(10**6)])
                        assert set(archive.known("a")) == {*(str(n) for n in range(kept + 1)), str(10**6)}
                        assert archive.check() == []
                        archive.db.drop_tables()
                finally:
                    admin.execute(f"DROP TABLESPACE {space}")
    finally:
        subprocess.run(["umount", str(small)], check=True)
        small.rmdir()


def _until_full(archive: RowArchive) -> int:
    """Commits until there is no room; the number of the last one that was stored."""
    chance, said = random.Random(1), ""
    for n in range(10_000):
        # What can be compressed takes no room there.
        text = "".join(chance.choices("abcdefghijklmnopqrstuvwxyz0123456789", k=60_000))
        try:
            archive.commit(FeedState("a", etag=str(n)), [entry(n, text)])
        except StoreError as error:
            said = str(error)
            break
    assert "The server has no room: free some there, then try again. What was stored is unharmed." in said
    return n - 1


def damaged(path: Path) -> None:
    with Archive.open(path) as archive:
        archive.commit(FeedState("a"), [entry(n, "x" * 3_000) for n in range(200)])
    raw = bytearray(path.read_bytes())
    # Behind the first pages, which say which tables there are: without them no store opens at all.
    raw[48 * 4096 : 200 * 4096] = b"\xaa" * (152 * 4096)
    path.write_bytes(raw)


def test_a_damaged_file_is_named_with_the_way_back(path: Path) -> None:
    damaged(path)
    with Archive.open(path) as archive:
        for attempt in (lambda: list(archive.entries()), lambda: archive.known("a")):
            with pytest.raises(StoreError, match="is damaged") as caught:
                attempt()
            assert str(path.resolve()) in str(caught.value)
            assert "There is no copy" in str(caught.value)
        assert "is damaged" in archive.check()[0]


def test_the_way_back_leads_back(path: Path) -> None:
    with Archive.open(path) as archive:
        archive.commit(FeedState("a"), [entry(1000)])
        copy = path.with_name("store.db.20260105T120000Z.bak")
        archive.backup(copy)
    damaged(path)
    with Archive.open(path) as archive:
        with pytest.raises(StoreError) as caught:
            list(archive.entries())
        assert f"The last good copy is {copy.resolve()}" in str(caught.value)
    for suffix in ("", "-wal", "-shm"):
        Path(f"{path}{suffix}").unlink(missing_ok=True)
    path.write_bytes(copy.read_bytes())
    with Archive.open(path) as archive:
        assert [e.key for e in archive.entries()] == ["1000"]


@pytest.mark.parametrize("bad", [b"\xff\xfe\xaa\xaa", b"\0\0\0\0", b'"}]{'])
def test_a_row_gone_bad_is_named_and_the_others_are_read(path: Path, bad: bytes) -> None:
    with RowArchive.at(path) as archive:
        archive.commit(FeedState("a", etag="1"), [entry(n, f"text {n} mark{n}mark") for n in range(30)])
        archive.db.table("mine", fields={"n": "integer"}).insert_multiple([{"n": 1, "text": "mark-mine"}, {"n": 2}])
        copy = path.with_name("store.db.20260105T120000Z.bak")
        archive.backup(copy)
        archive.compact()
    raw = path.read_bytes()
    for mark in (b"mark7mark", b"mark-mine"):
        assert raw.count(mark) == 1
        raw = raw.replace(mark, bad + mark[len(bad) :])
    path.write_bytes(raw)
    with RowArchive.at(path) as archive:
        others = {f"a-{n}" for n in range(30)} - {"a-7"}
        assert {found.id for found in archive.entries()} == others
        assert {found.id for found in archive.recent(50)} == others
        assert {found.id for found in archive.known("a").values()} == others
        assert {found.id for found in archive.search("text", 50)} == others
        (damage,) = archive.damage()
        assert f"{path.resolve()} is damaged (entries/a-7 cannot be read)" in damage
        assert f"The last good copy is {copy.resolve()}" in damage
        (wrong,) = archive.check()
        assert "is damaged (entries/a-7 cannot be read" in wrong
        # TinyDB's tables leave nothing out by themselves.
        mine = archive.db.table("mine", fields={"n": "integer"})
        assert mine.get(where("n") == 2) == {"n": 2}
        for attempt in (mine.all, lambda: mine.get(doc_id=1), lambda: mine.search(where("n") == 1)):
            with pytest.raises(StoreError, match=r"is damaged .mine/1 cannot be read"):
                attempt()
        # What the feed still carries is put right by the next poll.
        archive.commit(FeedState("a", etag="2"), [entry(7, "text 7 again"), entry(8, "text 8 mark8mark")])
        found = archive.entry("a-7")
        assert found is not None
        assert found.text == "text 7 again"
        assert archive.count() == 30
    with RowArchive.at(path) as archive:
        assert len(list(archive.entries())) == 30
        assert (archive.damage(), archive.check()) == ((), [])


def test_a_decision_gone_bad_is_never_passed_over(path: Path) -> None:
    with Archive.open(path) as archive:
        archive.append(
            lambda journal: review.decide(
                journal, story="s", claims=("c",), action="note", by="layla", at=T0, text="mark-note"
            )
        )
        archive.compact()
    raw = path.read_bytes()
    assert raw.count(b"mark-note") == 1
    path.write_bytes(raw.replace(b"mark-note", b"\xff\xff\xff\xff-note"))
    with Archive.open(path) as archive:
        for attempt in (archive.journal, archive.accepted, lambda: list(archive.dump("journal"))):
            with pytest.raises(StoreError, match=r"is damaged .journal/1 cannot be read"):
                attempt()
        assert archive.feed_states() == {}


def test_a_file_that_is_no_database(path: Path) -> None:
    path.parent.mkdir()
    path.write_bytes(b"SQLite format 3\0" + b"\xff" * 5000)
    with pytest.raises(StoreError, match="is damaged"):
        Archive.open(path)
    path.write_bytes(b"something else altogether")
    with pytest.raises(StoreError, match="is damaged"):
        Archive.open(path)


def test_a_database_of_another_program_is_left_alone(path: Path) -> None:
    path.parent.mkdir()
    with closing(sqlite3.connect(path)) as other:
        other.execute("CREATE TABLE books (title)")
    before = path.read_bytes()
    with pytest.raises(StoreError, match="another program"):
        Archive.open(path)
    assert path.read_bytes() == before


@pytest.mark.parametrize(
    ("lines", "kind"),
    [
        ("/dev/vda / ext4 rw 0 0\nserver:/x {0} nfs4 rw 0 0\n", "nfs4"),
        ("/dev/vda / ext4 rw 0 0\n//server/x {0} cifs rw 0 0\n", "cifs"),
        ("/dev/vda {0} ext4 rw 0 0\nx {0}/data fuse.sshfs rw 0 0\n", "fuse.sshfs"),
        ("server:/x / nfs rw 0 0\n/dev/vda {0} ext4 rw 0 0\n", None),
        ("server:/x {0} nfs rw 0 0\n/dev/vda {0} ext4 rw 0 0\n", None),
        ("server:/x {0}/dat nfs rw 0 0\n/dev/vda / ext4 rw 0 0\nodd\n", None),
    ],
)
def test_a_network_share_is_refused_with_the_way_out(path: Path, lines: str, kind: str | None) -> None:
    mounts = path.parent.parent / "mounts"
    mounts.write_text(lines.format(path.parent.parent.resolve()))
    if kind is None:
        SqliteEngine(path, mounts=mounts).close()
        return
    with pytest.raises(StoreError, match=f"network share \\({kind}.*postgresql://"):
        SqliteEngine(path, mounts=mounts)
    assert not path.parent.exists()


def test_busy_is_said_in_words_and_passes(place: str) -> None:
    with RowArchive.at(place) as archive, RowArchive.at(place) as other:
        other.db.rows.engine.patience = 0.05
        if isinstance(other.db.rows.engine, SqliteEngine):
            other.db.rows.engine.close()
        else:
            other.close()
        with archive.db.transaction():
            archive.db.insert({})
            with pytest.raises(StoreBusy, match="Wait for it or end it, then try again; nothing is lost"):
                other.commit(FeedState("a"), [])
            assert other.feed_states() == {}, "reading goes on"
        other.commit(FeedState("a"), [])


@pytest.mark.parametrize(("turns", "told"), [(0, "busy"), (30, "written"), (1000, "busy")])
def test_many_that_write_in_turn_are_waited_for_and_one_that_hangs_is_not(
    path: Path, monkeypatch: pytest.MonkeyPatch, turns: int, told: str
) -> None:
    now, left = 0.0, turns
    with RowArchive.at(path) as archive, closing(sqlite3.connect(path, isolation_level=None)) as others:

        def another_second(_: float) -> None:
            """Meanwhile another writer comes to its turn, as often as there are any; one that hangs never ends."""
            nonlocal now, left
            now += 1
            if left:
                others.execute("UPDATE monitor_store SET version = version + 1")
                others.execute("COMMIT")
                left -= 1
                if left or not turns:
                    others.execute("BEGIN IMMEDIATE")

        monkeypatch.setattr("monitor.store.sqlite.time.monotonic", lambda: now)
        monkeypatch.setattr("monitor.store.sqlite.time.sleep", another_second)
        others.execute("BEGIN IMMEDIATE")
        if told == "busy":
            with pytest.raises(StoreBusy):
                archive.commit(FeedState("a"), [])
            assert now == (10 if turns == 0 else 120)
            others.execute("ROLLBACK")
        else:
            archive.commit(FeedState("a"), [])
            assert now == turns
        assert set(archive.feed_states()) == ({"a"} if told == "written" else set())


@posix
def test_nobody_else_can_read_it(path: Path) -> None:
    with Archive.open(path) as archive:
        archive.commit(FeedState("a"), [])
        assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
        archive.backup(path.with_name("copy"))
        for file in path.parent.iterdir():
            assert stat.S_IMODE(file.stat().st_mode) == 0o600, file


@posix
def test_a_link_to_the_store_is_the_store(path: Path, tmp_path: Path) -> None:
    with Archive.open(path) as archive:
        link = tmp_path / "link.db"
        link.symlink_to(path)
        with Archive.open(link) as other:
            other.commit(FeedState("a"), [])
            assert set(archive.feed_states()) == {"a"}
    assert not [found.name for found in tmp_path.iterdir() if found.name.endswith(("-wal", "-shm"))]


def test_a_folder_that_cannot_be_made(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreError, match=r"cannot (create|open)"):
        Archive.open(tmp_path / "file" / "store.db")


def test_a_server_that_cuts_the_connection_is_asked_again(tmp_path: Path) -> None:
    with target("postgresql", tmp_path) as place, RowArchive.at(place) as archive:
        archive.commit(FeedState("a"), [entry(1)])
        engine = archive.db.rows.engine
        with engine.reading() as session, RowArchive.at(place) as other:
            pid = session.run("SELECT pg_backend_pid()")[0][0]
            other.count()
        with RowArchive.at(place) as other, other.db.rows.engine.writing() as session:
            session.run("SELECT pg_terminate_backend(?)", (pid,))
        assert archive.count() == 1
        archive.commit(FeedState("a"), [entry(2)])
        assert archive.count() == 2


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (("/test", "/no_such_database"), "Check user, password, database and their rights"),
        (("postgres@", "nobody_of_that_name@"), "Check user, password, database and their rights"),
        ((":5432", ":1"), "The server cannot be reached"),
    ],
)
def test_a_server_that_refuses_is_told_from_one_that_is_not_there(
    tmp_path: Path, change: tuple[str, str], told: str
) -> None:
    with target("postgresql", tmp_path) as place:
        if change[0] not in place:
            pytest.skip("the tests' server is called otherwise")
        with pytest.raises(StoreError, match=told):
            RowDB(place.replace(*change))


def test_the_server_compiles_no_question_about_a_table_it_has_not_counted_yet(tmp_path: Path) -> None:
    with target("postgresql", tmp_path) as place, RowDB(place) as db:
        table = db.table("t", fields={"n": "integer"})
        table.insert_multiple({"n": n % 100, "text": "x" * 1_500} for n in range(3_000))
        assert len(table.search(where("n") == 7)) == 30, "now the table is known"
        engine, asked = db.rows.engine, []
        ask = engine.ask
        engine.ask = lambda sql, values=(): (asked.append((sql, values)), ask(sql, values))[1]  # type: ignore[method-assign]
        assert len(table.search(where("n") == 7)) == 30
        ((sql, values),) = asked
        plan = "\n".join(line for (line,) in ask(f"EXPLAIN ANALYZE {sql}", values))
        assert "JIT" not in plan
        assert "Seq Scan on t_t" not in plan


def test_names_of_stores(tmp_path: Path) -> None:
    assert found_engine("postgresql://a@b/c") == "postgresql"
    assert found_engine("x.json") == "json"
    assert (
        found_engine("x.db") == found_engine("x.sqlite") == found_engine("x") == found_engine("sqlite:///x") == "sqlite"
    )
    assert sqlite_path("sqlite:////tmp/x.db") == Path("/tmp/x.db")
    assert sqlite_path("sqlite:///x.db") == Path("x.db")
    with pytest.raises(StoreError, match="mysql://"):
        found_engine("mysql://a/b")
    odd = tmp_path / "odd.db"
    odd.write_text('{"entries": {}}')
    assert found_engine(odd) == "json", "what a file holds counts more than its name"
    assert masked("postgresql://me:secret@h:1/d?password=secret") == "postgresql://me@h:1/d"
