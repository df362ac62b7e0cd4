"""Pages of text over the whole screen: help, messages, what a command said."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, ClassVar, cast

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.screen import Screen

from monitor.dashboard.keys import Keymap, spoken_key
from monitor.dashboard.text import Line, Part, shown, wrap
from monitor.dashboard.widgets.keys import binds, help_lines
from monitor.dashboard.widgets.paint import Painted
from monitor.dashboard.words import REVIEW, SEVERITY, moment, spoken

if TYPE_CHECKING:
    from monitor.dashboard.app import MonitorApp

_VIEWS = ("stories", "ledger", "map", "timeline", "feeds", "rules")
PAGE: list[BindingType] = binds((("page.back", "leave"), *((f"views.{name}", f"turn('{name}')") for name in _VIEWS)))


_LEGEND: tuple[tuple[str, str], ...] = (
    ("severity", " ".join(f"{word} {mark}" for word, mark in SEVERITY.values())),
    ("7/2", "7 reports of it, from 2 independent sources; copies of one wire count once"),
    (
        "baseline",
        "what it does to what was held: CONFIRMS, REFINES (says more exactly), UPDATES, CONTRAD. (contradicts)",
    ),
    ("", "NEW: nothing held on it · STALE: older than what is held · RELATED: near it · INCOMP.: not comparable"),
    ("review", " ".join(f"{mark} {spoken(state)}" for state, mark in REVIEW.items())),
    ("lanes", "changes: told as fact or report. context: denied, demanded, possible, past, exercises, attacks"),
)


def legend() -> tuple[Line, ...]:
    """How a row of the list is read."""
    told = tuple((Part(f"  {name:<18} ", "strong"), Part(said)) for name, said in _LEGEND)
    return ((Part("A row of the list", "head"),), *told, ())


class Page(Screen[None], inherit_bindings=False):
    """Lines that scroll, and a key back."""

    BINDINGS: ClassVar[list[BindingType]] = PAGE

    def __init__(self, title: str) -> None:
        super().__init__()
        self._title = title

    def lines(self, cells: int) -> tuple[Line, ...]:
        """What stands on it, at a width in cells."""
        raise NotImplementedError

    def compose(self) -> ComposeResult:
        """The page."""
        yield Painted(id="page")

    def on_mount(self) -> None:
        """Draw."""
        page = self.query_one("#page", Painted)
        page.entitle(self._title)
        page.show(self.lines)
        page.focus()

    def action_leave(self) -> None:
        """Back."""
        self.dismiss(None)

    def action_turn(self, name: str) -> None:
        """Close the page and go to a view."""
        cast("MonitorApp", self.app).turn_to(name)


class HelpScreen(Page, inherit_bindings=False):
    """Every key there is, read off the table of keys as the reader has them, so that this page cannot lie."""

    BINDINGS: ClassVar[list[BindingType]] = PAGE

    def __init__(self, keymap: Keymap) -> None:
        super().__init__(f"Keys · {spoken_key(keymap['page.back'][0])} back · ui.keys in feeds.yml changes them")
        self._keymap = keymap

    def lines(self, cells: int) -> tuple[Line, ...]:
        """How a row is read, then groups of keys with what they do and their ids."""
        return tuple(
            row
            for line in (*legend(), *help_lines(self._keymap, cells))
            for row in wrap(line, cells, indent=21, bidi="off")
        )


class MessagesScreen(Page, inherit_bindings=False):
    """What was said in this sitting, newest first."""

    BINDINGS: ClassVar[list[BindingType]] = PAGE

    def __init__(self, said: Sequence[tuple[datetime, str, str]], *, now: datetime) -> None:
        super().__init__("Messages · newest first · esc back")
        self._said, self._now = said, now

    def lines(self, cells: int) -> tuple[Line, ...]:
        """When, and what."""
        tones = {"warning": "warn", "error": "bad"}
        found = [
            wrap((Part(f"{moment(when, self._now):<7}", "faded"), Part(text, tones.get(kind, ""))), cells, indent=7)
            for when, kind, text in reversed(self._said)
        ]
        return tuple(line for lines in found for line in lines) or ((Part("Nothing was said yet.", "faded"),),)


class OutputScreen(Page, inherit_bindings=False):
    """What a command of the reader's said."""

    BINDINGS: ClassVar[list[BindingType]] = PAGE

    def __init__(self, title: str, said: Sequence[str]) -> None:
        super().__init__(f"{title} · esc back")
        self._said = said

    def lines(self, cells: int) -> tuple[Line, ...]:
        """Its lines, cleaned."""
        return tuple(row for text in self._said for row in wrap((Part(shown(text, most=20_000)),), cells))
