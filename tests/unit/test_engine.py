"""Where a rule holds: operators by table, and what must be true of every rule and every text."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given, settings, strategies as st

from monitor.language.lexicon import lexicon
from monitor.language.reading import Reading, read
from monitor.language.terms import Vocabulary, parse_term
from monitor.model import FieldName, Match, Rule, RuleExample
from monitor.rules.engine import Ruleset, compile_rules, failing_examples
from monitor.rules.evaluate import Evaluation, Hit, Origin
from monitor.rules.syntax import RuleError, parse
from monitor.rules.tree import Node, TermNode, leaves
from tests.builders import config, pool, reading, rule, ruleset

NOWHERE = Origin()
Fields = Sequence[tuple[FieldName, str]]


def evaluation(tree: Node, fields: Fields, origin: Origin = NOWHERE) -> Evaluation:
    """An entry read with the terms of one tree alone, which costs nothing."""
    terms = [(f"term:{t.source}", parse_term(t.source, "en")) for t in leaves(tree) if isinstance(t, TermNode)]
    return Evaluation(read(fields, "en", Vocabulary(terms)), origin, lexicon("en"))


def places(expression: str, text: str, summary: str = "", origin: Origin = NOWHERE) -> list[str] | None:
    """The words of each place where an expression holds in a title (and summary); None where it does not."""
    tree = parse(expression)
    fields: list[tuple[FieldName, str]] = [("title", text)]
    if summary:
        fields.append(("summary", summary))
    work = evaluation(tree, fields, origin)
    holds, hits = work.evaluate(tree, 0, len(work.reading.tokens))
    if holds:
        assert work.possible(tree), "what holds must have been thought possible"
    return [_words(work.reading, hit) for hit in hits] if holds else None


def _words(found: Reading, hit: Hit) -> str:
    return " … ".join(found.words(start, end) for start, end in hit)


TABLE = [
    ("troops", "Troops left", ["Troops"]),
    ("troop", "no trooper here", None),
    ("hand over", "They handed over two bases", ["handed over"]),
    ('"hand over"', "They handed over two bases", None),
    ('"hand over"', "They hand over two bases", ["hand over"]),
    ("deploy*", "Deployments of the deployed", ["Deployments", "deployed"]),
    ("escalation", "de-escalation in the Gulf", None),
    ("US", "it is up to us", None),
    ("US", "the US says", ["US"]),
    ("=Base", "a base at Base", ["Base"]),
    ("a1 AND b1", "b1 then a1", ["a1", "b1"]),
    ("a1 AND b1", "a1 alone", None),
    ("a1 OR b1", "b1 alone", ["b1"]),
    ("a1 AND NOT b1", "a1 alone", ["a1"]),
    ("a1 AND NOT b1", "a1 and b1", None),
    # NEAR/n counts the words strictly between.
    ("a1 NEAR/2 b1", "a1 x y b1", ["a1 … b1"]),
    ("a1 NEAR/2 b1", "a1 x y z b1", None),
    ("a1 NEAR/0 b1", "b1, a1", ["b1 … a1"]),
    ("a1 NEAR/1 b1", "a1 x y b1 z a1", ["b1 … a1"]),
    ("a1 NEAR/3 a1", "a1 once", None),
    ("a1 PRE/1 b1", "a1 x b1", ["a1 … b1"]),
    ("a1 PRE/1 b1", "b1 x a1", None),
    ("a1 PRE/2 b1", "b1 a1 x b1", ["a1 … b1"]),
    ("S(a1 AND b1)", "a1 here. And b1 there", None),
    ("S(a1 AND b1)", "x. Then a1 with b1. y", ["a1 … b1"]),
    ("P(a1 AND b1)", "a1 here. And b1 there", ["a1 … b1"]),
    ("P(a1 AND b1)", "a1 here.\n\nAnd b1 there", None),
    ("FIRST/2(a1)", "x a1 y a1", ["a1"]),
    ("FIRST/2(a1)", "x y a1", None),
    ("ATLEAST/2(a1)", "a1 once", None),
    ("ATLEAST/2(a1)", "a1 and a1", ["a1", "a1"]),
]


@pytest.mark.parametrize(("expression", "text", "found"), TABLE)
def test_an_operator_holds_where_it_should(expression: str, text: str, found: list[str] | None) -> None:
    assert places(expression, text) == found


@pytest.mark.parametrize("between", range(6))
def test_near_and_pre_count_the_words_strictly_between(between: int) -> None:
    text = " ".join(["a1", *["x"] * between, "b1"])
    for distance in range(6):
        expected = between <= distance
        assert (places(f"a1 NEAR/{distance} b1", text) is not None) == expected
        assert (places(f"b1 NEAR/{distance} a1", text) is not None) == expected
        assert (places(f"a1 PRE/{distance} b1", text) is not None) == expected
        assert places(f"b1 PRE/{distance} a1", text) is None


def test_near_never_crosses_from_one_field_into_the_next() -> None:
    assert places("a1 NEAR/25 b1", "x a1", summary="b1 y") is None
    assert places("a1 PRE/25 b1", "x a1", summary="b1 y") is None
    assert places("S(a1 AND b1)", "x a1", summary="b1 y") is None
    assert places("a1 AND b1", "x a1", summary="b1 y") == ["a1", "b1"]


def test_a_field_narrows_a_term() -> None:
    assert places("summary:a1", "a1", summary="x") is None
    assert places("summary:a1", "x", summary="a1") == ["a1"]
    assert places("title:(a1 AND b1)", "a1", summary="b1") is None


@pytest.mark.parametrize(
    ("expression", "holds"),
    [
        ("source:rudaw AND a1", True),
        ("source:RUD AND a1", True),
        ("source:afp AND a1", False),
        ("country:iq AND a1", True),
        ("country:TR AND a1", False),
        ("lang:en AND a1", True),
        ("lang:tr AND a1", False),
    ],
)
def test_properties_of_the_entry_are_conditions(expression: str, holds: bool) -> None:
    found = places(expression, "a1", origin=Origin(("Rudaw English",), "IQ"))
    assert found == (["a1"] if holds else None)


# ---- rules -----------------------------------------------------------------------------------------------------------


def compiled(*rules: Rule, lists: Sequence[tuple[str, tuple[str, ...]]] = ()) -> Ruleset:
    made, mistakes = compile_rules(rules, lists)
    assert made is not None, mistakes
    return made


def matched(made: Ruleset, title: str, text: str = "") -> list[tuple[str, str]]:
    fields: list[tuple[FieldName, str]] = [("title", title), ("text", text)] if text else [("title", title)]
    return [(match.rule, match.words) for match in made.match(made.read(fields, "en"), Origin())]


def test_unless_takes_away_only_the_matches_whose_own_sentence_satisfies_it() -> None:
    made = compiled(rule("r", "base", unless="prisoner*"))
    text = "Prisoners left the base. The base was closed. A prisoner said so."
    assert [match.start for match in made.match(made.read([("text", text)], "en"), Origin())] == [
        text.index("base was")
    ]
    assert matched(made, "A prisoner of the base") == []
    assert matched(made, "A base", "Prisoners were freed.") == [("r", "base")]


def test_keywords_are_a_rule_for_beginners() -> None:
    made = compiled(rule("r", keywords=("carrier strike group", "حاملة طائرات")))
    assert matched(made, "Two carrier strike groups sail") == [("r", "carrier strike groups")]
    arabic = made.read([("title", "وصلت حاملة طائرات إلى البحر")], "ar")
    assert [m.words for m in made.match(arabic, Origin())] == ["حاملة طائرات"]


@pytest.mark.parametrize(
    ("word", "lang", "title", "found"),
    [
        ("Bashiqa", "en", "Soldiers at Bashiqa base attend a ceremony", ["Bashiqa"]),
        ("Başika", "tr", "Türkiye Başika üssünü devretti", ["Başika"]),
        ("Assad", "en", "Protest at Ain al-Assad airbase", []),
        ("Assad", "en", "Assad speaks at Ain al-Assad airbase", ["Assad"]),
    ],
)
def test_a_base_is_found_by_its_own_name_and_by_no_part_of_it(
    word: str, lang: str, title: str, found: list[str]
) -> None:
    made = compiled(rule("r", keywords=(word,)))
    assert [m.words for m in made.match(made.read([("title", title)], lang), Origin())] == found


SHIPPED = lexicon("en").lists["handover"]


def test_a_list_can_be_added_to_taken_from_and_made() -> None:
    made = compiled(
        rule("ours", "@ships"),
        rule("more", "@handover"),
        lists=(("ships", ("USS Example",)), ("handover", ("change of custody", *(f"-{term}" for term in SHIPPED)))),
    )
    assert matched(made, "USS Example sails") == [("ours", "USS Example")]
    assert matched(made, "A change of custody") == [("more", "change of custody")]
    assert matched(made, "They hand over the keys") == []


def test_a_rule_that_is_off_is_not_read() -> None:
    made, mistakes = compile_rules([rule("off", "@nowhere", enabled=False)], ())
    assert made is not None
    assert (made.rules, mistakes) == ((), ())


def test_an_example_that_fails_is_named() -> None:
    wrong = RuleExample("a camp", matches=True)
    made = compiled(rule("r", "base", examples=(RuleExample("a base", matches=True), wrong)))
    assert failing_examples(made, made.rules[0]) == (wrong,)


# Where the expression begins in the file, the expression, and the mistake: line, column, words.
WRONG = [
    ((40, 11), "S(@handovr NEAR/3 @base)", (40, 11 + 3), "unknown list @handovr, did you mean @handover?"),
    ((40, 11), "@handover OR @hand", (40, 11 + 14), "unknown list @hand"),
    ((7, 5), "a OR facility:ain-al-asd", (7, 5 + 14), "unknown facility ain-al-asd, did you mean ain-al-asad?"),
    ((7, 5), "actor:coaliton", (7, 5 + 6), "unknown actor or place coaliton, did you mean coalition?"),
    ((7, 5), "place:erbl", (7, 5 + 6), "unknown actor or place erbl, did you mean erbil?"),
    ((7, 5), "lang:xx", (7, 5 + 5), "unknown language 'xx'"),
    ((7, 5), "base AND sumary:a", (7, 5 + 9), "unknown field sumary:, did you mean summary:?"),
    ((7, 5), "base OR *", (7, 5 + 8), "too wide"),
    ((7, 5), 'base OR "air spac*"', (7, 5 + 8), "inside quotes"),
    ((7, 5), 'base OR "—"', (7, 5 + 8), "no word in"),
    ((7, 5), "base AND\ncamp OR @base", (8, 6), "mixed without brackets"),
    ((7, 5), "base OR\n@bas", (8, 2), "unknown list @bas, did you mean @base?"),
]


@pytest.mark.parametrize(("place", "when", "at", "says"), WRONG)
def test_a_mistake_stands_at_its_line_and_column(
    place: tuple[int, int], when: str, at: tuple[int, int], says: str
) -> None:
    made, mistakes = compile_rules([rule("r", when, place=(("when", place),))], (), file="my.yml")
    assert made is None
    assert [(m.file, m.line, m.col) for m in mistakes] == [("my.yml", *at)]
    assert says in mistakes[0].what
    assert "rule r, when" in mistakes[0].what


def test_all_mistakes_are_told_at_once() -> None:
    rules = [
        rule("one", "@nope", unless="(", place=(("when", (3, 1)), ("unless", (4, 1)))),
        rule("two", keywords=("*",), place=(("keywords", (9, 3)),)),
    ]
    _, mistakes = compile_rules(rules, [("mine", ("**",))], list_places=[("mine", (1, 8))])
    assert [(m.line, m.col) for m in mistakes] == [(1, 8), (3, 2), (4, 2), (9, 3)]


# ---- properties ------------------------------------------------------------------------------------------------------

# Words that many rules ask for, so that drawn texts are full of matches.
WORDS = st.sampled_from(
    pool(
        """
        coalition US troops soldiers base airbase Ain al-Asad hand over handed withdraw withdrew forces from
        to army deploy mission ended 200 1,500 remain at Erbil deny prisoners . ! , the not next week
        carrier arrives attack U.S.
        """,
        "\n\n",
    )
)
SENTENCES = st.lists(WORDS, max_size=30).map(" ".join)
TEXTS = SENTENCES | st.text(max_size=80) | st.tuples(SENTENCES, st.text(max_size=8)).map("".join)


@settings(max_examples=60, deadline=None)
@given(TEXTS, TEXTS)
def test_the_words_of_a_match_are_what_stands_at_its_span(title: str, text: str) -> None:
    fields: list[tuple[FieldName, str]] = [("title", title), ("text", text)]
    made = ruleset()
    for match in made.match(made.read(fields, "en"), Origin()):
        field = dict(fields)[match.field]
        assert match.words == field[match.start : match.end]
        assert match.words
        assert match.parts
        assert all(match.start <= start < end <= match.end for start, end in match.parts)
        assert match.parts[0][0] == match.start
        assert max(end for _, end in match.parts) == match.end


SOME = tuple(
    r for r in config().rules if r.id in ("base-handover", "withdrawal", "deployment", "force-count", "mission")
)
FEWER, BACKWARDS = compiled(*SOME[:2]), compiled(*reversed(SOME))
ALL = compiled(*SOME)


def _held(made: Ruleset, title: str) -> list[Match]:
    return list(made.match(made.read([("title", title)], "en"), Origin()))


@settings(max_examples=50, deadline=None)
@given(TEXTS)
def test_a_rule_more_loses_no_match_of_another(title: str) -> None:
    ids = {made.rule.id for made in FEWER.rules}
    assert [match for match in _held(ALL, title) if match.rule in ids] == _held(FEWER, title)


@settings(max_examples=50, deadline=None)
@given(TEXTS)
def test_the_order_of_rules_is_irrelevant(title: str) -> None:
    assert _held(ALL, title) == _held(BACKWARDS, title)


TERMS = st.sampled_from(["a1", "b1", "troops", '"a1 b1"', "bx*", "=US", "title:a1", "text:b1", "lang:en"])
EXPRESSIONS = st.recursive(
    TERMS,
    lambda inner: st.one_of(
        st.tuples(inner, inner).map("({0[0]} AND {0[1]})".format),
        st.tuples(inner, inner).map("({0[0]} OR {0[1]})".format),
        st.tuples(inner, st.sampled_from(["NEAR", "PRE"]), st.integers(0, 25), inner).map(
            "({0[0]} {0[1]}/{0[2]} {0[3]})".format
        ),
        inner.map("NOT ({})".format),
        inner.map("S({})".format),
        inner.map("P({})".format),
        inner.map("FIRST/3({})".format),
        inner.map("ATLEAST/2({})".format),
    ),
    max_leaves=6,
)
SMALL = st.lists(st.sampled_from(["a1", "b1", "troops", "US", "x", ".", "\n\n", "bxx"]), max_size=14).map(" ".join)


@settings(max_examples=50, deadline=None)
@given(EXPRESSIONS, SMALL | st.text(max_size=40), SMALL)
def test_any_rule_over_any_text_gives_a_result(expression: str, title: str, text: str) -> None:
    try:
        tree = parse(expression)
    except RuleError as error:
        pytest.fail(f"{expression!r} should parse: {error}")
    work = evaluation(tree, [("title", title), ("text", text)])
    size = len(work.reading.tokens)
    holds, hits = work.evaluate(tree, 0, size)
    assert holds or not hits
    assert work.possible(tree) or not holds
    for hit in hits:
        assert hit == tuple(sorted(hit))
        assert all(0 <= start < end <= size for start, end in hit)
        assert all(len({work.reading.field_of(start) for start, _ in part}) == 1 for part in work.by_field(hit))


def test_facilities_and_counts_are_found_by_the_shipped_vocabulary() -> None:
    read_once = reading("1,500 soldiers at Ain al-Assad, not the Assad family")
    assert [span.id for span in read_once.facilities] == ["ain-al-asad"]
    work = Evaluation(read_once, Origin(), lexicon("en"))
    for expression, words in (("facility:*", "Ain al-Assad"), ("count:*", "1,500 soldiers")):
        _, hits = work.evaluate(parse(expression), 0, len(read_once.tokens))
        assert [_words(read_once, hit) for hit in hits] == [words]


def test_a_lengthening_stroke_alone_is_no_word() -> None:
    assert ruleset().candidates([("title", "ـ ـ")], "ar") == []


def test_the_sieve_ends_a_sentence_where_the_reader_does() -> None:
    made, _ = compile_rules([rule("together", when="S(a1 AND b1)")], [])
    assert made is not None
    assert [found.rule.id for found in made.candidates([("title", "a1 2. b1")], "tr")] == ["together"]
    assert made.candidates([("title", "a1 / b1")], "tr") == []


def test_every_name_of_an_expression_is_judged_even_where_it_has_no_tree() -> None:
    from monitor.rules.engine import compile_rules
    from tests.builders import rule

    when = "S(@handovr NEAR/99 @bse) AND (x OR facility:nowhere)"
    _, mistakes = compile_rules([rule("r", when, place=(("when", (3, 11)),))], ())
    assert [(mistake.col, str(mistake.what).split("\n")[0]) for mistake in mistakes] == [
        (14, "rule r, when: unknown list @handovr, did you mean @handover?"),
        (22, "rule r, when: NEAR/99 reaches too far: 25 words at most"),
        (31, "rule r, when: unknown list @bse, did you mean @base?"),
        (55, "rule r, when: unknown facility nowhere"),
    ]


def test_an_exception_is_asked_once_a_sentence_however_many_places_it_has(monkeypatch: pytest.MonkeyPatch) -> None:
    made = compiled(rule("r", "base", unless="S(prisoner NEAR/2 camp)"))
    own = made.in_language("r", "en")
    assert own is not None
    unless, asked = own.unless, 0
    inner = Evaluation.evaluate

    def counting(self: Evaluation, node: Node, low: int, high: int) -> tuple[bool, list[Hit]]:
        nonlocal asked
        asked += node is unless
        return inner(self, node, low, high)

    monkeypatch.setattr(Evaluation, "evaluate", counting)
    found = made.match(made.read([("title", "base prisoner " * 500 + ". A base")], "en"), Origin())
    assert (len(found), asked) == (501, 2)


@pytest.mark.parametrize("many", [0, 10**9])
@pytest.mark.parametrize(
    ("when", "text", "holds"),
    [
        ("S(alpha AND beta) OR S(gamma NEAR/2 delta) OR eta*", "Alpha then beta.", True),
        ("S(alpha AND beta) OR S(gamma NEAR/2 delta) OR eta*", "Alpha. Beta. Delta by gamma", True),
        ("S(alpha AND beta) OR S(gamma NEAR/2 delta) OR eta*", "Alpha. Beta. Delta is far from any gamma", False),
        ("(alpha AND (beta OR NOT gamma)) OR delta", "alpha and gamma", False),
        ("(alpha AND (beta OR NOT gamma)) OR delta", "alpha", True),
        ("S(count:* AND leave) OR alpha", "1,500 troops leave", True),
        ("S(actor:* AND leave) OR alpha", "The Iraqi army may leave", True),
        ("S(facility:* AND leave) OR S(place:* AND enter)", "They leave Ain al-Asad", True),
        ("S(facility:ain-al-asad AND leave) OR S(facility:harir AND enter)", "They enter Harir Air Base", True),
        ("S(facility:ain-al-asad AND leave) OR S(facility:harir AND enter)", "They enter Ain al-Asad", False),
        ("(source:agency AND alpha) OR beta", "alpha", True),
        ("ATLEAST/2(alpha) OR title: gamma", "alpha, alpha", True),
    ],
)
def test_alternatives_found_by_their_names_are_those_that_hold(
    many: int, when: str, text: str, holds: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("monitor.rules.evaluate._MANY", many)
    made, mistakes = compile_rules([Rule("r", when=when)], ())
    assert made is not None, mistakes
    fields: list[tuple[FieldName, str]] = [("text", text)]
    assert bool(made.match(made.read(fields, "en"), Origin(("agency",)))) is holds
