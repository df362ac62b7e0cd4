"""One news item as a feed published it, with its earlier wordings."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from monitor.model.passing import passed
from monitor.model.words import FieldName


@passed
@dataclass(frozen=True, slots=True)
class Revision:
    """An earlier wording of an entry."""

    seen: datetime
    title: str
    summary: str
    text: str


@passed
@dataclass(frozen=True, slots=True)
class Evidence:
    """Where an entry's wording comes from: the item as the document gave it, and the document.

    `raw` is the item's fields before cleaning as JSON, compressed (zlib, base64), `raw_sha256` the hash of that JSON.
    `url` is the address the document was read from at last, `etag` and `last_modified` its validators.
    """

    fetched_at: datetime
    url: str
    document_sha256: str
    raw: str
    raw_sha256: str
    etag: str | None = None
    last_modified: str | None = None


@passed
@dataclass(frozen=True, slots=True)
class Entry:
    """One item as a feed published it. `id` = hash of feed and `key`; `key` = guid, canonical link or content hash."""

    id: str
    feed: str
    key: str
    url: str | None
    title: str
    summary: str
    text: str
    lang: str | None
    published: datetime | None
    first_seen: datetime
    revised: datetime
    fingerprint: str
    source_label: str | None = None
    revisions: tuple[Revision, ...] = ()
    evidence: Evidence | None = None

    @property
    def when(self) -> datetime:
        """Publication, or where the feed gave none, the moment we first saw it."""
        return self.published or self.first_seen

    def field_text(self, name: FieldName) -> str:
        """The text of one field, the one that spans count in."""
        return {"title": self.title, "summary": self.summary, "text": self.text}[name]
