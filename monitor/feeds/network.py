"""Which addresses a feed may lead to, and a connection that goes only there.

A name is resolved, checked and connected to in one step: a DNS answer that changes after the check has no effect.
Nothing here imports an HTTP library; `fetch` hands in how to connect.
"""

from __future__ import annotations

import asyncio
import ipaddress
import re
import socket
import time
from collections.abc import Awaitable, Callable, Sequence
from typing import TypeVar

Resolver = Callable[[str, int], Awaitable[Sequence[str]]]
"""Host name and port to addresses in order of preference; raises OSError (socket.gaierror) where there are none."""

T = TypeVar("T")
_ATTEMPTS = 4
_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")
_COMPATIBLE = ipaddress.IPv6Network("::/96")
_TEREDO = ipaddress.IPv6Network("2001::/32")
_LEGACY_IPV4 = re.compile(r"^(?:0x[0-9a-f]+|\d+)(?:\.(?:0x[0-9a-f]+|\d+)){0,3}$", re.IGNORECASE)


class RefusedAddress(Exception):
    """A name or URL leads to an address that is not on the public internet."""

    def __init__(self, address: str) -> None:
        super().__init__(address)
        self.address = address


def is_public(address: str) -> bool:
    """Whether an IPv4 or IPv6 address is one of the public internet; one that wraps IPv4 is judged by that."""
    try:
        ip = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return False
    if isinstance(ip, ipaddress.IPv6Address):
        inner = ip.ipv4_mapped or ip.sixtofour
        if inner is None and (ip in _NAT64 or ip in _COMPATIBLE):
            inner = ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)
        if inner is not None:
            return is_public(str(inner))
        if ip in _TEREDO or ip.is_site_local:
            return False
    return ip.is_global and not (
        ip.is_multicast or ip.is_reserved or ip.is_unspecified or ip.is_loopback or ip.is_link_local
    )


def literal_address(host: str) -> str | None:
    """The address that a host part spells out, also in the old notations (127.1, 0x7f000001); None for a name."""
    bare = host.strip("[]").partition("%")[0]
    try:
        return str(ipaddress.ip_address(bare))
    except ValueError:
        pass
    if host.lower().rstrip(".") == "localhost" or host.lower().rstrip(".").endswith(".localhost"):
        return "127.0.0.1"
    if _LEGACY_IPV4.match(bare.rstrip(".")):
        try:
            return socket.inet_ntoa(socket.inet_aton(bare.rstrip(".")))
        except OSError:
            return None
    return None


async def connect_checked(
    connect: Callable[[str, float], Awaitable[T]],
    host: str,
    port: int,
    *,
    resolve: Resolver,
    allow_private: bool,
    seconds: float,
) -> T:
    """Resolve `host`, and connect to the first of its permitted addresses that answers.

    `connect` gets an address and the seconds it may take. Raises RefusedAddress where all addresses are refused,
    TimeoutError where resolving takes too long, and what `connect` raised for the first address where none answers.
    """
    end = time.monotonic() + seconds
    async with asyncio.timeout(seconds):
        # A scoped or bracketless IPv6 literal needs no resolver, and an injected one might not know it.
        literal = literal_address(host)
        addresses = [literal] if literal is not None and host.lower() != "localhost" else await resolve(host, port)
    permitted = [address for address in addresses if allow_private or is_public(address)][:_ATTEMPTS]
    if not permitted:
        if addresses:
            raise RefusedAddress(addresses[0])
        raise socket.gaierror(socket.EAI_NONAME, "no address")
    first: Exception | None = None
    for left, address in zip(range(len(permitted), 0, -1), permitted, strict=True):
        try:
            return await connect(address, max(0.05, (end - time.monotonic()) / left))
        except Exception as error:  # noqa: BLE001 - whatever one address answers, the next one may do
            # Systems sort addresses they cannot reach last, so the first failure is the telling one.
            first = first or error
    assert first is not None
    raise first
