"""The shipped patterns of each language: they hold together, their examples hold, and rules reach them by name."""

from __future__ import annotations

import pytest

from monitor.language.lexicon import LANGUAGES, frames, lexicon
from monitor.model import Rule, RuleExample
from monitor.rules import syntax
from monitor.rules.engine import compile_rules, failing_examples
from monitor.rules.evaluate import Origin
from monitor.rules.frames import frame_names, frame_tree, in_language
from monitor.rules.tree import FrameNode, GroupNode, leaves, show
from tests.builders import config, ruleset

BLOCKS = [
    (lang, name, number) for lang in LANGUAGES for name, blocks in frames(lang).items() for number in range(len(blocks))
]
# What other frames are made of; rules do not name them.
NAMED = {
    leaf.name
    for rule in config().rules
    if rule.when
    for leaf in leaves(syntax.parse(rule.when))
    if isinstance(leaf, FrameNode)
}


def _compiled(rule: Rule):
    made, mistakes = compile_rules([rule], [])
    assert made is not None, mistakes
    return made


@pytest.mark.parametrize(("lang", "name", "number"), BLOCKS)
def test_every_pattern_names_what_there_is(lang: str, name: str, number: int) -> None:
    block = frames(lang)[name][number]
    for pattern in (*block.when, *block.unless, *([block.given] if block.given else [])):
        for leaf in leaves(syntax.parse(pattern)):
            if isinstance(leaf, FrameNode):
                assert leaf.name in frames(lang), pattern
            if isinstance(leaf, GroupNode) and leaf.group.startswith("@"):
                assert leaf.group[1:] in lexicon(lang).lists, pattern


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_frame_of_a_language_can_hold(lang: str) -> None:
    assert len(NAMED & frames(lang).keys()) >= 12
    assert all(frame_tree(name, lang) is not None for name in frames(lang))


@pytest.mark.parametrize("name", sorted(NAMED))
def test_the_examples_of_frames_hold(name: str) -> None:
    examples = [
        RuleExample(text=text, matches=wanted, lang=lang, line=1, col=1)
        for lang in LANGUAGES
        for block in frames(lang).get(name, ())
        for wanted, texts in ((True, block.match), (False, block.other))
        for text in texts
    ]
    compiled = next(one for one in ruleset().rules if one.rule.when == f"frame:{name}")
    for example in examples:
        found = ruleset().match(ruleset().read([("title", example.text)], example.lang), Origin())
        assert (compiled.rule.id in {match.rule for match in found}) == example.matches, (example.lang, example.text)


def test_an_unknown_frame_is_refused_with_the_nearest() -> None:
    made, mistakes = compile_rules([Rule("mine", "withdrawal", "high", when="frame:withdrawl")], [])
    assert made is None
    assert "unknown frame:withdrawl, did you mean withdrawal?" in str(mistakes[0])


def test_a_rule_may_join_a_frame_with_its_own_words() -> None:
    made = _compiled(Rule("mine", "withdrawal", "high", when="frame:withdrawal AND Chad", unless="S(rumour)"))
    for text, wanted in (
        ("France withdraws its soldiers from Chad", True),
        ("France withdraws its soldiers from Niger", False),
        ("Rumour: France withdraws its soldiers from Chad", False),
    ):
        assert bool(made.match(made.read([("title", text)], "en"), Origin())) == wanted, text


def test_what_cannot_hold_in_a_language_is_left_out_of_it() -> None:
    tree = syntax.parse("(lang:fr AND soldat) OR (lang:en AND soldier AND NOT lang:ru)")
    assert show(in_language(tree, "en") or tree) == "AND\n  lang:en\n  soldier\n  NOT\n    lang:ru"
    assert in_language(syntax.parse("lang:fr AND soldat"), "en") is None


def test_the_exception_of_a_frame_is_of_its_own_sentence() -> None:
    made = _compiled(Rule("mine", "withdrawal", "high", when="frame:withdrawal"))
    block = frames("en")["withdrawal"][0]
    assert "@confuse_withdraw" in block.unless[0]
    two = "France withdraws its soldiers from Chad. The striker withdraws from the squad."
    assert made.match(made.read([("title", two)], "en"), Origin())


def test_frames_have_names_of_their_own() -> None:
    assert {"withdrawal", "base-handover", "deployment"} <= frame_names()


def test_examples_of_user_rules_over_frames_run() -> None:
    rule = Rule(
        "mine", "withdrawal", "high", when="frame:withdrawal",
        examples=(RuleExample("France withdraws its soldiers from Chad", True, "en", 1, 1),),
    )  # fmt: skip
    made = _compiled(rule)
    assert failing_examples(made, made.rules[0]) == ()
