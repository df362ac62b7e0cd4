"""The JSON store on a real disk: killed writers, full disks, damage, several processes. For all stores: tests/store."""

from __future__ import annotations

import errno
import os
import random
import signal
import stat
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from tinydb import TinyDB, where

import monitor
from monitor import review
from monitor.errors import StoreBusy, StoreError
from monitor.model import Action, Decision, Entry, Fact, FeedState, Revision
from monitor.store import Archive
from monitor.store.storage import AtomicJSONStorage

FULL = os.environ.get("MONITOR_SLOW") == "full"
T0 = datetime(2026, 1, 5, 12, tzinfo=UTC)
posix = pytest.mark.skipif(sys.platform == "win32", reason="POSIX signals, limits and modes")

# What every child process needs: entries by number, and acknowledgements that cannot be torn.
CHILD = """
import os, sys
from datetime import UTC, datetime
from pathlib import Path
from monitor import review
from monitor.model import Entry, FeedState
from monitor.store import Archive
T0 = datetime(2026, 1, 5, 12, tzinfo=UTC)
def entry(feed, n, size=200):
    return Entry(f"{feed}-{n}", feed, str(n), None, f"Title {n}", "", "x" * size, "en", T0, T0, T0, str(n))
def say(word):
    os.write(1, f"{word}\\n".encode())
archive = Archive.open(Path(sys.argv[1]))
"""


def child(script: str, *arguments: object) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", CHILD + script, *map(str, arguments)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": str(Path(monitor.__file__).parents[1])},
    )


def finished(process: subprocess.Popen[str]) -> list[str]:
    out, _ = process.communicate(timeout=120)
    return out.split()


def entry(n: int, feed: str = "a", **changes: Any) -> Entry:
    made = Entry(f"{feed}-{n}", feed, str(n), None, f"Title {n}", "", "text", "en", T0, T0, T0, str(n))
    return replace(made, **changes)


def decision(action: Action = "confirm", by: str = "layla") -> Callable[[tuple[Decision, ...]], Decision]:
    return lambda journal: review.decide(journal, story="s", claims=("c",), action=action, by=by, at=T0)


FACT = Fact("f", "ain-al-asad", "status", date(2026, 1, 5), "shafaq-en", "handed over", status="handed_over")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "data" / "store.json"


@pytest.fixture
def archive(path: Path) -> Archive:
    return Archive.open(path)


# ---- what the program asks -------------------------------------------------------------------------------------------


def test_an_empty_store(archive: Archive, path: Path) -> None:
    assert (archive.feed_states(), archive.known("a"), list(archive.entries())) == ({}, {}, [])
    assert (archive.entry("a-1"), archive.count(), archive.journal(), archive.accepted()) == (None, 0, (), ())
    assert path.parent.is_dir()
    assert not path.exists(), "looking writes nothing"


def test_a_state_alone_can_be_committed(archive: Archive) -> None:
    archive.commit(FeedState("a"), [entry(1)])
    archive.commit(FeedState("a", etag="2"), [])
    assert archive.feed_states()["a"].etag == "2"
    assert archive.count() == 1


def test_a_late_process_does_not_wipe_out_what_another_saw(path: Path) -> None:
    one, other = Archive.open(path), Archive.open(path)
    later, latest = T0 + timedelta(hours=1), T0 + timedelta(hours=2)
    one.commit(FeedState("a"), [entry(1)])
    old = Revision(T0, "Title 1", "", "text")
    one.commit(FeedState("a"), [entry(1, title="B", revised=later, revisions=(old,))])
    other.commit(FeedState("a"), [entry(1, title="C", revised=latest, first_seen=later, revisions=(old,))])
    kept = one.known("a")["1"]
    assert (kept.title, kept.first_seen) == ("C", T0)
    assert kept.revisions == (old, Revision(later, "B", "", "text"))


def test_history_is_bounded_and_its_own_order_stays(archive: Archive) -> None:
    revisions = tuple(Revision(T0 + timedelta(minutes=n), f"t{n}", "", "") for n in range(24))
    archive.commit(FeedState("a"), [entry(1, revisions=revisions)])
    following = entry(
        1, title="new", revisions=(*revisions[1:], Revision(T0 + timedelta(days=1), "Title 1", "", "text"))
    )
    archive.commit(FeedState("a"), [following])
    assert archive.entry("a-1") == following


def test_one_commit_writes_the_file_once(archive: Archive, monkeypatch: pytest.MonkeyPatch) -> None:
    archive.commit(FeedState("a"), [entry(n) for n in range(50)])
    archive.commit(FeedState("a"), [])
    put_in_place: list[object] = []
    real = os.replace

    def counted(source: Path, target: Path) -> None:
        put_in_place.append(target)
        real(source, target)

    monkeypatch.setattr(os, "replace", counted)
    archive.commit(FeedState("a"), [entry(n, title="B") for n in range(30, 60)])
    assert len(put_in_place) == 1
    assert archive.count() == 60


def test_version_tells_of_every_write_by_anyone(path: Path) -> None:
    one, other = Archive.open(path), Archive.open(path)
    seen = {one.version()}
    for n in range(20):
        # The same size each time, as fast as we can: neither size nor the clock tells these apart.
        (one, other)[n % 2].commit(FeedState("a", etag=str(n % 10)), [entry(1)])
        assert one.version() == other.version()
        seen.add(one.version())
        assert one.feed_states() == other.feed_states() == {"a": FeedState("a", etag=str(n % 10))}
    assert len(seen) == 21


def test_a_file_from_the_future_does_not_hide_the_next_write(archive: Archive, path: Path) -> None:
    archive.commit(FeedState("a"), [])
    os.utime(path, (4e9, 4e9))
    before = path.stat().st_mtime_ns
    archive.commit(FeedState("a"), [])
    assert path.stat().st_mtime_ns > before


# ---- journal and facts -----------------------------------------------------------------------------------------------


def test_deciding_may_read_but_a_refusal_leaves_everything(archive: Archive, path: Path) -> None:
    archive.append(decision())
    before = path.read_bytes()

    def refuse(journal: tuple[Decision, ...]) -> Decision:
        assert archive.journal() == journal
        raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        archive.append(refuse)
    with pytest.raises(ValueError, match="no"):
        archive.accept(FACT, refuse)
    assert path.read_bytes() == before
    assert (len(archive.journal()), archive.accepted()) == (1, ())


# ---- killed at any moment --------------------------------------------------------------------------------------------

ENDLESS = """
for n in range(int(sys.argv[2]), 10**9):
    archive.commit(FeedState("a", etag=str(n)), [entry("a", 2 * n, 20_000), entry("a", 2 * n + 1, 20_000)])
    say(n)
"""


@posix
@pytest.mark.slow
def test_what_was_acknowledged_survives_sigkill(path: Path) -> None:
    chance = random.Random(7)
    done = -1
    for _ in range(200 if FULL else 10):
        writer = child(ENDLESS, path, done + 1)
        assert writer.stdout is not None
        for _ in range(chance.randrange(1, 4)):
            done = int(writer.stdout.readline())
        for _ in range(chance.randrange(200_000)):
            pass  # somewhere in the next write: no fixed point, and no waiting for the clock
        writer.send_signal(signal.SIGKILL)
        done = max([done, *map(int, finished(writer))])
        assert writer.returncode == -signal.SIGKILL
        with Archive.open(path) as archive:
            last = int(archive.feed_states()["a"].etag or -1)
            assert last in (done, done + 1), "the one being written may be there whole"
            assert set(archive.known("a")) == {str(n) for n in range(2 * last + 2)}
            done = last


KILLED_AT = """
import signal
archive.commit(FeedState("a", etag="1"), [entry("a", 1)])
archive = Archive.open(Path(sys.argv[1]))
calls = 0
def deadly(name):
    real = getattr(os, name)
    def call(*args, **kwargs):
        global calls
        calls += 1
        if calls == int(sys.argv[2]) and sys.argv[3] == "before":
            os.kill(os.getpid(), signal.SIGKILL)
        real(*args, **kwargs)
        if calls == int(sys.argv[2]):
            os.kill(os.getpid(), signal.SIGKILL)
    setattr(os, name, call)
for name in ("fsync", "replace"):
    deadly(name)
archive.commit(FeedState("a", etag="2"), [entry("a", 2)])
say(calls)
"""


@posix
@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("step", range(1, 7))
def test_killed_at_each_step_of_a_write(path: Path, step: int, when: str) -> None:
    # Steps: sync, replace, sync of the folder; first for the .bak, then for the file.
    killed = child(KILLED_AT, path, step, when)
    finished(killed)
    assert killed.returncode == -signal.SIGKILL
    with Archive.open(path) as archive:
        replaced = step == 6 or (step, when) == (5, "after")
        assert archive.feed_states()["a"].etag == ("2" if replaced else "1")
        assert set(archive.known("a")) == ({"1", "2"} if replaced else {"1"})
        archive.commit(FeedState("a", etag="3"), [entry(3)])
    assert Archive.open(path).feed_states()["a"].etag == "3"
    assert not path.with_name("store.json.tmp").exists()


@posix
def test_a_write_has_the_steps_we_kill_at(path: Path) -> None:
    assert finished(child(KILLED_AT, path, 99, "before")) == ["6"]


# ---- several at once -------------------------------------------------------------------------------------------------

MANY = """
who = sys.argv[2]
say("ready")
sys.stdin.readline()
for n in range(int(sys.argv[3])):
    archive.commit(FeedState(who, etag=str(n)), [entry(who, n), entry("shared", n), entry("shared", f"{who}{n}")])
    archive.append(lambda journal: review.decide(journal, story="s", claims=(who,), action="confirm", by=who, at=T0))
"""


def test_two_processes_lose_nothing(path: Path) -> None:
    times = 100 if FULL else 20
    writers = [child(MANY, path, who, times) for who in "xy"]
    for writer in writers:
        assert writer.stdout is not None
        assert writer.stdout.readline() == "ready\n"
    for writer in writers:
        assert writer.stdin is not None
        writer.stdin.write("go\n")
        writer.stdin.flush()
    for writer in writers:
        finished(writer)
        assert writer.returncode == 0
    with Archive.open(path) as archive:
        for who in "xy":
            assert set(archive.known(who)) == {str(n) for n in range(times)}
            assert archive.feed_states()[who].etag == str(times - 1)
        assert len(archive.known("shared")) == 3 * times
        journal = archive.journal()
    assert review.verify(journal) is None
    assert sorted(d.by for d in journal) == ["x"] * times + ["y"] * times


def test_busy_after_ten_seconds_of_waiting(path: Path) -> None:
    now = [0.0]
    holder = AtomicJSONStorage(path)
    waiter = AtomicJSONStorage(path, clock=lambda: now[0], sleep=lambda s: now.__setitem__(0, now[0] + s))
    with holder.transaction(), pytest.raises(StoreBusy) as caught, waiter.transaction():
        pass
    assert 10 <= now[0] < 10.1
    assert str(path.resolve()) in str(caught.value)
    with waiter.transaction():
        waiter.write({"t": {"1": {}}})
    assert holder.read() == {"t": {"1": {}}}


def test_waiting_ends_as_soon_as_the_other_is_done(path: Path) -> None:
    holder = AtomicJSONStorage(path)
    held = holder.transaction()
    pauses: list[float] = []

    def pause(seconds: float) -> None:
        pauses.append(seconds)
        if len(pauses) == 3:
            holder.write({"t": {"1": {"n": 1}}})
            held.__exit__(None, None, None)

    waiter = AtomicJSONStorage(path, clock=lambda: 0.0, sleep=pause)
    held.__enter__()
    with waiter.transaction():
        assert waiter.read() == {"t": {"1": {"n": 1}}}, "read again under the lock"
    assert len(pauses) == 3


# ---- TinyDB's own way in ---------------------------------------------------------------------------------------------


def test_tinydb_works_on_the_storage(path: Path) -> None:
    with TinyDB(path, storage=AtomicJSONStorage) as db:
        db.insert({"n": 1})
        db.table("other").insert_multiple([{"n": 2}, {"n": 3}])
        assert db.table("other").search(where("n") > 2) == [{"n": 3}]
    with TinyDB(path, storage=AtomicJSONStorage) as db:
        assert db.all() == [{"n": 1}]


def test_outside_a_transaction_another_ones_write_is_not_overwritten(path: Path) -> None:
    one, other = AtomicJSONStorage(path), AtomicJSONStorage(path)
    assert one.read() is None
    other.write({"t": {"1": {}}})
    with pytest.raises(StoreBusy, match="Try again"):
        one.write({"t": {"2": {}}})
    assert one.read() == {"t": {"1": {}}}


def test_an_exception_leaves_file_and_memory_as_they_were(path: Path) -> None:
    db = TinyDB(path, storage=AtomicJSONStorage)
    storage = db.storage
    assert isinstance(storage, AtomicJSONStorage)
    db.insert({"n": 1})
    before = path.read_bytes()

    def interrupted() -> None:
        with storage.transaction():
            db.update({"n": 2})
            db.insert({"n": 3})
            assert len(db) == 2
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert db.all() == [{"n": 1}]
    assert path.read_bytes() == before


# ---- damage, full disks, rights --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b'{"entries": {"a-1": {"id"', "line 1, column"),
        (b'{\n "entries": nonsense}', "line 2, column"),
        (b"", "it is empty"),
        (b"\xff\xfe\x00", "line 1, column"),
        (b"[]", "not a JSON object"),
        (b'{"entries": []}', "table 'entries' does not hold documents"),
        (b'{"entries": {"a-1": 5}}', "table 'entries' does not hold documents"),
    ],
)
def test_a_damaged_file_says_where_and_the_way_back(path: Path, content: bytes, told: str) -> None:
    archive = Archive.open(path)
    archive.commit(FeedState("a"), [entry(1)])
    path.write_bytes(content)
    for attempt in (lambda: Archive.open(path), archive.count, lambda: archive.commit(FeedState("a"), [])):
        with pytest.raises(StoreError) as caught:
            attempt()
        assert str(path) in str(caught.value)
        assert told in str(caught.value)
        assert "There is no older copy" in str(caught.value)
    assert path.read_bytes() == content, "a damaged file is evidence"


def test_the_copy_from_before_brings_a_damaged_store_back(path: Path) -> None:
    Archive.open(path).commit(FeedState("a"), [entry(1)])
    second = Archive.open(path)
    second.commit(FeedState("a"), [entry(2)])
    second.commit(FeedState("a"), [entry(3)])
    path.write_bytes(b"{")
    backup = path.with_name("store.json.bak")
    with pytest.raises(StoreError) as caught:
        second.commit(FeedState("a"), [entry(4)])
    assert str(backup) in str(caught.value)
    path.write_bytes(backup.read_bytes())
    assert set(second.known("a")) == {"1"}, "as it was before the process that first wrote"
    second.commit(FeedState("a"), [entry(5)])
    assert set(Archive.open(path).known("a")) == {"1", "5"}


def test_a_broken_document_is_named(path: Path) -> None:
    archive = Archive.open(path)
    archive.commit(FeedState("a"), [entry(1)])
    path.write_bytes(path.read_bytes().replace(b'"Title 1"', b"17"))
    with pytest.raises(StoreError, match=r"entries/a-1 of .*store\.json.*title: expected text, found 17"):
        archive.count()
    assert archive.feed_states() == {"a": FeedState("a")}, "the other tables can still be read"


def test_keys_of_a_newer_monitor_stay(path: Path) -> None:
    archive = Archive.open(path)
    archive.commit(FeedState("a"), [entry(1)])
    path.write_bytes(path.read_bytes().replace(b'"title":', b'"mood":"grim","title":'))
    archive.commit(FeedState("a"), [entry(1, title="B")])
    assert archive.known("a") == {"1": entry(1, title="B", revisions=(Revision(T0, "Title 1", "", "text"),))}
    assert b'"mood":"grim"' in path.read_bytes()


@pytest.mark.parametrize("version", [b"2", b'"x"', b"null"])
def test_a_form_we_do_not_know_is_refused(path: Path, version: bytes) -> None:
    archive = Archive.open(path)
    archive.commit(FeedState("a"), [])
    changed = path.read_bytes().replace(b'{"version":1}', b'{"version":' + version + b"}")
    path.write_bytes(changed)
    with pytest.raises(StoreError, match="Update monitor"):
        Archive.open(path)
    with pytest.raises(StoreError, match="Update monitor"):
        archive.commit(FeedState("a"), [])
    assert path.read_bytes() == changed


def test_text_that_is_no_unicode_is_refused_by_name(archive: Archive) -> None:
    archive.commit(FeedState("a"), [entry(1)])
    with pytest.raises(StoreError, match="entries/a-2 cannot be stored"):
        archive.commit(FeedState("a", etag="2"), [entry(2, title="\ud800")])
    assert archive.feed_states() == {"a": FeedState("a")}


@pytest.mark.parametrize(
    ("code", "remedy"),
    [
        (errno.ENOSPC, "free some space"),
        (errno.EFBIG, "free some space"),
        (errno.EACCES, "Give yourself the right"),
        (errno.EROFS, "Give yourself the right"),
        (errno.EIO, "Check the path"),
    ],
)
@pytest.mark.parametrize("call", ["fsync", "replace", "utime"])
def test_a_failed_write_leaves_everything(
    archive: Archive, path: Path, monkeypatch: pytest.MonkeyPatch, call: str, code: int, remedy: str
) -> None:
    archive.commit(FeedState("a"), [entry(1)])
    archive.commit(FeedState("a"), [])
    before = path.read_bytes()

    def fail(*_: object, **__: object) -> None:
        raise OSError(code, os.strerror(code))

    with monkeypatch.context() as patched:
        patched.setattr(os, call, fail)
        with pytest.raises(StoreError) as caught:
            archive.commit(FeedState("a", etag="2"), [entry(2)])
    assert str(path) in str(caught.value)
    assert remedy in str(caught.value)
    assert path.read_bytes() == before
    assert not path.with_name("store.json.tmp").exists()
    assert set(archive.known("a")) == {"1"}
    archive.commit(FeedState("a", etag="2"), [entry(2)])
    assert set(Archive.open(path).known("a")) == {"1", "2"}


FULL_DISK = """
import resource
from monitor.errors import StoreError
archive.commit(FeedState("a", etag="1"), [entry("a", 1, 50_000)])
archive.commit(FeedState("a", etag="1"), [])
resource.setrlimit(resource.RLIMIT_FSIZE, (80_000, resource.RLIM_INFINITY))
try:
    archive.commit(FeedState("a", etag="2"), [entry("a", 2, 50_000)])
except StoreError as error:
    say("room" if "There is no room" in str(error) else "other")
say(",".join(archive.known("a")))
archive.commit(FeedState("a", etag="3"), [entry("a", 3, 5_000)])
"""


@posix
def test_a_full_disk(path: Path) -> None:
    writer = child(FULL_DISK, path)
    assert finished(writer) == ["room", "1"]
    assert writer.returncode == 0
    assert set(Archive.open(path).known("a")) == {"1", "3"}
    assert not path.with_name("store.json.tmp").exists()


def test_a_folder_that_cannot_be_made(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreError, match="cannot create the folder"):
        Archive.open(tmp_path / "file" / "store.json")


def test_a_folder_in_the_place_of_the_file(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="cannot read the store"):
        Archive.open(tmp_path)


@posix
def test_nobody_else_can_read_it(archive: Archive, path: Path) -> None:
    archive.commit(FeedState("a"), [])
    path.chmod(0o644)
    archive.commit(FeedState("a"), [])
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    for file in path.parent.iterdir():
        assert stat.S_IMODE(file.stat().st_mode) == 0o600, file


@posix
def test_a_link_to_the_store_stays_a_link(path: Path, tmp_path: Path) -> None:
    Archive.open(path).commit(FeedState("a"), [])
    link = tmp_path / "link.json"
    link.symlink_to(path)
    Archive.open(link).commit(FeedState("a", etag="2"), [])
    assert link.is_symlink()
    assert Archive.open(path).feed_states()["a"].etag == "2"
