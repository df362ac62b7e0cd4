"""Hostile text through every widget: nothing of it may act, crash or leave its place."""

from __future__ import annotations

import os
import unicodedata
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings, strategies as st

from monitor.dashboard.bidi import turned
from monitor.dashboard.draw import plain_board, row
from monitor.dashboard.feedlines import feed_line, feed_lines
from monitor.dashboard.lanes import Span, axis, histogram, lane_line, lanes
from monitor.dashboard.ledgerlines import item_line, item_lines, items
from monitor.dashboard.page import story_lines
from monitor.dashboard.panes import baseline_lines, why_lines
from monitor.dashboard.rulelines import explained, rule_line, rule_lines, rule_rows
from monitor.dashboard.text import Bidi, Line, fitted, plain, width
from monitor.dashboard.widgets.paint import sealed
from monitor.dashboard.words import Names
from monitor.model import Board, Ledger, LedgerRow, Note, Revision, Rule, StoryReview
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
    "long": "x" * 1_000_000,
    "long-rtl": "قاعدة " * 20_000,
    "emoji": "👩" + "\u200d👧" * 2000,
    "lines": "one\r\n\n\u2028two\u2029\tthree\v\f",
    "wide": "日本語" * 500,
    "empty": "",
    "percent": "%s {0} {} $x #{x} \\",
}
# All of them in one: the default run opens the app once over it, the full one over each by itself.
HOSTILE["mixed"] = " ".join(text[:300] for text in HOSTILE.values())


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


# Each opens the app anew: the default run takes all in one, the check those that have a way of their own.
FULL = os.environ.get("MONITOR_SLOW") == "full"
APART = [name for name in HOSTILE if name != "mixed"] if FULL else ["long", "long-rtl", "zero-width"]


@pytest.mark.parametrize(
    "name", ["mixed", *(pytest.param(name, marks=pytest.mark.long) for name in APART if name != "mixed")]
)
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
        for key, back in ((one, "escape") for one in ("enter", "d", "o", "?", "C", "v", "S", ":", "M")):
            await pilot.press(key)
            await pilot.pause()
            tame(cells(app), size)
            if app.screen is not app.main:
                await pilot.press(back)
                await pilot.pause()
        for key in "23456":
            await pilot.press(key)
            await pilot.pause()
            tame(cells(app), size)
            await pilot.press("j", "tab", "z")
            await pilot.pause()
            tame(cells(app), size)
            await pilot.press("z")
        await pilot.press("t")
        await pilot.pause()
        app.screen.query_one("#line").value = bad[:500]  # type: ignore[attr-defined]
        await pilot.press("enter")
        await pilot.pause()
        tame(cells(app), size)
        await pilot.press("1")
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


# The long ones are cut: hypothesis refuses to write them down.
PIECES = sorted(text[:2_000] for text in HOSTILE.values())


@pytest.mark.parametrize(
    "bidi", ["isolate", pytest.param("reorder", marks=pytest.mark.long), pytest.param("off", marks=pytest.mark.long)]
)
@given(bad=st.text(max_size=300) | st.lists(st.sampled_from(PIECES), max_size=4).map("".join))
@settings(max_examples=8, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_no_line_of_any_view_lets_anything_through(bidi: Bidi, bad: str) -> None:
    """Every maker of lines, painted as the screen paints: no control, no override, no line wider than it is."""
    made = poisoned(bad[:20_000])
    names, rows = Names.on(made), rule_rows(made, (Rule(bad or "x", when=bad, keywords=(bad,)),))
    held = Ledger(NOW.date(), tuple(LedgerRow(fact.subject, fact.attribute, (fact,), (fact,)) for fact in made.facts))
    span, today = Span().fitted(lanes(made), NOW.date()), NOW.date()
    alert = made.stories[0].alerts[0]
    lines: list[Line] = []
    for one in made.stories:
        lines += [fitted(row(one, cells=60, now=NOW, bidi=bidi), 60)]
        lines += [*story_lines(made, one, cells=60, bidi=bidi), *why_lines(made, one, cells=60, bidi=bidi)]
        lines += baseline_lines(made, one, names=names, cells=60, bidi=bidi)
    for feed_row in made.feeds:
        lines += [fitted(feed_line(feed_row, NOW, cells=60, selected=True), 60), *feed_lines(feed_row, NOW, 60)]
    for rule in rows:
        lines += [fitted(rule_line(rule, selected=False), 60), *rule_lines(rule, 60)]
    lines += explained(bad, alert, (bad,), 60)
    for item in items(made, held, today=True):
        lines += [fitted(item_line(item, names, cells=60, selected=True), 60)]
        lines += item_lines(item, made, names, cells=60, bidi=bidi)
    lines += [lane_line(lane, span, today, 60, selected=True) for lane in lanes(made)]
    lines += [axis(span, 60), histogram(made, span, 60)]
    for line in lines:
        drawn = sealed(line)
        text = plain(turned(drawn) if bidi == "reorder" else drawn)
        tame(text)
        assert "\n" not in text
        # Emoji joined into one are as wide as the terminal makes them, and turning a line takes them apart.
        assert width(text) <= 60 or "\u200d" in bad, text


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
