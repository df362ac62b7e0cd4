"""An entry from its words to its alert: lane, severity with its parts, gloss; and the demonstration as a whole."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import given, settings, strategies as st

from monitor.alerting import gloss, local_date, read_entry, severity_of
from monitor.demo.scenario import DemoEntry, load
from monitor.feeds.identity import to_entry
from monitor.model import SEVERITIES, Alert, Claim, Match, ParsedEntry, Severity, Verdict, VerdictName
from tests.builders import T0, claim, count, dates, day, entry, facts, feed, pool, read, ruleset

DONE = datetime(2026, 1, 17, 8, tzinfo=UTC)


def test_an_entry_no_rule_matches_is_no_alert() -> None:
    assert read("Bakery opens in Erbil") is None
    assert read("") is None


def test_an_alert_says_all_that_is_known_of_it() -> None:
    alert = read("Coalition completes handover of Ain al-Asad", at=DONE)
    assert alert is not None
    assert (alert.lane, alert.verdict, alert.lang, alert.family) == ("changes", "updates", "en", "f")
    assert alert.lead_claim is not None
    assert (alert.lead_claim.type, alert.lead_claim.phase) == ("base_handover", "completed")
    assert {match.rule for match in alert.matches} == {"base-handover"}
    assert alert.gloss == "handover · completed · Ain al-Asad"
    assert (alert.severity, alert.severity_parts) == (
        "critical",
        ("high by rule base-handover", "+1 touches the baseline"),
    )
    assert alert.lead_verdict is not None
    assert alert.lead_verdict.fact in {known.id for known in facts()}


def test_every_claim_has_a_verdict_with_a_reason() -> None:
    alert = read("Coalition hands over Ain al-Asad", at=DONE, text="US troops withdraw from Harir base. Rain fell.")
    assert alert is not None
    assert {verdict.claim for verdict in alert.verdicts} == set(range(len(alert.claims)))
    assert all(verdict.reason for verdict in alert.verdicts)


def test_an_undated_entry_leaves_relative_dates_open() -> None:
    alert = read("Coalition to hand over Ain al-Asad next week", published=None)
    assert alert is not None
    assert alert.lead_claim is not None
    assert alert.lead_claim.date is not None
    assert alert.lead_claim.date.start is None
    assert alert.gloss == "handover · planned · Ain al-Asad"


def test_what_stands_in_a_summary_alone_is_told_in_passing() -> None:
    sentence = "Coalition forces have handed over Ain al-Asad airbase to the Iraqi army."
    alone = read("Army and coalition officers meet in Baghdad", summary=sentence)
    below = read("Coalition hands over airbase", summary=sentence)
    full = read("Oil prices climb for a third day", text=sentence)
    assert alone is not None
    assert (alone.lane, {claim.modality for claim in alone.claims}) == ("context", {"background"})
    assert [alert.lane for alert in (below, full) if alert is not None] == ["changes", "changes"]
    # A base that the headline names, and a whole article below it, are told of.
    base = read("Ain al-Asad without its guests", summary=sentence)
    article = read(
        "Army and coalition officers meet in Baghdad", summary=f"{sentence} It rained. Many came. They sang."
    )
    assert [alert.lane for alert in (base, article) if alert is not None] == ["changes", "changes"]


def test_the_day_of_publication_is_the_feeds() -> None:
    late = datetime(2026, 1, 10, 22, 30, tzinfo=UTC)
    assert local_date(late, "Asia/Baghdad") == day(1, 11)
    assert local_date(late, "America/New_York") == local_date(late, None) == day(1, 10)
    assert local_date(None, "Asia/Baghdad") is None
    # Sunday in Baghdad, still Saturday in New York: "tomorrow" is another day.
    found = [
        read_entry(entry("Coalition to hand over Ain al-Asad tomorrow", at=late), feed(tz=tz), ruleset(), ())
        for tz in ("Asia/Baghdad", "America/New_York")
    ]
    assert [a.lead_claim.date.start for a in found if a and a.lead_claim and a.lead_claim.date] == [
        day(1, 12),
        day(1, 11),
    ]


def test_a_feed_that_is_gone_is_read_by_its_id() -> None:
    alert = read_entry(entry("Coalition hands over Ain al-Asad"), None, ruleset(), ())
    assert alert is not None
    assert (alert.family, alert.verdict) == ("f", "new")


# ---- severity --------------------------------------------------------------------------------------------------------


def verdict(name: VerdictName, claimed: int = 0) -> Verdict:
    return Verdict(claimed, None if name == "new" else "f1", name, "why")


@pytest.mark.parametrize(
    ("rule", "phase", "lane", "verdicts", "severity", "parts"),
    [
        ("base-handover", "completed", "changes", ["new"], "high", []),
        ("base-handover", "planned", "changes", ["new"], "medium", ["-1 planned"]),
        ("base-handover", "planned", "changes", ["confirms"], "high", ["-1 planned", "+1 touches the baseline"]),
        ("base-handover", "completed", "changes", ["updates"], "critical", ["+1 touches the baseline"]),
        (
            "force-count",
            "completed",
            "changes",
            ["contradicts"],
            "critical",
            ["+1 touches the baseline", "+1 contradicts"],
        ),
        ("base-handover", "completed", "changes", ["incomparable"], "high", []),
        ("base-handover", "postponed", "context", ["new"], "low", ["-2 context"]),
        ("exercise", "planned", "context", ["new"], "low", ["-2 context"]),
        (
            "base-handover",
            "completed",
            "changes",
            ["contradicts", "updates"],
            "critical",
            ["+1 touches the baseline", "+1 contradicts"],
        ),
    ],
)
def test_severity_is_the_rules_moved_by_what_the_claim_is(
    rule: str, phase: Any, lane: Any, verdicts: list[VerdictName], severity: Severity, parts: list[str]
) -> None:
    found, why = severity_of(
        [Match(rule, "title", 0, 4, "word")], [claim(phase=phase)], 0, lane, [verdict(v) for v in verdicts], ruleset()
    )
    assert (found, list(why[1:])) == (severity, parts)
    assert why[0] == f"{ruleset().rule(rule).severity} by rule {rule}"


def test_the_gravest_rule_counts_and_only_the_lead_claims_verdicts() -> None:
    matches = [Match("exercise", "title", 0, 4, "word"), Match("withdrawal", "title", 0, 4, "word")]
    found, why = severity_of(matches, [claim(), claim()], 0, "changes", [verdict("contradicts", 1)], ruleset())
    assert (found, why) == ("high", ("high by rule withdrawal",))


def test_an_alert_without_a_claim_has_a_severity() -> None:
    found, _ = severity_of([Match("withdrawal", "title", 0, 4, "word")], [], None, "context", [], ruleset())
    assert found == "low"


# ---- gloss -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("given", "text"),
    [
        (
            {"phase": "planned", "date": dates(day(1, 5), day(1, 11))},
            "handover · planned · Ain al-Asad · 5-11 Jan 2026",
        ),
        ({"phase": "under_way", "type": "withdrawal"}, "withdrawal · under way · Ain al-Asad"),
        ({"polarity": "denied"}, "handover · denied · Ain al-Asad"),
        ({"modality": "hypothetical"}, "handover · hypothetical · completed · Ain al-Asad"),
        (
            {"type": "force_count", "facility": None, "place": "kurdistan-region", "count": count(1350, 1500)},
            "troop number · nearly 1,500 personnel · Kurdistan Region",
        ),
        (
            {"type": "force_count", "count": count(200, role="remaining"), "actors": ("coalition",)},
            "troop number · 200 remaining · Ain al-Asad",
        ),
        (
            {"type": "deployment", "facility": None, "actors": ("US", "GB", "FR")},
            "deployment · completed · Iraq · United States + United Kingdom",
        ),
        (
            {"type": "equipment_move", "asset": "air_defence", "facility": None, "country": None},
            "air defence moved · completed",
        ),
    ],
)
def test_a_claim_in_english_words(given: dict[str, Any], text: str) -> None:
    assert gloss(claim(**given)) == text


# ---- any entry -------------------------------------------------------------------------------------------------------

WORDS = st.sampled_from(
    pool(
        """
        coalition US troops army base Ain al-Asad hands over withdraws deploys denies could next week 1,500
        remain mission ended . قاعدة عين الأسد تسليم القوات تنسحب üssünden askerleri çekildi база войска
        выводят
        """,
        "\n\n",
    )
)
ANY = st.lists(WORDS, max_size=20).map(" ".join) | st.text(max_size=60)


@settings(max_examples=50, deadline=None)
@given(ANY, ANY, ANY, st.none() | st.just(T0), st.sampled_from(["en", "ar", "tr", "ru", "ku", None, "xx"]))
def test_any_entry_gives_a_result(title: str, summary: str, text: str, published: Any, lang: str | None) -> None:
    item = entry(title, summary, text, published=published, lang=lang)
    alert = read_entry(item, feed(tz="Asia/Baghdad"), ruleset(), facts())
    if alert is None:
        return
    for match in alert.matches:
        assert match.words == item.field_text(match.field)[match.start : match.end]
    assert alert.severity in SEVERITIES
    assert alert.severity_parts
    assert alert.lead_claim is not None
    assert alert.verdict in {v.verdict for v in alert.verdicts if v.claim == alert.lead}
    assert (alert.lane == "changes") == any(one.lane == "changes" for one in alert.claims)
    assert alert.gloss


# ---- the demonstration -----------------------------------------------------------------------------------------------

SCENARIO = load()
# Flagged otherwise than the scenario expects; each with its cause.
MISSED = {
    # The place ends in a joined copula ("are in the Kurdistan Region"), so that it, and with it the rule, is missed.
    "kurdistan-1400-ckb",
}


def demo(shown: DemoEntry) -> Alert | None:
    source = SCENARIO.feed(shown.feed)
    parsed = ParsedEntry(None, None, shown.title, shown.summary or "", shown.text or "", shown.published)
    outlet = feed(source.id, lang=source.lang, tz=source.tz, country=source.country, family=source.family)
    return read_entry(to_entry(source.id, shown.id, parsed, source.lang, shown.at, "x"), outlet, ruleset(), facts())


def read_of(alert: Alert | None) -> dict[str, object]:
    lead: Claim | None = alert.lead_claim if alert is not None else None
    return {
        "flagged": alert is not None and alert.lane == "changes",
        "type": lead and lead.type,
        "phase": lead and lead.phase,
        "polarity": lead and lead.polarity,
        "verdict": alert and alert.verdict,
    }


@pytest.mark.parametrize("shown", SCENARIO.entries, ids=lambda shown: shown.id)
def test_an_entry_of_the_demonstration_is_flagged_as_expected(shown: DemoEntry) -> None:
    flagged = read_of(demo(shown))["flagged"]
    assert (flagged == shown.expect.flagged) == (shown.id not in MISSED), shown.title


def test_the_demonstration_is_read_as_expected() -> None:
    wrong = {}
    for shown in SCENARIO.entries:
        found = read_of(demo(shown))
        expected = {name: getattr(shown.expect, name) for name in found}
        differs = {n: (v, found[n]) for n, v in expected.items() if v is not None and v != found[n]}
        if not shown.expect.flagged and shown.expect.type is None and found["type"] is not None:
            differs["type"] = (None, found["type"])
        if differs:
            wrong[shown.id] = differs
    assert len(SCENARIO.entries) - len(wrong) >= 50, wrong
    assert len(wrong) <= 4, wrong


def test_the_scenario_lies_after_the_seed() -> None:
    assert SCENARIO.start.date() > date(2025, 12, 31)
