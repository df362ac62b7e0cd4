"""The sieve: what it may hold back, and that it never holds back what a rule matches."""

from __future__ import annotations

import random
from functools import cache

import pytest
from hypothesis import given, settings, strategies as st

from monitor.language.lexicon import lexicon
from monitor.model import FieldName, Rule
from monitor.rules.engine import Ruleset, compile_rules
from monitor.rules.evaluate import Origin
from tests.builders_language import texts

LANGS = ("en", "ar", "tr", "ru")
RULES = (
    Rule("near", when="S((@handover OR @takeover) NEAR/10 (@base OR facility:*))"),
    Rule("both", when="S(@withdraw AND @troops) AND (@army OR place:*)"),
    Rule("either", when="S(@close NEAR/6 @base) OR S(order PRE/5 leave) OR (S(@send) AND title: troops)"),
    Rule("count", when="S(count:* NEAR/5 @remain) OR ATLEAST/3(soldier*)"),
    Rule("not", when="@exercise AND NOT navy"),
    Rule("only-not", when="NOT base"),
    Rule("turkish", when="lang:tr AND S(*den PRE/2 ayrıldı)"),
    Rule("words", keywords=("carrier strike group", "US", '"de-escalation"', "w?rd", "=Base", "Ain al-Asad")),
    Rule("first", when='FIRST/20("air base" OR цель) AND source:agency'),
)


@cache
def rules(*chosen: Rule) -> Ruleset:
    made, mistakes = compile_rules(chosen or RULES, ())
    assert made is not None, mistakes
    return made


def candidates(text: str, *chosen: Rule, lang: str = "en", title: str = "") -> set[str]:
    fields: list[tuple[FieldName, str]] = [("title", title), ("text", text)]
    return {compiled.rule.id for compiled in rules(*chosen).candidates(fields, lang)}


def held(text: str, *chosen: Rule, lang: str = "en", title: str = "") -> set[str]:
    """The rules that hold, whatever the sieve says."""
    made = rules(*chosen)
    fields: list[tuple[FieldName, str]] = [("title", title), ("text", text)]
    return {match.rule for match in made.match(made.read(fields, lang), Origin(("agency",)))}


@cache
def pool(lang: str) -> tuple[str, ...]:
    listed = lexicon(lang).lists
    words = [
        term.strip('"=*')
        for name in ("handover", "base", "withdraw", "troops", "army", "send")
        for term in listed[name]
    ]
    return (
        *words,
        "Ain al-Asad",
        "1,500",
        "Base",
        "US",
        "soldiers",
        "carrier strike groups",
        "word",
        "-",
        "–",
        "…",
        '"',
    )


@given(st.sampled_from(LANGS), st.integers(0, 2**32), texts)
@settings(max_examples=150, deadline=None)
def test_what_a_rule_matches_gets_through(lang: str, seed: int, strange: str) -> None:
    chance = random.Random(seed)
    words = [*chance.choices(pool(lang), k=chance.randint(1, 30)), *strange.split()]
    chance.shuffle(words)
    text = "".join(word + chance.choice((" ", " ", ". ", ", ", '." ', "\n", "-", ": ")) for word in words)
    assert held(text, lang=lang) <= candidates(text, lang=lang)


NEAR = Rule("r", when="S(hand over NEAR/3 base)")
PHRASE = Rule("p", keywords=("air base command",))


@pytest.mark.parametrize(
    ("rule", "text", "through"),
    [
        pytest.param(NEAR, "They handed over the base.", True, id="inflected"),
        pytest.param(NEAR, "Nothing of the kind.", False, id="nothing"),
        pytest.param(NEAR, "The base is old. They hand over the keys.", False, id="two sentences"),
        pytest.param(NEAR, "A hand at the base, over there.", False, id="the words of a phrase apart"),
        pytest.param(NEAR, 'He said: "They hand." The base is over.', False, id="closing quotation mark"),
        pytest.param(NEAR, "They hand – over – the base", True, id="dashes are no words"),
        pytest.param(NEAR, "They hand ـ ʼ over ʼ the base", True, id="nor are signs that Python takes for letters"),
        pytest.param(NEAR, "“HAND OVER” the “base”!", True, id="marks around words"),
        pytest.param(NEAR, "They hand\u200b over the ba\u00adse", True, id="invisible marks"),
        pytest.param(PHRASE, "the air-base-command", True, id="one chunk, three words"),
        pytest.param(PHRASE, "an air command base", False, id="behind instead of before"),
        pytest.param(PHRASE, "the base of the air base command", True, id="all of them in their order"),
        pytest.param(PHRASE, "the base command by air", True, id="near is enough for the third word"),
        pytest.param(PHRASE, "the command. " + "rain " * 9 + "An air base.", False, id="far apart"),
        pytest.param(Rule("n", when="NOT rain"), "sun", True, id="nothing is needed"),
        pytest.param(Rule("l", when="lang:tr AND rain"), "rain", False, id="another language"),
    ],
)
def test_what_gets_through(rule: Rule, text: str, through: bool) -> None:
    assert candidates(text, rule) == ({rule.id} if through else set())
    assert through or not held(text, rule)


@pytest.mark.parametrize("number", [1, 12, 13, 40])
def test_few_or_many_telling_words_are_placed_alike(number: int) -> None:
    many = Rule("many", when="S(" + " OR ".join(f"t{n}x" for n in range(50)) + ") AND S(base NEAR/2 camp)")
    words = " ".join(f"t{n}x" for n in range(number))
    assert candidates(f"A base. {words}. A camp", many) == set()
    assert candidates(f"A base camp. {words}", many) == {"many"}


def test_a_language_is_rid_of_the_rules_of_others() -> None:
    made = rules(Rule("l", when="lang:tr AND (rain OR snow)"), Rule("e", when="wind"))
    searched = {group for group, _ in made.terms("en")}
    assert "term:wind" in searched
    assert candidates("rain and wind", *(compiled.rule for compiled in made.rules)) == {"e"}


def test_alternatives_beyond_the_few_are_still_told() -> None:
    wide = Rule("wide", when=" OR ".join(f"S(a{n}x AND b{n}x AND c{n}x)" for n in range(9)))
    assert candidates("a3x b3x c3x", wide) == {"wide"}
    assert candidates("a3x b4x c3x. a5x", wide) <= {"wide"}
    assert candidates("nothing", wide) == set()


def test_strange_words_do_not_fill_the_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("monitor.rules.sieve._MOST", 100)
    made = compile_rules((NEAR,), ())[0]
    assert made is not None
    for n in range(50):
        made.candidates([("text", " ".join(f"x{n}y{m}" for m in range(20)))], "en")
    sieve = made.language("en").sieve
    assert len(sieve._told) <= 100
    assert len(sieve._others.held) <= 100
    assert [c.rule.id for c in made.candidates([("text", "hand over the base")], "en")] == ["r"]
