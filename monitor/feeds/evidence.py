"""What an entry rests on: the item as its document gave it, kept small, with the hashes that prove it unchanged."""

from __future__ import annotations

import base64
import hashlib
import json
import re
import zlib
from collections.abc import Sequence
from dataclasses import fields
from datetime import datetime
from operator import attrgetter
from urllib.parse import urlsplit, urlunsplit

from monitor.errors import StoreError
from monitor.feeds.jsonfeed import RawEntry
from monitor.model import Entry, Evidence, Fetched, ParsedEntry

_SECRET = re.compile(r"key|token|auth|sig|secret|pass|session|access", re.IGNORECASE)
# An item of a feed is some kilobytes; of a longer one the beginning is kept.
_MOST = 262_144
_but_evidence = attrgetter(*(field.name for field in fields(Entry) if field.name != "evidence"))
_GIVEN = tuple(field.name for field in fields(RawEntry))
_written = json.JSONEncoder(ensure_ascii=True, sort_keys=True, separators=(",", ":")).encode


def raw_item(raw: RawEntry) -> str:
    """An item before cleaning as one line of JSON, the same for the same item. Fields without a value are left out."""
    return _written({name: value for name in _GIVEN if (value := getattr(raw, name))})[:_MOST]


def evidence_of(item: ParsedEntry, now: datetime) -> Evidence | None:
    """The item's evidence, without what its document gives; None where the item did not come from a document."""
    if not item.raw and item.packed is None:
        return None
    return Evidence(now, "", "", *(item.packed or packed(item.raw)))


def packed(raw: str) -> tuple[str, str]:
    """An item as JSON as it is kept, compressed, and the hash of it."""
    written = raw.encode("ascii", "backslashreplace")
    return base64.b64encode(zlib.compress(written, 1)).decode("ascii"), hashlib.sha256(written).hexdigest()


def from_document(entries: Sequence[Entry], fetched: Fetched, digest: str) -> tuple[Entry, ...]:
    """Entries whose evidence says in which document they came; `digest` is the document's SHA-256."""
    url, etag, modified = _shareable(fetched.url), fetched.etag, fetched.last_modified
    found = []
    for entry in entries:
        given = entry.evidence
        if given is not None:
            whole = Evidence(given.fetched_at, url, digest, given.raw, given.raw_sha256, etag, modified)
            # What `replace` does, several times as fast: a first poll does so for every entry.
            entry = Entry(*_but_evidence(entry), whole)  # type: ignore[call-arg]  # mypy cannot count the names
        found.append(entry)
    return tuple(found)


def _shareable(url: str) -> str:
    """An address without what may be a secret: a bundle of evidence is handed on."""
    parts = urlsplit(url)
    host = parts.netloc.rpartition("@")[2]
    pairs = (pair.partition("=") for pair in parts.query.split("&"))
    query = "&".join(f"{name}=…" if _SECRET.search(name) else f"{name}{sign}{value}" for name, sign, value in pairs)
    return urlunsplit((parts.scheme, host, parts.path, query, ""))


def unpacked(evidence: Evidence) -> bytes:
    """The item as JSON. Raises StoreError where what is kept is damaged or does not have its hash."""
    try:
        written = zlib.decompress(base64.b64decode(evidence.raw, validate=True))
    except (ValueError, zlib.error) as error:
        raise StoreError("The kept item is damaged and cannot be unpacked. Restore a backup of the store.") from error
    if hashlib.sha256(written).hexdigest() != evidence.raw_sha256:
        raise StoreError("The kept item does not have the hash it was stored with: it was changed since.")
    return written
