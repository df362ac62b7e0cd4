"""Small questions at the foot of the screen: a reason, a line of words, a yes. They cover whole lines."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, ClassVar, cast

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import Input

from monitor.dashboard.keys import spoken_key
from monitor.dashboard.text import Line, Part, line, shown, wrap
from monitor.dashboard.widgets.field import Asking, CleanInput
from monitor.dashboard.widgets.keys import bind, binds
from monitor.dashboard.widgets.paint import Painted, title_content
from monitor.dashboard.words import spoken
from monitor.errors import MonitorError
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
_ROOM = 2000  # characters of a typed line


class ReasonSheet(ModalScreen[str | None], inherit_bindings=False):
    """Why is it dismissed? One key each."""

    BINDINGS: ClassVar[list[BindingType]] = [
        *(bind(f"reason.{reason}", f"choose('{reason}')") for reason in DISMISS_REASONS),
        bind("ask.no", "choose('')"),
    ]

    def __init__(self, warning: str = "") -> None:
        """`warning`: what a dismissal leaves as it is, in words."""
        super().__init__()
        self._warning = warning

    def compose(self) -> ComposeResult:
        """The choices."""
        with Vertical(classes="sheet"):
            yield Painted(id="choices")

    def on_mount(self) -> None:
        """Draw the choices."""
        self.app.clear_notifications()  # they would lie over it, and are kept among the messages
        keymap = cast("MonitorApp", self.app).settings.keymap
        choices = self.query_one("#choices", Painted)
        choices.entitle(f"Dismiss: why?{self._warning}")
        rows: tuple[Line, ...] = tuple(
            line(
                Part(f" {spoken_key(keymap[f'reason.{reason}'][0])} ", "key"),
                Part(f" {spoken(reason):<15}", "strong"),
                Part(MEANING[reason], "faded"),
            )
            for reason in DISMISS_REASONS
        )
        back = spoken_key(keymap["ask.no"][0])
        choices.show(lambda cells: (*rows, line(Part(f" {back}", "key"), " back, nothing is dismissed")))

    def action_choose(self, reason: str) -> None:
        """Answer."""
        self.dismiss(reason or None)


class LineSheet(Asking, ModalScreen[str | None], inherit_bindings=False):
    """A line to be typed: a note, a command, a date. It stays open, with its text, until it can be taken."""

    BINDINGS: ClassVar[list[BindingType]] = [bind("ask.no", "cancel")]

    def __init__(self, title: str, value: str = "", *, check: Callable[[str], object] | None = None) -> None:
        """`check` raises a MonitorError where the text cannot be taken."""
        super().__init__()
        self._title, self._value, self._check = title, value, check
        self._wrong = ""

    def compose(self) -> ComposeResult:
        """One field, and under it what is wrong with its text."""
        app = cast("MonitorApp", self.app)
        with Vertical(classes="sheet"):
            field = CleanInput(value=self._value, id="line", max_length=_ROOM)
            field.cursor_blink = app.settings.motion
            field.border_title = title_content(self._title, max(app.size.width - 4, 10))
            yield field
            yield Painted(id="wrong")

    def on_mount(self) -> None:
        """Whoever typed on has typed into the field."""
        self.app.clear_notifications()  # they would lie over it, and are kept among the messages
        wrong = self.query_one("#wrong", Painted)
        wrong.can_focus, wrong.display = False, False
        field = self.query_one(CleanInput)
        self.set_focus(field)
        self.opened(field)

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Written, unless it is empty; what cannot be taken stays to be mended."""
        text = event.value.strip()
        try:
            if text and self._check is not None:
                self._check(text)
        except MonitorError as error:
            self._wrong = shown(str(error))
            wrong = self.query_one("#wrong", Painted)
            wrong.display = True
            wrong.styles.height = len(wrap((Part(self._wrong),), max(self.app.size.width - 3, 1), bidi="off"))
            wrong.show(lambda cells: wrap((Part(self._wrong, "warn"),), cells, bidi="off"))
            return
        self.dismiss(text or None)

    def action_cancel(self) -> None:
        """Not written."""
        self.dismiss(None)


class LinkSheet(ModalScreen[bool], inherit_bindings=False):
    """Where does this link lead? The host stands first, before anything is opened."""

    BINDINGS: ClassVar[list[BindingType]] = binds((("ask.yes", "answer(True)"), ("ask.no", "answer(False)")))

    def __init__(self, host: str, url: str) -> None:
        super().__init__()
        self.host, self.url = host, url

    def compose(self) -> ComposeResult:
        """Host and address."""
        with Vertical(classes="sheet"):
            yield Painted(id="link")

    def on_mount(self) -> None:
        """Draw them."""
        self.app.clear_notifications()  # they would lie over it, and are kept among the messages
        view = self.query_one("#link", Painted)
        view.entitle("Open in the browser?")
        view.styles.height = 1 + len(self._lines(self.app.size.width - 3))
        view.show(self._lines)

    def _lines(self, cells: int) -> tuple[Line, ...]:
        host = wrap((Part("host ", "faded"), Part(shown(self.host), "strong")), cells, indent=5, bidi="off", most=2)
        url = wrap((Part("link ", "faded"), Part(shown(self.url), "faded")), cells, indent=5, bidi="off", most=3)
        return (*host, *url, line(Part("enter", "key"), " open   ", Part("esc", "key"), " back"))

    def action_answer(self, yes: bool) -> None:
        """Answer."""
        self.dismiss(yes)
