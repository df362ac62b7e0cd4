"""A document becomes entries of plain text, or a reason in words why not. The only module that knows feedparser.

feedparser's two readers are driven here directly instead of through its `parse`: that opens URLs and files when given a
string, spends quadratic time on long author and category lists, and keeps reading after the entries we take.
"""

from __future__ import annotations

import calendar
import contextlib
import functools
import io
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from monitor.feeds.clean import one_line, plain, safe, web_url
from monitor.feeds.dates import read_date
from monitor.feeds.document import decode, not_a_feed
from monitor.feeds.evidence import raw_item
from monitor.feeds.jsonfeed import RawEntry, looks_like_json, read_json
from monitor.feeds.quick import Customs, read_quickly
from monitor.model import NotAFeed, ParsedEntry, ParsedFeed

MAX_ENTRIES = 2_000
TITLE, TEXT, TITLE_FROM_SUMMARY = 1_000, 65_536, 120
_GUID = 2_000
_ELEMENTS, _DEPTH = 300_000, 500
_PROBLEMS = 10
_TTL = timedelta(days=7)


class _Dates:
    """feedparser's readings of dates: those it gave, else made when asked for."""

    def __init__(self, given: Mapping[str, datetime | None] | None = None) -> None:
        self._given = given

    def of(self, wording: str) -> datetime | None:
        """The reading, in which a missing offset means UTC; None where there is none."""
        if self._given is not None:
            return self._given.get(wording)
        from feedparser.datetimes import _parse_date

        parsed = _parse_date(wording)
        return datetime.fromtimestamp(calendar.timegm(parsed), UTC) if parsed else None


class _Enough(Exception):
    """The entries we take are read; the rest of the document is not looked at."""


class _TooMuch(Exception):
    """The document is built to be slow."""


def parse(body: bytes, *, url: str, content_type: str, tz: str | None, now: datetime) -> ParsedFeed | NotAFeed:
    """Read RSS, RDF, Atom or JSON Feed.

    `url` is where the document came from (links are resolved against it), `content_type` the header as sent, `tz` the
    IANA zone of dates without an offset, `now` an aware moment. Takes CPU time, at worst some seconds for hostile
    10 MiB; never raises on any bytes. Problems are things that were odd and survived, at most ten.
    """
    text, odd = decode(body, content_type)
    if refused := not_a_feed(text):
        return refused
    if looks_like_json(text):
        read = read_json(text, MAX_ENTRIES)
        if isinstance(read, NotAFeed):
            return read
        title, raw = read
        return _build(title, raw, _Dates({}), None, odd, url, tz, now)
    # Real feeds declare no entities; entity bombs and external entities need the declaration.
    if "<!ENTITY" in text:
        return NotAFeed("failing", "declares XML entities")
    if (quick := read_quickly(_undeclared(text), MAX_ENTRIES, _customs())) and quick.entries:
        head = {"ttl": quick.ttl}
        return _build(quick.title, quick.entries, _Dates(), head, odd, url, tz, now)
    try:
        reading = _read(text)
    except _TooMuch as error:
        return NotAFeed("failing", str(error))
    except Exception as error:  # noqa: BLE001 - feedparser fails in many ways; none of them may stop the cycle
        return NotAFeed("failing", safe(f"broken: the document cannot be read ({type(error).__name__})"))
    reader, broken = reading
    if not reader.version and not reader.entries:
        return (
            NotAFeed("failing", broken)
            if broken and "<" in text
            else NotAFeed("not a feed", "not a feed: unknown document")
        )
    if not reader.entries and broken:
        return NotAFeed("failing", broken)
    raw, dates = _raw_entries(reader.entries)
    problems = (*odd, broken) if broken else odd
    return _build(
        str(dict.get(reader.feeddata, "title") or ""), raw, _Dates(dates), reader.feeddata, problems, url, tz, now
    )


def _read(text: str) -> tuple[Any, str]:
    """The reader that got through the document, and what the strict one said of it ("" if well-formed)."""
    import xml.sax
    from xml.sax.handler import feature_external_ges, feature_external_pes, feature_namespaces
    from xml.sax.xmlreader import InputSource

    strict_class, loose_class = _readers()
    text = _undeclared(text)
    strict = strict_class("", None, "utf-8")
    strict.resolve_relative_uris = strict.sanitize_html = False
    sax = xml.sax.make_parser()  # noqa: S317 - documents that declare entities are refused above
    sax.setFeature(feature_namespaces, True)
    sax.setFeature(feature_external_ges, False)
    sax.setFeature(feature_external_pes, False)
    sax.setContentHandler(strict)
    sax.setErrorHandler(strict)
    source = InputSource()
    source.setEncoding("utf-8")
    source.setByteStream(io.BytesIO(text.encode("utf-8")))
    try:
        sax.parse(source)
    except _Enough:
        return strict, ""
    except xml.sax.SAXParseException as error:
        # The line is counted in our copy; it has as many lines as the original.
        broken = safe(f"broken: {error.getMessage()}, line {error.getLineNumber()}")
    except (xml.sax.SAXException, ValueError, LookupError, TypeError, AttributeError, RecursionError) as error:
        broken = safe(f"broken: {type(error).__name__}")
    else:
        return strict, ""
    loose = loose_class("", None, "utf-8", {})
    loose.resolve_relative_uris = loose.sanitize_html = False
    try:
        loose.feed(text)
    except _Enough:
        return loose, broken
    except _TooMuch:
        raise
    except Exception:
        if not loose.entries:
            raise
    if loose.inentry and loose.entries:
        # Cut off in the middle: half a sentence would be taken for the entry, and for a revision later.
        loose.entries.pop()
    return loose, broken


def _undeclared(text: str) -> str:
    """The document without its XML declaration, whose encoding is settled; it keeps as many lines."""
    declaration = text.find("?>", 0, 1_000) + 2 if text.lstrip().startswith("<?xml") else 0
    return "\n" * text.count("\n", 0, declaration) + text[declaration:] if declaration > 1 else text


@functools.cache
def _customs() -> Customs:
    """What the short way takes from feedparser, so that both agree."""
    from feedparser.html import _cp1252

    strict_class, _ = _readers()

    def repaired(value: str) -> str:
        with contextlib.suppress(UnicodeError):
            value = value.encode("iso-8859-1").decode("utf-8")
        return value.translate(_cp1252)

    return Customs(
        strict_class("", None, "utf-8")._matchnamespaces,
        lambda key: hasattr(strict_class, f"_start_{key}") or hasattr(strict_class, f"_end_{key}"),
        strict_class.looks_like_html,
        repaired,
    )


@functools.cache
def _readers() -> tuple[Any, Any]:
    # Loaded on first use: feedparser costs a tenth of a second that commands without a poll need not pay.
    from feedparser.api import LooseFeedParser, StrictFeedParser

    class Bounded:
        """Takes what we need from either reader, in time linear in the document."""

        elements = 0
        entries: list[Any]

        def unknown_starttag(self, tag: str, attrs: Any) -> None:
            self.elements += 1
            if self.elements > _ELEMENTS:
                raise _TooMuch(f"broken: more than {_ELEMENTS:,} elements")
            if len(self.elementstack) > _DEPTH:  # type: ignore[attr-defined]  # the reader's own
                raise _TooMuch(f"broken: elements nested more than {_DEPTH} deep")
            if len(self.entries) >= MAX_ENTRIES and not self.inentry:  # type: ignore[attr-defined]  # the reader's own
                raise _Enough
            super().unknown_starttag(tag, attrs)  # type: ignore[misc]  # the reader's own

        def handle_charref(self, ref: str) -> None:
            # &#xD800; or &#99999999999; in one entry is no reason to lose the others.
            try:
                super().handle_charref(ref)  # type: ignore[misc]  # the reader's own
            except (ValueError, OverflowError):
                return

        def _add_tag(self, *_: object) -> None:
            """Categories are not used, and comparing each with all others is quadratic."""
            self._get_context().setdefault("tags", [{"term": None}])  # type: ignore[attr-defined]  # the reader's own

        def _sync_author_detail(self, key: str = "author") -> None:
            """Authors are not used, and looking for their addresses is quadratic."""

    return type("Strict", (Bounded, StrictFeedParser), {}), type("Loose", (Bounded, LooseFeedParser), {})


def _raw_entries(entries: list[Any]) -> tuple[list[RawEntry | None], dict[str, datetime | None]]:
    raw: list[RawEntry | None] = []
    dates: dict[str, datetime | None] = {}
    for entry in entries[:MAX_ENTRIES]:
        try:
            raw.append(_raw(entry, dates))
        except (KeyError, TypeError, ValueError, AttributeError, IndexError):
            raw.append(None)
    return raw, dates


def _raw(entry: Any, dates: dict[str, datetime | None]) -> RawEntry:
    # dict.get, because feedparser's own dictionary answers for other keys than the one asked for.
    get = functools.partial(dict.get, entry)
    wording = ""
    for key in ("published", "updated", "created"):
        if value := get(key):
            wording = str(value)
            parsed = get(f"{key}_parsed")
            dates[wording] = datetime.fromtimestamp(calendar.timegm(parsed), UTC) if parsed else None
            break
    contents = [part for part in get("content") or [] if isinstance(dict.get(part, "value"), str)]
    longest: dict[str, Any] = max(contents, key=lambda part: len(str(dict.get(part, "value"))), default={})
    source = get("source")
    return RawEntry(
        guid=str(get("id") or ""),
        link=str(get("link") or ""),
        title=_html(get("title"), get("title_detail")),
        summary=_html(get("summary"), get("summary_detail")),
        content=_html(dict.get(longest, "value"), longest),
        published=wording,
        source=str(dict.get(source, "title") or "") if isinstance(source, dict) else "",
    )


def _html(value: object, detail: object) -> str:
    text = str(value or "")
    kind = dict.get(detail, "type") if isinstance(detail, dict) else None
    return text.replace("&", "&amp;").replace("<", "&lt;") if kind == "text/plain" else text


def _build(
    title: str,
    raw: list[RawEntry | None],
    dates: _Dates,
    feed: Any,
    odd: tuple[str, ...],
    url: str,
    tz: str | None,
    now: datetime,
) -> ParsedFeed:
    zone, problems = _zone(tz)
    problems = [*odd, *problems]
    entries = []
    for number, item in enumerate(raw, 1):
        entry = _entry(item, dates, url, zone, now, problems) if item is not None else None
        if entry is None:
            problems.append(f"entry {number} has nothing to read")
        else:
            entries.append(entry)
    if len(problems) > _PROBLEMS:
        problems[_PROBLEMS - 1 :] = [f"and {len(problems) - _PROBLEMS + 1} more problems"]
    return ParsedFeed(one_line(title, TITLE), tuple(entries), tuple(safe(problem) for problem in problems), _ttl(feed))


def _entry(
    raw: RawEntry, dates: _Dates, url: str, zone: ZoneInfo | None, now: datetime, problems: list[str]
) -> ParsedEntry:
    summary = plain(raw.summary, TEXT)
    text = summary if raw.content == raw.summary else plain(raw.content, TEXT)
    title = one_line(raw.title, TITLE) or (summary or text)[:TITLE_FROM_SUMMARY].replace("\n", " ").strip()
    address = web_url(raw.link, url)
    # An item without words is an item all the same: what it is about may stand behind its link.
    title = title or (address or safe(raw.guid) or "untitled")[:TITLE]
    published, problem = None, None
    if wording := raw.published:
        published, problem = read_date(wording, lambda: dates.of(wording), zone, now)
    if problem:
        problems.append(problem)
    return ParsedEntry(
        guid=safe(raw.guid)[:_GUID] or None,
        url=address,
        title=title,
        summary=summary,
        text="" if text == summary else text,
        published=published,
        source_label=one_line(raw.source, TITLE) or None,
        raw=raw_item(raw),
    )


def _zone(tz: str | None) -> tuple[ZoneInfo | None, list[str]]:
    try:
        return (ZoneInfo(tz), []) if tz else (None, [])
    except (KeyError, ValueError, OSError):
        return None, [f"unknown time zone {tz}; dates without an offset are read as UTC"]


def _ttl(feed: Any) -> timedelta | None:
    value = str(dict.get(feed, "ttl") or "") if isinstance(feed, dict) else ""
    minutes = int(value) if value.isdecimal() and len(value) < 9 else 0
    return min(timedelta(minutes=minutes), _TTL) if minutes else None
