"""`monitor feeds` from the outside."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from monitor.feeds import opml
from monitor.store.archive import Archive
from tests.faults import RSS, FaultServer
from tests.integration.world import Served, run, write_config

HTML = (
    b"<!doctype html><html><head><link rel='alternate' type='application/rss+xml' href='/missing'>"
    b"<link rel='alternate' type='application/rss+xml' href='/rss'></head></html>"
)


def routes(server: FaultServer) -> None:
    server.route("/", server.send("200 OK", HTML, ("Content-Type", "text/html")))
    server.route("/rss", server.feed(RSS, ("Cache-Control", "max-age=7200"), etag='"1"'))
    server.route("/old", server.redirect("/rss", "301 Moved Permanently"))
    server.route("/login", server.login())
    server.route("/gone", server.send("410 Gone"))
    server.route("/empty", server.send("200 OK", b"<html></html>"))


def store(folder: Path) -> Archive:
    return Archive.open(folder / "data" / "monitor" / "store.db")


def test_check(tmp_path: Path) -> None:
    with Served(routes) as served:
        url = served.server.url
        good = run("feeds", "check", url("/old"), "--allow-private", cwd=tmp_path)
        login = run("feeds", "check", url("/login"), "--allow-private", cwd=tmp_path)
        private = run("feeds", "check", url("/rss").replace("http://", "http://layla:pw@"), cwd=tmp_path)
    assert good.returncode == 0, good.stderr
    assert "title     Test\nentries   1\n" in good.stdout
    assert "unchanged the server says so (ETag)" in good.stdout
    assert "not to be asked again for 2 h" in good.stdout
    assert f"leads for good to {url('/rss')}" in good.stdout
    assert login.returncode == 2
    assert login.stdout.strip().endswith("not a feed: HTML login page")
    assert private.returncode == 2
    assert "refused: 127.0.0.1 is a private address" in private.stdout
    assert "pw" not in private.stdout
    assert not (tmp_path / "data").exists()


@pytest.mark.long
def test_a_feed_is_found_on_its_site_added_polled_paused_and_removed(tmp_path: Path) -> None:
    with Served(routes) as served:
        config = write_config(tmp_path, {"first": served.server.url("/old")})
        start = config.read_text(encoding="utf-8")
        added = run("feeds", "add", served.server.url("/"), "--allow-private", "--lang", "en", cwd=tmp_path)
        assert added.returncode == 0, added.stderr
        assert added.stdout == f"added 127-0-0-1  {served.server.url('/rss')}\n"
        text = config.read_text(encoding="utf-8")
        lines = "    name: Test\n    lang: en\n    allow_private: true\n"
        assert f'  - id: "127-0-0-1"\n    url: {served.server.url("/rss")}\n{lines}' in text
        again = run("feeds", "add", served.server.url("/rss"), "--allow-private", cwd=tmp_path)
        assert again.returncode == 2
        assert "is there already, as 127-0-0-1" in again.stderr
        with Served(lambda server: server.route("/", server.send("200 OK", b"<html></html>"))) as empty:
            none = run("feeds", "add", empty.server.url("/"), "--allow-private", cwd=tmp_path)
        assert none.returncode == 2
        assert "no feed was found" in none.stderr
        run("poll", cwd=tmp_path)
    listed = run("feeds", "list", cwd=tmp_path).stdout
    assert "127-0-0-1  ok" in listed
    assert "every 2 h: the server asks for that" in listed
    assert run("feeds", "pause", "127-0-0-1", cwd=tmp_path).returncode == 0
    assert "127-0-0-1  paused" in run("feeds", "list", cwd=tmp_path).stdout
    assert run("feeds", "resume", "127-0-0-1", cwd=tmp_path).returncode == 0
    assert "127-0-0-1  unpolled" in run("feeds", "list", cwd=tmp_path).stdout
    assert run("feeds", "remove", "127-0-0-1", cwd=tmp_path).returncode == 0
    assert config.read_text(encoding="utf-8") == start
    with store(tmp_path) as archive:
        assert "127-0-0-1" in archive.feed_states()


@pytest.mark.long
def test_gone_twice_is_muted_told_and_resumed(tmp_path: Path) -> None:
    with Served(routes) as served, Served(routes, "127.0.0.2") as other:
        write_config(tmp_path, {"gone": served.server.url("/gone"), "well": other.server.url("/rss")})
        run("poll", "--all", cwd=tmp_path)
        second = run("poll", "--all", cwd=tmp_path)
        assert "gone is gone for good and is not polled any more; `monitor feeds resume gone`" in second.stderr
        sick = run("feeds", "list", "--sick", cwd=tmp_path).stdout
        assert "gone  muted: 410 gone for good" in sick
        assert "well" not in sick
        assert run("poll", cwd=tmp_path).stdout.startswith("no feed is due")
        assert run("feeds", "resume", "gone", cwd=tmp_path).returncode == 0
        assert run("poll", cwd=tmp_path).stdout.startswith("1 feed polled")
        assert run("feeds", "resume", "nobody", cwd=tmp_path).returncode == 2


@pytest.mark.long
def test_a_move_is_adopted_and_announced(tmp_path: Path) -> None:
    from datetime import timedelta

    with Served(routes) as served:
        write_config(tmp_path, {"mover": served.server.url("/old")})
        assert "moved" not in run("poll", cwd=tmp_path).stderr
        run("poll", "--all", cwd=tmp_path)
        with store(tmp_path) as archive:
            state = archive.feed_states()["mover"]
            assert state.moved_since is not None
            archive.commit(replace(state, moved_since=state.moved_since - timedelta(hours=73)), ())
        told = run("poll", "--all", cwd=tmp_path)
        assert f"mover has moved for good and is polled at {served.server.url('/rss')} from now on" in told.stderr
        before = len(served.server.requests)
        assert "moved" not in run("poll", "--all", cwd=tmp_path).stderr
        assert [request.target for request in served.server.requests[before:]] == ["/rss"]
    assert "moved for good to" in run("feeds", "list", cwd=tmp_path).stdout


@pytest.mark.long
def test_lists_of_other_readers(tmp_path: Path) -> None:
    config = write_config(tmp_path, {"first": "https://first.example/rss?token=abc", "plain": "https://plain.example/"})
    outlines = [opml.Outline(f"N {n}", f"https://www.news{n % 2}.example/{n}") for n in range(40)]
    (tmp_path / "in.opml").write_text(opml.write(outlines), encoding="utf-8")
    done = run("feeds", "import", "in.opml", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[2] == "added news0-example-2  https://www.news0.example/2"
    assert run("feeds", "import", "in.opml", cwd=tmp_path).returncode == 1
    exported = run("feeds", "export", cwd=tmp_path)
    assert "first is left out: its address holds a secret" in exported.stderr
    urls = [outline.url for outline in opml.read(exported.stdout.encode(), "out")]
    assert urls == ["https://plain.example/", *(outline.url for outline in outlines)]
    assert run("config", "check", cwd=tmp_path).returncode == 0
    (tmp_path / "bad.opml").write_text('<!DOCTYPE x [<!ENTITY a "b">]><opml/>', encoding="utf-8")
    refused = run("feeds", "import", "bad.opml", cwd=tmp_path)
    assert refused.returncode == 2
    assert "declares a document type" in refused.stderr
    assert config.read_text(encoding="utf-8").count("- id: news") == 40


def test_the_shipped_file_is_not_changed(tmp_path: Path) -> None:
    done = run("feeds", "pause", "shafaq-en", cwd=tmp_path)
    assert done.returncode == 2
    assert "`monitor init` writes one of your own" in done.stderr
    assert run("--read-only", "feeds", "remove", "shafaq-en", cwd=tmp_path).returncode == 2


@pytest.mark.long
def test_a_shipped_feed_is_switched_off_by_an_entry_of_ones_own(tmp_path: Path) -> None:
    config = tmp_path / "feeds.yml"
    config.write_text("shipped_feeds: true\nfeeds: []\nrules:\n  - {id: words, keywords: [handover]}\n")
    before = ("--config", str(config))
    assert "shafaq-en  unpolled" in run(*before, "feeds", "list", cwd=tmp_path).stdout
    assert (
        "`monitor feeds pause shafaq-en` switches it off"
        in run(*before, "feeds", "remove", "shafaq-en", cwd=tmp_path).stderr
    )
    assert run(*before, "feeds", "pause", "shafaq-en", cwd=tmp_path).returncode == 0
    assert "id: shafaq-en" in config.read_text()
    assert "shafaq-en  paused" in run(*before, "feeds", "list", cwd=tmp_path).stdout
