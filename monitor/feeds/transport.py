"""How servers are asked: httpx's client, over connections to addresses that were checked as they are dialled, or
through the proxies of the environment.

For feeds and for notices alike: what a name leads to is decided here once, in a transport at the seam that httpx has
for one. What was opened is closed at the end whatever happened: httpcore forgets a connection that is cut off in the
middle of its TLS handshake, and a server that never answers would collect our sockets.
"""

from __future__ import annotations

import asyncio
import contextlib
import functools
import socket
import ssl
from collections.abc import AsyncIterator, Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from http.cookiejar import CookieJar, DefaultCookiePolicy
from typing import TYPE_CHECKING, Any
from urllib.request import getproxies, proxy_bypass

import httpx

from monitor.feeds.causes import Failure
from monitor.feeds.exchange import Exchange
from monitor.feeds.network import RefusedAddress, Resolver, is_public, literal_address

if TYPE_CHECKING:
    import httpcore

_PORTS = {"http": 80, "https": 443}
URL = httpx.URL
Response = httpx.Response


class Client:
    """Asks servers; to be opened and closed. `resolve` replaces the system's name resolution."""

    def __init__(self, resolve: Resolver | None = None) -> None:
        self._transport = _Transport(resolve)
        # A server's cookies are not taken: each poll is a stranger's.
        refusing = CookieJar(DefaultCookiePolicy(allowed_domains=()))
        self._client = httpx.AsyncClient(transport=self._transport, cookies=refusing, trust_env=False)

    @staticmethod
    def address(url: str) -> httpx.URL:
        """An http(s) address as it is asked for. Raises Failure where it is none."""
        try:
            made = httpx.URL(url)
            return made.copy_with(fragment=None) if "#" in url else made
        except (httpx.InvalidURL, UnicodeError, ValueError) as error:
            raise Failure(f"not a web address: {url[:200]}") from error

    def open(self) -> None:
        """Takes the proxies from the environment."""
        self._transport.proxies = getproxies()

    async def aclose(self) -> None:
        """Leaves lookups that still run to themselves. It may be opened again: a monitor does so for each poll."""
        # Not httpx's client, which could then send nothing any more: no connection outlives its answer anyhow.
        await self._transport.aclose()

    @contextlib.asynccontextmanager
    async def asked(
        self,
        url: httpx.URL,
        headers: Mapping[bytes, bytes],
        *,
        allow_private: bool,
        connect: float,
        read: float,
        method: str = "GET",
        body: bytes | None = None,
    ) -> AsyncIterator[httpx.Response]:
        """One question, and its answer while the block lasts; redirects are answers. `connect` and `read` are seconds.

        Raises what `Exchange` does, and httpcore's errors where a proxy is asked.
        """
        named = {"allow_private": allow_private, "timeout": {"connect": connect, "read": read}}
        # Who asks is among the headers: httpx would take it from any address, that of a redirect too.
        bare = url.copy_with(userinfo=b"") if url.userinfo else url
        request = httpx.Request(method, bare, headers=list(headers.items()), content=body, extensions=named)
        answer = await self._client.send(request, stream=True, follow_redirects=False)
        try:
            yield answer
        finally:
            await answer.aclose()


class _Transport(httpx.AsyncBaseTransport):
    """What httpx's client sends through. `allow_private` and `timeout` come with each request, as its extensions."""

    def __init__(self, resolve: Resolver | None) -> None:
        self._resolve = resolve or self._resolve_by_system
        self._ssl: ssl.SSLContext | None = None
        self._threads: ThreadPoolExecutor | None = None
        self.proxies: dict[str, str] = {}

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """The answer as soon as its headers are here."""
        url, limits = request.url, request.extensions["timeout"]
        host, allow_private = url.raw_host.decode("ascii"), bool(request.extensions["allow_private"])
        context = self._context() if url.scheme == "https" else None
        proxy = self._proxy(url)
        if proxy is not None:
            literal = literal_address(host)
            if literal is not None and not allow_private and not is_public(literal):
                raise RefusedAddress(literal)
            return await _through(proxy, context, request)
        exchange = Exchange(
            host,
            url.port or _PORTS[url.scheme],
            resolve=self._resolve,
            allow_private=allow_private,
            context=context,
            connect=limits["connect"],
            read=limits["read"],
        )
        try:
            await exchange.open()
            await exchange.ask(request.method, url.raw_path, request.headers.raw, await request.aread())
        except BaseException:
            exchange.abort()
            raise
        return httpx.Response(exchange.status, headers=list(exchange.headers), stream=_Body(exchange))

    async def aclose(self) -> None:
        if self._threads is not None:
            self._threads.shutdown(wait=False, cancel_futures=True)
            self._threads = None

    def _proxy(self, url: httpx.URL) -> str | None:
        chosen = self.proxies.get(url.scheme) or self.proxies.get("all")
        if not chosen or proxy_bypass(url.host):
            return None
        return chosen if "://" in chosen else f"http://{chosen}"

    def _context(self) -> ssl.SSLContext:
        if self._ssl is None:
            self._ssl = httpx.create_ssl_context()  # 20 ms each: one is enough for all
            self._ssl.set_alpn_protocols(["http/1.1"])
        return self._ssl

    async def _resolve_by_system(self, host: str, port: int) -> Sequence[str]:
        # An own pool, because a silent name server would block the few threads asyncio shares with everybody.
        self._threads = self._threads or ThreadPoolExecutor(20, "resolve")
        lookup = functools.partial(socket.getaddrinfo, host, port, type=socket.SOCK_STREAM)
        found = await asyncio.get_running_loop().run_in_executor(self._threads, lookup)
        return list(dict.fromkeys(str(entry[4][0]) for entry in found))


class _Body(httpx.AsyncByteStream):
    """An answer's body as it comes; its connection ends with it."""

    def __init__(self, exchange: Exchange) -> None:
        self._exchange = exchange

    def __aiter__(self) -> AsyncIterator[bytes]:
        return self._exchange.body()

    async def aclose(self) -> None:
        self._exchange.abort()


# ---- through a proxy -------------------------------------------------------------------------------------------------


class _Relayed(httpx.AsyncByteStream):
    """The same for an answer that a proxy passes on."""

    def __init__(self, answer: httpcore.Response, held: contextlib.AsyncExitStack) -> None:
        self._answer, self._held = answer, held

    def __aiter__(self) -> AsyncIterator[bytes]:
        return self._answer.aiter_stream()

    async def aclose(self) -> None:
        await self._answer.aclose()
        await self._held.aclose()


async def _through(proxy: str, context: ssl.SSLContext | None, request: httpx.Request) -> httpx.Response:
    """Asks by way of a proxy, http(s) or SOCKS 5, with its name and password in its address. Raises Failure."""
    import httpcore

    url, limits = request.url, request.extensions["timeout"]
    target = httpcore.URL(scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path)
    waits = {"connect": limits["connect"], "read": limits["read"], "write": limits["read"], "pool": limits["connect"]}
    asked = httpcore.Request(
        request.method,
        target,
        headers=list(request.headers.raw),
        content=await request.aread(),
        extensions={"timeout": waits},
    )
    async with contextlib.AsyncExitStack() as held:
        backend = await held.enter_async_context(contextlib.aclosing(_remembering()()))
        pool = await held.enter_async_context(contextlib.aclosing(_pool(proxy, context, backend)))
        answer = await pool.handle_async_request(asked)
        stream = _Relayed(answer, held.pop_all())
    return httpx.Response(answer.status, headers=list(answer.headers), stream=stream)


def _pool(proxy: str, context: ssl.SSLContext | None, backend: Any) -> httpcore.AsyncConnectionPool:
    import httpcore

    try:
        way = httpx.Proxy(proxy)
        url = way.url
        address = httpcore.URL(scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=b"/")
        kinds: dict[str, Callable[..., httpcore.AsyncConnectionPool]] = {
            **dict.fromkeys(("http", "https"), httpcore.AsyncHTTPProxy),
            **dict.fromkeys(("socks5", "socks5h"), httpcore.AsyncSOCKSProxy),
        }
        return kinds[url.scheme](
            address, proxy_auth=way.raw_auth, ssl_context=context, max_keepalive_connections=0, network_backend=backend
        )
    except (ImportError, RuntimeError) as error:
        raise Failure("the proxy is a SOCKS proxy: install the package socksio, or set an HTTP proxy") from error
    except (KeyError, ValueError, httpx.InvalidURL) as error:
        raise Failure(f"the proxy setting {proxy} is not understood; use http://host:port") from error


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
