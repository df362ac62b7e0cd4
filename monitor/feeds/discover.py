"""Feeds that a web page names: what it declares, then what its links look like, then where feeds usually are. Pure.

The page is not parsed but searched for tags: a candidate is only ever an address to be tried, and the search takes
linear time on any page.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from urllib.parse import urljoin, urlsplit

from monitor.feeds.clean import web_url
from monitor.feeds.document import decode

MOST = 12
_PAGE = 2 * 1024 * 1024
_TAG = re.compile(r"(?i)<(link|a|base)\s([^<>]{1,4000})>")
_ATTRIBUTE = re.compile(r"""(?i)([a-z][a-z-]{0,30})\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))""")
_FEED_TYPES = re.compile(r"(?i)^\s*(?:application|text)/(?:rss|atom|rdf|feed)\+(?:xml|json)")
_LOOKS = re.compile(r"(?i)(?:^|[/.?=&_-])(?:rss|atom|feeds?)(?:[/.?=&_-]|$)|\.(?:rss|rdf|atom)$|/index\.xml$")
_USUAL = ("/feed", "/rss", "/rss.xml", "/feed.xml", "/atom.xml", "/index.xml", "/feeds/all.rss")


def candidates(body: bytes, content_type: str, url: str) -> tuple[str, ...]:
    """Addresses to try, best first, at most 12. `url` is where the page came from."""
    text, _ = decode(body[:_PAGE], content_type)
    tags = [(tag.lower(), _attributes(rest)) for tag, rest in _TAG.findall(text)]
    base = next((urljoin(url, attributes.get("href", "")) for tag, attributes in tags if tag == "base"), url)
    found = dict.fromkeys(_declared(tags, base))
    found |= dict.fromkeys(_linked(tags, base))
    if not found:
        found = dict.fromkeys(usual(url))
    found.pop(url, None)
    return tuple(found)[:MOST]


def usual(url: str) -> tuple[str, ...]:
    """Where feeds usually are on a site."""
    return tuple(address for path in _USUAL if (address := web_url(path, url)) is not None)


def _declared(tags: list[tuple[str, dict[str, str]]], base: str) -> Iterator[str]:
    for tag, attributes in tags:
        if tag == "link" and "alternate" in attributes.get("rel", "").lower().split():
            address = web_url(attributes.get("href", ""), base)
            if address is not None and _FEED_TYPES.match(attributes.get("type", "")):
                yield address


def _linked(tags: list[tuple[str, dict[str, str]]], base: str) -> Iterator[str]:
    site = urlsplit(base).hostname or ""
    for tag, attributes in tags:
        address = web_url(attributes.get("href", ""), base) if tag == "a" else None
        if address is None:
            continue
        parts = urlsplit(address)
        host = parts.hostname or ""
        # Of links to other sites, most are readers that offer to subscribe.
        near = host == site or host.endswith("." + site.removeprefix("www."))
        if near and _LOOKS.search(f"{parts.path}?{parts.query}" if parts.query else parts.path):
            yield address


def _attributes(text: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for name, double, single, bare in _ATTRIBUTE.findall(text):
        found.setdefault(name.lower(), html.unescape(double or single or bare))
    return found
