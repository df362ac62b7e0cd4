"""Folding: what joins, what stays apart, who counts as a source; and the same for any order of arrival."""

from __future__ import annotations

import random
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings, strategies as st

from monitor.model import Alert, Claim, Story
from monitor.stories import Regroup, claim_key, credited, fold, outlets, regrouped
from tests.builders import after, alert, claim, count, dates, day, feed

LABELS = {"rudaw": "rudaw", "shafaq news": "shafaq"}
TITLE = "Coalition hands over Ain al-Asad airbase to Iraqi army"


def report(identifier: str, hours: float = 0, *claims: Claim, family: str | None = None, **given: Any) -> Alert:
    """The handover of Ain al-Asad as one outlet of its own tells it, in words of its own."""
    title = given.pop("title", f"{identifier} " * 15)
    return alert(
        *(claims or (claim(),)), id=identifier, at=after(hours), title=title, family=family or identifier, **given
    )


def ids(stories: tuple[Story, ...]) -> list[list[str]]:
    return [[one.entry.id for one in story.alerts] for story in stories]


def test_reports_of_one_event_are_one_story_whatever_their_words() -> None:
    (found,) = fold([report("a"), report("b", 5, lang="ar"), report("c", 9)], LABELS)
    assert (found.families, found.copies) == (("a", "b", "c"), 0)
    assert found.id == claim_key(found.alerts[0])
    assert found.aliases == tuple(claim_key(one) for one in found.alerts[1:])


def test_two_feeds_of_one_family_are_one_source() -> None:
    (found,) = fold([report("a", family="rudaw"), report("b", 1, family="rudaw"), report("c", 2)], LABELS)
    assert found.families == ("rudaw", "c")


@pytest.mark.parametrize(
    "other",
    [
        claim(facility="harir"),
        claim(type="base_establishment"),
        claim(phase="planned"),
        claim(facility=None, place="anbar"),
    ],
)
def test_another_event_is_another_story(other: Claim) -> None:
    assert ids(fold([report("a"), report("b", 1, other)], LABELS)) == [["a"], ["b"]]


def test_a_family_is_called_by_its_feeds_name() -> None:
    feeds = [
        feed("k-en", name="Kurdistan 24 (English)", family="k24"),
        feed("k-ar", name="كوردستان 24", family="k24"),
    ]
    names = outlets(feeds)
    assert (names["k24"], names["afp"], names["reuters"]) == ("Kurdistan 24", "AFP", "Reuters")


def _moves(**given: Any) -> Claim:
    return claim(**{"type": "equipment_move", "facility": None, "country": "PL", "actors": ("US",), **given})


@pytest.mark.parametrize(
    ("one", "other", "together"),
    [
        (_moves(asset="fighter"), _moves(type="deployment", asset="fighter"), True),
        (_moves(asset="fighter"), _moves(type="deployment", asset="armour"), False),
        (_moves(asset="fighter"), _moves(type="deployment"), False),
        (_moves(count=count(6, unit="aircraft")), _moves(type="deployment", count=count(6, unit="aircraft")), True),
        (_moves(count=count(6, unit="aircraft")), _moves(type="deployment", count=count(900)), False),
        # A carrier is known by whose it is; fighters are not.
        (_moves(asset="carrier", country=None, place="red-sea"), _moves(asset="carrier", country=None), True),
        (_moves(asset="fighter", country=None, place="red-sea"), _moves(asset="fighter", country=None), False),
        (_moves(asset="carrier", country=None, place="red-sea"), _moves(asset="carrier", actors=("FR",)), False),
    ],
)
def test_forces_and_what_they_move_with_are_one_event(one: Claim, other: Claim, together: bool) -> None:
    for first, second in ((one, other), (other, one)):
        assert len(fold([report("a", 0, first), report("b", 5, second)], LABELS)) == (1 if together else 2)


def test_a_denial_belongs_to_what_it_denies() -> None:
    assert ids(fold([report("a"), report("b", 1, claim(polarity="denied"))], LABELS)) == [["a", "b"]]


def test_without_a_base_place_and_actors_make_the_event() -> None:
    def seen(actors: tuple[str, ...]) -> Claim:
        return claim(type="deployment", facility=None, place="erbil", actors=actors)

    alerts = [report("a", 0, seen(("US", "FR"))), report("b", 1, seen(("FR", "US"))), report("c", 2, seen(("TR",)))]
    assert ids(fold(alerts, LABELS)) == [["a", "b"], ["c"]]
    # Who names nobody, or the whole that the others are part of, may mean the same.
    alerts = [report("a", 0, seen(("US",))), report("b", 1, seen(())), report("c", 2, seen(("coalition",)))]
    assert ids(fold(alerts, LABELS)) == [["a", "b", "c"]]


def test_what_has_happened_is_one_event_though_outlets_date_it_a_day_apart() -> None:
    one, other = (claim(date=dates(day(1, number))) for number in (17, 18))
    assert ids(fold([report("a", 0, one), report("b", 1, other)], LABELS)) == [["a", "b"]]


def test_a_plan_for_a_base_is_one_though_its_day_is_disputed_and_elsewhere_two() -> None:
    def told(**where: Any) -> list[Alert]:
        plans = (claim(phase="planned", date=dates(day(1, number)), **where) for number in (17, 18))
        return [report(str(n), n, one) for n, one in enumerate(plans)]

    assert ids(fold(told(), LABELS)) == [["0", "1"]]
    assert len(fold(told(facility=None, place="erbil"), LABELS)) == 2


@pytest.mark.parametrize("other", ["withdrawal", "base_closure"])
def test_a_base_that_is_left_and_taken_over_is_one_event(other: Any) -> None:
    assert ids(fold([report("a"), report("b", 1, claim(type=other))], LABELS)) == [["a", "b"]]
    # Elsewhere only where both name the same forces.
    nowhere: dict[str, Any] = {"facility": None, "country": "TD"}
    sides = [claim(**nowhere, actors=("FR",)), claim(**nowhere, type=other, actors=("FR",))]
    assert ids(fold([report(n, 0, one) for n, one in zip("ab", sides, strict=True)], LABELS)) == [["a", "b"]]
    unnamed = replace(sides[1], actors=())
    assert len(fold([report("a", 0, sides[0]), report("b", 1, unnamed)], LABELS)) == 2


def test_an_area_and_a_part_of_it_may_be_one_event_and_two_parts_are_not() -> None:
    def seen(place: str | None) -> Claim:
        return claim(type="deployment", facility=None, place=place, actors=("US",))

    alerts = [report("a", 0, seen("kurdistan-region")), report("b", 1, seen("erbil")), report("c", 2, seen(None))]
    assert ids(fold(alerts, LABELS)) == [["a", "b", "c"]]
    assert len(fold([report("a", 0, seen("duhok")), report("b", 1, seen("erbil"))], LABELS)) == 2


def test_without_any_place_a_copy_joins_and_what_the_same_forces_do() -> None:
    known = claim(type="alert_level", facility=None, country=None, actors=("IL",))
    assert ids(fold([report("a", 0, known), report("b", 1, known)], LABELS)) == [["a", "b"]]
    assert len(fold([report("a", 0, known), report("b", 1, replace(known, actors=("IR",)))], LABELS)) == 2
    nowhere = claim(facility=None, country=None, actors=())
    alerts = [report("a", 0, nowhere), report("b", 1, nowhere)]
    assert ids(fold(alerts, LABELS)) == [["a"], ["b"]]
    copies = [report("a", 0, nowhere, title=TITLE), report("b", 1, nowhere, title=TITLE)]
    assert ids(fold(copies, LABELS)) == [["a", "b"]]


def test_dates_that_cannot_be_the_same_stay_apart() -> None:
    early, late = (claim(phase="planned", date=dates(day(*d))) for d in ((1, 5), (2, 5)))
    window, open_ended = (claim(phase="planned", date=d) for d in (dates(day(1, 1), day(1, 9)), dates(None)))
    alerts = [report("a", 0, early), report("b", 1, late), report("c", 2, window), report("d", 3, open_ended)]
    assert ids(fold(alerts, LABELS)) == [["a", "c", "d"], ["b"]]


@pytest.mark.parametrize(
    ("first", "second", "together"),
    [
        ((1500, 1500), (2500, 2500), False),
        ((1350, 1500), (1400, 1400), True),
        ((2000, None), (2500, 2500), True),
        ((2000, None), (500, 500), False),
    ],
)
def test_numbers_that_differ_are_not_folded(first: Any, second: Any, together: bool) -> None:
    alerts = [
        report(name, 0, claim(type="force_count", count=count(*value))) for name, value in (("a", first), ("b", second))
    ]
    assert len(fold(alerts, LABELS)) == (1 if together else 2)


def test_headlines_that_differ_in_a_number_are_no_copies() -> None:
    nowhere = claim(type="force_count", facility=None, country=None)
    alerts = [
        report(n, 0, nowhere, title=f"About {n} troops of the coalition remain there") for n in ("1,500", "2,500")
    ]
    assert len(fold(alerts, LABELS)) == 2


def test_a_report_more_than_seven_days_after_the_first_starts_a_new_story() -> None:
    week = 7 * 24
    assert ids(fold([report("a"), report("b", week)], LABELS)) == [["a", "b"]]
    assert ids(fold([report("a"), report("b", week + 1)], LABELS)) == [["a"], ["b"]]
    # It is the first report that counts, not the latest.
    assert ids(fold([report("a"), report("b", week - 1), report("c", week + 1)], LABELS)) == [["a", "b"], ["c"]]
    copies = [report("a", title=TITLE), report("b", week + 1, claim(facility=None, country=None), title=TITLE)]
    assert ids(fold(copies, LABELS)) == [["a"], ["b"]]


# ---- sources ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("title", "bare", "family"),
    [
        ("Base handed over (Reuters)", "Base handed over", "reuters"),
        ("Base handed over - AFP", "Base handed over", "afp"),
        ("Base handed over | Shafaq News", "Base handed over", "shafaq"),
        ("تسليم القاعدة (رويترز)", "تسليم القاعدة", "reuters"),
        ("Base handed over (in pictures)", "Base handed over (in pictures)", None),
        ("Base - handed over", "Base - handed over", None),
        ("", "", None),
    ],
)
def test_a_closing_credit_names_the_source(title: str, bare: str, family: str | None) -> None:
    assert credited(title, LABELS) == (bare, family)


def test_a_wire_copy_counts_once() -> None:
    wire = f"{TITLE} (Reuters)"
    (found,) = fold(
        [report("a", title=wire, family="a"), report("b", 1, title=wire, family="b"), report("c", 2, family="c")],
        LABELS,
    )
    assert (found.families, found.copies) == (("reuters", "c"), 1)
    (with_wire,) = fold([report("r", title=TITLE, family="reuters"), report("b", 1, title=wire, family="b")], LABELS)
    assert (with_wire.families, with_wire.copies) == (("reuters",), 1)


def test_a_headline_hardly_changed_is_a_copy_and_an_uncredited_one_too() -> None:
    (found,) = fold(
        [report("a", title=TITLE), report("b", 1, title=f"{TITLE}!"), report("c", 2, title=f"{TITLE}s")], LABELS
    )
    assert (found.families, found.copies) == (("a",), 2)


def test_the_label_of_an_entry_names_its_source() -> None:
    alerts = [
        report("a", source_label="Rudaw"),
        report("b", 1, source_label="AFP"),
        report("c", 2, source_label="Elsewhere"),
    ]
    (found,) = fold(alerts, LABELS)
    assert found.families == ("rudaw", "afp", "elsewhere")


@pytest.mark.parametrize("title", ["", "—", "Breaking", "عاجل"])
def test_a_headline_that_tells_nothing_makes_no_copies(title: str) -> None:
    # All untitled entries were one story once.
    alerts = [report("a", 0, claim(), title=title), report("b", 1, claim(facility="harir"), title=title)]
    assert ids(fold(alerts, LABELS)) == [["a"], ["b"]]
    (found,) = fold([report("a", title=title), report("b", 1, title=title)], LABELS)
    assert (found.families, found.copies) == (("a", "b"), 0)


def test_a_story_found_late_under_a_headline_hides_no_older_one() -> None:
    # "b" joined the block of its headline's first word before "a" did, whose first report is older.
    nowhere = {"facility": None, "country": None}
    alerts = [
        report("a", 0, claim(), title="Ain al-Asad changes hands in the morning"),
        report("b", 6 * 24, claim(**nowhere), title="Coalition convoy of many lorries leaves by night"),
        report("c", 6.5 * 24, claim(), title="Coalition gives the desert base away at last today"),
        report("d", 8 * 24, claim(**nowhere), title="Coalition convoy of many lorries leaves by nights"),
    ]
    assert ids(fold(alerts, LABELS)) == [["a", "c"], ["b", "d"]]


def test_an_alert_without_a_claim_is_a_story_of_its_rule() -> None:
    alerts = [alert(id="a", title="x"), alert(id="b", title="y")]
    assert ids(fold(alerts, LABELS)) == [["a"], ["b"]]
    assert fold([], LABELS) == ()


@pytest.mark.parametrize(
    ("text", "family"),
    [
        ("BAGHDAD (Reuters) - The base was handed over on Saturday.", "reuters"),
        ("The base was handed over on Saturday. (AFP)", "afp"),
        ("The base was handed over, according to Rudaw.", "rudaw"),
        ("An officer told Shafaq News that the base was handed over.", "shafaq"),
        ("تسلم الجيش القاعدة، نقلا عن رويترز.", "reuters"),
        ("به گزارش خبرگزاری آناتولی، پایگاه تحویل داده شد.", "anadolu"),
        ("Reuters'a göre üs devredildi.", "reuters"),
        ("База передана, сообщает ТАСС.", "tass"),
        ("La base a été remise, selon l'AFP.", "afp"),
        # Found whatever the case, which in Turkish and in old Cyrillic letters is not what `lower` makes of it.
        ("ACCORDING TO RUDAW the base was handed over.", "rudaw"),
        ("ÜS DEVREDİLDİ, REUTERS BİLDİRDİ.", "reuters"),
        ("База передана, ᲃообщает ТАСᲃ.", "tass"),
        ("The base was handed over. The gap was wide. " * 12 + "According to Rudaw, it rained.", "a"),
        ("The base was handed over, according to officials.", "a"),
        ("He told a reporter that apples are cheap.", "a"),
        ("", "a"),
    ],
)
def test_a_text_that_credits_another_is_that_others_report(text: str, family: str) -> None:
    one = report("a")
    (found,) = fold([replace(one, entry=replace(one.entry, text=text))], LABELS)
    assert found.families == (family,)


# ---- by hand ---------------------------------------------------------------------------------------------------------


def by_hand(action: Any, *alerts: Alert) -> Regroup:
    return Regroup(action, frozenset(claim_key(one) for one in alerts))


def test_a_story_is_split_and_put_together_again_by_hand() -> None:
    a, b, c = report("a"), report("b", 1), report("c", 2)
    split = by_hand("split", b)
    assert ids(regrouped(fold([a, b, c], LABELS), [split], LABELS)) == [["a", "c"], ["b"]]
    assert ids(regrouped(fold([a, b, c], LABELS), [split, by_hand("merge", a, b)], LABELS)) == [["a", "b", "c"]]
    # What comes later joins by itself what it would have joined.
    assert ids(regrouped(fold([a, b, c, report("d", 3)], LABELS), [split], LABELS)) == [["a", "c", "d"], ["b"]]


def test_two_stories_are_merged_by_hand_and_so_is_what_each_gains_later() -> None:
    a, b = report("a"), report("b", 1, claim(facility="harir"))
    merge = by_hand("merge", a, b)
    late = report("c", 2, claim(facility="harir"))
    assert ids(regrouped(fold([a, b], LABELS), [merge], LABELS)) == [["a", "b"]]
    assert ids(regrouped(fold([a, b, late], LABELS), [merge], LABELS)) == [["a", "b", "c"]]


def test_a_decision_on_alerts_that_are_gone_does_nothing() -> None:
    nobody = Regroup("split", frozenset({"x"}))
    assert ids(regrouped(fold([report("a"), report("b", 1)], LABELS), [nobody], LABELS)) == [["a", "b"]]
    everything = by_hand("split", report("a"), report("b", 1))
    assert ids(regrouped(fold([report("a"), report("b", 1)], LABELS), [everything], LABELS)) == [["a", "b"]]


# ---- any order -------------------------------------------------------------------------------------------------------

ALERTS = st.lists(
    st.builds(
        lambda hours, facility, phase, date, number, title, family, label: (
            hours,
            facility,
            phase,
            date,
            number,
            title,
            family,
            label,
        ),
        st.integers(0, 400),
        st.sampled_from(["ain-al-asad", "harir", None]),
        st.sampled_from(["planned", "completed"]),
        st.sampled_from([None, dates(day(1, 5)), dates(day(1, 4), day(1, 20)), dates(day(2, 1))]),
        st.sampled_from([None, count(1500), count(2500)]),
        st.sampled_from(
            [
                TITLE,
                f"{TITLE} (Reuters)",
                f"{TITLE} again",
                "Breaking",
                "Two thousand soldiers are still in the country",
            ]
        ),
        st.sampled_from(["a", "b", "c"]),
        st.sampled_from([None, "AFP"]),
    ),
    max_size=14,
)


@settings(max_examples=30, deadline=None)
@given(ALERTS, st.randoms(use_true_random=False))
def test_the_order_of_arrival_does_not_matter(rows: list[Any], shuffler: random.Random) -> None:
    alerts = [
        report(
            f"e{number:02}",
            hours,
            claim(
                type="force_count" if people else "base_handover",
                facility=facility,
                country="IQ" if facility else None,
                phase=phase,
                date=when,
                count=people,
            ),
            title=title,
            family=family,
            source_label=label,
        )
        for number, (hours, facility, phase, when, people, title, family, label) in enumerate(rows)
    ]
    stories = fold(alerts, LABELS)
    shuffled = list(alerts)
    shuffler.shuffle(shuffled)
    assert fold(shuffled, LABELS) == stories
    assert sorted(one.entry.id for story in stories for one in story.alerts) == [one.entry.id for one in alerts]
    assert len({story.id for story in stories}) == len(stories)
    for story in stories:
        times = [one.entry.when for one in story.alerts]
        assert times == sorted(times)
        assert (times[-1] - times[0]).days <= 7
        assert 1 <= len(story.families) <= len(story.alerts) - story.copies
