"""`monitor evidence` and `monitor audit`: from a document on a socket to a bundle that proves it, and the chain."""

from __future__ import annotations

import hashlib
import json
import sqlite3
import zipfile
from contextlib import closing
from pathlib import Path

import pytest

from monitor.store.archive import Archive
from tests.faults import FaultServer
from tests.integration.world import DATA, Served, run, write_config

RSS = (DATA / "rss20.xml").read_bytes()


def served(server: FaultServer) -> None:
    server.route("/rss", server.feed(RSS, etag='"r1"'))


@pytest.mark.long
def test_a_bundle_holds_the_item_as_it_was_published_and_proves_it(tmp_path: Path) -> None:
    with Served(served) as source:
        url = source.server.url("/rss?token=s3cret&page=1")
        source.server.route("/rss?token=s3cret&page=1", source.server.feed(RSS, etag='"r1"'))
        config = str(write_config(tmp_path, {"wire": url}))
        assert run("--config", config, "poll", cwd=tmp_path).returncode == 0

    story = json.loads(run("--config", config, "stories", "--json", cwd=tmp_path).stdout)[0]["id"]
    assert run("--config", config, "note", story, "seen", cwd=tmp_path).returncode == 0
    bundle = tmp_path / "b.zip"
    made = run("--config", config, "evidence", story, "--to", str(bundle), cwd=tmp_path)
    assert made.returncode == 0, made.stderr
    with zipfile.ZipFile(bundle) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    for row in files["SHA256SUMS"].decode().splitlines():
        digest, _, name = row.partition("  ")
        assert hashlib.sha256(files[name]).hexdigest() == digest
    manifest = json.loads(files["manifest.json"])
    (report,) = manifest["reports"]
    item = files[report["item"]]
    told = json.loads(files[report["report"]])["evidence"]
    assert hashlib.sha256(item).hexdigest() == told["item_sha256"]
    assert told["document_sha256"] == hashlib.sha256(RSS).hexdigest()
    assert told["etag"] == '"r1"'
    assert json.loads(item)["title"] in RSS.decode()
    assert "s3cret" not in b"".join(files.values()).decode("utf-8", "replace")
    assert "page=1" in told["document_url"]
    assert manifest["journal_sound"] is True

    head = run("--config", config, "audit", "verify", cwd=tmp_path).stdout
    assert manifest["journal_head"] in head
    again = run("--config", config, "evidence", story, "--to", str(bundle), cwd=tmp_path)
    assert again.returncode == 2
    assert "is there already" in again.stderr
    folder = run("--config", config, "evidence", story, "--to", str(tmp_path / "f"), cwd=tmp_path)
    assert folder.returncode == 0
    assert (tmp_path / "f" / "SHA256SUMS").is_file()


@pytest.mark.long
def test_a_changed_journal_is_found_and_the_line_named(tmp_path: Path) -> None:
    store = tmp_path / "s.db"

    def monitor(*words: str, code: int = 0) -> str:
        done = run("--store", str(store), *words, cwd=tmp_path)
        assert done.returncode == code, done.stderr
        return done.stdout + done.stderr

    assert "sound: 0 decisions, head none" in monitor("audit", "verify")
    monitor("audit", "show", code=1)
    for number in (1, 2):
        monitor("baseline", "add", "coalition@erbil", "count", str(number), "--reason", f"briefing {number}")
    head = monitor("audit", "verify").strip().rpartition(" ")[2]
    assert "sound" in monitor("audit", "verify", "--head", head[:12])
    assert "are gone" in monitor("audit", "verify", "--head", "beef", code=2)
    shown = monitor("audit", "show")
    assert "because briefing 1; set coalition at Erbil, count: 1 personnel (as of " in shown
    assert "{" not in shown
    assert json.loads(monitor("audit", "show", "--json").splitlines()[0])["action"] == "add_fact"
    with closing(sqlite3.connect(store)) as rows, rows:
        (table,) = [
            n for (n,) in rows.execute("SELECT name FROM sqlite_master WHERE type='table'") if _journal(rows, n)
        ]
        rows.execute(f"UPDATE {table} SET doc = replace(doc, 'briefing 1', 'briefing 9')")
    rows.close()
    broken = monitor("audit", "verify", code=2)
    assert "broken at line 1, by" in broken


def _journal(rows: sqlite3.Connection, table: str) -> bool:
    columns = {row[1] for row in rows.execute(f"PRAGMA table_info({table})")}
    return (
        "doc" in columns
        and rows.execute(
            f"SELECT count(*) FROM {table} WHERE doc LIKE '%briefing 1%' AND doc LIKE '%add_fact%'"
        ).fetchone()[0]
        > 0
    )


@pytest.mark.long
def test_what_is_kept_can_be_read_again_by_a_store_of_any_kind(tmp_path: Path) -> None:
    with Served(served) as source:
        config = str(write_config(tmp_path, {"wire": source.server.url("/rss")}))
        for name in ("s.db", "s.json"):
            assert run("--config", config, "--store", str(tmp_path / name), "poll", cwd=tmp_path).returncode == 0
    kept = []
    for name in ("s.db", "s.json"):
        with Archive.open(tmp_path / name) as archive:
            kept.append({entry.key: entry.evidence and entry.evidence.raw_sha256 for entry in archive.entries()})
    assert kept[0] == kept[1]
    assert all(kept[0].values())
