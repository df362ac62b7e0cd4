"""One question and its answer over a connection of its own, in HTTP/1.1: h11 says what the bytes mean.

What httpx's client sends through (`transport`). A feed is asked for minutes apart: nothing is kept alive, so a pool of
connections would only cost - most of the time of a poll that finds nothing. And a connection that was opened for a
feed that may reach private addresses never serves one that may not.
"""

from __future__ import annotations

import asyncio
import socket
import ssl
from collections.abc import AsyncIterator, Sequence
from typing import TYPE_CHECKING, Any

from monitor.feeds.causes import Failure
from monitor.feeds.network import Resolver, connect_checked

if TYPE_CHECKING:
    import h11

_CHUNK = 65_536
_HEAD = 100 * 1024  # bytes of status line and headers

Headers = Sequence[tuple[bytes, bytes]]


class ConnectTimeout(Exception):
    """No connection within its time."""


class TimeoutException(Exception):
    """Silence for longer than it may last."""


class Exchange:
    """A connection for one request: `open`, then `ask`, then read `body`; `abort` at the end, whatever happened.

    `context` is for https. `connect` and `read` are seconds: until the connection stands, and between two pieces of the
    answer. Raises Failure, RefusedAddress, the two above, OSError, ssl.SSLError, and h11's ProtocolErrors.
    """

    def __init__(
        self,
        host: str,
        port: int,
        *,
        resolve: Resolver,
        allow_private: bool,
        context: ssl.SSLContext | None,
        connect: float,
        read: float,
    ) -> None:
        self._host, self._port, self._context = host, port, context
        self._resolve, self._allow_private = resolve, allow_private
        self._connect, self._silence = connect, read
        self._reader: asyncio.StreamReader | None = None
        self._writer: asyncio.StreamWriter | None = None
        self.status = 0
        self.headers: Headers = ()

    async def open(self) -> None:
        """Connects to an address that was checked."""
        try:
            self._reader, self._writer = await connect_checked(
                self._opened,
                self._host,
                self._port,
                resolve=self._resolve,
                allow_private=self._allow_private,
                seconds=self._connect,
            )
        except socket.gaierror as error:
            raise Failure(f"name not found: {self._host}", "offline") from error
        except UnicodeError as error:
            raise Failure(f"not a host name: {self._host}") from error
        except TimeoutError as error:
            raise ConnectTimeout from error

    def abort(self) -> None:
        """Lets the connection go."""
        # Nobody waits for a server's goodbye: a TLS one may never come.
        if self._writer is not None:
            self._writer.transport.abort()

    async def ask(self, method: str, target: bytes, headers: Headers, body: bytes = b"") -> None:
        """Sends the request, and takes status and headers of the answer."""
        import h11

        assert self._writer is not None
        self._protocol: Any = h11.Connection(h11.CLIENT, max_incomplete_event_size=_HEAD)
        request = h11.Request(method=method, target=target, headers=list(headers))
        sent = self._protocol.send(request)
        sent += self._protocol.send(h11.Data(body)) if body else b""
        self._writer.write(sent + self._protocol.send(h11.EndOfMessage()))
        event = await self._event()
        while not isinstance(event, h11.Response):
            if not isinstance(event, h11.InformationalResponse):
                raise h11.RemoteProtocolError("disconnected without an answer")
            event = await self._event()
        self.status, self.headers = event.status_code, event.headers.raw_items()

    async def body(self) -> AsyncIterator[bytes]:
        """The body as it comes, still compressed where the server compresses."""
        import h11

        while isinstance(event := await self._event(), h11.Data):
            yield bytes(event.data)

    async def _event(self) -> h11.Event | type[h11.PAUSED]:
        import h11

        assert self._reader is not None
        event: h11.Event | type[h11.PAUSED]
        while (event := self._protocol.next_event()) is h11.NEED_DATA:
            try:
                async with asyncio.timeout(self._silence):
                    data = await self._reader.read(_CHUNK)
            except TimeoutError as error:
                raise TimeoutException from error
            if not data and self._protocol.their_state is h11.SEND_RESPONSE:
                raise h11.RemoteProtocolError("disconnected without an answer")
            self._protocol.receive_data(data)
        return event

    async def _opened(self, address: str, seconds: float) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        tls: dict[str, Any] = {"ssl": self._context, "server_hostname": self._host} if self._context else {}
        async with asyncio.timeout(seconds):
            return await asyncio.open_connection(address, self._port, **tls)
