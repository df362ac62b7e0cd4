"""Every key there is, read off the bindings, so that this page cannot lie."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.screen import Screen

from monitor.dashboard.text import Line, wrap
from monitor.dashboard.widgets.keys import help_lines
from monitor.dashboard.widgets.paint import Painted, title_content


class HelpScreen(Screen[None], inherit_bindings=False):
    """Groups of keys with what they do."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,enter,backspace", "leave", "back", id="help.back", tooltip="Back to where you were"),
    ]

    def __init__(self, groups: tuple[tuple[str, tuple[Binding, ...]], ...], *, ascii: bool) -> None:
        super().__init__()
        self._groups, self._ascii = groups, ascii

    def compose(self) -> ComposeResult:
        """The page."""
        yield Painted(id="page", ascii=self._ascii)

    def on_mount(self) -> None:
        """Draw."""
        page = self.query_one("#page", Painted)
        page.border_title = title_content("Keys · esc back", 60, ascii=self._ascii)
        page.show(self._lines)
        page.focus()

    def _lines(self, cells: int) -> tuple[Line, ...]:
        return tuple(row for line in help_lines(self._groups) for row in wrap(line, cells, indent=21, bidi="off"))

    def action_leave(self) -> None:
        """Back."""
        self.dismiss(None)
