"""OPML, feeds on a page, and the regions whose sources are sick."""

from __future__ import annotations

import pytest
from hypothesis import given, strategies as st

from monitor.errors import InputError
from monitor.feeds import opml
from monitor.feeds.discover import MOST, candidates
from monitor.feeds.health import is_offline, sick_regions
from monitor.model import Feed, FeedRow, FeedState, Health

# ---- OPML ------------------------------------------------------------------------------------------------------------

LIST = b"""<?xml version="1.0" encoding="utf-8"?>
<opml version="1.1"><head><title>x</title></head><body>
<outline text="Iraq">
<outline text="Ignored" title="A &amp; &lt;b&gt;B&lt;/b&gt;" type="rss"
  xmlUrl="https://a.example/rss" htmlUrl="x"/>
<OUTLINE TEXT="Two" XMLURL=" http://b.example/ "/></outline>
<outline text="again" xmlUrl="https://a.example/rss"/>
<outline text="exec" xmlUrl="exec:rm -rf /"/><outline text="q" xmlUrl="query:x:y"/>
<outline text="f" xmlUrl="file:///etc/passwd"/>
<outline text="folder only"/></body></opml>"""


def test_only_addresses_and_titles_are_read() -> None:
    assert opml.read(LIST, "l") == (
        opml.Outline("A & B", "https://a.example/rss"),
        opml.Outline("Two", "http://b.example/"),
    )


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b"<!DOCTYPE opml><opml/>", "declares a document type"),
        (b'<!DOCTYPE o [<!ENTITY a "b">]><opml>&a;</opml>', "declares a document type"),
        (b"<rss/>", "is no OPML"),
        (b"<opml><body>", "no OPML list|its encoding is not known"),
        (b"", "no OPML list|its encoding is not known"),
        (b"\xff\xfe\x00", "no OPML list|its encoding is not known"),
        (b'<?xml version="1.0" encoding="klingon"?><opml/>', "no OPML list|its encoding is not known"),
        (b"<opml>" + b"<outline>" * 200, "nested too deeply"),
        (b" " * (10 * 1024 * 1024 + 1), "larger than 10 MiB"),
    ],
)
def test_lists_that_are_refused(body: bytes, words: str) -> None:
    with pytest.raises(InputError, match=words):
        opml.read(body, "l")


@given(st.lists(st.tuples(st.text(max_size=20), st.integers(0, 99)), max_size=8))
def test_what_is_written_is_read_again(pairs: list[tuple[str, int]]) -> None:
    legal = {f"https://{n}.example/?a=1&b='\"": "".join(c for c in title if c.isalnum()) for title, n in pairs}
    outlines = tuple(opml.Outline(title, url) for url, title in legal.items())
    assert [one.url for one in opml.read(opml.write(outlines).encode(), "l")] == list(legal)


@given(st.binary(max_size=200))
def test_any_bytes_give_a_list_or_an_input_error(body: bytes) -> None:
    try:
        opml.read(b"<opml>" + body, "l")
    except InputError:
        return


# ---- discovery -------------------------------------------------------------------------------------------------------

PAGE = b"""<!doctype html><html><head><base href="https://news.example/ar/">
<link rel="stylesheet" href="/rss.css"><link rel="alternate" type="text/html" href="/en">
<link href='feed.xml?a=1&amp;b=2' type='application/rss+xml' rel='alternate home'>
<link rel=alternate type=application/feed+json href=/feed.json></head>
<body><a href="/rss/politics">RSS</a>
<a href="https://feedly.com/i/subscription/feed/x">Feedly</a> <a href="javascript:rss()">x</a>
<a href="/feedback">write to us</a>
<a href="//media.news.example/atom">atom</a><a href="/press">press</a></body></html>"""


def test_feeds_on_a_page_best_first() -> None:
    assert candidates(PAGE, "text/html", "https://news.example/") == (
        "https://news.example/ar/feed.xml?a=1&b=2",
        "https://news.example/feed.json",
        "https://news.example/rss/politics",
        "https://media.news.example/atom",
    )


def test_a_page_without_any_has_the_usual_places() -> None:
    found = candidates(b"<html><a href='/about'>x</a></html>", "", "https://news.example/x/y")
    assert found[:2] == ("https://news.example/feed", "https://news.example/rss")


@given(st.binary(max_size=500))
def test_any_page_gives_few_web_addresses(body: bytes) -> None:
    found = candidates(b"<a href=" + body + b"><a href=/rss>", "", "https://news.example/")
    assert 0 < len(found) <= MOST
    assert all(url.startswith(("http://", "https://")) for url in found)


# ---- regions ---------------------------------------------------------------------------------------------------------


def row(name: str, health: Health, region: str | None = "iraq", family: str = "", enabled: bool = True) -> FeedRow:
    return FeedRow(
        Feed(name, f"https://{name}.example/", name, region=region, family=family, enabled=enabled),
        FeedState(name, health=health),
    )


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        ([row("a", "ok"), row("b", "ok"), row("c", "failing")], []),
        (
            [row("a", "ok"), row("b", "blocked"), row("c", "silent"), row("d", "blocked")],
            ["iraq: 3 of 4 not heard (feeds: 2 blocked, 1 silent); quiet here is not calm"],
        ),
        # Three feeds of one publisher that answer are one pair of eyes.
        (
            [row("a", "ok", family="x"), row("b", "ok", family="x"), row("c", "failing"), row("d", "stale")],
            ["iraq: 2 of 3 not heard (feeds: 1 failing, 1 stale); quiet here is not calm"],
        ),
        (
            [row("a", "ok", "syria"), row("b", "ok"), row("c", "failing", "egypt"), row("d", "muted", "egypt")],
            ["egypt: no publisher is heard (feeds: 1 failing, 1 muted); quiet here is not calm"],
        ),
        ([row("a", "unpolled"), row("b", "failing", enabled=False)], []),
        ([], []),
    ],
)
def test_regions_whose_sources_are_sick(rows: list[FeedRow], words: list[str]) -> None:
    assert [region.words() for region in sick_regions(rows)] == words


def test_offline_is_one_state() -> None:
    assert is_offline([row("a", "offline"), row("b", "offline"), row("c", "unpolled"), row("d", "muted")])
    assert not is_offline([row("a", "offline"), row("b", "ok")])
    assert not is_offline([row("a", "unpolled")])
