"""Why a rule does not hold: the words for each way in which it may fall short."""

from __future__ import annotations

import pytest

from monitor.language.lexicon import lexicon
from monitor.language.reading import read
from monitor.language.terms import Vocabulary, parse_term
from monitor.rules.evaluate import Evaluation, Origin
from monitor.rules.explain import Shortfall, shortfall
from monitor.rules.syntax import parse
from monitor.rules.tree import TermNode, leaves


def short(when: str, text: str, unless: str = "", summary: str = "") -> Shortfall | None:
    trees = [parse(when), *([parse(unless)] if unless else [])]
    terms = [
        (f"term:{leaf.source}", parse_term(leaf.source, "en"))
        for tree in trees
        for leaf in leaves(tree)
        if isinstance(leaf, TermNode)
    ]
    reading = read((("title", text), ("summary", summary)), "en", Vocabulary(terms))
    evaluation = Evaluation(reading, Origin(("agency",), "IQ"), lexicon("en"))
    return shortfall(evaluation, trees[0], trees[1] if unless else None)


WHY = [
    ("base AND camp", "a base", "lacks camp"),
    ("base AND camp AND fort", "a base", "lacks camp; lacks fort"),
    ("base AND (camp OR fort)", "a base", "lacks any of camp fort"),
    ("base AND (a1 OR a2 OR a3 OR a4 OR a5 OR a6)", "a base", "lacks any of a1 a2 a3 a4 a5 and 1 more"),
    ("base AND NOT rain", "a base in Rain", "NOT forbids “Rain”"),
    ("base NEAR/2 camp", "base a b c camp", "“base” and “camp” stand 3 words apart, 2 at most"),
    ("base PRE/2 camp", "camp base", "“base” and “camp” stand in the other order"),
    ("base NEAR/2 camp", "base", "lacks camp"),
    ("S(base AND camp)", "A base. A camp.", "lacks camp in the same sentence"),
    ("S(base AND camp)", "A base.", "lacks camp"),
    ("P(base AND camp)", "A base.\nA camp.", "lacks camp in the same paragraph"),
    ("S(base) AND S(camp OR fort)", "A base.", "lacks any of camp fort"),
    ("lang:tr AND base", "a base", "lang: is not tr"),
    ("FIRST/2(base)", "one two base", "not in the first 2 words"),
    ("ATLEAST/3(base)", "base and base", "2 places, 3 at least"),
    ("(base AND camp) OR (fort AND tent AND hut)", "fort and tent", "lacks hut"),
    ("(base AND lang:tr) OR (base AND camp)", "base", "lacks camp"),
]


@pytest.mark.parametrize(("when", "text", "why"), WHY)
def test_what_is_missing_is_named(when: str, text: str, why: str) -> None:
    found = short(when, text)
    assert found is not None
    assert (found.why, found.excused) == (why, False)


def test_a_field_and_two_fields_are_named() -> None:
    found = short("title: base", "rain", summary="base")
    assert found is not None
    assert found.why == "lacks base in the title"
    apart = short("base NEAR/5 camp", "a base", summary="a camp")
    assert apart is not None
    assert apart.why == "“base” and “camp” stand in different fields"


def test_what_removed_it_is_named() -> None:
    found = short("base", "A base of prisoners and hostages", unless="S(prisoner* OR hostage*)")
    assert found is not None
    assert found == Shortfall(
        (("base", "base"),), "removed by its unless: prisoner* “prisoners”, hostage* “hostages”", excused=True
    )


def test_a_rule_that_holds_has_no_shortfall() -> None:
    assert short("base", "A base") is None
    assert short("base", "A base. Prisoners.", unless="S(prisoner*)") is None


def test_another_language_is_elsewhere_and_the_nearest_sorts_first() -> None:
    other = short("lang:tr AND base", "a base")
    near, far = short("base AND camp", "a base"), short("base AND camp AND fort", "a base")
    gone = short("base", "a base, a prisoner", unless="prisoner")
    assert other is not None
    assert other.elsewhere
    assert near is not None
    assert far is not None
    assert gone is not None
    assert gone.distance < near.distance < far.distance
    assert not near.elsewhere
