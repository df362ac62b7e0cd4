"""`monitor store` from the outside."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

from monitor import review
from monitor.model import Entry, FeedState
from monitor.notify.outbox import Outbox
from monitor.notify.plan import Told
from monitor.store import Archive
from monitor.store.archive import TABLES
from tests.integration.world import run, write_config
from tests.store.engines import target

OLD = datetime.now(UTC) - timedelta(days=200)


def entry(n: int, title: str, seen: datetime = OLD) -> Entry:
    return Entry(f"a-{n}", "a", f"guid:{n}", None, title, "", "", "en", seen, seen, seen, str(n))


def fill(place: Path | str) -> None:
    with Archive.open(place) as archive:
        made = [entry(n, f"Clubs agree transfer number {n}") for n in range(5)]
        made.append(entry(5, "Coalition completes handover of Ain al-Asad base to Iraqi army"))
        made.append(entry(6, "Weather stays fine", datetime.now(UTC)))
        archive.commit(FeedState("a"), made)


def test_stats_check_and_backup(tmp_path: Path) -> None:
    fill(tmp_path / "my.db")
    store = ("--store", str(tmp_path / "my.db"), "store")
    stats = run(*store, "stats", cwd=tmp_path)
    assert (stats.returncode, stats.stderr) == (0, "")
    assert "engine      sqlite\n" in stats.stdout
    assert "entries     7\n" in stats.stdout
    assert "sound" in run(*store, "check", cwd=tmp_path).stdout
    copied = run(*store, "backup", cwd=tmp_path)
    with Archive.open(Path(copied.stdout.strip())) as archive:
        assert archive.count() == 7
    raw = bytearray((tmp_path / "my.db").read_bytes())
    raw[8_192:] = b"\xaa" * len(raw[8_192:])
    (tmp_path / "my.db").write_bytes(raw)
    wrong = run(*store, "check", cwd=tmp_path)
    assert wrong.returncode == 2
    assert "is damaged" in wrong.stdout + wrong.stderr
    assert copied.stdout.strip() in wrong.stdout + wrong.stderr


def test_compact_keeps_alerts_and_what_is_young(tmp_path: Path) -> None:
    config = write_config(tmp_path, {"a": "http://127.0.0.1:1/"})
    fill(tmp_path / "my.db")
    options = ("--config", str(config), "--store", str(tmp_path / "my.db"))
    done = run(*options, "store", "compact", cwd=tmp_path)
    assert (done.returncode, done.stdout.split(",")[0]) == (0, "5 entries removed"), done.stderr
    with Archive.open(tmp_path / "my.db") as archive:
        assert {found.id for found in archive.entries()} == {"a-5", "a-6"}
        assert len(archive.known("a")) == 7
    assert run(*options, "--read-only", "store", "compact", cwd=tmp_path).returncode == 2


def test_export_and_import_between_all_engines(tmp_path: Path) -> None:
    fill(tmp_path / "my.db")
    with target("postgresql", tmp_path) as server:
        for source, command, other in (
            ("my.db", "export", "x.json"),
            (server, "import", "x.json"),
            (server, "export", "back.db"),
        ):
            done = run("--store", source, "store", command, other, cwd=tmp_path)
            assert done.returncode == 0, done.stderr
            assert "8 documents copied" in done.stderr
    with Archive.open(tmp_path / "my.db") as one, Archive.open(tmp_path / "back.db") as other:
        assert {e.id: e for e in one.entries()} == {e.id: e for e in other.entries()}
    again = run("--store", "my.db", "store", "export", "x.json", cwd=tmp_path)
    assert (again.returncode, "is not empty" in again.stderr) == (2, True)
    missing = run("--store", "new.db", "store", "import", "nowhere.json", cwd=tmp_path)
    assert (missing.returncode, "There is no store nowhere.json" in missing.stderr) == (2, True)


def test_nothing_alerts_twice_after_a_journey_through_all_engines(tmp_path: Path) -> None:
    """SQLite to JSON to PostgreSQL to SQLite: entries with their history, decisions, facts, what expired, what once
    was an alert, and what was told of."""
    config = write_config(tmp_path, {"a": "http://127.0.0.1:1/"})
    fill(tmp_path / "my.db")
    assert run("--config", str(config), "--store", "my.db", cwd=tmp_path).returncode == 0, "alerts are made"
    with Archive.open(tmp_path / "my.db") as archive:
        archive.commit(FeedState("a", etag="x"), [replace(entry(1, "Clubs agree once more"), fingerprint="other")])
        for text in ("one", "two"):
            archive.append(partial(review.decide, story="s", claims=("c",), action="note", by="me", at=OLD, text=text))
        archive.expire(datetime.now(UTC) - timedelta(days=190), lambda found: found.id != "a-2")
    told = {"line": (Told("story", "new", OLD, 2),)}
    Outbox.at(tmp_path / "my.db.notices").take_over(told)
    wanted = _whole(tmp_path / "my.db")
    assert wanted["once"] == [("a-5", {})]
    assert [len(wanted[name]) for name in ("entries", "journal", "tombstones")] == [6, 2, 1]
    with target("postgresql", tmp_path) as server:
        for source, command, other in (("my.db", "export", "x.json"), (server, "import", "x.json")):
            done = run("--store", source, "store", command, other, cwd=tmp_path)
            assert (done.returncode, "and 1 stories that notices have told of" in done.stderr) == (0, True), done.stderr
            assert _whole(tmp_path / other if command == "export" else server) == wanted
        with Archive.open(server) as archive:
            assert archive.common is not None
            assert Outbox.at(archive.common).everything_told() == told
        assert run("--store", server, "store", "export", "back.db", cwd=tmp_path).returncode == 0
    assert _whole(tmp_path / "back.db") == wanted
    assert Outbox.at(tmp_path / "back.db.notices").everything_told() == told
    with Archive.open(tmp_path / "back.db") as archive:
        assert review.verify(archive.journal()) is None
        assert archive.expire(datetime.now(UTC), lambda found: False) == 5, "a former alert never expires"
        assert archive.entry("a-5") is not None
    with Archive.open(tmp_path / "x.json") as archive:
        assert archive.expire(datetime.now(UTC), lambda found: False) == 5
        assert archive.entry("a-5") is not None


def _whole(place: Path | str) -> dict[str, list[tuple[str, Any]]]:
    """Everything that a store holds, in the order in which it came."""
    with Archive.open(place) as archive:
        return {
            name: [(id, {key: value for key, value in doc.items() if key != "when"}) for id, doc in archive.dump(name)]
            for name in TABLES
        }


def test_a_store_is_looked_for_beside_the_file_that_names_it(tmp_path: Path) -> None:
    (tmp_path / "desk").mkdir()
    config = write_config(tmp_path / "desk", {"a": "http://127.0.0.1:1/"})
    config.write_text(f"store: my.db\n{config.read_text()}")
    fill(tmp_path / "desk" / "my.db")
    (tmp_path / "other").mkdir()
    options = ("--config", str(config), "store", "stats")
    for folder in (tmp_path / "other", tmp_path / "desk"):
        assert f"place       {tmp_path.resolve() / 'desk' / 'my.db'}\n" in run(*options, cwd=folder).stdout
    config.write_text(config.read_text().replace("my.db", str(tmp_path / "other" / "whole.db")))
    assert str(tmp_path.resolve() / "other" / "whole.db") in run(*options, cwd=tmp_path).stdout
    # Who relied on the folder of the command does not begin anew unawares.
    fill(tmp_path / "other" / "old.db")
    config.write_text(config.read_text().replace(str(tmp_path / "other" / "whole.db"), "old.db"))
    lost = run(*options, cwd=tmp_path / "other")
    assert lost.returncode == 2
    assert f"There is a {tmp_path.resolve() / 'other' / 'old.db'}: move it there" in lost.stderr
    assert not (tmp_path / "desk" / "old.db").exists()


def test_a_folder_made_by_init_here_has_a_store_of_its_own(tmp_path: Path) -> None:
    for options in ((), ("--whole",)):
        desk = tmp_path / ("desk" + "".join(options))
        desk.mkdir()
        made = run("init", "--here", *options, cwd=desk)
        assert (made.returncode, f"kept in {desk.resolve() / 'store.db'}" in made.stderr) == (0, True), made.stderr
        stats = run("store", "stats", cwd=desk)
        assert f"place       {desk.resolve() / 'store.db'}\n" in stats.stdout, stats.stderr


def test_the_json_store_of_an_older_monitor_is_taken_over_once(tmp_path: Path) -> None:
    config = write_config(tmp_path, {"a": "http://127.0.0.1:1/"})
    old = tmp_path / "data" / "monitor" / "store.json"
    fill(old)
    first = run("--config", str(config), "store", "stats", cwd=tmp_path)
    assert "8 documents copied" in first.stderr
    assert "entries     7\n" in first.stdout
    second = run("--config", str(config), cwd=tmp_path)
    assert second.stderr == ""
    assert "handover · completed · Ain al-Asad" in second.stdout
    assert old.exists()
