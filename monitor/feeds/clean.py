"""Foreign text becomes plain text here: no markup, nothing that drives a terminal, nothing that forges or hides words.

Every string that came over the network passes `plain` (if it may hold HTML) or `safe` before anybody else sees it.
"""

from __future__ import annotations

import re
import unicodedata
from urllib.parse import parse_qsl, urlencode, urljoin, urlsplit, urlunsplit

from selectolax.lexbor import LexborHTMLParser, LexborNode

_TAGS = 1_000  # the tree builder is quadratic in nesting depth: 100,000 nested <div> take it 16 seconds
_URL = 4_096

_BLOCKS = frozenset({
    "address", "article", "aside", "blockquote", "body", "br", "caption", "center", "dd", "details", "dialog",
    "dir", "div", "dl", "dt", "fieldset", "figcaption", "figure", "footer", "form", "h1", "h2", "h3", "h4", "h5",
    "h6", "head", "header", "hgroup", "hr", "html", "legend", "li", "main", "menu", "nav", "ol", "optgroup",
    "option", "p", "pre", "section", "summary", "table", "tbody", "tfoot", "thead", "title", "tr", "ul",
})  # fmt: skip
_DROPPED = frozenset({
    "script", "style", "template", "noscript", "iframe", "object", "embed", "svg", "math", "audio", "video",
    "canvas", "select", "textarea",
})  # fmt: skip
_CELLS = frozenset({"td", "th"})

# Terminals act on the whole sequence; without removing its tail, "[31m" would be left standing in a headline.
_ESCAPES = re.compile(
    "(?:\x1b\\[|\x9b)[0-?]*[ -/]*[@-~]"  # CSI
    "|(?:\x1b[\\]PX^_]|[\x90\x98\x9d-\x9f])[^\x07\x1b\x90\x98\x9c-\x9f\n]{0,4096}(?:\x07|\x1b\\\\|\x9c)"  # OSC, DCS ...
    "|\x1b[ -/]+[0-~]|\x1b[0-Z\\\\^-~]"  # two and three characters
)
_IGNORED_BY_TERMINALS = re.compile("[\x00-\x06\x0e-\x1a\x7f]")
_LINE_ENDS = re.compile("\r\n?|[\x85\u2028\u2029]")
# Only what is to be changed is matched: a single plain space is most of what a text has.
_SPACES = re.compile(
    "[ \t\x0b\x0c\xa0\u1680\u2000-\u200a\u202f\u205f\u3000]{2,}|[\t\x0b\x0c\xa0\u1680\u2000-\u200a\u202f\u205f\u3000]"
)
_REMOVED = re.compile(
    "[\x00-\x09\x0b-\x1f\x7f-\x9f"  # C0 but the line feed, DEL, C1
    "\xad\u034f\u061c\u180b-\u180e\u200b\u200e\u200f\u2060-\u2065\u206a-\u206f\ufeff\ufff9-\ufffb"  # invisible
    "\u202a-\u202e"  # bidi embeddings and overrides; the isolates 2066-2069 stay
    "\ufe00-\ufe0f\U000e0000-\U000e0fff"  # variation selectors, tags
    "\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]"
)
# Of what is removed, the only that Python holds for printable.
_MARKS = re.compile("[\u034f\u180b-\u180d\ufe00-\ufe0f\U000e0100-\U000e01ef]")
# One look that most texts pass: nothing in them is removed, and no character ends a line but the line feed.
_TO_CLEAN = re.compile(f"{_REMOVED.pattern[:-1]}\u2028\u2029]")
_NEWLINES = re.compile(" ?\n[ \n]*")
_UNSAFE_IN_URL = re.compile("[\x00-\x1f\x7f-\x9f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ud800-\udfff]")
# What no base address changes and nothing has to be mended in.
_PLAIN_URL = re.compile(
    r"https?://[a-z0-9-]+(?:\.[a-z0-9-]+)+(?:/[\w/.~%+,:@!$&'()*=-]*(?:\?[\w/.~%+,:@!$&'()*=-]+)?)?", re.ASCII
)
_SECRET = re.compile(
    r"(?i)(?:^|[_-])(?:token|key|apikey|secret|pass|password|pwd|auth|sig|signature|session)$|apikey|passw"
)
_URLS_IN_TEXT = re.compile(r"(?i)\bhttps?://[^\s'\"<>]+")


def safe(text: str) -> str:
    """Text that a terminal, a log and a matcher can be given: NFC, single spaces, lines divided by single "\\n"."""
    if text.replace("\n", "").isprintable():
        # Most texts: no space but the plain one, nothing that drives a terminal, nothing invisible but these marks.
        text = text if text.isascii() else _MARKS.sub("", text)
    else:
        if _TO_CLEAN.search(text):
            text = _IGNORED_BY_TERMINALS.sub("", text)
            text = _ESCAPES.sub("", text)
            text = _LINE_ENDS.sub("\n", text)
            text = _SPACES.sub(" ", text)
            text = _REMOVED.sub("", text)
        text = _SPACES.sub(" ", text)
    # Only now: what was removed may have stood between two spaces.
    text = _SPACES.sub(" ", text) if "  " in text else text
    text = (_NEWLINES.sub("\n", text) if "\n" in text else text).strip(" \n")
    return text if text.isascii() else unicodedata.normalize("NFC", text)


def plain(html: str, limit: int) -> str:
    """HTML as plain text, one line per paragraph, at most `limit` characters.

    Scripts, styles and embedded objects are dropped, entities decoded. Text without any markup comes back as one line.
    Of very long or very deeply marked-up input only the beginning is read (1,000 tags, 32 times the limit).
    """
    if not html:
        return ""
    html = _bounded(html[: max(limit * 32, 4_096)])
    if "<" not in html and "&" not in html:
        return _cut(safe(_collapse(html)), limit)
    html = html.replace("\n", " ")
    if _TO_CLEAN.search(html):
        html = _REMOVED.sub("", _ESCAPES.sub("", _IGNORED_BY_TERMINALS.sub("", _LINE_ENDS.sub(" ", html))))
    root = LexborHTMLParser(html).root
    return "" if root is None else _cut(safe(_text(root, limit)), limit)


def one_line(html: str, limit: int) -> str:
    """As `plain`, but paragraphs are joined by spaces: for titles and labels."""
    return plain(html, limit).replace("\n", " ")


def web_url(url: str, base: str | None = None) -> str | None:
    """The address made absolute if it is a usable http(s) one of at most 4,096 characters, else None."""
    url = url.strip(" \t\r\n\f")
    if not url or len(url) > _URL or _UNSAFE_IN_URL.search(url):
        return None
    if _PLAIN_URL.fullmatch(url):
        return url
    try:
        absolute = urljoin(base, url) if base else url
        parts = urlsplit(absolute)
        usable = parts.scheme.lower() in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:  # a port that is no number, a broken IPv6 address
        return None
    absolute = absolute.replace(" ", "%20")
    return absolute if usable and len(absolute) <= _URL and not _UNSAFE_IN_URL.search(absolute) else None


def mask_url(text: str) -> str:
    """The text with passwords in its addresses replaced: "https://***@host/feed?token=***"."""
    return _URLS_IN_TEXT.sub(lambda found: _mask(found[0]), text)


def _mask(url: str) -> str:
    try:
        parts = urlsplit(url)
        pairs = parse_qsl(parts.query, keep_blank_values=True)
    except ValueError:
        return "***"
    host = "***@" + parts.netloc.rpartition("@")[2] if "@" in parts.netloc else parts.netloc
    query = parts.query
    if any(_SECRET.search(name) for name, _ in pairs):
        query = urlencode([(name, "***" if _SECRET.search(name) else value) for name, value in pairs], safe="*")
    return urlunsplit((parts.scheme, host, parts.path, query, parts.fragment))


def _bounded(html: str) -> str:
    position = -1
    for _ in range(_TAGS):
        position = html.find("<", position + 1)
        if position < 0:
            return html
    return html[:position]


def _collapse(text: str) -> str:
    return " ".join(text.split())


def _cut(text: str, limit: int) -> str:
    return text if len(text) <= limit else text[:limit].rstrip(" \n")


def _text(root: LexborNode, limit: int) -> str:
    # By hand and not recursively: the document decides how deep its tree is.
    pieces: list[str] = []
    length = 0
    node: LexborNode | None = root
    while node is not None and length <= limit * 4:
        tag = node.tag or ""
        if tag == "-text":
            pieces.append(_flat(node.text_content or ""))
            length += len(pieces[-1])
        elif tag in _BLOCKS:
            pieces.append("\n")
        elif tag in _CELLS:
            pieces.append(" ")
        child = None if tag in _DROPPED else node.first_child
        node = child if child is not None else _following(node, root, pieces)
    return "".join(pieces)


def _following(node: LexborNode, root: LexborNode, pieces: list[str]) -> LexborNode | None:
    current: LexborNode | None = node
    while current is not None and current.mem_id != root.mem_id:
        if current.tag in _BLOCKS:
            pieces.append("\n")
        if current.next is not None:
            return current.next
        current = current.parent
    return None


def _flat(text: str) -> str:
    # Entities such as &#10; and &#27; arrive only now; a line break that is no block stays a space.
    text = text.replace("\n", " ")
    return _LINE_ENDS.sub(" ", text) if _TO_CLEAN.search(text) else text
