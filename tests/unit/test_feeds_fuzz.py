"""Mutated documents on the parse step: no exception, no control character through, bounded time and memory.

The default run is a sample; MONITOR_SLOW=full runs all 100,000.
"""

from __future__ import annotations

import os
import random
import re
import resource
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest

from monitor.feeds.parse import parse
from monitor.model import NotAFeed, ParsedFeed

NOW = datetime(2026, 11, 22, tzinfo=UTC)
DATA = Path(__file__).resolve().parents[1] / "data" / "feeds"
COUNT = {"full": 100_000, "reduced": 1_500}.get(os.environ.get("MONITOR_SLOW", ""), 400)
JSON = b"""{"version": "https://jsonfeed.org/version/1.1", "title": "J", "items": [
{"id": "1", "url": "/a", "title": "One", "content_html": "<p>x</p>", "date_published": "2026-11-22T10:00:00+03:00"},
{"id": 2, "content_text": "two\\nlines", "date_modified": "2026-11-22"}]}"""
RDF = b"""<?xml version="1.0"?><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"
xmlns="http://purl.org/rss/1.0/" xmlns:dc="http://purl.org/dc/elements/1.1/"><channel rdf:about="x"><title>R</title>
</channel><item rdf:about="1"><title>One</title><link>https://r.example/1</link><dc:date>2026-11-22T10:00Z</dc:date>
</item></rdf:RDF>"""
SEEDS = (*(path.read_bytes() for path in sorted(DATA.glob("*.xml"))), JSON, RDF)
PIECES = (
    b"\x1b]0;x\x07", b"\x1b[31m", b"\x00", b"\xc2\x9b", b"&#27;", b"&#x9b;", b"&#xD800;", b"&#99999999999;",
    b"\xe2\x80\xae", b"&#8238;", b"<![CDATA[", b"]]>", b"<!--", b"-->", b"<!DOCTYPE x>", b'<!ENTITY a "b">', b"&a;",
    b"<item>", b"</item>", b"<title>", b"<title type='xhtml'>", b"<content:encoded>", b"<link href='javascript:x'/>",
    b"<guid>", b"<pubDate>", b"1404-09-01", b"Thu, 01 Jan 1970 00:00:00 GMT", b"</channel>", b"<rss version='2.0'>",
    b"\xff\xfe", b"\xef\xbb\xbf", b'<?xml version="1.0" encoding="utf-7"?>', b"&lt;script&gt;", b"<b>" * 50,
    b"&amp;" * 50, b"{", b'"', b"\\ud83d", b"[" * 50,
)  # fmt: skip
# Everything that drives a terminal or hides words, but for the line feed that divides paragraphs.
FORBIDDEN = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u200b\u202a-\u202e\ufeff\ud800-\udfff]")


def mutated(chance: random.Random) -> bytes:
    """A seed with up to eight cuts, copies, flips and insertions."""
    body = bytearray(chance.choice(SEEDS))
    for _ in range(chance.randint(1, 8)):
        at, kind = chance.randrange(len(body) + 1), chance.randrange(5)
        if kind == 0:
            body[at:at] = chance.choice(PIECES)
        elif kind == 1:
            del body[at : at + chance.randint(1, 200)]
        elif kind == 2:
            end = at + chance.randint(1, 300)
            body[at:at] = body[at:end] * chance.randint(1, 5)
        elif kind == 3 and body:
            body[min(at, len(body) - 1)] = chance.randrange(256)
        else:
            other = chance.choice(SEEDS)
            body[at:] = other[chance.randrange(len(other)) :]
    return bytes(body)


def texts(parsed: ParsedFeed | NotAFeed) -> list[str]:
    if isinstance(parsed, NotAFeed):
        return [parsed.cause]
    found = [parsed.title, *parsed.problems]
    for entry in parsed.entries:
        found += [entry.title, entry.summary, entry.text, entry.guid or "", entry.url or "", entry.source_label or ""]
    return found


@pytest.mark.slow
def test_no_mutation_raises_drives_the_terminal_or_takes_long() -> None:
    chance = random.Random(20261122)
    slowest, feeds = 0.0, 0
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    for number in range(COUNT):
        body = mutated(chance)
        begun = time.process_time()
        parsed = parse(body, url="https://wire.example/feed", content_type="", tz="Asia/Baghdad", now=NOW)
        slowest = max(slowest, time.process_time() - begun)
        feeds += isinstance(parsed, ParsedFeed)
        for text in texts(parsed):
            assert not FORBIDDEN.search(text), (number, body, text)
            assert len(text) <= 65_536
    assert feeds > COUNT / 4  # else it is not the parser that was tried
    assert slowest < 2
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 200_000
