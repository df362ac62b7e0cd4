"""Views 2 to 6 by their keys: what stands on the screen, what the desk was asked."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date, timedelta
from itertools import pairwise

import pytest

from monitor.dashboard.atlas import HOME, Window, dots, drawn, outline
from monitor.dashboard.lanes import Span, axis, lanes
from monitor.dashboard.ledgerlines import moved
from monitor.dashboard.places import look_of, places
from monitor.dashboard.rulelines import rule_rows
from monitor.dashboard.screens.story import StoryScreen
from monitor.dashboard.settings import Settings
from monitor.dashboard.text import plain, width
from monitor.dashboard.view import Index
from monitor.model import Count, DateRange, Fact, Rule, StoryReview
from tests.dashboard.boards import FACTS, NOW, FakeDesk, board, feed, rich_board, story
from tests.dashboard.screens import DESIGN, NARROW, WIDE, cells, golden, running, settled, until
from tests.dashboard.test_app import toasts

SIZES = {"wide": WIDE, "design": DESIGN, "narrow": NARROW}
VIEWS = {"2": "ledger", "3": "map", "4": "timeline", "5": "feeds", "6": "rules"}


@pytest.mark.parametrize("size", SIZES)
async def test_pictures(size: str) -> None:
    desk = FakeDesk(rich_board())
    async with running(desk, SIZES[size]) as (app, pilot):
        for key, name in VIEWS.items():
            await pilot.press(key)
            if key == "2":
                await until(pilot, lambda: "handover announced" in cells(app))
            picture = await settled(pilot, app)
            if name == "map":
                # Its panes take their sizes in steps, and the outline with them: what stands there counts.
                assert "Ain al-Asad" in picture
                assert "3 Map" in picture or "178 bases" in picture
            else:
                golden(f"{name}-{size}", picture)
            for line in picture.split("\n"):
                assert width(line) <= SIZES[size][0]
        await pilot.press("1")
        await pilot.pause()
        assert app.screen is app.main
        assert len(app.screen_stack) == 1


async def test_every_view_says_that_it_waits() -> None:
    desk = FakeDesk(rich_board())
    import threading

    desk.gate = threading.Event()
    try:
        async with running(desk, loaded=False) as (app, pilot):
            for key in VIEWS:
                await pilot.press(key)
                await pilot.pause()
                assert "Loading" in cells(app)
                await pilot.press("enter", "j", "z", "z", "greater_than_sign", "less_than_sign")
                await pilot.pause()
            assert app.is_running
            desk.gate.set()
            await until(pilot, lambda: "base-handover" in cells(app))
    finally:
        desk.gate.set()


# ---- ledger ----------------------------------------------------------------------------------------------------------


async def test_the_ledger_of_another_day() -> None:
    desk = FakeDesk(rich_board())
    async with running(desk, WIDE) as (app, pilot):
        await pilot.press("2")
        await until(pilot, lambda: "as of 22 Nov 2026 (today)" in cells(app))
        assert "reported done, review" in cells(app)
        await pilot.press("left")
        await until(pilot, lambda: "as of 21 Nov 2026 (1 day old)" in cells(app))
        await pilot.press("H", "H")
        await until(pilot, lambda: "as of 21 Sep 2026" in cells(app))
        assert "reported done, review" not in cells(app)  # the board knows what is late today only
        await pilot.press("@", *["backspace"] * 10, *"2025-12-01", "enter")
        await until(pilot, lambda: "as of 1 Dec 2025" in cells(app))
        assert "1,350-1,500" in cells(app)
        assert "handover announced" not in cells(app)
        await pilot.press("@", *["backspace"] * 10, *"soon", "enter")
        await pilot.pause()
        assert "soon is no day" in toasts(app)
        await pilot.press("t", "right")
        await until(pilot, lambda: "(today)" in cells(app))
        assert "knows no day after today" in toasts(app)
        assert ("ledger", date(2025, 12, 1)) in desk.calls


async def test_a_fact_leads_to_its_story_or_says_why_not() -> None:
    async with running(FakeDesk(rich_board()), WIDE) as (app, pilot):
        await pilot.press("2")
        await until(pilot, lambda: "(today)" in cells(app))
        await pilot.press("j", "enter")
        await pilot.pause()
        assert "it comes from a seed" in toasts(app)
        await pilot.press("g", "enter")  # the overdue one was reported done by s1
        await pilot.pause()
        assert isinstance(app.screen, StoryScreen)
        await pilot.press("escape")
        await pilot.pause()
        assert "2 Baseline and ledger" in cells(app)


@pytest.mark.parametrize(
    ("start", "step", "end"),
    [
        (date(2026, 3, 31), {"months": -1}, date(2026, 2, 28)),
        (date(2026, 12, 15), {"months": 1}, date(2027, 1, 15)),
        (date(2026, 1, 31), {"months": 1}, date(2026, 2, 28)),
        (date(2026, 1, 1), {"days": -1}, date(2025, 12, 31)),
        (date(1, 1, 5), {"months": -1}, date(1, 1, 5)),
    ],
)
def test_days_and_months(start: date, step: dict[str, int], end: date) -> None:
    assert moved(start, **step) == end


# ---- map -------------------------------------------------------------------------------------------------------------


def test_the_outline_is_where_the_world_is() -> None:
    window = Window().fitted(80, 30)
    west, south, east, north = HOME
    assert window.dot(west, north, 80, 30)[0] >= 0
    assert window.dot(east, south, 80, 30)[0] <= 160
    sea, land = Window(34.0, 35.5, 0.02), Window(42.4, 33.8, 0.004)
    assert any(map(any, dots(sea, 40, 20)))  # Cyprus and the coast of the Levant
    assert not any(map(any, dots(land, 40, 20)))  # the desert around Ain al-Asad has neither coast nor border
    assert len(outline().lines) > 500


def test_bases_stand_where_they_are_with_state_and_stories() -> None:
    made = rich_board()
    found = places(made, Index(made).at)
    assert (found[0].id, found[0].mark, len(found[0].stories)) == ("ain-al-asad", "◐", 6)
    assert found[0].overdue == 1
    text = [plain(line) for line in drawn(Window(), 80, 30, found, "ain-al-asad")]
    row = next(line for line in text if "Ain al-Asad ▲6" in line)
    column = row.index("◐")
    assert 20 < column < 50
    assert all(len(line) == 80 for line in text)
    assert text[-1].endswith("borders as drawn by Natural Earth")


@pytest.mark.parametrize(
    ("state", "mark"),
    [("active", "●"), ("handover_announced", "◐"), ("end announced", "◐"), ("leaving", "◑"), ("handed over", "○")],
)
def test_states_have_marks(state: str, mark: str) -> None:
    assert look_of(state)[0] == mark


async def test_the_map_moves_and_comes_back() -> None:
    async with running(FakeDesk(rich_board()), WIDE) as (app, pilot):
        await pilot.press("3")
        await pilot.pause()
        first = cells(app)
        for size, pane in ((NARROW, "shift+tab"), (DESIGN, "tab"), (WIDE, None)):
            # The window is made smaller and larger: the map fills what there is.
            await pilot.resize_terminal(*size)
            if pane:
                await pilot.press(pane)
            picture = await settled(pilot, app)
            braille = [sum("\u2800" < char < "\u2900" for char in line) for line in picture.split("\n")]
            assert sum(number > 3 for number in braille) >= app.screen.query_one("#map").size.height * 2 // 3
        assert picture == first
        await pilot.press("+", "+", "right")
        await pilot.pause()
        assert cells(app) != first
        await pilot.press("shift+tab", "k", "j", "-", "left", "0")
        await pilot.pause()
        await pilot.press("tab")
        await pilot.pause()
        assert cells(app) == first
        await pilot.press("space")
        await pilot.pause()
        assert "Ain al-Asad ▲6" in cells(app)
        await pilot.press("G", "space", "enter")
        await pilot.pause()
        assert "no open story names this base" in toasts(app)
        await pilot.press("g", "enter")
        await pilot.pause()
        assert isinstance(app.screen, StoryScreen)


async def test_without_braille_the_list_says_it_all() -> None:
    async with running(FakeDesk(rich_board()), settings=Settings(ascii=True, bidi="off")) as (app, pilot):
        await pilot.press("3")
        await pilot.pause()
        picture = cells(app)
        assert "The list says the same in words" in picture
        assert "% Ain al-Asad                    IQ  !!!   6 !1   announced" in picture
        assert all(ord(char) < 0x2800 or ord(char) > 0x28FF for char in picture)
        await pilot.press("right")
        assert "needs Braille" in toasts(app)


# ---- timeline --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("days", [7, 30, 47, 61, 120, 400, 900])
@pytest.mark.parametrize("cells", [60, 80, 97, 120])
def test_the_axis_leaves_no_date_out(days: int, cells: int) -> None:
    """Labels stand at even steps, the longest first."""
    text = plain(axis(Span(date(2026, 1, 17), days), cells))
    at = [found.start() for found in re.finditer(r"(?<!\S)(?:\d{4}-\d\d|\d{1,2} [A-Z][a-z]{2}(?: \d{4})?)(?!\S)", text)]
    steps = [after - before for before, after in pairwise(at)]
    assert len(at) >= 2
    assert max(steps) - min(steps) <= 1


def test_lanes_hold_what_was_announced_due_done_and_disputed() -> None:
    found = {lane.name: lane for lane in lanes(rich_board())}
    kinds = [(mark.kind, mark.day) for mark in found["Ain al-Asad"].marks]
    assert ("announced", date(2025, 12, 31)) in kinds
    assert ("due", date(2026, 1, 5)) in kinds
    assert ("done", date(2026, 1, 17)) in kinds
    assert ("disputed", NOW.date()) in kinds
    due = next(mark for mark in found["Ain al-Asad"].marks if mark.kind == "due")
    assert due.until == date(2026, 1, 11)
    dismissed = replace(rich_board().stories[0], review=StoryReview("dismissed", "opinion"))
    assert lanes(board((dismissed,), facts=())) == ()


def test_spans_show_all_and_can_be_moved() -> None:
    all_lanes, today = lanes(rich_board()), NOW.date()
    whole = Span().fitted(all_lanes, today)
    assert whole.end is not None
    assert whole.end - timedelta(days=whole.days) < date(2025, 12, 31) < today < whole.end
    near = whole.zoomed(1, all_lanes, today)
    assert near.days == whole.days // 2
    assert near.zoomed(-1, all_lanes, today).days in (whole.days, whole.days - 1)
    back = near.panned(-0.25, all_lanes, today)
    assert back.end is not None
    assert near.end is not None
    assert back.end < near.end
    assert near.panned(0.25, all_lanes, today).end > near.end  # type: ignore[operator]


async def test_the_timeline_moves_and_opens() -> None:
    async with running(FakeDesk(rich_board()), WIDE) as (app, pilot):
        await pilot.press("4")
        await pilot.pause()
        assert "◆ due       5 Jan 2026 to 11 Jan 2026" in cells(app)
        first = cells(app)
        await pilot.press("+", "left", "-", "right")
        await pilot.pause()
        assert cells(app) != first
        await pilot.press("0")
        await pilot.pause()
        assert cells(app) == first
        await pilot.press("enter")
        await pilot.pause()
        assert isinstance(app.screen, StoryScreen)


# ---- feeds -----------------------------------------------------------------------------------------------------------


async def test_feeds_are_sorted_by_trouble_and_retried() -> None:
    desk = FakeDesk(rich_board())
    async with running(desk, WIDE) as (app, pilot):
        await pilot.press("f")
        await pilot.pause()
        assert "24 ok, 1 failing, 1 blocked, 1 silent" in cells(app)
        assert "timed out after 30 s" in cells(app)
        await pilot.press("x")
        await pilot.pause()
        assert "only those not in order" in cells(app)
        assert "Ok1" not in cells(app)
        await pilot.press("j", "R")
        await until(pilot, lambda: "polled again" in toasts(app))
        assert ("unmute", "mehr") in desk.calls


async def test_feeds_in_order_and_none_at_all() -> None:
    for made, said in ((board(), "Every feed is in order. x shows all."), (board(feeds=()), "No feed is enabled.")):
        async with running(FakeDesk(made)) as (app, pilot):
            await pilot.press("5", "x")
            await pilot.pause()
            assert said in cells(app)


async def test_read_only_retries_nothing() -> None:
    desk = FakeDesk(rich_board(), read_only=True)
    async with running(desk) as (app, pilot):
        await pilot.press("5", "R")
        await pilot.pause()
        assert "read-only" in toasts(app)
        assert desk.calls == []


# ---- rules -----------------------------------------------------------------------------------------------------------


def test_rules_count_alerts_and_what_people_made_of_them() -> None:
    judged = [
        replace(story(f"j{n}", "x"), review=StoryReview("confirmed" if n < 3 else "dismissed", "opinion"))
        for n in range(5)
    ]
    copy = replace(story("dup", "x"), review=StoryReview("dismissed", "duplicate"))
    rows = rule_rows(board((*judged, copy)), (Rule("base-handover"), Rule("idle")))
    assert [(row.rule.id, row.alerts, row.right, row.wrong) for row in rows] == [
        ("base-handover", 6, 3, 2),
        ("idle", 0, 0, 0),
    ]
    assert rows[0].precision == "3 of 5 right (60 %)"
    assert rows[1].precision == "not judged"
    gone = rule_rows(board((story("a", "x"),)), ())
    assert not gone[0].rule.enabled


async def test_a_sentence_can_be_tried() -> None:
    desk = FakeDesk(rich_board())
    async with running(desk, WIDE) as (app, pilot):
        await pilot.press("6", "t", *"a base", "enter")
        await until(pilot, lambda: "flagged: it is a change" in cells(app))
        assert "not my-words: has @base; lacks @troops" in cells(app)
        assert ("explain", "a base") in desk.calls
        await pilot.press("t", *["backspace"] * 6, *"calm", "enter")
        await until(pilot, lambda: "no rule matches" in cells(app))
        await pilot.press("j")
        await pilot.pause()
        assert "not judged" in cells(app)


# ---- panes -----------------------------------------------------------------------------------------------------------


async def test_zoom_and_size() -> None:
    async with running(FakeDesk(rich_board()), WIDE) as (app, pilot):
        await pilot.press("z")
        await pilot.pause()
        assert "Baseline ·" not in cells(app)
        await pilot.press("tab")
        await pilot.pause()
        assert "Baseline ·" in cells(app)
        assert "1 Stories" not in cells(app)
        await pilot.press("greater_than_sign")
        assert "no border to move" in toasts(app)
        await pilot.press("z", "tab", "tab", *["less_than_sign"] * 20)
        await pilot.pause()
        assert app.main.share == 20
        assert "it goes no further" in toasts(app)
        assert app.main.list.size.width < 30


def test_a_count_fact_has_no_mark_on_the_timeline() -> None:
    number = Fact("x", "a@b", "count", date(2026, 1, 1), "s", "p", count=Count("1", 1, 1, "personnel", "total"))
    dated = replace(FACTS[1], date=DateRange("?", None, None, "day"))
    assert lanes(board(facts=(number, dated), feeds=(feed("a"),))) == ()
