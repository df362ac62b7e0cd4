"""What an expression of the rule language is once it is read: a tree of frozen nodes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal

from monitor.model import FieldName


@dataclass(frozen=True, slots=True)
class TermNode:
    """Words side by side, as written."""

    source: str


@dataclass(frozen=True, slots=True)
class GroupNode:
    """A named group of terms: "@list", "name:US", "facility:ain-al-asad"; "facility:*" and the like mean any."""

    group: str


@dataclass(frozen=True, slots=True)
class MetaNode:
    """A property of the whole entry: source:, lang:, country:."""

    key: str
    value: str


@dataclass(frozen=True, slots=True)
class FrameNode:
    """The shipped patterns of this name: they are those of the text's language, see `rules.frames`."""

    name: str


@dataclass(frozen=True, slots=True)
class ExceptNode:
    """The child's places, less those whose own sentence satisfies `unless`. Not written in rules: what a frame is."""

    child: Node
    unless: Node


@dataclass(frozen=True, slots=True)
class FieldNode:
    """Only in one field."""

    field: FieldName
    child: Node


@dataclass(frozen=True, slots=True)
class AndNode:
    """All of them."""

    children: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class OrNode:
    """At least one of them."""

    children: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class NotNode:
    """Holds where the child does not; it has no place of its own."""

    child: Node


@dataclass(frozen=True, slots=True)
class NearNode:
    """Both, with at most `distance` words strictly between, in this order if `ordered`, in one field."""

    left: Node
    right: Node
    distance: int
    ordered: bool


@dataclass(frozen=True, slots=True)
class ScopeNode:
    """Within one sentence (S) or one paragraph (P). `terms` are the child's, gathered once."""

    scope: Literal["S", "P"]
    child: Node
    terms: tuple[TermNode | GroupNode, ...] = field(init=False, compare=False, repr=False)

    def __post_init__(self) -> None:
        terms = tuple(leaf for leaf in leaves(self.child) if isinstance(leaf, TermNode | GroupNode))
        object.__setattr__(self, "terms", terms)


@dataclass(frozen=True, slots=True)
class LimitNode:
    """FIRST/n: within the first n words of a field. ATLEAST/n: at least n places."""

    kind: Literal["FIRST", "ATLEAST"]
    number: int
    child: Node


Leaf = TermNode | GroupNode | MetaNode | FrameNode
Node = Leaf | FieldNode | AndNode | OrNode | NotNode | NearNode | ScopeNode | LimitNode | ExceptNode


def leaves(node: Node) -> Iterator[Leaf]:
    """All terms, lists, frames and properties of a tree, left to right."""
    if isinstance(node, TermNode | GroupNode | MetaNode | FrameNode):
        yield node
    elif isinstance(node, ExceptNode):
        yield from leaves(node.child)
        yield from leaves(node.unless)
    elif isinstance(node, AndNode | OrNode):
        for child in node.children:
            yield from leaves(child)
    elif isinstance(node, NearNode):
        yield from leaves(node.left)
        yield from leaves(node.right)
    else:
        yield from leaves(node.child)


def show(node: Node, indent: int = 0) -> str:
    """The tree as indented text, for `monitor rules check`."""
    pad = "  " * indent
    if isinstance(node, TermNode):
        return f"{pad}{node.source}"
    if isinstance(node, GroupNode):
        return f"{pad}{node.group}"
    if isinstance(node, MetaNode):
        return f"{pad}{node.key}:{node.value}"
    if isinstance(node, FrameNode):
        return f"{pad}frame:{node.name}"
    if isinstance(node, ExceptNode):
        return f"{show(node.child, indent)}\n{pad}unless, in the same sentence\n{show(node.unless, indent + 1)}"
    if isinstance(node, NearNode):
        head = f"{'PRE' if node.ordered else 'NEAR'}/{node.distance}"
        return f"{pad}{head}\n{show(node.left, indent + 1)}\n{show(node.right, indent + 1)}"
    if isinstance(node, AndNode | OrNode):
        head = "AND" if isinstance(node, AndNode) else "OR"
        return "\n".join([pad + head, *(show(child, indent + 1) for child in node.children)])
    if isinstance(node, FieldNode):
        label = f"{node.field}:"
    elif isinstance(node, ScopeNode):
        label = "same sentence" if node.scope == "S" else "same paragraph"
    else:
        label = "NOT" if isinstance(node, NotNode) else f"{node.kind}/{node.number}"
    return f"{pad}{label}\n{show(node.child, indent + 1)}"
