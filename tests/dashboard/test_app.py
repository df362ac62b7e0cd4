"""The app by its keys: what stands on the screen afterwards, what the desk was asked."""

from __future__ import annotations

import threading
from dataclasses import replace
from datetime import timedelta

import pytest
from textual import events

from monitor.dashboard.app import MonitorApp
from monitor.dashboard.screens.story import StoryScreen
from monitor.dashboard.settings import Settings
from monitor.dashboard.widgets.stories import StoryList
from monitor.errors import ReviewError, StoreBusy
from monitor.model import DISMISS_REASONS, Board
from tests.dashboard.boards import NOW, FakeDesk, board, feed, rich_board, story
from tests.dashboard.screens import DESIGN, NARROW, WIDE, Quick, cells, golden, running, until

SIZES = {"wide": WIDE, "design": DESIGN, "narrow": NARROW}
DUE = NOW + timedelta(minutes=2)


def toasts(app: MonitorApp) -> str:
    return "\n".join(one.message for one in app._notifications)


def many(number: int) -> Board:
    return board(tuple(story(f"m{n}", f"Convoy {n} leaves", ago=timedelta(minutes=n)) for n in range(number)))


def with_new(old: Board, *fresh: str) -> Board:
    return replace(old, stories=(*(story(one, f"News {one}") for one in fresh), *old.stories))


def burst(app: MonitorApp, keys: str) -> None:
    """Type all at once, as a paste or a fast hand does, faster than anything opens."""
    names = {"/": "slash", ":": "colon", ",": "comma", " ": "space", "\b": "backspace", "\r": "enter", "\x1b": "escape"}
    for key in keys:
        app.post_message(events.Key(names.get(key, key), key))


async def see(app: Quick, pilot: object, desk: FakeDesk, new: Board) -> None:
    """Another process wrote: wait until its board is on the screen."""
    desk.now_board, desk.token = new, desk.token + 1
    app.beat()
    await until(pilot, lambda: new in (app.main.view.board, app.main.view.waiting))  # type: ignore[arg-type]


# ---- pictures --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("size", SIZES)
async def test_picture(size: str) -> None:
    async with running(FakeDesk(rich_board(), due=DUE), SIZES[size]) as (app, pilot):
        await pilot.press("j", "j")
        await pilot.pause()
        golden(f"main-{size}", cells(app))
        await pilot.press("enter")
        await pilot.pause()
        golden(f"page-{size}", cells(app))


async def test_picture_in_ascii() -> None:
    async with running(FakeDesk(rich_board(), due=DUE), settings=Settings(ascii=True, bidi="off")) as (app, _):
        picture = cells(app)
        golden("main-ascii", picture)
        foreign = "".join(one.lead.entry.title for one in rich_board().stories)
        assert {char for char in picture if not char.isascii()} <= set(foreign)


async def test_a_narrow_screen_shows_one_pane_and_tab_turns_it() -> None:
    async with running(FakeDesk(rich_board()), NARROW) as (app, pilot):
        assert "Stories" in cells(app)
        assert "Baseline ·" not in cells(app)
        await pilot.press("tab")
        await pilot.pause()
        golden("baseline-narrow", cells(app))
        assert "Stories ·" not in cells(app)
        await pilot.press("tab")
        await pilot.pause()
        assert "base-handover" in cells(app)
        await pilot.press("tab")
        await pilot.pause()
        assert "Stories ·" in cells(app)


# ---- states ----------------------------------------------------------------------------------------------------------


async def test_the_first_paint_does_not_wait_for_the_board() -> None:
    desk = FakeDesk(rich_board())
    desk.gate = threading.Event()
    try:
        async with running(desk, loaded=False) as (app, pilot):
            await pilot.pause()
            assert "Loading the board…" in cells(app)
            await pilot.press("j", "enter", "c", "x")
            assert "no story is selected" in toasts(app)
            desk.gate.set()
            await until(pilot, lambda: app.main.view.board is not None)
            assert "Ministry denies" in cells(app)
    finally:
        desk.gate.set()


@pytest.mark.parametrize(
    ("made", "said"),
    [
        (
            board(feeds=tuple(feed(f"f{n}", health="unpolled") for n in range(70))),
            "No stories yet: 70 feeds, none polled",
        ),
        (
            board(feeds=(feed("a", health="failing", cause="timed out"),)),
            "offline: timed out; no report has come in. r polls again",
        ),
        (
            board((story("s", "Convoy leaves"),), feeds=(feed("a", health="failing", cause="timed out"),)),
            "offline: timed out; what is shown is from earlier polls. r polls again",
        ),
        (board(feeds=(feed("a"), feed("b", health="silent"))), "silence is no all-clear"),
        (board((story("c", "Denied", context=True),)), "No changes now. 1 in the other lane: press x."),
        (board(problems=("feeds.yml:3:1: unknown key\x1b[2J",)), "problem: feeds.yml:3:1: unknown key[2J"),
    ],
)
async def test_states_say_what_they_are(made: Board, said: str) -> None:
    async with running(FakeDesk(made), WIDE) as (app, pilot):
        await pilot.press("z")
        await pilot.pause()
        assert said in cells(app).replace("\n  ", " ")
        assert "calm" not in cells(app)


async def test_a_board_that_cannot_be_read_is_told_and_comes_back() -> None:
    desk = FakeDesk(rich_board())
    desk.board_error = StoreBusy("The store is held by another process. Close it.")
    async with running(desk, loaded=False) as (app, pilot):
        await until(pilot, lambda: bool(app.main.trouble))
        assert "The store is held by another process" in cells(app)
        desk.board_error = None
        app.beat()
        await until(pilot, lambda: app.main.view.board is not None)
        desk.board_error = StoreBusy("Held again.")
        app.crew.reread()
        await until(pilot, lambda: bool(app.main.trouble))
        assert "not fresh: Held again." in cells(app)


async def test_read_only_refuses_with_a_reason() -> None:
    desk = FakeDesk(rich_board(), read_only=True, due=NOW)
    async with running(desk) as (app, pilot):
        assert "READ-ONLY" in cells(app)
        for key in "cdwanur":
            await pilot.press(key)
        await pilot.pause()
        assert sum(text.startswith("read-only:") for _, _, text in app.said) == 7
        assert desk.calls == []


# ---- moving ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("keys", "at"),
    [
        (["j"], 1),
        (["down", "down", "up"], 1),
        (["G"], 299),
        (["end", "g"], 0),
        (["k"], 0),
        (["ctrl+d"], 4),
        (["pagedown", "pageup"], 0),
        (["G", "ctrl+u"], 295),
    ],
)
async def test_moving(keys: list[str], at: int) -> None:
    async with running(FakeDesk(many(300))) as (app, pilot):
        await pilot.press(*keys)
        await pilot.pause()
        assert app.main.list.cursor == at
        assert f"Convoy {at} leaves" in cells(app)
        assert cells(app).count("›") == 1


async def test_only_visible_rows_are_drawn(monkeypatch: pytest.MonkeyPatch) -> None:
    drawn = 0
    original = StoryList.render_line

    def counted(self: StoryList, y: int) -> object:
        nonlocal drawn
        drawn += 1
        return original(self, y)

    async with running(FakeDesk(many(3000))) as (app, pilot):
        monkeypatch.setattr(StoryList, "render_line", counted)
        await pilot.press("G")
        await until(pilot, lambda: app.main.list.cursor == 2999)
        await until(pilot, lambda: "changes 3000 " in cells(app))
        assert 0 < drawn < 300


async def test_the_mouse_selects_and_opens_and_the_wheel_scrolls() -> None:
    async with running(FakeDesk(many(300))) as (app, pilot):
        await pilot.click("#stories", offset=(10, 3))
        assert app.main.list.cursor == 2
        app.main.list.scroll_relative(y=5, animate=False)
        await pilot.pause()
        await pilot.click("#stories", offset=(10, 1))
        assert app.main.list.cursor == 5
        await pilot.click("#stories", offset=(10, 1), times=2)
        await pilot.pause()
        assert isinstance(app.screen, StoryScreen)


async def test_jumping_between_unreviewed() -> None:
    async with running(FakeDesk(rich_board())) as (app, pilot):
        await pilot.press("j", "j", "j", "right_square_bracket")
        assert app.main.list.cursor == 3
        assert "no unreviewed story below" in toasts(app)
        await pilot.press("G", "left_square_bracket")
        assert app.main.list.cursor == 3


# ---- holding still ---------------------------------------------------------------------------------------------------


async def test_new_stories_wait_for_a_key_and_the_cursor_keeps_its_story() -> None:
    desk = FakeDesk(many(300))
    async with running(desk) as (app, pilot):
        await pilot.press(*"jjjjj")
        before = cells(app).split("\n")[2:10]
        await see(app, pilot, desk, with_new(many(300), "n1", "n2", "n3"))
        assert "3 new, press ." in cells(app)
        assert cells(app).split("\n")[2:10] == before
        await pilot.press(".")
        await pilot.pause()
        assert "press ." not in cells(app)
        assert "News n2" in cells(app)
        assert app.main.list.story is not None
        assert app.main.list.story.id == "m5"
        await pilot.press(".")
        assert "no new stories wait" in toasts(app)


async def test_rows_that_move_leave_the_cursor_on_its_line() -> None:
    desk = FakeDesk(many(300))
    async with running(desk) as (app, pilot):
        for _ in range(50):
            await pilot.press("j")
        line = next(n for n, text in enumerate(cells(app).split("\n")) if text.startswith("›"))
        moved = replace(many(300), stories=many(300).stories[20:])
        await see(app, pilot, desk, moved)
        await until(pilot, lambda: cells(app).split("\n")[line].startswith("›"))
        assert app.main.list.story is not None
        assert app.main.list.story.id == "m50"


async def test_pause_counts_what_waits() -> None:
    desk = FakeDesk(rich_board())
    async with running(desk) as (app, pilot):
        await pilot.press("p")
        await see(app, pilot, desk, with_new(rich_board(), "n1"))
        assert "PAUSED 1 waiting" in cells(app)
        assert "News n1" not in cells(app)
        await pilot.press("p")
        await pilot.pause()
        assert "PAUSED" not in cells(app)
        assert "1 new, press ." in cells(app)


# ---- deciding --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("key", "action"), [("c", "confirm"), ("w", "watch"), ("a", "accept")])
async def test_one_key_decides(key: str, action: str) -> None:
    desk = FakeDesk(rich_board())
    async with running(desk) as (app, pilot):
        await pilot.press("j", key)
        await until(pilot, lambda: app.main.view.board is desk.now_board)
        assert desk.calls == [(action, "s2", None, None)]
        assert desk.now_board.stories[1].review.state in cells(app) + "confirmed watching"
        assert f"{action}: unreviewed →" in toasts(app)


@pytest.mark.parametrize(("number", "reason"), [*enumerate(DISMISS_REASONS, 1)])
async def test_dismissing_asks_for_the_reason(number: int, reason: str) -> None:
    desk = FakeDesk(rich_board())
    async with running(desk) as (app, pilot):
        await pilot.press("d")
        await pilot.pause()
        assert "false positive" in cells(app)
        await pilot.press(str(number))
        await until(pilot, lambda: bool(desk.calls))
        assert desk.calls == [("dismiss", "s1", reason, None)]


async def test_questions_can_be_left() -> None:
    desk = FakeDesk(rich_board())
    async with running(desk) as (app, pilot):
        for key in "dno|":
            await pilot.press(key)
            await pilot.pause()
            assert app.screen is not app.main
            await pilot.press("escape")
            await pilot.pause()
            assert app.screen is app.main
        assert desk.calls == []


async def test_notes_are_cleaned_and_written() -> None:
    desk = FakeDesk(rich_board())
    async with running(desk) as (app, pilot):
        await pilot.press("n", *"ok", "enter")
        await until(pilot, lambda: app.main.view.board is desk.now_board and bool(desk.calls))
        assert desk.calls == [("note", "s1", None, "ok")]


async def test_decisions_and_undo_keep_their_order() -> None:
    desk = FakeDesk(rich_board())
    async with running(desk) as (app, pilot):
        await pilot.press("c", "j", "w", "u", "u", "u")
        await until(pilot, lambda: "nothing to undo" in toasts(app))
        assert [call[0] for call in desk.calls] == ["confirm", "watch", "undo", "undo", "undo"]
        assert desk.now_board.stories == rich_board().stories


async def test_a_refusal_is_told_without_markup() -> None:
    desk = FakeDesk(rich_board())
    desk.refusal = ReviewError("Story [@click=app.quit]x[/] is closed\x1b[2J. Reopen it.")
    async with running(desk) as (app, pilot):
        await pilot.press("c")
        await until(pilot, lambda: bool(toasts(app)))
        assert "confirm: Story [@click=app.quit]x[/] is closed[2J." in toasts(app)
        assert not any(one.markup for one in app._notifications)


# ---- links -----------------------------------------------------------------------------------------------------------


async def test_the_host_is_shown_before_a_link_is_opened() -> None:
    opened: list[str] = []
    async with running(FakeDesk(rich_board()), opener=opened.append) as (app, pilot):
        await pilot.press("o")
        await pilot.pause()
        assert "host www.ina.example" in cells(app)
        assert opened == []
        await pilot.press("enter")
        await until(pilot, lambda: bool(opened))
        assert opened == ["https://www.ina.example/news/1"]


@pytest.mark.parametrize(("url", "said"), [(None, "no link"), ("javascript:alert(1)", "only http and https")])
async def test_a_link_that_cannot_be_opened_says_why(url: str | None, said: str) -> None:
    async with running(FakeDesk(board((story("x", "News", url=url),)))) as (app, pilot):
        await pilot.press("o")
        await pilot.pause()
        assert said in toasts(app)
        assert app.screen is app.main


# ---- filter, lanes, pages --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("size", [(80, 24), (60, 20)])
async def test_every_reason_of_a_dismissal_is_in_sight(size: tuple[int, int]) -> None:
    async with running(FakeDesk(rich_board()), size=size) as (app, pilot):
        app.say("what a message lies over cannot be read")
        await pilot.press("d")
        await pilot.pause()
        assert all(reason in cells(app) for reason in ("false positive", "duplicate", "hypothetical", "opinion"))
        assert "nothing is dismissed" in cells(app)


async def test_what_is_typed_right_behind_the_filter_key_decides_nothing() -> None:
    from textual.widgets import Input

    async with running(desk := FakeDesk(rich_board())) as (app, pilot):
        asked = app.screen
        # All at once, as a paste or a fast hand brings them: none of them may confirm, accept or dismiss.
        burst(app, "/acdx\b")
        await until(pilot, lambda: app.main.view.query == "acd")
        assert app.screen is asked
        assert app.focused is app.main.query_one("#filter", Input)
        assert desk.done == []
        await pilot.press("escape")
        burst(app, "/harir\r")
        await until(pilot, lambda: app.focused is app.main.list)
        assert app.main.view.query == "harir"
        assert desk.done == []


async def test_what_is_typed_right_behind_a_question_is_its_answer() -> None:
    async with running(desk := FakeDesk(rich_board())) as (app, pilot):
        burst(app, "nack, cd\r")
        await until(pilot, lambda: bool(desk.done))
        assert desk.calls == [("note", "s1", None, "ack, cd")]
        burst(app, ":timeline\r")
        await until(pilot, lambda: app.screen.id == "timeline")
        assert len(desk.calls) == 1


@pytest.mark.parametrize(
    ("keys", "typed", "said", "mended", "call"),
    [
        ("C1", "al asd", "There is no base called 'al asd'. Did you mean ain-al-asad?", "incirlik", "correct"),
        ("C2", "many", "'many' is no number.", "250", "correct"),
        ("v", "B9 x", "Write a letter A-F, a digit 1-6 and why", "B2 the ministry itself", "grade"),
        ("S", "9", "The story has the reports 1 to 7.", "2", "split"),
    ],
)
async def test_what_cannot_be_taken_stays_to_be_mended(
    keys: str, typed: str, said: str, mended: str, call: str
) -> None:
    """Keys that follow a mistake are for the field: none of them opens a note or decides anything."""
    from monitor.dashboard.screens.ask import LineSheet
    from monitor.dashboard.widgets.field import CleanInput

    async with running(desk := FakeDesk(rich_board())) as (app, pilot):
        for key in keys:
            asked = app.screen
            await pilot.press(key)
            await until(pilot, lambda asked=asked: app.screen is not asked)  # type: ignore[misc]
        assert isinstance(app.screen, LineSheet)
        field = app.screen.query_one(CleanInput)
        field.value = ""
        burst(app, f"{typed}\r")
        await until(pilot, lambda: said in cells(app))
        burst(app, "n")
        await until(pilot, lambda: field.value == f"{typed}n")
        assert isinstance(app.screen, LineSheet)
        assert desk.calls == []
        field.value = ""
        burst(app, f"{mended}\r")
        await until(pilot, lambda: bool(desk.calls))
        assert [one[0] for one in desk.calls] == [call]


@pytest.mark.parametrize("page", ["question_mark", "M"])
@pytest.mark.parametrize(("key", "view"), [("1", "1 Stories"), ("3", "3 Map"), ("5", "5 Feeds")])
async def test_the_views_can_be_turned_to_from_a_page(page: str, key: str, view: str) -> None:
    async with running(FakeDesk(rich_board()), WIDE) as (app, pilot):
        await pilot.press("6")
        await until(pilot, lambda: "6 Rules" in cells(app))
        await pilot.press(page)
        await until(pilot, lambda: "6 Rules · " not in cells(app))
        await pilot.press(key)
        await until(pilot, lambda: view in cells(app))
        assert len(app.screen_stack) <= 2


async def test_without_a_story_the_baseline_begins_with_what_is_overdue() -> None:
    made = replace(rich_board(), stories=())
    async with running(FakeDesk(made), DESIGN) as (app, pilot):
        await until(pilot, lambda: "1 overdue" in cells(app))
        lines = cells(app).splitlines()
        at = next(number for number, line in enumerate(lines) if "Baseline ·" in line or "Baseline" in line[:12])
        assert lines[at + 1].strip() == "Overdue"
        assert "Reported done by INA" in lines[at + 2]


async def test_only_the_last_message_stays_over_the_reason_after_an_undo() -> None:
    async with running(FakeDesk(rich_board())) as (app, pilot):
        await pilot.press("w")
        await until(pilot, lambda: "watch" in toasts(app))
        await pilot.press("u")
        await until(pilot, lambda: "undone" in toasts(app))
        assert len(app._notifications) == 1
        assert [text.partition(":")[0] for _, _, text in app.said] == ["watch", "undone"]


async def test_filter_as_you_type() -> None:
    async with running(FakeDesk(rich_board())) as (app, pilot):
        await pilot.press("slash", *"harir")
        await pilot.pause()
        assert "filter “harir”: 2 of 5" in cells(app)
        await pilot.press("enter", "j")
        await pilot.pause()
        assert app.main.list.story is not None
        assert app.main.list.story.id == "s5"
        await pilot.press("slash", *"zz")
        await pilot.pause()
        assert "Nothing matches “zz” among 5 stories. esc clears the filter." in cells(app).replace("\n ", " ")
        await pilot.press("escape")
        await pilot.pause()
        assert "filter “" not in cells(app)
        assert len(app.main.view.stories) == 5
        await pilot.press("escape")
        assert "no filter to clear" in toasts(app)


async def test_lanes() -> None:
    async with running(FakeDesk(rich_board())) as (app, pilot):
        assert "changes 5 · context 1 (x)" in cells(app)
        await pilot.press("x")
        await pilot.pause()
        assert "context 1 · changes 5 (x)" in cells(app)
        assert "Ministry denies handover" in cells(app)


async def test_the_page_follows_decisions_and_goes_back() -> None:
    desk = FakeDesk(rich_board())
    async with running(desk) as (app, pilot):
        await pilot.press("enter")
        await pilot.pause()
        await pilot.press("c")
        await until(pilot, lambda: "Story · confirmed" in cells(app))
        await pilot.press("G")
        await pilot.pause()
        assert "review: confirmed" in cells(app)
        await pilot.press("escape")
        await pilot.pause()
        assert app.screen is app.main


async def test_quit() -> None:
    async with running(FakeDesk(rich_board())) as (app, pilot):
        await pilot.press("q")
        await until(pilot, lambda: app._exit)


# ---- polling ---------------------------------------------------------------------------------------------------------


async def test_polls_when_due_and_shows_what_came() -> None:
    desk = FakeDesk(board(), due=NOW - timedelta(seconds=1))

    def found() -> None:
        desk.now_board, desk.token = with_new(board(), "n1"), 1

    desk.polled = found
    async with running(desk) as (app, pilot):
        app.crew.not_before = NOW
        app.beat()
        await until(pilot, lambda: "News n1" in cells(app))
        assert ("poll", False) in desk.calls
        assert toasts(app) == ""


async def test_does_not_poll_before_it_is_due_or_where_polling_is_off() -> None:
    for desk, polling in ((FakeDesk(board(), due=DUE), True), (FakeDesk(board(), due=NOW), False)):
        async with running(desk, polling=polling) as (app, pilot):
            app.beat()
            await pilot.pause()
            await pilot.pause()
            assert desk.calls == []


async def test_a_key_polls_now_and_says_what_came() -> None:
    desk = FakeDesk(rich_board(), due=DUE)
    async with running(desk) as (app, pilot):
        await pilot.press("r")
        await until(pilot, lambda: "polled 27 feeds" in toasts(app))
        assert desk.calls == [("poll", True)]
        assert "3 new entries, 1 alert, 1 failed" in toasts(app)


async def test_a_poll_that_fails_is_told() -> None:
    desk = FakeDesk(rich_board(), due=DUE)
    desk.poll_error = StoreBusy("The store is held.")
    async with running(desk) as (app, pilot):
        await pilot.press("r")
        await until(pilot, lambda: "poll: The store is held." in toasts(app))
        assert not app.crew.busy


async def test_an_unchanged_token_builds_no_board() -> None:
    desk = FakeDesk(rich_board())
    async with running(desk) as (app, pilot):
        built = desk.built
        for _ in range(5):
            app.beat()
            await pilot.pause()
        assert desk.built == built


# ---- colours ---------------------------------------------------------------------------------------------------------


async def test_an_unknown_theme_is_told() -> None:
    async with running(FakeDesk(rich_board()), settings=Settings(theme="no[such]")) as (app, _):
        assert "there is no theme called no[such]" in toasts(app)
