"""What must occur in a text for a rule to hold: its tree without places, distances and exceptions.

A rule holds in one of several ways; each is a row of conditions of the kind "one of these names occurs". A way is
weaker than the rule: where the rule holds, one of its ways is open. Names of terms and groups are bits of a number, so
that a condition is one operation.
"""

from __future__ import annotations

import functools
import operator
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from monitor.rules.tree import (
    AndNode,
    ExceptNode,
    FrameNode,
    GroupNode,
    MetaNode,
    NearNode,
    Node,
    NotNode,
    OrNode,
    ScopeNode,
    TermNode,
)

# Ways of one rule that are told apart; where there are more, some conditions are joined into a wider one.
_MOST = 64


@dataclass(frozen=True, slots=True)
class Way:
    """Conditions that must all be met: `anywhere` in the text, and each row of `together` in one sentence."""

    anywhere: tuple[int, ...] = ()
    together: tuple[tuple[int, ...], ...] = ()

    @property
    def conditions(self) -> tuple[int, ...]:
        """All of them, whatever the sentence."""
        return tuple(dict.fromkeys((*self.anywhere, *(one for row in self.together for one in row))))

    def joined(self, other: Way) -> Way:
        """This and another."""
        return Way(
            tuple(dict.fromkeys((*self.anywhere, *other.anywhere))),
            tuple(dict.fromkeys((*self.together, *other.together))),
        )

    def is_open(self, sentences: Sequence[int]) -> bool:
        """Whether a text whose sentences have these names may hold the rule, its conditions being met somewhere."""
        return all(any(met(row, sentence) for sentence in sentences) for row in self.together)


def met(conditions: Sequence[int], found: int) -> bool:
    """Whether each of the conditions has a name that was found."""
    for condition in conditions:  # noqa: SIM110 - a generator would cost more than the question
        if not condition & found:
            return False
    return True


class Names:
    """Names of terms and groups as bits: what a text has of them is one number."""

    def __init__(self) -> None:
        self._bits: dict[str, int] = {}

    def bit(self, name: str) -> int:
        """The bit of a name, which is new with its first mention."""
        return self._bits.setdefault(name, 1 << len(self._bits))

    def of(self, names: Iterable[str]) -> int:
        """The bits of those of the names that were mentioned."""
        return union(self._bits.get(name, 0) for name in names)

    def ways(self, node: Node, lang: str) -> tuple[Way, ...] | None:
        """In which ways a tree may hold in texts of this language: none if it cannot, None if nothing is needed."""
        if isinstance(node, TermNode | GroupNode):
            return (Way((self.bit(name_of(node)),)),)
        if isinstance(node, MetaNode):
            return () if node.key == "lang" and node.value.casefold() != lang else None
        if isinstance(node, NotNode):
            return None
        if isinstance(node, FrameNode):
            return ()
        if isinstance(node, ExceptNode):
            return self.ways(node.child, lang)
        if isinstance(node, OrNode):
            return _either([self.ways(child, lang) for child in node.children])
        if isinstance(node, AndNode | NearNode):
            children = node.children if isinstance(node, AndNode) else (node.left, node.right)
            return _both([found for child in children if (found := self.ways(child, lang)) is not None])
        inner = self.ways(node.child, lang)
        if inner is None or not (isinstance(node, ScopeNode) and node.scope == "S"):
            return inner
        return tuple(Way((), (way.conditions,)) for way in inner)


def _either(alternatives: Sequence[tuple[Way, ...] | None]) -> tuple[Way, ...] | None:
    """All ways of some alternatives; those that ask for one name anywhere are one."""
    names = 0
    others: dict[Way, None] = {}
    for ways in alternatives:
        if ways is None:
            return None
        for way in ways:
            if len(way.anywhere) == 1 and not way.together:
                names |= way.anywhere[0]
            else:
                others[way] = None
    return (*((Way((names,)),) if names else ()), *others)


def _both(parts: Sequence[tuple[Way, ...]]) -> tuple[Way, ...] | None:
    """Each way of each part with each of the others."""
    if not parts:
        return None
    found: tuple[Way, ...] = (Way(),)
    for ways in sorted(parts, key=len):
        choices = ways if len(found) * len(ways) <= _MOST else (_widened(ways),)
        found = tuple(dict.fromkeys(one.joined(other) for one in found for other in choices))
    return found


def _widened(ways: Iterable[Way]) -> Way:
    """One way that is open where any of these is: the narrowest condition of each, joined."""
    return Way((union(min(way.conditions, key=int.bit_count) for way in ways),))


def union(names: Iterable[int]) -> int:
    """All bits of some sets of names."""
    return functools.reduce(operator.or_, names, 0)


def bits(names: int) -> Iterator[int]:
    """Each bit by itself."""
    while names:
        lowest = names & -names
        yield lowest
        names ^= lowest


def name_of(node: TermNode | GroupNode) -> str:
    """Under which name a term or group is found in a Reading's hits."""
    return node.group if isinstance(node, GroupNode) else f"term:{node.source}"
