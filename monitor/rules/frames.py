"""The shipped patterns of each language, by name: `frame:withdrawal` in a rule stands for those of the text's language.

A frame says who does what to what in one language; it is kept beside that language's word lists, in
`language/lexicon/frames/`, so that the rules of feeds.yml stay short and the same for all languages. It has blocks,
each with patterns and with its own exceptions.
"""

from __future__ import annotations

from dataclasses import replace
from functools import cache

from monitor.language.lexicon import LANGUAGES, frames
from monitor.rules import syntax
from monitor.rules.tree import (
    AndNode,
    ExceptNode,
    FieldNode,
    FrameNode,
    LimitNode,
    MetaNode,
    NearNode,
    Node,
    NotNode,
    OrNode,
    ScopeNode,
)


@cache
def frame_names() -> frozenset[str]:
    """The names of all frames, in whatever language."""
    return frozenset(name for lang in LANGUAGES for name in frames(lang))


@cache
def frame_tree(name: str, lang: str) -> Node | None:
    """The tree of a frame, with the frames that it names itself; None where the language has none of this name.

    Raises RuleError where the lexicon is wrong: a mistake of the program, which its tests find.
    """
    trees: list[Node] = []
    for block in frames(lang).get(name, ()):
        when = _any([syntax.parse(pattern) for pattern in block.when])
        given = syntax.parse(block.given) if block.given else None
        tree: Node = AndNode((given, when)) if given is not None else when
        if block.unless:
            tree = ExceptNode(tree, _any([syntax.parse(pattern) for pattern in block.unless]))
        whole = in_language(tree, lang)
        if whole is not None:
            trees.append(whole)
    return _any(trees) if trees else None


def _any(trees: list[Node]) -> Node:
    return trees[0] if len(trees) == 1 else OrNode(tuple(trees))


def in_language(node: Node, lang: str) -> Node | None:
    """A rule's tree as it is for texts in one language: frames filled in, `lang:` settled; None if it cannot hold."""
    if isinstance(node, FrameNode):
        return frame_tree(node.name, lang)
    if isinstance(node, MetaNode):
        return None if node.key == "lang" and node.value.casefold() != lang else node
    if isinstance(node, OrNode):
        kept = [tree for child in node.children if (tree := in_language(child, lang)) is not None]
        return _any(kept) if kept else None
    if isinstance(node, AndNode):
        trees = [in_language(child, lang) for child in node.children]
        whole = [tree for tree in trees if tree is not None]
        return AndNode(tuple(whole)) if len(whole) == len(trees) else None
    if isinstance(node, NearNode):
        left, right = in_language(node.left, lang), in_language(node.right, lang)
        return replace(node, left=left, right=right) if left is not None and right is not None else None
    if isinstance(node, ExceptNode):
        child, unless = in_language(node.child, lang), in_language(node.unless, lang)
        return child if child is None or unless is None else ExceptNode(child, unless)
    if isinstance(node, NotNode):
        inner = in_language(node.child, lang)
        # What cannot hold is never forbidden: the rest decides, and a NOT alone marks no place anyhow.
        return NotNode(inner) if inner is not None else node
    if isinstance(node, FieldNode | ScopeNode | LimitNode):
        inner = in_language(node.child, lang)
        if inner is None:
            return None
        if isinstance(node, ScopeNode):
            return ScopeNode(node.scope, inner)
        return replace(node, child=inner)
    return node
