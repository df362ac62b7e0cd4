"""Fetching against real sockets on loopback: every way a server can misbehave ends in a value with its cause."""

from __future__ import annotations

import asyncio
import socket
import subprocess
import sys
from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from datetime import timedelta

import pytest
import pytest_asyncio

from monitor.feeds.fetch import Fetcher
from monitor.feeds.schedule import url_print
from monitor.model import Feed, FeedState, Fetched, FetchFailed, NotModified
from tests.faults import RSS, FaultServer, answer

STATE = FeedState("f")


@pytest_asyncio.fixture
async def server() -> AsyncIterator[FaultServer]:
    async with FaultServer() as running:
        yield running


def feed(url: str, allow_private: bool = True, **more: object) -> Feed:
    return Feed("f", url, "F", allow_private=allow_private, **more)  # type: ignore[arg-type]


async def get(target: Feed, state: FeedState = STATE, **limits: object) -> Fetched | NotModified | FetchFailed:
    async with Fetcher(user_agent="monitor/1 (+test)", **{"wall": 5.0, **limits}) as fetcher:  # type: ignore[arg-type]
        return await fetcher.fetch(target, state)


async def failure(target: Feed, state: FeedState = STATE, **limits: object) -> FetchFailed:
    result = await get(target, state, **limits)
    assert isinstance(result, FetchFailed), result
    return result


async def test_a_feed_and_its_validators_come_back_byte_for_byte(server: FaultServer) -> None:
    etag, modified = 'W/"a,b \xe9"', "Sun, 22 Nov 2026 10:00:00 GMT"
    server.route("/feed", server.feed(RSS, ("Cache-Control", "max-age=600"), etag=etag, last_modified=modified))
    first = await get(feed(server.url("/feed")))
    assert isinstance(first, Fetched)
    assert (first.body, first.etag, first.last_modified) == (RSS, etag, modified)
    assert first.wish == timedelta(minutes=10)
    second = await get(feed(server.url("/feed")), FeedState("f", etag=first.etag, last_modified=first.last_modified))
    assert isinstance(second, NotModified)
    assert second.etag == etag
    assert server.requests[1].headers["if-none-match"] == etag
    assert server.requests[1].headers["if-modified-since"] == modified


async def test_one_fetcher_is_good_for_many_polls(server: FaultServer) -> None:
    server.route("/feed", server.feed(RSS))
    fetcher = Fetcher(user_agent="monitor/1 (+test)", wall=5.0)
    for _ in range(3):
        async with fetcher:
            assert isinstance(await fetcher.fetch(feed(server.url("/feed")), STATE), Fetched)


async def test_only_what_is_needed_is_sent(server: FaultServer) -> None:
    server.route("/feed", server.send("200 OK", RSS, ("Set-Cookie", "a=b"), ("Content-Type", "text/xml")))
    server.route("/go", server.send("302 Found", b"", ("Location", "/feed"), ("Set-Cookie", "a=b")))
    await get(feed(server.url("/go"), headers=(("X-Token", "t"), ("Accept-Encoding", "br"), ("Host", "evil"))))
    sent = server.requests[1].headers
    assert sent["user-agent"] == "monitor/1 (+test)"
    assert sent["accept-encoding"] == "gzip, deflate"
    assert sent["host"] == f"127.0.0.1:{server.port}"
    assert sent["x-token"] == "t"
    assert not {"cookie", "referer", "if-none-match", "authorization"} & set(sent)


async def test_credentials_stay_with_their_server(server: FaultServer) -> None:
    async with FaultServer("127.0.0.2") as other:
        other.route("/feed", other.feed(RSS))
        server.route("/go", server.redirect(other.url("/feed")))
        url = server.url("/go").replace("http://", "http://layla:secret@")
        result = await get(feed(url, headers=(("Authorization-Token", "t"),)))
        assert isinstance(result, Fetched)
        assert server.requests[0].headers["authorization"] == "Basic bGF5bGE6c2VjcmV0"
        assert not {"authorization", "authorization-token"} & set(other.requests[0].headers)
        broken = await failure(feed(url.replace("/go", "/\u202e"), allow_private=True))
        assert "secret" not in broken.cause


@pytest.mark.parametrize("encoding", ["gzip", "deflate", "raw-deflate"])
async def test_compressed(server: FaultServer, encoding: str) -> None:
    body = RSS + b" " * 200_000
    server.route("/feed", server.compressed(body, encoding=encoding))
    result = await get(feed(server.url("/feed")))
    assert isinstance(result, Fetched)
    assert result.body == body


async def test_unannounced_gzip(server: FaultServer) -> None:
    import gzip

    server.route("/feed.xml.gz", server.send("200 OK", gzip.compress(RSS)))
    result = await get(feed(server.url("/feed.xml.gz")))
    assert isinstance(result, Fetched)
    assert result.body == RSS


async def test_bodies_that_do_not_end_well(server: FaultServer) -> None:
    server.route("/bomb", server.bomb())
    server.route("/endless", server.endless())
    server.route("/cut", server.compressed(RSS * 50, cut=60))
    server.route("/garbage", server.send("200 OK", b"\x1f\x8b\x08garbage" * 10, ("Content-Encoding", "gzip")))
    server.route("/brotli", server.send("200 OK", b"x", ("Content-Encoding", "br")))
    server.route("/half", server.reset(answer("200 OK", RSS)[:-20]))
    server.route("/short", server.raw(answer("200 OK", RSS)[:-20]))
    server.route("/noise", server.raw(b"SSH-2.0-OpenSSH\r\n\r\n"))
    server.route("/nothing", server.raw(b""))
    causes = {}
    for path in ("bomb", "endless", "cut", "garbage", "brotli", "half", "short", "noise", "nothing"):
        result = await failure(feed(server.url(f"/{path}")), max_bytes=1024 * 1024)
        assert result.health == "failing"
        causes[path] = result.cause
    received = f"{len(RSS) - 20} bytes received"
    assert causes.pop("half") in (
        f"connection closed in the middle, {received}",
        "connection reset by the server",
        f"connection lost, {received}",
    )
    assert causes == {
        "bomb": "larger than 1 MiB after decoding",
        "endless": "larger than 1 MiB after decoding",
        "cut": "cut off: the compressed body has no end, 60 bytes received",
        "garbage": "broken compression, 100 bytes received",
        "brotli": "sends the encoding br, which was not asked for",
        "short": f"connection closed in the middle, {received}",
        "noise": "broken answer: not HTTP",
        "nothing": "connection closed in the middle, 0 bytes received",
    }


async def test_time_is_bounded(server: FaultServer) -> None:
    server.route("/drip", server.drip(first=b"y" * 12_000))
    server.route("/hang", server.hang())
    server.route("/half", server.hang(answer("200 OK", RSS)[:-20]))
    dripping = await failure(feed(server.url("/drip")), wall=0.3)
    assert dripping.cause == "timed out after 0.3 s, 12 kB received"
    assert 0.2 < dripping.seconds < 3
    silent = await failure(feed(server.url("/hang")), read=0.1)
    assert silent.cause == "timed out after 0.1 s of silence, 0 bytes received"
    half = await failure(feed(server.url("/half")), read=0.1)
    assert half.cause == f"timed out after 0.1 s of silence, {len(RSS) - 20} bytes received"


async def test_cancelling_goes_through(server: FaultServer) -> None:
    server.route("/hang", server.hang())
    task = asyncio.create_task(get(feed(server.url("/hang"))))
    await server.asked.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


@pytest.mark.parametrize(
    ("status", "body", "headers", "health", "cause"),
    [
        ("404 Not Found", b"", (), "failing", "404 not found"),
        ("410 Gone", b"", (), "failing", "410 gone for good"),
        ("401 Unauthorized", b"", (), "blocked", "blocked: 401 needs a login"),
        ("403 Forbidden", b"no", (), "blocked", "blocked: 403 forbidden"),
        ("403 Forbidden", b"<title>Just a moment...</title>", (), "blocked", "blocked: 403 with a challenge page"),
        ("503 Unavailable", b"x", (("cf-mitigated", "challenge"),), "blocked", "blocked: 503 with a challenge page"),
        ("500 Oops", b"", (), "failing", "500 server error"),
        ("304 Not Modified", b"", (), "failing", "304 unexpected answer"),
        ("206 Partial", RSS, (), "failing", "206 unexpected answer"),
    ],
)
async def test_statuses(
    server: FaultServer, status: str, body: bytes, headers: tuple[tuple[str, str], ...], health: str, cause: str
) -> None:
    server.route("/x", server.send(status, body, *headers))
    result = await failure(feed(server.url("/x")))
    assert (result.health, result.cause, result.status) == (health, cause, int(status[:3]))


@pytest.mark.parametrize("status", ["429 Too Many Requests", "503 Service Unavailable"])
async def test_retry_after(server: FaultServer, status: str) -> None:
    server.route("/seconds", server.refuse(status, "7200"))
    server.route("/past", server.refuse(status, "Sun, 22 Nov 2020 10:00:00 GMT"))
    server.route("/future", server.refuse(status, "Fri, 31 Dec 9999 23:59:59 GMT"))
    server.route("/odd", server.refuse(status, "soon"))
    waits = [(await failure(feed(server.url(path)))).retry_after for path in ("/seconds", "/past", "/future", "/odd")]
    assert waits == [timedelta(hours=2), timedelta(0), timedelta(days=365), None]


async def test_redirects(server: FaultServer) -> None:
    server.route("/feed", server.feed(RSS))
    for hop in range(1, 8):
        target = f"/hop{hop - 1}" if hop > 1 else "/feed"
        server.route(f"/hop{hop}", server.redirect(target, "301 Moved Permanently"))
    server.route("/loop", server.redirect("/loop"))
    server.route("/file", server.redirect("file:///etc/passwd"))
    server.route("/none", server.send("302 Found"))
    followed = await get(feed(server.url("/hop5")))
    assert isinstance(followed, Fetched)
    assert followed.url == server.url("/feed")
    causes = [(await failure(feed(server.url(path)))).cause for path in ("/hop6", "/loop", "/file", "/none")]
    assert causes == [
        "redirect loop: more than 5 redirects",
        "redirect loop",
        "302 redirect to an address that is no web page: file:///etc/passwd",
        "302 redirect to an address that is no web page: none given",
    ]


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "localhost", "127.1", "2130706433", "0x7f000001", "[::ffff:127.0.0.1]", "[::1]"]
)
async def test_private_literals_are_refused(server: FaultServer, host: str) -> None:
    server.route("/feed", server.feed(RSS))
    result = await failure(feed(server.url("/feed", host), allow_private=False))
    assert result.cause.startswith("refused: ")
    assert result.cause.endswith(" is a private address (allow_private: true permits it)")
    assert not server.requests


async def test_names_are_checked_where_they_are_connected_to(server: FaultServer) -> None:
    """The DNS may answer a public address first and a private one for the connection; there is only one question."""
    answers = [["10.0.0.1"], ["127.0.0.1"]]
    asked: list[str] = []

    async def resolve(host: str, port: int) -> Sequence[str]:
        asked.append(host)
        return answers[len(asked) - 1]

    refused = await failure(feed("http://feeds.example/x", allow_private=False), resolve=resolve)
    assert refused.cause == "refused: 10.0.0.1 is a private address (allow_private: true permits it)"
    server.route("/x", server.feed(RSS))
    result = await get(feed(server.url("/x", "feeds.example")), resolve=resolve)
    assert isinstance(result, Fetched)
    assert asked == ["feeds.example", "feeds.example"]
    assert server.requests[0].headers["host"] == f"feeds.example:{server.port}"


async def test_a_redirect_to_a_private_address_is_refused(server: FaultServer, monkeypatch: pytest.MonkeyPatch) -> None:
    from monitor.feeds import network

    real = network.is_public
    # The test's own server stands for a public one; everything else is judged as ever.
    monkeypatch.setattr(network, "is_public", lambda address: address == "127.0.0.1" or real(address))
    server.route("/go", server.redirect("http://169.254.169.254/latest/meta-data"))
    result = await failure(feed(server.url("/go"), allow_private=False))
    assert result.cause == "refused: feed leads to private address 169.254.169.254 (allow_private: true permits it)"


async def test_nobody_there() -> None:
    async def unknown(host: str, port: int) -> Sequence[str]:
        raise socket.gaierror(socket.EAI_NONAME, "unknown")

    async def silent(host: str, port: int) -> Sequence[str]:
        await asyncio.Event().wait()
        return []

    offline = await failure(feed("http://nowhere.example/"), resolve=unknown)
    assert (offline.health, offline.cause) == ("offline", "name not found: nowhere.example")
    slow = await failure(feed("http://slow.example/"), resolve=silent, connect=0.1)
    assert slow.cause == "timed out after 0.1 s while connecting"
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        port = closed.getsockname()[1]
        refused = await failure(feed(f"http://127.0.0.1:{port}/"))
    assert (refused.health, refused.cause) == ("failing", "connection refused")
    for url in ("ftp://x/", "http://", "nonsense", "http://a\x1b[31m/", "http://[::1/", "http://xn--\u2028/"):
        assert (await failure(feed(url))).cause.startswith("not a web address: "), url


async def test_the_second_address_is_tried(server: FaultServer) -> None:
    async def resolve(host: str, port: int) -> Sequence[str]:
        return ["127.0.0.9", "127.0.0.1"]

    server.route("/x", server.feed(RSS))
    assert isinstance(await get(feed(server.url("/x", "two.example")), resolve=resolve), Fetched)


async def test_behind_a_proxy_literal_addresses_are_checked(
    server: FaultServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("http_proxy", server.url(""))
    for name in ("no_proxy", "NO_PROXY", "HTTP_PROXY"):
        monkeypatch.delenv(name, raising=False)
    server.route("http://feeds.example/x", server.feed(RSS))
    result = await get(feed("http://feeds.example/x", allow_private=False))
    assert isinstance(result, Fetched)
    assert server.requests[0].headers["host"] == "feeds.example"
    for host in ("10.0.0.1", "127.1", "localhost", "[::1]"):
        refused = await failure(feed(f"http://{host}/x", allow_private=False))
        assert refused.cause.startswith("refused: "), host


async def test_headers_that_cannot_be_sent(server: FaultServer) -> None:
    result = await failure(feed(server.url("/"), headers=(("X", "a\r\nInjected: b"),)))
    assert result.cause == "cannot be asked: a header of this feed is not allowed in HTTP"


def test_importing_loads_no_http_library() -> None:
    code = (
        "import sys, monitor.feeds.fetch, monitor.feeds.parse; "
        "print({'httpx','httpcore','feedparser'} & set(sys.modules))"
    )
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "set()\n"


async def test_where_a_feed_has_moved_for_good(server: FaultServer) -> None:
    server.route("/feed", server.feed(RSS, etag='"1"'))
    server.route("/301", server.redirect("/feed", "301 Moved Permanently"))
    server.route("/308", server.redirect("/301", "308 Permanent Redirect"))
    server.route("/302", server.redirect("/301"))
    server.route("/half", server.redirect("/307", "301 Moved Permanently"))
    server.route("/307", server.redirect("/feed", "307 Temporary Redirect"))
    found = {}
    for path in ("/feed", "/301", "/308", "/302", "/half", "/307"):
        result = await get(feed(server.url(path)))
        assert isinstance(result, Fetched)
        found[path] = result.moved_to and result.moved_to.removeprefix(server.url(""))
    assert found == {"/feed": None, "/301": "/feed", "/308": "/feed", "/302": None, "/half": "/307", "/307": None}
    unchanged = await get(feed(server.url("/301")), FeedState("f", etag='"1"'))
    assert isinstance(unchanged, NotModified)
    assert unchanged.moved_to == server.url("/feed")


async def test_an_adopted_address_is_asked_without_the_credentials_of_the_old_one(server: FaultServer) -> None:
    async with FaultServer("127.0.0.2") as other:
        other.route("/new", other.feed(RSS))
        old = feed(server.url("/old").replace("http://", "http://layla:secret@"), headers=(("X-Token", "t"),))
        state = FeedState("f", address=other.url("/new"), moved_for=url_print(old.url))
        assert isinstance(await get(old, state), Fetched)
        assert not {"authorization", "x-token"} & set(other.requests[0].headers)
        assert not server.requests
        # It is checked like any other address.
        refused = await failure(replace(old, allow_private=False), state=state)
        assert refused.cause.startswith("refused: feed leads to private address 127.0.0.2")
