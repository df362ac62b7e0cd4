"""The rules in feeds.yml, by the examples they carry."""

from __future__ import annotations

import pytest

from monitor.model import EVENT_TYPES, Rule, RuleExample
from monitor.rules.evaluate import Origin
from tests.builders import config, ruleset

EXAMPLES = [(rule, example) for rule in config().rules for example in rule.examples]


@pytest.mark.parametrize(
    ("rule", "example"), EXAMPLES, ids=[f"{rule.id}-{index}" for index, (rule, _) in enumerate(EXAMPLES)]
)
def test_an_example_is_treated_as_it_says(rule: Rule, example: RuleExample) -> None:
    found = ruleset().match(ruleset().read([("title", example.text)], example.lang), Origin())
    assert (rule.id in {match.rule for match in found}) == example.matches, example.text


@pytest.mark.parametrize("rule", config().rules, ids=lambda rule: rule.id)
def test_every_rule_has_examples_of_both_kinds(rule: Rule) -> None:
    assert {example.matches for example in rule.examples} == {True, False}


def test_every_type_of_event_has_a_rule() -> None:
    assert {rule.type for rule in config().rules} == set(EVENT_TYPES) - {"keyword"}
