"""Notices over real sockets, processes and files: a receiver that fails, hangs and recovers gets each notice once."""

from __future__ import annotations

import asyncio
import json
import sys
import threading
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Self

import pytest

from monitor.model import Notify
from monitor.notify import Notifier
from monitor.notify.channels import arguments
from monitor.notify.outbox import Outbox
from monitor.notify.plan import line_id
from monitor.store.rowarchive import RowArchive
from tests.builders import T0, alert, claim, story
from tests.store.engines import target
from tests.unit.test_notify_plan import board, note, one

OK, BUSY, MOVED = "200 OK", "503 Service Unavailable", "302 Found"


class Receiver:
    """Takes posts on loopback and answers each as it was told to: a status, "hang", or "drop" (taken, no answer)."""

    def __init__(self, answers: Sequence[str]) -> None:
        self.answers, self.asked, self.taken = list(answers), 0, []
        self._hanging = asyncio.Event()

    taken: list[tuple[str, dict[str, Any]]]

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.url = f"http://127.0.0.1:{self._server.sockets[0].getsockname()[1]}/hook"
        return self

    async def __aexit__(self, *_: object) -> None:
        self._hanging.set()
        self._server.close()
        await self._server.wait_closed()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        headers = dict(line.lower().split(": ", 1) for line in head.split("\r\n")[1:] if ": " in line)
        body = json.loads(await reader.readexactly(int(headers["content-length"])))
        answer = self.answers[min(self.asked, len(self.answers) - 1)]
        self.asked += 1
        if answer == "hang":
            await self._hanging.wait()
        elif answer != "drop":
            if answer == OK:
                self.taken.append((headers["idempotency-key"], body))
            writer.write(f"HTTP/1.1 {answer}\r\nContent-Length: 0\r\nLocation: /\r\nConnection: close\r\n\r\n".encode())
        writer.close()


class Clock:
    """A clock that is set."""

    def __init__(self) -> None:
        self.now = T0

    def __call__(self) -> datetime:
        return self.now


def notifier(
    path: Path,
    clock: Clock,
    *lines: Notify,
    ring: Callable[[], None] = lambda: None,
    shared: Outbox | None = None,
) -> Notifier:
    box = Outbox.at(path / "box")
    made = Notifier(box, clock=clock, ring=ring, user_agent="test", background=False, shared=shared)
    made.configure(lines)
    return made


def hook(url: str, **given: Any) -> Notify:
    return Notify("severity>=high", "webhook", url=url, allow_private=True, **given)


async def test_a_receiver_that_fails_and_recovers_gets_each_notice_once(tmp_path: Path) -> None:
    clock = Clock()
    async with Receiver([BUSY, "drop", MOVED, OK]) as receiver:
        telling = notifier(tmp_path, clock, hook(receiver.url))
        telling.consider(board(one()))
        causes = []
        for minutes in (0, 1, 3, 7, 15, 60):
            clock.now = T0 + timedelta(minutes=minutes)
            telling.consider(board(one(), now=clock.now))
            await telling.deliver()
            causes += telling.problems()
    assert len(receiver.taken) == 1
    assert receiver.asked == 4
    key, body = receiver.taken[0]
    assert key == body["id"]
    assert (body["count"], body["stories"][0]["story"]) == (1, "s1")
    assert body["text"].startswith("HIGH updates: handover · completed")
    assert "503" in causes[0]
    assert "1 wait since 2026-01-05 12:00Z" in causes[0]
    assert "redirects; give the address it leads to" in causes[2]
    assert telling.problems() == ()


async def test_a_hanging_receiver_holds_up_neither_the_others_nor_the_poll(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("monitor.notify.webhook._WALL", 0.3)
    clock = Clock()
    async with Receiver(["hang", OK]) as slow, Receiver([OK]) as quick:
        telling = notifier(tmp_path, clock, hook(slow.url), hook(quick.url))
        telling.consider(board(one()))
        await telling.deliver()
        assert (len(slow.taken), len(quick.taken)) == (0, 1)
        assert "no answer within 0.3 s" in telling.problems()[0]
        clock.now += timedelta(minutes=1)
        await telling.deliver()
    assert (len(slow.taken), len(quick.taken)) == (1, 1)


async def test_what_was_not_sent_before_a_crash_is_sent_after_it_once(tmp_path: Path) -> None:
    clock = Clock()
    async with Receiver([OK]) as receiver:
        notifier(tmp_path, clock, hook(receiver.url)).consider(board(one()))
        for _ in range(3):
            after_crash = notifier(tmp_path, clock, hook(receiver.url))
            after_crash.consider(board(one()))
            await after_crash.deliver()
    assert len(receiver.taken) == 1


async def test_two_processes_on_one_outbox_send_each_notice_once(tmp_path: Path) -> None:
    clock = Clock()
    async with Receiver([OK]) as receiver:
        pair = [notifier(tmp_path, clock, hook(receiver.url)) for _ in range(4)]
        stories = [one(f"s{number}") for number in range(4)]
        threads = [threading.Thread(target=each.consider, args=(board(*stories),)) for each in pair]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        await asyncio.gather(*(each.deliver() for each in pair))
    told = [body["stories"][0]["story"] for _, body in receiver.taken]
    assert sorted(told) == ["s0", "s1", "s2", "s3"]


async def test_a_private_address_needs_permission(tmp_path: Path) -> None:
    async with Receiver([OK]) as receiver:
        telling = notifier(tmp_path, Clock(), replace(hook(receiver.url), allow_private=False))
        telling.consider(board(one()))
        await telling.deliver()
    assert receiver.asked == 0
    assert "allow_private: true permits it" in telling.problems()[0]


async def test_a_bell_rings_and_a_command_gets_its_words_without_a_shell(tmp_path: Path) -> None:
    rung: list[int] = []
    out = tmp_path / "out"
    program = f"import sys; open({str(out)!r}, 'a').write(repr(sys.argv[1:]))"
    run = (sys.executable, "-c", program, "{title}", "{severity} $(id) {unknown}")
    hostile = story(alert(claim(), title='--help"; rm -rf / #', verdict="updates"))
    bell, command = Notify("severity>=high", "bell"), Notify("severity>=high", "command", run=run)
    telling = notifier(tmp_path, Clock(), bell, command, ring=lambda: rung.append(1))
    telling.consider(board(hostile))
    await telling.deliver()
    assert rung == [1]
    assert out.read_text() == repr([' --help"; rm -rf / #', "high $(id) {unknown}"])
    assert telling.problems() == ()


async def test_a_command_that_fails_is_shown_with_its_words(tmp_path: Path) -> None:
    run = (sys.executable, "-c", "import sys; sys.exit('no bus')")
    telling = notifier(tmp_path, Clock(), Notify("severity>=high", "command", run=run), Notify("rule=x", "bell"))
    telling.consider(board(one()))
    await telling.deliver()
    assert "ended with 1: no bus" in telling.problems()[0]
    missing = notifier(tmp_path / "b", Clock(), Notify("severity>=high", "command", run=("no-such-program",)))
    missing.consider(board(one()))
    await missing.deliver()
    assert "no-such-program cannot be started" in missing.problems()[0]


async def test_a_command_that_hangs_is_ended_with_what_it_started(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("monitor.notify.channels._PATIENCE", 0.3)
    run = ("sh", "-c", "sleep 600 & echo $! > %s; wait" % (tmp_path / "pid"))
    telling = notifier(tmp_path, Clock(), Notify("severity>=high", "command", run=run))
    telling.consider(board(one()))
    await telling.deliver()
    assert "took longer than 0.3 s" in telling.problems()[0]
    assert not alive(int((tmp_path / "pid").read_text()))


def alive(pid: int) -> bool:
    stat = Path(f"/proc/{pid}/stat")
    return stat.exists() and stat.read_text().split()[2] != "Z"


@pytest.mark.long
@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # apprise loads a hundred modules of its own
async def test_apprise_delivers_to_a_service_on_loopback(tmp_path: Path) -> None:
    class Taking(Receiver):
        async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            head = (await reader.readuntil(b"\r\n\r\n")).decode()
            headers = dict(line.lower().split(": ", 1) for line in head.split("\r\n")[1:] if ": " in line)
            self.taken.append(("", json.loads(await reader.readexactly(int(headers["content-length"])))))
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
            writer.close()

    async with Taking([OK]) as receiver:
        url = receiver.url.replace("http://", "json://")
        telling = notifier(tmp_path, Clock(), Notify("severity>=high", "apprise", url=url))
        telling.consider(board(one()))
        await telling.deliver()
    assert telling.problems() == ()
    assert receiver.taken[0][1]["title"] == "HIGH handover · completed"


async def test_an_outbox_that_cannot_be_written_is_shown_and_raises_nothing(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    telling = notifier(tmp_path / "file", Clock(), Notify("severity>=high", "bell"))
    telling.consider(board(one()))
    await telling.deliver()
    assert "cannot be kept" in telling.problems()[0]


async def test_over_one_store_two_machines_tell_once_and_ring_each(tmp_path: Path) -> None:
    clock, rung = Clock(), []
    async with Receiver([BUSY, OK]) as receiver:
        with target("postgresql", tmp_path) as place, RowArchive.at(place) as one_store, RowArchive.at(place) as other:
            desks = []
            for name, store in (("a", one_store), ("b", other)):
                assert store.common is not None
                lines = hook(receiver.url), Notify("severity>=high", "bell")
                shared = Outbox.at(store.common)
                ring = lambda name=name: rung.append(name)  # noqa: E731
                desks.append(notifier(tmp_path / name, clock, *lines, ring=ring, shared=shared))
            # Both see the story at the same moment, both try to tell of it, the first try fails.
            await asyncio.gather(*(asyncio.to_thread(desk.consider, board(one())) for desk in desks))
            await asyncio.gather(*(desk.deliver() for desk in desks))
            assert (receiver.asked, receiver.taken) == (1, [])
            assert all("503" in desk.problems()[0] for desk in desks), "the trouble is seen on both"
            clock.now += timedelta(minutes=2)
            await asyncio.gather(*(desk.deliver() for desk in desks))
            for desk in desks:
                desk.consider(board(one(), now=clock.now))
                await desk.deliver()
            assert [desk.problems() for desk in desks] == [(), ()]
    assert (receiver.asked, len(receiver.taken)) == (2, 1)
    assert sorted(rung) == ["a", "b"]


async def test_what_a_machine_told_of_before_it_shared_its_store_is_not_told_again(tmp_path: Path) -> None:
    clock = Clock()
    async with Receiver([OK, BUSY, OK]) as receiver:
        alone = notifier(tmp_path, clock, hook(receiver.url))
        alone.consider(board(one()))
        await alone.deliver()
        alone.consider(board(one(), one("s2"), now=clock.now))
        await alone.deliver()
        with target("postgresql", tmp_path) as place, RowArchive.at(place) as store:
            assert store.common is not None
            sharing = notifier(tmp_path, clock, hook(receiver.url), shared=Outbox.at(store.common))
            clock.now += timedelta(minutes=2)
            sharing.consider(board(one(), one("s2"), one("s3"), now=clock.now))
            await sharing.deliver()
    # What waited on the machine has gone out too.
    assert sorted(body["stories"][0]["story"] for _, body in receiver.taken) == ["s1", "s2", "s3"]


@pytest.mark.parametrize("kind", ["file", "store"])
def test_after_three_days_a_message_is_given_up(kind: str, tmp_path: Path) -> None:
    with ExitStack() as stack:
        if kind == "store":
            store = stack.enter_context(RowArchive.at(stack.enter_context(target("postgresql", tmp_path))))
            assert store.common is not None
            given_up(Outbox.at(store.common))
        else:
            given_up(Outbox.at(tmp_path / "box"))


def given_up(outbox: Outbox) -> None:
    line = Notify("severity>=high", "bell")
    name = line_id(line)
    assert (outbox.told(name), outbox.waiting(name), outbox.last(name), outbox.next_due(name)) == ({}, (), None, None)
    assert outbox.put(name, [note(1)], [], {})
    outbox.gather(name, outbox.waiting(name), T0)
    [batch] = outbox.take(name, T0)
    assert outbox.take(name, T0) == []
    assert not outbox.failed(batch, "busy", T0 + timedelta(days=2))
    [batch] = outbox.take(name, T0 + timedelta(days=4))
    assert outbox.failed(batch, "busy", T0 + timedelta(days=4))
    assert outbox.take(name, T0 + timedelta(days=9)) == []
    assert outbox.troubles() == ()


def test_many_stories_fill_one_command_line() -> None:
    assert arguments(["say", "{title}", "-x"], [note(1), note(2)]) == ["say", "2 stories: t", "-x"]
