"""View 1: the stories, the baseline beside them, the reason below."""

from __future__ import annotations

from dataclasses import replace
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Container
from textual.widgets import Input

from monitor.dashboard import view as views
from monitor.dashboard.draw import header, nothing_yet, unreviewed
from monitor.dashboard.health import fare
from monitor.dashboard.panes import baseline_lines, facility_of, why_lines
from monitor.dashboard.screens.deciding import Deciding
from monitor.dashboard.screens.feeds import FeedsScreen
from monitor.dashboard.screens.story import StoryScreen
from monitor.dashboard.text import Line, Part, shown, wrap
from monitor.dashboard.widgets.field import CleanInput
from monitor.dashboard.widgets.keys import keys_line
from monitor.dashboard.widgets.paint import Bar, Painted, title_content
from monitor.dashboard.widgets.stories import StoryList
from monitor.dashboard.words import Names, plural
from monitor.model import Board, Lane, Story

PANES = ("stories", "baseline", "why")


class MainScreen(Deciding):
    """Holds the view (lane, filter, pause) and draws it; everything it shows comes from one Board."""

    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (80, "-stacked"), (120, "-wide")]  # noqa: RUF012 - textual types it so
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "open_page", "open", id="view.open", tooltip="Open the story page"),
        Binding("tab", "pane(1)", "pane", id="view.pane", tooltip="Next pane"),
        *Deciding.BINDINGS,
        Binding("x", "lane", "lane", id="view.lane", tooltip="Switch between the lanes changes and context"),
        Binding("/", "filter", "filter", id="view.filter", tooltip="Filter the list as you type"),
        Binding("escape", "clear", "clear", id="view.clear", tooltip="Clear the filter", show=False),
        Binding(".", "let_in", "show new", id="view.new", tooltip="Show the stories that have arrived", show=False),
        Binding("p", "pause", "pause", id="view.pause", tooltip="Hold the picture while polling goes on"),
        Binding("r", "poll", "poll", id="view.poll", tooltip="Poll all feeds now"),
        Binding("f", "feeds", "feeds", id="view.feeds", tooltip="Feeds: how each fares, and why"),
        Binding("[", "unreviewed(-1)", "previous", id="view.previous", tooltip="Previous unreviewed story", show=False),
        Binding("]", "unreviewed(1)", "next", id="view.next", tooltip="Next unreviewed story", show=False),
        Binding("shift+tab", "pane(-1)", "pane back", id="view.pane_back", tooltip="Previous pane", show=False),
    ]

    def __init__(self) -> None:
        super().__init__(id="main")
        self.view = views.View()
        self.trouble = ""
        self.progress: str | None = None
        self._built = False  # messages may come before the widgets are there

    # ---- building --------------------------------------------------------------------------------------------------

    def compose(self) -> ComposeResult:
        """Status, banner, filter, three panes, keys."""
        ascii = self.program.ascii
        yield Bar(id="status", ascii=ascii)
        yield Bar(id="banner", ascii=ascii)
        yield CleanInput(
            id="filter", placeholder="filter: gloss, headline, feed, facility", max_length=200, compact=True
        )
        with Container(id="panes"):
            with Container(id="top"):
                yield StoryList(id="stories", ascii=ascii, bidi=self.program.bidi)
                yield Painted(id="baseline", ascii=ascii)
            yield Painted(id="why", ascii=ascii)
        yield Bar(id="keys", ascii=ascii)

    def on_mount(self) -> None:
        """First paint: the board is not there yet, and the screen says so."""
        self._built = True
        self.query_one("#status", Bar).show(self._status)
        self.query_one("#banner", Bar).show(self._banner)
        self.query_one("#keys", Bar).show(lambda cells: keys_line(type(self), cells))
        self.list.focus()
        self._turn_to("stories")
        self.draw()

    @property
    def list(self) -> StoryList:
        """The list of stories."""
        return self.query_one("#stories", StoryList)

    def subject(self) -> Story | None:
        """The story under the cursor."""
        return self.list.story

    # ---- what changed ------------------------------------------------------------------------------------------------

    def on_resize(self) -> None:
        """Titles and messages are cut to the width there is."""
        self.call_after_refresh(self.draw)

    def arrive(self, board: Board) -> None:
        """A new board."""
        self.trouble = ""
        self._change(views.arrived(self.view, board))

    def tick(self) -> None:
        """A second has gone: ages and the time to the next poll."""
        if self._built and self.is_attached:  # a last beat may come while the widgets are taken down
            for bar in self.query("#status").results(Bar):
                bar.refresh()

    def _change(self, view: views.View, *, top: bool = False) -> None:
        self.view = view
        self.draw(top=top)

    # ---- drawing -----------------------------------------------------------------------------------------------------

    def _now_board(self) -> Board | None:
        """The drawn board, at the moment of drawing: ages go on between two boards."""
        return replace(self.view.board, now=self.program.clock()) if self.view.board else None

    def draw(self, *, top: bool = False) -> None:
        """Everything, from the view."""
        if not self._built:
            return
        stories, board = self.view.stories, self.view.board
        message = (
            ()
            if stories
            else wrap((Part(" "), Part(self._nothing(), "strong")), max(self.list.size.width - 1, 20), indent=1)
        )
        self.list.fill(stories, self.program.clock(), message, top=top)
        self.list.border_title = title_content(
            self._title(), (self.list.size.width or self.app.size.width) - 2, ascii=self.program.ascii
        )
        self.query_one("#banner", Bar).set_class(board is not None and not self._warning(), "-hidden")
        for bar in self.query(Bar):
            bar.refresh()
        self._draw_story(keep=True)

    def _draw_story(self, *, keep: bool = False) -> None:
        """The panes that follow the cursor."""
        board, story = self._now_board(), self.list.story
        baseline, why = self.query_one("#baseline", Painted), self.query_one("#why", Painted)
        names = Names.on(board) if board else Names({})
        facility = facility_of(story, names) if story else ""
        baseline.border_title = title_content(
            f"Baseline · {facility}" if facility else "Baseline",
            (baseline.size.width or self.app.size.width) - 4,
            ascii=self.program.ascii,
        )
        why.border_title = title_content("Why", 20, ascii=self.program.ascii)
        if board is None:
            return
        bidi = self.program.bidi
        baseline.show(lambda cells: baseline_lines(board, story, names=names, cells=cells, bidi=bidi), top=not keep)
        why.show(lambda cells: why_lines(board, story, cells=cells, bidi=bidi), top=not keep)

    def _title(self) -> str:
        view = self.view
        if view.board is None:
            return "Stories"
        shown_now, everything = len(view.stories), len(view.everything)
        other: Lane = "context" if view.lane == "changes" else "changes"
        said = f"Stories · {view.lane} {everything} · {other} {len(view.board.lane(other))} (x)"
        said += f" · {todo} unreviewed" if (todo := unreviewed(view.everything)) else ""
        return said + (f" · filter “{shown(view.query)[:30]}”: {shown_now} of {everything}" if view.query else "")

    def _nothing(self) -> str:
        """Why the list is empty and which key leaves this state."""
        view = self.view
        if view.board is None:
            return (
                f"Cannot read the board: {self.trouble} Press r to try again." if self.trouble else "Loading the board…"
            )
        if view.query and view.everything:
            among = plural(len(view.everything), "story", "stories")
            return f"Nothing matches “{shown(view.query)}” among {among}. esc clears the filter."
        busy = self.program.busy
        said = nothing_yet(view.board, polling=busy) if not view.board.stories else f"No {view.lane} now."
        said += f" {len(view.board.stories)} in the other lane: press x." if view.board.stories else ""
        feeds = fare(view.board.feeds)
        if view.board.stories and feeds.ill:
            said += f" {feeds.ill} of {plural(feeds.total, 'feed')} in trouble: silence is no all-clear."
        return said if busy or self.program.desk.read_only else f"{said} r polls now."

    def _status(self, cells: int) -> Line:
        board = self._now_board()
        flags = [shown(board.label)] if board is not None and board.label else []
        flags += ["READ-ONLY"] if self.program.desk.read_only else []
        if self.view.paused:
            flags.append(f"PAUSED {self.view.pending} waiting, p resumes")
        if board is None:
            return (Part(" monitor   ", "strong"), Part("loading…" if not self.trouble else "no board", "warn"))
        polling = self.progress or ("polling…" if self.program.busy else None)
        pending = 0 if self.view.paused else self.view.pending
        return header(
            board, cells=cells, pending=pending, next_due=self.program.next_due(), polling=polling, flags=flags
        )

    def _warning(self) -> str:
        """What the reader must know before believing the screen."""
        board = self.view.board
        if board is None:
            return ""
        if self.trouble:
            return f"not fresh: {self.trouble}"
        feeds = fare(board.feeds)
        if feeds.offline:
            return f"offline: {feeds.cause or 'no feed answers'}; stories below are from before. r polls again"
        return f"problem: {shown(board.problems[0])}" if board.problems else ""

    def _banner(self, cells: int) -> Line:
        return (Part(" "), Part(self._warning(), "bad"))

    # ---- messages ----------------------------------------------------------------------------------------------------

    def on_story_list_selected(self) -> None:
        """The panes follow the cursor."""
        self._draw_story()

    def on_story_list_opened(self) -> None:
        """A double click opens the page."""
        self.action_open_page()

    def on_input_changed(self, event: Input.Changed) -> None:
        """Filter as it is typed."""
        if event.input.id == "filter" and event.value != self.view.query:
            self._change(replace(self.view, query=event.value))

    def on_input_submitted(self) -> None:
        """Keep the filter, go back to the list."""
        self._filter_bar(bool(self.view.query))
        self._turn_to("stories")

    # ---- keys --------------------------------------------------------------------------------------------------------

    def _filter_bar(self, visible: bool) -> None:
        self.query_one("#filter").set_class(visible, "-shown")

    def _turn_to(self, pane: str) -> None:
        """Focus a pane; on a narrow screen it is the one that is shown."""
        for name in PANES:
            self.set_class(name == pane, f"-at-{name}")
        self.query_one(f"#{pane}").focus(scroll_visible=False)

    def action_pane(self, step: int) -> None:
        """Another pane."""
        at = next((n for n, name in enumerate(PANES) if self.has_class(f"-at-{name}")), 0)
        self._turn_to(PANES[(at + step) % len(PANES)])

    def action_open_page(self) -> None:
        """The whole story."""
        board, story = self._now_board(), self.subject()
        if board is None or story is None:
            self.program.say("no story is selected", "warning")
        else:
            self.app.push_screen(StoryScreen(board, story))

    def action_feeds(self) -> None:
        """How each feed fares."""
        board = self._now_board()
        if board is None:
            self.program.say("the board is still loading", "warning")
        else:
            self.app.push_screen(FeedsScreen(board.feeds, now=board.now, ascii=self.program.ascii))

    def action_lane(self) -> None:
        """The other lane."""
        self._change(views.switch_lane(self.view), top=True)

    def action_filter(self) -> None:
        """Open the filter."""
        self._filter_bar(True)
        self.query_one("#filter").focus()

    def action_clear(self) -> None:
        """Clear the filter, from wherever one is."""
        if not self.view.query and not self.query_one("#filter").has_class("-shown"):
            self.program.say("no filter to clear", "warning")
            return
        self.query_one("#filter", CleanInput).value = ""
        self._filter_bar(False)
        self._change(replace(self.view, query=""))
        self._turn_to("stories")

    def action_let_in(self) -> None:
        """Show what has arrived."""
        if not self.view.pending and not self.view.paused:
            self.program.say("no new stories wait")
            return
        self._change(views.let_in(self.view), top=True)

    def action_pause(self) -> None:
        """Hold the picture, or let it go on."""
        self._change(views.pause(self.view))

    def action_poll(self) -> None:
        """Poll all feeds."""
        self.program.poll_now()

    def action_unreviewed(self, step: int) -> None:
        """To the next or previous story that nobody has judged."""
        if not self.list.open_story(step):
            way = "below" if step > 0 else "above"
            self.program.say(f"no unreviewed story {way}")
