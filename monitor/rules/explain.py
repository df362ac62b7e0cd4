"""Why a rule does not hold for an entry: which word is missing, which stands too far off, which exception took it."""

from __future__ import annotations

from collections.abc import Sequence, Set
from dataclasses import dataclass

from monitor.model import Entry, FieldName
from monitor.rules.engine import Ruleset
from monitor.rules.evaluate import Evaluation, Origin
from monitor.rules.tree import (
    AndNode,
    ExceptNode,
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
    leaves,
)

# Of many alternatives so many are named.
_NAMED = 5
_WORDS = 4


@dataclass(frozen=True, slots=True)
class Shortfall:
    """What of a rule was found (name, words), and why that is not enough.

    `excused`: the rule would hold, but for its `unless`. `elsewhere`: it is for another language, source or country.
    """

    found: tuple[tuple[str, str], ...]
    why: str
    excused: bool = False
    elsewhere: bool = False

    @property
    def distance(self) -> tuple[int, int]:
        """How far the rule is from holding: for sorting, the nearest first."""
        return (0, 0) if self.excused else (self.why.count("; ") + 1, -len({words for _, words in self.found}))


def shortfall(evaluation: Evaluation, when: Node, unless: Node | None) -> Shortfall | None:
    """Why a rule with these trees has no match in this entry; None where it has one."""
    high = len(evaluation.reading.tokens)
    holds, hits = evaluation.evaluate(when, 0, high)
    found = _found(evaluation, when, 0, high)
    if not holds:
        return Shortfall(found, _lacking(evaluation, when, 0, high), elsewhere=_elsewhere(evaluation, when))
    if not hits:
        return Shortfall(found, "it holds, but by NOT or the source alone, and marks no words")
    pieces = [piece for hit in hits for piece in evaluation.by_field(hit)]
    if unless is None or not all(evaluation.excused(unless, piece) for piece in pieces):
        return None
    low, high = evaluation.reading.sentence_of(pieces[0][0][0])
    words = ", ".join(f"{name} “{text}”" for name, text in _found(evaluation, unless, low, high)[:_NAMED])
    return Shortfall(found, f"removed by its unless: {words or 'it holds for this sentence'}", excused=True)


def _found(evaluation: Evaluation, node: Node, low: int, high: int) -> tuple[tuple[str, str], ...]:
    """Names of the tree's terms and groups that occur in tokens [low, high), each with the first words that do."""
    told: dict[str, str] = {}
    for leaf in leaves(node):
        if isinstance(leaf, MetaNode | FrameNode):
            continue
        spans = [span for span in evaluation.spans(leaf) if low <= span[0] and span[1] <= high]
        if spans:
            told.setdefault(_name(leaf), evaluation.reading.words(*spans[0]))
    return tuple(told.items())


def _name(leaf: TermNode | GroupNode) -> str:
    return leaf.group if isinstance(leaf, GroupNode) else leaf.source


def _lacking(evaluation: Evaluation, node: Node, low: int, high: int) -> str:
    """Why the tree does not hold within tokens [low, high)."""
    if isinstance(node, TermNode | GroupNode):
        return f"lacks {_name(node)}"
    if isinstance(node, MetaNode):
        return f"{node.key}: is not {node.value}"
    if isinstance(node, FrameNode):
        return f"frame:{node.name} has no patterns in this language"
    if isinstance(node, ExceptNode):
        return _excepted(evaluation, node, low, high)
    if isinstance(node, NotNode):
        words = ", ".join(f"“{text}”" for _, text in _found(evaluation, node.child, low, high)[:_NAMED])
        return f"NOT forbids {words or 'what the entry is'}"
    if isinstance(node, AndNode):
        failing = [child for child in node.children if not evaluation.evaluate(child, low, high)[0]]
        return "; ".join(dict.fromkeys(_lacking(evaluation, child, low, high) for child in failing))
    if isinstance(node, OrNode):
        return _none_of(evaluation, node.children, low, high)
    if isinstance(node, NearNode):
        return _apart(evaluation, node, low, high)
    if isinstance(node, FieldNode):
        start, end = evaluation.reading.range_of(node.field)
        return f"{_lacking(evaluation, node.child, max(low, start), min(high, end))} in the {node.field}"
    if isinstance(node, LimitNode):
        return _too_few(evaluation, node, low, high)
    return _not_together(evaluation, node, low, high)


def _none_of(evaluation: Evaluation, children: Sequence[Node], low: int, high: int) -> str:
    """Of alternatives, what the nearest one lacks; or that none of them is there."""
    here = [child for child in children if not _elsewhere(evaluation, child)] or children
    nearest = max(here, key=lambda child: len(_found(evaluation, child, low, high)))
    if _found(evaluation, nearest, low, high):
        return _lacking(evaluation, nearest, low, high)
    names = list(
        dict.fromkeys(
            _name(leaf) for child in here for leaf in leaves(child) if not isinstance(leaf, MetaNode | FrameNode)
        )
    )
    more = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
    return f"lacks any of {' '.join(names[:_NAMED])}{more}" if names else "source, language or country is another"


def _elsewhere(evaluation: Evaluation, node: Node) -> bool:
    """Whether the tree is for entries of another language, source or country."""
    if isinstance(node, MetaNode):
        return not evaluation.possible(node)
    if isinstance(node, AndNode):
        return any(_elsewhere(evaluation, child) for child in node.children)
    return isinstance(node, OrNode) and all(_elsewhere(evaluation, child) for child in node.children)


def _apart(evaluation: Evaluation, node: NearNode, low: int, high: int) -> str:
    """Which side is missing, or how far apart the two sides are."""
    sides = [(child, evaluation.evaluate(child, low, high)[1]) for child in (node.left, node.right)]
    missing = [_lacking(evaluation, child, low, high) for child, hits in sides if not hits]
    if missing:
        return "; ".join(missing)
    pairs = [
        (max(b[0][0] - max(end for _, end in a), a[0][0] - max(end for _, end in b)), a, b)
        for a in sides[0][1][:50]
        for b in sides[1][1][:50]
    ]
    gap, a, b = min(pairs, key=lambda pair: (pair[0], pair[1]))
    reading = evaluation.reading
    words = f"“{reading.words(*a[0])}” and “{reading.words(*b[0])}”"
    if gap < 0:
        return f"{words} share words"
    if reading.field_of(a[0][0]) != reading.field_of(b[0][0]):
        return f"{words} stand in different fields"
    if gap <= node.distance:
        return f"{words} stand in the other order"
    return f"{words} stand {gap} words apart, {node.distance} at most"


def _excepted(evaluation: Evaluation, node: ExceptNode, low: int, high: int) -> str:
    """What the child lacks, or by which words its places are excepted."""
    hits = evaluation.evaluate(node.child, low, high)[1]
    if not hits:
        return _lacking(evaluation, node.child, low, high)
    start, end = evaluation.reading.sentence_of(hits[0][0][0])
    words = ", ".join(f"{name} “{text}”" for name, text in _found(evaluation, node.unless, start, end)[:_NAMED])
    return f"removed by an unless: {words or 'it holds for this sentence'}"


def _too_few(evaluation: Evaluation, node: LimitNode, low: int, high: int) -> str:
    holds, hits = evaluation.evaluate(node.child, low, high)
    if not holds:
        return _lacking(evaluation, node.child, low, high)
    if node.kind == "ATLEAST":
        return f"{len(hits)} places, {node.number} at least"
    return f"not in the first {node.number} words"


def _not_together(evaluation: Evaluation, node: ScopeNode, low: int, high: int) -> str:
    """What the sentence (or paragraph) lacks that has the most of it."""
    stretches = list(evaluation.stretches(node, low, high))
    if not stretches:
        return _lacking(evaluation, node.child, low, low)
    best = max(stretches, key=lambda stretch: len(_found(evaluation, node.child, *stretch)))
    where = "sentence" if node.scope == "S" else "paragraph"
    why = _lacking(evaluation, node.child, *best)
    return f"{why} in the same {where}" if len(stretches) > 1 else why


def lacking(
    ruleset: Ruleset, entry: Entry, matched: Set[str], *, origin: Origin | None = None, most: int = 5
) -> tuple[str, ...]:
    """A line for each of the nearest `most` rules that did not match although something of them occurs: what was found,
    and what is missing. `matched` are the ids of those that did. The words are the entry's: clean them to show them."""
    parts: list[tuple[FieldName, str]] = [("title", entry.title), ("summary", entry.summary), ("text", entry.text)]
    reading = ruleset.read([(name, text) for name, text in parts if text], entry.lang)
    evaluation = Evaluation(reading, origin or Origin(()), ruleset.language(reading.lang).lexicon)
    short = [
        (found, compiled.rule.id)
        for compiled in ruleset.language(reading.lang).rules
        if compiled.rule.id not in matched
        and (found := shortfall(evaluation, compiled.when, compiled.unless)) is not None
        and found.found
        and not found.elsewhere
    ]
    short.sort(key=lambda pair: pair[0].distance)
    lines = []
    for found, name in short[:most]:
        words = {text.casefold(): f'"{text}" ({group})' for group, text in reversed(found.found)}
        lines.append(f"not {name}: has {', '.join([*words.values()][::-1][:_WORDS])}; {found.why}")
    if len(short) > most:
        lines.append(f"and {len(short) - most} more that are farther off")
    return tuple(lines)
