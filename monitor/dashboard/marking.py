"""The words that rules met: marked in their text, and told one rule at a time. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from monitor.dashboard.text import LONGEST, Bidi, Line, Part, isolated, shown, wrap
from monitor.dashboard.words import plural

if TYPE_CHECKING:
    from monitor.model import Alert, FieldName, Match

_MATCHES = 12


def marked(alert: Alert, name: FieldName) -> tuple[Line, ...]:
    """The paragraphs of one field, the words that rules met in a tone of their own.

    Spans count in the text as it was read, so they are cut out first and cleaned piece by piece.
    """
    text = alert.entry.field_text(name)
    spans = sorted(
        span
        for match in alert.matches
        if match.field == name
        for span in (match.parts or ((match.start, match.end),))
        if 0 <= span[0] < span[1] <= len(text)
    )
    pieces: list[Part] = []
    at = 0
    for start, end in spans:
        if start < at:
            continue
        pieces += [Part(text[at:start]), Part(text[start:end], "mark")]
        at = end
    pieces.append(Part(text[at:]))
    lines: list[list[Part]] = [[]]
    for piece in pieces:
        for number, chunk in enumerate(piece.text.split("\n")):
            if number:
                lines.append([])
            lead, tail = chunk[:1].isspace(), chunk[-1:].isspace()
            clean = shown(chunk, most=LONGEST)
            if clean or lead:
                lines[-1].append(Part((" " if lead else "") + clean + (" " if tail and clean else ""), piece.tone))
    return tuple(tuple(parts) for parts in lines if any(part.text.strip() for part in parts))


def match_words(match: Match, field: str, bidi: Bidi) -> str:
    """The words a rule met: each term in quotes with how far they stand apart, else the whole span."""
    terms = [field[start:end] for start, end in match.parts if 0 <= start < end <= len(field)]
    if not 1 < len(terms) < 5:
        return isolated(f"“{shown(match.words[:300])}”", bidi)
    said = ", ".join(isolated(f"“{shown(term[:120])}”", bidi) for term in terms)
    if len(terms) == 2:
        between = len(field[match.parts[0][1] : match.parts[1][0]].split())
        said += f" {plural(between, 'word')} apart" if between else " side by side"
    return said


def matches_lines(alert: Alert, *, cells: int, bidi: Bidi, short: bool = False) -> tuple[Line, ...]:
    """Rule, field, words: a line a match; `short` tells of each rule and field the first, and how many more."""
    more: dict[tuple[str, str], int] = {}
    told: list[Match] = []
    for match in alert.matches:
        key = (match.rule, match.field)
        more[key] = more.get(key, -1) + 1
        if not (short and more[key]):
            told.append(match)
    lines: list[Line] = []
    for match in told[:_MATCHES]:
        words = match_words(match, alert.entry.field_text(match.field), bidi)
        rest = more[match.rule, match.field] if short else 0
        lines += wrap(
            (
                Part(f"{shown(match.rule)}: ", "strong"),
                Part(f"{match.field} "),
                Part(words, "mark"),
                Part(f"  and {plural(rest, 'match', 'matches')} more" if rest else "", "faded"),
            ),
            cells,
            indent=2,
            bidi=bidi,
        )
    if len(told) > _MATCHES:
        lines.append((Part(f"and {len(told) - _MATCHES} more matches", "faded"),))
    return tuple(lines)
