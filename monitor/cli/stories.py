"""`monitor stories` and `monitor show`: the board's list and one story, for people, pipes and programs."""

from __future__ import annotations

import re
import shutil
from datetime import UTC, datetime, timedelta

import click

from monitor import filters
from monitor.cli.output import Form, as_json, emit, forms
from monitor.cli.read import moment
from monitor.cli.setup import Options, opened, whole_board
from monitor.cli.talk import Exit, several, tell
from monitor.errors import InputError
from monitor.export.stories import facility_name, feeds_of, line_of, story_record
from monitor.language.words import tokenize
from monitor.model import Board, Story

_AGE = re.compile(r"(\d{1,5})\s*([mhdw])")
_UNITS = {"m": "minutes", "h": "hours", "d": "days", "w": "weeks"}


@click.command("stories")
@forms(Form.PLAIN, Form.JSON, Form.JSONL)
@click.option(
    "--lane", type=click.Choice(["changes", "context", "all"]), default="changes", show_default=True, help="Which lane."
)
@click.option("--search", metavar="WORDS", default="", help="Only stories with all these words in them.")
@click.option("--since", metavar="WHEN", help="Only those reported since: 24h, 7d, 2026-01-05, or a date and time.")
@click.option("--where", metavar="CONDITION", default="", help="Only those that fit: severity>=high and rule=my-words.")
@click.option("--limit", type=click.IntRange(min=1), help="At most so many, the newest first.")
@click.pass_obj
def stories(
    options: Options, form: Form, lane: str, search: str, since: str | None, where: str, limit: int | None
) -> int:
    """Lists the stories of the board, newest first.

    \b
    Example: monitor stories --since 24h --where "severity>=high and verdict=updates,contradicts" --jsonl
    Exit codes: 0 there are some, 1 none.
    """
    with opened(options) as monitor:
        board = whole_board(monitor)
    found = chosen(board, lane=lane, search=search, since=since, where=where)[:limit]
    if form in (Form.JSON, Form.JSONL):
        emit(form, (story_record(story) for story in found))
    elif form is Form.PLAIN:
        for story in found:
            click.echo(line_of(story))
    else:
        _table(board, found)
        other = len(chosen(board, lane="all", search=search, since=since, where=where)) - len(found)
        if lane != "all" and other > 0 and limit is None:
            tell(f"{several(other, 'story', 'stories')} more in the other lane: --lane all shows them.")
    return Exit.DONE if found else Exit.NOTHING


def _table(board: Board, found: tuple[Story, ...]) -> None:
    from monitor.dashboard.draw import nothing_yet, row
    from monitor.dashboard.text import plain

    cells = shutil.get_terminal_size((100, 24)).columns
    for story in found:
        click.echo(f"{story.id[:8]} {plain(row(story, cells=cells - 9, now=board.now, bidi='off')).rstrip()}")
    if not found:
        total = len(board.stories)
        tell(f"None of {several(total, 'story', 'stories')} fits." if total else nothing_yet(board))


@click.command("show")
@click.argument("identifier", metavar="STORY")
@forms(Form.JSON)
@click.pass_obj
def show(options: Options, identifier: str, form: Form) -> int:
    """Prints one story whole: its text with what matched, claims, verdicts and reasons, every report.

    STORY is its id, or the first characters of it, as `monitor stories` prints them.

    \b
    Example: monitor show 3f2a91c0
    """
    with opened(options) as monitor:
        board = whole_board(monitor)
    story = one_story(board, identifier)
    if form is Form.JSON:
        click.echo(as_json(story_record(story)))
        return Exit.DONE
    from monitor.dashboard.page import story_lines
    from monitor.dashboard.text import plain

    cells = max(40, min(shutil.get_terminal_size((100, 24)).columns, 120))
    click.echo(f"story {story.id}")
    for line in story_lines(board, story, cells=cells, bidi="off"):
        click.echo(plain(line).rstrip())
    return Exit.DONE


# ---- choosing --------------------------------------------------------------------------------------------------------


def chosen(board: Board, *, lane: str, search: str, since: str | None, where: str) -> tuple[Story, ...]:
    """The stories that fit all of it, newest first. Raises InputError."""
    try:
        condition = filters.parse(where)
    except InputError as error:
        raise InputError(f"--where: {error}") from error
    start = moment_of(since, board.now) if since else None
    wanted = _words(search)
    found = []
    for story in board.stories:
        fits = lane in ("all", story.lane) and (start is None or story.latest >= start)
        if fits and filters.holds(condition, story) and (not wanted or wanted <= _words(_said(story, board))):
            found.append(story)
    return tuple(found)


def one_story(board: Board, identifier: str) -> Story:
    """The story of this id, former id, or beginning of one. Raises InputError where there is none, or several."""
    wanted = identifier.strip().lower()
    found = [story for story in board.stories if any(key.startswith(wanted) for key in (story.id, *story.aliases))]
    exact = [story for story in found if wanted in (story.id, *story.aliases)]
    if len(exact or found) == 1 and wanted:
        story = (exact or found)[0]
        if not story.id.startswith(wanted):
            tell(f"Story {wanted[:8]} is now {story.id[:8]}: a later report changed which one leads it.")
        return story
    if found and wanted:
        ids = ", ".join(story.id for story in found[:5])
        raise InputError(f'"{identifier}" is the beginning of {len(found)} stories: {ids}. Give more of the id.')
    raise InputError(f"There is no story {identifier!r}. `monitor stories --lane all` lists them with their ids.")


def moment_of(text: str, now: datetime) -> datetime:
    """A point in time, given as an age (24h, 7d) or a date. Raises InputError."""
    if found := _AGE.fullmatch(text.strip()):
        return now.astimezone(UTC) - timedelta(**{_UNITS[found[2]]: int(found[1])})
    try:
        read = moment(text.strip())
    except InputError as error:
        raise InputError(f"--since: {error}, or an age such as 24h or 7d.") from error
    if read is None:
        raise InputError("--since is empty; write an age such as 24h or 7d, or a date.")
    return read


def _words(text: str) -> frozenset[str]:
    """Words in the spelling in which rules compare them, so that an Arabic headline is found as it is typed."""
    return frozenset(token.folded for token in tokenize(text, ""))


def _said(story: Story, board: Board) -> str:
    feeds = feeds_of(board)
    parts = [facility_name(story), *story.families]
    for alert in story.alerts:
        feed = feeds.get(alert.entry.feed)
        parts += [alert.gloss, alert.entry.title, alert.entry.summary, alert.entry.feed, feed.name if feed else ""]
    return "\n".join(parts)
