"""The short way gives what the full reader gives, field by field, or gives up."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given, settings, strategies as st

from monitor.feeds import parse as full
from monitor.feeds.quick import QuickFeed, read_quickly
from monitor.model import NotAFeed, ParsedFeed

NOW = datetime(2026, 11, 23, tzinfo=UTC)
MANY = 2_000
NAMESPACES = (
    'xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:content="http://purl.org/rss/1.0/modules/content/" '
    'xmlns:media="http://search.yahoo.com/mrss/" xmlns:atom="http://www.w3.org/2005/Atom" xmlns:own="urn:own"'
)
TEXTS = st.sampled_from([
    "Troops leave the base", "  spaces\n around ", "", "A &amp; B", "&lt;b&gt;bold&lt;/b&gt; words", "a &lt; b",
    "<![CDATA[<p>One</p><p>Two</p>]]>",
    "قوات التحالف تسلّم القاعدة", "Ã©tÃ©", "caf\u00e9 \u0085 \u0093x\u0094", "&#8220;so&#8221;", "x &amp;amp; y",
    "&lt;script&gt;x&lt;/script&gt;rest", "100%", "<!-- no -->said",
])  # fmt: skip
LINKS = st.sampled_from([
    "https://a.example/1", "/relative", "", "https://a.example/?a=1&amp;b=2",
    "https://a.example/?a=1&amp;amp;b;=2", "not a link", "mailto:x@y",
])  # fmt: skip
DATES = st.sampled_from([
    "Mon, 02 Nov 2026 06:00:00 +0300", "2026-11-02T06:00:00Z", "2026-11-02", "",
    "yesterday", "Monday, 2. November 2026", "2026-11-02 06:00",
])  # fmt: skip
ELEMENTS = st.one_of(
    st.builds("<title>{}</title>".format, TEXTS),
    st.builds("<description>{}</description>".format, TEXTS),
    st.builds('<summary type="{}">{}</summary>'.format, st.sampled_from(["text", "html", "text/html", "xhtml"]), TEXTS),
    st.builds("<content:encoded>{}</content:encoded>".format, TEXTS),
    st.builds('<content type="html">{}</content>'.format, TEXTS),
    st.builds("<link>{}</link>".format, LINKS),
    st.builds('<link rel="{}" href="{}"/>'.format, st.sampled_from(["alternate", "self", "enclosure"]), LINKS),
    st.builds('<atom:link href="{}"/>'.format, LINKS),
    st.builds("<guid>{}</guid>".format, LINKS),
    st.builds('<guid isPermaLink="false">{}</guid>'.format, TEXTS),
    st.builds("<id>{}</id>".format, LINKS),
    st.builds("<pubDate>{}</pubDate>".format, DATES),
    st.builds("<published>{}</published>".format, DATES),
    st.builds("<dc:date>{}</dc:date>".format, DATES),
    st.builds("<atom:updated>{}</atom:updated>".format, DATES),
    st.builds('<source url="https://w.example/">{}</source>'.format, TEXTS),
    st.builds("<dc:creator>{}</dc:creator>".format, TEXTS),
    st.builds("<author><name>{}</name></author>".format, TEXTS),
    st.builds("<category>{}</category>".format, TEXTS),
    st.builds('<media:content url="u"><media:credit>{}</media:credit></media:content>'.format, TEXTS),
    st.builds("<media:title>{}</media:title>".format, TEXTS),
    st.builds("<own:thing>{}</own:thing>".format, TEXTS),
    st.builds("<own:title>{}</own:title>".format, TEXTS),
    st.just("<title>plain <b>and</b> bold</title>"),
    st.just('<post-id xmlns="urn:blog">77</post-id>'),
    st.just("<media:group><media:thumbnail/><description>deep</description></media:group>"),
)  # fmt: skip
ITEMS = st.lists(st.lists(ELEMENTS, max_size=6).map("".join), min_size=1, max_size=4)
HEADS = st.lists(
    st.sampled_from([
        "<title>Head</title>", "<ttl>30</ttl>", "<language>en</language>", "<link>https://a.example/</link>",
        "<image><title>Picture</title><url>u</url></image>", '<atom:link rel="self" href="/me"/>',
        "<dc:title>Other</dc:title>",
    ]),
    max_size=4,
).map("".join)  # fmt: skip


@st.composite
def documents(draw: st.DrawFn) -> str:
    head, items = draw(HEADS), draw(ITEMS)
    if draw(st.booleans()):
        body = "".join(f"<item>{item}</item>" for item in items)
        return f'<?xml version="1.0"?><rss version="2.0" {NAMESPACES}><channel>{head}{body}</channel></rss>'
    body = "".join(f"<entry>{item}</entry>" for item in items)
    return f'<feed xmlns="http://www.w3.org/2005/Atom" {NAMESPACES}>{head}{body}</feed>'


def by_full_reader(text: str) -> ParsedFeed | NotAFeed:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(full, "read_quickly", lambda *_: None)
        return parsed(text)


def parsed(text: str) -> ParsedFeed | NotAFeed:
    return full.parse(text.encode(), url="http://x.example/feed", content_type="text/xml", tz="Asia/Baghdad", now=NOW)


def quickly(text: str) -> QuickFeed | None:
    return read_quickly(full._undeclared(text), MANY, full._customs())


@settings(max_examples=150, deadline=None)
@given(documents())
def test_both_ways_give_the_same(document: str) -> None:
    assert parsed(document) == by_full_reader(document)


USUAL = f"""<?xml version="1.0" encoding="utf-8"?>
<rss version="2.0" {NAMESPACES}><channel><title>News</title><link>https://n.example/</link><ttl>15</ttl>
<image><url>https://n.example/i.png</url><title>Logo</title><link>https://n.example/</link></image>
<item><title>Base &amp;amp; port</title><link>https://n.example/1</link><description><![CDATA[<p>Said.</p>]]></description>
<content:encoded><![CDATA[<p>All of it.</p>]]></content:encoded><dc:creator>A</dc:creator><category>World</category>
<media:content url="https://n.example/1.jpg" medium="image"><media:credit>B</media:credit></media:content>
<guid isPermaLink="false">n-1</guid><pubDate>Mon, 02 Nov 2026 06:00:00 +0300</pubDate></item></channel></rss>"""
ATOM = """<feed xmlns="http://www.w3.org/2005/Atom"><title>News</title><id>urn:n</id><updated>2026-11-02T06:00:00Z</updated>
<entry><title type="html">Base &amp;amp; port</title><link href="https://n.example/1"/><id>urn:n:1</id>
<author><name>A</name></author><updated>2026-11-02T06:00:00Z</updated><summary>Said.</summary></entry></feed>"""


@pytest.mark.parametrize("document", [USUAL, ATOM], ids=["rss", "atom"])
def test_usual_documents_go_the_short_way(document: str) -> None:
    found = quickly(document)
    assert found is not None
    assert [(entry.guid, entry.link) for entry in found.entries if entry] == [
        ("n-1" if "rss" in document else "urn:n:1", "https://n.example/1")
    ]
    assert parsed(document) == by_full_reader(document)


@pytest.mark.parametrize(
    "inside",
    [
        "<title>a <b>b</b></title>",
        "<title>a</title><title>b</title>",
        '<description type="application/xml">x</description>',
        '<title mode="escaped">x</title>',
        '<link xml:base="https://b.example/">x</link>',
        "<media:description>x</media:description>",
        "<description>&nbsp;</description>",
        "<item>nested</item>",
    ],
)
def test_what_has_no_plain_meaning_is_left_to_the_full_reader(inside: str) -> None:
    assert quickly(f'<rss version="2.0" {NAMESPACES}><channel><item>{inside}</item></channel></rss>') is None


@pytest.mark.parametrize("document", ["", "<rss/", "<rdf/>", '<!DOCTYPE rss [<!ATTLIST a b CDATA "c">]><rss/>', "text"])
def test_other_documents_are_left_to_the_full_reader(document: str) -> None:
    assert quickly(document) is None


def test_it_stops_at_the_limit() -> None:
    many = "<item><title>x</title></item>" * 20
    found = read_quickly(f'<rss version="2.0"><channel>{many}</channel></rss>', 7, full._customs())
    assert found is not None
    assert len(found.entries) == 7
