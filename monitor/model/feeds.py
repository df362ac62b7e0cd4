"""Feeds and what a poll brings: source, state, answer of the server, parsed document."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from monitor.model.passing import passed
from monitor.model.words import FeedKind, Health, Identity, Reliability


@dataclass(frozen=True, slots=True)
class Feed:
    """A configured source. Identity is `id`, never the URL; `family` is the publisher behind it."""

    id: str
    url: str
    name: str
    lang: str | None = None
    tz: str | None = None
    country: str | None = None
    region: str | None = None
    family: str = ""
    kind: FeedKind = "independent"
    reliability: Reliability = "F"
    interval: timedelta | None = None
    enabled: bool = True
    allow_private: bool = False
    headers: tuple[tuple[str, str], ...] = ()

    @property
    def publisher(self) -> str:
        """The family, or the feed itself where none is given."""
        return self.family or self.id


@dataclass(frozen=True, slots=True)
class FeedState:
    """What the last polls of one feed left behind; stored in the same transaction as the entries."""

    feed: str
    etag: str | None = None
    last_modified: str | None = None
    body_sha256: str | None = None
    health: Health = "unpolled"
    cause: str = ""
    failures: int = 0
    next_due: datetime | None = None
    last_poll: datetime | None = None
    last_success: datetime | None = None
    last_new: datetime | None = None
    first_success: datetime | None = None
    bytes: int = 0
    seconds: float = 0.0
    # How long the document asked us to wait, in seconds; a 304 does not repeat it.
    ttl: int = 0
    # Why the next poll is when it is: "every 12 min: half the usual gap of 24 min".
    rhythm: str = ""
    # A permanent redirect: where to, since when, how often met; `address` once it is adopted; `moved_for` is the
    # fingerprint of the configured address, so that a new one in feeds.yml ends it.
    moved_to: str | None = None
    moved_since: datetime | None = None
    moved_polls: int = 0
    address: str | None = None
    moved_for: str = ""
    # The pace of the feed: its newest entry, and the usual and longest gap between the last, in seconds.
    newest: datetime | None = None
    usual_gap: float | None = None
    longest_gap: float | None = None
    # The fingerprint of address and headers at the last poll, so that a mended entry of feeds.yml is tried at once.
    asked: str = ""
    # By what the feed's entries are known, and how often that failed of late.
    identity: Identity = "guid"
    keys_judged: int = 0
    keys_collided: int = 0


@dataclass(frozen=True, slots=True)
class Fetched:
    """A body, decoded and within bounds. `wish` is how long the server asks us to wait, `moved_to` where the address we
    asked redirects for good."""

    body: bytes
    url: str
    content_type: str
    etag: str | None
    last_modified: str | None
    wish: timedelta | None
    seconds: float
    moved_to: str | None = None


@dataclass(frozen=True, slots=True)
class NotModified:
    """304: nothing new; validators may have been renewed."""

    etag: str | None
    last_modified: str | None
    wish: timedelta | None
    seconds: float
    moved_to: str | None = None


@dataclass(frozen=True, slots=True)
class FetchFailed:
    """An expected failure, its cause in words a person understands."""

    health: Health
    cause: str
    seconds: float
    retry_after: timedelta | None = None
    status: int | None = None


FetchResult = Fetched | NotModified | FetchFailed


@passed
@dataclass(frozen=True, slots=True)
class ParsedEntry:
    """One item as the document gave it, cleaned to plain text, not yet an Entry (no identity, no history).

    `raw` is the item before cleaning, as JSON; or, compressed already, what `feeds.evidence.packed` makes of that is in
    `packed`.
    """

    guid: str | None
    url: str | None
    title: str
    summary: str
    text: str
    published: datetime | None
    source_label: str | None = None
    raw: str = ""
    packed: tuple[str, str] | None = None


@passed
@dataclass(frozen=True, slots=True)
class ParsedFeed:
    """A document that is a feed. `problems` are survivable: what was odd, in words."""

    title: str
    entries: tuple[ParsedEntry, ...]
    problems: tuple[str, ...] = ()
    ttl: timedelta | None = None


@dataclass(frozen=True, slots=True)
class NotAFeed:
    """A document that gives no entries and is no feed; `health` is "blocked", "not a feed" or "failing"."""

    health: Health
    cause: str
