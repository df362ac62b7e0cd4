"""Where the program read or folded wrongly: correct a claim, grade a story, split it, join two."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, cast

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.screen import ModalScreen

from monitor.dashboard.correcting import FIELDS, HINTS, Field, corrected, current, graded, numbered, told
from monitor.dashboard.keys import spoken_key
from monitor.dashboard.screens.ask import LineSheet
from monitor.dashboard.text import Line, Part, line
from monitor.dashboard.widgets.keys import bind
from monitor.dashboard.widgets.paint import Painted
from monitor.dashboard.words import Names, plural
from monitor.model import Claim, Story

if TYPE_CHECKING:
    from monitor.dashboard.app import MonitorApp


class FieldSheet(ModalScreen[Field | None], inherit_bindings=False):
    """Which field of the lead claim is wrong? One key each, with what was read."""

    BINDINGS: ClassVar[list[BindingType]] = [
        *(bind(f"correct.{field}", f"choose('{field}')") for field in FIELDS),
        bind("ask.no", "choose('')"),
    ]

    def __init__(self, claim: Claim, names: Names) -> None:
        super().__init__()
        self._claim, self._names = claim, names

    def compose(self) -> ComposeResult:
        """The fields."""
        with Vertical(classes="sheet"):
            yield Painted(id="choices")

    def on_mount(self) -> None:
        """Draw the fields."""
        self.app.clear_notifications()  # they would lie over it, and are kept among the messages
        keymap = cast("MonitorApp", self.app).settings.keymap
        choices = self.query_one("#choices", Painted)
        choices.entitle("Correct the lead claim: which field?")
        rows: tuple[Line, ...] = tuple(
            line(
                Part(f" {spoken_key(keymap[f'correct.{field}'][0])} ", "key"),
                Part(f" {field:<10}", "strong"),
                Part(told(self._claim, field, self._names)),
            )
            for field in FIELDS
        )
        back = spoken_key(keymap["ask.no"][0])
        choices.show(lambda cells: (*rows, line(Part(f" {back}", "key"), " back, nothing is corrected")))

    def action_choose(self, field: str) -> None:
        """Answer."""
        self.dismiss(next((one for one in FIELDS if one == field), None))


def correct(app: MonitorApp, story: Story) -> None:
    """Ask for field and value; the correction holds for the lead report in its present wording."""
    claim, board = story.lead.lead_claim, app.main.now_board()
    if claim is None or board is None:
        app.say("this story makes no claim that could be corrected", "warning")
        return

    def chosen(field: Field | None) -> None:
        if field is not None:
            _ask_value(app, story, claim, field)

    app.push_screen(FieldSheet(claim, Names.on(board)), chosen)


def _ask_value(app: MonitorApp, story: Story, claim: Claim, field: Field) -> None:
    """Ask what the field should be."""

    def typed(text: str | None) -> None:
        if text is None or text == current(claim, field):
            return
        given = corrected(claim, field, text)
        app.decisions.order("correct", lambda desk: desk.correct(story.id, given))

    def check(text: str) -> None:
        if text != current(claim, field):
            corrected(claim, field, text)

    app.push_screen(LineSheet(HINTS[field], current(claim, field), check=check), typed)


def grade(app: MonitorApp, story: Story) -> None:
    """Ask for letter, digit and reason."""

    def typed(text: str | None) -> None:
        if text:
            letter, why = graded(text)
            app.decisions.order("grade", lambda desk: desk.grade(story.id, letter, reason=why))

    trust = story.trust
    now = f", now {trust.reliability}{trust.credibility}" if trust is not None else ""
    title = f"Grade{now}: letter A-F, digit 1-6 and why, like: B2 the ministry itself"
    app.push_screen(LineSheet(title, check=graded), typed)


def split(app: MonitorApp, story: Story) -> None:
    """Ask for the numbers of the reports that go."""
    if len(story.alerts) < 2:
        app.say("this story has one report: there is nothing to split", "warning")
        return

    def typed(text: str | None) -> None:
        numbers = numbered(text, len(story.alerts)) if text else ()
        if numbers:
            entries = tuple(story.alerts[number - 1].entry.id for number in numbers)
            app.decisions.order("split", lambda desk: desk.split(story.id, entries))

    reports = plural(len(story.alerts), "report")
    title = f"Split off which of {reports}? Numbers as on the story page, like: 2 3"
    app.push_screen(LineSheet(title, check=lambda text: numbered(text, len(story.alerts))), typed)


def merge(app: MonitorApp, story: Story) -> None:
    """The first press marks, the second joins; the same story twice takes the mark away."""
    marked, app.marked = app.marked, None
    if marked is None:
        app.marked = story.id
        app.say("marked: go to the story that is the same event, and press the key again")
    elif marked in (story.id, *story.aliases):
        app.say("the mark is taken away")
    else:
        app.decisions.order("merge", lambda desk: desk.merge(story.id, marked))
