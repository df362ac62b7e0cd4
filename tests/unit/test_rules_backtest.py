"""Two rulesets over the same entries: the counts per rule, and how two configurations differ."""

from __future__ import annotations

from monitor.model import Rule
from monitor.rules.backtest import Changes, Held, Outcome, RuleRow, changes, rows

A, B, NOTHING = Held(frozenset({"a"}), True), Held(frozenset({"a", "b"}), True), Held()


def test_counts_per_rule() -> None:
    outcomes = [
        Outcome("1", A, A, right=True),
        Outcome("2", A, NOTHING, right=False),
        Outcome("3", NOTHING, B),
        Outcome("4", Held(frozenset({"a"}), False), A, right=False),
    ]
    assert rows(outcomes) == (
        RuleRow("a", hits=3, flagged=3, new=1, lost=1, right=1, wrong=2),
        RuleRow("b", hits=1, flagged=1, new=1, lost=0, right=0, wrong=0),
    )
    assert [one.id for one in outcomes if one.gained] == ["3", "4"]
    assert [one.id for one in outcomes if one.lost] == ["2"]
    assert rows([]) == ()


def test_what_differs_between_two_configurations() -> None:
    old = (Rule("a", when="base"), Rule("b", when="camp"), Rule("off", when="x", enabled=False))
    new = (
        Rule("a", when="base OR fort", severity="high"),
        Rule("c", when="tent"),
        Rule("off", when="y", enabled=False),
    )
    assert changes(old, new, [("ships", ("one", "two"))], [("ships", ("two", "three")), ("more", ("x",))]) == Changes(
        ("c",), ("b",), (("a", ("severity", "when")), ("@more", ("+ x",)), ("@ships", ("+ three", "- one")))
    )
    assert changes(old, old) == Changes((), (), ())
