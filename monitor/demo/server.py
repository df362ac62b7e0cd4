"""The outlets of the demonstration on loopback: real HTTP with validators, faults and all, in a time that runs fast.

Each feed has an address of its own (127.77.0.1, .2 ...), because politeness per host is part of what is shown. Where
the system knows only 127.0.0.1 the feeds share it and differ by port.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from types import TracebackType

from monitor.demo.scenario import DemoFeed, Scenario, document, load, published
from monitor.errors import InputError

PATH = "/feed.xml"
OWN_ADDRESS = "127.77.0.{}"
SHARED_ADDRESS = "127.0.0.1"
REQUEST_BYTES = 16_384
REQUEST_SECONDS = 10.0
STORY_SECONDS = 100.0
TURNS_TO_ARRIVE = 8
TYPES = {"rss": "application/rss+xml; charset=utf-8", "atom": "application/atom+xml; charset=utf-8"}
REASONS = {
    200: "OK",
    304: "Not Modified",
    400: "Bad Request",
    404: "Not Found",
    405: "Method Not Allowed",
    503: "Service Unavailable",
}
BLOCK_PAGE = """<!DOCTYPE html>
<html lang="en"><head><title>Access denied</title></head>
<body><h1>Access denied</h1>
<p>Your request was blocked by the security service of this site. Please enable JavaScript and cookies and verify that
you are human.</p></body></html>
"""


@dataclass(frozen=True, slots=True)
class Clock:
    """Story time: begins at `start` (aware) when the clock is made, runs `speed` story seconds in a second of `real`
    (a monotonic clock, in seconds), and stands still at `end` where one is given. InputError unless `speed` is above 0.
    """

    start: datetime
    speed: float
    real: Callable[[], float]
    end: datetime | None = None
    _made: float = field(init=False)

    def __post_init__(self) -> None:
        if not self.speed > 0:
            raise InputError(f"The demonstration cannot run at speed {self.speed}. Give a number above zero.")
        object.__setattr__(self, "_made", self.real())

    def now(self) -> datetime:
        """The story's moment, of the zone of `start`."""
        moment = self.start + timedelta(seconds=(self.real() - self._made) * self.speed)
        return moment if self.end is None else min(moment, self.end)


def story_clock(scenario: Scenario, real: Callable[[], float], seconds: float = STORY_SECONDS) -> Clock:
    """A clock that tells the whole scenario in `seconds` of `real`, and then stands still."""
    if not seconds > 0:
        raise InputError(f"The demonstration cannot be told in {seconds} seconds. Give a number above zero.")
    speed = (scenario.end - scenario.start).total_seconds() / seconds
    return Clock(scenario.start, speed, real, scenario.end)


def feeds_yml(base: Mapping[str, str], scenario: Scenario | None = None) -> str:
    """The section `feeds:` of a feeds.yml for the demonstration. `base` maps each feed's id to its http://host:port, as
    `DemoServer.base` does; InputError where a feed has none.
    """
    lines = ["feeds:"]
    for feed in (scenario or load()).feeds:
        if feed.id not in base:
            raise InputError(f"The demonstration's feed {feed.id!r} has no address. Start its server first.")
        values = {
            "id": feed.id,
            "url": base[feed.id] + PATH,
            "name": feed.name,
            "lang": feed.lang,
            "tz": feed.tz,
            "country": feed.country,
            "region": feed.region,
            "family": feed.family,
            "kind": feed.kind,
            "reliability": "F",
            "allow_private": True,
        }
        # A JSON string is a YAML string: nothing in a name can be taken for a key or for `no`.
        pairs = [f"{key}: {json.dumps(value, ensure_ascii=False)}" for key, value in values.items()]
        lines += [f"  - {pairs[0]}", *(f"    {pair}" for pair in pairs[1:])]
    return "\n".join(lines) + "\n"


@dataclass(frozen=True, slots=True)
class _Request:
    method: str
    path: str
    headers: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class _Answer:
    status: int
    headers: Mapping[str, str]
    body: bytes = b""


class DemoServer:
    """All feeds of a scenario, served while the context is open. `now` gives story time, `Clock.now` as a rule.

    `own_address` is a pattern for the address of the n-th feed. OSError where not even 127.0.0.1 can be listened on.
    """

    def __init__(self, scenario: Scenario, now: Callable[[], datetime], own_address: str = OWN_ADDRESS) -> None:
        self._scenario = scenario
        self._now = now
        self._own_address = own_address
        self._servers: list[asyncio.Server] = []
        self._talks: set[asyncio.Task[None]] = set()
        self._base: dict[str, str] = {}

    @property
    def base(self) -> Mapping[str, str]:
        """Feed id -> http://host:port, while the context is open."""
        return dict(self._base)

    async def __aenter__(self) -> DemoServer:
        try:
            for number, feed in enumerate(self._scenario.feeds, start=1):
                await self._open(feed, self._own_address.format(number))
        except BaseException:
            await self._close()
            raise
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._close()

    async def _open(self, feed: DemoFeed, own_address: str) -> None:
        def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            talk = asyncio.create_task(self._talk(feed, reader, writer))
            self._talks.add(talk)
            talk.add_done_callback(self._talks.discard)

        try:
            server = await asyncio.start_server(accept, own_address, 0, limit=REQUEST_BYTES)
        except OSError:
            server = await asyncio.start_server(accept, SHARED_ADDRESS, 0, limit=REQUEST_BYTES)
        self._servers.append(server)
        host, port = server.sockets[0].getsockname()[:2]
        self._base[feed.id] = f"http://{host}:{port}"

    async def _close(self) -> None:
        # A connection that the system has accepted takes some turns of the loop to become a talk. asyncio drops it,
        # unclosed, if its server closes in between, and a talk cancelled before its first turn cannot close anything.
        for _ in range(TURNS_TO_ARRIVE):
            await asyncio.sleep(0)
        for server in self._servers:
            server.close()
        # Later Pythons wait in wait_closed for open talks, and a hanging feed's never end by themselves.
        for talk in tuple(self._talks):
            talk.cancel()
        await asyncio.gather(*self._talks, return_exceptions=True)
        for server in self._servers:
            await server.wait_closed()
        self._servers.clear()
        self._base.clear()

    async def _talk(self, feed: DemoFeed, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            async with asyncio.timeout(REQUEST_SECONDS):
                request = _request(await reader.readuntil(b"\r\n\r\n"))
            if feed.fault == "hang":
                await _until_gone(reader)
            else:
                writer.write(_wire(self._answer(feed, request), head_only=_is_head(request)))
                await writer.drain()
        except (OSError, TimeoutError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
            pass  # the other side left, stalled or talks something else; there is nobody to tell
        finally:
            writer.close()
            with suppress(OSError):
                await writer.wait_closed()

    def _answer(self, feed: DemoFeed, request: _Request | None) -> _Answer:
        if request is None:
            return _Answer(400, {})
        if request.method not in ("GET", "HEAD"):
            return _Answer(405, {"Allow": "GET, HEAD"})
        if request.path.partition("?")[0] != PATH:
            return _Answer(404, {})
        if feed.fault == "unavailable":
            return _Answer(
                503, {"Content-Type": "text/plain; charset=utf-8"}, b"The service is down for maintenance.\n"
            )
        if feed.fault == "block_page":
            return _Answer(200, {"Content-Type": "text/html; charset=utf-8"}, BLOCK_PAGE.encode())
        now = self._now()
        body = document(feed, published(self._scenario, feed.id, now), now)
        etag = f'"{hashlib.sha256(body).hexdigest()[:16]}"'
        if etag in _validators(request):
            return _Answer(304, {"ETag": etag})
        return _Answer(200, {"Content-Type": TYPES[feed.form], "ETag": etag}, body)


def _request(head: bytes) -> _Request | None:
    """The request before its body, None where it is none."""
    first, *lines = head.decode("latin-1").strip().split("\r\n")
    words = first.split(" ")
    if len(words) != 3 or not words[2].startswith("HTTP/1."):
        return None
    pairs = (line.partition(":") for line in lines)
    return _Request(words[0], words[1], {name.strip().lower(): value.strip() for name, _, value in pairs})


def _is_head(request: _Request | None) -> bool:
    return request is not None and request.method == "HEAD"


def _validators(request: _Request) -> tuple[str, ...]:
    """What If-None-Match lists; weak validators are as good as strong ones for reading."""
    return tuple(part.strip().removeprefix("W/") for part in request.headers.get("if-none-match", "").split(","))


def _wire(answer: _Answer, head_only: bool) -> bytes:
    headers = {"Cache-Control": "no-cache", "Connection": "close", **answer.headers}
    if answer.status != 304:
        headers["Content-Length"] = str(len(answer.body))
    lines = [f"HTTP/1.1 {answer.status} {REASONS[answer.status]}", *(f"{k}: {v}" for k, v in headers.items())]
    return "\r\n".join(lines).encode("latin-1") + b"\r\n\r\n" + (b"" if head_only else answer.body)


async def _until_gone(reader: asyncio.StreamReader) -> None:
    """Say nothing until the other side gives up, or the server closes."""
    while await reader.read(REQUEST_BYTES):
        pass
