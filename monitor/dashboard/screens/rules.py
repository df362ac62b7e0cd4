"""View 6: the rules: what each brought, how often people found it right, and a box to try a sentence."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from textual.binding import BindingType
from textual.widget import Widget

from monitor.dashboard.messages import Answered
from monitor.dashboard.rulelines import HEADING, RuleRow, explained, rule_line, rule_lines, rule_rows
from monitor.dashboard.screens.ask import LineSheet
from monitor.dashboard.screens.frame import FRAME, Frame
from monitor.dashboard.text import Line, Part, shown, wrap
from monitor.dashboard.widgets.keys import binds
from monitor.dashboard.widgets.paint import Painted
from monitor.dashboard.widgets.rows import RowList
from monitor.dashboard.words import plural
from monitor.model import Alert


class RuleList(RowList[RuleRow]):
    """A line a rule."""

    def line(self, row: RuleRow, cells: int, *, selected: bool) -> Line:
        """Id and what it did."""
        return rule_line(row, selected=selected)

    def heading(self, cells: int) -> str:
        """What stands in which column."""
        return HEADING

    def place_of(self, row: RuleRow) -> int | None:
        """By id."""
        return next((n for n, one in enumerate(self.rows) if one.rule.id == row.rule.id), None)


class RulesScreen(Frame):
    """All rules. The pane beside shows the selected one, or what a sentence that was typed brings."""

    PANES = ("rulelist", "rule")
    KEYS = ("rules",)
    BINDINGS: ClassVar[list[BindingType]] = [
        *FRAME,
        *binds((("rules.test", "test"),)),
    ]

    def __init__(self) -> None:
        super().__init__(id="rules")
        self._tried = ""
        self._answer: tuple[Alert | None, tuple[str, ...]] | None = None

    def top(self) -> Iterable[Widget]:
        """List and one rule."""
        yield RuleList(id="rulelist")
        yield Painted(id="rule")

    @property
    def list(self) -> RuleList:
        """The list."""
        return self.query_one("#rulelist", RuleList)

    def config_line(self) -> tuple[str, str] | None:
        """The rule under the cursor."""
        return ("rules", self.list.row.rule.id) if self.list.row else None

    def draw(self) -> None:
        """Everything, from the board."""
        if not self._built:
            return
        board, desk = self.board, self.program.crew.desk
        if board is None or desk is None:
            self.list.fill((), ((Part(" Loading the board…"),),))
            self.titled("rulelist", "6 Rules")
            return
        said = (
            f" There is no rule. {self.key('view.edit')} opens feeds.yml; shipped_rules: true brings the shipped ones."
        )
        rows = rule_rows(board, desk.config.rules)
        self.list.fill(rows, wrap((Part(said),), max(self.list.size.width - 2, 20), indent=1))
        self.titled("rulelist", f"6 Rules · {plural(len(rows), 'rule')} · {self.key('rules.test')} tries a sentence")
        self._draw_rule()

    def _draw_rule(self) -> None:
        pane, row = self.query_one("#rule", Painted), self.list.row
        if self._answer is not None:
            alert, lacking = self._answer
            self.titled("rule", "What a sentence brings")
            pane.show(lambda cells: explained(self._tried, alert, lacking, cells), top=True)
        else:
            self.titled("rule", shown(row.rule.id) if row else "No rule")
            pane.show(lambda cells: rule_lines(row, cells) if row else (), top=True)

    def on_row_list_selected(self, event: RowList.Selected) -> None:
        """The rule beside the list."""
        if self._built:
            self._answer = None
            self._draw_rule()

    def answered(self, message: Answered) -> None:
        """What a sentence or the archive brought."""
        if message.asked == "try the sentence":
            self._answer = message.answer
            self._draw_rule()

    # ---- keys --------------------------------------------------------------------------------------------------------

    def action_test(self) -> None:
        """Type a sentence."""

        def typed(text: str | None) -> None:
            if text:
                self._tried = text
                self.program.ask("try the sentence", lambda desk: desk.explain(text))

        self.app.push_screen(LineSheet("A sentence, as a headline: enter tries it, esc does not", self._tried), typed)
