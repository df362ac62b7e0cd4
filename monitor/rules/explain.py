"""Why a rule did not match: of each rule of which some list occurs, what was found and what is lacking. Pure."""

from __future__ import annotations

from collections.abc import Set

from monitor.model import Entry
from monitor.rules import syntax
from monitor.rules.engine import Ruleset


def lacking(ruleset: Ruleset, entry: Entry, matched: Set[str]) -> tuple[str, ...]:
    """A line for each rule that did not match the entry's title although one of its lists stands in it.

    `matched` are the ids of the rules that did. The words are the entry's own: clean them before they are shown.
    """
    reading = ruleset.read((("title", entry.title),), entry.lang)
    lines = []
    for compiled in ruleset.rules:
        if compiled.rule.id in matched:
            continue
        found: dict[str, str] = {}
        missing: list[str] = []
        for leaf in syntax.leaves(compiled.when):
            if isinstance(leaf, syntax.GroupNode):
                spans = reading.hits.get(leaf.group, ())
                if spans:
                    found[leaf.group] = reading.words(*spans[0])
                else:
                    missing.append(leaf.group)
        if found:
            words = ", ".join(f'{group} "{word}"' for group, word in found.items())
            rest = f"; lacks {' '.join(dict.fromkeys(missing))}" if missing else "; too far apart, or excused by unless"
            lines.append(f"not {compiled.rule.id}: has {words}{rest}")
    return tuple(lines)
