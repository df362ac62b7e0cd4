"""Hostile text through every widget: nothing of it may act, crash or leave its place."""

from __future__ import annotations

import os
import unicodedata
from dataclasses import replace
from datetime import timedelta

import pytest

from monitor.dashboard.draw import plain_board
from monitor.model import Board, Note, Revision, StoryReview
from tests.dashboard.boards import NOW, FakeDesk, board, feed, story
from tests.dashboard.screens import DESIGN, NARROW, WIDE, cells, running, until

HOSTILE = {
    "click": "[@click=app.quit]x[/]",
    "closing": "[/",
    "link": "[link=javascript:alert(1)]here[/link]",
    "osc": "\x1b]0;pwned\x07\x1b]52;c;aGk=\x07 title",
    "csi": "\x1b[2J\x1b[31;1Hred",
    "c1": "\x9b2J\x9d0;x\x9c\x85",
    "nul": "a\x00b\x7fc\x08\x08\x08",
    "rlo": "hand\u202eover\u202c \u202dx",
    "zero-width": "\u200b\u200c\u200d" * 400 + "word",
    "isolates": "\u2067\u2066\u2068" * 300 + "open",
    "pops": "\u2069" * 50 + "closed",
    "surrogate": "lone \ud800 \udfff pair",
    "zalgo": "Z" + "\u0301\u0489" * 2000,
    "long": "x" * 100_000,
    "long-rtl": "قاعدة " * 20_000,
    "emoji": "👩" + "\u200d👧" * 2000,
    "lines": "one\r\n\n\u2028two\u2029\tthree\v\f",
    "wide": "日本語" * 500,
    "empty": "",
    "percent": "%s {0} {} $x #{x} \\",
}


def poisoned(bad: str) -> Board:
    """A board with the string wherever strangers can write."""
    one = story(
        "bad",
        bad or " ",
        gloss=bad,
        summary=bad,
        text=bad,
        reason=bad,
        families=(bad, "ina"),
        url=f"https://x.example/{bad}",
        lang=bad[:20],
        notes=(Note(NOW, bad, bad),),
        revisions=(Revision(NOW - timedelta(hours=1), bad, bad, bad),),
    )
    alert = one.alerts[0]
    claim = replace(alert.claims[0], said_by=bad, quote=bad, facility=bad or None, place=bad, actors=(bad,), rule=bad)
    alert = replace(alert, claims=(claim,), severity_parts=(bad, bad))
    review = StoryReview("dismissed", bad, bad, NOW, one.review.notes)
    one = replace(one, alerts=(alert, *one.alerts[1:]), review=review)
    clean = board((one, replace(one, id="other", review=StoryReview())))
    facts = tuple(replace(fact, passage=bad, source=bad, names=(bad,), subject=bad or "x") for fact in clean.facts)
    feeds = (feed("ina", health="failing", cause=bad, name=bad, family=bad), feed("b", name=bad))
    return replace(clean, facts=facts, feeds=feeds, names=(*clean.names, (bad, bad)), problems=(bad,))


def tame(picture: str, size: tuple[int, int] | None = None) -> None:
    """No control, override or surrogate on the screen, no line wider than it, no isolate open at a line's end."""
    for line in picture.split("\n"):
        for char in line:
            assert unicodedata.category(char) not in ("Cc", "Cs"), repr(char)
            assert char not in "\u202a\u202b\u202c\u202d\u202e\u200b\u2060\ufeff"
        assert sum(line.count(opener) for opener in "\u2066\u2067\u2068") == line.count("\u2069")
    if size:
        assert len(picture.split("\n")) == size[1] + 1


# Each opens the app anew: the default run takes one string of each kind, the full one all of them.
USUAL = ("click", "closing", "osc", "c1", "rlo", "zero-width", "surrogate", "long-rtl")
CHOSEN = tuple(HOSTILE) if os.environ.get("MONITOR_SLOW") == "full" else USUAL


@pytest.mark.parametrize("name", CHOSEN)
async def test_every_widget_bears_it(name: str) -> None:
    bad = HOSTILE[name]
    size = {"click": WIDE, "closing": NARROW, "long": WIDE}.get(name, DESIGN)
    desk = FakeDesk(poisoned(bad))
    async with running(desk, size) as (app, pilot):
        tame(cells(app), size)
        app.say(bad, "error")
        await pilot.press("tab", "tab", "tab", "j")
        await pilot.pause()
        tame(cells(app), size)
        for key, back in (("enter", "escape"), ("d", "escape"), ("o", "escape"), ("?", "escape")):
            await pilot.press(key)
            await pilot.pause()
            tame(cells(app), size)
            if app.screen is not app.main:
                await pilot.press(back)
                await pilot.pause()
        await pilot.press("slash")
        app.main.query_one("#filter").value = bad[:500]  # type: ignore[attr-defined]
        await pilot.pause()
        tame(cells(app), size)
        assert not app._exit
        await pilot.press("escape", "n")
        await pilot.pause()
        app.screen.query_one("#line").value = bad[:500]  # type: ignore[attr-defined]
        await pilot.pause()
        tame(cells(app), size)


@pytest.mark.parametrize("name", ["click", "closing", "link"])
async def test_a_click_on_hostile_text_does_nothing_but_select(name: str) -> None:
    async with running(FakeDesk(poisoned(HOSTILE[name]))) as (app, pilot):
        for widget in ("#stories", "#baseline", "#why", "#status"):
            for x in (2, 20, 40):
                await pilot.click(widget, offset=(x, 1))
        await pilot.pause()
        assert app.is_running
        assert not app._exit


@pytest.mark.parametrize("name", HOSTILE)
def test_the_plain_twin_bears_it(name: str) -> None:
    text = plain_board(poisoned(HOSTILE[name]), width=80)
    tame(text)
    assert text.endswith("\n")


async def test_a_click_action_in_a_title_is_words() -> None:
    async with running(FakeDesk(board((story("x", "[@click=app.quit]x[/]", gloss=""),)))) as (app, pilot):
        await until(pilot, lambda: "[@click=app.quit]x[/]" in cells(app))
        await pilot.click("#stories", offset=(40, 1))
        await pilot.pause()
        assert not app._exit
