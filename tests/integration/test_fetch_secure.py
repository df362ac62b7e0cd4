"""HTTPS on loopback: certificates that hold and that do not, directly and through a proxy's tunnel."""

from __future__ import annotations

import asyncio
import contextlib
import ssl
from collections.abc import AsyncIterator, Sequence
from pathlib import Path

import pytest
import trustme

from monitor.feeds.fetch import Fetcher
from monitor.model import Feed, FeedState, Fetched, FetchFailed, FetchResult
from tests.faults import RSS, FaultServer

HOST = "feeds.example"


def served_with(certificate: trustme.LeafCert) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    certificate.configure_cert(context)
    return context


@pytest.fixture
def authority(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> trustme.CA:
    """A certificate authority that this process trusts, as people do with their company's."""
    made = trustme.CA()
    made.cert_pem.write_to_path(str(tmp_path / "ca.pem"))
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "ca.pem"))
    for name in ("http_proxy", "https_proxy", "all_proxy", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)
    return made


async def resolve(host: str, port: int) -> Sequence[str]:
    return ["127.0.0.1"]


async def get(url: str, wall: float = 5.0) -> FetchResult:
    async with Fetcher(user_agent="test", wall=wall, resolve=resolve) as fetcher:
        return await fetcher.fetch(Feed("f", url, "F", allow_private=True), FeedState("f"))


async def test_a_trusted_certificate(authority: trustme.CA) -> None:
    async with FaultServer(tls=served_with(authority.issue_cert(HOST))) as server:
        server.route("/feed", server.feed(RSS))
        result = await get(server.url("/feed", HOST))
    assert isinstance(result, Fetched)
    assert result.body == RSS


@pytest.mark.parametrize("fault", ["of a stranger", "of another host"])
async def test_a_certificate_that_does_not_hold_is_named(authority: trustme.CA, fault: str) -> None:
    certificate = trustme.CA().issue_cert(HOST) if fault == "of a stranger" else authority.issue_cert("other.example")
    async with FaultServer(tls=served_with(certificate)) as server:
        result = await get(server.url("/feed", HOST))
        assert server.requests == []
    assert isinstance(result, FetchFailed)
    assert result.cause.startswith("certificate not valid: ")


async def test_a_server_that_speaks_no_tls_is_named(authority: trustme.CA) -> None:
    async def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"SSH-2.0-nothing\r\n")
        writer.close()

    server = await asyncio.start_server(accept, "127.0.0.1", 0)
    async with server:
        result = await get(f"https://{HOST}:{server.sockets[0].getsockname()[1]}/feed")
    assert isinstance(result, FetchFailed)
    assert result.cause == "no secure connection: what answers there does not speak https (http:// may)"


async def test_a_handshake_that_hangs_leaves_no_connection_behind(authority: trustme.CA) -> None:
    # The server waits for a line that a TLS client never sends; it ends only when the client hangs up.
    async with FaultServer() as server:
        async with asyncio.timeout(10):
            result = await get(server.url("/feed").replace("http:", "https:"), wall=0.3)
    assert isinstance(result, FetchFailed)
    assert result.cause == "timed out after 0.3 s, 0 bytes received"


@contextlib.asynccontextmanager
async def tunnel(port: int, wanted: list[str]) -> AsyncIterator[str]:
    """A proxy that opens every tunnel to the one port, and notes where it was asked to."""
    tasks: set[asyncio.Task[None]] = set()

    async def copy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError):
            while data := await reader.read(65_536):
                writer.write(data)
                await writer.drain()
        writer.close()

    async def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        wanted.append(head.split(b"\r\n")[0].decode())
        there, back = await asyncio.open_connection("127.0.0.1", port)
        writer.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
        for task in (asyncio.ensure_future(copy(reader, back)), asyncio.ensure_future(copy(there, writer))):
            tasks.add(task)
            task.add_done_callback(tasks.discard)

    server = await asyncio.start_server(accept, "127.0.0.1", 0)
    try:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    finally:
        server.close()
        await asyncio.gather(*tasks, return_exceptions=True)
        await server.wait_closed()


async def test_through_a_proxys_tunnel_the_certificate_counts(
    authority: trustme.CA, monkeypatch: pytest.MonkeyPatch
) -> None:
    wanted: list[str] = []
    async with FaultServer(tls=served_with(authority.issue_cert(HOST))) as server:
        server.route("/feed", server.feed(RSS))
        async with tunnel(server.port, wanted) as proxy:
            monkeypatch.setenv("https_proxy", proxy)
            good = await get(f"https://{HOST}/feed")
            bad = await get("https://other.example/feed")
    assert isinstance(good, Fetched)
    assert isinstance(bad, FetchFailed)
    assert bad.cause.startswith("certificate not valid: ")
    assert wanted == [f"CONNECT {HOST}:443 HTTP/1.1", "CONNECT other.example:443 HTTP/1.1"]
