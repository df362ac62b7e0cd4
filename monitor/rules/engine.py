"""Rules compiled once, then held against entries: which rules hold, where, and in which words.

One pass over an entry's words finds the terms of all rules, lists, cues and names (`language.terms`); only rules whose
required terms occur are evaluated, over those finds alone. Evaluation is linear: proximity looks at neighbours in
sorted order, never at all pairs.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Sequence, Set
from dataclasses import dataclass, field
from functools import cached_property, partial
from typing import Any

from monitor import kept
from monitor.errors import Mistake
from monitor.language.facilities import gazetteer
from monitor.language.lexicon import LANGUAGES, Lexicon, lexicon, world
from monitor.language.reading import Reading, read
from monitor.language.terms import Term, Vocabulary, parse_term
from monitor.language.words import language_of
from monitor.model import FieldName, Match, Rule, RuleExample
from monitor.rules import syntax
from monitor.rules.choices import Choices
from monitor.rules.compiled import CompiledRule, packed, unpacked
from monitor.rules.evaluate import Evaluation, Hit, Origin
from monitor.rules.fingerprint import fingerprint
from monitor.rules.frames import frame_names, in_language
from monitor.rules.searched import search_terms
from monitor.rules.sieve import Sieve
from monitor.rules.syntax import RuleError
from monitor.rules.tree import FrameNode, GroupNode, MetaNode, Node, OrNode, TermNode, leaves


@dataclass(frozen=True, slots=True)
class LanguageRules:
    """What texts in one language are searched with."""

    lexicon: Lexicon
    rules: tuple[CompiledRule, ...]
    vocabulary: Vocabulary
    sieve: Sieve
    choices: dict[int, Choices] = field(default_factory=dict, compare=False)


class Ruleset:
    """All rules of a configuration. Languages are compiled when their first text comes."""

    def __init__(self, rules: tuple[CompiledRule, ...], lists: dict[str, tuple[str, ...]]) -> None:
        self.rules = rules
        self._lists = lists
        self._languages: dict[str, LanguageRules] = {}
        self._by_id = {compiled.rule.id: compiled.rule for compiled in rules}

    @cached_property
    def fingerprint(self) -> str:
        """What reading with these rules depends on, but the entry, its feed and the facts: see rules/fingerprint.py."""
        return fingerprint([compiled.rule for compiled in self.rules], self._lists)

    def rule(self, identifier: str) -> Rule:
        """The rule of this id. Raises KeyError."""
        return self._by_id[identifier]

    def language(self, lang: str) -> LanguageRules:
        """Lexicon and vocabulary for texts in `lang`."""
        found = self._languages.get(lang)
        if found is None:
            name = kept.name_of("rules", self.key, lang)
            found = kept.once(name, lambda: self._compiled(lang), _packed, lambda plain: self._unpacked(plain, lang))
            self._languages[lang] = found
        return found

    def _compiled(self, lang: str) -> LanguageRules:
        rules = tuple(own for compiled in self.rules if (own := _for_language(compiled, lang)) is not None)
        groups = tuple(search_terms(lexicon(lang), rules, self._lists))
        return LanguageRules(lexicon(lang), rules, Vocabulary(groups), Sieve(rules, groups, lang))

    def _unpacked(self, plain: Any, lang: str) -> LanguageRules:
        rules = unpacked(plain["rules"], [compiled.rule for compiled in self.rules])
        sieve = Sieve.unpacked(plain["sieve"], rules, lang)
        return LanguageRules(lexicon(lang), rules, Vocabulary.unpacked(plain["vocabulary"]), sieve)

    @cached_property
    def key(self) -> str:
        """The name of what is kept of these rules: it knows their order too."""
        return kept.name_of("order", self.fingerprint, *(compiled.rule.id for compiled in self.rules))

    def in_language(self, identifier: str, lang: str) -> CompiledRule | None:
        """A rule with its frames filled in for one language; None if it cannot hold in it."""
        return next((own for own in self.language(lang).rules if own.rule.id == identifier), None)

    def terms(self, lang: str) -> tuple[tuple[str, Term], ...]:
        """Every term that texts in `lang` are searched for, under its group."""
        return tuple(search_terms(lexicon(lang), self.language(lang).rules, self._lists))

    def candidates(self, fields: Sequence[tuple[FieldName, str]], declared: str | None) -> list[CompiledRule]:
        """The rules that may hold, told quickly from the words alone; one that does hold is always among them."""
        return self.language(_language(fields, declared)).sieve.candidates([text for _, text in fields])

    def read(self, fields: Sequence[tuple[FieldName, str]], declared: str | None) -> Reading:
        """Settles the language and finds every term."""
        lang = _language(fields, declared)
        return read(fields, lang, self.language(lang).vocabulary)

    def match(self, reading: Reading, origin: Origin) -> tuple[Match, ...]:
        """Every place where a rule holds, in the order of the text, then of the rule's id."""
        return self.match_with_parts(reading, origin)[0]

    def match_with_parts(
        self, reading: Reading, origin: Origin, candidates: Sequence[CompiledRule] | None = None
    ) -> tuple[tuple[Match, ...], tuple[Hit, ...]]:
        """The matches and, beside each, the token ranges of its terms. `candidates` None: any rule may hold."""
        own = self.language(reading.lang)
        evaluation = Evaluation(reading, origin, own.lexicon, own.choices)
        found: list[tuple[int, int, str, Hit]] = []
        for compiled in own.rules if candidates is None else candidates:
            if not evaluation.possible(compiled.when):
                continue
            holds, hits = evaluation.evaluate(compiled.when, 0, len(reading.tokens))
            if not holds:
                continue
            for hit in dict.fromkeys(part for whole in hits for part in evaluation.by_field(whole)):
                if compiled.unless is None or not evaluation.excused(compiled.unless, hit):
                    found.append((hit[0][0], max(end for _, end in hit), compiled.rule.id, hit))
        found.sort()
        return tuple(_match(reading, start, end, rule, hit) for start, end, rule, hit in found), tuple(
            f[3] for f in found
        )


def _for_language(compiled: CompiledRule, lang: str) -> CompiledRule | None:
    """A rule as it is for texts in one language; None if it cannot hold in it."""
    when = in_language(compiled.when, lang)
    unless = in_language(compiled.unless, lang) if compiled.unless is not None else None
    return CompiledRule(compiled.rule, when, unless) if when is not None else None


def _language(fields: Sequence[tuple[FieldName, str]], declared: str | None) -> str:
    return language_of(" ".join(text for _, text in fields[:2]), declared)


def compile_rules(
    rules: Sequence[Rule],
    lists: Sequence[tuple[str, tuple[str, ...]]],
    *,
    file: str = "feeds.yml",
    list_places: Sequence[tuple[str, tuple[int, int]]] = (),
) -> tuple[Ruleset | None, tuple[Mistake, ...]]:
    """The ruleset, or None with every mistake at its place in the file."""
    enabled = [rule for rule in rules if rule.enabled]
    mistakes: list[Mistake] = []

    def compiled() -> tuple[CompiledRule, ...]:
        found, wrong = _all_trees(enabled, lists, file, dict(list_places))
        mistakes.extend(wrong)
        return found

    name = kept.name_of("trees", fingerprint(enabled, dict(lists)), *(rule.id for rule in enabled))
    trees = kept.once(
        name, compiled, lambda found: None if mistakes else packed(found), partial(unpacked, rules=enabled)
    )
    return (None, tuple(mistakes)) if mistakes else (Ruleset(trees, dict(lists)), ())


def _all_trees(
    rules: Sequence[Rule],
    lists: Sequence[tuple[str, tuple[str, ...]]],
    file: str,
    places: dict[str, tuple[int, int]],
) -> tuple[tuple[CompiledRule, ...], tuple[Mistake, ...]]:
    """The rules with their trees, and all that is wrong with rules and lists."""
    mistakes: list[Mistake] = []
    known_lists = set(lexicon("en").lists) | {name for name, _ in lists}
    for name, terms in lists:
        for term in terms:
            try:
                parse_term(term.removeprefix("-"), "en")
            except ValueError as error:
                mistakes.append(Mistake(file, *places.get(name, (1, 1)), f"list {name}: {error}"))
    compiled = []
    for rule in rules:
        trees, wrong = _trees(rule, known_lists, file)
        mistakes += wrong
        if trees is not None and not wrong:
            compiled.append(trees)
    return tuple(compiled), tuple(mistakes)


def _packed(found: LanguageRules) -> Any:
    lang = found.lexicon.lang
    return {
        "rules": packed(found.rules),
        "vocabulary": found.vocabulary.packed(lang),
        "sieve": found.sieve.packed(),
    }


def failing_examples(ruleset: Ruleset, compiled: CompiledRule) -> tuple[RuleExample, ...]:
    """The examples of a rule that it does not treat as they say."""
    wrong = []
    for example in compiled.rule.examples:
        reading = ruleset.read((("title", example.text),), example.lang)
        held = any(match.rule == compiled.rule.id for match in ruleset.match(reading, Origin()))
        if held != example.matches:
            wrong.append(example)
    return tuple(wrong)


def _trees(rule: Rule, known_lists: set[str], file: str) -> tuple[CompiledRule | None, list[Mistake]]:
    mistakes: list[Mistake] = []
    places = dict(rule.place)
    trees: dict[str, Node] = {}
    for key, text in (("when", rule.when), ("unless", rule.unless)):
        if not text:
            continue
        place = places.get(key, (1, 1))
        tree, wrong = _tree(text, known_lists)
        mistakes += [Mistake(file, *_within(text, error.offset, place), f"rule {rule.id}, {key}: {error.shown(text)}")
                     for error in wrong]  # fmt: skip
        if tree is not None:
            trees[key] = tree
    if rule.keywords:
        for keyword in rule.keywords:
            try:
                parse_term(keyword, "en")
            except ValueError as error:
                mistakes.append(Mistake(file, *places.get("keywords", (1, 1)), f"rule {rule.id}, keywords: {error}"))
        trees["when"] = OrNode(tuple(TermNode(keyword) for keyword in rule.keywords))
    if "when" not in trees:
        return None, mistakes
    return CompiledRule(rule, trees["when"], trees.get("unless")), mistakes


def _tree(text: str, known_lists: set[str]) -> tuple[Node | None, list[RuleError]]:
    """The tree of an expression, and all that is wrong with it. Where it has no tree, its names are judged all the
    same, so that it is mended in one go."""
    wrong: list[RuleError] = []
    try:
        tree = syntax.parse(text)
        found = list(leaves(tree))
    except RuleError as error:
        tree, wrong = None, [error]
        found = [GroupNode(name) for name in re.findall(r"@[\w-]+|\bfacility:[\w-]+", text)]
        found += [FrameNode(name) for name in re.findall(r"\bframe:([\w-]+)", text)]
    for leaf in dict.fromkeys(found):
        try:
            _check_leaf(leaf, known_lists, text)
        except RuleError as error:
            wrong.append(error)
    return tree, sorted(wrong, key=lambda error: error.offset)


def _within(text: str, offset: int, place: tuple[int, int]) -> tuple[int, int]:
    """Line and column of an offset of an expression that begins at `place`."""
    before = text[:offset]
    line, col = place
    newline = before.rfind("\n")
    return (line, col + offset) if newline < 0 else (line + before.count("\n"), offset - newline)


def _check_leaf(leaf: Node, known_lists: set[str], text: str) -> None:
    """Raises RuleError for an unknown list, facility, actor or language, and for a term that cannot be searched."""
    if isinstance(leaf, TermNode):
        try:
            parse_term(leaf.source, "en")
        except ValueError as error:
            raise RuleError(str(error), max(0, text.find(leaf.source.split()[0]))) from error
        return
    if isinstance(leaf, MetaNode):
        if leaf.key == "lang" and leaf.value not in LANGUAGES:
            raise RuleError(f"unknown language {leaf.value!r}; known are {' '.join(LANGUAGES)}", _at(leaf.value, text))
        return
    if isinstance(leaf, FrameNode):
        _known(leaf.name, frame_names(), "frame:", text)
        return
    kind, _, name = leaf.group.partition(":") if isinstance(leaf, GroupNode) else ("", "", "")
    if kind.startswith("@"):
        _known(kind[1:], known_lists, "list @", text)
    elif kind == "facility" and name != "*":
        _known(name, set(gazetteer()), "facility ", text)
    elif kind == "name":
        _known(name, set(world().actors) | set(world().places), "actor or place ", text)


def _known(name: str, names: Set[str], kind: str, text: str) -> None:
    if name not in names:
        near = difflib.get_close_matches(name, names, 1)
        hint = f", did you mean {kind.split()[-1] if '@' in kind else ''}{near[0]}?" if near else ""
        raise RuleError(f"unknown {kind}{name}{hint}", _at(name, text))


def _at(name: str, text: str) -> int:
    """Where a name stands by itself: not where it begins a longer one."""
    match = re.search(rf"(?<![\w-]){re.escape(name)}(?![\w-])", text)
    return match.start() if match else max(0, text.find(name))


def _match(reading: Reading, start: int, end: int, rule: str, hit: Hit) -> Match:
    field = reading.field_of(start)
    tokens = reading.tokens
    first, last = tokens[start].start, tokens[end - 1].end
    parts = tuple((tokens[a].start, tokens[b - 1].end) for a, b in hit)
    return Match(rule, field, first, last, reading.text_of(field)[first:last], parts)
