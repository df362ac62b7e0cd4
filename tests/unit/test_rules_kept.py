"""Rules taken from the cache read every text as the rules that were compiled do."""

from __future__ import annotations

from pathlib import Path

import pytest

from monitor import cache, kept
from monitor.baseline.facts import read_facts
from monitor.model import Rule
from monitor.rules import engine
from monitor.rules.engine import Ruleset, compile_rules
from monitor.rules.evaluate import Origin
from tests.desk import shipped

RULES = (
    Rule("near", when="S(@handover NEAR/8 (@base OR facility:*))", unless="S(prisoner* OR hostage*)"),
    Rule("words", keywords=("carrier strike group", "=US", "deploy*", '"in Iraq"')),
    Rule("off", when="@nowhere", enabled=False),
)
LISTS = (("handover", ("change of custody", "-turn over")),)


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(kept, "_place", [kept.Nowhere()])
    cache.attach_to(str(tmp_path))
    return tmp_path


def made(rules: tuple[Rule, ...] = RULES) -> Ruleset:
    ruleset, mistakes = compile_rules(rules, LISTS)
    assert ruleset is not None, mistakes
    return ruleset


def answers(ruleset: Ruleset, text: str, lang: str | None) -> object:
    fields = (("title", text),)
    reading = ruleset.read(fields, lang)  # type: ignore[arg-type]
    return (
        reading.hits,
        ruleset.match(reading, Origin()),
        [compiled.rule.id for compiled in ruleset.candidates(fields, lang)],  # type: ignore[arg-type]
    )


def no_compiling(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("_all_trees", "search_terms"):
        monkeypatch.setattr(engine, name, lambda *args: pytest.fail("compiled again"))


def test_every_shipped_example_is_read_the_same(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    config, _, seeds = shipped()
    texts = [(one.text, one.lang) for rule in config.rules for one in rule.examples][::25]
    fresh, _ = compile_rules(config.rules, config.lists)
    assert fresh is not None
    expected, facts = [answers(fresh, *text) for text in texts], [read_facts(seed, fresh) for seed in seeds]
    no_compiling(monkeypatch)
    again, mistakes = compile_rules(config.rules, config.lists)
    assert again is not None, mistakes
    assert [answers(again, *text) for text in texts] == expected
    assert [compiled.rule for compiled in again.rules] == [compiled.rule for compiled in fresh.rules]
    assert [(one.when, one.unless) for one in again.rules] == [(one.when, one.unless) for one in fresh.rules]
    assert [read_facts(seed, again) for seed in seeds] == facts
    assert any(facts)


@pytest.mark.parametrize(
    "changed",
    [
        (RULES[1], RULES[0]),
        (RULES[0],),
        (*RULES, Rule("more", when="drone")),
        (RULES[0], Rule("words", keywords=("carrier",))),
    ],
    ids=["another order", "one less", "one more", "other words"],
)
def test_other_rules_are_compiled(changed: tuple[Rule, ...], place: Path) -> None:
    text = "The drones and the carrier strike group deployed: change of custody of the base in Iraq by the US"
    answers(made(), text, "en")
    kept_place, nowhere = kept.place(), kept.Nowhere()
    found = answers(made(changed), text, "en")
    kept.use(nowhere)
    assert found == answers(made(changed), text, "en")
    kept.use(kept_place)


def test_wrong_rules_are_told_each_time(place: Path) -> None:
    wrong = (Rule("r", when="@nowhere"),)
    first, again = compile_rules(wrong, ()), compile_rules(wrong, ())
    assert first == again
    assert first[0] is None
    assert "unknown list @nowhere" in str(first[1][0])


def test_trees_that_rules_share_stay_shared(place: Path) -> None:
    made()
    again = made()
    first, second = again.rules[0], again.rules[1]
    assert first.when is first.when
    assert second.unless is None


def test_a_damaged_file_is_compiled_again(place: Path) -> None:
    text = "The US deployed"
    expected = answers(made(), text, "en")
    for path in place.iterdir():
        path.write_bytes(path.read_bytes()[:-1])
    assert answers(made(), text, "en") == expected
