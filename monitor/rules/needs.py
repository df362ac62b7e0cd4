"""What must occur in a text for a rule to hold: its tree without places, distances and exceptions.

A need is weaker than its rule: where the rule holds, so does the need. Names of terms and groups are bits of a number,
so that a need is asked of a text in a few operations.
"""

from __future__ import annotations

import functools
import itertools
import operator
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from monitor.rules.syntax import (
    AndNode,
    GroupNode,
    MetaNode,
    NearNode,
    Node,
    NotNode,
    OrNode,
    ScopeNode,
    TermNode,
)

# So many alternatives of a rule are told apart by two of their conditions each; of more, one each is looked at.
_FEW = 4


@dataclass(frozen=True, slots=True)
class AnyOf:
    """One of these names occurs (a bit for each), or one of the parts holds."""

    names: int
    parts: tuple[Need, ...] = ()


@dataclass(frozen=True, slots=True)
class AllOf:
    """All parts hold."""

    parts: tuple[Need, ...]


@dataclass(frozen=True, slots=True)
class InSentence:
    """The part holds in one sentence, as far as its clauses tell."""

    clauses: tuple[int, ...]
    names: int


# None: nothing is needed. AnyOf without names and parts: it cannot hold.
Need = AnyOf | AllOf | InSentence
NEVER = AnyOf(0)


class Names:
    """Names of terms and groups as bits: what a text has of them is one number."""

    def __init__(self) -> None:
        self.bits: dict[str, int] = {}

    def bit(self, name: str) -> int:
        """The bit of a name, which is new with its first mention."""
        return self.bits.setdefault(name, 1 << len(self.bits))

    def of(self, names: Iterable[str]) -> int:
        """The bits of those of the names that were mentioned."""
        return functools.reduce(operator.or_, (self.bits.get(name, 0) for name in names), 0)

    def need(self, node: Node, lang: str) -> Need | None:
        """What a tree needs in texts of this language."""
        if isinstance(node, TermNode | GroupNode):
            return AnyOf(self.bit(name_of(node)))
        if isinstance(node, MetaNode):
            return NEVER if node.key == "lang" and node.value.casefold() != lang else None
        if isinstance(node, NotNode):
            return None
        if isinstance(node, OrNode):
            return _any_of([self.need(child, lang) for child in node.children])
        if isinstance(node, AndNode | NearNode):
            children = node.children if isinstance(node, AndNode) else (node.left, node.right)
            return _all_of([need for child in children if (need := self.need(child, lang)) is not None])
        inner = self.need(node.child, lang)
        if inner is None or inner == NEVER or not (isinstance(node, ScopeNode) and node.scope == "S"):
            return inner
        return InSentence(clauses(inner), mentioned(inner))


def _any_of(needs: Sequence[Need | None]) -> Need | None:
    names = 0
    parts: list[Need] = []
    for need in needs:
        if need is None:
            return None
        if isinstance(need, AnyOf):
            names |= need.names
            parts += need.parts
        else:
            parts.append(need)
    return AnyOf(names, tuple(parts))


def _all_of(needs: Sequence[Need]) -> Need | None:
    if NEVER in needs:
        return NEVER
    # What names least is the likeliest to be missing.
    return (
        AllOf(tuple(sorted(needs, key=lambda need: clauses(need)[0].bit_count())))
        if len(needs) > 1
        else needs[0]
        if needs
        else None
    )


def holds(need: Need, found: int, sentences: Sequence[int]) -> bool:
    """Whether a text with the names `found`, in these sentences, has what is needed; never wrong when it says no."""
    if isinstance(need, AnyOf):
        return bool(need.names & found) or any(holds(part, found, sentences) for part in need.parts)
    if isinstance(need, AllOf):
        return all(holds(part, found, sentences) for part in need.parts)
    return any(met(need.clauses, sentence) for sentence in sentences)


def met(conditions: Sequence[int], found: int) -> bool:
    """Whether each of the clauses has a name that was found."""
    for condition in conditions:  # noqa: SIM110 - a generator would cost more than the question
        if not condition & found:
            return False
    return True


def clauses(need: Need) -> tuple[int, ...]:
    """Sets of names of each of which one at least must occur, the narrowest first; weaker than the need itself."""
    if isinstance(need, InSentence):
        return need.clauses
    if isinstance(need, AllOf):
        found = {clause for part in need.parts for clause in clauses(part)}
    else:
        each = 2 if len(need.parts) <= _FEW else 1
        choices = itertools.product(*(clauses(part)[:each] for part in need.parts))
        found = {functools.reduce(operator.or_, choice, need.names) for choice in choices}
    return tuple(sorted(found, key=lambda clause: (clause.bit_count(), clause)))


def mentioned(need: Need) -> int:
    """All names that a need asks for."""
    if isinstance(need, InSentence):
        return need.names
    names = need.names if isinstance(need, AnyOf) else 0
    return functools.reduce(operator.or_, map(mentioned, need.parts), names)


def bits(names: int) -> Iterator[int]:
    """Each bit by itself."""
    while names:
        lowest = names & -names
        yield lowest
        names ^= lowest


def name_of(node: TermNode | GroupNode) -> str:
    """Under which name a term or group is found in a Reading's hits."""
    return node.group if isinstance(node, GroupNode) else f"term:{node.source}"
