"""Lists of feeds as other readers write them (OPML). Of a foreign list only addresses and titles are read."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from xml.parsers import expat
from xml.sax.saxutils import quoteattr

from monitor.errors import InputError
from monitor.feeds.clean import one_line, web_url

_BYTES, _DEPTH, _FEEDS = 10 * 1024 * 1024, 100, 20_000


@dataclass(frozen=True, slots=True)
class Outline:
    """One feed of a list. `title` is plain text, `url` a usable http(s) address."""

    title: str
    url: str


def read(body: bytes, name: str) -> tuple[Outline, ...]:
    """The feeds of an OPML document, each address once; folders are opened, their names dropped.

    `name` is what the document is called in errors. Raises InputError for what is no OPML, declares a document type or
    entities, or is too large or too deep.
    """
    if len(body) > _BYTES:
        raise InputError(f"{name} is larger than 10 MiB; no list of feeds is. Is it the right file?")
    found: dict[str, Outline] = {}
    depth = 0
    parser = expat.ParserCreate()

    def start(tag: str, attributes: dict[str, str]) -> None:
        nonlocal depth
        depth += 1
        if depth == 1 and tag.lower() != "opml":
            raise InputError(f"{name} is no OPML: its outermost element is <{one_line(tag, 40)}>.")
        if depth > _DEPTH or len(found) > _FEEDS:
            raise InputError(f"{name} is nested too deeply or holds more than {_FEEDS:,} feeds.")
        if tag.lower() != "outline":
            return
        lower = {key.lower(): value for key, value in attributes.items()}
        url = web_url(lower.get("xmlurl", ""))
        if url is not None:
            title = one_line(lower.get("title") or lower.get("text") or "", 200)
            found.setdefault(url, Outline(title, url))

    def end(_: str) -> None:
        nonlocal depth
        depth -= 1

    def refuse(*_: Any) -> None:
        # Lists of feeds declare nothing; entity bombs and external entities must.
        raise InputError(f"{name} declares a document type or entities; a list of feeds needs neither. Not read.")

    parser.StartElementHandler, parser.EndElementHandler = start, end
    parser.StartDoctypeDeclHandler = parser.EntityDeclHandler = refuse
    try:
        parser.Parse(body, True)
    except expat.ExpatError as error:
        raise InputError(
            f"{name} is no OPML list: {expat.ErrorString(error.code)}, line {error.lineno}. Export it again from the"
            " other reader, or add its feeds one by one: monitor feeds add URL."
        ) from error
    except (ValueError, LookupError) as error:
        raise InputError(f"{name} cannot be read: its encoding is not known.") from error
    return tuple(found.values())


def write(outlines: Iterable[Outline]) -> str:
    """An OPML 2.0 document that other readers import."""
    lines = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        '<opml version="2.0">',
        "<head><title>monitor</title></head>",
        "<body>",
    ]
    for outline in outlines:
        title = quoteattr(outline.title)
        lines.append(f'<outline type="rss" text={title} title={title} xmlUrl={quoteattr(outline.url)}/>')
    return "\n".join([*lines, "</body>", "</opml>"]) + "\n"
