"""Of the alternatives of an OR, those that may hold in a text: found by the names the text has, not one by one.

A list of patterns has hundreds of alternatives, of which a text has the words of a few.
"""

from __future__ import annotations

from collections.abc import Set
from dataclasses import dataclass

from monitor.rules.needs import name_of
from monitor.rules.tree import AndNode, FrameNode, GroupNode, MetaNode, NearNode, Node, NotNode, OrNode, TermNode


@dataclass(frozen=True, slots=True)
class Choices:
    """The alternatives of one OR, by the names of which each needs one; `always` are those that need none.

    `further` are the other conditions of each: sets of names, of each of which one is needed too.
    """

    node: OrNode
    by_name: dict[str, tuple[int, ...]]
    always: tuple[int, ...]
    further: tuple[tuple[Set[str], ...], ...]

    @classmethod
    def of(cls, node: OrNode) -> Choices:
        """Filed once for a tree; the result keeps the node, so that its identity stays its own."""
        by_name: dict[str, list[int]] = {}
        always = []
        further = []
        for number, child in enumerate(node.children):
            conditions = sorted(_needed(child), key=len)
            if not conditions:
                always.append(number)
            for name in conditions[0] if conditions else ():
                by_name.setdefault(name, []).append(number)
            further.append(tuple(conditions[1:]))
        filed = {name: tuple(numbers) for name, numbers in by_name.items()}
        return cls(node, filed, tuple(always), tuple(further))

    def among(self, names: Set[str]) -> list[Node]:
        """The alternatives that may hold where these names occur, in their order."""
        found = set(self.always)
        for name in self.by_name.keys() & names:
            found.update(self.by_name[name])
        children, further = self.node.children, self.further
        return [children[one] for one in sorted(found) if not any(map(names.isdisjoint, further[one]))]


def told_as(name: str) -> str | None:
    """Under which name it is known that a term or group occurs; None where that is not known beforehand."""
    kind = name.partition(":")[0]
    if kind == "count":
        return None
    return "actor:*" if kind == "actor" else name


def _needed(node: Node) -> Set[frozenset[str]]:
    """Sets of names, of each of which one must occur for the tree to hold."""
    if isinstance(node, TermNode | GroupNode):
        name = told_as(name_of(node))
        return frozenset() if name is None else {frozenset((name,))}
    if isinstance(node, FrameNode):
        return {frozenset()}
    if isinstance(node, MetaNode | NotNode):
        return frozenset()
    if isinstance(node, OrNode):
        narrowest = [min(_needed(child), key=len, default=None) for child in node.children]
        known = [names for names in narrowest if names is not None]
        return {frozenset().union(*known)} if len(known) == len(narrowest) else frozenset()
    if isinstance(node, AndNode | NearNode):
        children = node.children if isinstance(node, AndNode) else (node.left, node.right)
        return frozenset().union(*(_needed(child) for child in children))
    return _needed(node.child)
