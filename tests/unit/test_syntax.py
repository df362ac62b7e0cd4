"""The rule language: what parses to which tree, and how each mistake is told."""

from __future__ import annotations

import re

import pytest
from hypothesis import example, given, settings, strategies as st

from monitor.rules.syntax import RuleError, parse
from monitor.rules.tree import (
    AndNode,
    FieldNode,
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
    show,
)
from tests.builders import pool

A, B, C = TermNode("a"), TermNode("b"), TermNode("c")

TREES = [
    ("a", A),
    ("  a  ", A),
    ("hand over", TermNode("hand over")),
    ('"hand over"', TermNode('"hand over"')),
    ("deploy*", TermNode("deploy*")),
    ("w?rd", TermNode("w?rd")),
    ("=US", TermNode("=US")),
    ("a AND b AND c", AndNode((A, B, C))),
    ("a OR b", OrNode((A, B))),
    ("a\nOR\tb", OrNode((A, B))),
    ("(a)", A),
    ("(a AND b) OR c", OrNode((AndNode((A, B)), C))),
    ("a AND NOT b", AndNode((A, NotNode(B)))),
    ("NOT (a OR b)", NotNode(OrNode((A, B)))),
    ("a NEAR/8 b", NearNode(A, B, 8, ordered=False)),
    ("a PRE/0 b", NearNode(A, B, 0, ordered=True)),
    ("a NEAR/25 (b OR c)", NearNode(A, OrNode((B, C)), 25, ordered=False)),
    ("S(a AND b)", ScopeNode("S", AndNode((A, B)))),
    ("P (a)", ScopeNode("P", A)),
    ("FIRST/50(a)", LimitNode("FIRST", 50, A)),
    ("ATLEAST/2(a OR b)", LimitNode("ATLEAST", 2, OrNode((A, B)))),
    ("title:a", FieldNode("title", A)),
    ("summary:(a OR b)", FieldNode("summary", OrNode((A, B)))),
    ("text:@base", FieldNode("text", GroupNode("@base"))),
    ("source:rudaw", MetaNode("source", "rudaw")),
    ('source:"Shafaq News"', MetaNode("source", "Shafaq News")),
    ("lang:tr", MetaNode("lang", "tr")),
    ("country:IQ", MetaNode("country", "IQ")),
    ("@handover", GroupNode("@handover")),
    ("actor:US", GroupNode("name:US")),
    ("actor:@army", GroupNode("@army")),
    ("facility:*", GroupNode("facility:*")),
    ("facility:ain-al-asad", GroupNode("facility:ain-al-asad")),
    ("place:*", GroupNode("place:*")),
    ("actor:*", GroupNode("actor:*")),
    ("place:erbil", GroupNode("name:erbil")),
    ("count:*", GroupNode("count:*")),
    # Operators count only in capitals and alone: these are words.
    ("ANDROID ORDER NOTE", TermNode("ANDROID ORDER NOTE")),
    ("S P", TermNode("S P")),
    ("قاعدة", TermNode("قاعدة")),
]


@pytest.mark.parametrize(("text", "tree"), TREES)
def test_an_expression_gives_its_tree(text: str, tree: Node) -> None:
    assert parse(text) == tree


# The expression, what the message says, and the words from which the caret points.
MISTAKES = [
    ("", "empty", ""),
    (" \n ", "empty", " \n "),
    ("a AND", "ends where a term is expected", ""),
    ("S(a", "closing bracket is missing", ""),
    ("a)", "never opened", ")"),
    ("()", "nothing stands inside", ")"),
    ('a OR "b', "quotation mark is not closed", '"b'),
    ("a NEAR b", "NEAR needs a number", "NEAR b"),
    ("a AND NEAR/3", "NEAR/3 needs a number and terms", "NEAR/3"),
    ("a NEAR/26 b", "25 words at most", "NEAR/26 b"),
    ("a NEAR/" + "9" * 5000 + " b", "25 words at most", "NEAR/" + "9" * 5000 + " b"),
    ("FIRST/0(a)", "a number from 1", "FIRST/0(a)"),
    ("ATLEAST/20000(a)", "a number from 1", "ATLEAST/20000(a)"),
    ("a and b", "write AND in capitals", "and b"),
    ("a or b", "write OR in capitals", "or b"),
    ("a W/3 b", "unknown operator W/3; proximity is NEAR/n", "W/3 b"),
    ("titel:a", "did you mean title:?", "titel:a"),
    ("qqq:a", "known are title:", "qqq:a"),
    ("type:base_handover", "belongs to filters and exports", "type:base_handover"),
    ("verdict:updates", "belongs to filters and exports", "verdict:updates"),
    ("lang:(a OR b)", "takes one word", "lang:(a OR b)"),
    ("a (b)", "not expected here", "(b)"),
    ("(" * 60 + "a" + ")" * 60, "more than 40 deep", None),
    ("NOT " * 200 + "a", "more than 40 deep", None),
    ("title:" * 200 + "a", "more than 40 deep", None),
]


@pytest.mark.parametrize(("text", "says", "rest"), MISTAKES)
def test_a_mistake_is_told_at_its_place(text: str, says: str, rest: str | None) -> None:
    with pytest.raises(RuleError) as caught:
        parse(text)
    assert says in caught.value.what
    assert 0 <= caught.value.offset <= len(text)
    if rest is not None:
        assert text[caught.value.offset :] == rest


@pytest.mark.parametrize(
    ("text", "readings"),
    [
        ("a AND b OR c", ("(a AND b) OR c", "a AND (b OR c)")),
        ("a OR b AND c", ("(a OR b) AND c", "a OR (b AND c)")),
        ("a AND b NEAR/3 c", ("(a AND b) NEAR/3 c", "a AND (b NEAR/3 c)")),
        ("a NEAR/3 b PRE/2 c", ("(a NEAR/3 b) PRE/2 c", "a NEAR/3 (b PRE/2 c)")),
        ("S(x OR @base AND NOT y)", ("(x OR @base) AND NOT y", "x OR (@base AND NOT y)")),
    ],
)
def test_mixed_operators_are_refused_with_both_readings(text: str, readings: tuple[str, str]) -> None:
    with pytest.raises(RuleError) as caught:
        parse(text)
    for reading in readings:
        assert reading in caught.value.what
    # Either reading, taken at its word, is an expression.
    assert parse(readings[0]) != parse(readings[1])


def test_the_caret_stands_under_the_place_also_on_a_later_line() -> None:
    text = "a AND\nb OR c"
    with pytest.raises(RuleError) as caught:
        parse(text)
    shown = caught.value.shown(text).splitlines()
    assert shown[-2] == "  b OR c"
    assert shown[-1] == "    ^"


def test_a_tree_is_shown_indented() -> None:
    tree = parse("S((@base OR title:camp) PRE/3 a) AND NOT lang:tr AND ATLEAST/2(b)")
    assert show(tree) == "\n".join(
        (
            "AND",
            "  same sentence",
            "    PRE/3",
            "      OR",
            "        @base",
            "        title:",
            "          camp",
            "      a",
            "  NOT",
            "    lang:tr",
            "  ATLEAST/2",
            "    b",
        )
    )
    assert list(leaves(tree)) == [
        GroupNode("@base"),
        TermNode("camp"),
        TermNode("a"),
        MetaNode("lang", "tr"),
        TermNode("b"),
    ]


PIECES = st.sampled_from(
    pool(
        """
        a b AND OR NOT ( ) S( P( FIRST/2( ATLEAST/2( NEAR/3 PRE/2 NEAR title: lang: @base @ " = * ? : /
        facility:*
        """,
        "\n",
    )
)


@settings(max_examples=60, deadline=None)
@given(st.text() | st.lists(PIECES, max_size=14).map(" ".join) | st.lists(PIECES, max_size=14).map("".join))
@example("\x1c")
@example("a\x00b")
@example("NEAR/٣")
def test_any_string_gives_a_tree_that_can_be_shown_or_a_mistake_with_a_place(text: str) -> None:
    try:
        tree = parse(text)
    except RuleError as caught:
        error = caught
    else:
        assert show(tree)
        assert list(leaves(tree))
        return
    assert 0 <= error.offset <= len(text)
    assert error.what in error.shown(text)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("handover NAER/8 base", "did you mean NEAR/8?"),
        ("S(troop NEAR8 base)", "did you mean NEAR/8?"),
        ("iraq NOT syria", "write a AND NOT b"),
    ],
)
def test_an_operator_inside_a_phrase_is_refused(text: str, words: str) -> None:
    with pytest.raises(RuleError, match=re.escape(words)):
        parse(text)


@pytest.mark.parametrize(
    "text", ["F-16 OR B-52", "iraq AND NOT syria", "USS Truman", "THAAD S-400", '"iraq NOT syria"']
)
def test_names_in_capitals_are_words(text: str) -> None:
    assert show(parse(text))
