"""A virtual list: one line a row, drawn only where it is seen; the cursor is bound to a row's key, not to its place."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from textual import events
from textual.geometry import Region, Size
from textual.message import Message
from textual.strip import Strip

from monitor.dashboard.text import Line, Part, fitted
from monitor.dashboard.widgets.paint import Painted, strip_of, tones_of

Row = TypeVar("Row")
_HEADED = 12  # lines of a list from which one can be spared for the names of its columns


class RowList(Painted, Generic[Row]):
    """Rows of one kind. A subclass says what a row's key is and how it is drawn."""

    @dataclass
    class Selected(Message):
        """The cursor stands on another row, or on none."""

        list_id: str | None

    @dataclass
    class Opened(Message):
        """A row was clicked twice."""

        list_id: str | None

    def __init__(self, *, id: str) -> None:
        super().__init__(id=id)
        self.rows: Sequence[Row] = ()
        self.cursor: int | None = None
        self._message: tuple[Line, ...] = ()

    def line(self, row: Row, cells: int, *, selected: bool) -> Line:
        """A row in at most `cells` cells."""
        raise NotImplementedError

    def heading(self, cells: int) -> str:
        """The names of the columns; "" where there are none."""
        return ""

    @property
    def _top(self) -> int:
        """Lines above the first row: one with the names of the columns, where there is room and something under it."""
        return int(bool(self.rows) and self.size.height >= _HEADED and bool(self.heading(self.cells)))

    @property
    def _sized(self) -> Size:
        return Size(max(self.cells, 1), self._top + (len(self.rows) or len(self._message)))

    def place_of(self, row: Row) -> int | None:
        """Where a row of before stands now; None where it has gone."""
        raise NotImplementedError

    @property
    def row(self) -> Row | None:
        """The row under the cursor."""
        return None if self.cursor is None else self.rows[self.cursor]

    def fill(self, rows: Sequence[Row], message: tuple[Line, ...] = (), *, top: bool = False) -> None:
        """Show other rows; the cursor stays on its row and, as far as it goes, on its line of the screen.

        `message` is drawn where there are none. Where the row has gone, the cursor takes the one at its place.
        `top` shows as many of the first rows as the cursor's allows.
        """
        before, selected = self.cursor, self.row
        seen = before is None or self.scroll_offset.y <= before < self.scroll_offset.y + self.size.height
        self.rows, self._message = rows, message
        place = self.place_of(selected) if selected is not None else None
        if place is None:
            place = min(before or 0, len(rows) - 1) if rows else None
        self.cursor = place
        self.virtual_size = self._sized
        if top:
            self.scroll_to(y=0, animate=False, immediate=True)
        elif before is not None and place is not None and place != before:
            self.scroll_relative(y=place - before, animate=False, immediate=True)
        if top or seen:
            self._into_sight()
        self.refresh()
        if self.row is not selected:
            self.post_message(self.Selected(self.id))

    def _fit(self) -> None:
        self.virtual_size = self._sized
        self._into_sight()
        self.refresh()

    def go(self, place: int) -> None:
        """Put the cursor on a row, or the nearest there is."""
        if not self.rows:
            return
        place = min(max(place, 0), len(self.rows) - 1)
        if place != self.cursor:
            self.cursor = place
            self._into_sight()
            self.refresh()
            self.post_message(self.Selected(self.id))

    def _into_sight(self) -> None:
        if self.cursor is not None and self.size.height:
            # The heading covers the line above the row: both must be in sight.
            self.scroll_to_region(Region(0, self.cursor, 1, 1 + self._top), animate=False, immediate=True)

    def action_move(self, step: str) -> None:
        """Move the cursor: a number of rows, "half", "-half", "top" or "end"."""
        half = max((self.size.height - self._top) // 2, 1)
        if step in ("top", "end"):
            self.go(0 if step == "top" else len(self.rows) - 1)
        else:
            self.go((self.cursor or 0) + ({"half": half, "-half": -half}.get(step) or int(step)))

    def on_click(self, event: events.Click) -> None:
        """Select by mouse; twice opens."""
        place = event.get_content_offset_capture(self).y + self.scroll_offset.y - self._top
        if place < self.scroll_offset.y:
            return
        if 0 <= place < len(self.rows):
            self.go(place)
            if event.chain == 2:
                self.post_message(self.Opened(self.id))

    def render_line(self, y: int) -> Strip:
        """One row of the visible part."""
        cells = self.size.width
        if y < self._top:
            return strip_of(self, fitted((Part(self.heading(self.cells), "faded"),), self.cells), cells)
        at = y + self.scroll_offset.y - self._top
        if not self.rows:
            return strip_of(self, self._message[at] if at < len(self._message) else (), cells)
        if at >= len(self.rows):
            return strip_of(self, (), cells)
        here = at == self.cursor
        drawn = fitted(self.line(self.rows[at], self.cells, selected=here), self.cells)
        name = "cursor" if self.has_focus else "cursor-away"
        style = tones_of(self).get(name) if here else None
        return strip_of(self, drawn, cells, cursor=style)
