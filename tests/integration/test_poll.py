"""`monitor poll` from the outside: real documents over real sockets into a real store."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from email.utils import formatdate
from pathlib import Path

import pytest

from monitor.store.archive import Archive
from tests.faults import FaultServer
from tests.integration.world import DATA, Served, environment, run, started, write_config

ATOM = (DATA / "atom.xml").read_bytes()
RSS = (DATA / "rss20.xml").read_bytes()


def healthy(server: FaultServer) -> None:
    server.route("/rss", server.feed(RSS, etag='"r1"'))
    server.route("/atom", server.feed(ATOM, etag='"a1"'))


def test_stores_entries_and_flags_the_right_ones(tmp_path: Path) -> None:
    with Served(healthy) as served, Served(healthy, "127.0.0.2") as other:
        urls = {"wire": served.server.url("/rss"), "ar": other.server.url("/atom")}
        config = write_config(tmp_path, urls)
        done = started("--config", str(config), "poll", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "2 feeds polled" in done.stdout
    assert "5 new entries" in done.stdout
    assert "2 alerts, 2 flagged as changes" in done.stdout
    board = started("--config", str(config), cwd=tmp_path)
    assert board.returncode == 0
    assert "handover · completed · Ain al-Asad" in board.stdout
    assert "UPDATES" in board.stdout
    assert "trophy" not in board.stdout
    assert "Al-Tanf" in board.stdout


def test_a_second_poll_gets_304s_and_stores_no_entry(tmp_path: Path) -> None:
    with Served(healthy) as served:
        config = write_config(tmp_path, {"wire": served.server.url("/rss")})
        assert run("--config", str(config), "poll", cwd=tmp_path).returncode == 0
        with Archive.open(tmp_path / "data" / "monitor" / "store.db") as archive:
            before = list(archive.entries())
        again = run("--config", str(config), "poll", "--all", cwd=tmp_path)
        asked = [request.headers.get("if-none-match") for request in served.server.requests]
        with Archive.open(tmp_path / "data" / "monitor" / "store.db") as archive:
            after = list(archive.entries())
    assert asked == [None, '"r1"']
    assert again.returncode == 1
    assert "1 unchanged" in again.stdout
    assert "0 new entries" in again.stdout
    assert before == after
    assert len(after) == 3


@pytest.mark.long
def test_a_feed_that_is_not_due_is_left_alone(tmp_path: Path) -> None:
    with Served(healthy) as served:
        config = write_config(tmp_path, {"wire": served.server.url("/rss")})
        run("--config", str(config), "poll", cwd=tmp_path)
        again = run("--config", str(config), "poll", cwd=tmp_path)
        assert len(served.server.requests) == 1
    assert "no feed is due" in again.stdout


def test_sick_feeds_leave_the_others_alone_and_are_named_with_their_cause(tmp_path: Path) -> None:
    def routes(server: FaultServer) -> None:
        healthy(server)
        server.route("/hang", server.reset())
        server.route("/login", server.login())
        server.route("/broken", server.broken_xml())
        server.route("/gone", server.refuse("503 Service Unavailable", "120"))

    hosts = [f"127.0.1.{n}" for n in range(1, 6)]
    served = [Served(routes, host) for host in hosts]
    try:
        for one in served:
            one.__enter__()
        paths = ("rss", "hang", "login", "broken", "gone")
        urls = {path: one.server.url(f"/{path}") for path, one in zip(paths, served, strict=True)}
        config = write_config(tmp_path, urls)
        done = run("--config", str(config), "poll", cwd=tmp_path)
    finally:
        for one in served:
            one.__exit__(None, None, None)
    assert done.returncode == 0, done.stderr
    assert "3 new entries" in done.stdout
    assert "4 failed" in done.stdout
    causes = dict(line.split(": ", 1) for line in done.stderr.strip().splitlines())
    assert "login" in causes["login"]
    assert "503" in causes["gone"]
    assert causes["broken"]
    assert "closed" in causes["hang"] or "reset" in causes["hang"]


def test_every_feed_failing_is_an_error(tmp_path: Path) -> None:
    def routes(server: FaultServer) -> None:
        server.route("/login", server.login())

    with Served(routes) as served:
        config = write_config(tmp_path, {"login": served.server.url("/login")})
        done = started("--config", str(config), "poll", cwd=tmp_path)
    assert done.returncode == 2
    assert "not a feed" in done.stderr


def test_killed_in_a_poll_keeps_what_was_reported_as_stored(tmp_path: Path) -> None:
    """One feed answers, another hangs: the process is killed while it waits, after it said that the first is stored."""

    def routes(server: FaultServer) -> None:
        healthy(server)
        server.route("/hang", server.hang())

    with Served(routes) as served, Served(routes, "127.0.0.2") as slow:
        urls = {"wire": served.server.url("/rss"), "slow": slow.server.url("/hang")}
        config = write_config(tmp_path, urls)
        process = subprocess.Popen(
            [sys.executable, "-m", "monitor", "--config", str(config), "poll", "--verbose"],
            cwd=tmp_path,
            env=environment(tmp_path),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
        )
        assert process.stderr is not None
        line = process.stderr.readline()
        assert line.startswith("wire: 3 new")
        os.kill(process.pid, signal.SIGKILL)
        process.wait(20)
        process.stderr.close()
    with Archive.open(tmp_path / "data" / "monitor" / "store.db") as archive:
        assert {entry.url for entry in archive.entries()} == {f"https://wire.example/{n}" for n in (1, 2, 3)}
        assert archive.feed_states()["wire"].etag == '"r1"'


def test_the_loop_stops_cleanly_on_sigterm(tmp_path: Path) -> None:
    with Served(healthy) as served:
        config = write_config(tmp_path, {"wire": served.server.url("/rss")})
        process = subprocess.Popen(
            [sys.executable, "-m", "monitor", "--config", str(config), "poll", "--loop"],
            cwd=tmp_path,
            env={**environment(tmp_path), "PYTHONUNBUFFERED": "1"},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        assert process.stdout is not None
        assert "3 new entries" in process.stdout.readline()
        process.send_signal(signal.SIGTERM)
        _, talk = process.communicate(timeout=20)
    assert process.returncode == 0
    assert talk.strip().endswith("stopped")


def test_an_edited_title_is_a_revision_and_rules_run_again(tmp_path: Path) -> None:
    versions = [RSS, RSS.replace(b"completes handover", b"postpones handover")]

    def routes(server: FaultServer) -> None:
        async def changing(request: object, writer: object) -> None:
            body = versions[min(len(server.requests) - 1, 1)]
            await server.feed(body)(request, writer)  # type: ignore[arg-type]

        server.route("/rss", changing)  # type: ignore[arg-type]

    with Served(routes) as served:
        config = write_config(tmp_path, {"wire": served.server.url("/rss")})
        run("--config", str(config), "poll", cwd=tmp_path)
        again = run("--config", str(config), "poll", "--all", cwd=tmp_path)
    assert "1 revised" in again.stdout
    with Archive.open(tmp_path / "data" / "monitor" / "store.db") as archive:
        entry = next(entry for entry in archive.entries() if entry.url == "https://wire.example/1")
    assert entry.title.startswith("Coalition postpones")
    assert [revision.title.split()[1] for revision in entry.revisions] == ["completes"]
    board = run("--config", str(config), cwd=tmp_path)
    assert "handover · postponed · Ain al-Asad" in board.stdout


def test_read_after_a_poll_speaks_the_same_names(tmp_path: Path) -> None:
    line = json.dumps({"id": "x", "date": "2026-01-17", "title": "Coalition completes handover of Ain al-Asad"})
    done = run("read", cwd=tmp_path, stdin=line + "\n")
    record = json.loads(done.stdout)
    assert record["verdict"] == "updates"
    assert record["claims"][0]["facility"] == "ain-al-asad"


@pytest.mark.long
def test_a_notice_goes_out_once_and_a_failing_channel_is_named(tmp_path: Path) -> None:
    told = tmp_path / "told"
    program = f"import sys; open({str(told)!r}, 'a').write(sys.argv[1] + '\\n')"
    line = {"when": "rule=words", "channel": "command", "run": [sys.executable, "-c", program, "{title}"]}
    notify = f"notify:\n  - {json.dumps(line)}\n"
    notify += "  - {when: rule=words, channel: command, run: [no-such-program]}\n"
    body = RSS.replace(b"Sat, 17 Jan 2026 11:02:00 +0300", formatdate().encode())

    def routes(server: FaultServer) -> None:
        server.route("/rss", server.feed(body))

    with Served(routes) as served:
        rules = "rules:\n  - {id: words, keywords: [airbase, convoy]}\n" + notify
        config = write_config(tmp_path, {"wire": served.server.url("/rss")}, extra=rules)
        done = run("--config", str(config), "poll", cwd=tmp_path)
        run("--config", str(config), "poll", "--all", cwd=tmp_path)
    assert done.returncode == 0
    assert told.read_text() == "Coalition completes handover of Ain al-Asad to Iraqi army\n"
    assert "notices by command (rule=words) fail: no-such-program cannot be started" in done.stderr


def test_a_poll_tells_a_script_in_json(tmp_path: Path) -> None:
    with Served(healthy) as served:
        config = write_config(tmp_path, {"wire": served.server.url("/rss")})
        report = json.loads(run("--config", str(config), "poll", "--json", cwd=tmp_path).stdout)
    assert (report["polled"], report["new"], report["failed"]) == (1, 3, [])
