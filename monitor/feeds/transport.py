"""How servers are asked: straight to addresses that were checked as they are dialled, or through the proxies of the
environment.

For feeds and for notices alike: what a name leads to is decided here once. What was opened is closed at the end
whatever happened: httpcore forgets a connection that is cut off in the middle of its TLS handshake, and a server that
never answers would collect our sockets.
"""

from __future__ import annotations

import asyncio
import contextlib
import functools
import os
import socket
import ssl
from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any, Protocol
from urllib.request import getproxies, proxy_bypass

from monitor.feeds.address import Address
from monitor.feeds.causes import Failure
from monitor.feeds.exchange import Exchange, Headers
from monitor.feeds.network import RefusedAddress, Resolver, is_public, literal_address

if TYPE_CHECKING:
    import httpcore


class Response(Protocol):
    """An answer: its headers have come, its body is still to be read."""

    status: int

    @property
    def headers(self) -> Headers:
        """Names and values as they were sent."""

    def aiter_stream(self) -> AsyncIterator[bytes]:
        """The body as it comes."""


class Transport:
    """Asks servers; to be opened and closed. `resolve` replaces the system's name resolution."""

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

    @contextlib.asynccontextmanager
    async def asked(
        self,
        url: Address,
        headers: Headers,
        *,
        allow_private: bool,
        connect: float,
        read: float,
        method: str = "GET",
        body: bytes = b"",
    ) -> AsyncIterator[Response]:
        """One question, and its answer while the block lasts. Raises what `Exchange` does, and httpcore's errors."""
        context = self._context() if url.scheme == "https" else None
        proxy = self._proxy(url)
        if proxy is None:
            exchange = Exchange(
                url,
                resolve=self._resolve,
                allow_private=allow_private,
                context=context,
                connect=connect,
                read=read,
            )
            async with exchange:
                await exchange.ask(method, headers, body)
                yield exchange
            return
        literal = literal_address(url.host)
        if literal is not None and not allow_private and not is_public(literal):
            raise RefusedAddress(literal)
        async with _through(proxy, context) as pool:
            answer = await pool.handle_async_request(_request(url, headers, method, body, connect, read))
            try:
                yield answer
            finally:
                await answer.aclose()

    def _proxy(self, url: Address) -> str | None:
        chosen = self._proxies.get(url.scheme) or self._proxies.get("all")
        if not chosen or proxy_bypass(url.host):
            return None
        return chosen if "://" in chosen else f"http://{chosen}"

    def _context(self) -> ssl.SSLContext:
        if self._ssl is None:
            self._ssl = _trusting()  # 20 ms each: one is enough for all
        return self._ssl

    async def _resolve_by_system(self, host: str, port: int) -> Sequence[str]:
        # An own pool, because a silent name server would block the few threads asyncio shares with everybody.
        self._threads = self._threads or ThreadPoolExecutor(20, "resolve")
        lookup = functools.partial(socket.getaddrinfo, host, port, type=socket.SOCK_STREAM)
        found = await asyncio.get_running_loop().run_in_executor(self._threads, lookup)
        return list(dict.fromkeys(str(entry[4][0]) for entry in found))


def _trusting() -> ssl.SSLContext:
    """What servers must prove: the authorities that the environment names, else those that certifi brings."""
    file, folder = os.environ.get("SSL_CERT_FILE"), os.environ.get("SSL_CERT_DIR")
    if not file and not folder:
        import certifi

        file = certifi.where()
    context = ssl.create_default_context(cafile=file or None, capath=folder or None)
    context.set_alpn_protocols(["http/1.1"])
    return context


def _request(url: Address, headers: Headers, method: str, body: bytes, connect: float, read: float) -> httpcore.Request:
    import httpcore

    target = httpcore.URL(scheme=url.scheme.encode(), host=url.host.encode(), port=url.port, target=url.target.encode())
    timeout = {"connect": connect, "read": read, "write": read, "pool": connect}
    return httpcore.Request(method, target, headers=list(headers), content=body, extensions={"timeout": timeout})


@contextlib.asynccontextmanager
async def _through(proxy: str, context: ssl.SSLContext | None) -> AsyncIterator[httpcore.AsyncConnectionPool]:
    """A way through a proxy, http(s) or SOCKS 5, with its name and password in its address. Raises Failure."""
    import httpcore
    import httpx

    backend = _remembering()()
    try:
        way = httpx.Proxy(proxy)
        url = way.url
        address = httpcore.URL(scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=b"/")
        kinds: dict[str, Callable[..., httpcore.AsyncConnectionPool]] = {
            **dict.fromkeys(("http", "https"), httpcore.AsyncHTTPProxy),
            **dict.fromkeys(("socks5", "socks5h"), httpcore.AsyncSOCKSProxy),
        }
        pool = kinds[url.scheme](
            address, proxy_auth=way.raw_auth, ssl_context=context, max_keepalive_connections=0, network_backend=backend
        )
    except (ImportError, RuntimeError) as error:
        raise Failure("the proxy is a SOCKS proxy: install the package socksio, or set an HTTP proxy") from error
    except (KeyError, ValueError, httpx.InvalidURL) as error:
        raise Failure(f"the proxy setting {proxy} is not understood; use http://host:port") from error
    async with contextlib.aclosing(backend), contextlib.aclosing(pool):
        yield pool


@functools.cache
def _remembering() -> type[Any]:
    # Made on first use: importing httpcore is what a poll without a proxy is spared.
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

    return Remembering
