"""The table of keys: every binding comes from it, feeds.yml can change it, and mistakes are told with their place."""

from __future__ import annotations

import importlib
import pkgutil
from pathlib import Path

import pytest
from textual.binding import Binding
from textual.dom import DOMNode

import monitor.dashboard.screens
import monitor.dashboard.widgets
from monitor.cli.setup import load_file
from monitor.dashboard.app import MonitorApp
from monitor.dashboard.keys import BY_ID, KEYS, clash, keymap_of, known_key, mistakes
from monitor.dashboard.settings import Settings
from monitor.errors import ConfigError
from tests.dashboard.boards import FakeDesk, rich_board
from tests.dashboard.screens import cells, running, until


def bound() -> dict[str, Binding]:
    """Every binding of every class of the dashboard, by id."""
    found: dict[str, Binding] = {}
    classes: list[type] = [MonitorApp]
    for package in (monitor.dashboard.screens, monitor.dashboard.widgets):
        for one in pkgutil.iter_modules(package.__path__):
            module = importlib.import_module(f"{package.__name__}.{one.name}")
            classes += [cls for cls in vars(module).values() if isinstance(cls, type) and issubclass(cls, DOMNode)]
    for cls in classes:
        for one in cls.__dict__.get("BINDINGS", ()) if cls.__module__.startswith("monitor.") else ():
            assert isinstance(one, Binding)
            assert one.id, (cls, one)
            found[one.id] = one
    return found


def test_table_and_bindings_are_the_same() -> None:
    assert set(bound()) == set(BY_ID)
    for ident, one in bound().items():
        assert one.tooltip == BY_ID[ident].does
        assert tuple(one.key.split(",")) == BY_ID[ident].keys


def test_no_default_clashes_or_is_one_that_multiplexers_take() -> None:
    assert clash(keymap_of(())) == []
    taken = {key for one in KEYS for key in one.keys}
    assert not taken & {"ctrl+b", "ctrl+a", "ctrl+s", "ctrl+o"}
    assert all(map(known_key, taken))


@pytest.mark.parametrize(
    ("chosen", "told"),
    [
        ([("story.confrim", "y")], 'did you mean "story.confirm"?'),
        ([("nothing", "y")], "the help (?) and docs/dashboard.md list the ids"),
        ([("story.confirm", "d")], '"d" is taken by story.dismiss'),
        ([("story.confirm", "hyper+x")], '"hyper+x" is no key'),
        ([("story.confirm", " , ")], "no key is given"),
        ([("reason.opinion", "1")], '"1" is taken by reason.false_positive'),
    ],
)
def test_mistakes_say_what_and_how(chosen: list[tuple[str, str]], told: str) -> None:
    ((ident, what),) = mistakes(chosen)
    assert ident == chosen[0][0]
    assert told in what


def test_keys_that_change_places_do_not_clash() -> None:
    assert mistakes([("story.confirm", "d"), ("story.dismiss", "c")]) == []
    assert mistakes([("ledger.today", "x"), ("map.home", "x f5")]) == []  # never on one screen with view.lane


def test_a_wrong_key_in_feeds_yml_stops_the_start_with_its_place(tmp_path: Path) -> None:
    file = tmp_path / "feeds.yml"
    file.write_text("ui:\n  keys:\n    story.confirm: d\n    view.lane: ctrl+l\nfeeds: []\n", encoding="utf-8")
    with pytest.raises(ConfigError) as caught:
        load_file(file)
    (mistake,) = caught.value.mistakes
    assert (mistake.line, mistake.col) == (3, 5)
    assert "ui.keys" in mistake.what


async def test_remapped_keys_act_and_the_help_shows_them() -> None:
    desk = FakeDesk(rich_board())
    keymap = keymap_of([("story.confirm", "C f5"), ("story.correct", "K"), ("view.lane", "comma")])
    async with running(desk, (100, 30), settings=Settings(keymap=keymap)) as (app, pilot):
        assert "context 1 (comma)" in cells(app)
        await pilot.press("c")
        await pilot.press("f5")
        await until(pilot, lambda: len(desk.calls) == 1)
        assert desk.calls == [("confirm", "s1", None, None)]
        await pilot.press("comma")
        await pilot.pause()
        assert app.main.view.lane == "context"
        await pilot.press("?")
        await pilot.pause()
        from monitor.dashboard.widgets.keys import help_lines

        text = "\n".join("".join(part.text for part in line) for line in help_lines(keymap, 80))
        assert "C f5" in text
        assert all(one.does in text and one.id in text for one in KEYS)
        assert "Keys · esc back" in cells(app)


async def test_the_palette_does_what_is_chosen() -> None:
    async with running(FakeDesk(rich_board())) as (app, pilot):
        await pilot.press(":", *"lanes changes")
        await pilot.pause()
        assert "Switch between the lanes" in cells(app)
        await pilot.press("enter")
        await until(pilot, lambda: app.main.view.lane == "context")
        await pilot.press("ctrl+p", *"zzz")
        await pilot.pause()
        assert "No command has these words" in cells(app)
        await pilot.press("enter", "escape")
        await pilot.pause()
        assert app.screen is app.main
