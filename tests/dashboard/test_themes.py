"""Whatever theme is chosen, text can be read on its ground: contrast computed after WCAG 2, as the screen paints it."""

from __future__ import annotations

import pytest
from hypothesis import given, strategies as st
from textual.app import App
from textual.color import Color

from monitor.dashboard import themes
from monitor.dashboard.app import MonitorApp
from monitor.dashboard.settings import THEMES, Settings
from tests.dashboard.boards import FakeDesk, rich_board
from tests.dashboard.screens import WIDE, running

KNOWN = {theme.name: theme for theme in (*App().available_themes.values(), *themes.OWN)}
MEASURED = sorted(name for name in KNOWN if not name.startswith("ansi-"))
PLAIN = ("tone-text", "faded", *(f"tone-{name}" for name in ("error", "warning", "success", "accent", "primary")))


def variables(name: str) -> dict[str, str]:
    """A theme's colours and ours, as the style sheet has them."""
    theme = KNOWN[name]
    found = {**theme.to_color_system().generate(), **theme.variables}
    return found | themes.shades(found)


@pytest.mark.parametrize("name", MEASURED)
def test_every_text_of_a_theme_can_be_read_on_every_ground(name: str) -> None:
    given = variables(name)
    wanted = (*PLAIN, "background", "surface", "panel", "cursor-text", "cursor-ground", "cursor-away", "flag-text")
    found = {key: Color.parse(given[key]) for key in wanted}
    for tone in PLAIN:
        for ground in ("background", "surface", "panel"):
            assert themes.contrast(found[tone], found[ground]) >= themes.READABLE, (tone, ground)
    assert themes.contrast(found["cursor-text"], found["cursor-ground"]) >= themes.READABLE
    assert themes.contrast(found["tone-text"], found["cursor-away"]) >= themes.READABLE
    assert themes.contrast(found["flag-text"], found["tone-warning"]) >= themes.READABLE
    for name, (tone, ground, _) in themes.TONES.items():
        under = found[ground or "background"]
        assert themes.contrast(found[tone or "tone-text"], under) >= themes.READABLE, name
    # The cursor is seen as a bar, and what is faded is less than what is not.
    assert themes.contrast(found["cursor-ground"], found["background"]) >= 1.25
    text, faded = (themes.contrast(found[tone], found["background"]) for tone in ("tone-text", "faded"))
    assert text > faded


@pytest.mark.parametrize("name", ["ansi-dark", "ansi-light"])
def test_the_terminals_own_colours_are_left_to_it(name: str) -> None:
    found = variables(name)
    assert found["tone-error"] == found["text-error"]
    assert found["faded"] == found["foreground"]


@pytest.mark.parametrize(
    ("one", "other", "ratio"),
    [
        ("#000000", "#ffffff", 21),
        ("#777777", "#ffffff", 4.48),
        ("#ff0000", "#ffffff", 4),
        ("#123456", "#123456", 1),
    ],
)
def test_contrast_is_wcags(one: str, other: str, ratio: float) -> None:
    assert themes.contrast(Color.parse(one), Color.parse(other)) == pytest.approx(ratio, abs=0.01)


channels = st.integers(0, 255)


@given(st.tuples(channels, channels, channels), st.tuples(channels, channels, channels))
def test_any_colour_becomes_readable_on_any_ground(text: tuple[int, int, int], ground: tuple[int, int, int]) -> None:
    found = themes.readable(Color(*text), (Color(*ground),))
    assert themes.contrast(found, Color(*ground)) >= themes.READABLE
    if themes.contrast(Color(*text), Color(*ground)) >= themes.READABLE:
        assert found == Color(*text)


@pytest.mark.parametrize("theme", [name for name in THEMES if name != "ansi"])
async def test_what_is_painted_can_be_read(theme: str) -> None:
    """Not the variables: the cells of the screen, each with the colours it is drawn in."""
    async with running(FakeDesk(rich_board()), WIDE, settings=Settings(theme=theme)) as (app, pilot):
        await pilot.pause()
        seen = set()
        for strip in app.screen._compositor.render_strips():
            for segment in strip:
                style = segment.style
                if not segment.text.strip(" ─━│┌┏┐┘└▁▂▃▄▅▆▇█") or style is None or style.color is None:
                    continue
                assert style.bgcolor is not None
                seen.add((style.color.triplet, style.bgcolor.triplet))
        assert len(seen) > 6
        for text, ground in seen:
            ratio = themes.contrast(Color(*text), Color(*ground))
            assert ratio >= themes.READABLE, (text, ground, ratio)
    assert isinstance(app, MonitorApp)
