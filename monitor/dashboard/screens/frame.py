"""What all six views share: status, banner, panes that can be turned, zoomed and sized, and the line of keys."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, ClassVar, cast

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Container
from textual.screen import Screen
from textual.widget import Widget

from monitor.dashboard.draw import header
from monitor.dashboard.health import fare
from monitor.dashboard.messages import Answered
from monitor.dashboard.text import Line, Part, shown
from monitor.dashboard.widgets.keys import binds, keys_line
from monitor.dashboard.widgets.paint import Bar, Painted
from monitor.dashboard.words import plural

if TYPE_CHECKING:
    from monitor.dashboard.app import MonitorApp
    from monitor.model import Board

SMALLEST, LARGEST, STEP = 20, 80, 5  # percent of the screen for the first pane
_STACKED, _WIDE = 80, 120  # columns from which panes stand under and beside each other
FRAME: list[BindingType] = binds((
    *((f"views.{name}", f"turn('{name}')") for name in ("stories", "ledger", "map", "timeline", "feeds", "rules")),
    ("view.pane", "pane(1)"),
    ("view.pane_back", "pane(-1)"),
    ("view.zoom", "zoom"),
    ("view.smaller", "resize(-1)"),
    ("view.larger", "resize(1)"),
    ("view.poll", "poll"),
    ("view.pause", "pause"),
    ("view.edit", "edit"),
))  # fmt: skip


class Frame(Screen[None], inherit_bindings=False):
    """One of the six views. `PANES` are the ids of its panes, the first two of which share the top."""

    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (_STACKED, "-stacked"), (_WIDE, "-wide")]  # noqa: RUF012 - textual types it so
    PANES: ClassVar[tuple[str, ...]] = ()
    KEYS: ClassVar[tuple[str, ...]] = ()  # groups of keys for the foot
    SHARE: ClassVar[int] = 62
    START: ClassVar[int] = 0  # the pane that the cursor is in at first
    BINDINGS: ClassVar[list[BindingType]] = FRAME

    def __init__(self, *, id: str) -> None:
        super().__init__(id=id, classes=f"frame -at-{self.START}")
        self.share = self.SHARE
        self._built = False  # messages may come before the widgets are there

    @property
    def program(self) -> MonitorApp:
        """The app, as what it is."""
        return cast("MonitorApp", self.app)

    @property
    def single(self) -> bool:
        """Whether one pane fills the screen."""
        return self.app.size.width < _STACKED or self.has_class("-zoomed")

    def side_by_side(self) -> bool:
        """Whether the first two panes stand beside each other."""
        return self.app.size.width >= _WIDE

    @property
    def board(self) -> Board | None:
        """The board that is shown, at the moment of drawing."""
        return self.program.main.now_board()

    # ---- for the views -----------------------------------------------------------------------------------------------

    def top(self) -> Iterable[Widget]:
        """The two panes that share the top."""
        raise NotImplementedError

    def below(self) -> Iterable[Widget]:
        """What stands under them, if anything."""
        return ()

    def above(self) -> Iterable[Widget]:
        """What stands between the status and the panes, if anything."""
        return ()

    def draw(self) -> None:
        """Everything, from the board."""
        raise NotImplementedError

    def answered(self, message: Answered) -> None:
        """An answer of the desk; most views ask nothing."""

    def config_line(self) -> tuple[str, str] | None:
        """What of feeds.yml belongs to the selection: ("feeds" or "rules", id)."""
        return None

    # ---- building ----------------------------------------------------------------------------------------------------

    def compose(self) -> ComposeResult:
        """Status, banner, panes, keys, dressed before they are mounted: each class put on later costs a frame."""
        width = self.app.size.width
        shape = next(name for least, name in reversed(self.HORIZONTAL_BREAKPOINTS) if width >= least)
        self.add_class(shape, update=False)
        top, below = list(self.top()), list(self.below())
        panes = {pane.id: pane for pane in (*top, *below)}
        for name, place in zip(self.PANES, ("first", "second", "third"), strict=False):
            panes[name].add_class(place, update=False)
        self._share_out(panes[self.PANES[0]], panes[self.PANES[1]])
        yield Bar(id="status")
        yield Bar(id="banner", classes="" if self.warning() else "-hidden")
        yield from self.above()
        with Container(id="panes"):
            with Container(id="top"):
                yield from top
            yield from below
        yield Bar(id="keys")

    def on_mount(self) -> None:
        """First paint: where the board is not there yet, the screen says so."""
        self._built = True
        self.query_one("#status", Bar).show(self._status)
        self.query_one("#banner", Bar).show(lambda cells: (Part(" "), Part(self.warning(), "bad")))
        self.query_one("#keys", Bar).show(
            lambda cells: keys_line((*self.KEYS, "views"), self.program.settings.keymap, cells)
        )
        self.turn_pane(self.PANES[self.START])
        self.draw_frame()
        self.draw()

    def on_screen_resume(self) -> None:
        """Shown again: things may have changed meanwhile."""
        if self._built:
            self.draw_frame()
            self.draw()

    def on_resize(self) -> None:
        """Titles and messages are cut to the width there is."""
        self.call_after_refresh(self._resized)

    def _resized(self) -> None:
        self._size_panes()
        self.draw_frame()
        self.draw()

    def _size_panes(self) -> None:
        """Give the first two panes their parts."""
        self._share_out(*(self.query_one(f"#{name}") for name in self.PANES[:2]))

    def _share_out(self, first: Widget, second: Widget) -> None:
        """Side by side where the screen is wide, else one above the other."""
        wide, single = self.side_by_side(), self.single
        for pane, part in ((first, self.share), (second, 100 - self.share)):
            pane.styles.width = f"{part}fr" if wide and not single else "100%"
            pane.styles.height = f"{part}fr" if not wide and not single else "100%"

    # ---- drawing -----------------------------------------------------------------------------------------------------

    def tick(self) -> None:
        """A second has gone: ages and the time to the next poll."""
        for bar in self.query("#status").results(Bar):  # none while the screen is being taken down
            bar.renew()

    def draw_frame(self) -> None:
        """Status, banner and keys."""
        if self._built:
            banner = self.query_one("#banner", Bar)
            banner.set_class(not self.warning(), "-hidden")
            for bar in self.query(Bar):
                bar.refresh()

    def titled(self, pane: str, text: str) -> None:
        """Write the title of a pane."""
        self.query_one(f"#{pane}", Painted).entitle(text)

    def _status(self, cells: int) -> Line:
        main, board = self.program.main, self.board
        flags = [shown(board.label)] if board is not None and board.label else []
        if (progress := self.program.crew.progress) is not None:
            flags.append(f"reading the archive anew, {100 * progress.done // max(progress.total, 1)} %")
        flags += ["READ-ONLY"] if self.program.read_only else []
        if main.view.paused:
            flags.append(f"PAUSED {main.view.pending} waiting, {self.key('view.pause')} resumes")
        if board is None:
            return (Part(" monitor   ", "strong"), Part("loading…" if not main.trouble else "no board", "warn"))
        polling = main.progress or ("polling…" if self.program.crew.busy else None)
        workers = self.program.crew
        return header(
            board,
            cells=cells,
            pending=0 if main.view.paused else main.view.pending,
            next_due=workers.due if workers.polling else None,
            polling=polling,
            flags=flags,
            new_key=self.key("view.new"),
            unreviewed_count=main.view.unreviewed,
        )

    def key(self, ident: str) -> str:
        """The key of an id, as the reader has it."""
        from monitor.dashboard.keys import spoken_key

        return spoken_key(self.program.settings.keymap[ident][0])

    def warning(self) -> str:
        """What the reader must know before believing the screen."""
        board, main = self.program.main.view.board, self.program.main
        if board is None:
            return ""
        if main.trouble:
            return f"not fresh: {main.trouble}"
        feeds = fare(board.feeds)
        if feeds.offline:
            return f"{feeds.offline_words(len(board.stories))}. {self.key('view.poll')} polls again"
        return f"problem: {shown(board.problems[0])}" if board.problems else ""

    def sources_warning(self, board: Board) -> str:
        """Said where a view is empty: silence of sick sources tells nothing."""
        feeds = fare(board.feeds)
        if not feeds.ill:
            return ""
        return f" {feeds.ill} of {plural(feeds.total, 'feed')} in trouble: silence is no all-clear."

    # ---- keys --------------------------------------------------------------------------------------------------------

    def turn_pane(self, pane: str) -> None:
        """Focus a pane; on a narrow or zoomed screen it is the one that is shown."""
        for number, name in enumerate(self.PANES):
            self.set_class(name == pane, f"-at-{number}")
        self.query_one(f"#{pane}").focus(scroll_visible=False)

    def on_descendant_focus(self) -> None:
        """A click turns to a pane as tab does."""
        focused = self.focused.id if self.focused is not None else None
        if focused in self.PANES:
            for number, name in enumerate(self.PANES):
                self.set_class(name == focused, f"-at-{number}")

    def action_turn(self, name: str) -> None:
        """Another view."""
        self.program.turn_to(name)

    def action_pane(self, step: int) -> None:
        """Another pane."""
        at = next((n for n in range(len(self.PANES)) if self.has_class(f"-at-{n}")), 0)
        self.turn_pane(self.PANES[(at + step) % len(self.PANES)])

    def action_zoom(self) -> None:
        """One pane alone, or all of them."""
        self.toggle_class("-zoomed")
        self._size_panes()
        self.call_after_refresh(self.draw)

    def action_resize(self, step: int) -> None:
        """Move the border between the first two panes."""
        if self.single:
            self.program.say("one pane fills the screen: there is no border to move", "warning")
            return
        share = min(max(self.share + step * STEP, SMALLEST), LARGEST)
        if share == self.share:
            self.program.say("it goes no further", "warning")
            return
        self.share = share
        self._size_panes()
        self.call_after_refresh(self.draw)

    def action_poll(self) -> None:
        """Poll all feeds."""
        self.program.poll_now()

    def action_pause(self) -> None:
        """Hold the picture, or let it go on."""
        self.program.main.pause()
        self.draw_frame()
        self.draw()

    def action_edit(self) -> None:
        """feeds.yml in the reader's editor."""
        from monitor.dashboard.screens.editing import edit_configuration

        edit_configuration(self.program, self.config_line())
