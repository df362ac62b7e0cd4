"""What the program asks of its store, asked of each engine: the answers are the same."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from monitor import review
from monitor.errors import StoreError
from monitor.feeds.identity import entry_key, select
from monitor.model import Action, Decision, Entry, Fact, Feed, FeedState, ParsedEntry, Revision
from monitor.store import Archive
from monitor.store.archive import sortable
from monitor.store.engine import Session
from monitor.store.migrate import migrate
from monitor.store.rowarchive import RowArchive
from monitor.store.sqlite import APPLICATION, SqliteEngine
from monitor.store.tables import RowDB
from monitor.store.transfer import adopt, copy, empty
from tests.builders import ROOT
from tests.store.engines import ENGINES, target

T0 = datetime(2026, 1, 5, 12, tzinfo=UTC)
FACT = Fact("f", "ain-al-asad", "status", date(2026, 1, 5), "shafaq-en", "handed over", status="handed_over")


def entry(n: int, feed: str = "a", **changes: Any) -> Entry:
    made = Entry(f"{feed}-{n}", feed, str(n), None, f"Title {n}", "", "text", "en", T0, T0, T0, str(n))
    return replace(made, **changes)


def decision(action: Action = "confirm", by: str = "layla") -> Callable[[tuple[Decision, ...]], Decision]:
    return lambda journal: review.decide(journal, story="s", claims=("c",), action=action, by=by, at=T0)


@pytest.fixture(params=(*ENGINES, "json"))
def name(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    if request.param == "json":
        yield str(tmp_path / "store.json")
        return
    with target(request.param, tmp_path) as found:
        yield found


@pytest.fixture
def archive(name: str) -> Iterator[Archive]:
    with Archive.open(name) as opened:
        yield opened


@pytest.fixture
def rows(place: str) -> Iterator[RowArchive]:
    with RowArchive.at(place) as opened:
        assert isinstance(opened, RowArchive)
        yield opened


# ---- what the program asks -------------------------------------------------------------------------------------------


def test_an_empty_store(archive: Archive) -> None:
    assert (archive.feed_states(), archive.known("a"), list(archive.entries())) == ({}, {}, [])
    assert (archive.entry("a-1"), archive.count(), archive.journal(), archive.accepted()) == (None, 0, (), ())
    assert (archive.recent(5), archive.search("title"), archive.check()) == ((), (), [])
    assert empty(archive)


def test_a_commit_is_there_after_reopening(archive: Archive, name: str) -> None:
    state = FeedState("a", etag='"1"', health="ok", last_poll=T0, seconds=0.5)
    archive.commit(state, [entry(1), entry(2)])
    archive.commit(FeedState("b"), [entry(1, "b")])
    with Archive.open(name) as again:
        for one in (archive, again):
            assert one.feed_states() == {"a": state, "b": FeedState("b")}
            assert one.known("a") == {"1": entry(1), "2": entry(2)}
            assert {e.id for e in one.entries()} == {"a-1", "a-2", "b-1"}
            assert one.entry("b-1") == entry(1, "b")
            assert one.count() == 3


def test_an_entry_committed_again_replaces_itself_and_keeps_its_history(archive: Archive) -> None:
    archive.commit(FeedState("a"), [entry(1), entry(2)])
    later = T0 + timedelta(hours=1)
    archive.commit(FeedState("a"), [entry(1, title="Other", revised=later, first_seen=later)])
    kept = archive.known("a")
    assert kept["2"] == entry(2)
    assert (kept["1"].title, kept["1"].first_seen) == ("Other", T0)
    assert kept["1"].revisions == (Revision(T0, "Title 1", "", "text"),)


def test_an_iterator_is_not_disturbed_by_a_write(archive: Archive) -> None:
    archive.commit(FeedState("a"), [entry(1), entry(2)])
    entries = archive.entries()
    next(entries)
    archive.commit(FeedState("a"), [entry(n) for n in range(3, 900)])
    assert len(list(entries)) == 1
    assert archive.count() == 899


def test_version_tells_of_every_write_by_anyone(archive: Archive, name: str) -> None:
    with Archive.open(name) as other:
        seen = {archive.version()}
        for n in range(10):
            (archive, other)[n % 2].commit(FeedState("a", etag=str(n)), [entry(1)])
            assert archive.version() == other.version()
            seen.add(archive.version())
            assert archive.feed_states() == other.feed_states() == {"a": FeedState("a", etag=str(n))}
        assert len(seen) == 11
        assert archive.version() == other.version(), "looking changes nothing"


def test_the_newest_page_by_page(archive: Archive) -> None:
    made = [entry(n, published=T0 + timedelta(hours=n // 3)) for n in range(20)]
    made.append(entry(99, published=None, first_seen=T0 + timedelta(days=9), revised=T0 + timedelta(days=9)))
    archive.commit(FeedState("a"), made)
    expected = sorted(made, key=lambda e: (e.when, e.id), reverse=True)
    found: list[Entry] = []
    while page := archive.recent(4, (found[-1].when, found[-1].id) if found else None):
        found.extend(page)
    assert found == expected


def test_the_journal_is_chained_in_one_order(archive: Archive, name: str) -> None:
    with Archive.open(name) as other:
        made = [(archive, other)[n % 2].append(decision(by=f"p{n}")) for n in range(12)]
    assert archive.journal() == tuple(made)
    assert review.verify(archive.journal()) is None
    with pytest.raises(StoreError, match="decision 1 does not follow the journal, whose next is 13"):
        archive.append(lambda journal: made[0])


def test_deciding_may_read_but_a_refusal_leaves_everything(archive: Archive) -> None:
    archive.append(decision())

    def refuse(journal: tuple[Decision, ...]) -> Decision:
        assert archive.journal() == journal
        raise ValueError("no")

    def sneak(journal: tuple[Decision, ...]) -> Decision:
        archive.commit(FeedState("a"), [])
        raise AssertionError("not reached")

    with pytest.raises(ValueError, match="no"):
        archive.accept(FACT, refuse)
    with pytest.raises(StoreError, match="inside another"):
        archive.append(sneak)
    assert (len(archive.journal()), archive.accepted(), archive.feed_states()) == (1, (), {})


def test_accepted_facts_in_order_without_the_undone(archive: Archive) -> None:
    versions = [replace(FACT, version=n, status=f"s{n}") for n in range(1, 12)]
    for fact in versions:
        archive.accept(fact, decision("accept"))
    assert archive.accepted() == tuple(versions)
    archive.append(lambda journal: review.undo(journal, by="layla", at=T0))
    assert archive.accepted() == tuple(versions[:-1])


def test_what_follows_from_a_fact_is_undone_with_it(archive: Archive) -> None:
    first, *others = [replace(FACT, version=n, status=f"s{n}") for n in range(1, 13)]
    archive.accept(replace(FACT, status="before"), decision("accept"))
    archive.accept(first, decision("accept"), others)
    assert archive.accepted()[1:] == (first, *others)
    archive.append(lambda journal: review.undo(journal, by="layla", at=T0))
    assert [fact.status for fact in archive.accepted()] == ["before"]


def test_text_that_is_no_unicode_is_refused_by_name(archive: Archive) -> None:
    archive.commit(FeedState("a"), [entry(1)])
    with pytest.raises(StoreError, match="entries/a-2 cannot be stored"):
        archive.commit(FeedState("a", etag="2"), [entry(2, title="\ud800")])
    assert archive.feed_states() == {"a": FeedState("a")}


def test_threads_lose_nothing(archive: Archive) -> None:
    problems: list[BaseException] = []

    def work(who: str) -> None:
        try:
            for n in range(10):
                archive.commit(FeedState(who), [entry(n, who)])
                archive.append(decision(by=who))
                assert str(n) in archive.known(who)
                archive.search("title")
        except BaseException as error:  # noqa: BLE001 - shown by the assertion below
            problems.append(error)

    threads = [threading.Thread(target=work, args=(who,)) for who in "wxyz"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert problems == []
    assert archive.count() == 40
    assert review.verify(archive.journal()) is None


# ---- retention -------------------------------------------------------------------------------------------------------


def test_expired_entries_stay_known_and_never_come_back(archive: Archive) -> None:
    old, young = T0 - timedelta(days=100), T0 - timedelta(days=10)
    made = [entry(n, published=old, first_seen=old, revised=old, text="long " * 50) for n in range(6)]
    made.append(entry(6, published=old, first_seen=old, revised=young))
    made.append(entry(7, published=young, first_seen=young, revised=young))
    archive.commit(FeedState("a"), made)
    assert len(archive.search("long")) == 6
    assert archive.expire(T0 - timedelta(days=90), lambda e: e.key in "01") == 4
    assert {e.key for e in archive.entries()} == {"0", "1", "6", "7"}
    assert len(archive.search("long")) == 2
    known = archive.known("a")
    assert set(known) == {str(n) for n in range(8)}
    assert (known["2"].fingerprint, known["2"].title, known["2"].when) == ("", "", old)
    archive.commit(FeedState("a"), [made[2]])
    assert archive.entry("a-2") is None, "a poller that had read it before it expired does not bring it back"
    assert archive.expire(T0 - timedelta(days=90), lambda e: e.key in "01") == 0


def test_a_feed_that_repeats_an_expired_entry_in_other_words_gives_nothing_new(archive: Archive) -> None:
    item = ParsedEntry("guid-1", None, "Coalition hands over the base", "", "", T0)
    feed = Feed("a", "http://127.0.0.1/", "A")
    new = select(feed, [item], archive.known("a"), T0).new
    archive.commit(FeedState("a"), new)
    archive.expire(T0 + timedelta(days=1), lambda e: False)
    assert set(archive.known("a")) == {entry_key(item)}
    again = replace(item, title="Coalition hands over the base at last")
    found = select(feed, [item, again], archive.known("a"), T0)
    assert found.new == found.revised == ()


# ---- search ----------------------------------------------------------------------------------------------------------


def test_search_finds_all_words_the_last_as_a_beginning(archive: Archive) -> None:
    archive.commit(FeedState("a"), [entry(1, title="Handover of Ain al-Asad"), entry(2, summary="HANDOVER talks")])
    archive.commit(FeedState("b"), [entry(3, "b", text="قاعدة عين الأسد")])

    def ids(text: str, limit: int = 50) -> list[str]:
        return [found.id for found in archive.search(text, limit)]

    assert ids("handover") == ["a-2", "a-1"]
    assert ids("handover", 1) == ["a-2"]
    assert ids("hand") == ["a-2", "a-1"]
    assert ids("hand talks") == []
    assert ids("asad handover") == ["a-1"]
    assert ids("الأسد") == ["b-3"]
    for hostile in ("", "  ", '"', "'", "a' OR '1", "\\", "*", ":", "handover:*", "NEAR(", "(", "\0", "-", "%", "?"):
        archive.search(hostile)
    archive.commit(FeedState("a"), [entry(1, title="Another thing")])
    assert ids("asad") == [], "a revision replaces the words"
    assert ids("another") == ["a-1"]


def test_the_index_is_made_anew_when_the_folding_changes(name: str) -> None:
    with Archive.open(name) as plain:
        plain.commit(FeedState("a"), [entry(n, title="Éléphant") for n in range(1200)])
        assert len(plain.search("elephant", 5000)) == 0
        assert len(plain.search("éléphant", 5000)) == 1200
    with Archive.open(name, fold=lambda text: text.casefold().replace("é", "e")) as folded:
        assert len(folded.search("ÉLEPHANT", 5000)) == 1200


# ---- leases ----------------------------------------------------------------------------------------------------------


def test_a_feed_has_one_poller_until_it_is_committed(rows: RowArchive, place: str) -> None:
    seen = {name: FeedState(name) for name in "abc"}
    with RowArchive.at(place) as other:
        assert rows.claim(seen, "one") == frozenset("abc")
        assert other.claim(seen, "two") == frozenset()
        polled = FeedState("a", last_poll=T0)
        rows.commit(polled, [])
        assert other.claim(seen, "two") == frozenset(), "polled since it was found due"
        assert other.claim({"a": polled, "b": FeedState("b")}, "two") == frozenset("a")
        assert rows.claim(seen, "one", force=True) == frozenset("abc")


def test_the_feeds_of_a_dead_poller_are_taken_over_when_its_lease_ends(rows: RowArchive) -> None:
    seen = {"a": FeedState("a"), "b": FeedState("b")}
    assert rows.claim({"a": FeedState("a")}, "dead", seconds=-1) == frozenset("a")
    assert rows.claim({"b": FeedState("b")}, "living", seconds=60) == frozenset("b")
    assert rows.claim(seen, "heir") == frozenset("a")
    assert rows.claim(seen, "late") == frozenset()


# ---- form, moves, care -----------------------------------------------------------------------------------------------


def filled(archive: Archive) -> None:
    archive.commit(FeedState("a", etag="1"), [entry(n, text="ü\n\u200f") for n in range(700)])
    archive.append(decision())
    archive.accept(FACT, decision("accept"))
    archive.expire(T0 + timedelta(days=1), lambda e: e.key != "13")


def content(archive: Archive) -> Any:
    entries = {e.id: e for e in archive.entries()}
    return entries, archive.known("a"), archive.feed_states(), archive.journal(), archive.accepted()


@pytest.mark.parametrize("into", [*ENGINES, "json"])
def test_a_store_moves_to_another_engine_whole(archive: Archive, into: str, tmp_path: Path) -> None:
    filled(archive)
    folder = tmp_path / "other"
    folder.mkdir()
    with (
        target("sqlite" if into == "json" else into, folder) as place,
        Archive.open(folder / "store.json" if into == "json" else place) as other,
    ):
        assert copy(archive, other) == 700 + 1 + 2 + 1
        assert content(other) == content(archive)
        assert other.check() == []
        assert other.recent(3) == archive.recent(3)


def test_a_backup_is_a_store(archive: Archive, tmp_path: Path) -> None:
    filled(archive)
    archive.backup(tmp_path / "copy.bak")
    with Archive.open(tmp_path / "copy.bak") as again:
        assert content(again) == content(archive)
    with pytest.raises(StoreError, match="there already"):
        archive.backup(tmp_path / "copy.bak")
    assert not [path for path in tmp_path.iterdir() if ".tmp" in path.name]


def test_a_json_store_becomes_a_sqlite_one(tmp_path: Path) -> None:
    with Archive.open(tmp_path / "store.json") as old:
        filled(old)
        adopt(tmp_path / "store.json", tmp_path / "store.db")
        with Archive.open(tmp_path / "store.db") as new:
            assert content(new) == content(old)
            assert new.engine_name == "sqlite"
    assert sorted(path.name for path in tmp_path.iterdir() if ".tmp" in path.name) == []


def test_stats_and_compact(archive: Archive) -> None:
    filled(archive)
    found = archive.stats()
    assert dict(found.rows) == {"entries": 699, "feeds": 1, "journal": 2, "facts": 1, "tombstones": 1, "config": 0}
    assert found.bytes > 0
    assert (found.oldest, found.newest) == (T0, T0)
    archive.compact()
    assert archive.check() == []


def test_a_newer_form_is_refused(rows: RowArchive, place: str) -> None:
    with rows.db.rows.engine.writing() as session:
        session.run("UPDATE monitor_store SET form = 99")
    with pytest.raises(StoreError, match=r"form 99, this monitor knows forms up to 1\. Update monitor"):
        Archive.open(place)
    # Also by one that has had it open since before.
    with pytest.raises(StoreError, match=r"form 99, this monitor knows forms up to 1\. Update monitor"):
        rows.commit(FeedState("a"), [entry(1)])


def test_a_migration_makes_a_backup_first_and_happens_whole_or_not_at_all(
    rows: RowArchive, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    filled(rows)
    engine = rows.db.rows.engine

    def add(session: Session) -> None:
        session.run("CREATE TABLE monitor_more (n INTEGER)")

    def fail(session: Session) -> None:
        session.run("CREATE TABLE monitor_third (n INTEGER)")
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        migrate(engine, form=3, steps={2: add, 3: fail})
    with engine.reading() as session:
        assert session.run("SELECT form FROM monitor_store") == [(1,)]
    for found in tmp_path.glob("**/*.bak"):
        found.unlink()
    copied = migrate(engine, form=2, steps={2: add, 3: fail})
    assert copied is not None
    folder = tmp_path if isinstance(engine, SqliteEngine) else tmp_path / "monitor"
    assert copied.parent == folder, "beside the file, or in the data directory, wherever the program was called"
    with engine.reading() as session:
        assert session.run("SELECT form FROM monitor_store") == [(2,)]
        assert session.run("SELECT * FROM monitor_more") == []
    with closing(sqlite3.connect(copied)) as before:
        assert before.execute("SELECT form FROM monitor_store").fetchone() == (1,)
        assert before.execute("SELECT count(*) FROM t_entries").fetchone() == (rows.count(),)
    assert migrate(engine, form=2, steps={}) is None


def test_two_that_migrate_at_once_take_each_step_once(
    rows: RowArchive, place: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))  # where the copy of a database on a server goes
    filled(rows)
    other = RowDB(place).rows.engine
    first = rows.db.rows.engine
    taken = []

    def meanwhile(session: Session) -> None:
        taken.append("second")

    # The second found form 1 too, and comes to write when the first is through.
    migrate(first, form=2, steps={2: lambda session: taken.append("first")})
    assert other.form == 1
    Path(tmp_path / "elsewhere").mkdir()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("monitor.store.migrate.backup_path", lambda *_: tmp_path / "elsewhere" / "copy")
        assert migrate(other, form=2, steps={2: meanwhile}) is not None
    assert taken == ["first"]
    with other.writing() as session:
        assert session.run("SELECT form FROM monitor_store") == [(2,)]
    other.close()


def test_a_store_of_the_first_version_is_read_as_it_is(tmp_path: Path) -> None:
    """The SQL of a store that the first version wrote: fewer tables, documents without what came later."""
    path = tmp_path / "store.db"
    with closing(sqlite3.connect(path)) as made:
        made.executescript((ROOT / "tests/data/store/first-version.sql").read_text(encoding="utf-8"))
        # A dump leaves these out.
        made.execute(f"PRAGMA application_id = {APPLICATION}")
        made.execute("PRAGMA journal_mode = WAL")
    with RowArchive.at(path) as old:
        assert old.check() == []
        assert [(one.key, one.evidence) for one in old.known("wire").values()] == [("guid:1", None), ("guid:2", None)]
        assert review.verify(old.journal()) is None
        assert [one.id for one in old.search("tanf")] == ["wire-1"]
        old.commit(FeedState("wire", etag="2"), [entry(3)])
        assert (old.count(), old.feed_states()["wire"].etag) == (3, "2")
        assert old.config() is None


def test_times_sort_as_text() -> None:
    moments = [T0, T0 + timedelta(microseconds=1), T0 + timedelta(seconds=1), T0.replace(year=1969)]
    assert sorted(moments) == sorted(moments, key=sortable)
