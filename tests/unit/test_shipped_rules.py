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


@pytest.mark.parametrize(
    ("lang", "one", "other"),
    [
        (
            "ar",
            "الجيش الأمريكي يسلم القاعدة الجوية إلى القوات العراقية",
            "الجيش الامريكى يسلّم القاعده الجويه الى القوات العراقيه",
        ),
        ("ar", "استدعاء قوات الاحتياط", "استدعـاء قوات الاحتيـاط"),
        ("fa", "نیروهای خارجی از پایگاه عقب‌نشینی کردند", "نيروهاي خارجي از پايگاه عقب نشيني كردند"),
        ("fa", "ارتش سربازان خود را به مرز می‌فرستد", "ارتش سربازان خود را به مرز میفرستد"),
        ("fa", "ارتش سربازان خود را به مرز می‌فرستد", "ارتش سربازان خود را به مرز می فرستد"),
        ("ckb", "سەربازانی هۆڵەندا دەکشێنەوە", "سه‌ربازانی هۆلەندا ده‌كشێنه‌وه"),
        ("kmr", "Leşkerên biyanî gihîştin bingehê", "Leşkerên bîyanî gihiştin bingehê"),
        ("tr", "Son asker Mali'den ayrıldı", "Son asker Mali’den ayrıldı"),
        ("he", 'צה"ל נסוג מהמוצב', "צה״ל נסוג מהמוצב"),
    ],
)
def test_spellings_of_one_sentence_meet_the_same_rules(lang: str, one: str, other: str) -> None:
    first, second = (
        {m.rule for m in ruleset().match(ruleset().read([("title", t)], lang), Origin())} for t in (one, other)
    )
    assert first == second != set()
