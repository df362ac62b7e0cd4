"""The demonstration's outlets over real sockets of loopback, with a clock that the test turns."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Mapping
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest

from monitor import config as configuration
from monitor.cli.demo import demonstration
from monitor.demo.scenario import load, published
from monitor.demo.server import Clock, DemoServer, feeds_yml, story_clock
from monitor.errors import InputError
from monitor.store.archive import Archive
from monitor.yamlfile import load_data

SCENARIO = load()
FIRST = SCENARIO.entries[0].at


class Hand:
    """A clock's hand: story time, or the seconds of a monotonic clock, as the test sets it."""

    def __init__(self, moment: datetime = SCENARIO.end, seconds: float = 1000.0) -> None:
        self.moment = moment
        self.seconds = seconds

    def now(self) -> datetime:
        return self.moment

    def real(self) -> float:
        return self.seconds


async def get(url: str, headers: Mapping[str, str] | None = None, method: str = "GET") -> httpx.Response:
    async with httpx.AsyncClient(trust_env=False) as client:
        return await client.request(method, url, headers=headers)


async def say(base: str, words: bytes) -> bytes:
    """Send raw bytes, and all that comes back until the server hangs up."""
    address = urlsplit(base)
    reader, writer = await asyncio.open_connection(address.hostname, address.port)
    writer.write(words)
    answer = await reader.read()
    writer.close()
    await writer.wait_closed()
    return answer


# ---- the clock -------------------------------------------------------------------------------------------------------


def test_story_time_runs_as_fast_as_it_is_told() -> None:
    hand = Hand(seconds=50.0)
    clock = Clock(SCENARIO.start, 3600.0, hand.real)
    assert clock.now() == SCENARIO.start
    hand.seconds += 2.5
    assert clock.now() == SCENARIO.start + timedelta(hours=2, minutes=30)


def test_the_whole_story_takes_a_hundred_seconds_and_then_stands_still() -> None:
    hand = Hand()
    clock = story_clock(SCENARIO, hand.real)
    hand.seconds += 50
    assert clock.now() == datetime(2026, 1, 16, tzinfo=UTC)
    hand.seconds += 50
    assert clock.now() == SCENARIO.end
    hand.seconds += 5000
    assert clock.now() == SCENARIO.end


@pytest.mark.parametrize("speed", [0.0, -1.0, float("nan")])
def test_time_that_does_not_move_on_is_refused(speed: float) -> None:
    with pytest.raises(InputError, match="above zero"):
        Clock(SCENARIO.start, speed, Hand().real)
    with pytest.raises(InputError, match="above zero"):
        story_clock(SCENARIO, Hand().real, speed)


# ---- the outlets -----------------------------------------------------------------------------------------------------


async def test_every_feed_has_an_address_on_loopback_of_its_own() -> None:
    async with DemoServer(SCENARIO, Hand().now) as server:
        places = [urlsplit(base).netloc for base in server.base.values()]
        hosts = [str(urlsplit(base).hostname) for base in server.base.values()]
    assert list(server.base) == []
    assert len(set(places)) == len(SCENARIO.feeds)
    assert all(host.startswith("127.") for host in hosts)


async def test_where_only_one_address_exists_the_feeds_differ_by_port() -> None:
    # 240.0.0.0/4 is reserved: no machine has such an address, so that listening on it fails at once.
    async with DemoServer(SCENARIO, Hand().now, own_address="240.0.0.{}") as server:
        addresses = [urlsplit(base) for base in server.base.values()]
        answer = await get(server.base["tigris-wire"] + "/feed.xml")
    assert {address.hostname for address in addresses} == {"127.0.0.1"}
    assert len({address.port for address in addresses}) == len(SCENARIO.feeds)
    assert answer.status_code == 200


async def test_a_feed_grows_with_story_time_and_its_validator_holds_between_changes() -> None:
    hand = Hand(FIRST - timedelta(hours=1))
    async with DemoServer(SCENARIO, hand.now) as server:
        url = server.base["tigris-wire"] + "/feed.xml"
        hand.moment = FIRST
        first = await get(url)
        hand.moment += timedelta(hours=5)
        again = await get(url, {"If-None-Match": first.headers["etag"]})
        listed = await get(url, {"If-None-Match": f'"other", W/{first.headers["etag"]}'})
        hand.moment = SCENARIO.end
        later = await get(url, {"If-None-Match": first.headers["etag"]})
    assert first.status_code == 200
    assert first.headers["content-type"] == "application/rss+xml; charset=utf-8"
    assert first.text.count("<item>") == 1
    assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", first.headers["etag"])
    assert listed.status_code == 304
    assert later.status_code == 200
    assert later.headers["etag"] != first.headers["etag"]
    assert later.text.count("<item>") == len(published(SCENARIO, "tigris-wire", SCENARIO.end))


async def test_atom_is_served_as_atom() -> None:
    async with DemoServer(SCENARIO, Hand().now) as server:
        answer = await get(server.base["karasu-postasi"] + "/feed.xml")
    assert answer.headers["content-type"] == "application/atom+xml; charset=utf-8"
    assert "Ayn el-Esed" in answer.text


async def test_the_sick_outlets_are_sick_in_their_own_ways() -> None:
    async with DemoServer(SCENARIO, Hand().now) as server:
        down = await get(server.base["levant-dispatch"] + "/feed.xml")
        blocked = await get(server.base["sahil-bulletin"] + "/feed.xml")
    assert down.status_code == 503
    assert (blocked.status_code, blocked.headers["content-type"]) == (200, "text/html; charset=utf-8")
    assert "Access denied" in blocked.text


async def test_a_hanging_outlet_says_nothing_until_the_server_closes() -> None:
    async with DemoServer(SCENARIO, Hand().now) as server:
        silent = asyncio.create_task(say(server.base["badiya-observer"], b"GET /feed.xml HTTP/1.1\r\n\r\n"))
        for feed in ("tigris-wire", "rafidain-ar", "zagros-ku"):
            assert (await get(server.base[feed] + "/feed.xml")).status_code == 200
        assert not silent.done()
    assert await silent == b""


async def test_a_hanging_outlet_lets_go_of_a_reader_who_gives_up() -> None:
    async with DemoServer(SCENARIO, Hand().now) as server:
        address = urlsplit(server.base["badiya-observer"])
        before = asyncio.all_tasks()
        _, writer = await asyncio.open_connection(address.hostname, address.port)
        writer.write(b"GET /feed.xml HTTP/1.1\r\n\r\n")
        await get(server.base["tigris-wire"] + "/feed.xml")
        talks = asyncio.all_tasks() - before
        assert len(talks) == 1
        writer.close()
        await writer.wait_closed()
        async with asyncio.timeout(10):
            await asyncio.gather(*talks)


@pytest.mark.parametrize("turns", range(8))
async def test_closing_at_any_turn_of_a_talk_leaves_nothing_open(turns: int) -> None:
    before = asyncio.all_tasks()
    async with DemoServer(SCENARIO, Hand().now) as server:
        address = urlsplit(server.base["tigris-wire"])
        # A plain socket connects without a turn of the loop, so that the turns of the server can be counted.
        caller = socket.create_connection((address.hostname, address.port), timeout=10)
        for _ in range(turns):
            await asyncio.sleep(0)
    with caller, suppress(ConnectionResetError):
        caller.setblocking(False)
        async with asyncio.timeout(10):
            assert await asyncio.get_running_loop().sock_recv(caller, 1) == b""
    assert asyncio.all_tasks() == before


@pytest.mark.parametrize(
    ("words", "status"),
    [
        (b"GET /robots.txt HTTP/1.1\r\n\r\n", b"404"),
        (b"POST /feed.xml HTTP/1.1\r\n\r\n", b"405"),
        (b"GET /feed.xml?a=b HTTP/1.0\r\n\r\n", b"200"),
        (b"\x16\x03\x01 hello\r\n\r\n", b"400"),
    ],
)
async def test_odd_requests_have_an_answer(words: bytes, status: bytes) -> None:
    async with DemoServer(SCENARIO, Hand().now) as server:
        answer = await say(server.base["tigris-wire"], words)
    assert answer.startswith(b"HTTP/1.1 " + status)


async def test_a_request_without_end_is_dropped_and_the_next_one_answered() -> None:
    async with DemoServer(SCENARIO, Hand().now) as server:
        base = server.base["tigris-wire"]
        address = urlsplit(base)
        reader, writer = await asyncio.open_connection(address.hostname, address.port)
        writer.write(b"GET /" + b"a" * 40_000)
        with suppress(ConnectionResetError):
            assert await reader.read() == b""
        writer.close()
        assert (await get(base + "/feed.xml")).status_code == 200


async def test_head_gives_the_headers_alone() -> None:
    async with DemoServer(SCENARIO, Hand().now) as server:
        base = server.base["arya-khabar"]
        head, full = await say(base, b"HEAD /feed.xml HTTP/1.1\r\n\r\n"), await get(base + "/feed.xml")
    assert head.endswith(b"\r\n\r\n")
    assert b"Content-Length: %d\r\n" % len(full.content) in head


# ---- the configuration -----------------------------------------------------------------------------------------------


def test_the_feeds_section_is_yaml_and_names_every_feed() -> None:
    base = {feed.id: f"http://127.0.0.1:{4000 + number}" for number, feed in enumerate(SCENARIO.feeds)}
    data = load_data(feeds_yml(base), "feeds.yml")
    assert isinstance(data, Mapping)
    feeds = data["feeds"]
    assert [feed["id"] for feed in feeds] == [feed.id for feed in SCENARIO.feeds]
    assert [feed["url"] for feed in feeds] == [f"{base[feed.id]}/feed.xml" for feed in SCENARIO.feeds]
    assert all(feed["allow_private"] is True for feed in feeds)
    assert {feed["id"]: feed["name"] for feed in feeds}["rafidain-ar"] == "الرافدين اليوم"


def test_a_feed_without_an_address_is_named() -> None:
    with pytest.raises(InputError, match="'tigris-wire' has no address"):
        feeds_yml({})


async def test_the_demonstration_names_its_own_feeds_file(tmp_path: Path) -> None:
    """`e` opens what is on the screen, not the file that the program ships."""
    async with DemoServer(SCENARIO, lambda: SCENARIO.end) as server:
        with Archive.open(tmp_path / "store.db") as archive:
            monitor = demonstration(tmp_path, server.base, archive, lambda: SCENARIO.end, 1.0)
    assert Path(monitor.config.file) == tmp_path / "feeds.yml"
    assert [feed.id for feed in configuration.load(tmp_path / "feeds.yml").feeds] == [
        feed.id for feed in monitor.config.feeds
    ]
