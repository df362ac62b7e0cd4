"""How the screen is to look, what it remembers, and right-to-left text for terminals that do not turn it."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from monitor.dashboard.bidi import turned, visual
from monitor.dashboard.memory import Glimpse, Kept, Memory
from monitor.dashboard.settings import Settings, bidi_of, read
from monitor.dashboard.text import PDI, RLI, Part, plain, width
from tests.dashboard.boards import FakeDesk, board, rich_board, story
from tests.dashboard.screens import cells, running, until


@pytest.mark.parametrize(
    ("env", "how"),
    [
        ({"VTE_VERSION": "7200"}, "isolate"),
        ({"KONSOLE_VERSION": "230400"}, "isolate"),
        ({"TERM": "putty"}, "isolate"),
        ({}, "isolate"),
        ({"TERM": "xterm-kitty"}, "off"),
        ({"KITTY_WINDOW_ID": "1"}, "off"),
        ({"XTERM_VERSION": "XTerm(390)"}, "reorder"),
        ({"TERM": "alacritty"}, "reorder"),
        ({"TERM_PROGRAM": "vscode"}, "reorder"),
        ({"TERM_PROGRAM": "WezTerm"}, "reorder"),
        ({"TERM_PROGRAM": "ghostty"}, "reorder"),
        ({"WT_SESSION": "x"}, "reorder"),
    ],
)
def test_the_terminal_tells_how_to_draw_right_to_left(env: dict[str, str], how: str) -> None:
    assert bidi_of("auto", env) == how
    assert bidi_of("off", env) == "off"
    assert bidi_of("auto", env, answer="reorder") == "reorder"
    assert bidi_of("isolate", env, answer="reorder") == "isolate"


def test_settings_of_feeds_yml_and_of_the_terminal() -> None:
    found = read((("theme", "light"), ("bidi", "off"), ("ascii", "true")), (("view.lane", "l"),), {})
    assert (found.theme, found.bidi, found.ascii, found.colour, found.motion) == ("light", "off", True, True, True)
    assert found.keymap["view.lane"] == ("l",)
    far = read((), (), {"NO_COLOR": "", "SSH_TTY": "/dev/pts/1", "TERM": "linux"})
    assert (far.ascii, far.colour, far.motion) == (True, False, False)


# ---- right to left ---------------------------------------------------------------------------------------------------


def test_turned_text_keeps_its_cells_and_mirrors_brackets() -> None:
    assert visual("قاعدة (عين) 12", rtl=True) == "12 (نيع) ةدعاق"
    assert visual("قَ", rtl=True) == "قَ"  # the point stays behind its letter
    assert visual("left (only)", rtl=False) == "left (only)"


def test_parts_of_an_isolate_are_reversed_and_the_rest_stays() -> None:
    line = (Part(" A  ", "x"), Part(f"{RLI}قاعدة "), Part("عين", "mark"), Part(f" الأسد{PDI}"), Part("  z"))
    made = turned(line)
    assert plain(made) == " A  دسألا نيع ةدعاق  z"
    assert next(part.tone for part in made if "نيع" in part.text) == "mark"
    assert width(plain(made)) == width(plain(line))


async def test_rows_are_drawn_turned_and_kept_logical() -> None:
    async with running(FakeDesk(rich_board()), settings=Settings(bidi="reorder")) as (app, pilot):
        assert RLI not in cells(app)
        assert "…" in cells(app)
        await pilot.press("slash", *"عين")
        await until(pilot, lambda: len(app.main.view.stories) == 1)


# ---- memory ----------------------------------------------------------------------------------------------------------


def test_what_was_kept_comes_back(tmp_path: Path) -> None:
    file = tmp_path / "deep" / "screen.json"
    memory = Memory(file, place="a")
    memory.keep(
        theme="light", lane="context", query="عين", sort="severity", share=50, story="s1", ui=(("bidi", "off"),)
    )
    memory.save(Glimpse(((Part("row", "high"),),), "title", "12:00"))
    again = Memory(file, place="a")
    assert again.kept == memory.kept
    assert again.glimpse == Glimpse(((Part("row", "high"),),), "title", "12:00")
    assert Memory(file, place="b").glimpse == Glimpse()
    assert Memory(file, place="a", fresh=True).kept == Kept()
    assert oct(file.stat().st_mode)[-3:] == "600"
    assert {one.name for one in file.parent.iterdir()} == {"screen.json", "screen-list.json"}


@pytest.mark.parametrize(
    ("meanwhile", "live"),
    [
        (lambda store: None, True),
        (lambda store: store.write_bytes(b"more"), False),
        (lambda store: store.unlink(), False),
        (lambda store: store.with_name("store.db-wal").write_bytes(b""), False),
    ],
)
def test_a_sealed_list_is_live_until_somebody_writes(
    tmp_path: Path, meanwhile: Callable[[Path], object], live: bool
) -> None:
    file, store = tmp_path / "screen.json", tmp_path / "store.db"
    store.write_bytes(b"x")
    memory = Memory(file, mark="today")
    memory.save(Glimpse(((Part("row"),),), "title", "12:00"))
    assert not Memory(file, mark="today").glimpse.live
    memory.seal([store, store.with_name("store.db-wal")])
    meanwhile(store)
    assert Memory(file, mark="today").glimpse == Glimpse(((Part("row"),),), "title", "12:00", live)
    assert not Memory(file, mark="tomorrow").glimpse.live
    memory.save(Glimpse((), "another", "12:01"))
    assert not Memory(file, mark="today").glimpse.live


@pytest.mark.parametrize(
    ("keys", "token", "truth"),
    [((), 0, True), (("c",), 0, False), (("p",), 0, False), ((), 1, False), (("D",), 0, False), (("x", "x"), 0, True)],
)
async def test_a_list_is_the_truth_at_the_end_only_where_all_of_it_was_seen(
    keys: tuple[str, ...], token: int, truth: bool
) -> None:
    desk = FakeDesk(rich_board())
    async with running(desk) as (app, pilot):
        await pilot.pause()
        if keys == ("c",):
            desk.gate = threading.Event()  # no board comes that has seen the decision
        await pilot.press(*keys)
        desk.token += token
        await pilot.press("q")
        await until(pilot, lambda: app._exit)
        if desk.gate is not None:
            desk.gate.set()
    assert app.truth is truth


@pytest.mark.parametrize(
    "text",
    ["", "[", "[]", "3", '{"theme": 3, "lane": "x", "share": 900, "query": "\\u001b[2J", "ui": [1, ["a"], ["a", 2]]}'],
)
def test_what_cannot_be_read_is_forgotten(tmp_path: Path, text: str) -> None:
    file = tmp_path / "screen.json"
    file.write_text(text, encoding="utf-8")
    (tmp_path / "screen-list.json").write_text(text, encoding="utf-8")
    memory = Memory(file)
    assert memory.kept == Kept()
    assert memory.glimpse == Glimpse()


def test_a_disk_that_refuses_is_no_trouble(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    Memory(tmp_path / "file" / "screen.json").save(Glimpse((), "t", "s"))


async def test_the_screen_comes_back_as_it_was_left(tmp_path: Path) -> None:
    file = tmp_path / "screen.json"
    async with running(FakeDesk(rich_board()), memory=Memory(file)) as (app, pilot):
        await pilot.press("s", "slash", *"harir", "enter", "j", "T", "greater_than_sign")
        await pilot.pause()
        await pilot.press("q")
        await until(pilot, lambda: app._exit)
    kept = json.loads(file.read_text(encoding="utf-8"))
    assert (kept["query"], kept["sort"], kept["theme"], kept["story"]) == ("harir", "severity", "light", "s5")
    async with running(FakeDesk(rich_board()), memory=Memory(file)) as (app, pilot):
        await until(pilot, lambda: app.main.list.story is not None and app.main.list.story.id == "s5")
        assert "filter “harir”: 2 of 5" in cells(app)
        assert app.theme == "monitor-light"
        assert app.main.share == 67


async def test_the_list_of_last_time_is_shown_as_such_until_the_store_is_read(tmp_path: Path) -> None:
    file = tmp_path / "screen.json"
    bad = "\x1b[2J[@click=app.quit]x[/]"
    Memory(file).save(Glimpse(((Part(f"HIGH {bad} convoy", "high"),),), "t", "2026-11-22 12:00"))
    desk = FakeDesk(board((story("a", "Real news"),)))
    desk.gate = threading.Event()
    try:
        async with running(desk, loaded=False, memory=Memory(file)) as (app, pilot):
            await pilot.pause()
            assert "as last seen 2026-11-22 12:00 · reading the store" in cells(app)
            assert "HIGH [2J[@click=app.quit]x[/] convoy" in cells(app)
            assert app.main.subject() is None
            desk.gate.set()
            await until(pilot, lambda: "Real news" in cells(app))
            assert "convoy" not in cells(app)
    finally:
        desk.gate.set()


async def test_what_feeds_yml_says_holds_once_it_is_read() -> None:
    desk = FakeDesk(rich_board())
    look = lambda config: replace(Settings(), theme="light", ascii=True)  # noqa: E731 - the shortest that says it
    async with running(desk, look=look) as (app, pilot):
        await until(pilot, lambda: app.theme == "monitor-light")
        await pilot.pause()
        assert "▲" not in cells(app)
