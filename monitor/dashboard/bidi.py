"""Right-to-left text for terminals that draw every line from left to right: turned round as the last step before paint.

Until then lines are in logical order with isolates, so that search, copies and exports never see turned text. Only
python-bidi's pure algorithm is used: it mirrors brackets, and letters are left to the terminal to join.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from monitor.dashboard.text import PDI, RLI, Line, Part, is_rtl

_OPENERS = "\u2066\u2067\u2068"
# Vowel signs and points of Hebrew and Arabic: turned round they stand before their letter, and must stand behind it.
_POINTS = re.compile("([\u0591-\u05c7\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06ed\u08d3-\u08ff]+)(.)")
_ISOLATES = str.maketrans("", "", _OPENERS + PDI)


def has_rtl(text: str) -> bool:
    """Whether any character runs from right to left."""
    return not text.isascii() and any(unicodedata.bidirectional(char) in ("R", "AL", "AN") for char in text)


@lru_cache(maxsize=2048)
def visual(text: str, *, rtl: bool) -> str:
    """One run of text in the order in which it is seen, in a line that runs as `rtl` says."""
    if not has_rtl(text) and not rtl:
        return text
    from bidi.algorithm import get_display

    lead = text[: len(text) - len(text.lstrip(" "))]
    tail = text[len(text.rstrip(" ")) :] if text.strip(" ") else ""
    turned = str(get_display(text.strip(" "), base_dir="R" if rtl else "L"))
    turned = _POINTS.sub(r"\2\1", turned)
    return f"{tail}{turned}{lead}" if rtl else f"{lead}{turned}{tail}"


def turned(line: Line) -> Line:
    """The line in visual order, without isolates: what stood in a right-to-left isolate has its parts reversed."""
    done: list[Part] = []
    inside: list[Part] | None = None
    for part in _pieces(line):
        if part.text == RLI:
            inside = inside if inside is not None else []
        elif part.text == PDI:
            done += _reversed(inside)
            inside = None
        elif inside is not None:
            inside.append(part)
        else:
            text = part.text.translate(_ISOLATES)
            done.append(Part(visual(text, rtl=is_rtl(text)), part.tone))
    return tuple(part for part in (*done, *_reversed(inside)) if part.text)


def _reversed(parts: list[Part] | None) -> list[Part]:
    clean = [Part(part.text.translate(_ISOLATES), part.tone) for part in reversed(parts or [])]
    return [Part(visual(part.text, rtl=True), part.tone) for part in clean]


def _pieces(line: Line) -> list[Part]:
    """The parts cut at the isolates we set; those within foreign text stay in their piece."""
    found: list[Part] = []
    depth = 0
    for part in line:
        start = 0
        for at, char in enumerate(part.text):
            if char not in _OPENERS and char != PDI:
                continue
            outer = depth == 0 if char != PDI else depth == 1
            depth = depth + 1 if char != PDI else max(depth - 1, 0)
            if outer:
                found.append(Part(part.text[start:at], part.tone))
                found.append(Part(RLI if char == "\u2067" else PDI if char == PDI else "", part.tone))
                start = at + 1
        found.append(Part(part.text[start:], part.tone))
    return [part for part in found if part.text]
