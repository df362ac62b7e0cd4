"""Bytes become characters, and a page that is no feed is recognised for what it is.

Encodings are settled here, before feedparser sees anything: what servers declare is wrong too often, its own guess
turns one bad byte in a UTF-8 feed into a feed of mojibake, and its search for the declaration takes cubic time
on hostile input.
"""

from __future__ import annotations

import codecs
import re

from monitor.model import NotAFeed

_BOMS = (
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_SNIFFED = ((b"<\0?\0", "utf-16-le"), (b"\0<\0?", "utf-16-be"), (b"<\0\0\0", "utf-32-le"), (b"\0\0\0<", "utf-32-be"))
# Python knows "encodings" that are no character sets, and slow ones (punycode); only these are ever tried.
_KNOWN = re.compile(
    r"(?i)^(?:utf[-_]?(?:8|16|32)(?:[-_]?[lb]e)?|us-ascii|ascii|latin-?1|"
    r"iso[-_]?8859[-_]?\d+(?:-[ei])?|(?:windows|cp)[-_]?\d+|"
    r"koi8[-_][rut]|mac[-_]?\w{1,10}|gb(?:k|2312|18030)|big5\w{0,6}|euc[-_]\w{2}|shift[-_]jis|tis-620)$"
)
_CHARSET = re.compile(r"(?i)charset\s*=\s*[\"']?([\w.:-]{1,40})")
_XML_DECLARATION = re.compile(rb"^\s*<\?xml[^>]{0,200}?encoding\s*=\s*[\"']([\w.:-]{1,40})[\"']", re.IGNORECASE)
_ILLEGAL_IN_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_CHALLENGES = re.compile(
    r"(?is)just a moment\.\.\.|challenge-platform|cf[-_]chl|cf-browser-verification|attention required! \| cloudflare|"
    r"checking (?:if the site connection|your browser)|enable javascript and cookies to continue|_incapsula_|"
    r"incapsula incident|"
    r"ddos-guard|captcha-delivery|<title>[^<]{0,80}captcha|(?:solve|complete) the captcha|px-captcha|"
    r"sucuri website firewall|awswafcookie|verify(?:ing)? (?:that )?you are (?:a )?human|"
    r"access denied.{0,400}reference\s*(?:#|&#35;)"
)
_LOGIN = re.compile(r"(?i)<input[^>]{0,300}type\s*=\s*[\"']?password")
_HTML = re.compile(r"(?i)<(?:!doctype\s+html|html|head|body)[\s>]")
_FEED = re.compile(r"(?i)<(?:[\w.-]{1,20}:)?(?:rss|rdf|feed|channel)[\s>]")


def decode(body: bytes, content_type: str) -> tuple[str, tuple[str, ...]]:
    """The document as text without characters that XML forbids, and what was odd about it, in words.

    Valid UTF-8 is taken for UTF-8 whatever is declared; else the byte order mark, the header and the document decide.
    """
    declared = [name for name in (_header_charset(content_type), _document_charset(body)) if name]
    encoding, text = _decoded(body, declared)
    problems = []
    if declared and _name(declared[0]) not in (_name(encoding), "ascii"):
        problems.append(f"declared as {declared[0]}, read as {encoding}")
    if "\ufffd" in text and b"\xef\xbf\xbd" not in body:
        problems.append(f"some bytes are not valid {encoding}")
    cleaned = _ILLEGAL_IN_XML.sub("", text)
    if len(cleaned) != len(text):
        problems.append("holds control characters; they were removed")
    return cleaned, tuple(problems)


def is_challenge(text: str) -> bool:
    """Whether a page is one that asks its reader to prove to be human. Reads the first 64 KiB."""
    return _CHALLENGES.search(text[:65_536]) is not None


def not_a_feed(text: str) -> NotAFeed | None:
    """What kind of page this is, where it is plainly no feed; None where it may be one."""
    if not text.strip():
        return NotAFeed("not a feed", "not a feed: empty document")
    page = _HTML.search(text[:16_384])
    feed = _FEED.search(text[:65_536])
    if page is None or (feed is not None and feed.start() < page.start()):
        return None
    if is_challenge(text):
        return NotAFeed("blocked", "blocked: challenge page")
    if _LOGIN.search(text[:1_000_000]):
        return NotAFeed("not a feed", "not a feed: HTML login page")
    return NotAFeed("not a feed", "not a feed: HTML page")


def _decoded(body: bytes, declared: list[str]) -> tuple[str, str]:
    for mark, name in _BOMS:
        if body.startswith(mark):
            return name, body[len(mark) :].decode(name, "replace")
    for start, name in _SNIFFED:
        if body.startswith(start):
            return name, body.decode(name, "replace")
    for name in ["utf-8", *declared]:
        try:
            return name, body.decode(name)
        except (UnicodeDecodeError, LookupError):
            continue
    # A few broken bytes in a UTF-8 feed (a headline cut in the middle of a letter) must not spoil the rest of it.
    replaced = body.decode("utf-8", "replace")
    if replaced.count("\ufffd") * 50 <= sum(ord(c) > 127 for c in replaced):
        return "utf-8", replaced
    return "windows-1252", body.decode("windows-1252", "replace")


def _header_charset(content_type: str) -> str | None:
    found = _CHARSET.search(content_type[:500])
    return found[1].lower() if found and _KNOWN.match(found[1]) else None


def _document_charset(body: bytes) -> str | None:
    found = _XML_DECLARATION.search(body[:1_000])
    name = found[1].decode("ascii", "replace").lower() if found else ""
    return name if _KNOWN.match(name) else None


def _name(encoding: str) -> str:
    try:
        name = codecs.lookup(encoding).name
    except LookupError:
        return encoding
    return name.removesuffix("-le").removesuffix("-be")
