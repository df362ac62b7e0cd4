"""What runs on: `poll --loop` and `follow` under signals, changed configurations, a full disk and a lost network."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from monitor.store.archive import Archive
from tests.faults import FaultServer
from tests.integration.world import DATA, ROOT, Served, environment, run, write_config

RSS = (DATA / "rss20.xml").read_bytes()
WORDS = "rules:\n  - {id: words, keywords: [handover]}\n"


def until(holds: Callable[[], object], seconds: float = 20.0, what: str = "it") -> None:
    """Waits for something another process does."""
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end, f"{what} did not happen within {seconds} s"
        time.sleep(0.02)


class Running:
    """A command in a process of its own, its output in files."""

    def __init__(self, folder: Path, *args: str) -> None:
        self.out, self.err = folder / "out.txt", folder / "err.txt"
        with self.out.open("w") as out, self.err.open("w") as err:
            command = args if args[0] == sys.executable else (sys.executable, "-m", "monitor", *args)
            env = {**environment(folder), "PYTHONUNBUFFERED": "1"}
            self.process = subprocess.Popen(command, cwd=folder, env=env, stdout=out, stderr=err)

    def said(self, words: str) -> bool:
        return words in self.out.read_text() or words in self.err.read_text()

    def wait_for(self, words: str) -> None:
        until(lambda: self.said(words) or self.process.poll() is not None, what=f"{words!r}")
        assert self.said(words), self.err.read_text()

    def stop(self, number: signal.Signals = signal.SIGTERM) -> int:
        self.process.send_signal(number)
        return self.process.wait(20)


@contextmanager
def running(folder: Path, *args: str) -> Iterator[Running]:
    started = Running(folder, *args)
    try:
        yield started
    finally:
        if started.process.poll() is None:
            started.process.kill()
            started.process.wait(20)


def healthy(server: FaultServer) -> None:
    server.route("/rss", server.feed(RSS, etag='"r1"'))
    server.route("/more", server.feed(RSS.replace(b"wire-", b"more-"), etag='"m1"'))


@pytest.mark.long
def test_the_loop_follows_its_configuration_and_ends_cleanly(tmp_path: Path) -> None:
    with Served(healthy) as served:
        feeds = {"wire": served.server.url("/rss")}
        config = write_config(tmp_path, feeds, extra=WORDS)
        log = tmp_path / "monitor.log"
        with running(tmp_path, "--config", str(config), "poll", "--loop", "--log", str(log)) as loop:
            loop.wait_for("1 feed polled")
            write_config(tmp_path, {**feeds, "more": served.server.url("/more")}, extra=WORDS)
            loop.wait_for("read again: 2 feeds")
            until(lambda: loop.out.read_text().count("1 feed polled") == 2, what="the new feed")
            config.write_text(config.read_text() + "feds: []\n")
            loop.wait_for('did you mean "feeds"?. The configuration from before goes on.')
            loop.process.send_signal(signal.SIGHUP)
            until(lambda: loop.err.read_text().count("goes on") == 2, what="the reading that SIGHUP asks for")
            assert loop.stop() == 0
        assert loop.err.read_text().endswith("stopped\n")
    lines = log.read_text().splitlines()
    assert all(re.match(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ (INFO|WARNING) ", line) for line in lines)
    assert lines[-1].endswith("stopped")


@pytest.mark.long
def test_a_mended_address_is_polled_at_once(tmp_path: Path) -> None:
    with Served(healthy) as served:
        config = write_config(tmp_path, {"wire": served.server.url("/wrong")}, extra=WORDS)
        with running(tmp_path, "--config", str(config), "poll", "--loop") as loop:
            loop.wait_for("1 failed")
            write_config(tmp_path, {"wire": served.server.url("/rss")}, extra=WORDS)
            loop.wait_for("3 new entries")
            assert loop.stop(signal.SIGINT) == 0


@pytest.mark.long
def test_a_stream_prints_each_alert_once(tmp_path: Path) -> None:
    config = write_config(tmp_path, {}, extra="shipped_rules: true\n")
    before = ("--config", str(config))
    run(*before, "add", "-", "--date", "2026-01-17", cwd=tmp_path, stdin="Coalition completes handover of Ain al-Asad")
    with running(tmp_path, *before, "follow", "--no-poll", "--jsonl", "--since", "1h") as stream:
        stream.wait_for("completes handover")
        new = "US troops withdraw from al-Tanf garrison"
        run(*before, "add", "-", "--date", "2026-01-18", cwd=tmp_path, stdin=new)
        stream.wait_for("al-Tanf")
        assert stream.stop() == 0
    lines = [json.loads(line) for line in stream.out.read_text().splitlines()]
    assert [(line["event"], line["title"]) for line in lines] == [
        ("new", "Coalition completes handover of Ain al-Asad"),
        ("new", new),
    ]
    assert all(len(line["story"]) == 16 for line in lines)


@pytest.mark.long
def test_a_stream_polls_and_keeps_standard_output_for_data(tmp_path: Path) -> None:
    with Served(healthy) as served:
        config = write_config(tmp_path, {"wire": served.server.url("/rss")}, extra=WORDS)
        with running(tmp_path, "--config", str(config), "follow", "--lane", "all") as stream:
            stream.wait_for("Coalition completes handover")
            assert stream.stop() == 0
    rows = [line.split("\t") for line in stream.out.read_text().splitlines()]
    assert {row[0] for row in rows} == {"new"}
    assert all(len(row) == 9 for row in rows)


# ---- a day under a supervisor ----------------------------------------------------------------------------------------

FASTER = 4_000.0  # a day in 22 seconds


class Outlets:
    """Three feeds on loopback that publish an entry an hour each; the network to them can be lost."""

    def __init__(self) -> None:
        self.published: dict[str, list[str]] = {"a": [], "b": [], "c": []}
        self.lost = False

    def routes(self, server: FaultServer) -> None:
        for name in self.published:
            server.route(f"/{name}", self._feed(server, name))

    def _feed(self, server: FaultServer, name: str) -> Callable[..., object]:
        reset = server.reset()

        async def handle(request: object, writer: object) -> None:
            if self.lost:
                await reset(request, writer)  # type: ignore[arg-type]
                return
            items = "".join(
                f"<item><guid>{key}</guid><title>Handover {key}</title><link>https://{name}.example/{key}</link></item>"
                for key in self.published[name][-40:]
            )
            body = f"<rss version='2.0'><channel><title>{name}</title>{items}</channel></rss>".encode()
            await server.feed(body)(request, writer)  # type: ignore[arg-type]

        return handle  # type: ignore[return-value]


@pytest.mark.long
def test_a_day_under_a_supervisor_loses_nothing(tmp_path: Path) -> None:
    outlets = Outlets()
    log, store = tmp_path / "day.log", tmp_path / "store.db"
    with Served(outlets.routes) as served:
        feeds = "".join(
            f"  - {{id: {name}, url: '{served.server.url('/' + name)}', allow_private: true, interval: 15m}}\n"
            for name in outlets.published
        )
        config = tmp_path / "feeds.yml"
        config.write_text(f"feeds:\n{feeds}{WORDS}")
        began = time.time()
        command = (sys.executable, str(ROOT / "tests" / "integration" / "day.py"), str(config), str(store), str(log))

        def start() -> Running:
            return Running(tmp_path, *command, str(began), str(FASTER))

        def stored() -> set[str]:
            with Archive.open(store) as archive:
                return {entry.key.removeprefix("guid:") for entry in archive.entries()}

        def hour() -> float:
            return (time.time() - began) * FASTER / 3600

        codes, errors = [], ""
        loop = start()
        plan: list[tuple[float, str | signal.Signals]] = [
            (5, signal.SIGTERM),
            (8, signal.SIGUSR1),  # the disk is full
            (10, signal.SIGUSR2),  # there is room
            (12, "lose the network"),
            (15, "find it again"),
            (17, signal.SIGKILL),
            (20, "edit"),
        ]
        while hour() < 24:
            for name, keys in outlets.published.items():
                keys += [f"{name}-{number}" for number in range(len(keys), int(hour()))]
            if plan and hour() >= plan[0][0]:
                _, act = plan.pop(0)
                if act is signal.SIGUSR2:
                    assert {"a-0", "a-8"} & stored() == {"a-0"}  # what came at nine could not be written
                if isinstance(act, signal.Signals):
                    loop.process.send_signal(act)
                elif act == "edit":
                    config.write_text(config.read_text().replace("[handover]", "[handover, troops]"))
                else:
                    outlets.lost = act == "lose the network"
            if loop.process.poll() is not None:
                codes.append(loop.process.returncode)
                errors += loop.err.read_text()
                loop = start()
            time.sleep(0.05)
        wanted = {key for keys in outlets.published.values() for key in keys}

        until(lambda: stored() >= wanted, 30, "the last entries")
        assert loop.stop() == 0
        errors += loop.err.read_text()
    with Archive.open(store) as archive:
        found = [entry.key for entry in archive.entries()]
        assert archive.check() == []
    assert len(found) == len(set(found)) == len(wanted)
    assert codes == [0, -signal.SIGKILL]
    assert "Traceback" not in errors
    assert "read again: 3 feeds, 1 rules" in errors
    assert not children_of(os.getpid()) & {"day.py"}
    logs = sorted(tmp_path.glob("day.log*"))
    assert 2 <= len(logs) <= 4
    lines = [line for path in logs for line in path.read_text().splitlines()]
    assert all(re.match(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ (INFO|WARNING) ", line) for line in lines)


def children_of(pid: int) -> set[str]:
    """The programs that processes started by this one still run."""
    found = set()
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            parent = int(path.read_text().rsplit(")", 1)[1].split()[1])
            if parent == pid:
                found.add(Path((path.parent / "cmdline").read_text().split("\0")[1]).name)
        except (OSError, IndexError):
            continue
    return found
