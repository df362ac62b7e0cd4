"""A handover told over six weeks by twelve outlets in five languages: from a rumour to the return of the forces.

Wire copies, an edit, a denial, numbers that disagree and a report that arrives late: stories, verdicts and ledger come
out the same in any order of arrival, and right on each day. All entries are written for this test.
"""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path

import pytest
from hypothesis import given, settings, strategies as st

from monitor.alerting import read_entry
from monitor.baseline.ledger import ledger
from monitor.model import Alert, Entry, Fact, Feed, LedgerRow, Story
from monitor.stories import fold
from tests.builders import day, facts, ruleset
from tests.desk import Desk, written

LANGS = {"ar": ("dijla", "furat"), "tr": ("karasu",), "fa": ("alborz",), "fr": ("levant", "zephyr")}
OUTLETS = (
    "tigris",
    "wire",
    "daily",
    "courier",
    "desk",
    "herald",
    *(name for names in LANGS.values() for name in names),
)
FEEDS = {
    name: Feed(
        id=name,
        url=f"https://{name}.example",
        name=name.title(),
        lang=next((lang for lang, names in LANGS.items() if name in names), "en"),
        tz="Asia/Baghdad",
    )
    for name in OUTLETS
}


def told(outlet: str, when: tuple[int, int], title: str, text: str = "", hour: int = 9, late: int = 0) -> Entry:
    """An entry of that day of 2026, seen `late` days after."""
    at = datetime(2026, *when, hour, tzinfo=UTC)
    lang = FEEDS[outlet].lang or "en"
    return written(outlet, f"{outlet}-{when}-{hour}", at, title, text, lang, seen=at + timedelta(days=late, minutes=5))


ENTRIES = (
    told("tigris", (1, 2), "Coalition could hand over Ain al-Asad base sooner than planned, sources say"),
    told("dijla", (1, 3), "التحالف الدولي يسلم قاعدة عين الأسد إلى الجيش العراقي الأسبوع المقبل"),
    told("wire", (1, 3), "Coalition to hand over Ain al-Asad airbase to Iraqi army next week", hour=10),
    told("daily", (1, 3), "Coalition to hand over Ain al-Asad airbase to Iraqi army next week (Wire)", hour=12),
    told("courier", (1, 3), "Coalition to hand over Ain al-Asad airbase to Iraqi army next week", hour=15, late=9),
    told("herald", (1, 6), "Coalition denies handover of Ain al-Asad base"),
    told("karasu", (1, 8), "Ayn el-Esed Üssü'nün devri şubat ayına ertelendi"),
    told("desk", (1, 12), "200 coalition troops remain at Ain al-Asad base, tribal leader says"),
    told(
        "wire",
        (1, 17),
        "Coalition hands over Ain al-Asad airbase to Iraqi army",
        "The base was handed over on Saturday.",
    ),
    told("levant", (1, 17), "La coalition a remis la base d'Aïn al-Assad à l'armée irakienne", hour=11),
    told("zephyr", (1, 17), "La coalition a remis la base d'Aïn al-Assad à l'armée irakienne (AFP)", hour=13),
    told("alborz", (1, 18), "ائتلاف پایگاه عین الاسد را به ارتش عراق تحویل داد"),
    told("furat", (1, 18), "التحالف سلم قاعدة عين الأسد إلى القوات العراقية", hour=14, late=8),
    told("tigris", (2, 12), "US troops have returned to Ain al-Asad base, officers say"),
)


@cache
def alerts() -> tuple[Alert, ...]:
    """Every entry read once: reading knows nothing of the others."""
    found = (read_entry(entry, FEEDS[entry.feed], ruleset(), facts()) for entry in ENTRIES)
    return tuple(alert for alert in found if alert is not None)


LABELS = {name: name for name in OUTLETS} | {feed.name.casefold(): feed.id for feed in FEEDS.values()}


def of_day(stories: tuple[Story, ...], month: int, number: int) -> Story:
    """The story that was first reported on that day."""
    (found,) = [s for s in stories if (s.alerts[0].entry.when.month, s.alerts[0].entry.when.day) == (month, number)]
    return found


def test_every_entry_is_an_alert() -> None:
    assert len(alerts()) == len(ENTRIES)
    assert {alert.lang for alert in alerts()} == {"en", "ar", "tr", "fa", "fr"}
    assert len(OUTLETS) == 12


@pytest.mark.parametrize(
    ("when", "phase", "verdict", "families", "copies"),
    [
        ((1, 2), "planned", "confirms", ("tigris", "dijla", "wire", "herald"), 2),
        ((1, 8), "postponed", "updates", ("karasu",), 0),
        ((1, 12), "completed", "contradicts", ("desk",), 0),
        ((1, 17), "completed", "updates", ("wire", "levant", "alborz", "furat"), 1),
        ((2, 12), "completed", "updates", ("tigris",), 0),
    ],
)
def test_each_step_is_one_story_with_its_verdict_and_sources(
    when: tuple[int, int], phase: str, verdict: str, families: tuple[str, ...], copies: int
) -> None:
    story = of_day(fold(alerts(), LABELS), *when)
    claim = story.lead.lead_claim
    assert claim is not None
    assert (claim.phase, story.lead.verdict) == (phase, verdict)
    assert (story.families, story.copies) == (families, copies)
    assert story.first_seen_by[0] == families[0]


def test_the_rumour_is_talk_and_the_denial_contradicts() -> None:
    by_title = {alert.entry.title: alert for alert in alerts()}
    rumour = by_title["Coalition could hand over Ain al-Asad base sooner than planned, sources say"]
    denial = by_title["Coalition denies handover of Ain al-Asad base"]
    assert (rumour.lane, rumour.verdict) == ("context", "new")
    assert (denial.lane, denial.verdict) == ("context", "contradicts")


@settings(max_examples=25, deadline=None)
@given(st.randoms(use_true_random=False))
def test_stories_are_the_same_in_any_order_of_arrival(shuffler: random.Random) -> None:
    shuffled = list(alerts())
    shuffler.shuffle(shuffled)
    assert fold(shuffled, LABELS) == fold(alerts(), LABELS)


STEPS = [(1, 8), (1, 17), (2, 12)]


def held(rows: tuple[LedgerRow, ...], subject: str) -> tuple[str | None, object]:
    """The state of a subject, and the day it is due."""
    row = next(row for row in rows if row.subject == subject and row.attribute == "status")
    return row.facts[0].status, row.due.start if row.due else None


def accepted_in(order: list[tuple[int, int]], path: Path, arrival: list[Entry]) -> tuple[tuple[Fact, ...], Desk]:
    """The entries arrive in one order, and the steps are accepted in another."""
    desk = Desk(path, list(FEEDS.values()), now=datetime(2026, 2, 14, 9, tzinfo=UTC))
    desk.hear(*arrival)
    monitor = desk.monitor()
    for step in order:
        monitor.decide(of_day(monitor.board().stories, *step).id, "accept")
    return tuple(fact for fact in monitor.history() if fact.accepted_from), desk


@pytest.mark.parametrize("turn", range(3))
def test_the_ledger_is_right_on_each_day_whatever_came_and_was_accepted_first(turn: int, tmp_path: Path) -> None:
    draw = random.Random(turn)
    arrival, order = list(ENTRIES), list(STEPS)
    if turn:
        draw.shuffle(arrival)
        draw.shuffle(order)
    _, desk = accepted_in(order, tmp_path / "s.json", arrival)
    with desk:
        monitor = desk.monitor()
        seen = {
            date: (
                held(monitor.ledger(date).rows, "ain-al-asad"),
                held(monitor.ledger(date).rows, "coalition@ain-al-asad")[0],
            )
            for date in (day(1, 4), day(1, 10), day(1, 16), day(1, 17), day(2, 11))
        }
        assert seen == {
            day(1, 4): (("handover announced", day(1, 5)), "leaving"),
            day(1, 10): (("handover announced", day(2, 1)), "leaving"),
            day(1, 16): (("handover announced", day(2, 1)), "leaving"),
            # Nobody of those who were leaving was left when the base was handed over.
            day(1, 17): (("handed over", None), "gone"),
            day(2, 11): (("handed over", None), "gone"),
        }
        back = [row for row in monitor.ledger(day(2, 12)).rows if row.subject == "US@ain-al-asad"]
        assert [row.facts[0].status for row in back] == ["present"]
        # The story that moved the record is cited, and does not confirm itself.
        done = next(row for row in monitor.ledger(day(2, 1)).rows if row.subject == "ain-al-asad")
        story = monitor.story(done.facts[0].accepted_from or "")
        assert (story.lead.entry.when.day, story.lead.verdict, story.review.state) == (17, "updates", "confirmed")
        assert [fact.status for fact in done.before] == ["handover announced"]


def test_an_edited_report_is_read_by_its_latest_wording_and_keeps_the_earlier(tmp_path: Path) -> None:
    first = ENTRIES[8]
    again = written("wire", "wire-(1, 17)-9", first.when, "Handover of Ain al-Asad airbase called off", lang="en")
    edited = replace(
        again, id=first.id, key=first.key, first_seen=first.first_seen, revised=first.first_seen + timedelta(hours=3)
    )
    with Desk(tmp_path / "s.db", list(FEEDS.values())) as desk:
        desk.hear(first, edited)
        (story,) = desk.monitor().board().stories
        claim = story.lead.lead_claim
        assert claim is not None
        assert (claim.phase, story.lead.verdict) == ("cancelled", "contradicts")
        assert [one.title for one in story.lead.entry.revisions] == [first.title]


def test_the_ledger_of_nothing_accepted_is_the_seeded_one() -> None:
    assert held(ledger(facts(), (), day(2, 20)).rows, "ain-al-asad")[0] == "handover announced"
