"""The list of stories: a virtual list over a tuple, a line each; the cursor is bound to a story, not to a row."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import ClassVar

from textual import events
from textual.geometry import Region, Size
from textual.message import Message
from textual.strip import Strip

from monitor.dashboard.draw import row
from monitor.dashboard.text import Bidi, Line
from monitor.dashboard.view import place_of
from monitor.dashboard.widgets.paint import COMPONENTS, Painted, strip_of
from monitor.dashboard.words import OPEN_STATES
from monitor.model import Story


class StoryList(Painted):
    """Draws only what is visible, so that thousands of stories cost as much as twenty."""

    COMPONENT_CLASSES: ClassVar[set[str]] = COMPONENTS | {"cursor", "cursor-away"}

    @dataclass
    class Selected(Message):
        """The cursor stands on another story, or on none."""

        story: Story | None

    @dataclass
    class Opened(Message):
        """A story was clicked twice."""

        story: Story

    def __init__(self, *, id: str, ascii: bool = False, bidi: Bidi = "auto") -> None:
        super().__init__(id=id, ascii=ascii)
        self.bidi: Bidi = bidi
        self.stories: tuple[Story, ...] = ()
        self.now = datetime.now(UTC)
        self.cursor: int | None = None
        self._message: tuple[Line, ...] = ()

    @property
    def story(self) -> Story | None:
        """The story under the cursor."""
        return None if self.cursor is None else self.stories[self.cursor]

    def fill(
        self, stories: tuple[Story, ...], now: datetime, message: tuple[Line, ...] = (), *, top: bool = False
    ) -> None:
        """Show other stories; the cursor stays on its story and, as far as it goes, on its line of the screen.

        `message` is drawn where there are none. Where the story has gone, the cursor takes the one at its place.
        `top` shows as many of the first rows as the cursor's allows.
        """
        before, selected = self.cursor, self.story
        seen = before is None or self.scroll_offset.y <= before < self.scroll_offset.y + self.size.height
        self.stories, self.now, self._message = stories, now, message
        place = place_of(stories, selected.id if selected else None)
        if place is None:
            place = min(before or 0, len(stories) - 1) if stories else None
        self.cursor = place
        self.virtual_size = Size(max(self.cells, 1), len(stories) or len(message))
        if top:
            self.scroll_to(y=0, animate=False, immediate=True)
        elif before is not None and place is not None and place != before:
            self.scroll_relative(y=place - before, animate=False, immediate=True)
        if top or seen:
            self._into_sight()
        self.refresh()
        if self.story is not selected:
            self.post_message(self.Selected(self.story))

    def _fit(self) -> None:
        self.virtual_size = Size(max(self.cells, 1), len(self.stories) or len(self._message))
        self._into_sight()
        self.refresh()

    def go(self, place: int) -> None:
        """Put the cursor on a row, or the nearest there is."""
        if not self.stories:
            return
        place = min(max(place, 0), len(self.stories) - 1)
        if place != self.cursor:
            self.cursor = place
            self._into_sight()
            self.refresh()
            self.post_message(self.Selected(self.story))

    def _into_sight(self) -> None:
        if self.cursor is not None and self.size.height:
            self.scroll_to_region(Region(0, self.cursor, 1, 1), animate=False, immediate=True)

    def open_story(self, step: int) -> bool:
        """Go to the next story (step 1) or the previous one (-1) that is unreviewed; False where there is none."""
        start = -1 if self.cursor is None else self.cursor
        rows = range(start + 1, len(self.stories)) if step > 0 else range(start - 1, -1, -1)
        for place in rows:
            if self.stories[place].review.state in OPEN_STATES:
                self.go(place)
                return True
        return False

    def action_move(self, step: str) -> None:
        """Move the cursor: a number of rows, "half", "-half", "top" or "end"."""
        half = max(self.size.height // 2, 1)
        if step in ("top", "end"):
            self.go(0 if step == "top" else len(self.stories) - 1)
        else:
            self.go((self.cursor or 0) + ({"half": half, "-half": -half}.get(step) or int(step)))

    def on_click(self, event: events.Click) -> None:
        """Select by mouse; twice opens."""
        place = event.get_content_offset_capture(self).y + self.scroll_offset.y
        if 0 <= place < len(self.stories):
            self.go(place)
            if event.chain == 2:
                self.post_message(self.Opened(self.stories[place]))

    def render_line(self, y: int) -> Strip:
        """One row of the visible part."""
        at = y + self.scroll_offset.y
        cells = self.size.width
        if not self.stories:
            return strip_of(self, self._message[at] if at < len(self._message) else (), cells, ascii=self.ascii)
        if at >= len(self.stories):
            return strip_of(self, (), cells)
        here = at == self.cursor
        drawn = row(self.stories[at], cells=self.cells, now=self.now, selected=here, bidi=self.bidi)
        name = "cursor" if self.has_focus else "cursor-away"
        style = self.get_component_rich_style(name, partial=True) if here else None
        return strip_of(self, drawn, cells, cursor=style, ascii=self.ascii)
