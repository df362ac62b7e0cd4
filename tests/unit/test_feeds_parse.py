"""Documents of all kinds, and of no kind."""

from __future__ import annotations

import json
import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings, strategies as st

from monitor.feeds.parse import parse
from monitor.model import NotAFeed, ParsedEntry, ParsedFeed

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


def read(body: bytes | str, content_type: str = "", tz: str | None = None) -> ParsedFeed | NotAFeed:
    data = body.encode() if isinstance(body, str) else body
    return parse(data, url="https://example.org/rss/feed.xml", content_type=content_type, tz=tz, now=NOW)


def feed(body: bytes | str, content_type: str = "", tz: str | None = None) -> ParsedFeed:
    result = read(body, content_type, tz)
    assert isinstance(result, ParsedFeed), result
    return result


def rss(items: str, head: str = "") -> str:
    return (
        '<?xml version="1.0" encoding="utf-8"?>\n'
        '<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/">'
        f"<channel><title>T</title>{head}{items}</channel></rss>"
    )


def one(item: str, tz: str | None = None) -> ParsedEntry:
    return feed(rss(f"<item>{item}</item>"), tz=tz).entries[0]


def test_rss() -> None:
    entry = one(
        "<guid isPermaLink='false'>g1</guid><title>AT&amp;amp;T &lt;b&gt;base&lt;/b&gt;</title>"
        "<link>/n/1?a=1&amp;b=2</link>"
        "<description><![CDATA[<p>Short</p>]]></description>"
        "<content:encoded><![CDATA[<p>Long</p><p>text</p>]]></content:encoded>"
        "<pubDate>Sun, 22 Nov 2026 10:00:00 +0300</pubDate><source url='https://r.example'>Reuters</source>"
    )
    assert replace(entry, raw="") == ParsedEntry(
        "g1",
        "https://example.org/n/1?a=1&b=2",
        "AT&T base",
        "Short",
        "Long\ntext",
        datetime(2026, 11, 22, 7, tzinfo=UTC),
        "Reuters",
    )
    # The item before cleaning is kept as it was given.
    assert json.loads(entry.raw) == {
        "guid": "g1",
        "link": "/n/1?a=1&b=2",
        "title": "AT&amp;T <b>base</b>",
        "summary": "<p>Short</p>",
        "content": "<p>Long</p><p>text</p>",
        "published": "Sun, 22 Nov 2026 10:00:00 +0300",
        "source": "Reuters",
    }


def test_atom_rdf_and_ttl() -> None:
    atom = feed(
        '<feed xmlns="http://www.w3.org/2005/Atom"><title>A</title><entry><id>urn:1</id>'
        '<title type="html">&lt;i&gt;x&lt;/i&gt;</title>'
        '<link href="https://example.org/a"/><updated>2026-11-22T09:00:00Z</updated><summary>s</summary>'
        '<content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml"><p>a</p><p>b</p></div></content>'
        "<source><title>Rudaw</title></source></entry></feed>"
    ).entries[0]
    assert (atom.guid, atom.title, atom.summary, atom.text, atom.source_label) == ("urn:1", "x", "s", "a\nb", "Rudaw")
    assert atom.published == datetime(2026, 11, 22, 9, tzinfo=UTC)
    rdf = feed(
        '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/" '
        'xmlns:dc="http://purl.org/dc/elements/1.1/"><channel rdf:about="x"><title>R</title></channel>'
        '<item rdf:about="urn:r"><title>r</title><dc:date>2026-11-22</dc:date></item></rdf:RDF>'
    )
    assert (rdf.title, rdf.entries[0].guid, rdf.entries[0].published) == (
        "R",
        "urn:r",
        datetime(2026, 11, 22, tzinfo=UTC),
    )
    assert feed(rss("", "<ttl>90</ttl>")) == ParsedFeed("T", (), (), timedelta(minutes=90))


def test_json_feed() -> None:
    items = [
        {
            "id": 7,
            "url": "/a",
            "title": "a < b",
            "content_html": "<p>x</p><p>y</p>",
            "date_published": "2026-11-22T10:00:00+03:00",
        },
        "bad",
        {"id": "8", "content_text": "one\ntwo"},
    ]
    result = feed(json.dumps({"version": "https://jsonfeed.org/version/1.1", "title": "J", "items": items}))
    first, second = result.entries
    assert (first.guid, first.url, first.title, first.text) == ("7", "https://example.org/a", "a < b", "x\ny")
    assert first.published == datetime(2026, 11, 22, 7, tzinfo=UTC)
    assert (second.title, second.text) == ("one two", "one\ntwo")
    assert result.problems == ("entry 2 has nothing to read",)


def test_title_from_summary_and_equal_texts() -> None:
    entry = one(f"<description>{'word ' * 100}</description>")
    assert entry.title == ("word " * 24).strip()
    assert (entry.text, entry.summary) == ("", ("word " * 100).strip())


@pytest.mark.parametrize(
    ("wording", "tz", "expected"),
    [
        ("Sun, 22 Nov 2026 10:00:00 GMT", "Asia/Baghdad", "2026-11-22T10:00"),
        ("Sun, 22 Nov 2026 10:00:00", "Asia/Baghdad", "2026-11-22T07:00"),
        ("Sun, 22 Nov 2026 10:00:00 AST", "Asia/Baghdad", "2026-11-22T07:00"),
        ("2026-11-22T10:00:00", "Asia/Tehran", "2026-11-22T06:30"),
        ("2026-11-22 10:00:00", None, "2026-11-22T10:00"),
        ("22 Nov 26 10:00 EET", None, "2026-11-22T08:00"),
        ("٢٢ Nov ٢٠٢٦ 10:00 +0200", None, "2026-11-22T08:00"),
        ("Sun, 22 Nov 2026 10:00:60 -0130", None, "2026-11-22T11:30:59"),
        ("1405-09-01T10:00:00Z", None, None),
        ("Thu, 01 Jan 1970 00:00:00 GMT", None, None),
        ("Sun, 29 Nov 2026 10:00:00 GMT", None, None),
        ("yesterday", None, None),
        ("Sun, 99 Nov 2026 99:99:99 +9999", None, None),
    ],
)
def test_dates(wording: str, tz: str | None, expected: str | None) -> None:
    result = feed(rss(f"<item><title>x</title><pubDate>{wording}</pubDate></item>"), tz=tz)
    moment = datetime.fromisoformat(expected).replace(tzinfo=UTC) if expected else None
    assert result.entries[0].published == moment
    assert len(result.problems) == (expected is None)


@pytest.mark.parametrize(
    ("body", "health", "cause"),
    [
        (b"", "not a feed", "not a feed: empty document"),
        (b" \n", "not a feed", "not a feed: empty document"),
        (b"<!doctype html><title>News</title>", "not a feed", "not a feed: HTML page"),
        (b"<html><body><input type=password></body></html>", "not a feed", "not a feed: HTML login page"),
        (b"<html><title>Just a moment...</title></html>", "blocked", "blocked: challenge page"),
        (b'{"a": 1}', "not a feed", "not a feed: JSON, but no JSON Feed"),
        (b'{"a": ', "failing", "broken: JSON that cannot be read, line 1"),
        (b"plain words", "not a feed", "not a feed: unknown document"),
        (b"<x><y></x>", "failing", "broken: mismatched tag, line 1"),
        (b'<?xml version="1.0"?>\n<rss version="2.0"><channel>\n<a></b>', "failing", "broken: mismatched tag, line 3"),
        (b'<!DOCTYPE r [<!ENTITY a "b">]><rss version="2.0"/>', "failing", "declares XML entities"),
    ],
)
def test_not_a_feed(body: bytes, health: str, cause: str) -> None:
    result = read(body)
    assert isinstance(result, NotAFeed)
    assert (result.health, result.cause) == (health, cause)


def test_external_entities_are_refused_in_other_encodings_too() -> None:
    doctype = '<!DOCTYPE r [<!ENTITY x SYSTEM "file:///etc/passwd">]>'
    body = doctype + '<rss version="2.0"><channel><title>&x;</title></channel></rss>'
    assert read(b"\xff\xfe" + body.encode("utf-16-le")) == NotAFeed("failing", "declares XML entities")


def test_broken_xml_keeps_its_whole_entries() -> None:
    result = feed(rss("<item><title>one &nbsp; x</title></item><item><title>two</title></item><item><title>thr")[:-16])
    assert [entry.title for entry in result.entries] == ["one x", "two"]
    assert result.problems[0].startswith("broken: undefined entity, line 2")


def test_one_bad_entry_spoils_no_other() -> None:
    bad = "<item><title>&#xD800; &#99999999999; b</title><pubDate>&#0;</pubDate></item><item></item>"
    result = feed(rss(f"<item><title>a</title></item>{bad}<item><title>c</title></item>"))
    titles = [entry.title for entry in result.entries]
    assert (titles[0], titles[2:]) == ("a", ["untitled", "c"])


@pytest.mark.parametrize(
    ("text", "encoding", "content_type", "problem"),
    [
        ("قاعدة", "utf-8", "text/xml; charset=iso-8859-1", "declared as iso-8859-1, read as utf-8"),
        ("قاعدة", "utf-8", "text/xml", None),
        ("قاعدة", "windows-1256", "text/xml; charset=windows-1256", None),
        ("База", "koi8-r", "text/xml; charset=koi8-r", None),
        ("קבע", "utf-16", "", None),
        ("é", "windows-1252", "text/xml; charset=punycode", "declared as utf-8, read as windows-1252"),
    ],
)
def test_encodings(text: str, encoding: str, content_type: str, problem: str | None) -> None:
    document = rss(f"<item><title>{text}</title></item>")
    if encoding == "utf-16":
        document = document.replace('encoding="utf-8"', 'encoding="utf-16"')
    result = feed(document.encode(encoding), content_type)
    assert result.entries[0].title == text
    assert result.problems == ((problem,) if problem else ())


def test_one_broken_byte_leaves_the_rest_readable() -> None:
    body = rss(f"<item><title>{'قاعدة ' * 30}</title></item>").encode().replace("ة".encode(), b"\xd8", 1)
    result = feed(body)
    assert result.entries[0].title.endswith("قاعدة")
    assert result.problems == ("some bytes are not valid utf-8",)


def test_bounds() -> None:
    many = feed(rss("<item><title>x</title></item>" * 2_500))
    assert len(many.entries) == 2_000
    long = one(f"<title>{'t' * 5_000}</title><description>{'d' * 100_000}</description><link>javascript:x</link>")
    assert (len(long.title), len(long.summary), long.url) == (1_000, 65_536, None)


@pytest.mark.parametrize(
    "body",
    [
        rss("<item><title>x</title><author>" + "a" * 2_000_000 + "</author></item>"),
        rss("<item><title>x</title>" + "".join(f"<category>{n}</category>" for n in range(100_000)) + "</item>"),
        rss("<a>" * 300_000),
        "<?xml " + 'encoding="x" ' * 100_000,
        pytest.param("<rss><channel>" + "<item><title>&amp" * 50_000, marks=pytest.mark.long),
        '{"version":' + "[" * 500_000,
        rss("<item><title>" + "&lt;div&gt;" * 300_000 + "</title></item>"),
    ],
)
def test_slow_documents_are_quick(body: str) -> None:
    start = time.process_time()
    read(body)
    assert time.process_time() - start < 8


def _texts(result: ParsedFeed | NotAFeed) -> list[str]:
    if isinstance(result, NotAFeed):
        return [result.cause]
    parts = [part for e in result.entries for part in (e.guid, e.url, e.title, e.summary, e.text, e.source_label)]
    return [result.title, *result.problems, *(part for part in parts if part)]


FRAGMENTS = st.sampled_from([
    b"<rss version='2.0'>", b'<channel>', b'<item>', b'</item>', b'<title>', b'</title>', b'&#27;[31m',
    b'\x1b]0;x\x07', b'\xff', b'\x00', b'<description>', b'<![CDATA[', b']]>', b'&#x9b;', b'\xe2\x80\xae',
    b"<feed xmlns='http://www.w3.org/2005/Atom'>", b'<entry>', b'<pubDate>', b'</pubDate>', b'<source>',
    b"<content type='xhtml'>", b'<textinput>', b'<image>', b"<link href='", b'x', b'{', b'<!--',
])  # fmt: skip


@settings(max_examples=80, deadline=None)
@given(
    st.one_of(st.binary(max_size=200), st.lists(FRAGMENTS, max_size=30).map(b"".join)),
    st.sampled_from(["", "text/xml; charset=utf-16"]),
)
def test_any_bytes_give_a_result_without_control_characters(body: bytes, content_type: str) -> None:
    result = read(body, content_type)
    assert isinstance(result, ParsedFeed | NotAFeed)
    for text in _texts(result):
        assert not [c for c in text if (c < " " and c != "\n") or "\x7f" <= c <= "\x9f" or "\u202a" <= c <= "\u202e"]
