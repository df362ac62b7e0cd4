"""`monitor serve` lets in who knows the key, on its own name, from its own page; the page loads nothing foreign."""

from __future__ import annotations

import asyncio
import re
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from http.cookies import SimpleCookie
from pathlib import Path

import aiohttp
import pytest

from monitor.cli.serve import child
from monitor.cli.serving import Served
from monitor.cli.setup import Options
from monitor.errors import InputError

ECHO = f"{sys.executable} -c \"import sys; sys.stdout.write('__GANGLION__\\n'); sys.stdout.flush(); sys.stdin.read(1)\""


@asynccontextmanager
async def served(command: str = "true") -> AsyncIterator[tuple[str, str]]:
    """The address and the key."""
    server = Served(command, "127.0.0.1", 0, None, "the-key")
    told: asyncio.Queue[str] = asyncio.Queue()
    running = asyncio.create_task(server._run(told.put_nowait))
    address, _, key = (await told.get()).partition("/?key=")
    try:
        yield address, key
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)


@pytest.mark.parametrize(
    ("path", "headers", "status"),
    [
        ("/", {}, 403),
        ("/?key=wrong", {}, 403),
        ("/?key=the-key", {}, 303),
        ("/", {"Cookie": "monitor=the-key"}, 200),
        ("/", {"Cookie": "monitor=other"}, 403),
        ("/static/js/textual.js", {}, 403),
        ("/static/js/textual.js", {"Cookie": "monitor=the-key"}, 200),
        ("/", {"Cookie": "monitor=the-key", "Host": "evil.example"}, 403),
        ("/ws", {"Cookie": "monitor=the-key", "Origin": "https://evil.example"}, 403),
        ("/ws", {"Cookie": "monitor=the-key"}, 403),
    ],
)
async def test_only_who_knows_the_key_is_let_in(path: str, headers: dict[str, str], status: int) -> None:
    async with served() as (address, _), aiohttp.ClientSession() as session:
        answer = await session.get(address + path, headers=headers, allow_redirects=False)
        answer.release()
    assert answer.status == status


async def test_the_key_becomes_a_cookie_that_no_other_site_can_send() -> None:
    async with served() as (address, key), aiohttp.ClientSession() as session:
        async with session.get(f"{address}/?key={key}", allow_redirects=False) as answer:
            [cookie] = SimpleCookie(answer.headers["Set-Cookie"]).values()
            assert (cookie["httponly"], cookie["samesite"], answer.headers["Location"]) == (True, "Strict", "/")
        async with session.get(f"{address}/", headers={"Cookie": "monitor=the-key"}) as answer:
            page, policy = await answer.text(), answer.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert set(re.findall(r"https?://[^/\"]+", page)) == {address}
    assert "unsafe-inline' ; script" not in policy
    assert "<script>" not in page


async def test_a_page_of_our_own_gets_a_process() -> None:
    async with served(ECHO) as (address, key), aiohttp.ClientSession(headers={"Cookie": f"monitor={key}"}) as session:
        url = f"{address.replace('http', 'ws')}/ws?width=80&height=24"
        async with session.ws_connect(url, headers={"Origin": address}) as socket:
            await socket.send_json(["ping", 7])
            assert await socket.receive_json(timeout=20) == ["pong", 7]
            [child_of_ours] = children()
        async with asyncio.timeout(20):
            while child_of_ours in children():  # noqa: ASYNC110 - another process tells no Event
                await asyncio.sleep(0.01)


def children() -> set[str]:
    """The processes that were started from here and run."""
    return set(" ".join(path.read_text() for path in Path("/proc/self/task").glob("*/children")).split())


def test_each_browser_reads_only_unless_told(tmp_path: Path) -> None:
    options = Options("my feeds.yml", "/tmp/it's.db")
    assert child(options, False) == (
        f"{sys.executable} -m monitor --config 'my feeds.yml' --store '/tmp/it'\"'\"'s.db' --read-only"
    )
    assert child(Options(), True) == f"{sys.executable} -m monitor"


def test_a_port_that_is_taken_is_told() -> None:
    first = Served("true", "127.0.0.1", 0, None, "k")
    with pytest.raises(InputError, match=r"Cannot listen on 127\.0\.0\.1, port \d+: .*Choose another with --port"):
        Served("true", "127.0.0.1", first.port, None, "k")
    first._socket.close()
