"""View 2: the baseline and the ledger: what is held on a day, on what it rests, and what is overdue."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import ClassVar, cast

from textual.binding import BindingType
from textual.widget import Widget

from monitor.dashboard.ledgerlines import Item, accepted_story, heading, item_line, item_lines, items, moved
from monitor.dashboard.messages import Answered
from monitor.dashboard.screens.ask import LineSheet
from monitor.dashboard.screens.frame import FRAME, Frame
from monitor.dashboard.text import Line, Part, wrap
from monitor.dashboard.view import place_of
from monitor.dashboard.widgets.keys import binds
from monitor.dashboard.widgets.paint import Painted
from monitor.dashboard.widgets.rows import RowList
from monitor.dashboard.words import Names, age, day_words
from monitor.model import Board, Ledger


class ItemList(RowList[Item]):
    """Overdue, held, background."""

    def line(self, row: Item, cells: int, *, selected: bool) -> Line:
        """One of them."""
        return item_line(row, cast("LedgerScreen", self.screen).names, cells=cells, selected=selected)

    def heading(self, cells: int) -> str:
        """What stands in which column."""
        return heading(cells)

    def place_of(self, row: Item) -> int | None:
        """By key."""
        return next((n for n, one in enumerate(self.rows) if one.key == row.key), None)


class LedgerScreen(Frame):
    """What is held. `as_of` None: today, whatever day that is."""

    PANES = ("items", "fact")
    KEYS = ("ledger",)
    BINDINGS: ClassVar[list[BindingType]] = [
        *FRAME,
        *binds((
            ("ledger.earlier", "day(-1)"),
            ("ledger.later", "day(1)"),
            ("ledger.month_back", "month(-1)"),
            ("ledger.month_on", "month(1)"),
            ("ledger.today", "today"),
            ("ledger.date", "type_date"),
            ("ledger.story", "story"),
        )),
    ]  # fmt: skip

    def __init__(self) -> None:
        super().__init__(id="ledger")
        self.as_of: date | None = None
        self.names = Names({})
        self._ledger: Ledger | None = None
        self._asked: tuple[object, date | None] | None = None

    def top(self) -> Iterable[Widget]:
        """List and one fact."""
        yield ItemList(id="items")
        yield Painted(id="fact")

    @property
    def list(self) -> ItemList:
        """The list."""
        return self.query_one("#items", ItemList)

    def draw(self) -> None:
        """Everything, from board and ledger; a ledger of another day or board is asked for."""
        if not self._built:
            return
        board = self.board
        wanted = (self.program.main.view.board, self.as_of)
        if board is not None and wanted != self._asked:
            self._asked = wanted
            day = self.as_of
            self.program.ask("ledger", lambda desk: desk.ledger(day))
        if board is None or self._ledger is None:
            self.list.fill((), ((Part(" Loading the ledger…"),),))
            self.titled("items", "2 Baseline and ledger")
            return
        self.names = Names.on(board)
        cells = max(self.list.size.width - 2, 20)
        self.list.fill(items(board, self._ledger, today=self.as_of is None), self._nothing(cells))
        self.titled("items", self._title(board))
        self._draw_fact()

    def _nothing(self, cells: int) -> tuple[Line, ...]:
        said = "Nothing was known on this day. " if self.as_of else "The baseline is empty: no seed has been read. "
        return wrap((Part(f" {said}{self.key('ledger.today')} goes to today."),), cells, indent=1)

    def _title(self, board: Board) -> str:
        day = self._ledger.as_of if self._ledger is not None else board.now.date()
        when = f"{day_words(day)} ({'today' if self.as_of is None else age(day, board.now)})"
        late = f" · {len(board.overdue)} overdue" if self.as_of is None and board.overdue else ""
        return f"2 Baseline and ledger · as of {when}{late}"

    def _draw_fact(self) -> None:
        item, board = self.list.row, self.board
        self.titled("fact", "What it rests on")
        bidi, names = self.program.bidi, self.names
        pane = self.query_one("#fact", Painted)
        pane.show(
            lambda cells: item_lines(item, board, names, cells=cells, bidi=bidi) if item and board else (), top=True
        )

    def on_row_list_selected(self, event: RowList.Selected) -> None:
        """The fact beside the list."""
        if self._built:
            self._draw_fact()

    def on_row_list_opened(self, event: RowList.Opened) -> None:
        """A double click opens."""
        self.action_story()

    def answered(self, message: Answered) -> None:
        """The ledger of the day that is wanted; one of another day came too late."""
        answer = message.answer
        if isinstance(answer, Ledger) and (self.as_of is None or answer.as_of == self.as_of):
            self._ledger = answer
            self.draw()

    # ---- keys --------------------------------------------------------------------------------------------------------

    def _go(self, day: date) -> None:
        today = self.program.clock().date()
        if day > today:
            self.program.say("the ledger knows no day after today; what is due stands in each row", "warning")
            return
        self.as_of = None if day == today else day
        self.draw()

    def _day(self) -> date:
        return self.as_of or self.program.clock().date()

    def action_day(self, step: int) -> None:
        """A day on or back."""
        self._go(moved(self._day(), days=step))

    def action_month(self, step: int) -> None:
        """A month on or back."""
        self._go(moved(self._day(), months=step))

    def action_today(self) -> None:
        """As of now."""
        self._go(self.program.clock().date())

    def action_type_date(self) -> None:
        """A day that is typed."""

        def typed(text: str | None) -> None:
            if not text:
                return
            try:
                self._go(date.fromisoformat(text.strip()))
            except ValueError:
                self.program.say(f"{text[:40]} is no day: write one like 2026-01-17", "warning")

        self.app.push_screen(LineSheet("As of which day? Like 2026-01-17", self._day().isoformat()), typed)

    def action_story(self) -> None:
        """The story that moved it."""
        item, view = self.list.row, self.program.main.view
        late = item.overdue.story if item is not None and item.overdue is not None else None
        ident = late or (accepted_story(item.facts) if item is not None else None)
        place = place_of(view.board.stories, ident) if view.board is not None else None
        if ident is None:
            self.program.say("no story stands behind this fact: it comes from a seed", "warning")
        elif place is None or view.board is None:
            self.program.say(f"the story {ident[:12]} is not on the board any more", "warning")
        else:
            self.program.open_story(view.board.stories[place])
