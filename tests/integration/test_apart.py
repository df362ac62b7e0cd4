"""Child processes that read for us: what hangs or dies costs its own call, and nothing is left behind."""

from __future__ import annotations

import asyncio
import os
import selectors
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from monitor.alerting import understood
from monitor.apart import Apart, Stopped
from monitor.feeds.identity import select
from monitor.model import Config, Feed, NotAFeed, ParsedFeed
from monitor.nursery import FORKS, Nursery
from monitor.reader import Reader
from tests.faults import RSS
from tests.integration.world import DATA, ROOT

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


@pytest.fixture(params=[True, False], ids=["forked", "started"])
def apart(request: pytest.FixtureRequest) -> Iterator[Apart]:
    nursery = Nursery("tests.apart_jobs", ("hello",), forks=request.param)
    # A child that is forked has so much of its own time, and three times as much by the clock.
    made = Apart(nursery, ordinary=1, limit=0.5 if request.param else 4)
    yield made
    made.close()


def alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


async def test_one_child_does_many_calls(apart: Apart) -> None:
    answers = await asyncio.gather(*(apart.call("who", number) for number in range(50)))
    assert [number for number, _, _ in answers] == list(range(50))
    assert {pid for _, pid, _ in answers} == set(apart.pids())
    assert {word for _, _, word in answers} == {"hello"}
    assert os.getpid() not in apart.pids()


async def test_a_large_answer_and_a_large_question_pass(apart: Apart) -> None:
    assert len(await apart.call("large", 5_000_000)) == 5_000_000
    with pytest.raises(Stopped, match="broke off: TypeError"):
        await apart.call("large", "x" * 5_000_000)


async def test_what_hangs_is_killed_and_keeps_nobody_waiting(apart: Apart) -> None:
    (_, first, _) = await apart.call("who", 1)
    hanging = asyncio.create_task(apart.call("hang"))
    await asyncio.sleep(0)
    (_, second, _) = await apart.call("who", 2)
    assert not hanging.done()
    assert first != second
    with pytest.raises(Stopped, match=r"^took longer than (0\.5|4) s$"):
        await hanging
    assert not alive(first)
    assert apart.pids() == (second,)


async def test_what_dies_costs_its_own_call(apart: Apart) -> None:
    for job, cause in (("die", "ended the process that read it"), ("raise", "broke off: KeyError")):
        with pytest.raises(Stopped, match=cause):
            await apart.call(job)
        assert (await apart.call("who", 3))[0] == 3


async def test_no_document_takes_the_whole_memory(apart: Apart) -> None:
    with pytest.raises(Stopped, match="broke off: MemoryError"):
        await apart.call("large", 3 << 30)
    assert (await apart.call("who", 3))[0] == 3


async def test_a_call_has_time_of_its_own_however_busy_the_machine_is() -> None:
    nursery = Nursery("tests.apart_jobs", ("hello",))
    apart = Apart(nursery, ordinary=1, limit=0.3)
    try:
        if nursery.forks:
            # It waits longer than its limit, and works less.
            assert await apart.call("wait", 0.5) == 0.5
        with pytest.raises(Stopped, match=r"^took longer than 0\.3 s$"):
            await apart.call("spin")
        assert (await apart.call("who", 3))[0] == 3
    finally:
        apart.close()


@pytest.mark.skipif(not FORKS, reason="no fork here")
async def test_children_come_from_one_process_which_is_begun_again_when_it_is_gone() -> None:
    nursery = Nursery("tests.apart_jobs", ("hello",))
    one, other = Apart(nursery, ordinary=1, limit=5), Apart(nursery, ordinary=1, limit=5, niceness=3)
    try:
        parents = [await apart.call("parent") for apart in (one, other)]
        assert parents[0][0] == parents[1][0]
        assert parents[1][1] == parents[0][1] + 3
        pids = (*one.pids(), *other.pids())
        os.kill(parents[0][0], signal.SIGKILL)
        with pytest.raises(Stopped):
            await one.call("die")
        assert (await one.call("parent"))[0] != parents[0][0]
    finally:
        one.close()
        other.close()
    assert not any(alive(pid) for pid in one.pids())
    assert one.pids() == other.pids() == ()
    assert len(set(pids)) == 2


@pytest.mark.skipif(not FORKS, reason="children are interpreters of their own")
def test_a_process_that_was_killed_a_moment_ago_is_begun_again(monkeypatch: pytest.MonkeyPatch) -> None:
    nursery = Nursery("tests.apart_jobs", ("hello",))
    try:
        first = nursery.born(0, 5)
        process = first.process
        assert process is not None
        os.kill(process.pid, signal.SIGKILL)
        os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT)
        monkeypatch.setattr(process, "poll", lambda: None)  # the system has not told us yet
        second = nursery.born(0, 5)
        assert second.process is not process
        assert alive(second.pid)
        os.kill(first.pid, signal.SIGKILL)
        first.bury()
        second.bury()
    finally:
        nursery.close()


@pytest.mark.skipif(not hasattr(os, "pidfd_open"), reason="no way to wait for a process that is not our child")
def test_nothing_outlives_a_monitor_that_is_killed() -> None:
    code = (
        "import asyncio, os; from monitor.apart import Apart; from monitor.nursery import Nursery\n"
        "apart = Apart(Nursery('tests.apart_jobs', ('hello',)), ordinary=1)\n"
        "async def work():\n"
        "    print((await apart.call('parent'))[0], *apart.pids(), flush=True)\n"
        "    await apart.call('hang')\n"
        "asyncio.run(work())"
    )
    with subprocess.Popen([sys.executable, "-c", code], cwd=ROOT, stdout=subprocess.PIPE, text=True) as killed:
        assert killed.stdout is not None
        files = [os.pidfd_open(int(pid)) for pid in killed.stdout.readline().split()]
        assert len(files) == 2
        killed.kill()
    try:
        for file in files:
            with selectors.DefaultSelector() as selector:
                selector.register(file, selectors.EVENT_READ)
                assert selector.select(20), "a process is still there"
    finally:
        for file in files:
            os.close(file)


async def test_only_our_own_types_come_back(apart: Apart) -> None:
    assert (await apart.call("own")).title == "a"
    with pytest.raises(Stopped, match="cannot be trusted"):
        await apart.call("foreign")
    assert (await apart.call("who", 4))[0] == 4


async def test_secrets_stay_here(apart: Apart, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SHAFAQ_TOKEN", "s")
    assert await apart.call("secrets") == []


async def test_a_cancelled_call_leaves_no_process(apart: Apart) -> None:
    (_, pid, _) = await apart.call("who", 1)
    task = asyncio.create_task(apart.call("hang"))
    waiting = asyncio.create_task(apart.call("who", 2))
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert (await waiting)[0] == 2
    assert not alive(pid)


def test_it_outlives_its_loop_and_ends_when_closed() -> None:
    apart = Apart(Nursery("tests.apart_jobs", ("hello",)), ordinary=1)
    pids = {asyncio.run(apart.call("who", 1))[1], asyncio.run(apart.call("who", 2))[1]}
    assert len(pids) == 1
    apart.close()
    assert not any(alive(pid) for pid in pids)
    with pytest.raises(Stopped, match="closing"):
        asyncio.run(apart.call("who", 3))


async def test_a_child_that_cannot_start_says_why() -> None:
    apart = Apart(Nursery("tests.apart_jobs", ("refuse",)), ordinary=1)
    with pytest.raises(Stopped, match="could not be begun: ValueError: not today"):
        await apart.call("who", 1)
    apart.close()


@pytest.mark.skipif(sys.platform != "linux", reason="the clock alone tells")
async def test_a_call_is_slow_by_its_own_work_and_not_by_that_of_the_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    moment = time.monotonic()
    apart = Apart(Nursery("tests.apart_jobs", ("hello",)), ordinary=1, limit=60)
    try:
        await apart.call("who", 1)
        monkeypatch.setattr("monitor.apart._SLOW", 0.05)
        monkeypatch.setattr("monitor.apart._IDLE_SHARE", 1.0)
        monkeypatch.setattr("monitor.apart._IDLE", 1e9)
        waiting = asyncio.create_task(apart.call("wait", 0.3))
        await asyncio.sleep(0)
        assert (await apart.call("who", 2))[0] == 2
        await waiting
        assert len(apart.pids()) == 1
        spinning = asyncio.create_task(apart.call("spin"))
        await asyncio.sleep(0)
        assert (await apart.call("who", 2))[0] == 2  # another child does it, since that one works and works
        assert len(apart.pids()) == 2
        spinning.cancel()
        await asyncio.gather(spinning, return_exceptions=True)
    finally:
        apart.close()
    assert time.monotonic() - moment < 60


# ---- the reader ------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def config() -> Config:
    from monitor.cli.setup import load_file

    return load_file(ROOT / "feeds.yml")[0]


async def test_reading_elsewhere_gives_what_reading_here_gives(config: Config) -> None:
    from monitor.cli.setup import load_file
    from monitor.feeds.parse import parse

    ruleset = load_file(ROOT / "feeds.yml")[1]
    feed = Feed("f", "https://wire.example/?token=s", "Wire", "en", headers=(("Authorization", "s"),))
    body = (DATA / "rss20.xml").read_bytes()
    reader = Reader(config, ordinary=1)
    try:
        parsed = await reader.parse(body, url=feed.url, content_type="text/xml", tz=None, now=NOW)
        assert parsed == parse(body, url=feed.url, content_type="text/xml", tz=None, now=NOW)
        assert isinstance(parsed, ParsedFeed)
        new = select(feed, parsed.entries, {}, NOW).new
        alerts = await reader.read(new, feed)
        assert alerts == [understood(entry, feed, ruleset) for entry in new]
        assert any(alerts)
    finally:
        reader.close()


async def test_what_is_new_in_a_document_is_read_as_it_is_parsed(config: Config) -> None:
    from monitor.feeds.parse import parse

    feed = Feed("f", "https://wire.example/", "Wire", "en")
    given = {"url": feed.url, "content_type": "text/xml", "tz": None, "now": NOW}
    body = (DATA / "rss20.xml").read_bytes()
    plain = parse(body, **given)  # type: ignore[arg-type]
    assert isinstance(plain, ParsedFeed)
    new = select(feed, plain.entries, {}, NOW).new
    reader = Reader(config, ordinary=1)
    try:
        expected = await reader.read(new, feed)
        assert expected is not None
        assert any(expected)
        with pytest.raises(KeyError):
            reader.read_ahead(new[0])
        known = {new[0].fingerprint}
        parsed = await reader.parse(body, **given, feed=feed, known=known)  # type: ignore[arg-type]
        assert isinstance(parsed, ParsedFeed)
        # What is stored of the items is the same, whoever packs them.
        assert select(feed, parsed.entries, {}, NOW).new == new
        assert [reader.read_ahead(entry) for entry in new[1:]] == expected[1:]
        with pytest.raises(KeyError):
            reader.read_ahead(new[0])
        # Another date is another reading, and what was asked for is not kept.
        moved = [replace(new[1], published=NOW), *new[1:]]
        alerts = await reader.read([new[0], *moved], feed)
        assert alerts is not None
        assert alerts[:1] == expected[:1]
        assert alerts[2:] == expected[1:]
        assert [alert and alert.entry for alert in alerts][1] in (None, moved[0])
        with pytest.raises(KeyError):
            reader.read_ahead(new[1])
    finally:
        reader.close()


async def test_one_entry_that_ends_its_reader_does_not_spoil_its_document(config: Config) -> None:
    feed = Feed("f", "https://wire.example/", "Wire", "xx\ud800")  # a language that no lexicon can be asked for
    broken = replace(config, rules=(), lists=())
    reader = Reader(broken, ordinary=1)
    try:
        body = (DATA / "rss20.xml").read_bytes()
        parsed = await reader.parse(body, url=feed.url, content_type="text/xml", tz="No/Where", now=NOW, feed=feed)
        assert isinstance(parsed, ParsedFeed)
        assert parsed.entries
    finally:
        reader.close()


async def test_a_document_that_takes_too_long_is_a_failure_with_its_cause(config: Config) -> None:
    reader = Reader(config, ordinary=1, limit=0.2)
    try:
        small = await reader.parse(RSS, url="https://a.example/", content_type="text/xml", tz=None, now=NOW)
        assert isinstance(small, ParsedFeed)
        item = b"<item><title>" + b"&lt;b&gt;x" * 5_000 + b"</title></item>"
        body = b"<rss version='2.0'><channel>" + item * 2_000 + b"</channel></rss>"
        slow = await reader.parse(body, url="https://a.example/", content_type="text/xml", tz=None, now=NOW)
        assert slow == NotAFeed("failing", "parsing took longer than 0.2 s")
        # The others, and a document given its due time, go on as before.
        again = await reader.parse(
            RSS, url="https://a.example/", content_type="text/xml", tz=None, now=NOW + timedelta(1)
        )
        assert isinstance(again, ParsedFeed)
    finally:
        reader.close()
