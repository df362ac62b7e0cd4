"""View 3: the bases on a map, each with its state and what is reported of it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar, cast

from textual.binding import BindingType
from textual.widget import Widget

from monitor.dashboard.atlas import Window, drawn
from monitor.dashboard.places import STATES, Place, places
from monitor.dashboard.screens.frame import FRAME, Frame
from monitor.dashboard.text import Line, Part, line, pad, shown, wrap
from monitor.dashboard.widgets.keys import binds
from monitor.dashboard.widgets.paint import Painted
from monitor.dashboard.widgets.rows import RowList
from monitor.dashboard.words import SEVERITY, plural, spoken

_STEP = 0.25  # of the screen


def _name(cells: int) -> int:
    """Cells of a base's name."""
    return min(max(cells - 31, 12), 30)


class PlaceList(RowList[Place]):
    """Bases, those with news first."""

    def line(self, row: Place, cells: int, *, selected: bool) -> Line:
        """Mark, name, country, how many stories, how much is overdue, state."""
        severity = row.severity
        news = f"{SEVERITY[severity][1]:<3} {len(row.stories):>3} " if severity else " " * 8
        late = f"!{row.overdue}" if row.overdue else ""
        return line(
            "›" if selected else " ",
            Part(f"{row.mark} ", row.tone),
            Part(pad(row.name, _name(cells)) + " ", "strong" if row.state or row.stories else ""),
            Part(f"{row.country:<2}  ", "faded"),
            Part(news, severity or ""),
            Part(f"{late:<5}", "warn"),
            Part(row.state.removeprefix("handover "), row.tone),
        )

    def heading(self, cells: int) -> str:
        """What stands in which column."""
        return f"   {'base':<{_name(cells)}} in  stories late state"

    def place_of(self, row: Place) -> int | None:
        """By id."""
        return next((n for n, one in enumerate(self.rows) if one.id == row.id), None)


class MapPane(Painted):
    """The map itself: moving keys move it. It is as high as the pane, so that it is made anew with every size."""

    _rows = -1

    def _fit(self) -> None:
        if self.size.height != self._rows:
            self._rows, self._made_for = self.size.height, -1
        super()._fit()

    def action_move(self, step: str) -> None:
        """A quarter of the screen up or down."""
        screen = cast("MapScreen", self.screen)
        if step in ("top", "end"):
            screen.action_home()
        else:
            screen.pan(0.0, _STEP if step.startswith("-") else -_STEP)


class MapScreen(Frame):
    """Where. The list beside the map says the same in words."""

    PANES = ("map", "places")
    KEYS = ("map",)
    START = 1
    SHARE = 56
    BINDINGS: ClassVar[list[BindingType]] = [
        *FRAME,
        *binds((
            ("map.left", "pan_map(-1)"),
            ("map.right", "pan_map(1)"),
            ("map.in", "zoom_map(1)"),
            ("map.out", "zoom_map(-1)"),
            ("map.home", "home"),
            ("map.here", "here"),
            ("map.open", "open"),
        )),
    ]  # fmt: skip

    def __init__(self) -> None:
        super().__init__(id="mapview")
        self.window = Window()

    def top(self) -> Iterable[Widget]:
        """Map and list."""
        yield MapPane(id="map")
        yield PlaceList(id="places")

    @property
    def list(self) -> PlaceList:
        """The list of bases."""
        return self.query_one("#places", PlaceList)

    def draw(self) -> None:
        """Everything, from the board."""
        board, index = self.board, self.program.main.view.index
        if not self._built or board is None or index is None:
            self._loading()
            return
        found = places(board, index.at)
        self.list.fill(found)
        news = sum(bool(place.stories) for place in found)
        self.titled("places", f"{plural(len(found), 'base')} · {news} with open stories")
        self._draw_map()

    def _loading(self) -> None:
        if self._built:
            self.list.fill((), ((Part(" Loading the board…"),),))
            self.titled("map", "3 Map")

    def _draw_map(self) -> None:
        pane = self.query_one("#map", Painted)
        chosen = self.list.row
        if self.program.ascii:
            self.titled("map", "3 Map")
            pane.show(lambda cells: wrap((Part(_NO_BRAILLE),), cells))
            return
        marks = " ".join(f"{mark} {spoken(state).removeprefix('handover ')}" for state, (mark, _) in STATES.items())
        self.titled("map", f"3 Map · {marks}")
        pane.show(
            lambda cells: drawn(self.window, cells, pane.size.height, self.list.rows, chosen.id if chosen else None)
        )

    def on_row_list_selected(self, event: RowList.Selected) -> None:
        """The map marks the base of the list."""
        if self._built:
            self._draw_map()

    def on_row_list_opened(self, event: RowList.Opened) -> None:
        """A double click opens."""
        self.action_open()

    # ---- keys --------------------------------------------------------------------------------------------------------

    def room(self) -> tuple[int, int]:
        """Cells and rows of the map."""
        pane = self.query_one("#map", Painted)
        return max(pane.cells, 1), max(pane.size.height, 1)

    def pan(self, across: float, up: float) -> None:
        """Move the window."""
        if self.program.ascii:
            self.program.say(_NO_BRAILLE, "warning")
            return
        self.window = self.window.panned(across, up, *self.room())
        self._draw_map()

    def action_pan_map(self, step: int) -> None:
        """West or east."""
        self.pan(step * _STEP, 0.0)

    def action_zoom_map(self, steps: int) -> None:
        """Nearer or farther."""
        self.window = self.window.zoomed(steps, *self.room())
        self.pan(0.0, 0.0)

    def action_home(self) -> None:
        """The whole region."""
        self.window = Window()
        self._draw_map()

    def action_here(self) -> None:
        """The base of the list in the middle, near."""
        chosen = self.list.row
        if chosen is None or chosen.lat is None or chosen.lon is None:
            self.program.say("the place of this base is not known", "warning")
            return
        cells, rows = self.room()
        now = self.window.fitted(cells, rows)
        self.window = Window(chosen.lon, chosen.lat, min(now.scale, 0.03))
        self.pan(0.0, 0.0)
        if not chosen.sure:
            self.program.say(f"{shown(chosen.name)}: its place is from memory and may be some way off")

    def action_open(self) -> None:
        """The newest story of the base."""
        chosen = self.list.row
        if chosen is None or not chosen.stories:
            self.program.say("no open story names this base", "warning")
        else:
            self.program.open_story(chosen.stories[0])


_NO_BRAILLE = "The map needs Braille signs, off here. The list says the same in words."
