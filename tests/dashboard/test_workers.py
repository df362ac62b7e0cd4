"""What goes on behind the screen: surprises do not end it, quitting waits for decisions and for nothing else."""

from __future__ import annotations

import logging
import threading
import time
from dataclasses import replace

import pytest

from monitor.dashboard.aside import aside
from monitor.errors import InputError, StoreBusy
from monitor.model import Decision, Progress
from tests.dashboard.boards import NOW, FakeDesk, board, rich_board, story
from tests.dashboard.screens import Quick, cells, running, until
from tests.dashboard.test_app import toasts, with_new


async def test_aside_hands_back_results_and_errors() -> None:
    assert await aside(lambda: 3) == 3
    with pytest.raises(ZeroDivisionError):
        await aside(lambda: 1 // 0)


@pytest.mark.parametrize("what", ["board", "poll", "decide", "explain", "ledger"])
async def test_a_surprise_is_told_and_logged_and_the_screen_goes_on(
    what: str, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = FakeDesk(rich_board())

    def broken(*_: object, **__: object) -> None:
        raise KeyError("nobody expects [@click=app.quit]x[/]\x1b[2J")

    async with running(desk) as (app, pilot):
        with caplog.at_level(logging.ERROR), monkeypatch.context() as patch:
            patch.setattr(desk, what, broken)
            if what == "board":
                app.crew.reread()
            keys = {"poll": ["r"], "decide": ["c"], "explain": ["6", "t", "x", "enter"], "ledger": ["2"]}.get(what, [])
            await pilot.press(*keys)
            await until(pilot, lambda: "an unexpected error, KeyError" in toasts(app))
            assert "nobody expects" in caplog.text
            assert "It is in the log" in toasts(app)
            assert "\x1b" not in cells(app)
        await pilot.press("1", "j", "x")
        await pilot.pause()
        assert app.main.view.lane == "context"
        assert app.is_running


async def test_quitting_does_not_wait_for_a_board() -> None:
    desk = FakeDesk(rich_board())
    async with running(desk) as (app, pilot):
        desk.gate = threading.Event()
        app.crew.reread()
        await pilot.pause()
        begun = time.monotonic()
        await pilot.press("q")
        await until(pilot, lambda: app._exit)
        assert time.monotonic() - begun < 20
    desk.gate.set()


async def test_quitting_writes_what_was_decided() -> None:
    desk = FakeDesk(rich_board())
    slow = threading.Event()
    decide = desk.decide

    def slowly(*given: object, **named: object) -> Decision:
        slow.wait(60)
        return decide(*given, **named)  # type: ignore[arg-type]

    desk.decide = slowly  # type: ignore[method-assign]
    async with running(desk) as (app, pilot):
        await pilot.press("c", "j", "w", "q")
        await pilot.pause()
        assert not app._exit
        slow.set()
        await until(pilot, lambda: app._exit)
        assert [call[0] for call in desk.calls] == ["confirm", "watch"]


async def test_a_program_that_does_not_open_ends_with_the_reason() -> None:
    def opening() -> FakeDesk:
        raise InputError("feeds.yml:3:1: unknown key")

    app = Quick(opening=opening, clock=lambda: NOW)
    async with app.run_test() as pilot:
        await until(pilot, lambda: app._exit)
    assert app.failure == "feeds.yml:3:1: unknown key"
    assert app.return_code == 2


async def test_keys_before_the_program_is_open_say_so() -> None:
    gate = threading.Event()

    def opening() -> FakeDesk:
        gate.wait(60)
        return FakeDesk(rich_board())

    app = Quick(opening=opening, clock=lambda: NOW)
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await pilot.press("c", "r", "p", "e", "enter")
        await pilot.pause()
        assert "still opening" in toasts(app)
        assert "there is no feeds.yml to edit here" in toasts(app)
        gate.set()
        await until(pilot, lambda: "Iraq" in cells(app))


async def test_reading_the_archive_anew_is_told() -> None:
    desk = FakeDesk(rich_board())
    desk.reading = Progress(250, 1000)
    async with running(desk, (120, 40)) as (app, pilot):
        await until(pilot, lambda: "reading the archive anew, 25 %" in cells(app))
        desk.reading = None
        app.beat()
        await until(pilot, lambda: app.crew.progress is None)


# ---- large stores ----------------------------------------------------------------------------------------------------


async def test_a_wider_window_brings_old_stories_not_new_ones() -> None:
    desk = FakeDesk(board(tuple(story(f"m{n}", f"Convoy {n}") for n in range(700))))
    async with running(desk) as (app, pilot):
        await until(pilot, lambda: "changes 500+" in cells(app))
        assert desk.windows[:2] == [60, 500]  # a screen full first, which is there at once
        await pilot.press("slash", *"convoy")
        await until(pilot, lambda: app.main.view.board is not None and not app.main.view.board.more)
        await until(pilot, lambda: "700 of 700" in cells(app))
        assert app.main.view.pending == 0
        desk.now_board, desk.token = with_new(desk.now_board, "n1"), 5
        app.beat()
        await until(pilot, lambda: app.main.view.pending == 1)


async def test_a_store_that_stays_busy_is_told_once() -> None:
    desk = FakeDesk(rich_board())
    async with running(desk) as (app, pilot):
        desk.board_error = StoreBusy("held")
        for _ in range(4):
            app.crew.reread()
            await pilot.pause()
            await pilot.pause()
        await until(pilot, lambda: bool(app.main.trouble))
        assert toasts(app).count("read the board: held") == 1


# ---- redo ------------------------------------------------------------------------------------------------------------


async def test_what_was_undone_can_be_done_again() -> None:
    desk = FakeDesk(rich_board())
    async with running(desk) as (app, pilot):
        await pilot.press("U")
        await pilot.pause()
        assert "nothing to redo" in toasts(app)
        await pilot.press("d", "3")
        await until(pilot, lambda: len(desk.calls) == 1)
        await pilot.press("u")
        await until(pilot, lambda: desk.calls[-1] == ("undo",))
        await until(pilot, lambda: "undone: dismiss: dismissed → unreviewed" in toasts(app))
        await until(pilot, lambda: app.main.list.story is not None and app.main.list.story.id == "s1")
        await pilot.press("U")
        await until(pilot, lambda: "again, dismiss" in toasts(app))
        assert desk.calls[-1] == ("dismiss", "s1", "historical", None)


async def test_a_desk_without_a_story_refuses_in_words() -> None:
    desk = FakeDesk(replace(rich_board(), stories=()))
    async with running(desk) as (app, pilot):
        await pilot.press(*"cdwanCvSJoyY|")
        await pilot.pause()
        assert [text for _, _, text in app.said].count("no story is selected") == 13
