"""`monitor store` from the outside."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

from monitor.model import Entry, FeedState
from monitor.store import Archive
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
