"""What is wrong with a YAML text, from what its parser says: place, cause and remedy in plain words. Pure."""

from __future__ import annotations

import re

_EMPTY = re.compile(r"( *)([\w-]+): *(\[ *\]|\{ *\})\s*(?:#.*)?$")  # a key that is said to hold nothing


def told(error: Exception, text: str) -> tuple[int, int, str]:
    """Line and column (from 1) of what a parser found wrong in a text, and what a person should read."""
    mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
    context_mark = getattr(error, "context_mark", None) or mark
    problem = str(getattr(error, "problem", None) or getattr(error, "reason", None) or "it cannot be read")
    context = str(getattr(error, "context", None) or "")
    place = (1, 1) if mark is None else (mark.line + 1, mark.column + 1)
    opened = place if context_mark is None else (context_mark.line + 1, context_mark.column + 1)
    if mark is not None and text[: mark.index].rstrip(" ")[-1:] in ("'", '"') and "block" in context:
        return (*place, "the text goes on after its closing quote; put the whole value in single quotes")
    if mark is not None and text[mark.index : mark.index + 1] in ("]", "}"):
        return (*place, f'this "{text[mark.index]}" closes nothing; delete it, or put the text in quotes')
    if mark is not None and text[mark.index : mark.index + 1] == "\t":
        return (*place, _TAB)
    if (glued := _glued(text, place[0], opened[0])) is not None:
        return glued
    if (empty := _under_empty(text, place[0])) is not None:
        return (*place, empty)
    for pattern, at_opening, words in _PLAIN:
        if re.search(pattern, f"{context}: {problem}"):
            char = "" if mark is None else text[mark.index : mark.index + 1]
            return (*(opened if at_opening else place), words.format(char=char or " ", line=opened[0]))
    return (*place, f"this is not valid YAML: {context} {problem}".replace("  ", " "))


_TAB = "a tab stands here; YAML takes only spaces for indentation: replace it with spaces"
# A key and its value without a blank between; an address by itself is none.
_GLUED = re.compile(r" *(?:- +)?(?!https?:|postgres)([A-Za-z_][A-Za-z0-9_]*):(?=[^\s:])(?!.*\w: )")

# What the parsers say (the C one and the Python one word it differently), whether the mistake is best shown where the
# construct opened, and what a person should read.
_PLAIN: tuple[tuple[str, bool, str], ...] = (
    (
        r"tab character|cannot start any token.*'\\t'",
        False,
        _TAB,
    ),
    (
        r"flow (sequence|mapping|node)",
        True,
        "a bracket is opened in line {line} and not closed, or a comma is missing after it",
    ),
    (r"quoted scalar.*(end of stream|end of file)", True, "the quote that opens here is never closed"),
    (r"quoted scalar.*document (indicator|separator)", True, "the quote that opens here is never closed"),
    (
        r"quoted scalar.*escape",
        False,
        "a backslash in double quotes begins an escape; use single quotes, or write \\\\",
    ),
    (r"cannot start any token", False, "the character {char} cannot begin a value; put the value in quotes"),
    (
        r"mapping values are not allowed",
        False,
        'a ":" is not expected here; put text with ": " in quotes, or mend the indentation',
    ),
    (
        r"sequence entries are not allowed",
        False,
        'a "- " is not expected here; begin the list on its own line below the key',
    ),
    (
        r"could not find expected ':'",
        True,
        'this line has no ":" after its key; if it goes on with text, put the text in quotes',
    ),
    (
        r"expected '-' indicator|block collection|block sequence",
        False,
        'this line does not fit the list it stands in; mend the "- " or the indentation',
    ),
    (
        r"block mapping",
        False,
        "this line does not fit those above it; mend the indentation, or put the text above in quotes",
    ),
    (
        r"unexpected ':'",
        False,
        'a ":" stands inside a value; put a blank after it if it ends a key, else put the value in quotes',
    ),
    (r"alias|anchor", False, 'a "&" or "*" begins a YAML anchor or alias; put the value in quotes if it is text'),
    (r"tag", False, 'a "!" begins a YAML tag; put the value in quotes if it is text'),
)


def _under_empty(text: str, number: int) -> str | None:
    """Lines that were written under a key whose value says already that there are none."""
    lines = text.split("\n")
    above = [line for line in lines[: number - 1] if line.strip() and not line.lstrip().startswith("#")]
    here = lines[number - 1] if number <= len(lines) else ""
    found = _EMPTY.match(above[-1]) if above else None
    if (
        found is None
        or not here.strip()
        or len(here) - len(here.lstrip()) < len(found[1]) + (not here.lstrip().startswith("-"))
    ):
        return None
    return f'"{found[2]}: {found[3]}" above says that there are none; delete the {found[3]} to write some under it'


def _glued(text: str, *numbers: int) -> tuple[int, int, str] | None:
    """A key without its blank, in one of these lines or the one above, which is where a parser stumbles over it."""
    lines = text.split("\n")
    for number in sorted({one - above for one in numbers for above in (0, 1)}, reverse=True):
        found = _GLUED.match(lines[number - 1]) if 1 <= number <= len(lines) else None
        if found is not None:
            what = f'a blank is missing after the colon: write "{found[1]}: " and then the value'
            return number, found.end() + 1, what
    return None
