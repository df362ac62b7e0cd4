"""One request to one feed, and whatever comes of it as a value. How connections are made is in `transport`.

Servers are strangers: time, bytes, redirects and addresses are bounded here, and every way to fail has its words.
"""

from __future__ import annotations

import asyncio
import base64
import time
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from types import TracebackType
from typing import TYPE_CHECKING, Self

from monitor.feeds.causes import REASONS, Failure, explain
from monitor.feeds.clean import mask_url, safe, web_url
from monitor.feeds.document import is_challenge
from monitor.feeds.inflate import Inflater, TooLarge, amount
from monitor.feeds.network import Resolver
from monitor.feeds.schedule import address
from monitor.feeds.wishes import retry_after, wish
from monitor.model import Feed, FeedState, Fetched, FetchFailed, FetchResult, Health, NotModified

if TYPE_CHECKING:
    from monitor.feeds.transport import URL, Client, Response

__all__ = ["Fetcher", "mask_url"]

_REDIRECTS = 5
_REDIRECT_CODES = frozenset({301, 302, 303, 307, 308})
_FOR_GOOD = frozenset({301, 308})
_PEEK = 65_536  # how much of an error page is read to see whether it is a challenge
_ACCEPT = (
    "application/rss+xml, application/atom+xml, application/feed+json, application/rdf+xml, "
    "application/xml;q=0.9, */*;q=0.5"
)
_OURS = frozenset({
    "host", "connection", "accept-encoding", "content-length", "transfer-encoding", "cookie2", "referer", "te",
    "upgrade",
})  # fmt: skip


@dataclass(slots=True)
class _Progress:
    """What is known of a request when it is cut off."""

    received: int = 0
    led: bool = False  # to another address than the configured one


class Fetcher:
    """Fetches feeds; one for all workers, to be entered once: `async with Fetcher(user_agent=...) as fetcher`.

    Times are seconds, `max_bytes` counts decoded bytes. `resolve` replaces the system's name resolution. Proxies are
    taken from the environment. Safe for any number of concurrent `fetch` calls; the caller limits them per host.
    """

    def __init__(
        self,
        *,
        user_agent: str,
        connect: float = 10.0,
        read: float = 15.0,
        wall: float = 30.0,
        max_bytes: int = 10 * 1024 * 1024,
        resolve: Resolver | None = None,
    ) -> None:
        self._user_agent, self._connect, self._read, self._wall = user_agent, connect, read, wall
        self._max_bytes, self._resolve = max_bytes, resolve

    @cached_property
    def _client(self) -> Client:
        # Here, because httpx is a part of a second: whoever shows what is stored does not wait for it.
        from monitor.feeds.transport import Client

        return Client(self._resolve)

    async def __aenter__(self) -> Self:
        # Loaded in a thread: whoever draws on this loop goes on.
        (await asyncio.to_thread(lambda: self._client)).open()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._client.aclose()

    async def fetch(self, feed: Feed, state: FeedState) -> FetchResult:
        """Ask for a feed, conditionally where `state` holds validators. Raises nothing but CancelledError."""
        start = time.monotonic()
        progress = _Progress()
        result: FetchResult
        try:
            async with asyncio.timeout(self._wall):
                result = await self._follow(feed, state, progress)
        except TimeoutError:
            result = FetchFailed(
                "failing", f"timed out after {self._wall:g} s, {amount(progress.received)} received", 0.0
            )
        except Failure as failure:
            result = failure.result
        except Exception as error:  # noqa: BLE001 - a cycle goes on whatever one server does
            result = FetchFailed(*self._explained(error, progress), 0.0)
        if isinstance(result, FetchFailed):
            result = replace(result, cause=mask_url(safe(result.cause))[:500])
        return replace(result, seconds=round(time.monotonic() - start, 3))

    async def _follow(self, feed: Feed, state: FeedState, progress: _Progress) -> FetchResult:
        asked_at = address(feed, state)
        progress.led = asked_at != feed.url
        url = self._client.address(self._checked(asked_at))
        # What the user gave is for the configured server, not for one that the feed has moved to since.
        configured = url if asked_at == feed.url else self._client.address(self._checked(feed.url))
        origin, seen = _origin(configured), {_shown(url)}
        for_good, moved_to = True, None
        for hop in range(_REDIRECTS + 1):
            asked = _headers(url, feed, state, self._user_agent, _origin(url) == origin)
            async with self._client.asked(
                url, asked, allow_private=feed.allow_private, connect=self._connect, read=self._read
            ) as response:
                headers = _named(response)
                if response.status_code not in _REDIRECT_CODES:
                    return replace(await self._answer(response, headers, url, state, progress), moved_to=moved_to)
            target = headers.get("location", "")
            location = web_url(target, _shown(url))
            if location is None:
                raise Failure(
                    f"{response.status_code} redirect to an address that is no web page: {target[:200] or 'none given'}"
                )
            url = self._client.address(location)
            progress.led = True
            if _shown(url) in seen:
                raise Failure("redirect loop")
            seen.add(_shown(url))
            for_good = for_good and response.status_code in _FOR_GOOD
            moved_to = _shown(url) if for_good else moved_to
            if hop == _REDIRECTS:
                break
        raise Failure(f"redirect loop: more than {_REDIRECTS} redirects")

    async def _answer(
        self, response: Response, headers: Mapping[str, str], url: URL, state: FeedState, progress: _Progress
    ) -> Fetched | NotModified:
        etag, modified = _raw(response, b"etag"), _raw(response, b"last-modified")
        if response.status_code == 304 and (state.etag or state.last_modified):
            return NotModified(etag, modified, wish(headers), 0.0)
        if not 200 <= response.status_code < 300 or response.status_code == 206:
            raise await self._refusal(response, headers)
        body = await self._body(response, headers, progress)
        return Fetched(
            body, _shown(url), safe(headers.get("content-type", ""))[:200], etag, modified, wish(headers), 0.0
        )

    async def _body(self, response: Response, headers: Mapping[str, str], progress: _Progress) -> bytes:
        encoding = headers.get("content-encoding", "").strip().lower().removeprefix("x-")
        if encoding not in ("", "identity", "gzip", "deflate"):
            raise Failure(f"sends the encoding {encoding[:40]}, which was not asked for")
        inflater = Inflater(encoding, self._max_bytes)
        try:
            async for chunk in response.aiter_raw():
                progress.received += len(chunk)
                inflater.feed(chunk)
        except TooLarge:
            raise Failure(f"larger than {amount(self._max_bytes)} after decoding") from None
        except zlib.error:
            raise Failure(f"broken compression, {amount(progress.received)} received") from None
        if not inflater.finished():
            raise Failure(f"cut off: the compressed body has no end, {amount(progress.received)} received")
        return bytes(inflater.body)

    async def _refusal(self, response: Response, headers: Mapping[str, str]) -> Failure:
        status = response.status_code
        challenged = headers.get("cf-mitigated", "") == "challenge" or is_challenge(await self._peek(response, headers))
        retry = retry_after(headers) if status in (429, 503) else None
        if challenged:
            return Failure(f"blocked: {status} with a challenge page", "blocked", status=status, retry_after=retry)
        reason = REASONS.get(status, "unexpected answer")
        if status in (401, 403):
            return Failure(f"blocked: {status} {reason}", "blocked", status=status)
        return Failure(f"{status} {reason}", status=status, retry_after=retry)

    async def _peek(self, response: Response, headers: Mapping[str, str]) -> str:
        inflater = Inflater(headers.get("content-encoding", "").strip().lower(), _PEEK)
        try:
            # The status already tells the cause; the page may only add to it, so it gets little time.
            async with asyncio.timeout(min(3.0, self._wall / 4)):
                async for chunk in response.aiter_raw():
                    inflater.feed(chunk)
        except Exception:  # noqa: BLE001, S110 - whatever breaks here, the status has been received
            pass
        return bytes(inflater.body[:_PEEK]).decode("utf-8", "replace")

    def _checked(self, url: str) -> str:
        if (usable := web_url(url)) is None:
            raise Failure(f"not a web address: {url[:200]}")
        return usable

    def _explained(self, error: Exception, progress: _Progress) -> tuple[Health, str]:
        return explain(error, received=progress.received, connect=self._connect, read=self._read, led=progress.led)


def _headers(url: URL, feed: Feed, state: FeedState, user_agent: str, same_origin: bool) -> dict[bytes, bytes]:
    headers = {
        "host": url.netloc,
        "user-agent": user_agent.encode(),
        "accept": _ACCEPT.encode(),
        "connection": b"close",
    }
    if same_origin:
        # What the user gave for this server is not for the one it redirects to.
        if url.userinfo:
            headers["authorization"] = b"Basic " + base64.b64encode(f"{url.username}:{url.password}".encode())
        headers |= {name.lower(): value.encode() for name, value in feed.headers if name.lower() not in _OURS}
    headers["accept-encoding"] = b"gzip, deflate"
    if state.etag:
        headers["if-none-match"] = state.etag.encode("latin-1", "replace")
    if state.last_modified:
        headers["if-modified-since"] = state.last_modified.encode("latin-1", "replace")
    return {name.encode("latin-1", "replace"): value for name, value in headers.items()}


def _shown(url: URL) -> str:
    """The address without who asks: that is for the server alone."""
    return str(url.copy_with(userinfo=b"") if url.userinfo else url)


def _origin(url: URL) -> tuple[str, str, int | None]:
    """What two addresses of one server have in common."""
    return url.scheme, url.host, url.port


def _named(response: Response) -> dict[str, str]:
    """The headers by their names in lower case; of one given several times the values in a row."""
    headers: dict[str, str] = {}
    for name, value in response.headers.raw:
        key, text = name.decode("latin-1").lower(), value.decode("latin-1")
        headers[key] = f"{headers[key]}, {text}" if key in headers else text
    return headers


def _raw(response: Response, wanted: bytes) -> str | None:
    # Latin-1 maps each byte to one character and back: validators are returned byte for byte.
    return next(
        (
            value.decode("latin-1")
            for name, value in response.headers.raw
            if name.lower() == wanted and len(value) <= 1_000
        ),
        None,
    )
