"""YAML as plain values that remember where they stand: every message about a file can name its line and column.

The only importer of ruamel.yaml. It is asked for parser events alone, and the values are built here without recursion:
the C parser then reads 90 kB in 10 ms, a file nested a million deep or full of aliases cannot exhaust us, and the rules
of YAML 1.2 hold exactly (Norway's `NO` and dates are text). Keys are text as written, except whole numbers.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from monitor.errors import ConfigError, Mistake
from monitor.yamlwords import told

MAX_BYTES = 2 * 1024 * 1024
MAX_NODES = 200_000
MAX_DEPTH = 60

Place = tuple[int, int]
Path = tuple[str | int, ...]

_TAG = "tag:yaml.org,2002:"
_NULL = frozenset({"", "~", "null", "Null", "NULL"})
_BOOL = {"true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False}
_INT = re.compile(r"[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+")
_FLOAT = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?")
_INFINITE = re.compile(r"[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)")
_UNPRINTABLE = re.compile("[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_PROPERTIES = re.compile(r"(?:[&!][^\s,\[\]{}]*\s+)+")
_MARKER = re.compile(r"[^\n]*\n(?:[ \t]*\n)*(?P<indent> *)")


@dataclass(slots=True)
class _Node:
    """A value with the place of its first character; `size` counts the values it stands for, aliases followed."""

    value: Any
    place: Place
    size: int = 1
    keys: dict[str | int, Place] = field(default_factory=dict)
    children: dict[str | int, _Node] = field(default_factory=dict)


@dataclass(slots=True)
class _Open:
    """A list or mapping that is still being read; `key` is the one whose value comes next."""

    node: _Node
    anchor: str | None
    wants_key: bool
    key: str | int | None = None


@dataclass(frozen=True, slots=True)
class Document:
    """What a file says. `data` is made of dict, list, str, int, float, bool and None."""

    data: Any
    _root: _Node

    def place(self, path: Path) -> Place:
        """Line and column (from 1) of the first character of the value at `path`, else of its nearest parent."""
        node = self._root
        for step in path:
            if step not in node.children:
                return node.place
            node = node.children[step]
        return node.place

    def key_place(self, path: Path) -> Place:
        """Line and column (from 1) of the key at the end of `path`; of the value if that is an item of a list."""
        node = self._root
        for step in path[:-1]:
            if step not in node.children:
                return node.place
            node = node.children[step]
        return node.keys.get(path[-1], self.place(path)) if path else node.place


def load(text: str, file: str) -> Document:
    """Read one document. `file` is the name that messages carry.

    Raises ConfigError: one mistake where the syntax breaks, or every duplicate key, tag and unknown alias at once.
    """
    if len(text) > MAX_BYTES or len(text.encode("utf-8", "surrogatepass")) > MAX_BYTES:
        raise _error(file, (1, 1), "the file is larger than 2 MiB; no configuration is: is it the right file?")
    text = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    if found := _UNPRINTABLE.search(text):
        what = f"a character that YAML does not allow (U+{ord(found.group()):04X}) stands here; delete it"
        raise _error(file, _position(text, found.start()), what)
    reader = _Reader(text, file)
    for event in _events(text, file):
        reader.take(event)
    if reader.mistakes:
        raise ConfigError(tuple(reader.mistakes))
    root = reader.root or _Node(None, (1, 1))
    return Document(root.value, root)


def load_data(text: str, file: str) -> Any:
    """The plain value alone, for our own data files. Raises ConfigError like `load`."""
    return load(text, file).data


class _Reader:
    """Builds values from parser events, with a stack of its own in place of recursion."""

    def __init__(self, text: str, file: str) -> None:
        self.text = text
        self.file = file
        self.root: _Node | None = None
        self.mistakes: list[Mistake] = []
        self._stack: list[_Open] = []
        self._anchors: dict[str, _Node | None] = {}
        self._documents = 0

    def take(self, event: Any) -> None:
        """Take in the next event of the parser."""
        kind = type(event).__name__
        place = (event.start_mark.line + 1, event.start_mark.column + 1)
        if kind == "ScalarEvent":
            node = _Node(None, self._first_character(event, place))
            node.value = self._scalar(event, node.place)
            self._add(node, event.anchor, scalar=event)
        elif kind in ("SequenceStartEvent", "MappingStartEvent"):
            self._begin(event, place, mapping=kind == "MappingStartEvent")
        elif kind in ("SequenceEndEvent", "MappingEndEvent"):
            opened = self._stack.pop()
            self._add(opened.node, opened.anchor)
        elif kind == "AliasEvent":
            self._alias(event.anchor, place)
        elif kind == "DocumentStartEvent":
            self._documents += 1
            if self._documents > 1:
                raise _error(self.file, place, 'a second document begins here ("---"); the file must hold only one')

    def _wrong(self, place: Place, what: str) -> None:
        self.mistakes.append(Mistake(self.file, *place, what))

    def _begin(self, event: Any, place: Place, *, mapping: bool) -> None:
        if len(self._stack) >= MAX_DEPTH:
            what = f"lists and mappings are nested more than {MAX_DEPTH} deep; is a bracket missing?"
            raise _error(self.file, place, what)
        if event.tag is not None and str(event.tag) not in ("!", f"{_TAG}map" if mapping else f"{_TAG}seq"):
            self._wrong(place, _bad_tag(str(event.tag)))
        if event.anchor:
            self._anchors[event.anchor] = None
        self._stack.append(_Open(_Node({} if mapping else [], place), event.anchor, wants_key=mapping))

    def _alias(self, name: str, place: Place) -> None:
        if name not in self._anchors:
            what = f'"*{name}" refers to "&{name}", which does not stand before it; if it is text, put it in quotes'
            self._wrong(place, what)
        target = self._anchors.get(name)
        if name in self._anchors and target is None:
            self._wrong(place, f'"*{name}" stands inside what it refers to; write the value out')
        self._add(target or _Node(None, place), None)

    def _add(self, node: _Node, anchor: str | None, scalar: Any = None) -> None:
        """Hand a finished value to the list or mapping it stands in."""
        self._check_size(node)
        if anchor:
            self._anchors[anchor] = node
        if not self._stack:
            self.root = node
            return
        parent = self._stack[-1]
        if parent.wants_key:
            self._add_key(parent, node, scalar)
            return
        parent.node.size += node.size
        if isinstance(parent.node.value, list):
            parent.node.children[len(parent.node.value)] = node
            parent.node.value.append(node.value)
            return
        if parent.key is not None:
            parent.node.children[parent.key] = node
            parent.node.value[parent.key] = node.value
        parent.wants_key = True

    def _add_key(self, parent: _Open, node: _Node, scalar: Any) -> None:
        parent.wants_key = False
        parent.key = None
        key = node.value
        if isinstance(key, (dict, list)):
            self._wrong(node.place, "a key must be a word or a number, not a list or a mapping")
            return
        if not isinstance(key, (str, int)) or isinstance(key, bool):
            key = str(scalar.value) if scalar is not None else str(key)
        if key in parent.node.keys:
            line = parent.node.keys[key][0]
            what = f'the key "{_short(str(key))}" stands here a second time (first in line {line}); delete one of them'
            self._wrong(node.place, what)
            return
        parent.node.keys[key] = node.place
        parent.key = key

    def _check_size(self, node: _Node) -> None:
        open_size = sum(opened.node.size for opened in self._stack)
        if open_size + node.size > MAX_NODES:
            what = f"the file stands for more than {MAX_NODES} values once its aliases are followed; write fewer"
            raise _error(self.file, node.place, what)

    def _scalar(self, event: Any, place: Place) -> Any:
        text: str = event.value
        tag = None if event.tag is None else str(event.tag)
        if tag in ("!", f"{_TAG}str") or (tag is None and event.style):
            return text
        try:
            value = float(_resolve(text)) if tag == f"{_TAG}float" and _INT.fullmatch(text) else _resolve(text)
        except (ValueError, OverflowError):
            self._wrong(place, "this number has too many digits; put it in quotes if it is text")
            return None
        if tag is None:
            return value
        wanted = {f"{_TAG}int": int, f"{_TAG}bool": bool, f"{_TAG}null": type(None), f"{_TAG}float": float}.get(tag)
        if wanted is None or type(value) is not wanted:
            self._wrong(place, _bad_tag(tag) if wanted is None else f'"{_short(text)}" is not what its tag says')
        return value

    def _first_character(self, event: Any, place: Place) -> Place:
        """Where the value itself begins: after anchor, tag and opening quote, or below a block's `|`."""
        line, col = place
        index = event.start_mark.index
        if event.anchor or event.tag is not None:
            skipped = _PROPERTIES.match(self.text, index)
            index = skipped.end() if skipped else index
            line, col = _position(self.text, index)
        if event.style in ("'", '"'):
            return line, col + 1
        if event.style in ("|", ">") and event.value.strip():
            below = _MARKER.match(self.text, index)
            return _position(self.text, below.end()) if below else (line, col)
        return line, col


def _resolve(text: str) -> Any:
    """A plain scalar by the core rules of YAML 1.2. Raises ValueError for a number beyond what Python reads."""
    if text in _NULL:
        return None
    if text in _BOOL:
        return _BOOL[text]
    if text[0] not in "+-.0123456789":
        return text
    if _INT.fullmatch(text):
        return int(text, 0) if text[:2] in ("0o", "0x") else int(text)
    if _FLOAT.fullmatch(text):
        return float(text)
    return float(text.replace(".", "")) if _INFINITE.fullmatch(text) else text


def _events(text: str, file: str) -> Iterator[Any]:
    from ruamel.yaml import YAML
    from ruamel.yaml.error import YAMLError

    try:
        yield from YAML(typ="safe").parse(text)
    except YAMLError as error:
        raise ConfigError((Mistake(file, *told(error, text)),)) from error


def _bad_tag(tag: str) -> str:
    name = _short(tag.replace(_TAG, "!!"))
    return f'the tag "{name}" is not allowed; write the plain value, in quotes if it begins with "!"'


def _short(text: str) -> str:
    return text if len(text) <= 60 else text[:59] + "…"


def _position(text: str, index: int) -> Place:
    return text.count("\n", 0, index) + 1, index - (text.rfind("\n", 0, index) + 1) + 1


def _error(file: str, place: Place, what: str) -> ConfigError:
    return ConfigError((Mistake(file, *place, what),))
