"""From lines to the terminal: the one place where text gets its colours, and the last where it is cleaned.

Nothing here is ever markup: lines become segments, titles become Content.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import ClassVar

from rich.segment import Segment
from rich.style import Style
from textual.binding import BindingType
from textual.content import Content
from textual.geometry import Size
from textual.scroll_view import ScrollView
from textual.strip import Strip
from textual.widget import Widget

from monitor.dashboard.bidi import turned
from monitor.dashboard.settings import Settings
from monitor.dashboard.text import PDI, Line, Part, cut, plain, scrub, shown, width
from monitor.dashboard.widgets.keys import binds
from monitor.dashboard.words import to_ascii

_OPENERS = "\u2066\u2067\u2068"
_DEFAULT = Settings()
MOVES: list[BindingType] = binds(
    (
        ("move.down", "move('1')"),
        ("move.up", "move('-1')"),
        ("move.top", "move('top')"),
        ("move.end", "move('end')"),
        ("move.half_down", "move('half')"),
        ("move.half_up", "move('-half')"),
    )
)


def sealed(parts: Line) -> Line:
    """Every part scrubbed once more, and isolates closed over the line as a whole.

    Marks without width hang on a neighbour: a segment of no cells is lost where textual crops a full line.
    """
    depth = 0
    clean: list[Part] = []
    for part in parts:
        kept: list[str] = []
        for char in scrub(part.text):
            if char == PDI and depth == 0:
                continue
            depth += (char in _OPENERS) - (char == PDI)
            kept.append(char)
        clean.append(Part("".join(kept), part.tone))
    merged: list[Part] = []
    held = ""
    for part in (*clean, Part(PDI * depth)):
        if width(part.text):
            merged.append(Part(held + part.text, part.tone))
            held = ""
        elif merged:
            merged[-1] = Part(merged[-1].text + part.text, merged[-1].tone)
        else:
            held += part.text
    return tuple(merged)


def look_of(widget: Widget) -> Settings:
    """How the app draws, at this moment; an app that is not ours (a test's) has the defaults."""
    found = getattr(widget.app, "settings", None)
    return found if isinstance(found, Settings) else _DEFAULT


def tones_of(widget: Widget) -> Mapping[str, Style]:
    """The tones in the app's theme; an app that is not ours (a test's) has none."""
    found = getattr(widget.app, "tones", None)
    return found if isinstance(found, dict) else {}


class Based:
    """For a widget that remembers its style until it changes: textual gathers it from all ancestors, line by line.

    No widget itself, and after the widget among the bases: textual inherits styles from the first base alone.
    """

    _base: Style | None = None

    def base_of(self, widget: Widget) -> Style:
        """What lines without a tone look like; `widget` is itself."""
        if self._base is None:
            self._base = widget.rich_style
        return self._base


def strip_of(widget: Widget, parts: Line, cells: int, *, cursor: Style | None = None) -> Strip:
    """A line as a strip exactly `cells` wide, in the widget's colours; `cursor` overrides them."""
    base = widget.base_of(widget) if isinstance(widget, Based) else widget.rich_style
    tones = tones_of(widget)
    segments = []
    shown_parts = sealed(parts)
    look = look_of(widget)
    if look.bidi == "reorder":
        shown_parts = turned(shown_parts)
    for part in shown_parts:
        style = base + tones[part.tone] if part.tone in tones else base
        segments.append(Segment(to_ascii(part.text) if look.ascii else part.text, style + cursor if cursor else style))
    fill = base + cursor if cursor else base
    return Strip(segments).adjust_cell_length(cells, fill)


def title_content(text: str, cells: int, *, ascii: bool = False) -> Content:
    """A border title from foreign text, cut to whole graphemes."""
    title = cut(shown(text), max(cells, 1))
    return Content(to_ascii(title) if ascii else title)


class Painted(ScrollView, Based, can_focus=True, inherit_bindings=False):
    """A scrolling view of lines that a function makes for the width at hand."""

    BINDINGS: ClassVar[list[BindingType]] = MOVES
    ALLOW_SELECT = False

    def __init__(self, *, id: str) -> None:
        super().__init__(id=id)
        self._lines: tuple[Line, ...] = ()
        self._make: Callable[[int], tuple[Line, ...]] = lambda cells: ()
        self._made_for = -1
        self._titled = ""

    @property
    def cells(self) -> int:
        """The width for lines; the last column is the scrollbar's, whether it is there or not."""
        return self.size.width - 1

    def show(self, make: Callable[[int], tuple[Line, ...]], *, top: bool = False) -> None:
        """Draw what `make` gives for a width in cells; `top` goes back to the first line."""
        self._make, self._made_for = make, -1
        if top:
            self.scroll_to(y=0, animate=False, immediate=True)
        self._fit()

    def entitle(self, text: str) -> None:
        """Write the title over the lines, cut to the width there is, now and whenever that changes."""
        self._titled = text
        cells = (self.size.width or self.app.size.width) - 3
        self.border_title = title_content(text, cells, ascii=look_of(self).ascii)

    def _fit(self) -> None:
        cells = self.cells
        if cells <= 0:
            return
        if cells != self._made_for:
            self._made_for = cells
            self._lines = self._make(cells)
            self.virtual_size = Size(cells, len(self._lines))
        self.refresh()

    def on_resize(self) -> None:
        """Wrap anew for the new width."""
        self._fit()
        if self._titled:
            self.entitle(self._titled)

    def notify_style_update(self) -> None:
        """The theme or the focus changed: colours are looked up anew."""
        self._base = None
        super().notify_style_update()
        self.refresh()

    def render_line(self, y: int) -> Strip:
        """One line of the visible part."""
        at = y + self.scroll_offset.y
        return strip_of(self, self._lines[at] if at < len(self._lines) else (), self.size.width)

    def action_move(self, step: str) -> None:
        """Scroll: a number of lines, "half", "-half", "top" or "end"."""
        half = max(self.size.height // 2, 1)
        if step in ("top", "end"):
            self.scroll_to(y=0 if step == "top" else self.max_scroll_y, animate=False)
        else:
            lines = {"half": half, "-half": -half}.get(step) or int(step)
            self.scroll_relative(y=lines, animate=False)


class Bar(Widget, Based):
    """One line that does not scroll: the status line, the banner, the keys."""

    ALLOW_SELECT = False

    def __init__(self, *, id: str, classes: str = "") -> None:
        super().__init__(id=id, classes=classes)
        self._make: Callable[[int], Line] = lambda cells: ()
        self._drawn: Line = ()

    def show(self, make: Callable[[int], Line]) -> None:
        """Draw what `make` gives for a width in cells."""
        self._make = make
        self.refresh()

    def notify_style_update(self) -> None:
        """The theme or the focus changed: colours are looked up anew."""
        self._base = None
        super().notify_style_update()
        self.refresh()

    def render_line(self, y: int) -> Strip:
        """The line."""
        cells = self.size.width
        made = self._make(cells) if y == 0 else ()
        self._drawn = made
        if width(plain(made)) > cells:
            made = (Part(cut(plain(made), cells)),)
        return strip_of(self, made, cells)

    def renew(self) -> None:
        """Draw it where it tells something else by now: a screen at rest sends nothing."""
        if self._make(self.size.width) != self._drawn:
            self.refresh()
