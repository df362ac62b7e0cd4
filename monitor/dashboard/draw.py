"""The board as text: rows, header, and the plain twin of the screen for pipes and screen readers. Pure, no textual.

The dashboard takes its rows and its header from here, so that screen and command line cannot tell different tales.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from monitor.dashboard.health import fare, troubled
from monitor.dashboard.panes import baseline_lines, overdue_lines
from monitor.dashboard.text import Bidi, Line, Part, cut, isolated, plain, shown, width, wrap
from monitor.dashboard.words import (
    OPEN_STATES,
    REVIEW,
    SETTLED,
    SEVERITY,
    Names,
    age,
    lasting,
    moment,
    plural,
    to_ascii,
    verdict_words,
)

if TYPE_CHECKING:
    from monitor.model import Board, Story

_FIXED, _FIXED_NARROW = 34, 24  # cells of a row before its gloss
_NARROW = 72  # cells, below which a row has neither marks of severity nor numbers of reports
_PLACE = 6  # cells of a place below which it says nothing
_HEADING, _HEADING_NARROW = "   severity when rep/ind baseline what is said", "   sev. when   baseline what is said"
_YEAR = re.compile(r"\d{4}")
_WORTH = 20  # cells of headline that are worth more than the date in the gloss
_HEADLINE = 8  # a headline of fewer cells says nothing


def heading(cells: int) -> str:
    """The names of the columns of `row`."""
    return _HEADING if cells >= _NARROW else _HEADING_NARROW


def gloss_fitting(gloss: str, cells: int, *, actors: bool = False) -> str:
    """The gloss in whole pieces: without its date, then without "completed", then without what stands before the place.
    Where that is not enough, the place is cut, which says more than none.

    `actors`: it ends, but for the date, with who, which is less than where.

    >>> gloss_fitting("handover · completed · Ain al-Asad · 17 Jan 2026", 36)
    'handover · completed · Ain al-Asad'
    >>> gloss_fitting("withdrawal · planned · the Kurdistan Region", 30)
    'withdrawal · planned · the Ku…'
    """
    pieces = gloss.split(" · ")
    undated = pieces[:-1] if len(pieces) > 1 and _YEAR.search(pieces[-1]) else pieces
    core = undated[:-1] if actors and len(undated) > 2 else undated
    # That something is done goes without saying; that it is denied, planned or only asked for does not.
    told = [core[0], *(piece for piece in core[1:] if piece != "completed")]
    tries = [undated, core, told]
    if len(told) > 2:
        tries.append([*told[:2], told[-1]])
        # A number says less than the whole name of a place; that something is only planned or denied says more.
        tries += [[told[0], told[-1]]] if any(map(str.isdigit, told[1])) else []
    for chosen in tries:
        if width(joined := " · ".join(chosen)) <= cells:
            return joined
    for before in (told[:-1][:2], told[:1]) if len(told) > 1 else ():
        head = " · ".join(before) + " · "
        if cells - width(head) >= min(_PLACE, width(told[-1])):
            return head + cut(told[-1], cells - width(head))
    return cut(told[0], cells)


def row(story: Story, *, cells: int, now: datetime, selected: bool = False, bidi: Bidi = "auto") -> Line:
    """One story in at most `cells` cells: review, severity, time, alerts/families, verdict, gloss, headline."""
    narrow = cells < _NARROW
    lead = story.lead
    word, mark = SEVERITY[story.severity]
    review = REVIEW[story.review.state]
    counts = f"{min(len(story.alerts), 99)}/{min(len(story.families), 99)}"
    verdict = verdict_words(lead.verdict, lead.lead_claim)[0] if lead.verdict else "-"
    faded = story.review.state in ("dismissed", "closed")
    tone = "faded" if faded else story.severity
    line = [
        Part(("›" if selected else " ") + review + " ", "faded" if faded else ""),
        Part(f"{word:<4} " if narrow else f"{word:<4} {mark:<3} ", tone),
        Part(f"{moment(lead.entry.when if len(story.alerts) == 1 else story.latest, now):<6} ", "faded"),
        Part("" if narrow else f"{counts:>5} "),
        Part(f"{verdict:<8} ", "faded" if faded else lead.verdict or "faded"),
    ]
    rest, claim = cells - (_FIXED_NARROW if narrow else _FIXED), lead.lead_claim
    gloss = shown(lead.gloss)
    title = shown(lead.entry.title[:2000])
    if gloss:
        dated = width(gloss) + 2 + _WORTH if title else width(gloss)
        gloss = (
            gloss
            if dated <= rest
            else gloss_fitting(gloss, rest, actors=bool(claim and claim.actors and not claim.facility))
        )
        line.append(Part(gloss, "faded" if faded else "strong"))
        rest -= width(gloss) + 2
    if title and (rest >= _HEADLINE or not gloss):
        line.append(Part(("  " if gloss else "") + isolated(cut(title, rest), bidi), "faded"))
    return tuple(line)


def unreviewed(stories: Sequence[Story]) -> int:
    """How many stories wait for a first or another look."""
    return sum(story.review.state in OPEN_STATES for story in stories)


def baseline_age(board: Board, *, short: bool = False) -> str:
    """ "baseline as of 2025-12-31, 326 days old"."""
    if board.as_of is None:
        return "no baseline"
    old = age(board.as_of, board.now)
    return f"baseline {old}" if short else f"baseline as of {board.as_of.isoformat()}, {old}"


def header(
    board: Board,
    *,
    cells: int,
    pending: int = 0,
    next_due: datetime | None = None,
    polling: str | None = None,
    flags: Sequence[str] = (),
    new_key: str = ".",
    unreviewed_count: int | None = None,
) -> Line:
    """The status line: as much as fits, in order of what a person must not miss.

    `pending` new stories wait for `new_key`; `unreviewed_count` saves counting them; `polling`
    replaces the time of the next poll; `flags` stand first (PAUSED).
    """
    feeds, late, todo = fare(board.feeds), len(board.overdue), unreviewed_count
    todo = unreviewed(board.lane("changes")) if todo is None else todo
    poll = polling or (f"next poll {lasting(next_due - board.now)}" if next_due else "")
    if polling and (first := feeds.under_way()):
        said, poll = [first, first.split(",")[0]], ""
    else:
        said = [feeds.phrase(), feeds.phrase(short=True)]
    forms = {  # each slot from its longest form to its shortest
        "title": [" monitor   ", " "],
        "flags": [" · ".join(flags), " · ".join(flag.split(",")[0] for flag in flags)],
        "new": [f"{pending} new, press {new_key}" if pending else ""],
        "todo": [f"{todo} to review", ""],
        "late": [f"{late} overdue", ""],
        "feeds": said,
        "poll": [poll, ""],
        "base": [baseline_age(board), baseline_age(board, short=True), ""],
    }
    tones = {"title": "strong", "flags": "flag", "new": "flag", "late": "warn" if late else ""}
    tones["feeds"] = "bad" if feeds.offline else "warn" if feeds.ill else ""
    parts: list[Part] = []
    for slot in ("", "title", "base", "feeds", "poll", "flags", "todo", "base", "late"):
        if slot:
            forms[slot].pop(0)
        parts = []
        for name, longest in forms.items():
            if longest[0]:
                parts += [Part(" · ", "faded")] if len(parts) > 1 else []
                parts.append(Part(longest[0], tones.get(name, "")))
        if width(plain(tuple(parts))) <= cells:
            return tuple(parts)
    return (Part(cut(plain(tuple(parts)), cells)),)


def plain_board(board: Board, *, width: int, ascii: bool = False) -> str:
    """The board for use without a terminal: header, stories of lane changes, baseline, overdue, feeds in trouble.

    `width` is in cells, at least 40; right-to-left text is in logical order, without isolates. Ends with a newline.
    """
    cells = max(width, 40)
    names = Names.on(board)
    lanes = {lane: board.lane(lane) for lane in ("changes", "context")}
    changes, context = (tuple(one for one in lanes[lane] if one.review.state not in SETTLED) for lane in lanes)
    aside = sum(map(len, lanes.values())) - len(changes) - len(context)
    feeds = fare(board.feeds)
    flags = [shown(board.label)] if board.label else []
    lines: list[Line] = [*wrap(header(board, cells=400, flags=flags), cells, indent=3), ()]
    if feeds.offline:
        lines += [*wrap((Part(feeds.offline_words(len(board.stories))),), cells), ()]
    for problem in board.problems:
        lines += wrap((Part(f"problem: {shown(problem)}"),), cells, indent=2, bidi="off")
    said = f", {aside} set aside (dismissed or closed)" if aside else ""
    lines.append((Part(f"Stories: {plural(len(changes), 'change')}, {len(context)} in context{said}"),))
    lines += [(Part(heading(cells)),)] if changes else []
    lines += [row(story, cells=cells, now=board.now, bidi="off") for story in changes]
    if not changes:
        lines.append((Part("  " + nothing_yet(board)),))
    lines += [(), (Part(baseline_age(board).capitalize()),)]
    lines += baseline_lines(board, None, names=names, cells=cells, bidi="off", whole=True)
    if board.overdue:
        lines += [(), (Part("Overdue"),), *overdue_lines(board.overdue, names=names, cells=cells, bidi="off")]
    if ill := troubled(board.feeds):
        lines += [(), (Part("Feeds in trouble"),)]
        for one in ill:
            cause = shown(one.state.cause) or "no cause given"
            cause = cause if cause.startswith(one.state.health) else f"{one.state.health}, {cause}"
            said = f"  {shown(one.feed.name) or one.feed.id}: {cause}"
            said += f" (failed {one.state.failures} times)" if one.state.failures > 1 else ""
            lines += wrap((Part(said),), cells, indent=4, bidi="off")
    text = "\n".join(plain(line).rstrip() for line in lines) + "\n"
    return to_ascii(text) if ascii else text


def nothing_yet(board: Board, *, polling: bool = False) -> str:
    """Why a list without stories is empty; never the word calm."""
    feeds = fare(board.feeds)
    if not feeds.total:
        return "No stories: no feed is enabled. `monitor feeds add SITE` adds one; `monitor demo` needs none."
    if feeds.unpolled == feeds.total:
        return f"No stories yet: {plural(feeds.total, 'feed')}, " + (
            "first poll running…" if polling else "none polled so far. `monitor poll` polls them."
        )
    if feeds.offline:
        return f"No stories: all feeds fail ({feeds.cause}). Silence means nothing here."
    if feeds.ill:
        return f"No stories, but {feeds.ill} of {plural(feeds.total, 'feed')} in trouble: silence is no all-clear."
    return f"No stories in {plural(board.entries, 'entry', 'entries')} of {plural(feeds.total, 'feed')}."
