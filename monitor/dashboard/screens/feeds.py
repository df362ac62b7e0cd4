"""How each feed fares, and why: the first thing to look at when the list is quiet."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.screen import Screen

from monitor.dashboard.health import troubled
from monitor.dashboard.text import Line, Part, shown, wrap
from monitor.dashboard.widgets.paint import Painted, title_content
from monitor.dashboard.words import stamp
from monitor.model import FeedRow


class FeedsScreen(Screen[None], inherit_bindings=False):
    """All feeds, those in trouble first, each with its cause in words."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,enter,backspace,f", "leave", "back", id="feeds.back", tooltip="Back to the list"),
    ]

    def __init__(self, rows: tuple[FeedRow, ...], *, now: datetime, ascii: bool) -> None:
        super().__init__()
        self._rows, self._now, self._ascii = rows, now, ascii

    def compose(self) -> ComposeResult:
        """The page."""
        yield Painted(id="page", ascii=self._ascii)

    def on_mount(self) -> None:
        """Draw."""
        page = self.query_one("#page", Painted)
        page.border_title = title_content("Feeds · esc back", 60, ascii=self._ascii)
        page.show(self._lines)
        page.focus()

    def _lines(self, cells: int) -> tuple[Line, ...]:
        ill = troubled(self._rows)
        well = tuple(row for row in self._rows if row not in ill)
        return tuple(line for row in (*ill, *well) for line in wrap(self._row(row), cells, indent=4))

    def _row(self, row: FeedRow) -> Line:
        state = row.state
        told = [shown(state.cause)] if state.cause else []
        if state.failures > 1:
            told.append(f"failed {state.failures} times")
        if state.last_success:
            told.append(f"answered {stamp(state.last_success, self._now)}")
        if state.next_due:
            told.append(f"next poll {stamp(state.next_due, self._now)}")
        tone = "" if state.health in ("ok", "unpolled") else "bad"
        said = " · ".join(told) or ("not polled yet" if state.health == "unpolled" else "")
        return (
            Part(f"{state.health:10} ", tone),
            Part(f"{shown(row.feed.name) or row.feed.id}  ", "strong"),
            Part(said, "faded"),
        )

    def action_leave(self) -> None:
        """Back."""
        self.dismiss(None)
