"""The story page: one story in full."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType

from monitor.dashboard.page import story_lines
from monitor.dashboard.screens.deciding import DECIDING, Deciding
from monitor.dashboard.text import Line
from monitor.dashboard.view import place_of
from monitor.dashboard.widgets.keys import binds, keys_line
from monitor.dashboard.widgets.paint import Bar, Painted
from monitor.model import Board, Story


class StoryScreen(Deciding):
    """Title, text with the matched words marked, claims, verdicts, every report. Follows the board while it is open."""

    BINDINGS: ClassVar[list[BindingType]] = [*DECIDING, *binds((("page.back", "leave"),))]

    def __init__(self, board: Board, story: Story) -> None:
        super().__init__()
        self._board, self._story = board, story

    def compose(self) -> ComposeResult:
        """The page and the keys."""
        yield Painted(id="page")
        yield Bar(id="keys")

    def on_mount(self) -> None:
        """Draw."""
        self.query_one("#keys", Bar).show(
            lambda cells: keys_line(("page", "story"), self.program.settings.keymap, cells)
        )
        self._draw()
        self.query_one("#page").focus()

    def subject(self) -> Story | None:
        """The story of the page."""
        return self._story

    def follow(self, board: Board) -> None:
        """A new board: the story as it is now; one that has gone stays as it was."""
        place = place_of(board.stories, self._story.id)
        if place is not None:
            self._board, self._story = board, board.stories[place]
            self._draw()

    def _draw(self) -> None:
        page = self.query_one("#page", Painted)
        page.entitle(f"Story · {self._story.review.state.replace('_', ' ')}")
        page.show(self._lines)

    def _lines(self, cells: int) -> tuple[Line, ...]:
        return story_lines(self._board, self._story, cells=cells, bidi=self.program.bidi)

    def action_leave(self) -> None:
        """Back."""
        self.dismiss(None)
