"""Small questions at the foot of the screen: a reason, a note, a yes. They cover whole lines and cut no text in two."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, cast

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import Input

from monitor.dashboard.text import Line, Part, line, shown, wrap
from monitor.dashboard.widgets.field import CleanInput
from monitor.dashboard.widgets.paint import Painted, title_content
from monitor.dashboard.words import spoken
from monitor.model import DISMISS_REASONS

if TYPE_CHECKING:
    from monitor.dashboard.app import MonitorApp

MEANING = {
    "false_positive": "the rule met other news",
    "duplicate": "the same event stands in another story",
    "historical": "it tells of the past",
    "hypothetical": "it tells of what might be",
    "irrelevant": "true, but nothing we watch",
    "opinion": "a comment, not a report",
}


class ReasonSheet(ModalScreen[str | None], inherit_bindings=False):
    """Why is it dismissed? One key each."""

    BINDINGS: ClassVar[list[BindingType]] = [
        *(
            Binding(
                str(number),
                f"choose('{reason}')",
                spoken(reason),
                id=f"reason.{reason}",
                tooltip=f"Dismiss: {MEANING[reason]}",
            )
            for number, reason in enumerate(DISMISS_REASONS, 1)
        ),
        Binding("escape,q", "choose('')", "back", id="reason.cancel", tooltip="Dismiss nothing"),
    ]

    def compose(self) -> ComposeResult:
        """The choices."""
        app = cast("MonitorApp", self.app)
        with Vertical(classes="sheet"):
            yield Painted(id="choices", ascii=app.ascii)

    def on_mount(self) -> None:
        """Draw the choices."""
        choices = self.query_one("#choices", Painted)
        choices.border_title = title_content("Dismiss: why?", 60)
        rows: tuple[Line, ...] = tuple(
            line(Part(f" {number} ", "key"), Part(f" {spoken(reason):<15}", "strong"), Part(MEANING[reason], "faded"))
            for number, reason in enumerate(DISMISS_REASONS, 1)
        )
        choices.show(lambda cells: (*rows, line(Part(" esc", "key"), " back, nothing is dismissed")))

    def action_choose(self, reason: str) -> None:
        """Answer."""
        self.dismiss(reason or None)


class NoteSheet(ModalScreen[str | None], inherit_bindings=False):
    """A remark for the journal."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "cancel", "back", id="note.cancel", tooltip="Write nothing"),
    ]

    def compose(self) -> ComposeResult:
        """One field."""
        with Vertical(classes="sheet"):
            field = CleanInput(id="note", max_length=2000)
            field.border_title = title_content("Note: enter writes it, esc does not", 60)
            yield field

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Written, unless it is empty."""
        self.dismiss(event.value.strip() or None)

    def action_cancel(self) -> None:
        """Not written."""
        self.dismiss(None)


class LinkSheet(ModalScreen[bool], inherit_bindings=False):
    """Where does this link lead? The host stands first, before anything is opened."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter,y", "answer(True)", "open", id="link.open", tooltip="Open it in the browser"),
        Binding("escape,n,q", "answer(False)", "back", id="link.cancel", tooltip="Open nothing"),
    ]

    def __init__(self, host: str, url: str) -> None:
        super().__init__()
        self.host, self.url = host, url

    def compose(self) -> ComposeResult:
        """Host and address."""
        app = cast("MonitorApp", self.app)
        with Vertical(classes="sheet"):
            yield Painted(id="link", ascii=app.ascii)

    def on_mount(self) -> None:
        """Draw them."""
        view = self.query_one("#link", Painted)
        view.border_title = title_content("Open in the browser?", 60)
        view.styles.height = 1 + len(self._lines(self.app.size.width - 3))
        view.show(self._lines)

    def _lines(self, cells: int) -> tuple[Line, ...]:
        host = wrap((Part("host ", "faded"), Part(shown(self.host), "strong")), cells, indent=5, bidi="off", most=2)
        url = wrap((Part("link ", "faded"), Part(shown(self.url), "faded")), cells, indent=5, bidi="off", most=3)
        return (*host, *url, line(Part("enter", "key"), " open   ", Part("esc", "key"), " back"))

    def action_answer(self, yes: bool) -> None:
        """Answer."""
        self.dismiss(yes)
