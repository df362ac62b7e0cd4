"""JSON Feed 1.x, which feedparser does not read."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from monitor.model import NotAFeed


@dataclass(frozen=True, slots=True)
class RawEntry:
    """An entry as its document holds it, before cleaning; `summary` and `content` are HTML, dates their wording."""

    guid: str
    link: str
    title: str
    summary: str
    content: str
    published: str
    source: str = ""


def looks_like_json(text: str) -> bool:
    """Whether a document can only be JSON."""
    return text.lstrip()[:1] == "{"


def read_json(text: str, limit: int) -> tuple[str, list[RawEntry | None]] | NotAFeed:
    """The feed's title and its first `limit` entries, None for one that cannot be read; or why it is no feed."""
    try:
        document = json.loads(text)
    except (ValueError, RecursionError) as error:
        line = getattr(error, "lineno", 1)
        return NotAFeed("failing", f"broken: JSON that cannot be read, line {line}")
    version = document.get("version") if isinstance(document, dict) else None
    items = document.get("items") if isinstance(document, dict) else None
    if not isinstance(version, str) or "jsonfeed.org/version/1" not in version or not isinstance(items, list):
        return NotAFeed("not a feed", "not a feed: JSON, but no JSON Feed")
    return _string(document, "title"), list(_entries(items[:limit]))


def _entries(items: list[object]) -> Iterator[RawEntry | None]:
    for item in items:
        yield _entry(item) if isinstance(item, dict) else None


def _entry(item: Mapping[str, object]) -> RawEntry:
    text = _string(item, "content_text")
    escaped = "<p>" + "</p><p>".join(_escape(line) for line in text.split("\n")) if text else ""
    return RawEntry(
        guid=_string(item, "id"),
        link=_string(item, "url") or _string(item, "external_url"),
        title=_escape(_string(item, "title")),
        summary=_escape(_string(item, "summary")),
        content=_string(item, "content_html") or escaped,
        published=_string(item, "date_published") or _string(item, "date_modified"),
    )


def _string(item: Mapping[str, object], key: str) -> str:
    value = item.get(key)
    # Some writers give ids as numbers, against the specification.
    return value if isinstance(value, str) else str(value) if type(value) is int and abs(value) < 10**30 else ""


def _escape(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;")
