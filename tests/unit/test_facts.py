"""The baseline that articles give: the shipped one, and others that it must not be mistaken for."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from monitor.baseline.facts import label_of, main_actor, read_facts, status_of, subject_of
from monitor.baseline.ledger import with_accepted
from monitor.baseline.seeds import Seed, parse_seed
from monitor.baseline.wording import value_of
from monitor.model import Fact
from tests.builders import PUBLISHED, claim, count, dates, day, fact, facts, of, ruleset, seed

NOVEMBER = day(11, 30, 2025)


def values(found: list[Fact]) -> list[tuple[int, int | None]]:
    return [(one.count.low, one.count.high) for one in found if one.count is not None]


def spans(found: list[Fact]) -> list[tuple[date | None, date | None]]:
    return [(one.date.start, one.date.end) for one in found if one.date is not None]


# ---- the shipped article ---------------------------------------------------------------------------------------------


def test_the_handover_of_ain_al_asad_is_announced_for_the_second_week_of_january() -> None:
    assert [one.status for one in of("status", "ain-al-asad")] == ["handover announced"]
    assert spans(of("effective_date", "ain-al-asad")) == [(day(1, 5), day(1, 11))]


def test_nobody_of_the_coalition_is_left_at_ain_al_asad() -> None:
    assert values(of("count", "coalition@ain-al-asad")) == [(0, 0)]


def test_the_mission_in_federal_iraq_has_ended() -> None:
    assert [one.status for one in of("mission", "coalition@federal-iraq")] == ["ended"]


def test_nearly_1500_personnel_of_seven_states_are_in_the_kurdistan_region() -> None:
    assert values(of("count", "coalition@kurdistan-region")) == [(1350, 1500)]
    (contributors,) = of("contributors")
    assert contributors.subject == "coalition@kurdistan-region"
    assert values([contributors]) == [(7, 7)]
    assert set(contributors.names) == {"US", "GB", "FR", "DE", "IT"}


def test_both_sizes_of_the_coalition_are_kept() -> None:
    assert set(values(of("membership", "coalition@world"))) == {(90, 90), (81, 89)}


@pytest.mark.parametrize(
    "words",
    [
        "agreed upon three months ago",
        "had agreed in 2021 to shift",
        "168 lawmakers",
        "only four ineffective attacks were recorded, compared to 42 in 2024",
    ],
)
def test_the_past_is_background(words: str) -> None:
    (found,) = [one for one in of("background") if words in one.passage]
    assert not found.compared


def test_only_background_is_not_compared() -> None:
    assert {one.attribute for one in facts() if not one.compared} == {"background"}


def test_every_fact_cites_a_passage_of_the_article() -> None:
    for one in facts():
        assert one.passage
        assert one.passage in (seed().title, *seed().text.split("\n")) or one.passage in seed().text
        assert (one.source, one.url) == ("Rudaw", seed().url)
        assert one.as_of in (PUBLISHED, NOVEMBER)
        assert sum(value is not None for value in (one.status, one.count, one.date, one.text)) == 1


def test_what_was_said_in_late_november_holds_since_then() -> None:
    """ "at the time" points back to the sentence before, which names the month."""
    dated = {(one.subject, one.attribute) for one in facts() if one.as_of == NOVEMBER}
    assert dated == {
        ("coalition@kurdistan-region", "count"),
        ("coalition@kurdistan-region", "contributors"),
        ("coalition@federal-iraq", "mission"),
    }


def test_the_shipped_article_gives_these_facts_and_no_others() -> None:
    """A vote of lawmakers, a strike or an agreement of other years is told in it too, and moves nothing."""
    told = [(one.subject, one.attribute, value_of(one)) for one in facts() if one.compared]
    assert told == [
        ("ain-al-asad", "status", "handover announced"),
        ("ain-al-asad", "effective_date", "5-11 Jan 2026"),
        ("coalition@ain-al-asad", "status", "leaving"),
        ("coalition@ain-al-asad", "effective_date", "5-11 Jan 2026"),
        ("coalition@federal-iraq", "mission", "ended"),
        ("coalition@ain-al-asad", "count", "none"),
        ("coalition@kurdistan-region", "count", "1,350-1,500 personnel"),
        ("coalition@kurdistan-region", "contributors", "7 countries"),
        ("coalition@world", "membership", "81-89 countries"),
        ("coalition@world", "membership", "90 members"),
    ]
    assert [one.passage[:24] for one in of("background")] == [
        "This work was agreed upo",
        "The developments come as",
        "The push accelerated aft",
        "Following the strike, 16",
        "Formed in 2014 under for",
        "In 2025, only four ineff",
    ]


def test_the_host_does_not_withdraw_from_itself() -> None:
    assert [one.subject for one in facts() if one.subject == "IQ@IQ"] == []


def test_ids_tell_facts_apart_and_stay_the_same() -> None:
    ids = [one.id for one in facts()]
    assert len(set(ids)) == len(ids)
    assert [one.id for one in read_facts(seed(), ruleset())] == ids


# ---- other articles: nothing of the above is written into the program ------------------------------------------------


OTHER = """US forces to hand over Incirlik air base next month

The US will hand over Incirlik air base in southern Turkey to the Turkish army next month, a spokesman said.

There are 500 US soldiers at Incirlik air base, representing three countries - the United States, Spain and Poland.

The two governments had agreed in 2019 to renovate the runway.
"""


MARCH = day(3, 10)


def other(text: str = OTHER, published: date | None = MARCH) -> tuple[Fact, ...]:
    title, _, body = text.partition("\n")
    made = Seed("o", title, body.strip(), "Outlet", "outlet", "en", published, None)
    return read_facts(made, ruleset())


def test_another_article_gives_other_facts() -> None:
    found = other()
    assert {one.subject.rpartition("@")[2] for one in found if one.compared} == {"incirlik"}
    assert [one.status for one in of("status", "incirlik", found)] == ["handover announced"]
    assert spans(of("effective_date", "incirlik", found)) == [(day(4, 1), day(4, 30))]
    assert values(of("count", "US@incirlik", found)) == [(500, 500)]
    (contributors,) = of("contributors", None, found)
    assert values([contributors]) == [(3, 3)]
    assert set(contributors.names) == {"US", "ES", "PL"}
    assert [one.passage for one in of("background", None, found)] == [
        "The two governments had agreed in 2019 to renovate the runway."
    ]
    assert {one.as_of for one in found} == {day(3, 10)}


@pytest.mark.parametrize(
    ("old", "new", "attribute", "expected"),
    [
        ("500", "nearly 2,000", "count", [(1800, 2000)]),
        ("500", "between 300 and 400", "count", [(300, 400)]),
        ("three countries", "nine countries", "contributors", [(9, 9)]),
    ],
)
def test_another_number_gives_another_count(
    old: str, new: str, attribute: str, expected: list[tuple[int, int | None]]
) -> None:
    assert values(of(attribute, None, other(OTHER.replace(old, new)))) == expected


def test_another_date_gives_another_window() -> None:
    moved = other(OTHER.replace("next month", "on 20 June 2026"))
    assert spans(of("effective_date", "incirlik", moved)) == [(day(6, 20), day(6, 20))]
    assert spans(of("effective_date", "incirlik", other(published=day(12, 2)))) == [(day(1, 1, 2027), day(1, 31, 2027))]


def test_the_shipped_article_with_another_base_moves_its_facts_there() -> None:
    text = seed().text.replace("Ain al-Assad", "Harir").replace("Ain al-Asad", "Harir")
    title = seed().title.replace("Ain al-Assad", "Harir")
    found = read_facts(replace(seed(), title=title, text=text), ruleset())
    bases = {one.subject for one in found if one.attribute == "status" and "@" not in one.subject}
    assert len(bases) == 1
    assert "ain-al-asad" not in {one.subject.rpartition("@")[2] for one in found}
    assert values(of("count", f"coalition@{bases.pop()}", found)) == [(0, 0)]


def test_an_undated_article_leaves_its_dates_unresolved() -> None:
    found = other(published=None)
    assert [one.status for one in of("status", "incirlik", found)] == ["handover announced"]
    assert all(one.date is None or one.date.start is None for one in found)
    shipped = read_facts(replace(seed(), published=None), ruleset())
    (window,) = of("effective_date", "ain-al-asad", shipped)
    assert window.date is not None
    assert (window.date.raw, window.date.start, window.date.end) == ("next week", None, None)
    assert value_of(window) == "next week"


def test_what_only_could_be_is_no_fact() -> None:
    found = other("Talks on Incirlik\n\nThe US could send 900 soldiers to Incirlik air base, an analyst said.\n")
    assert [one for one in found if one.compared] == []


def test_an_article_of_other_things_gives_no_facts() -> None:
    assert read_facts(parse_seed("n", "Bakery opens\n\nThe bread is good.", "lang: en"), ruleset()) == ()


# ---- subjects and states ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("given", "subject"),
    [
        ({}, "ain-al-asad"),
        ({"type": "withdrawal", "actors": ("US",)}, "US@ain-al-asad"),
        ({"type": "withdrawal", "actors": ("US", "coalition")}, "coalition@ain-al-asad"),
        ({"type": "withdrawal"}, "forces@ain-al-asad"),
        ({"facility": None, "place": "anbar", "actors": ("coalition",)}, "coalition@anbar"),
        ({"facility": None, "country": None}, None),
    ],
)
def test_a_claim_has_its_subject(given: dict[str, object], subject: str | None) -> None:
    assert subject_of(claim(**given)) == subject


@pytest.mark.parametrize(
    ("kind", "phase", "action", "state"),
    [
        ("base_handover", "planned", None, "handover announced"),
        ("base_closure", "under_way", None, "closing"),
        ("base_establishment", "completed", None, "active"),
        ("withdrawal", "completed", None, "gone"),
        ("deployment", "completed", None, "present"),
        ("mission_change", "completed", "ended", "ended"),
        ("mission_change", "completed", "extended", "active"),
        ("base_handover", "postponed", None, None),
        ("base_handover", "unclear", None, None),
        ("force_count", "completed", None, None),
    ],
)
def test_a_claim_puts_its_subject_into_a_state(kind: str, phase: str, action: str | None, state: str | None) -> None:
    assert status_of(claim(type=kind, phase=phase, action=action)) == state


@pytest.mark.parametrize(
    ("subject", "label"),
    [
        ("ain-al-asad", "Ain al-Asad"),
        ("coalition@kurdistan-region", "coalition in the Kurdistan Region"),
        ("coalition@federal-iraq", "coalition in federal Iraq"),
        ("US@ain-al-asad", "United States at Ain al-Asad"),
        ("forces@IQ", "foreign forces in Iraq"),
        ("coalition@world", "coalition"),
        ("@world", "general"),
        ("@baghdad", "Baghdad"),
    ],
)
def test_a_subject_has_a_name(subject: str, label: str) -> None:
    assert label_of(subject) == label


def test_the_widest_actor_stands_for_the_others() -> None:
    assert main_actor(("US", "coalition", "FR")) == "coalition"
    assert main_actor(("TR", "US")) == "TR"
    assert main_actor(()) is None


def test_an_accepted_fact_replaces_the_seeded_one_and_raises_its_version() -> None:
    seeded = [fact(), fact(id="f2", attribute="count", subject="coalition@ain-al-asad", count=count(0))]
    background = fact(id="b", attribute="background", text="long ago", compared=False)
    moved = fact(id="n", status="handed over", as_of=day(1, 17), accepted_from="s1")
    now = with_accepted([*seeded, background], [moved])
    assert [(one.id, one.version) for one in now] == [("n", 2), ("f2", 1), ("b", 1)]
    later = fact(id="n2", attribute="effective_date", date=dates(day(2, 1)), accepted_from="s2")
    assert {one.id for one in with_accepted(seeded, [moved, later])} == {"n", "n2", "f2"}


@pytest.mark.parametrize(
    ("lang", "vote"),
    [
        ("en", "168 lawmakers in the parliament of Iraq voted for the expulsion of US forces from Iraq."),
        ("en", "The Iraqi parliament voted to expel US forces from Iraq."),
        ("en", "Iraqi lawmakers call for the expulsion of US forces from Iraq."),
        ("fr", "Le parlement irakien a voté l'expulsion des forces américaines d'Irak."),
        ("ru", "Парламент Ирака проголосовал за вывод американских войск из Ирака."),
        ("ar", "صوت البرلمان العراقي على إخراج القوات الأمريكية من العراق."),
        ("fa", "پارلمان عراق به اخراج نیروهای آمریکایی از عراق رای داد."),
        ("kmr", "Parlamentoya Iraqê ji bo derxistina hêzên Amerîkayê ji Iraqê deng da."),
    ],
)
def test_a_vote_to_expel_forces_gives_no_departure(lang: str, vote: str) -> None:
    made = Seed("o", "Baghdad", vote, "Outlet", "outlet", lang, MARCH, None)
    assert [one.status for one in read_facts(made, ruleset()) if one.attribute == "status"] == []
