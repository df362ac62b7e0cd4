"""Every command by name: type a part of it, enter does it. Made from the table of keys, so nothing is missing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, cast

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.screen import ModalScreen, Screen
from textual.widgets import Input

from monitor.dashboard.keys import BY_ID, spoken_key
from monitor.dashboard.text import Line, Part, line
from monitor.dashboard.widgets.field import Asking, CleanInput
from monitor.dashboard.widgets.keys import binds
from monitor.dashboard.widgets.rows import RowList

if TYPE_CHECKING:
    from monitor.dashboard.app import MonitorApp

_LEFT_OUT = ("move.", "app.palette")


@dataclass(frozen=True, slots=True)
class Command:
    """What can be done now, by which node and action."""

    id: str
    does: str
    keys: str
    node: Any
    action: str


class CommandList(RowList[Command]):
    """The commands that fit what was typed."""

    def line(self, row: Command, cells: int, *, selected: bool) -> Line:
        """Keys and what it does."""
        return line(Part(f" {row.keys:<12} ", "key"), row.does)

    def place_of(self, row: Command) -> int | None:
        """By id."""
        return next((n for n, one in enumerate(self.rows) if one.id == row.id), None)


class Palette(Asking, ModalScreen[None], inherit_bindings=False):
    """Commands of the screen below."""

    BINDINGS: ClassVar[list[BindingType]] = binds(
        (("palette.close", "close"), ("palette.up", "step(-1)"), ("palette.down", "step(1)"))
    )

    def __init__(self, below: Screen[Any]) -> None:
        super().__init__()
        self._below = below

    def compose(self) -> ComposeResult:
        """A field and the list."""
        with Vertical(classes="sheet palette"):
            yield CleanInput(id="wanted", max_length=60, placeholder="a word of the command", compact=True)
            yield CommandList(id="commands")

    def on_mount(self) -> None:
        """All of them first."""
        self.app.clear_notifications()  # they would lie over it, and are kept among the messages
        self.query_one("#commands", CommandList).entitle("Commands: enter does it, esc does not")
        self._show("")
        field = self.query_one("#wanted", CleanInput)
        self.set_focus(field)
        self.opened(field)

    def commands(self) -> list[Command]:
        """What the keys of the screen below and of the app do, each once."""
        keymap = cast("MonitorApp", self.app).settings.keymap
        found: dict[str, Command] = {}
        for node in (self._below, self.app):
            for bindings in node._bindings.key_to_bindings.values():
                for one in bindings:
                    key = BY_ID.get(one.id or "")
                    if key is not None and not key.id.startswith(_LEFT_OUT):
                        keys = " ".join(map(spoken_key, keymap[key.id]))
                        found.setdefault(key.id, Command(key.id, key.does, keys, node, one.action))
        return list(found.values())

    def _show(self, wanted: str) -> None:
        words = wanted.casefold().split()
        fitting = [one for one in self.commands() if all(word in f"{one.does} {one.id}".casefold() for word in words)]
        message = ((Part(" No command has these words. esc closes."),),)
        self.query_one("#commands", CommandList).fill(fitting, message, top=True)

    def on_input_changed(self, event: Input.Changed) -> None:
        """Fewer."""
        self._show(event.value)

    def on_input_submitted(self) -> None:
        """Do it."""
        self._run()

    def on_row_list_opened(self) -> None:
        """Do it, by mouse."""
        self._run()

    def _run(self) -> None:
        chosen = self.query_one("#commands", CommandList).row
        self.dismiss(None)
        if chosen is not None:
            self.app.call_later(self.app.run_action, chosen.action, chosen.node)

    def action_step(self, step: int) -> None:
        """The cursor of the list, while one types."""
        self.query_one("#commands", CommandList).action_move(str(step))

    def action_close(self) -> None:
        """Nothing is done."""
        self.dismiss(None)
