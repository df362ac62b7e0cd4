"""A rule with its trees, which are read when they are first asked for: of a thousand rules an entry needs a few."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, get_args

from monitor.kept import Packing
from monitor.model import Rule
from monitor.rules.tree import Node

_NODES = Packing(*get_args(Node))


class CompiledRule:
    """A rule, the tree of what it looks for and that of its exceptions."""

    __slots__ = ("_memo", "_packed", "_trees", "rule")

    def __init__(self, rule: Rule, when: Node, unless: Node | None) -> None:
        self.rule = rule
        self._trees: tuple[Node, Node | None] | None = (when, unless)
        self._packed: Any = None
        self._memo: dict[int, Any] = {}

    @classmethod
    def packed(cls, rule: Rule, plain: Any, memo: dict[int, Any]) -> CompiledRule:
        """A rule whose trees are still packed; `memo` is shared by all rules that were packed together."""
        made = cls.__new__(cls)
        made.rule, made._trees, made._packed, made._memo = rule, None, plain, memo
        return made

    @property
    def when(self) -> Node:
        """What it looks for."""
        return (self._trees or self._unpack())[0]

    @property
    def unless(self) -> Node | None:
        """What takes matches away."""
        return (self._trees or self._unpack())[1]

    def _unpack(self) -> tuple[Node, Node | None]:
        when, unless = self._packed
        self._trees = trees = (_NODES.unpack(when, self._memo), _NODES.unpack(unless, self._memo))
        return trees


def packed(rules: Sequence[CompiledRule]) -> Any:
    """The trees of the rules, by their ids, as a plain value."""
    memo: dict[int, list[Any]] = {}
    return [
        (compiled.rule.id, _NODES.pack(compiled.when, memo), _NODES.pack(compiled.unless, memo)) for compiled in rules
    ]


def unpacked(plain: Any, rules: Sequence[Rule]) -> tuple[CompiledRule, ...]:
    """The rules again, of which `rules` has those of these ids. Raises LookupError, TypeError or ValueError."""
    by_id = {rule.id: rule for rule in rules}
    memo: dict[int, Any] = {}
    return tuple(CompiledRule.packed(by_id[name], (when, unless), memo) for name, when, unless in plain)
