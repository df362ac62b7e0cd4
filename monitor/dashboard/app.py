"""The app: it holds settings, workers and the six views; workers post, handlers here and in the screens change state.

Handlers never wait for network, store or file: they give an order to a worker, and its message comes when it is done.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Protocol, runtime_checkable

from textual import events
from textual.binding import BindingType

from monitor.dashboard.aside import aside
from monitor.dashboard.decisions import Decisions
from monitor.dashboard.desk import Desk
from monitor.dashboard.looks import Looks, Severity
from monitor.dashboard.memory import Memory
from monitor.dashboard.messages import (
    Answered,
    BoardReady,
    Decided,
    DeskReady,
    Failed,
    PollDone,
    PollProgress,
    WordsReady,
)
from monitor.dashboard.panes import stays
from monitor.dashboard.screens.frame import Frame
from monitor.dashboard.screens.main import MainScreen
from monitor.dashboard.screens.six import view_screen
from monitor.dashboard.settings import Settings
from monitor.dashboard.text import shown
from monitor.dashboard.widgets.keys import binds
from monitor.dashboard.words import plural
from monitor.dashboard.workers import Workers

if TYPE_CHECKING:
    from monitor.model import Board, Config, Story

_SAID = 200  # messages kept for the page of messages
_LAST_WORDS = 20.0  # seconds that a decision may take to be written after the reader has quit
_STAYS: dict[Severity, float] = {"information": 6.0, "warning": 8.0, "error": 12.0}


@runtime_checkable
class Follows(Protocol):
    """A screen that shows one story and goes with the board."""

    def follow(self, board: Board) -> None:
        """A new board."""


@runtime_checkable
class TakesKeys(Protocol):
    """A field, or a question with one: what is typed while it opens is meant for it."""

    def takes(self, event: events.Key) -> bool:
        """Take the key, unless it has been there."""


class MonitorApp(Looks, inherit_bindings=False):
    """The dashboard over a desk. Give the desk, or `opening` that opens it after the first frame, in a thread."""

    CSS_PATH = Path(__file__).with_name("app.tcss")
    TITLE = "monitor"
    ENABLE_COMMAND_PALETTE = False
    REDRAW_GAP: ClassVar[float] = 0.25  # seconds between two boards: at most four redraws a second on data
    BINDINGS: ClassVar[list[BindingType]] = binds((
        ("app.help", "help"),
        ("app.palette", "palette"),
        ("app.messages", "messages"),
        ("app.theme", "next_theme"),
        ("app.quit", "leave"),
    ))  # fmt: skip

    def __init__(
        self,
        desk: Desk | None = None,
        *,
        opening: Callable[[], Desk] | None = None,
        polling: bool = True,
        clock: Callable[[], datetime],
        settings: Settings | None = None,
        memory: Memory | None = None,
        look: Callable[[Config], Settings] | None = None,
        opener: Callable[[str], None] | None = None,
    ) -> None:
        """`clock` gives aware times, in the zone to show. Without `memory` nothing of the screen is remembered.

        `settings` hold until the program is open; from then on what `look` makes of its configuration.
        """
        super().__init__(settings or Settings(), memory or Memory.nowhere())
        self.clock = clock
        self._look = look
        self._config: Config | None = None
        self.crew = Workers(desk, opening, self.post_message, clock=clock, polling=polling, gap=self.REDRAW_GAP)
        self.failure: str = ""
        self.truth = False  # at the end: the list that was saved is what the store holds
        self.marked: str | None = None  # a story that is to be joined with another
        self.said: deque[tuple[datetime, str, str]] = deque(maxlen=_SAID)
        self.decisions = Decisions(self.crew.write)
        self._opener = opener
        self.main = MainScreen()

    # ---- start and end -----------------------------------------------------------------------------------------------

    def get_default_screen(self) -> MainScreen:
        """View 1."""
        return self.main

    def on_mount(self) -> None:
        """Start the workers; the first board comes from them."""
        self.wear(self.settings)
        work = self.crew
        for task in (work.read(), work.poll(), work.writer()):
            self.run_worker(task, group="monitor")
        self.set_interval(0.5, self.beat)

    def begin(self) -> None:
        """The first list is on the screen: open the program, which would have held it up."""
        self.run_worker(self.crew.open(), group="monitor")

    def _heed(self, config: Config) -> None:
        """The configuration was read, or read anew: what it says of the screen holds from now on."""
        if self._look is not None and config is not self._config:
            self._config = config
            self.memory.keep(ui=config.ui, keys=config.keys)
            self.wear(self._look(config))
            self._redraw()

    def beat(self) -> None:
        """Twice a second: let the workers look whether something is due or was written elsewhere."""
        self.crew.beat()
        # A last beat may come when the screens have been taken down.
        if self.screen_stack and isinstance(self.screen, Frame):
            self.screen.tick()

    def action_leave(self) -> None:
        """Quit. What was decided is written first; a board that is being computed is left behind."""
        if not self.crew.closing:
            self.crew.closing = True
            self.run_worker(self._leave(), group="leaving")

    async def _leave(self) -> None:
        try:
            async with asyncio.timeout(_LAST_WORDS):
                await self.crew.written()
        except TimeoutError:
            self.failure = "A decision could not be written before the end: the store was busy. See `monitor stories`."
        self.main.remember()
        glimpse = self.main.glimpse()
        self.truth = glimpse is not None and self.main.whole and await self.crew.abreast()
        await aside(lambda: self.memory.save(glimpse))
        self.exit()

    # ---- for the screens ---------------------------------------------------------------------------------------------

    @property
    def read_only(self) -> bool:
        """Whether decisions and polls are refused here."""
        return self.crew.desk is not None and self.crew.desk.read_only

    def say(self, text: str, severity: Severity = "information") -> None:
        """Tell the reader something, as plain text; it stays on the page of messages."""
        words = shown(text)[:500]
        self.said.append((self.clock(), severity, words))
        self.notify(words, severity=severity, markup=False, timeout=_STAYS[severity])

    def turn_to(self, name: str) -> None:
        """Show one of the six views."""
        while len(self.screen_stack) > 1 and not isinstance(self.screen, Frame):
            self.pop_screen()
        if name == "stories":
            while len(self.screen_stack) > 1:
                self.pop_screen()
            return
        if not self.is_screen_installed(name):
            self.install_screen(view_screen(name), name)
        wanted = self.get_screen(name)
        if self.screen is wanted:
            return
        if self.screen is self.main:
            self.push_screen(wanted)
        else:
            self.switch_screen(wanted)

    def open_story(self, story: Story) -> None:
        """The page of a story."""
        board = self.main.now_board()
        if board is not None:
            from monitor.dashboard.screens.story import StoryScreen

            self.push_screen(StoryScreen(board, story))

    def poll_now(self) -> None:
        """Ask for a poll of all feeds."""
        if self.crew.desk is None:
            self.say("the program is still opening: poll when it is open", "warning")
        elif self.read_only:
            self.say("read-only: nothing is polled here. Start without --read-only to poll", "warning")
        elif self.crew.busy:
            self.say("a poll is running already")
        else:
            self.crew.poll_now()
        if self.main.trouble:
            self.crew.reread()

    def ask(self, asked: str, question: Callable[[Desk], Any]) -> None:
        """Put a question to the desk; the answer goes to the view on the screen."""
        self.run_worker(self.crew.ask(asked, question), group="asking")

    def open_link(self, url: str) -> None:
        """Open an address that the reader has agreed to: in the browser that shows this page, else in the desktop's."""
        if self.is_web:
            self.open_url(url)
            return

        from monitor.dashboard.browser import open_in_browser

        opener = self._opener or open_in_browser

        async def opening() -> None:
            try:
                await aside(lambda: opener(url))
            except Exception as error:  # noqa: BLE001 - whatever a browser raises is told
                self.post_message(Failed("open the link", str(error)))

        self.run_worker(opening(), group="browser")

    # ---- messages ----------------------------------------------------------------------------------------------------

    def on_desk_ready(self, message: DeskReady) -> None:
        """Open: the screens may ask now."""
        self._heed(message.desk.config)
        self._redraw()

    def on_board_ready(self, message: BoardReady) -> None:
        """Show it."""
        if self.crew.desk is not None:
            self._heed(self.crew.desk.config)
        first = self.main.view.board is None
        self.main.arrive(message.board, message.index)
        for screen in self.screen_stack:
            if isinstance(screen, Follows):
                screen.follow(message.board)
            elif isinstance(screen, Frame) and screen is not self.main:
                screen.draw_frame()
                screen.draw()

        if first:
            glimpse = self.main.glimpse()
            self.run_worker(aside(lambda: self.memory.save(glimpse)), group="memory")

    def on_words_ready(self, message: WordsReady) -> None:
        """A filter that waited can answer."""
        self.main.refilter()

    def on_poll_started(self) -> None:
        """Say so."""
        self.main.progress = None
        self._redraw()

    def on_poll_progress(self, message: PollProgress) -> None:
        """Say how far."""
        self.main.progress = f"polling {shown(message.said)[:40]}" if self.crew.busy else None
        if isinstance(self.screen, Frame):
            self.screen.tick()

    def on_poll_done(self, message: PollDone) -> None:
        """Say what came of it, to one who asked."""
        self.main.progress = None
        if isinstance(self.screen, Frame):
            self.screen.tick()
        report = message.report
        if message.asked:
            failed = f", {len(report.failed)} failed" if report.failed else ""
            found = f"{plural(report.new, 'new entry', 'new entries')}, {plural(report.alerts, 'alert')}"
            self.say(f"polled {plural(report.polled, 'feed')}: {found}{failed}")

    def on_decided(self, message: Decided) -> None:
        """Say what stands in the journal now, and show it."""
        said, decision, board = self.decisions.heard(message), message.decision, self.main.view.board
        if decision.action == "dismiss" and board is not None:
            said += stays(board, {decision.story, *decision.claims})
        if decision.action == "undo":
            self.clear_notifications()  # what is undone need not be read any more; it is kept among the messages
        self.say(said)
        if decision.action == "undo":
            self.main.seek(decision.story)
        self.crew.reread()

    def on_answered(self, message: Answered) -> None:
        """The view that asked draws it."""
        for screen in self.screen_stack:
            if isinstance(screen, Frame):
                screen.answered(message)

    def on_failed(self, message: Failed) -> None:
        """Say what was refused and why. A program that cannot be opened is left with the reason."""
        if message.what == "open":
            self.failure = message.why
            self.exit(return_code=2)
            return
        if message.what == "read the board":
            self.main.trouble = shown(message.why)
            self._redraw()
        if message.what == "poll":
            self.main.progress = None
        self.say(f"{message.what}: {message.why}", "error")

    def _redraw(self) -> None:
        for screen in self.screen_stack:
            if isinstance(screen, Frame):
                screen.draw_frame()
                screen.draw()

    # ---- keys --------------------------------------------------------------------------------------------------------

    def on_key(self, event: events.Key) -> None:
        """A key that comes this far may have been typed before a field had opened that takes it: it is the field's."""
        taker = self.focused or self.screen
        if isinstance(taker, TakesKeys) and taker.takes(event):
            event.stop()
            event.prevent_default()

    def action_help(self) -> None:
        """Every key."""
        from monitor.dashboard.screens.pages import HelpScreen

        if not isinstance(self.screen, HelpScreen):
            self.push_screen(HelpScreen(self.settings.keymap))

    def action_messages(self) -> None:
        """What was said."""
        from monitor.dashboard.screens.pages import MessagesScreen

        if not isinstance(self.screen, MessagesScreen):
            self.push_screen(MessagesScreen(tuple(self.said), now=self.clock()))

    def action_palette(self) -> None:
        """Every command by name."""
        from monitor.dashboard.screens.palette import Palette

        if not isinstance(self.screen, Palette):
            self.push_screen(Palette(self.screen))
