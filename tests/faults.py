"""A small server on loopback that answers as the worst of the internet does, for tests of everything that fetches.

    async with FaultServer() as server:
        server.route("/feed", server.feed(RSS, etag='"1"'))
        server.route("/slow", server.hang())
        url = server.url("/feed")

Handlers are coroutines that get the request and the writer; what they wrote is all that is sent. Every request is kept
in `server.requests`, and sets `server.asked`. A handler that hangs waits until its server is closed.
"""

from __future__ import annotations

import asyncio
import contextlib
import gzip
import ssl
import zlib
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from types import TracebackType
from typing import Self

RSS = (
    b'<?xml version="1.0" encoding="utf-8"?><rss version="2.0"><channel><title>Test</title>'
    b"<item><guid>1</guid><title>One</title><link>https://example.org/1</link></item></channel></rss>"
)
CHALLENGE = b"<!DOCTYPE html><html><head><title>Just a moment...</title></head><body>challenge-platform</body></html>"
LOGIN = b"<!doctype html><html><body><form><input name=u><input type='password' name=p></form></body></html>"


@dataclass(frozen=True, slots=True)
class Request:
    """What the client asked: header names in lower case, values as bytes decoded from Latin-1."""

    method: str
    target: str
    headers: dict[str, str]


Handler = Callable[[Request, asyncio.StreamWriter], Awaitable[None]]


def answer(status: str, body: bytes = b"", *headers: tuple[str, str], length: bool = True) -> bytes:
    """A whole HTTP/1.1 answer."""
    lines = [f"HTTP/1.1 {status}", "Connection: close", *(f"{name}: {value}" for name, value in headers)]
    if length:
        lines.append(f"Content-Length: {len(body)}")
    return "\r\n".join(lines).encode("latin-1") + b"\r\n\r\n" + body


class FaultServer:
    """Listens on 127.0.0.1 (or another loopback address) at a free port."""

    def __init__(self, host: str = "127.0.0.1", tls: ssl.SSLContext | None = None) -> None:
        self.host, self._tls = host, tls
        self.requests: list[Request] = []
        self.asked = asyncio.Event()
        self._routes: dict[str, Handler] = {}
        self._closing = asyncio.Event()
        self._tasks: set[asyncio.Task[None]] = set()

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._accept, self.host, 0, ssl=self._tls)
        self.port: int = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._closing.set()
        self._server.close()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._server.wait_closed()

    def route(self, path: str, handler: Handler) -> None:
        """Let `handler` answer requests for `path`, without its query."""
        self._routes[path] = handler

    def url(self, path: str, host: str | None = None) -> str:
        """The address of a path here, under another host name where one is given."""
        return f"{'https' if self._tls else 'http'}://{host or self.host}:{self.port}{path}"

    def send(self, status: str, body: bytes = b"", *headers: tuple[str, str], length: bool = True) -> Handler:
        """Answer with exactly this."""
        return self.raw(answer(status, body, *headers, length=length))

    def raw(self, data: bytes) -> Handler:
        """Answer with these bytes, HTTP or not."""

        async def handle(_: Request, writer: asyncio.StreamWriter) -> None:
            writer.write(data)

        return handle

    def feed(
        self,
        body: bytes,
        *headers: tuple[str, str],
        etag: str | None = None,
        last_modified: str | None = None,
        content_type: str = "application/rss+xml; charset=utf-8",
    ) -> Handler:
        """A well-behaved feed: 304 where the client names the current validator."""
        validators = [(name, value) for name, value in (("ETag", etag), ("Last-Modified", last_modified)) if value]

        async def handle(request: Request, writer: asyncio.StreamWriter) -> None:
            known = etag is not None and request.headers.get("if-none-match") == etag
            known |= last_modified is not None and request.headers.get("if-modified-since") == last_modified
            if known:
                writer.write(answer("304 Not Modified", b"", *validators, *headers, length=False))
            else:
                writer.write(answer("200 OK", body, ("Content-Type", content_type), *validators, *headers))

        return handle

    def compressed(self, body: bytes, *, cut: int | None = None, encoding: str = "gzip") -> Handler:
        """A compressed body, whole or only its first `cut` bytes; encodings: gzip, deflate, raw-deflate."""
        if encoding == "gzip":
            packed = gzip.compress(body)
        else:
            packer = zlib.compressobj(wbits=-15 if encoding == "raw-deflate" else 15)
            packed = packer.compress(body) + packer.flush()
        name = encoding.removeprefix("raw-")
        return self.send("200 OK", packed[:cut], ("Content-Type", "text/xml"), ("Content-Encoding", name))

    def bomb(self, megabytes: int = 64) -> Handler:
        """Some kilobytes that unpack to this many mebibytes."""
        packer = zlib.compressobj(9, wbits=31)
        packed = b"".join(packer.compress(bytes(1 << 20)) for _ in range(megabytes)) + packer.flush()
        return self.send("200 OK", packed, ("Content-Encoding", "gzip"))

    def endless(self, chunk: bytes = b"x" * 65_536) -> Handler:
        """A body that never ends, as fast as the client takes it."""

        async def handle(_: Request, writer: asyncio.StreamWriter) -> None:
            writer.write(answer("200 OK", b"", length=False))
            while not self._closing.is_set():
                writer.write(chunk)
                await writer.drain()

        return handle

    def drip(self, data: bytes = b"x", first: bytes = b"") -> Handler:
        """A body that comes byte by byte, yielding to the loop between them, for ever."""

        async def handle(_: Request, writer: asyncio.StreamWriter) -> None:
            writer.write(answer("200 OK", b"", length=False) + first)
            while not self._closing.is_set():
                writer.write(data)
                await writer.drain()
                try:
                    await asyncio.wait_for(self._closing.wait(), 0.01)
                except TimeoutError:
                    continue

        return handle

    def hang(self, first: bytes = b"") -> Handler:
        """Accepts, sends `first`, and then nothing."""

        async def handle(_: Request, writer: asyncio.StreamWriter) -> None:
            writer.write(first)
            await writer.drain()
            await self._closing.wait()

        return handle

    def reset(self, first: bytes = b"") -> Handler:
        """Sends `first` and drops the connection."""

        async def handle(_: Request, writer: asyncio.StreamWriter) -> None:
            writer.write(first)
            await writer.drain()
            writer.transport.abort()

        return handle

    def redirect(self, target: str, status: str = "302 Found") -> Handler:
        """Leads elsewhere."""
        return self.send(status, b"", ("Location", target))

    def refuse(self, status: str, retry_after: str) -> Handler:
        """429 or 503 with the wish to be asked later."""
        return self.send(status, b"later", ("Retry-After", retry_after))

    def challenge(self, status: str = "403 Forbidden") -> Handler:
        """A page that wants its reader to prove to be human."""
        return self.send(status, CHALLENGE, ("Content-Type", "text/html"))

    def login(self) -> Handler:
        """A login page where the feed should be."""
        return self.send("200 OK", LOGIN, ("Content-Type", "text/html"))

    def wrong_charset(self, text: str, real: str, declared: str) -> Handler:
        """A body in one encoding under the name of another."""
        return self.send("200 OK", text.encode(real), ("Content-Type", f"text/xml; charset={declared}"))

    def broken_xml(self) -> Handler:
        """A feed that breaks off in the middle of a tag."""
        return self.send("200 OK", RSS[:-40] + b"<ti", ("Content-Type", "text/xml"))

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        try:
            head = await reader.readuntil(b"\r\n\r\n")
            request = _request(head)
            self.requests.append(request)
            self.asked.set()
            path = request.target.partition("?")[0]
            handler = self._routes.get(path) or self.send("404 Not Found", b"nothing here")
            await handler(request, writer)
            await writer.drain()
        except (OSError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()
            with contextlib.suppress(OSError):
                await writer.wait_closed()


def _request(head: bytes) -> Request:
    first, *lines = head.decode("latin-1").split("\r\n")
    method, target, _ = first.split(" ", 2)
    pairs = (line.partition(":") for line in lines if line)
    return Request(method, target, {name.lower(): value.strip() for name, _, value in pairs})
