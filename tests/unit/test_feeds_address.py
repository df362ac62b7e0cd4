"""Addresses taken apart as a request needs them, and what a well-known client makes of the same."""

from __future__ import annotations

import httpx
import pytest

from monitor.feeds.address import Address


@pytest.mark.parametrize(
    ("url", "whole"),
    [
        ("http://a.example", "http://a.example/"),
        ("HTTP://A.Example:80/x#part", "http://a.example/x"),
        ("https://a.example:443/?q=1&r=a+b", "https://a.example/?q=1&r=a+b"),
        ("https://a.example:8443/x", "https://a.example:8443/x"),
        ("http://a.example?q", "http://a.example/?q"),
        ("http://[::1]:8000/x", "http://[::1]:8000/x"),
        ("http://layla:s%40cret@a.example/x", "http://a.example/x"),
        ("https://münchen.example/straße?ü", "https://xn--mnchen-3ya.example/stra%C3%9Fe?%C3%BC"),
        ("https://أخبار.example/خبر", "https://xn--igbicxr.example/%D8%AE%D8%A8%D8%B1"),
        ('http://a.example/a%2Fb%zz[1]{2}|^`"', "http://a.example/a%2Fb%25zz%5B1%5D%7B2%7D%7C%5E%60%22"),
    ],
)
def test_an_address_is_written_as_http_wants_it(url: str, whole: str) -> None:
    address = Address.of(url)
    assert str(address) == whole
    assert Address.of(str(address)) == address.bare()
    theirs = httpx.URL(url)
    assert (address.scheme, address.host) == (theirs.scheme, theirs.raw_host.decode())


def test_who_asks_is_known_and_not_shown() -> None:
    address = Address.of("https://layla:s%40cret@a.example/x")
    assert (address.user, address.password) == ("layla", "s@cret")
    assert "cret" not in str(address)
    assert address.bare().user == address.bare().password == ""


def test_an_origin_is_scheme_host_and_port() -> None:
    assert Address.of("https://a.example/x").origin == Address.of("https://A.example:443/y").origin
    assert Address.of("https://a.example/x").origin != Address.of("http://a.example/x").origin
    assert Address.of("http://a.example:81/").dialled == 81
    assert Address.of("https://a.example/").dialled == 443


@pytest.mark.parametrize(
    "url", ["http://a b/", "http://a%00b/", "http://a\u2028b/", "http://" + "ü" * 80 + ".example/"]
)
def test_what_is_no_host_name_is_refused(url: str) -> None:
    with pytest.raises(ValueError, match="not a host name"):
        Address.of(url)
