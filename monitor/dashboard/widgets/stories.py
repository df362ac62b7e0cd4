"""The list of stories: a line each, thousands of them cost as much as twenty."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from monitor.dashboard import draw
from monitor.dashboard.text import Line
from monitor.dashboard.view import place_of
from monitor.dashboard.widgets.paint import look_of
from monitor.dashboard.widgets.rows import RowList
from monitor.dashboard.words import OPEN_STATES

if TYPE_CHECKING:
    from monitor.model import Story


class StoryList(RowList["Story"]):
    """Stories; one that was folded anew is found by its former ids."""

    def __init__(self, *, id: str) -> None:
        super().__init__(id=id)
        self.now = datetime.now(UTC)
        self.to_end = False  # the reader wants the last story of all, which may still have to be read

    @property
    def story(self) -> Story | None:
        """The story under the cursor."""
        return self.row

    def action_move(self, step: str) -> None:
        """Move the cursor."""
        self.to_end = step == "end"
        super().action_move(step)

    def heading(self, cells: int) -> str:
        """What stands in which column."""
        return draw.heading(cells)

    def line(self, row_: Story, cells: int, *, selected: bool) -> Line:
        """A story in a line."""
        return draw.row(row_, cells=cells, now=self.now, selected=selected, bidi=look_of(self).bidi)

    def place_of(self, row_: Story) -> int | None:
        """By its id or a former one; first where it stood, which is where it mostly still is."""
        at = self.cursor
        if at is not None and at < len(self.rows) and self.rows[at].id == row_.id:
            return at
        return place_of(self.rows, row_.id)

    def open_story(self, step: int) -> bool:
        """Go to the next story (step 1) or the previous one (-1) that is unreviewed; False where there is none."""
        start = -1 if self.cursor is None else self.cursor
        rows = range(start + 1, len(self.rows)) if step > 0 else range(start - 1, -1, -1)
        for place in rows:
            if self.rows[place].review.state in OPEN_STATES:
                self.go(place)
                return True
        return False
