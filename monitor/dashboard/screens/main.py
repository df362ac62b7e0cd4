"""View 1: the stories, the baseline beside them, the reason below."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import TYPE_CHECKING, ClassVar, cast

from textual.binding import BindingType
from textual.timer import Timer
from textual.widget import Widget

from monitor.dashboard import view as views
from monitor.dashboard.draw import nothing_yet, unreviewed
from monitor.dashboard.memory import Glimpse
from monitor.dashboard.panes import baseline_lines, facility_of, why_lines
from monitor.dashboard.screens.deciding import DECIDING, Deciding
from monitor.dashboard.screens.frame import FRAME, Frame
from monitor.dashboard.sought import Sought
from monitor.dashboard.text import Part, fitted, shown, wrap
from monitor.dashboard.widgets.keys import binds
from monitor.dashboard.widgets.paint import Painted
from monitor.dashboard.widgets.rows import RowList
from monitor.dashboard.widgets.stories import StoryList
from monitor.dashboard.words import Names, plural, stamp

if TYPE_CHECKING:
    from textual.widgets import Input

    from monitor.dashboard.widgets.field import CleanInput
    from monitor.model import Board, Lane, Story

_GLIMPSE = 100  # rows of the list that are kept for the next time
_NEAR = 50  # rows before the end of a window, where a wider one is asked for
_TYPING = 0.12  # seconds without a key, after which a filter over very many stories is applied


class MainScreen(Deciding, Frame):
    """Holds the view (lane, filter, order, pause) and draws it; everything it shows comes from one Board."""

    PANES = ("stories", "baseline", "why")
    KEYS = ("stories", "story")
    BINDINGS: ClassVar[list[BindingType]] = [
        *FRAME,
        *DECIDING,
        *binds((
            ("view.open", "open_page"),
            ("view.lane", "lane"),
            ("view.filter", "filter"),
            ("view.clear", "clear"),
            ("view.new", "let_in"),
            ("view.previous", "unreviewed(-1)"),
            ("view.next", "unreviewed(1)"),
            ("view.sort", "sort"),
            ("view.set_aside", "set_aside"),
        )),
    ]  # fmt: skip

    def __init__(self) -> None:
        super().__init__(id="main")
        self.view = views.View()
        self.trouble = ""
        self.progress: str | None = None
        self._typing: Timer | None = None
        self._sought = Sought()
        self._begun = False

    # ---- building ----------------------------------------------------------------------------------------------------

    def top(self) -> Iterable[Widget]:
        """The list and the baseline."""
        yield StoryList(id="stories")
        yield Painted(id="baseline")

    def below(self) -> Iterable[Widget]:
        """The reason."""
        yield Painted(id="why")

    def on_mount(self) -> None:
        """As it was left the last time."""
        kept = self.program.memory.kept
        self.share = kept.share or self.SHARE
        self.view = replace(
            self.view, lane=cast("Lane", kept.lane), query=kept.query, sort=cast(views.Sort, kept.sort)
        )  # fmt: skip
        self._sought.story = kept.story
        self.call_after_refresh(self._recall)
        if kept.query:
            self.call_later(self._filter_bar, True, kept.query)

    def _resized(self) -> None:
        super()._resized()
        if not self._begun:
            self._begun = True
            self.call_after_refresh(self.program.begin)

    def remember(self) -> None:
        """Keep how the screen stands."""
        view, story = self.view, self.list.story if self._built else None
        self.program.memory.keep(
            lane=view.lane, query=view.query, sort=view.sort, share=self.share, story=story.id if story else None
        )

    def glimpse(self) -> Glimpse | None:
        """The list as it stands, for the first frames of the next time."""
        board = self.view.board
        if not self._built or board is None or self.view.query:
            return None
        cells = self.list.cells
        rows = tuple(self.list.line(story, cells, selected=False) for story in self.view.stories[:_GLIMPSE])
        return Glimpse(rows, self._title(), stamp(board.now, self.program.clock()))

    @property
    def whole(self) -> bool:
        """Whether the list is what it would be at a new start: nothing waits, nothing is held back or filtered."""
        view = self.view
        return not (view.held or view.paused or view.waiting or view.all or view.query or self.trouble)

    @property
    def list(self) -> StoryList:
        """The list of stories."""
        return self.query_one("#stories", StoryList)

    def subject(self) -> Story | None:
        """The story under the cursor."""
        return self.list.story

    # ---- what changed ------------------------------------------------------------------------------------------------

    def arrive(self, board: Board, index: views.Index | None = None) -> None:
        """A new board."""
        self.trouble = ""
        self._change(views.arrived(self.view, board, index))
        if self._built and self.list.to_end and not board.more:
            self.list.to_end = False
            self.list.go(len(self.view.stories) - 1)
        self._recall()

    def _recall(self) -> None:
        """Put the cursor on the story that is sought, once there are list and stories."""
        if self._built and (board := self.view.board) is not None:
            moved = self.list.cursor not in (None, 0)
            if (place := self._sought.found(self.view.stories, more=board.more, moved=moved)) is not None:
                self.list.go(place)

    def seek(self, story: str) -> None:
        """Go to a story, which one of the next boards brings back where the list does not have it."""
        self._sought.seek(story)
        self._recall()

    def _change(self, view: views.View, *, top: bool = False) -> None:
        self.view = view
        self.draw_frame()
        self.draw(top=top)

    def pause(self) -> None:
        """Hold the picture, or let it go on."""
        self._change(views.pause(self.view))

    # ---- drawing -----------------------------------------------------------------------------------------------------

    def now_board(self) -> Board | None:
        """The drawn board, at the moment of drawing: ages go on between two boards."""
        return replace(self.view.board, now=self.program.clock()) if self.view.board else None

    def draw(self, *, top: bool = False) -> None:
        """Everything, from the view."""
        if not self._built:
            return
        stories, seen = self.view.stories, self.program.memory.glimpse
        cells = max(self.list.size.width - 1, 20)
        if self.view.board is None and seen.rows and not self.trouble:
            self.list.fill((), tuple(fitted(row, cells) for row in seen.rows))
            told = f"1 Stories as last seen {shown(seen.seen)} · reading the store…"
            self.titled("stories", seen.title if seen.live else told)
            return
        message = () if stories else wrap((Part(" "), Part(self._nothing(), "strong")), cells, indent=1)
        self.list.now = self.program.clock()
        self.list.fill(stories, message, top=top)
        self.titled("stories", self._title())
        self._draw_story(keep=True)

    def _draw_story(self, *, keep: bool = False) -> None:
        """The panes that follow the cursor."""
        board, story = self.now_board(), self.list.story
        names = Names.on(board) if board else Names({})
        facility = facility_of(story, names) if story else ""
        self.titled("baseline", f"Baseline · {facility}" if facility else "Baseline")
        self.titled("why", "Why")
        if board is None:
            return
        bidi = self.program.bidi
        baseline, why = self.query_one("#baseline", Painted), self.query_one("#why", Painted)
        baseline.show(lambda cells: baseline_lines(board, story, names=names, cells=cells, bidi=bidi), top=not keep)
        why.show(lambda cells: why_lines(board, story, cells=cells, bidi=bidi), top=not keep)

    def _title(self) -> str:
        view = self.view
        if view.board is None:
            return "1 Stories"
        everything, plus = len(view.everything), "+" if view.board.more else ""
        other: Lane = "context" if view.lane == "changes" else "changes"
        said = f"1 Stories · {view.lane} {everything}{plus} · "
        said += f"{other} {view.count(other)}{plus} ({self.key('view.lane')})"
        if aside := view.set_aside:
            said += f" · {'with ' if view.all else ''}{aside} set aside ({self.key('view.set_aside')})"
        if view.lane == "changes" and not view.held:
            said += f" · {view.unreviewed} to review" if view.unreviewed else ""
        else:
            said += f" · {todo} to review" if (todo := unreviewed(view.everything)) else ""
        said += f" · by {view.sort}" if view.sort != "time" else ""
        if view.query:
            found = f"filter “{shown(view.query)[:30]}”: {len(view.stories)} of {everything}{plus}"
            said = said.replace("1 Stories", f"1 Stories · {found}", 1)
        return said

    def _nothing(self) -> str:
        """Why the list is empty and which key leaves this state."""
        view, poll = self.view, self.key("view.poll")
        if view.board is None:
            if self.trouble:
                return f"Cannot read the board: {self.trouble} Press {poll} to try again."
            return f"Loading the board… {self.key('app.quit')} quits."
        if view.query and view.everything:
            among = plural(len(view.everything), "story", "stories")
            return f"Nothing matches “{shown(view.query)}” among {among}. {self.key('view.clear')} clears the filter."
        busy = self.program.crew.busy
        said = nothing_yet(view.board, polling=busy) if not view.board.stories else f"No {view.lane} now."
        if view.set_aside and not view.all:
            said += f" {view.set_aside} set aside: {self.key('view.set_aside')} shows them."
        if others := view.count("context" if view.lane == "changes" else "changes"):
            said += f" {others} in the other lane: press {self.key('view.lane')}."
        said += self.sources_warning(view.board) if view.board.stories else ""
        return said if busy or self.program.read_only else f"{said} {poll} polls now."

    # ---- messages ----------------------------------------------------------------------------------------------------

    def on_row_list_selected(self, event: RowList.Selected) -> None:
        """The panes follow the cursor; near the end of what was read of a large store, more is read."""
        self._draw_story()
        if self.list.cursor is not None and len(self.list.rows) - self.list.cursor < _NEAR:
            self._widen(all=self.list.to_end)

    def on_row_list_opened(self, event: RowList.Opened) -> None:
        """A double click opens the page."""
        self.action_open_page()

    def on_input_changed(self, event: Input.Changed) -> None:
        """Filter as it is typed; over very many stories as soon as the typing rests."""
        if event.input.id != "filter" or event.value == self.view.query:
            return
        if self._typing is not None:
            self._typing.stop()
        if self.view.index is None or len(self.view.everything) < 2_000:
            self._filter(event.value)
        elif not self.view.index.warm:
            self.program.say("the words of all stories are still being gathered: the list follows in a moment")
        else:
            self._typing = self.set_timer(_TYPING, self.refilter)

    def _widen(self, *, all: bool = False) -> None:
        board, window = self.view.board, self.program.crew.window
        # Where there are far fewer than were asked for, the wider board is still being read.
        if board is not None and board.more and window is not None and (all or len(board.stories) > window // 2):
            self.program.crew.widen(all=all)

    def refilter(self) -> None:
        """Apply what stands in the filter."""
        for field in self.query("#filter"):
            if (value := cast("CleanInput", field).value) != self.view.query:
                self._filter(value)

    def _filter(self, query: str) -> None:
        if query.strip() and self.view.board is not None and self.view.board.more:
            self.program.say("older stories are read for the filter: the list grows in a moment")
            self._widen(all=True)
        self._change(replace(self.view, query=query))

    async def on_input_submitted(self) -> None:
        """Keep the filter, go back to the list."""
        await self._filter_bar(bool(self.view.query))
        self.turn_pane("stories")

    # ---- keys --------------------------------------------------------------------------------------------------------

    async def _filter_bar(self, visible: bool, value: str | None = None) -> None:
        """Show or hide the filter; it is made when it is first wanted."""
        if visible and not self.query("#filter"):
            from monitor.dashboard.widgets.field import CleanInput

            hint = "filter: gloss, headline, feed, facility"
            field = CleanInput(value or "", id="filter", placeholder=hint, max_length=200, compact=True)
            await self.mount(field, after="#banner")
        for shown_field in self.query("#filter"):
            shown_field.set_class(visible, "-shown")
            if value is not None:
                cast("CleanInput", shown_field).value = value

    def action_open_page(self) -> None:
        """The whole story."""
        story = self.subject()
        if self.view.board is None or story is None:
            self.program.say("no story is selected", "warning")
        else:
            self.program.open_story(story)

    def action_lane(self) -> None:
        """The other lane."""
        self._change(views.switch_lane(self.view), top=True)

    def action_sort(self) -> None:
        """Another order."""
        self._change(views.next_sort(self.view), top=True)
        self.program.say(f"sorted by {self.view.sort}")

    def action_set_aside(self) -> None:
        """The dismissed and closed stories too, or not."""
        if not self.view.set_aside and not self.view.all:
            self.program.say("no story of this lane is dismissed or closed")
            return
        self._change(replace(self.view, all=not self.view.all))

    async def action_filter(self) -> None:
        """Open the filter."""
        await self._filter_bar(True)
        # At once, not when the loop comes to it: a key typed right behind it would act on the story below.
        self.set_focus(self.query_one("#filter"))

    async def action_clear(self) -> None:
        """Clear the filter, from wherever one is."""
        if not self.view.query and not self.query("#filter.-shown"):
            self.program.say("no filter to clear", "warning")
            return
        await self._filter_bar(False, "")
        self._filter("")
        self.turn_pane("stories")

    def action_let_in(self) -> None:
        """Show what has arrived."""
        if not self.view.pending and not self.view.paused:
            self.program.say("no new stories wait")
            return
        self._change(views.let_in(self.view), top=True)

    def action_unreviewed(self, step: int) -> None:
        """To the next or previous story that nobody has judged."""
        if not self.list.open_story(step):
            way = "below" if step > 0 else "above"
            self.program.say(f"no unreviewed story {way}")
