"""A web page as headline and text, for a report that a person adds by hand."""

from __future__ import annotations

import re

from monitor.feeds.clean import plain

_CHARSET = re.compile(rb"charset\s*=\s*[\"']?\s*([\w-]{1,40})", re.IGNORECASE)


def page(body: bytes, content_type: str, limit: int = 65_536) -> tuple[str, str]:
    """The title and the paragraphs of a page's article (its <article> or <main>, else all paragraphs), as plain text.

    `content_type` may name the charset; else the page's own <meta> does; else UTF-8. Never raises.
    """
    from selectolax.lexbor import LexborHTMLParser

    tree = LexborHTMLParser(_decoded(body, content_type))
    heading = tree.css_first('meta[property="og:title"]')
    title = (heading.attributes.get("content") if heading is not None else None) or ""
    if not title:
        named = tree.css_first("h1") or tree.css_first("title")
        title = named.text() if named is not None else ""
    root = tree.css_first("article") or tree.css_first("main") or tree.body
    paragraphs = root.css("p") if root is not None else []
    html = "".join(node.html or "" for node in paragraphs) or ((root.html or "") if root is not None else "")
    return plain(title, 1_000).replace("\n", " "), plain(html, limit)


def _decoded(body: bytes, content_type: str) -> str:
    named = _CHARSET.search(content_type.encode("ascii", "replace")) or _CHARSET.search(body[:4096])
    try:
        return body.decode(named[1].decode("ascii") if named else "utf-8", "replace")
    except LookupError:
        return body.decode("utf-8", "replace")
