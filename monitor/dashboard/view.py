"""What of the board is on the screen: lane, filter, pause, which stories were let in. Pure: old view in, new one out.

The screen holds still: a story that arrives is counted, and joins the list only when the reader asks for it.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from monitor.dashboard.panes import facility_of
from monitor.dashboard.text import shown
from monitor.dashboard.words import Names
from monitor.model import Board, Lane, Story


@dataclass(frozen=True, slots=True)
class View:
    """`board` is drawn; `waiting` is newer, held back by a pause. `known` are the ids of stories let into the list."""

    board: Board | None = None
    waiting: Board | None = None
    lane: Lane = "changes"
    query: str = ""
    paused: bool = False
    known: frozenset[str] = field(default_factory=frozenset)

    @property
    def stories(self) -> tuple[Story, ...]:
        """The list: this lane, let in, matching the filter."""
        return _matching(self.board, self.everything, self.query) if self.board else ()

    @property
    def everything(self) -> tuple[Story, ...]:
        """This lane's stories that were let in, whatever the filter."""
        return tuple(story for story in self.board.lane(self.lane) if _known(story, self.known)) if self.board else ()

    @property
    def pending(self) -> int:
        """How many stories of this lane wait to be let in."""
        newest = self.waiting or self.board
        return sum(not _known(story, self.known) for story in newest.lane(self.lane)) if newest else 0


def _keys(story: Story) -> frozenset[str]:
    return frozenset((story.id, *story.aliases))


def _known(story: Story, known: frozenset[str]) -> bool:
    return story.id in known or any(alias in known for alias in story.aliases)


def _all(board: Board) -> frozenset[str]:
    return frozenset().union(*map(_keys, board.stories))


def _matching(board: Board, stories: tuple[Story, ...], query: str) -> tuple[Story, ...]:
    """Stories that hold every word of the query in gloss, title, feed, family or facility; case does not matter."""
    words = query.casefold().split()
    if not words:
        return stories
    names = Names.on(board)
    feeds = {row.feed.id: row.feed.name for row in board.feeds}

    def hay(story: Story) -> str:
        found = [facility_of(story, names), *story.families]
        for alert in story.alerts:
            found += [alert.gloss, alert.entry.title, alert.family, feeds.get(alert.entry.feed, alert.entry.feed)]
            found += [names[claim.facility] for claim in alert.claims if claim.facility]
        return shown(" ".join(found)).casefold()

    return tuple(story for story in stories if all(word in hay(story) for word in words))


def arrived(view: View, board: Board) -> View:
    """A new board has come. Stories of an empty lane are let in at once; ids that were folded anew stay known."""
    if view.paused and view.board is not None:
        return replace(view, board=_reviewed(view.board, board), waiting=board)
    if view.board is None:
        return replace(view, board=board, known=_all(board))
    kept = {key for story in board.stories if _known(story, view.known) for key in _keys(story)}
    for lane in ("changes", "context"):
        stories = board.lane(lane)
        if not any(_known(story, view.known) for story in stories):
            kept.update(*map(_keys, stories))
    return replace(view, board=board, waiting=None, known=frozenset(kept))


def _reviewed(frozen: Board, newest: Board) -> Board:
    """The board of a paused view with the reviews of the newest: one's own decisions show at once."""
    reviews = {key: story.review for story in newest.stories for key in _keys(story)}
    return replace(
        frozen, stories=tuple(replace(story, review=reviews.get(story.id, story.review)) for story in frozen.stories)
    )


def let_in(view: View) -> View:
    """Show what waits; a pause ends."""
    board = view.waiting or view.board
    return view if board is None else replace(view, board=board, waiting=None, paused=False, known=_all(board))


def pause(view: View) -> View:
    """Hold the picture, or let it go on; new stories still wait for their key."""
    if not view.paused:
        return replace(view, paused=True)
    free = replace(view, paused=False, waiting=None)
    return arrived(free, view.waiting) if view.waiting else free


def switch_lane(view: View) -> View:
    """The other lane."""
    return replace(view, lane="context" if view.lane == "changes" else "changes")


def place_of(stories: tuple[Story, ...], story_id: str | None) -> int | None:
    """Where a story stands by its id or a former id; None where it is not in the list."""
    if story_id is None:
        return None
    return next((n for n, story in enumerate(stories) if story_id in _keys(story)), None)
