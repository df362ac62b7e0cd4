"""How connections are made: through the proxies of the environment, to addresses that were checked as they are dialled.

For feeds and for notices alike: what a name leads to is decided here once. What was opened is closed at the end
whatever happened: httpcore forgets a connection that is cut off in the middle of its TLS handshake, and a server that
never answers would collect our sockets.
"""

from __future__ import annotations

import asyncio
import contextlib
import functools
import socket
import ssl
from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractAsyncContextManager
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urlsplit
from urllib.request import getproxies, proxy_bypass

from monitor.feeds.causes import Failure
from monitor.feeds.network import RefusedAddress, Resolver, connect_checked, is_public, literal_address

if TYPE_CHECKING:
    import httpcore
    import httpx


class Transport:
    """Makes connections; to be opened and closed. `resolve` replaces the system's name resolution."""

    def __init__(self, resolve: Resolver | None = None) -> None:
        self._resolve = resolve or self._resolve_by_system
        self._ssl: ssl.SSLContext | None = None
        self._threads: ThreadPoolExecutor | None = None
        self._proxies: dict[str, str] = {}

    def open(self) -> None:
        """Takes the proxies from the environment."""
        self._proxies = getproxies()

    def close(self) -> None:
        """Leaves lookups that still run to themselves."""
        if self._threads is not None:
            self._threads.shutdown(wait=False, cancel_futures=True)
            self._threads = None

    def pool(self, url: httpx.URL, *, allow_private: bool) -> AbstractAsyncContextManager[httpcore.AsyncConnectionPool]:
        """Connections for one request, closed at its end. Raises RefusedAddress; Failure for a proxy of no use."""
        context = self._context() if url.scheme == "https" else None
        proxy = self._proxy(url)
        if proxy is None:
            return _direct(self._resolve, allow_private, context)
        literal = literal_address(url.host)
        if literal is not None and not allow_private and not is_public(literal):
            raise RefusedAddress(literal)
        return _through(proxy, context)

    def _proxy(self, url: httpx.URL) -> str | None:
        chosen = self._proxies.get(url.scheme) or self._proxies.get("all")
        if not chosen or proxy_bypass(url.host):
            return None
        return chosen if "://" in chosen else f"http://{chosen}"

    def _context(self) -> ssl.SSLContext:
        import httpx

        if self._ssl is None:
            self._ssl = httpx.create_ssl_context()  # 20 ms each: one is enough for all
        return self._ssl

    async def _resolve_by_system(self, host: str, port: int) -> Sequence[str]:
        # An own pool, because a silent name server would block the few threads asyncio shares with everybody.
        self._threads = self._threads or ThreadPoolExecutor(20, "resolve")
        lookup = functools.partial(socket.getaddrinfo, host, port, type=socket.SOCK_STREAM)
        found = await asyncio.get_running_loop().run_in_executor(self._threads, lookup)
        return list(dict.fromkeys(str(entry[4][0]) for entry in found))


@contextlib.asynccontextmanager
async def _direct(
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
async def _through(proxy: str, context: ssl.SSLContext | None) -> AsyncIterator[httpcore.AsyncConnectionPool]:
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
