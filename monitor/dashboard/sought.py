"""The story that the cursor is to go to as soon as the list has it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from monitor.dashboard.view import place_of

if TYPE_CHECKING:
    from monitor.model import Story

_BOARDS = 4  # that may come without a story which was just brought back: one may have been in the making


@dataclass(slots=True)
class Sought:
    """The story of the last time, or one that was brought back; None once it was found or given up."""

    story: str | None = None
    patience: int = 0

    def seek(self, story: str) -> None:
        """A story was brought back."""
        self.story, self.patience = story, _BOARDS

    def found(self, stories: Sequence[Story], *, more: bool, moved: bool) -> int | None:
        """Its place in the list, once. `more`: older stories are still being read; `moved`: the reader has gone on."""
        if self.story is None:
            return None
        place = place_of(stories, self.story)
        at_start = not self.patience and not moved
        self.patience = max(self.patience - 1, 0)
        # The first board of a large store is a screen full: what was left at the last time may come with the next.
        if place is not None or not (self.patience or (at_start and more)):
            self.story = None
        return place
