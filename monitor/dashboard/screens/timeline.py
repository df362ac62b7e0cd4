"""View 4: a lane for each base: announced, under way, due, done, disputed, and the alerts of each day."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import ClassVar, cast

from textual.binding import BindingType
from textual.widget import Widget

from monitor.dashboard.lanes import MARKS, Lane, Span, axis, histogram, lane_line, lanes
from monitor.dashboard.screens.frame import FRAME, Frame
from monitor.dashboard.text import Line, Part, isolated, wrap
from monitor.dashboard.widgets.keys import binds
from monitor.dashboard.widgets.paint import Bar, Painted
from monitor.dashboard.widgets.rows import RowList
from monitor.dashboard.words import day_words, plural

_SHARE = 0.25  # of the days that are seen, for a step aside


class LaneList(RowList[Lane]):
    """The lanes under one another."""

    def line(self, row: Lane, cells: int, *, selected: bool) -> Line:
        """One lane over the days that are seen."""
        screen = cast("TimelineScreen", self.screen)
        return lane_line(row, screen.seen(), screen.today, cells, selected=selected)

    def place_of(self, row: Lane) -> int | None:
        """By key."""
        return next((n for n, one in enumerate(self.rows) if one.key == row.key), None)


class TimelineScreen(Frame):
    """When. Under the lanes stands in words what the selected one holds."""

    PANES = ("lanes", "marks")
    KEYS = ("timeline",)
    BINDINGS: ClassVar[list[BindingType]] = [
        *FRAME,
        *binds((
            ("timeline.back", "pan(-1)"),
            ("timeline.on", "pan(1)"),
            ("timeline.in", "zoom_days(1)"),
            ("timeline.out", "zoom_days(-1)"),
            ("timeline.home", "home"),
            ("timeline.open", "open"),
        )),
    ]  # fmt: skip

    def __init__(self) -> None:
        super().__init__(id="timeline")
        self.span = Span()

    def above(self) -> Iterable[Widget]:
        """Alerts per day and the days themselves."""
        yield Bar(id="histogram")
        yield Bar(id="axis")

    def top(self) -> Iterable[Widget]:
        """Lanes and marks."""
        yield LaneList(id="lanes")
        yield Painted(id="marks")

    @property
    def list(self) -> LaneList:
        """The lanes."""
        return self.query_one("#lanes", LaneList)

    @property
    def today(self) -> date:
        """The day of the clock."""
        return self.program.clock().date()

    def seen(self) -> Span:
        """The days on the screen."""
        return self.span.fitted(self.list.rows, self.today)

    def side_by_side(self) -> bool:
        """Never: days need the whole width."""
        return False

    def draw(self) -> None:
        """Everything, from the board."""
        if not self._built:
            return
        board = self.board
        if board is None:
            self.list.fill((), ((Part(" Loading the board…"),),))
            self.titled("lanes", "4 Timeline")
            return
        message = wrap((Part(" "), Part(f"Nothing has a date yet.{self.sources_warning(board)}")), 60, indent=1)
        self.list.fill(lanes(board), message)
        self.query_one("#histogram", Bar).show(lambda cells: histogram(board, self.seen(), cells - 1))
        self.query_one("#axis", Bar).show(lambda cells: axis(self.seen(), cells - 1))
        legend = " ".join(f"{mark} {kind}" for kind, (mark, _) in MARKS.items())
        self.titled("lanes", f"4 Timeline · {legend} │ today · {plural(self.seen().days, 'day')}")
        self._draw_marks()

    def _draw_marks(self) -> None:
        lane = self.list.row
        self.titled("marks", f"{lane.name} · {plural(len(lane.marks), 'mark')}" if lane else "No lane")
        bidi = self.program.bidi

        def lines(cells: int) -> tuple[Line, ...]:
            found: list[Line] = []
            for mark in reversed(lane.marks if lane else ()):
                sign, tone = MARKS[mark.kind]
                days = day_words(mark.day) + (
                    f" to {day_words(mark.until)}" if mark.until not in (None, mark.day) else ""
                )
                found += wrap(
                    (
                        Part(f"{sign} {mark.kind:<10}", tone),
                        Part(f"{days}  ", "strong"),
                        Part(isolated(mark.said, bidi)),
                        Part(f"  {isolated(mark.source, bidi)}", "faded"),
                    ),
                    cells,
                    indent=12,
                    bidi="off",
                )
            return tuple(found)

        self.query_one("#marks", Painted).show(lines, top=True)

    def on_row_list_selected(self, event: RowList.Selected) -> None:
        """The words follow."""
        if self._built:
            self._draw_marks()

    def on_row_list_opened(self, event: RowList.Opened) -> None:
        """A double click opens."""
        self.action_open()

    # ---- keys --------------------------------------------------------------------------------------------------------

    def action_pan(self, step: int) -> None:
        """Earlier or later."""
        self.span = self.span.panned(step * _SHARE, self.list.rows, self.today)
        self.draw()

    def action_zoom_days(self, step: int) -> None:
        """Fewer or more days."""
        self.span = self.span.zoomed(step, self.list.rows, self.today)
        self.draw()

    def action_home(self) -> None:
        """All there is."""
        self.span = Span()
        self.draw()

    def action_open(self) -> None:
        """The newest story of the lane."""
        lane = self.list.row
        if lane is None or lane.newest is None:
            self.program.say("no open story stands behind this lane", "warning")
        else:
            self.program.open_story(lane.newest)
