"""View 5: how each feed fares, and why: the first thing to look at when the list is quiet."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar, cast

from textual.binding import BindingType
from textual.widget import Widget

from monitor.dashboard.desk import Desk
from monitor.dashboard.feedlines import feed_line, feed_lines, feeds_title, heading, ordered
from monitor.dashboard.messages import Answered
from monitor.dashboard.screens.frame import FRAME, Frame
from monitor.dashboard.text import Line, Part, shown, wrap
from monitor.dashboard.widgets.keys import binds
from monitor.dashboard.widgets.paint import Painted
from monitor.dashboard.widgets.rows import RowList
from monitor.model import FeedRow


class FeedList(RowList[FeedRow]):
    """A line a feed."""

    def line(self, row: FeedRow, cells: int, *, selected: bool) -> Line:
        """Health first."""
        return feed_line(row, cast("FeedsScreen", self.screen).program.clock(), cells=cells, selected=selected)

    def heading(self, cells: int) -> str:
        """What stands in which column."""
        return heading(cells)

    def place_of(self, row: FeedRow) -> int | None:
        """By id."""
        return next((n for n, one in enumerate(self.rows) if one.feed.id == row.feed.id), None)


class FeedsScreen(Frame):
    """All feeds, those in trouble first."""

    PANES = ("feedlist", "feed")
    KEYS = ("feeds",)
    BINDINGS: ClassVar[list[BindingType]] = [
        *FRAME,
        *binds((("feeds.sick", "sick"), ("feeds.retry", "retry"))),
    ]

    def __init__(self) -> None:
        super().__init__(id="feeds")
        self.sick_only = False

    def top(self) -> Iterable[Widget]:
        """List and one feed."""
        yield FeedList(id="feedlist")
        yield Painted(id="feed")

    @property
    def list(self) -> FeedList:
        """The list."""
        return self.query_one("#feedlist", FeedList)

    def config_line(self) -> tuple[str, str] | None:
        """The feed under the cursor."""
        return ("feeds", self.list.row.feed.id) if self.list.row else None

    def draw(self) -> None:
        """Everything, from the board."""
        if not self._built:
            return
        board = self.board
        rows = board.feeds if board else ()
        cells = max(self.list.size.width - 2, 20)
        self.list.fill(
            ordered(rows, sick_only=self.sick_only), wrap((Part(" "), Part(self._nothing())), cells, indent=1)
        )
        self.titled("feedlist", feeds_title(rows, sick_only=self.sick_only))
        self._draw_feed()

    def _nothing(self) -> str:
        if self.board is None:
            return "Loading the board…"
        if self.board.feeds:
            return f"Every feed is in order. {self.key('feeds.sick')} shows all."
        return f"No feed is enabled. {self.key('view.edit')} opens feeds.yml: add one under feeds:"

    def _draw_feed(self) -> None:
        row, now = self.list.row, self.program.clock()
        self.titled("feed", shown(row.feed.name) or row.feed.id if row else "No feed")
        self.query_one("#feed", Painted).show(lambda cells: feed_lines(row, now, cells) if row else (), top=True)

    def on_row_list_selected(self, event: RowList.Selected) -> None:
        """The feed beside the list."""
        if self._built:
            self._draw_feed()

    def answered(self, message: Answered) -> None:
        """A feed was let go."""
        if message.asked == "retry":
            self.program.say(f"{message.answer}: polled again within a moment")
            self.program.crew.beat()

    # ---- keys --------------------------------------------------------------------------------------------------------

    def action_sick(self) -> None:
        """Only those not in order, or all."""
        self.sick_only = not self.sick_only
        self.draw()

    def action_retry(self) -> None:
        """Poll it again at once, whatever it did."""
        row = self.list.row
        if self.program.read_only:
            self.program.say("read-only: nothing is polled here", "warning")
        elif row is None:
            self.program.say("no feed is selected", "warning")
        else:
            ident = row.feed.id

            def unmuted(desk: Desk) -> str:
                desk.unmute(ident)
                return ident

            self.program.ask("retry", unmuted)
