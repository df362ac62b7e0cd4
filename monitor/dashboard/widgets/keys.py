"""The keys, read off the bindings themselves: a line at the foot, a page for help."""

from __future__ import annotations

from collections.abc import Iterable

from textual.binding import Binding
from textual.dom import DOMNode

from monitor.dashboard.text import Line, Part, plain, width

_NAMES = {"escape": "esc", "pagedown": "pgdn", "pageup": "pgup", "backspace": "bksp"}


def bindings_of(*classes: type[DOMNode]) -> tuple[Binding, ...]:
    """Every binding of classes and their bases that are ours, each id once, the most special class first."""
    found: dict[str, Binding] = {}
    for cls in classes:
        for base in cls.__mro__:
            if not base.__module__.startswith("monitor."):
                continue
            for binding in base.__dict__.get("BINDINGS", ()):
                if isinstance(binding, Binding):
                    found.setdefault(binding.id or binding.key, binding)
    return tuple(found.values())


def key_words(binding: Binding, *, first: bool = False) -> str:
    """The keys of a binding as a person would write them."""
    keys = [_NAMES.get(key, key) for key in binding.key.split(",")]
    return keys[0] if first else " ".join(keys)


def keys_line(cls: type[DOMNode], cells: int) -> Line:
    """As many shown bindings as fit whole; help always."""
    return fitting([(key_words(one, first=True), one.description) for one in bindings_of(cls) if one.show], cells)


def fitting(keys: Iterable[tuple[str, str]], cells: int) -> Line:
    """Key and word pairs on one line, "? help" last and never left out."""
    end = (Part("?", "key"), Part(" help"))
    line: Line = (Part(" "),)
    for key, word in keys:
        if key == "?":
            continue
        more = (*line, Part(key, "key"), Part(f" {word}  "))
        if width(plain((*more, *end))) > cells:
            continue
        line = more
    return (*line, *end)


def help_lines(groups: Iterable[tuple[str, tuple[Binding, ...]]]) -> tuple[Line, ...]:
    """All bindings in groups: keys, what they do."""
    lines: list[Line] = []
    for name, bindings in groups:
        lines += [(Part(name, "head"),)]
        for one in bindings:
            lines.append((Part(f"  {key_words(one):<18} ", "key"), Part(one.tooltip)))
        lines.append(())
    return tuple(lines)
