"""The keys on the screen: bindings made from the table of keys, the line at the foot, the lines of the help."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from textual.binding import Binding, BindingType

from monitor.dashboard.keys import BY_ID, GROUPS, KEYS, Keymap, spoken_key
from monitor.dashboard.text import Line, Part, plain, width


def bind(ident: str, action: str) -> Binding:
    """The binding of one row of the table."""
    key = BY_ID[ident]
    return Binding(",".join(key.keys), action, key.word, id=ident, tooltip=key.does, show=key.show)


def binds(actions: Iterable[tuple[str, str]]) -> list[BindingType]:
    """Several."""
    return [bind(ident, action) for ident, action in actions]


def textual_keymap(chosen: Keymap) -> dict[str, str]:
    """What the reader chose, as textual wants it."""
    return {ident: ",".join(keys) for ident, keys in chosen.items() if keys != BY_ID[ident].keys}


def keys_line(groups: Sequence[str], keymap: Keymap, cells: int) -> Line:
    """As many of the shown keys as fit whole, in the order of the groups; help always."""
    shown = [key for group in groups for key in KEYS if key.group == group and key.show]
    pairs = [(spoken_key(keymap[key.id][0]), key.word) for key in shown]
    views = [keymap[key.id][0] for key in KEYS if key.turns_view]
    end = (f"{views[0]}-{views[-1]}" if views == list("123456") else " ".join(views), "views")
    return fitting(pairs, cells, (end, (spoken_key(keymap["app.help"][0]), "help")))


def fitting(pairs: Iterable[tuple[str, str]], cells: int, ends: Sequence[tuple[str, str]]) -> Line:
    """Key and word pairs on one line; `ends` stand last, the very last is never left out."""
    line: Line = (Part(" "),)
    last = _pair(ends[-1])
    tail = tuple(part for pair in ends for part in _pair(pair))
    tail = tail if width(plain((*line, *tail)).rstrip()) <= cells else last
    for pair in pairs:
        more = (*line, *_pair(pair))
        if width(plain((*more, *tail)).rstrip()) <= cells:
            line = more
    return (*line, *tail[:-1], Part(tail[-1].text.rstrip(), tail[-1].tone))


def _pair(pair: tuple[str, str]) -> Line:
    return (Part(pair[0], "key"), Part(f" {pair[1]}  "))


_WIDE = 100  # cells from which ids stand in a column of their own
_DOES = 66  # cells of what a key does, before that column


def help_lines(keymap: Keymap, cells: int) -> tuple[Line, ...]:
    """All keys by group: keys, what they do."""
    lines: list[Line] = []
    room = _DOES if cells >= _WIDE else 0
    for group, name in GROUPS.items():
        lines.append((Part(name, "head"),))
        for key in KEYS:
            if key.group == group:
                keys = " ".join(map(spoken_key, keymap[key.id]))
                lines.append((Part(f"  {keys:<18} ", "key"), Part(f"{key.does:<{room}}"), Part(f"  {key.id}", "faded")))
        lines.append(())
    return tuple(lines)
