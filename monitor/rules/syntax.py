"""The rule language: text to a tree, with errors that show the place under a caret.

AND OR NOT ( ) "exact phrase" word* w?rd =CaseSensitive NEAR/n PRE/n S(…) P(…) FIRST/n(…) ATLEAST/n(…)
title: summary: text: source: lang: country: actor:ID|* facility:ID|* place:ID|* count:* frame:NAME @list

Mixing AND, OR and proximity without brackets is refused with both readings, because the two services that most
analysts know rank them in opposite order.
"""

from __future__ import annotations

import difflib
from functools import cache
from typing import TYPE_CHECKING, Any

from monitor.model import FIELDS
from monitor.rules.tree import (
    AndNode,
    FieldNode,
    FrameNode,
    GroupNode,
    LimitNode,
    MetaNode,
    NearNode,
    Node,
    NotNode,
    OrNode,
    ScopeNode,
    TermNode,
)

if TYPE_CHECKING:
    import lark

NEAR_LIMIT = 25
DEPTH_LIMIT = 40
COUNT_LIMIT = 10_000
META = ("source", "lang", "country")

_GRAMMAR = r"""
start: chain
chain: unit (OPERATOR unit)*
unit: NOT unit -> negated
    | "(" chain ")" -> group
    | SCOPE "(" chain ")" -> scope
    | LIMIT "(" chain ")" -> limit
    | FIELD unit -> field
    | LIST -> listed
    | (WORD | STRING)+ -> words
OPERATOR.3: /(AND|OR)(?![\w:*?])/ | /(NEAR|PRE)\/\d+/
NOT.3: /NOT(?![\w:*?])/
SCOPE.3: /[SP](?=\s*\()/
LIMIT.3: /(FIRST|ATLEAST)\/\d+(?=\s*\()/
FIELD.2: /[a-z_]+:/
LIST.2: /@[\w-]+/
STRING: /"[^"]*"/
WORD.1: /=?[^\s()":@=][^\s()":]*/
%ignore /\s+/
"""


class RuleError(Exception):
    """An expression that cannot be used. `offset` counts code points from its start."""

    def __init__(self, what: str, offset: int) -> None:
        super().__init__(what)
        self.what, self.offset = what, offset

    def shown(self, text: str) -> str:
        """The message with the line of the expression and a caret under the place."""
        start = text.rfind("\n", 0, self.offset) + 1
        end = text.find("\n", self.offset)
        line = text[start : end if end >= 0 else len(text)]
        return f"{self.what}\n  {line}\n  {' ' * (self.offset - start)}^"


def parse(text: str) -> Node:
    """The tree of one expression. Raises RuleError with the place of the first mistake."""
    import lark

    if not text.strip():
        raise RuleError("the expression is empty", 0)
    try:
        tree = _parser().parse(text)
    except lark.exceptions.UnexpectedCharacters as error:
        place: int = error.pos_in_stream  # type: ignore[assignment]  # lark declares it None and sets it
        raise RuleError(_unexpected(text, place), place) from error
    except lark.exceptions.UnexpectedToken as error:
        end = len(text.rstrip())
        offset = end if error.token.type == "$END" or error.token.start_pos is None else error.token.start_pos
        raise RuleError(_unexpected(text, offset), offset) from error
    _check_depth(tree)
    return _chain(tree.children[0], text)


def _check_depth(tree: Any) -> None:
    """Raises RuleError where brackets lie deeper than a person, or the stack, can follow."""
    level = [tree]
    for _ in range(2 * DEPTH_LIMIT + 2):
        level = [child for node in level for child in node.children if hasattr(child, "children")]
        if not level:
            return
    raise RuleError(f"brackets, NOT and fields lie more than {DEPTH_LIMIT} deep in each other", level[0].meta.start_pos)


@cache
def _parser() -> lark.Lark:
    import lark

    return lark.Lark(_GRAMMAR, parser="lalr", propagate_positions=True)


def _unexpected(text: str, offset: int) -> str:
    if offset >= len(text.rstrip()):
        opened = text.count("(") - text.count(")")
        return "a closing bracket is missing" if opened > 0 else "the expression ends where a term is expected"
    if text[offset] == '"':
        return "the quotation mark is not closed"
    if text[offset] == ")":
        return "a bracket is closed that was never opened, or nothing stands inside"
    word = text[offset:].split()[0]
    if word.rstrip("(").split("/")[0] in ("NEAR", "PRE", "FIRST", "ATLEAST"):
        return f"{word.rstrip('(')} needs a number and a term on each side: a NEAR/8 b, FIRST/50(a)"
    return f"{word!r} is not expected here"


def _chain(tree: Any, text: str) -> Node:
    """Units joined by one kind of operator; a mix is refused."""
    operators = tree.children[1::2]
    units = tree.children[0::2]
    kinds = {"near" if "/" in op else str(op) for op in operators}
    if len(kinds) > 1 or ("near" in kinds and len(operators) > 1):
        raise RuleError(_readings(tree, text), operators[1].start_pos)
    nodes = [_unit(unit, text) for unit in units]
    if not operators:
        return nodes[0]
    if kinds == {"near"}:
        name, distance = _numbered(operators[0])
        if distance > NEAR_LIMIT:
            raise RuleError(f"{name}/{distance} reaches too far: {NEAR_LIMIT} words at most", operators[0].start_pos)
        return NearNode(nodes[0], nodes[1], distance, name == "PRE")
    return AndNode(tuple(nodes)) if kinds == {"AND"} else OrNode(tuple(nodes))


def _readings(tree: Any, text: str) -> str:
    """Both ways to bracket the first ambiguous pair."""
    parts = [text[u.meta.start_pos : u.meta.end_pos] for u in tree.children[0:5:2]]
    first, second = str(tree.children[1]), str(tree.children[3])
    return (
        f"{first} and {second} are mixed without brackets; write either "
        f"({parts[0]} {first} {parts[1]}) {second} {parts[2]}  or  {parts[0]} {first} ({parts[1]} {second} {parts[2]})"
    )


def _unit(tree: Any, text: str) -> Node:
    kind, offset = tree.data, tree.meta.start_pos
    if kind == "negated":
        return NotNode(_unit(tree.children[1], text))
    if kind == "group":
        return _chain(tree.children[0], text)
    if kind == "scope":
        return ScopeNode("S" if tree.children[0] == "S" else "P", _chain(tree.children[1], text))
    if kind == "limit":
        name, number = _numbered(tree.children[0])
        if not 1 <= number <= COUNT_LIMIT:
            raise RuleError(f"{name}/n takes a number from 1 to {COUNT_LIMIT:,}", tree.children[0].start_pos)
        return LimitNode("FIRST" if name == "FIRST" else "ATLEAST", number, _chain(tree.children[1], text))
    if kind == "field":
        return _field(str(tree.children[0])[:-1], tree.children[1], text, offset)
    if kind == "listed":
        return GroupNode(str(tree.children[0]))
    for word in tree.children:
        _misspelt_operator(word)
    return TermNode(" ".join(str(word) for word in tree.children))


def _numbered(operator: Any) -> tuple[str, int]:
    """ "NEAR/8" as (NEAR, 8). A number too long to read is beyond every limit."""
    name, _, number = str(operator).partition("/")
    return name, int(number) if len(number) <= 6 else 10**6


def _misspelt_operator(word: Any) -> None:
    """A bare NEAR or a lower-case `or` would silently become part of a phrase."""
    head = str(word).split("/")[0]
    if head in ("NEAR", "PRE", "FIRST", "ATLEAST"):
        raise RuleError(
            f"{word} needs a number and terms: a NEAR/8 b, PRE/3, FIRST/50(a), ATLEAST/2(a)", word.start_pos
        )
    if str(word) in ("AND", "OR", "NOT"):
        raise RuleError(
            f"{word} stands inside a phrase; write a AND NOT b, or put the phrase into quotes", word.start_pos
        )
    letters = head.rstrip("0123456789")
    if letters.isupper() and (letters != head or "/" in str(word)):
        near = difflib.get_close_matches(letters, ("NEAR", "PRE", "FIRST", "ATLEAST"), 1, 0.7)
        if near:
            raise RuleError(f"unknown operator {word}, did you mean {near[0]}/8?", word.start_pos)
    if str(word) in ("and", "or", "not"):
        raise RuleError(f"write {str(word).upper()} in capitals, or put the phrase into quotes", word.start_pos)
    if "/" in str(word) and head in ("W", "w", "N", "adj", "ADJ", "pre", "near", "NOT", "NEARS"):
        raise RuleError(f"unknown operator {word}; proximity is NEAR/n, or PRE/n in this order", word.start_pos)


def _field(name: str, child: Any, text: str, offset: int) -> Node:
    if name in FIELDS:
        return FieldNode(name, _unit(child, text))
    inner = _unit(child, text)
    value = inner.source if isinstance(inner, TermNode) else inner.group if isinstance(inner, GroupNode) else None
    if value is None:
        raise RuleError(f"{name}: takes one word", offset)
    value = value.strip('"')
    if name in META:
        return MetaNode(name, value)
    if name == "facility":
        return GroupNode(f"facility:{value}")
    if name == "actor":
        return GroupNode(value if value.startswith("@") else "actor:*" if value == "*" else f"name:{value}")
    if name == "count":
        return GroupNode("count:*")
    if name == "frame":
        return FrameNode(value)
    if name == "place":
        return GroupNode("place:*" if value == "*" else f"name:{value}")
    known = [*FIELDS, *META, "facility", "actor", "place", "count", "frame"]
    near = difflib.get_close_matches(name, known, 1)
    if name in ("type", "verdict"):
        raise RuleError(f"{name}: belongs to filters and exports, not to rules", offset)
    hint = f", did you mean {near[0]}:?" if near else "; known are " + " ".join(f"{key}:" for key in known)
    raise RuleError(f"unknown field {name}:{hint}", offset)
