"""What of the board is on the screen: lane, filter, order, pause, which stories were let in. Old view in, new one out.

The screen holds still: a story that arrives is counted, and joins the list only when the reader asks for it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING, Literal, get_args

from monitor.dashboard.panes import facility_of
from monitor.dashboard.text import shown
from monitor.dashboard.words import OPEN_STATES, SETTLED, Names

if TYPE_CHECKING:
    from monitor.model import Board, Lane, Story

Sort = Literal["time", "severity", "place"]
SORTS: tuple[Sort, ...] = get_args(Sort)


class Index:
    """What the list asks of a board again and again. Made once a board, by the worker that made the board."""

    def __init__(self, board: Board) -> None:
        self.lanes: dict[Lane, tuple[Story, ...]] = {lane: board.lane(lane) for lane in ("changes", "context")}
        self.current: dict[Lane, tuple[Story, ...]] = {
            lane: tuple(story for story in stories if story.review.state not in SETTLED)
            for lane, stories in self.lanes.items()
        }
        self.lane_of: dict[str, Lane] = {story.id: lane for lane in self.lanes for story in self.lanes[lane]}
        self.aliases = {story.id: story.aliases for story in board.stories if story.aliases}
        self.keys = frozenset(self.lane_of).union(*self.aliases.values())
        self.at = _by_facility(board)
        self._board = board
        self._hay: dict[str, str] = {}

    @property
    def warm(self) -> bool:
        """Whether a filter answers at once: few stories, or all their words gathered."""
        return len(self.lane_of) - len(self._hay) < 2_000

    def gather(self) -> None:
        """Gather the words of every story, for the filter. Takes a second for 100,000: call it in a thread."""
        for stories in self.lanes.values():
            self.matching(stories, " ")

    def matching(self, stories: Sequence[Story], query: str) -> tuple[Story, ...]:
        """Stories that hold every word of the query in gloss, title, feed, family or facility; case does not matter."""
        words = query.casefold().split()
        if not query:
            return tuple(stories)
        names = Names.on(self._board)
        feeds = {row.feed.id: row.feed.name for row in self._board.feeds}
        found = []
        for story in stories:
            hay = self._hay.get(story.id)
            if hay is None:
                hay = self._hay[story.id] = _hay(story, names, feeds)
            if all(word in hay for word in words):
                found.append(story)
        return tuple(found)


def _by_facility(board: Board) -> dict[str, list[Story]]:
    """The stories of each facility that one of their claims names, newest first."""
    found: dict[str, list[Story]] = {}
    for story in board.stories:
        for facility in {claim.facility for alert in story.alerts for claim in alert.claims if claim.facility}:
            found.setdefault(facility, []).append(story)
    return found


def _hay(story: Story, names: Names, feeds: dict[str, str]) -> str:
    found = [facility_of(story, names), *story.families]
    for alert in story.alerts:
        found += [alert.gloss, alert.entry.title, alert.family, feeds.get(alert.entry.feed, alert.entry.feed)]
        found += [names[claim.facility] for claim in alert.claims if claim.facility]
    return shown(" ".join(found)).casefold()


@dataclass(frozen=True)
class View:
    """`board` is drawn; `waiting` is newer, held back by a pause. `held` are the ids of stories not let in yet.

    A board may hold only its newest stories (`more`): those that a wider one brings are old, not new. What was
    dismissed or closed is set aside: it is in the list only where `all` is wanted.
    """

    board: Board | None = None
    waiting: Board | None = None
    lane: Lane = "changes"
    query: str = ""
    sort: Sort = "time"
    paused: bool = False
    all: bool = False
    held: frozenset[str] = field(default_factory=frozenset)
    index: Index | None = None
    next_index: Index | None = None

    @cached_property
    def stories(self) -> tuple[Story, ...]:
        """The list: this lane, let in, matching the filter, in order."""
        if self.index is None:
            return ()
        found = self.index.matching(self.everything, self.query) if self.query.strip() else self.everything
        if self.sort == "severity":
            from monitor.model import SEVERITIES

            return tuple(sorted(found, key=lambda story: -SEVERITIES.index(story.severity)))
        if self.sort == "place" and self.board is not None:
            names = Names.on(self.board)
            return tuple(sorted(found, key=lambda story: (not (place := facility_of(story, names)), place)))
        return found

    @cached_property
    def everything(self) -> tuple[Story, ...]:
        """This lane's stories that were let in, whatever the filter."""
        stories = self._stories(self.lane)
        return tuple(story for story in stories if story.id not in self.held) if self.held else stories

    def _stories(self, lane: Lane) -> tuple[Story, ...]:
        if self.index is None:
            return ()
        return self.index.lanes[lane] if self.all else self.index.current[lane]

    @property
    def set_aside(self) -> int:
        """How many stories of this lane are dismissed or closed."""
        return len(self.index.lanes[self.lane]) - len(self.index.current[self.lane]) if self.index else 0

    @property
    def pending(self) -> int:
        """How many stories of this lane wait to be let in."""
        newest = self.next_index or self.index
        return sum(newest.lane_of.get(one) == self.lane for one in self.held) if newest else 0

    @cached_property
    def unreviewed(self) -> int:
        """How many changes of the board that is drawn wait for a first or another look."""
        return sum(story.review.state in OPEN_STATES for story in self.index.lanes["changes"]) if self.index else 0

    def count(self, lane: Lane) -> int:
        """How many stories a lane has on the board that is drawn."""
        return len(self._stories(lane))


def _keys(story: Story) -> frozenset[str]:
    return frozenset((story.id, *story.aliases))


def _fresh(view: View, old: Index, new: Index, was: Board, board: Board) -> frozenset[str]:
    """The ids of the new board's stories that the reader has not let in: neither they nor a former id of theirs.

    One that was context and is a change now is news as well.
    """
    known = old.keys - view.held
    found = frozenset(
        one for one in new.lane_of.keys() - known if not any(alias in known for alias in new.aliases.get(one, ()))
    )
    found |= {
        one for one in new.lane_of.keys() & old.lane_of.keys() if new.lane_of[one] == "changes" != old.lane_of[one]
    }
    if not (found and was.more and was.stories):
        return found
    oldest = min(story.latest for story in was.stories)
    return frozenset(story.id for story in board.stories if story.id in found and story.latest > oldest)


def arrived(view: View, board: Board, index: Index | None = None) -> View:
    """A new board has come. Stories of an empty lane are let in at once; ids that were folded anew stay known."""
    index = index or Index(board)
    if view.board is None or view.index is None:
        return replace(view, board=board, index=index)
    held = _fresh(view, view.index, index, view.board, board)
    if view.paused:
        now = _reviewed(view.board, board)
        shown_index = view.index if now is view.board else Index(now)
        return replace(view, board=now, index=shown_index, waiting=board, next_index=index, held=held)
    for stories in index.lanes.values():
        if all(story.id in held for story in stories):
            held -= {story.id for story in stories}
    return replace(view, board=board, index=index, waiting=None, next_index=None, held=held)


def _reviewed(frozen: Board, newest: Board) -> Board:
    """The board of a paused view with the reviews of the newest: one's own decisions show at once."""
    reviews = {key: story.review for story in newest.stories for key in _keys(story)}
    stories = tuple(
        story if (review := reviews.get(story.id)) is None or review == story.review else replace(story, review=review)
        for story in frozen.stories
    )
    same = all(one is other for one, other in zip(stories, frozen.stories, strict=True))
    return frozen if same else replace(frozen, stories=stories)


def let_in(view: View) -> View:
    """Show what waits; a pause ends."""
    if view.board is None:
        return view
    return replace(
        view,
        board=view.waiting or view.board,
        index=view.next_index or view.index,
        waiting=None,
        next_index=None,
        paused=False,
        held=frozenset(),
    )


def pause(view: View) -> View:
    """Hold the picture, or let it go on; new stories still wait for their key."""
    if not view.paused:
        return replace(view, paused=True)
    free = replace(view, paused=False)
    if view.waiting is None or view.next_index is None:
        return free
    # What waits was weighed when it came.
    return replace(free, board=view.waiting, index=view.next_index, waiting=None, next_index=None)


def switch_lane(view: View) -> View:
    """The other lane."""
    return replace(view, lane="context" if view.lane == "changes" else "changes")


def next_sort(view: View) -> View:
    """Another order."""
    return replace(view, sort=SORTS[(SORTS.index(view.sort) + 1) % len(SORTS)])


def place_of(stories: Sequence[Story], story_id: str | None) -> int | None:
    """Where a story stands by its id or a former id; None where it is not in the list."""
    if story_id is None:
        return None
    return next(
        (n for n, story in enumerate(stories) if story.id == story_id or (story.aliases and story_id in story.aliases)),
        None,
    )
