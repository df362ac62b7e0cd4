"""The app: workers that read, poll and decide in the background, and the screens they post to.

Handlers never wait for network, store or file: they set an event or fill a queue, and a worker takes it from there.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import ClassVar, Literal

from textual.app import App
from textual.binding import Binding, BindingType

from monitor.dashboard.browser import open_in_browser
from monitor.dashboard.desk import Desk
from monitor.dashboard.messages import BoardReady, Decided, Failed, PollDone, PollProgress, PollStarted
from monitor.dashboard.screens.ask import LinkSheet, NoteSheet, ReasonSheet
from monitor.dashboard.screens.deciding import Deciding
from monitor.dashboard.screens.feeds import FeedsScreen
from monitor.dashboard.screens.help import HelpScreen
from monitor.dashboard.screens.main import MainScreen
from monitor.dashboard.screens.story import StoryScreen
from monitor.dashboard.text import Bidi, shown
from monitor.dashboard.widgets.keys import bindings_of
from monitor.dashboard.widgets.stories import StoryList
from monitor.dashboard.words import plural, spoken
from monitor.errors import MonitorError
from monitor.model import Action, Decision

THEMES = {"dark": "textual-dark", "light": "textual-light"}
_REBUILD = timedelta(minutes=15)  # deadlines pass and stories age while nobody writes
_BREATH = timedelta(seconds=5)  # between two polls, should the desk still call something due
_AFTER_FAILURE = timedelta(seconds=30)
_EXPECTED = (MonitorError, OSError)


@dataclass(frozen=True, slots=True)
class Job:
    """A decision to be written, and how it is called in words."""

    what: str
    run: Callable[[], Decision]


class MonitorApp(App[None], inherit_bindings=False):
    """The dashboard over a desk."""

    CSS_PATH = Path(__file__).with_name("app.tcss")
    TITLE = "monitor"
    ENABLE_COMMAND_PALETTE = False
    REDRAW_GAP: ClassVar[float] = 0.25  # seconds between two boards: at most four redraws a second on data
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("?", "help", "help", id="app.help", tooltip="All keys"),
        Binding("q,ctrl+q,ctrl+c", "quit", "quit", id="app.quit", tooltip="Quit"),
    ]

    def __init__(
        self,
        desk: Desk,
        *,
        polling: bool = True,
        clock: Callable[[], datetime],
        ascii: bool = False,
        theme: str | None = None,
        bidi: str = "auto",
        opener: Callable[[str], None] | None = None,
    ) -> None:
        """`clock` gives aware times, in the zone to show; `bidi` is auto, isolate or off (others: isolate)."""
        super().__init__()
        self.desk, self.clock, self.ascii = desk, clock, ascii
        self.bidi: Bidi = "off" if bidi == "off" else "isolate"
        self.busy = False
        self._polling = polling and not desk.read_only
        self._opener = opener or open_in_browser
        self._wished_theme = theme
        self._asked = False
        self._stale = True
        self._not_before = clock()
        self._poll_wake, self._read_wake = asyncio.Event(), asyncio.Event()
        self._jobs: asyncio.Queue[Job] = asyncio.Queue()
        self.main = MainScreen()

    # ---- start -------------------------------------------------------------------------------------------------------

    def get_default_screen(self) -> MainScreen:
        """View 1."""
        return self.main

    def on_mount(self) -> None:
        """Set the theme and start the workers; the first board comes from them."""
        self.set_class(self.ascii, "-ascii")
        wished = THEMES.get(self._wished_theme or "dark", self._wished_theme or "")
        if wished in self.available_themes:
            self.theme = wished
        else:
            self.say(f"there is no theme called {self._wished_theme}; dark is used", "warning")
        for worker in (self._reader(), self._poller(), self._writer()):
            self.run_worker(worker, group="monitor")
        self.set_interval(1.0, self.beat)
        self.beat()

    def beat(self) -> None:
        """Once a second: look whether something is due or was written elsewhere."""
        self._poll_wake.set()
        self._read_wake.set()
        self.main.tick()

    # ---- workers -----------------------------------------------------------------------------------------------------

    async def _reader(self) -> None:
        """Compute the board when it is stale, in a thread, one at a time."""
        token: object = None
        told, built = "", self.clock()
        while True:
            await self._read_wake.wait()
            self._read_wake.clear()
            try:
                seen = await asyncio.to_thread(self.desk.changed)
                if not self._stale and seen == token and self.clock() - built < _REBUILD:
                    continue
                self._stale, token, built = False, seen, self.clock()
                board = await asyncio.to_thread(self.desk.board)
            except _EXPECTED as error:
                self._stale = True
                if str(error) != told:
                    told = str(error)
                    self.post_message(Failed("read the board", told))
                continue
            told = ""
            self.post_message(BoardReady(board))
            await asyncio.sleep(self.REDRAW_GAP)

    async def _poller(self) -> None:
        """Poll when it is time or someone asks; a beat that comes while it polls is not kept."""
        while True:
            await self._poll_wake.wait()
            self._poll_wake.clear()
            asked, self._asked = self._asked, False
            if not asked and not self._due():
                continue
            self.busy = True
            self.post_message(PollStarted())
            pause = _BREATH
            try:
                report = await self.desk.poll(force=asked, progress=self._progress)
                self.post_message(PollDone(report, asked))
            except _EXPECTED as error:
                pause = _AFTER_FAILURE
                self.post_message(Failed("poll", str(error)))
            finally:
                self.busy = False
            self._not_before = self.clock() + pause
            self.refresh_board()

    def _progress(self, said: str) -> None:
        self.post_message(PollProgress(said))

    async def _writer(self) -> None:
        """Write decisions in the order they were made."""
        while True:
            job = await self._jobs.get()
            try:
                decision = await asyncio.to_thread(job.run)
            except _EXPECTED as error:
                self.post_message(Failed(job.what, str(error)))
                continue
            self.post_message(Decided(decision))

    def _due(self) -> bool:
        if not self._polling or self.clock() < self._not_before:
            return False
        due = self.next_due()
        return due is not None and due <= self.clock()

    def next_due(self) -> datetime | None:
        """When the next poll comes; None without polling."""
        try:
            return self.desk.next_due() if self._polling else None
        except _EXPECTED:
            return None

    # ---- for the screens ---------------------------------------------------------------------------------------------

    def say(self, text: str, severity: Literal["information", "warning", "error"] = "information") -> None:
        """Tell the reader something, as plain text."""
        self.notify(shown(text)[:500], severity=severity, markup=False, timeout=3.5 if severity == "information" else 6)

    def refresh_board(self) -> None:
        """Ask for a new board."""
        self._stale = True
        self._read_wake.set()

    def poll_now(self) -> None:
        """Ask for a poll of all feeds."""
        if self.desk.read_only:
            self.say("read-only: nothing is polled here", "warning")
        elif self.busy:
            self.say("a poll is running already")
        else:
            self._asked = True
            self._poll_wake.set()
        if self.main.trouble:
            self.refresh_board()

    def decide(self, story_id: str, action: Action, *, reason: str | None = None, text: str | None = None) -> None:
        """Have a decision written."""
        self._jobs.put_nowait(Job(action, lambda: self.desk.decide(story_id, action, reason=reason, text=text)))

    def undo(self) -> None:
        """Have the last decision taken back."""
        self._jobs.put_nowait(Job("undo", self.desk.undo))

    def open_link(self, url: str) -> None:
        """Open an address that the reader has agreed to."""

        async def opening() -> None:
            try:
                await asyncio.to_thread(self._opener, url)
            except _EXPECTED as error:
                self.post_message(Failed("open the link", str(error)))

        self.run_worker(opening(), group="browser")

    # ---- messages ----------------------------------------------------------------------------------------------------

    def on_board_ready(self, message: BoardReady) -> None:
        """Show it."""
        self.main.arrive(message.board)
        for screen in self.screen_stack:
            if isinstance(screen, StoryScreen):
                screen.follow(message.board)

    def on_poll_started(self) -> None:
        """Say so."""
        self.main.progress = None
        self.main.draw()

    def on_poll_progress(self, message: PollProgress) -> None:
        """Say how far."""
        self.main.progress = f"polling {shown(message.said)[:40]}" if self.busy else None
        self.main.tick()

    def on_poll_done(self, message: PollDone) -> None:
        """Say what came of it, to one who asked."""
        self.main.progress = None
        self.main.tick()
        report = message.report
        if message.asked:
            failed = f", {len(report.failed)} failed" if report.failed else ""
            found = f"{plural(report.new, 'new entry', 'new entries')}, {plural(report.alerts, 'alert')}"
            self.say(f"polled {plural(report.polled, 'feed')}: {found}{failed}")

    def on_decided(self, message: Decided) -> None:
        """Say what stands in the journal now, and show it."""
        decision = message.decision
        state = (
            f"{spoken(decision.before)} → {spoken(decision.after)}"
            if decision.before != decision.after
            else spoken(decision.after)
        )
        moved = decision.text if decision.action == "accept" else None
        self.say(f"accepted: {moved}" if moved else f"{decision.action}: {state}")
        self.refresh_board()

    def on_failed(self, message: Failed) -> None:
        """Say what was refused and why."""
        if message.what == "read the board":
            self.main.trouble = shown(message.why)
            self.main.draw()
        if message.what == "poll":
            self.main.progress = None
            self.main.tick()
        self.say(f"{message.what}: {message.why}", "error")

    def action_help(self) -> None:
        """Every key."""
        if isinstance(self.screen, HelpScreen):
            return
        groups = (
            ("Move", bindings_of(StoryList)),
            ("Stories", bindings_of(MainScreen)),
            (
                "Story page, feeds and help",
                tuple(
                    one for one in bindings_of(StoryScreen, FeedsScreen, HelpScreen) if one not in bindings_of(Deciding)
                ),
            ),
            ("Questions", bindings_of(ReasonSheet, NoteSheet, LinkSheet)),
            ("Everywhere", bindings_of(MonitorApp)),
        )
        self.push_screen(HelpScreen(groups, ascii=self.ascii))
