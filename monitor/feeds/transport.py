"""The way of one request over the network: to an address that was checked in the same step, or through a proxy.

What was opened is closed at the end whatever happened: httpcore forgets a connection that is cut off in the middle of
its TLS handshake, and a server that never answers would collect our sockets.
"""

from __future__ import annotations

import contextlib
import functools
import socket
import ssl
from collections.abc import AsyncIterator, Callable, Iterable
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urlsplit

from monitor.feeds.causes import Failure
from monitor.feeds.network import Resolver, connect_checked

if TYPE_CHECKING:
    import httpcore


@contextlib.asynccontextmanager
async def direct(
    resolve: Resolver, allow_private: bool, context: ssl.SSLContext | None
) -> AsyncIterator[httpcore.AsyncConnectionPool]:
    """A connection of our own for one request. `context` is for https."""
    import httpcore

    _, guarded = _backends()
    backend = guarded(resolve, allow_private)
    # Nothing is kept alive: feeds are asked minutes apart, and a connection opened for a feed that may reach
    # private addresses must never serve one that may not.
    pool = httpcore.AsyncConnectionPool(ssl_context=context, max_keepalive_connections=0, network_backend=backend)
    async with contextlib.aclosing(backend), contextlib.aclosing(pool):
        yield pool


@contextlib.asynccontextmanager
async def through(proxy: str, context: ssl.SSLContext | None) -> AsyncIterator[httpcore.AsyncConnectionPool]:
    """A way through a proxy, http(s) or SOCKS 5, with its name and password in its address. Raises Failure."""
    import httpcore

    url = urlsplit(proxy)
    auth = (unquote(url.username or "").encode(), unquote(url.password or "").encode()) if "@" in url.netloc else None
    plain, _ = _backends()
    backend = plain()
    try:
        address = httpcore.URL(
            scheme=url.scheme.encode(), host=(url.hostname or "").encode(), port=url.port, target=b"/"
        )
        kinds: dict[str, Callable[..., httpcore.AsyncConnectionPool]] = {
            **dict.fromkeys(("http", "https"), httpcore.AsyncHTTPProxy),
            **dict.fromkeys(("socks5", "socks5h"), httpcore.AsyncSOCKSProxy),
        }
        pool = kinds[url.scheme](
            address, proxy_auth=auth, ssl_context=context, max_keepalive_connections=0, network_backend=backend
        )
    except (ImportError, RuntimeError) as error:
        raise Failure("the proxy is a SOCKS proxy: install the package socksio, or set an HTTP proxy") from error
    except (KeyError, ValueError, UnicodeError) as error:
        raise Failure(f"the proxy setting {proxy} is not understood; use http://host:port") from error
    async with contextlib.aclosing(backend), contextlib.aclosing(pool):
        yield pool


@functools.cache
def _backends() -> tuple[type[Any], type[Any]]:
    # Made on first use: importing httpcore is what a start without a poll is spared.
    import httpcore

    class Remembering(httpcore.AnyIOBackend):
        """Knows every connection it opened, so that none outlives its request."""

        def __init__(self) -> None:
            self._opened: list[httpcore.AsyncNetworkStream] = []

        async def connect_tcp(
            self,
            host: str,
            port: int,
            timeout: float | None = None,  # noqa: ASYNC109 - httpcore's signature
            local_address: str | None = None,
            socket_options: Iterable[Any] | None = None,
        ) -> httpcore.AsyncNetworkStream:
            stream = await super().connect_tcp(host, port, timeout, local_address, socket_options)
            self._opened.append(stream)
            return stream

        async def aclose(self) -> None:
            for stream in self._opened:
                await stream.aclose()

    class Guarded(Remembering):
        """Connects by name, but only to addresses that were checked in the same step."""

        def __init__(self, resolve: Resolver, allow_private: bool) -> None:
            super().__init__()
            self._resolve, self._allow_private = resolve, allow_private

        async def connect_tcp(
            self,
            host: str,
            port: int,
            timeout: float | None = None,  # noqa: ASYNC109 - httpcore's signature
            local_address: str | None = None,
            socket_options: Iterable[Any] | None = None,
        ) -> httpcore.AsyncNetworkStream:
            plainly = super().connect_tcp

            async def connect(address: str, seconds: float) -> httpcore.AsyncNetworkStream:
                return await plainly(address, port, seconds, local_address, socket_options)

            try:
                return await connect_checked(
                    connect,
                    host,
                    port,
                    resolve=self._resolve,
                    allow_private=self._allow_private,
                    seconds=timeout or 10.0,
                )
            except socket.gaierror as error:
                raise Failure(f"name not found: {host}", "offline") from error
            except UnicodeError as error:
                raise Failure(f"not a host name: {host}") from error
            except TimeoutError as error:
                raise httpcore.ConnectTimeout(str(error)) from error

    return Remembering, Guarded
