"""The last gate before the terminal: foreign text made harmless, measured in cells, cut and wrapped.

Titles, causes, addresses and notes are written by strangers. Whatever ingest let through is stripped here again,
because a single escape byte drives the reader's terminal. Pure; measures with rich, which textual measures with too.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from rich.cells import cell_len, split_graphemes

Bidi = Literal["auto", "isolate", "reorder", "off"]

RLI, PDI, ELLIPSIS = "\u2067", "\u2069", "…"
_OPENERS = "\u2066\u2067\u2068"
_ZWJ = "\u200d"
_JOINERS = "\u200c\u200d\u200e\u200f\u061c"  # ZWNJ, ZWJ and the direction marks: part of real spelling, one at a time
_EMOJI = frozenset({"So", "Sk", "Mn"})  # what a ZWJ may stand after: a symbol, its skin tone, its variation selector
_BLANKS = frozenset("\t\n\v\f\r\x85\u2028\u2029\u115f\u1160\u3164\uffa0")
_VISIBLE_FORMATS = frozenset("\u0600\u0601\u0602\u0603\u0604\u0605\u06dd\u070f\u08e2")
_MARKS_EACH = 8  # combining marks on one letter; Hebrew and Arabic need at most four
_DEPTH = 8  # nested isolates; more is an attack on the reader
_GRAPHEME = 24  # code points of one grapheme; an endless emoji chain is two cells wide and of any length
LONGEST = 70_000  # code points looked at; ingest keeps 64 KiB of a text


@lru_cache(maxsize=4096)
def _kind(char: str) -> Literal["keep", "blank", "drop", "mark", "joiner", "odd"]:
    """What to do with one code point outside ASCII letters."""
    if char in _BLANKS:
        return "blank"
    if char in _JOINERS:
        return "joiner"
    if char in _OPENERS or char == PDI or char in _VISIBLE_FORMATS:
        return "keep"
    category = unicodedata.category(char)
    if category in ("Mn", "Me"):
        return "mark"
    if category in ("Co", "Cn"):
        return "odd"
    return "drop" if category in ("Cc", "Cf", "Cs") else "keep"


def scrub(text: str) -> str:
    """Strip all that drives a terminal or hides words; spacing and isolates stay, line breaks become blanks.

    Gone: ESC, C0, C1, NUL, unpaired surrogates, bidi embeddings and overrides, invisible characters, runs of joiners.
    ZWJ stays inside emoji only: elsewhere it is measured as swallowing the next letter, which a terminal draws.
    """
    text = text[:LONGEST]
    if text.isascii() and text.isprintable():
        return text
    kept: list[str] = []
    marks, joined = 0, False
    for char in text:
        kind = "keep" if " " <= char <= "~" else _kind(char)
        if kind == "drop" or (kind == "joiner" and joined):
            continue
        marks = marks + 1 if kind == "mark" else 0
        if marks > _MARKS_EACH:
            continue
        joined = kind == "joiner"
        kept.append(" " if kind == "blank" else "\ufffd" if kind == "odd" else char)
    return _without_stray_joiners("".join(kept)) if _ZWJ in kept else "".join(kept)


def _without_stray_joiners(text: str) -> str:
    """Drop every ZWJ that does not stand between two emoji."""
    kept: list[str] = []
    for at, char in enumerate(text):
        if char == _ZWJ:
            before = unicodedata.category(kept[-1]) in _EMOJI if kept else False
            if not before or unicodedata.category(text[at + 1 : at + 2] or " ") != "So":
                continue
        kept.append(char)
    return "".join(kept)


def balance(text: str) -> str:
    """Close isolates left open and drop those that close nothing, so that text cannot reorder what stands beside it."""
    if PDI not in text and not any(opener in text for opener in _OPENERS):
        return text
    kept: list[str] = []
    depth = 0
    for char in text:
        if char in _OPENERS:
            if depth == _DEPTH:
                continue
            depth += 1
        elif char == PDI:
            if depth == 0:
                continue
            depth -= 1
        kept.append(char)
    return "".join(kept) + PDI * depth


def shown(text: str, *, most: int = 4_000) -> str:
    """Foreign text as one clean line, its isolates balanced, of at most `most` code points.

    No title, name, cause or note is longer; without a bound one feed could make every key slow.

    >>> shown("a\\x1b]0;x\\x07 b\\n c")
    'a]0;x b c'
    """
    return " ".join(balance(scrub(text[:most])).split())


def paragraphs(text: str) -> tuple[str, ...]:
    """Foreign text as clean lines, its own line breaks kept, empty lines left out."""
    return tuple(line for line in (shown(part, most=LONGEST) for part in text[:LONGEST].split("\n")) if line)


def width(text: str) -> int:
    """The number of terminal cells."""
    return cell_len(text)


def _graphemes(text: str) -> list[tuple[str, int]]:
    """Graphemes with their widths, in order."""
    return [(text[start:end][:_GRAPHEME].rstrip(_ZWJ), cells) for start, end, cells in split_graphemes(text)[0]]


def cut(text: str, cells: int, ellipsis: str = ELLIPSIS) -> str:
    """At most `cells` wide, whole graphemes, isolates closed; an ellipsis where something was left out.

    >>> cut("handover", 5)
    'hand…'
    """
    if cells <= 0:
        return ""
    room_for = cells * _GRAPHEME
    if len(text) <= room_for and cell_len(text) <= cells:
        return text
    kept: list[str] = []
    room = cells - cell_len(ellipsis)
    if room < 0:
        return ""
    for grapheme, wide in _graphemes(text[: room_for + _GRAPHEME]):
        if wide > room:
            break
        kept.append(grapheme)
        room -= wide
    return balance("".join(kept).rstrip() + ellipsis)


def pad(text: str, cells: int, *, right: bool = False, ellipsis: str = ELLIPSIS) -> str:
    """Exactly `cells` wide: cut, or filled with blanks behind (before, where `right`)."""
    text = cut(text, cells, ellipsis)
    fill = " " * (cells - cell_len(text))
    return fill + text if right else text + fill


def is_rtl(text: str) -> bool:
    """Whether the first strong character runs from right to left."""
    for char in text[:2000]:
        strong = unicodedata.bidirectional(char)
        if strong in ("R", "AL"):
            return True
        if strong == "L":
            return False
    return False


def isolated(text: str, bidi: Bidi) -> str:
    """A cell of right-to-left text wrapped in an isolate, so that the line around it keeps its order."""
    return f"{RLI}{text}{PDI}" if bidi != "off" and is_rtl(text) else text


@dataclass(frozen=True, slots=True)
class Part:
    """A run of text in one tone. Tones are names; what colour they get is the theme's business."""

    text: str
    tone: str = ""


Line = tuple[Part, ...]


def line(*parts: Part | str) -> Line:
    """A line from parts and plain words."""
    return tuple(Part(part) if isinstance(part, str) else part for part in parts)


def plain(parts: Line) -> str:
    """The text of a line without its tones."""
    return "".join(part.text for part in parts)


def fitted(parts: Line, cells: int) -> Line:
    """The line at most `cells` wide, an ellipsis where something was left out."""
    room = cells
    if width(plain(parts)) <= room:
        return parts
    kept: list[Part] = []
    for part in parts:
        wide = width(part.text)
        if wide >= room:
            return (*kept, Part(cut(part.text + ELLIPSIS, room), part.tone)) if room > 0 else tuple(kept)
        kept.append(part)
        room -= wide
    return tuple(kept)


def _words(parts: Line, room: int) -> list[Part]:
    """Words with the blanks that follow them; what is wider than the line is broken at graphemes."""
    found: list[Part] = []
    for part in parts:
        for word in part.text.replace(" ", " \0").split("\0"):
            if cell_len(word.rstrip()) <= room:
                found.append(Part(word, part.tone))
                continue
            piece, used = "", 0
            for grapheme, wide in _graphemes(word):
                if used + wide > room and piece:
                    found.append(Part(piece, part.tone))
                    piece, used = "", 0
                piece, used = piece + grapheme, used + wide
            found.append(Part(piece, part.tone))
    return [word for word in found if word.text]


def _joined(words: list[Part]) -> Line:
    """Neighbours of one tone as one part, without the blank at the end."""
    merged: list[Part] = []
    for word in words:
        if merged and merged[-1].tone == word.tone:
            merged[-1] = Part(merged[-1].text + word.text, word.tone)
        else:
            merged.append(word)
    if merged:
        merged[-1] = Part(merged[-1].text.rstrip(" "), merged[-1].tone)
    return tuple(part for part in merged if part.text)


def wrap(parts: Line, cells: int, *, indent: int = 0, bidi: Bidi = "auto", most: int | None = None) -> tuple[Line, ...]:
    """Lines at most `cells` wide, following ones indented, at most `most` of them (the last then ends in an ellipsis).

    A right-to-left paragraph is isolated line by line: an isolate cannot reach over a line end.
    """
    indent = min(indent, max(cells - 8, 0))
    rows: list[list[Part]] = [[]]
    used, room = 0, max(cells, 1)
    for word in _words(parts, max(cells - indent, 1)):
        needed = cell_len(word.text.rstrip())
        if rows[-1] and used + needed > room:
            if most is not None and len(rows) == most:
                last = _joined(rows[-1])
                tail = cut(last[-1].text + " " + ELLIPSIS, room - cell_len(plain(last[:-1]))) if last else ELLIPSIS
                return (
                    *_framed(rows[:-1], indent, bidi),
                    *_framed([[*last[:-1], Part(tail, last[-1].tone)]], indent, bidi, len(rows) > 1),
                )
            rows.append([])
            used, room = 0, max(cells - indent, 1)
        rows[-1].append(word)
        used += cell_len(word.text)
    return _framed(rows, indent, bidi)


def _framed(rows: list[list[Part]], indent: int, bidi: Bidi, later: bool = False) -> tuple[Line, ...]:
    """Rows as lines: indented from the second on, each isolated where the first row reads from right to left."""
    rtl = bidi != "off" and bool(rows) and is_rtl("".join(word.text for word in rows[0]))
    framed: list[Line] = []
    for number, row in enumerate(rows):
        body = _joined(row)
        if rtl and body:
            body = (Part(RLI), *body, Part(PDI))
        framed.append((Part(" " * indent), *body) if indent and (number or later) and body else body)
    return tuple(framed)
