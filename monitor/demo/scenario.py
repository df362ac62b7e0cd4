"""What the demonstration tells and when, as values: outlets, entries, and the document a feed shows at a moment.

Pure: the moment comes in as an argument. The expectation beside each entry is documentation for a reader of
scenario.yml and test data for whoever tests the rules, the claims and the verdicts.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime
from importlib import resources
from typing import Literal, get_args
from xml.etree import ElementTree
from xml.sax.saxutils import escape

from monitor.demo.fields import Fields
from monitor.errors import InputError
from monitor.model import EVENT_TYPES, EventType, FeedKind, Phase, Polarity, VerdictName
from monitor.yamlfile import load_data

Form = Literal["rss", "atom"]
Fault = Literal["none", "unavailable", "hang", "block_page"]

SHOWN = 30
FILE = "scenario.yml"
WITHOUT = "none"
CONTROLS = {code: None for code in (*range(0x20), 0xFFFE, 0xFFFF) if chr(code) not in "\t\n\r"}


@dataclass(frozen=True, slots=True)
class Expectation:
    """What a good reading finds, judged by the lead claim against the shipped seed alone.

    `flagged` means lane *changes*. Without a `type` nothing is claimed and the rest is None. Beside a `type`, None is
    left open: the wording alone does not settle it.
    """

    flagged: bool
    type: EventType | None
    phase: Phase | None
    polarity: Polarity | None
    verdict: VerdictName | None


@dataclass(frozen=True, slots=True)
class DemoFeed:
    """An invented outlet's feed. `control_characters`: its documents keep what XML forbids, and are ill-formed then."""

    id: str
    name: str
    lang: str
    tz: str
    country: str
    region: str
    family: str
    kind: FeedKind
    form: Form
    site: str
    fault: Fault = "none"
    control_characters: bool = False


@dataclass(frozen=True, slots=True)
class DemoEntry:
    """One wording of an entry. `at`: when the feed first shows it; `first`: when it showed the entry at all, which is
    its publication date where `dated`. A wording that `revises` another has that one's link, guid, `first`, `dated`.
    """

    id: str
    feed: str
    at: datetime
    first: datetime
    lang: str
    title: str
    summary: str
    text: str
    link: str
    guid: str | None
    dated: bool
    source: str | None
    revises: str | None
    expect: Expectation

    @property
    def published(self) -> datetime | None:
        """The date the document gives, None where the outlet gives none."""
        return self.first if self.dated else None


@dataclass(frozen=True, slots=True)
class Scenario:
    """All feeds, and all wordings in the order they appear. Story time runs from `start` to `end`, aware UTC."""

    start: datetime
    end: datetime
    feeds: tuple[DemoFeed, ...]
    entries: tuple[DemoEntry, ...]

    def feed(self, feed_id: str) -> DemoFeed:
        """The feed of that id; InputError where there is none."""
        for feed in self.feeds:
            if feed.id == feed_id:
                return feed
        raise InputError(f"The demonstration has no feed {feed_id!r}. It has {', '.join(f.id for f in self.feeds)}.")


def load() -> Scenario:
    """The scenario that comes with the program; InputError names the entry where the file is not as it must be."""
    text = resources.files("monitor.demo").joinpath(FILE).read_text(encoding="utf-8")
    return read(load_data(text, FILE))


def expected() -> list[DemoEntry]:
    """Every wording with its expectation in `.expect`, in order of appearance: each is to be read by itself."""
    return list(load().entries)


def published(scenario: Scenario, feed_id: str, now: datetime) -> tuple[DemoEntry, ...]:
    """What the feed shows at story time `now` (aware): the latest wording of each entry, newest first, at most 30."""
    latest: dict[str, DemoEntry] = {}
    for entry in scenario.entries:
        if entry.feed == feed_id and entry.at <= now:
            if entry.revises is not None:
                latest.pop(entry.revises, None)
            latest[entry.id] = entry
    newest_first = sorted(latest.values(), key=lambda entry: (entry.first, entry.id), reverse=True)
    return tuple(newest_first[:SHOWN])


# ---- documents -------------------------------------------------------------------------------------------------------


def document(feed: DemoFeed, entries: Sequence[DemoEntry], now: datetime) -> bytes:
    """The feed as RSS 2.0 or Atom 1.0, UTF-8. Equal entries give equal bytes, so that a validator holds until something
    changes; `now` dates only a document without entries. Ill-formed where the feed keeps control characters and shows
    one.
    """
    changed = max((entry.at for entry in entries), default=now)
    root = _atom(feed, entries, changed) if feed.form == "atom" else _rss(feed, entries, changed)
    if not feed.control_characters:
        for node in root.iter():
            node.text = node.text.translate(CONTROLS) if node.text else None
    return bytes(ElementTree.tostring(root, encoding="utf-8", xml_declaration=True))


def _rss(feed: DemoFeed, entries: Iterable[DemoEntry], changed: datetime) -> ElementTree.Element:
    root = ElementTree.Element("rss", {"version": "2.0", "xmlns:content": "http://purl.org/rss/1.0/modules/content/"})
    channel = ElementTree.SubElement(root, "channel")
    _add(channel, "title", feed.name)
    _add(channel, "link", feed.site)
    _add(channel, "description", f"{feed.name}: an invented outlet")
    _add(channel, "language", feed.lang)
    _add(channel, "lastBuildDate", _rfc822(changed))
    for entry in entries:
        item = ElementTree.SubElement(channel, "item")
        _add(item, "title", entry.title)
        _add(item, "link", entry.link)
        if entry.guid is not None:
            _add(item, "guid", entry.guid, isPermaLink="false")
        if entry.published is not None:
            _add(item, "pubDate", _rfc822(entry.published))
        if entry.source is not None:
            _add(item, "source", entry.source, url="https://tigris-wire.example/rss")
        _add(item, "description", _html(entry.summary))
        if entry.text:
            _add(item, "content:encoded", _html(entry.text))
    return root


def _atom(feed: DemoFeed, entries: Iterable[DemoEntry], changed: datetime) -> ElementTree.Element:
    root = ElementTree.Element("feed", {"xmlns": "http://www.w3.org/2005/Atom"})
    _add(root, "id", f"tag:{feed.id}.example,2026:feed")
    _add(root, "title", feed.name)
    _add(root, "link", "", rel="alternate", href=feed.site)
    _add(root, "updated", changed.isoformat())
    _add(_add(root, "author", ""), "name", feed.name)
    for entry in entries:
        node = _add(root, "entry", "")
        # Atom demands an id; an entry without a guid has its link for one.
        _add(node, "id", entry.guid or entry.link)
        node.set("xml:lang", entry.lang)
        _add(node, "title", entry.title)
        _add(node, "link", "", rel="alternate", href=entry.link)
        if entry.published is not None:
            _add(node, "published", entry.published.isoformat())
            _add(node, "updated", entry.at.isoformat())
        _add(node, "summary", _html(entry.summary), type="html")
        if entry.text:
            _add(node, "content", _html(entry.text), type="html")
    return root


def _add(parent: ElementTree.Element, tag: str, text: str, **attributes: str) -> ElementTree.Element:
    node = ElementTree.SubElement(parent, tag, attributes)
    node.text = text or None
    return node


def _html(text: str) -> str:
    """Plain text as the HTML that outlets put into their summaries; the document escapes it once more."""
    return "".join(f"<p>{escape(paragraph)}</p>" for paragraph in text.split("\n\n"))


def _rfc822(moment: datetime) -> str:
    return format_datetime(moment.astimezone(UTC), usegmt=True)


# ---- scenario.yml ----------------------------------------------------------------------------------------------------


def read(data: object) -> Scenario:
    """A parsed scenario.yml as a Scenario; InputError names what is wrong and where."""
    top = Fields(data, FILE, "the file")
    feeds = tuple(_feed(Fields(item, FILE, "a feed")) for item in top.items("feeds"))
    sites = {feed.id: feed.site for feed in feeds}
    entries: dict[str, DemoEntry] = {}
    for item in top.items("entries"):
        entry = _entry(Fields(item, FILE, "an entry"), sites, entries)
        if entry.id in entries:
            raise InputError(f"{FILE}: the id {entry.id!r} is there twice. Give each entry its own.")
        entries[entry.id] = entry
    scenario = Scenario(
        start=top.moment("start"),
        end=top.moment("end"),
        feeds=feeds,
        entries=tuple(sorted(entries.values(), key=lambda entry: (entry.at, entry.id))),
    )
    top.finish()
    return scenario


def _feed(fields: Fields) -> DemoFeed:
    feed = DemoFeed(
        id=fields.name("id"),
        name=fields.text("name"),
        lang=fields.text("lang"),
        tz=fields.text("tz"),
        country=fields.text("country"),
        region=fields.text("region"),
        family=fields.text("family"),
        kind=fields.one_of("kind", get_args(FeedKind)),
        form=fields.one_of("form", get_args(Form)),
        site=fields.text("site"),
        fault=fields.one_of("fault", get_args(Fault), "none"),
        control_characters=fields.flag("control_characters", False),
    )
    fields.finish()
    return feed


def _entry(fields: Fields, sites: Mapping[str, str], known: Mapping[str, DemoEntry]) -> DemoEntry:
    entry_id, feed, at = fields.name("id"), fields.text("feed"), fields.moment("at")
    if feed not in sites:
        raise InputError(f"{FILE}: {fields.where}: there is no feed {feed!r}. Add it under feeds:.")
    revises = fields.text("revises", "") or None
    origin = known.get(revises) if revises else None
    if revises is not None and (origin is None or origin.feed != feed or origin.at >= at):
        raise InputError(f"{FILE}: {fields.where}: revises {revises!r}, which is no earlier entry of {feed}.")
    link = fields.text("link", origin.link if origin else f"{sites[feed]}/{at:%Y/%m}/{entry_id}")
    guid = fields.text("guid", (origin.guid or WITHOUT) if origin else f"{feed}:{entry_id}")
    entry = DemoEntry(
        id=entry_id,
        feed=feed,
        at=at,
        first=origin.first if origin else at,
        lang=fields.text("lang"),
        title=fields.text("title"),
        summary=fields.text("summary"),
        text=fields.text("text", ""),
        link=link,
        guid=None if guid == WITHOUT else guid,
        dated=fields.flag("dated", origin.dated if origin else True),
        source=fields.text("source", "") or None,
        revises=revises,
        expect=_expectation(fields.inner("expect")),
    )
    fields.finish()
    return entry


def _expectation(fields: Fields) -> Expectation:
    expectation = Expectation(
        flagged=fields.flag("flagged"),
        type=fields.one_of_or_null("type", EVENT_TYPES),
        phase=fields.one_of_or_null("phase", get_args(Phase)),
        polarity=fields.one_of_or_null("polarity", get_args(Polarity)),
        verdict=fields.one_of_or_null("verdict", get_args(VerdictName)),
    )
    fields.finish()
    return expectation
