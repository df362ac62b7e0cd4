"""Rows, header, panes and the plain twin, without a screen."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone

import pytest

from monitor.dashboard.draw import gloss_fitting, header, nothing_yet, plain_board, row
from monitor.dashboard.health import fare
from monitor.dashboard.marking import marked, match_words
from monitor.dashboard.page import story_lines
from monitor.dashboard.panes import baseline_lines, stays, why_lines
from monitor.dashboard.text import PDI, RLI, Line, plain, width
from monitor.dashboard.words import (
    Names,
    age,
    claim_says,
    count_words,
    date_words,
    lasting,
    link_host,
    moment,
    to_ascii,
    verdict_words,
)
from monitor.model import Board, Claim, Count, DateRange, EventType, Fact, FeedState, Match, Modality, Overdue, Verdict
from tests import builders
from tests.dashboard.boards import FACTS, NOW, board, feed, rich_board, story
from tests.dashboard.screens import golden

RICH = rich_board()


def words(lines: tuple[Line, ...]) -> str:
    return "\n".join(map(plain, lines))


@pytest.mark.parametrize("cells", [40, 59, 60, 74, 79, 80, 120, 200])
def test_rows_fit_and_cut_no_mark(cells: int) -> None:
    for one in RICH.stories:
        text = plain(row(one, cells=cells, now=NOW, selected=True))
        assert width(text) <= cells
        assert text.startswith("›")
        assert text.count(RLI) == text.count(PDI)


def test_the_headline_comes_last_and_right_to_left_ones_are_isolated() -> None:
    arabic = RICH.stories[3]
    text = plain(row(arabic, cells=160, now=NOW))
    assert text.endswith(f"{RLI}{arabic.lead.entry.title}{PDI}")
    assert RLI not in plain(row(arabic, cells=140, now=NOW, bidi="off"))


@pytest.mark.parametrize(
    ("cells", "gloss"),
    [
        (35, "handover · completed · Ain al-Asad"),
        (30, "handover · Ain al-Asad"),
        (20, "handover · Ain al-A…"),
        (17, "handover · Ain a…"),
        (16, "handover"),
        (5, "hand…"),
    ],
)
def test_a_gloss_loses_whole_pieces_and_its_place_last(cells: int, gloss: str) -> None:
    assert gloss_fitting("handover · completed · Ain al-Asad · 17 Jan 2026", cells) == gloss


@pytest.mark.parametrize(
    "gloss", ["withdrawal · planned · Al-Tanf Garrison", "troop number · 2,500 personnel · Al-Tanf"]
)
def test_a_row_of_a_narrow_screen_tells_what_and_where(gloss: str) -> None:
    one = story("a", "A headline of its own")
    narrow = replace(one, alerts=(replace(one.alerts[0], gloss=gloss),))
    text = plain(row(narrow, cells=58, now=NOW))
    assert gloss.split(" · ")[0] in text
    assert "Al-Tanf" in text
    assert width(text) <= 58


def test_a_story_without_gloss_or_title_still_has_a_row() -> None:
    assert "HIGH" in plain(row(story("x", "", gloss=""), cells=80, now=NOW))
    assert "Only a headline" in plain(row(story("x", "Only a headline", gloss=""), cells=80, now=NOW))


@pytest.mark.parametrize("cells", [30, 59, 60, 80, 100, 120, 160])
@pytest.mark.parametrize("pending", [0, 3])
def test_the_header_fits(cells: int, pending: int) -> None:
    text = plain(header(RICH, cells=cells, pending=pending, next_due=NOW + timedelta(minutes=2), flags=["READ-ONLY"]))
    assert width(text) <= cells
    assert "READ-ONLY" in text


def test_the_header_says_everything_where_there_is_room() -> None:
    text = plain(header(RICH, cells=160, pending=3, next_due=NOW + timedelta(minutes=2)))
    assert text == (
        " monitor   3 new, press . · 4 to review · 1 overdue · 24 feeds ok, 1 failing, 1 blocked, 1 silent"
        " · next poll 2m · baseline as of 2025-12-31, 326 days old"
    )


def test_the_age_of_the_baseline_outlives_the_design_width() -> None:
    assert "baseline 326 days old" in plain(header(RICH, cells=80, next_due=NOW))


@pytest.mark.parametrize("ascii", [False, True])
def test_plain_board(ascii: bool) -> None:
    golden(f"plain-{'ascii' if ascii else 'unicode'}", plain_board(RICH, width=100, ascii=ascii))


def test_the_plain_board_fits_and_is_ascii_where_the_news_is() -> None:
    text = plain_board(replace(RICH, stories=RICH.stories[:3]), width=80, ascii=True)
    assert text.isascii()
    assert max(map(len, text.split("\n"))) <= 80


def test_ascii_changes_no_width() -> None:
    text = "…·“”—–→≠≈×›‹▲•✓✗◎■↺"
    assert to_ascii(text).isascii()
    assert len(to_ascii(text)) == width(text)


def test_drawing_needs_no_textual() -> None:
    code = "import sys, monitor.dashboard.draw; sys.exit(any(name.startswith('textual') for name in sys.modules))"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


@pytest.mark.parametrize(
    ("made", "said"),
    [
        (board(feeds=()), "no feed is enabled"),
        (board(feeds=(feed("a", health="unpolled"), feed("b", health="unpolled"))), "2 feeds, none polled so far"),
        (board(feeds=(feed("a", health="failing", cause="timed out"),)), "all feeds fail (timed out)"),
        (board(feeds=(feed("a"), feed("b", health="silent"))), "silence is no all-clear"),
        (board(), "No stories in 412 entries of 3 feeds"),
    ],
)
def test_an_empty_board_says_why_and_is_never_calm(made: Board, said: str) -> None:
    assert said in nothing_yet(made)
    assert said in plain_board(made, width=100)
    assert "calm" not in plain_board(made, width=100)


def test_the_first_poll_says_how_far_it_is() -> None:
    waiting, asked = feed("a", health="unpolled"), feed("b")
    down = replace(feed("c", health="failing", cause="timed out"), state=FeedState("c", health="failing", failures=1))
    fresh = board(feeds=(waiting, asked, down))
    assert "first poll: 2 of 3 asked, 1 failing · " in plain(header(fresh, cells=160, polling="polling 2/3 feeds"))
    assert "1 feed ok, 1 failing, 1 not polled" in plain(header(fresh, cells=160))
    assert "3 feeds, none polled" in plain(header(board(feeds=(waiting,) * 3), cells=160))
    # One more feed beside those that are polled every day is no first poll.
    known = replace(asked, state=replace(asked.state, first_success=NOW - timedelta(days=9), last_success=NOW))
    beside = plain(header(board(feeds=(waiting, known)), cells=160, polling="polling 1/2 feeds"))
    assert "1 feed ok, 1 not polled · polling 1/2 feeds" in beside


def test_many_causes_are_told_by_their_kind() -> None:
    many = tuple(feed(f"f{n}", health="offline", cause=f"name not found: f{n}.example") for n in range(70))
    assert fare(many).cause == "name not found (70 of 70 feeds)"
    assert fare((*many[:2], feed("x", health="failing", cause="timed out"))).cause == "name not found (2 of 3 feeds)"
    assert fare(many[:1]).cause == "name not found: f0.example"


def test_health_counts_enabled_feeds_and_knows_offline() -> None:
    down = (
        feed("a", health="failing", cause="x"),
        feed("b", health="blocked", cause="y"),
        feed("c", health="unpolled"),
    )
    assert fare(down).offline
    assert not fare((*down, feed("d"))).offline
    assert not fare((feed("c", health="unpolled"),)).offline
    assert not fare((feed("s", health="silent"),)).offline
    assert fare((*down, feed("d"))).phrase() == "1 feed ok, 1 failing, 1 blocked, 1 not polled"


def test_baseline_puts_touched_facts_first_then_overdue_then_the_rest() -> None:
    text = words(baseline_lines(RICH, RICH.stories[0], names=Names.on(RICH), cells=100))
    order = ["→ UPDATES Ain al-Asad status: handover announced → this story: handover, completed, 17 Jan 2026"]
    order += ["“The coalition will hand over the base to the Iraqi army next week”  Rudaw 2025-12-31"]
    order += ["  effective date 5-11 Jan 2026", "coalition in Ain al-Asad "]
    order += ["reported done, review: Reported done by INA on 17 Jan 2026."]
    order += ["coalition in Kurdistan Region ", "  count          1,350-1,500 personnel remaining", "Background"]
    places = [text.index(one) for one in order]
    assert places == sorted(places)


def test_a_story_that_touches_nothing_says_so() -> None:
    text = words(baseline_lines(RICH, RICH.stories[1], names=Names.on(RICH), cells=80))
    assert text.startswith("No fact of the baseline is touched")
    bare = replace(RICH, facts=(), overdue=())
    assert "baseline is empty" in words(baseline_lines(bare, None, names=Names.on(bare), cells=200))


def test_why_names_rule_words_cues_reason_sources_and_review() -> None:
    text = words(why_lines(RICH, RICH.stories[0], cells=120))
    for said in (
        "base-handover: title “assumes full control”, “airbase” 3 words apart",
        "read as: handover, completed, 17 Jan 2026 · completed by “assume”",
        "→ UPDATES: The base is handed over where the baseline has the handover announced: updates.",
        "Ina (state, grade B) first seen 12:03 · Anadolu (state, grade B) first seen 12:03 · 5 copies folded away",
        "severity: HIGH = rule high, +1 touches a baseline fact",
        "review: unreviewed",
        "note: layla, 2026-11-22 11:30: Ministry statement",
    ):
        assert said in text


def test_match_words_survive_spans_out_of_place() -> None:
    assert match_words(Match("r", "title", 0, 3, "abc", ((0, 99), (5, 2))), "abc", "auto") == "“abc”"


def test_the_page_has_every_field_and_marks_the_words() -> None:
    text = words(story_lines(RICH, RICH.stories[0], cells=100))
    for said in ("handover, completed", "facility", "Ain al-Asad", "confidence", "0.80", "7 reports of this story"):
        assert said in text
    assert "before: Iraq to assume control" in text
    assert "https://www.ina.example/news/1" in text
    parts = [part.text for line in marked(RICH.stories[0].lead, "title") for part in line if part.tone == "mark"]
    assert parts == ["assumes full control", "airbase"]


def test_marked_text_equals_the_text() -> None:
    for one in RICH.stories:
        assert "".join(map(plain, marked(one.lead, "title"))) == one.lead.entry.title


@pytest.mark.parametrize(
    ("count", "said"),
    [
        (Count("", 1350, 1500, "personnel", "remaining"), "1,350-1,500 personnel remaining"),
        (Count("", 0, 0, "personnel", "remaining"), "no personnel remaining"),
        (Count("", 7, 7, "countries", "total"), "7 countries"),
        (Count("", 200, None, "vehicles", "leaving"), "200 or more vehicles leaving"),
    ],
)
def test_counts_in_words(count: Count, said: str) -> None:
    assert count_words(count) == said


@pytest.mark.parametrize(
    ("start", "end", "said"),
    [
        (date(2026, 1, 5), date(2026, 1, 11), "5-11 Jan 2026"),
        (date(2026, 1, 28), date(2026, 2, 3), "28 Jan - 3 Feb 2026"),
        (date(2025, 12, 29), date(2026, 1, 4), "29 Dec 2025 - 4 Jan 2026"),
        (date(2026, 1, 17), date(2026, 1, 17), "17 Jan 2026"),
        (None, date(2026, 1, 17), "by 17 Jan 2026"),
        (date(2026, 1, 17), None, "from 17 Jan 2026"),
        (None, None, "“soon” (not resolved)"),
    ],
)
def test_dates_in_words(start: date | None, end: date | None, said: str) -> None:
    assert date_words(DateRange("soon", start, end, "day")) == said


def test_what_a_claim_says() -> None:
    claim = Claim("withdrawal", "planned", "denied", "reported", "title", 0, 1, "q", "r")
    assert claim_says(claim) == "denied: withdrawal, planned (reported)"
    counted = replace(claim, polarity="asserted", count=Count("200", 200, 200, "personnel", "leaving"))
    assert claim_says(counted, "count") == "200 personnel leaving (reported)"


def test_times_are_said_in_the_zone_of_the_clock() -> None:
    baghdad = NOW.astimezone(timezone(timedelta(hours=3)))
    late = datetime(2026, 11, 21, 22, 0, tzinfo=UTC)
    assert moment(late, NOW) == "21 Nov"
    assert moment(late, baghdad) == "01:00"
    assert moment(late - timedelta(days=400), NOW) == "Oct 25"
    assert [lasting(timedelta(seconds=n)) for n in (-5, 40, 150, 7300, 200_000)] == ["now", "40s", "2m", "2h", "2d"]
    assert age(date(2025, 12, 31), NOW) == "326 days old"


@pytest.mark.parametrize(
    ("url", "host"),
    [
        ("https://www.ina.example/news?a=1", "www.ina.example"),
        ("http://user:pass@evil.example/", "evil.example"),
        ("https://аpple.example/", "аpple.example (xn--pple-43d.example)"),
        ("javascript:alert(1)", None),
        ("file:///etc/passwd", None),
        ("--help", None),
        ("https://x.example/\x1b[2J", None),
        ("https://x.example/a b", None),
        ("https://[::1/", None),
        ("https:///nohost", None),
        ("", None),
        (None, None),
    ],
)
def test_only_web_links_have_a_host(url: str | None, host: str | None) -> None:
    assert link_host(url) == host


# ---- what was accepted, what is borrowed -----------------------------------------------------------------------------

HANDED = Fact(
    "new", "ain-al-asad", "status", date(2026, 1, 17), "ina", "has handed over", status="handed_over",
    version=2, accepted_from="s1",
)  # fmt: skip


def _told(lines: tuple[Line, ...]) -> str:
    return " ".join(" ".join(plain(line) for line in lines).split())


def test_an_accepted_story_tells_what_holds_now_and_what_is_left() -> None:
    late = Overdue(FACTS[1], date(2026, 1, 11), 315, "reported done, review", "The withdrawal was due; review.", "s9")
    told = story("s1", "Coalition has handed over Ain al-Asad")
    left = Verdict(0, "f-date", "updates", "17 Jan 2026 is 6 days after the planned 5-11 Jan 2026.")
    told = replace(told, alerts=(replace(told.alerts[0], verdicts=(*told.alerts[0].verdicts, left)),))
    moved = board((told,), facts=(HANDED, *FACTS[1:]), overdue=(late,))
    why = _told(why_lines(moved, told, cells=200))
    assert "✓ accepted: Ain al-Asad status is now handed over, as of 2026-01-17" in why
    assert "→ not accepted, UPDATES: 17 Jan 2026 is 6 days after" in why
    assert "more to accept, from another story: The withdrawal was due" in why
    assert "before that, → UPDATES: The base is handed over" in why
    assert why.index("is now") < why.index("not accepted") < why.index("before that")
    names = Names.on(moved)
    beside = _told(baseline_lines(moved, told, names=names, cells=200))
    assert "✓ ACCEPTED Ain al-Asad status: handed over as of 2026-01-17, version 2" in beside
    assert "status handed over" not in beside  # not a second time under the base's own name
    assert "stays in the baseline: Ain al-Asad status handed over" in stays(moved, {"s1"})
    assert stays(moved, {"s2"}) == ""
    before = _told(why_lines(board((told,)), told, cells=200))
    assert "accepted" not in before


def test_a_fact_written_by_hand_says_so_and_background_stands_apart() -> None:
    wrote = replace(FACTS[1], passage="", source="root", by="root", reason="press briefing", accepted_from=None)
    aside = replace(FACTS[0], id="b", text="The mission shifted", passage="The mission shifted", status=None)
    made = board(facts=(aside, replace(wrote, id="w")))
    told = words(baseline_lines(made, None, names=Names.on(made), cells=90, bidi="off", whole=True)).splitlines()
    assert told[1] == f"    added by hand by root: press briefing  {wrote.as_of}"
    assert told[2] == "  Background"
    assert told[3].startswith("    “The mission shifted”")


def test_what_is_overdue_elsewhere_stands_under_its_own_name() -> None:
    late = Overdue(FACTS[1], date(2026, 1, 11), 315, "reported done, review", "The handover was due; review.", "s9")
    claim = replace(story("a", "x").lead.claims[0], facility="harir", country=None)
    far, near = story("a", "Convoy leaves Harir", claim=claim, fact=None, verdict="new"), story("b", "Convoy")
    made = board((far, near), overdue=(late,))
    beside = [plain(line).strip() for line in baseline_lines(made, far, names=Names.on(made), cells=90)]
    assert beside[0] == "No fact of the baseline is touched by this story."
    assert beside[1] == "Elsewhere"
    assert beside.index("Overdue elsewhere") == beside.index("reported done, review: The handover was due; review.") - 1
    own = [plain(line).strip() for line in baseline_lines(made, near, names=Names.on(made), cells=90)]
    assert own.index("reported done, review: The handover was due; review.") < own.index("Elsewhere")


def test_what_a_claim_borrows_is_told() -> None:
    claim = replace(story("a", "x").lead.claims[0], rests_on=("facility: the sentence before", "date: the headline"))
    one = story("a", "The base was handed over", claim=claim)
    assert "facility from the sentence before, date from the headline" in _told(
        why_lines(board((one,)), one, cells=200)
    )
    page = _told(story_lines(board((one,)), one, cells=200))
    assert "rests on facility from the sentence before, date from the headline: less sure" in page


@pytest.mark.parametrize(("kind", "said"), [("keyword", "keyword"), ("base_handover", "handover, completed")])
def test_a_word_that_was_met_is_no_step(kind: EventType, said: str) -> None:
    claim = replace(story("a", "x").lead.claims[0], type=kind, date=None)
    assert claim_says(claim) == said


@pytest.mark.parametrize(
    ("modality", "word"),
    [("fact", "NEW"), ("reported", "NEW"), *((one, "UNJUDGED") for one in ("hypothetical", "demand", "historical"))],
)
def test_what_is_not_held_against_the_baseline_is_not_called_new(modality: Modality, word: str) -> None:
    spoken = story("one", "Forces could leave", verdict="new", claim=builders.claim(modality=modality))
    assert verdict_words("new", spoken.lead.lead_claim)[0] == word
    assert verdict_words("updates", spoken.lead.lead_claim)[0] == "UPDATES"
    assert f" {word} " in plain(row(spoken, cells=100, now=NOW))
