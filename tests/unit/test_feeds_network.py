"""Which addresses are public."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import pytest

from monitor.feeds.network import RefusedAddress, connect_checked, is_public, literal_address

PRIVATE = [
    "127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0", "224.0.0.1",
    "240.0.0.1", "255.255.255.255", "192.0.2.1", "::1", "::", "fe80::1", "fe80::1%eth0", "fc00::1", "fec0::1",
    "ff02::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::127.0.0.1", "2002:7f00:1::", "2002:0a00:1::",
    "64:ff9b::127.0.0.1", "64:ff9b::a00:1", "64:ff9b:1::1", "2001:0:1::1", "2001:db8::1", "nonsense",
]  # fmt: skip
PUBLIC = [
    "8.8.8.8", "1.1.1.1", "2606:4700::1111", "::ffff:8.8.8.8", "64:ff9b::808:808", "2002:808:808::1",
]  # fmt: skip


@pytest.mark.parametrize("address", PRIVATE)
def test_private(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize("address", PUBLIC)
def test_public(address: str) -> None:
    assert is_public(address)


@pytest.mark.parametrize(
    ("host", "address"),
    [("127.1", "127.0.0.1"), ("0x7f.1", "127.0.0.1"), ("2130706433", "127.0.0.1"), ("[::1]", "::1"),
     ("localhost.", "127.0.0.1"), ("a.localhost", "127.0.0.1"), ("example.org", None),
     ("1.2.3.4.5", None), ("dead.beef", None)],
)  # fmt: skip
def test_literals(host: str, address: str | None) -> None:
    assert literal_address(host) == address


async def _connect(addresses: list[str], working: str, allow_private: bool = False) -> tuple[str | None, list[str]]:
    tried = []

    async def resolve(host: str, port: int) -> Sequence[str]:
        return addresses

    async def connect(address: str, seconds: float) -> str:
        tried.append(address)
        if address != working:
            raise ConnectionRefusedError(address)
        return address

    return await connect_checked(
        connect, "x.example", 80, resolve=resolve, allow_private=allow_private, seconds=5
    ), tried


def test_only_permitted_addresses_are_tried() -> None:
    assert asyncio.run(_connect(["10.0.0.1", "8.8.8.8", "1.1.1.1"], "1.1.1.1")) == ("1.1.1.1", ["8.8.8.8", "1.1.1.1"])
    assert asyncio.run(_connect(["10.0.0.1"], "10.0.0.1", allow_private=True))[0] == "10.0.0.1"
    with pytest.raises(RefusedAddress, match=r"10\.0\.0\.1"):
        asyncio.run(_connect(["10.0.0.1", "::1"], "10.0.0.1"))
    with pytest.raises(ConnectionRefusedError, match=r"8\.8\.8\.8"):
        asyncio.run(_connect(["8.8.8.8", "1.1.1.1"], "none"))
