"""Who is to be told of what, and when: a board and what was told before in, notices out. Pure.

A story is told of once for each line of `notify:` that it fits, and again only when what it does to the baseline has
changed, or as a reminder. When a notice goes out is decided when it is sent: hours of silence, the pace of its line.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

from monitor import filters
from monitor.feeds.clean import safe
from monitor.model import Board, Notify, Story

Event = Literal["new", "changed", "reminder"]

FRESH = timedelta(hours=48)
"""A story whose latest report is older is known, and told of to nobody: a first poll brings weeks of news."""
AT_ONCE = 5
"""More notices of one line than this that wait together are sent as one."""
_REMINDERS = 5
_OPEN = frozenset({"unreviewed", "in_review", "reopened"})


@dataclass(frozen=True, slots=True)
class Told:
    """What was last told of a story on one line; `times` counts reminders since its verdict last changed."""

    story: str
    verdict: str
    at: datetime
    times: int = 0


@dataclass(frozen=True, slots=True)
class Note:
    """One thing to tell of one story."""

    id: str
    line: str
    event: Event
    story: str
    at: datetime
    severity: str
    verdict: str
    gloss: str
    title: str
    reason: str
    feed: str
    url: str
    reports: int
    families: int


def line_id(line: Notify) -> str:
    """A line of `notify:` told from another, wherever it stands; what paces it may change."""
    written = "\0".join((line.when, line.channel, *line.run, line.url))
    return hashlib.sha256(written.encode("utf-8", "replace")).hexdigest()[:12]


def consider(line: Notify, board: Board, told: Mapping[str, Told]) -> tuple[list[Note], list[Told]]:
    """What one line has to tell of a board, and what is then told; `told` is by story id, former ids included."""
    name, condition = line_id(line), filters.parse(line.when)
    notes: list[Note] = []
    state: list[Told] = []
    for story in board.stories:
        if not _notable(story) or not filters.holds(condition, story):
            continue
        before = next((told[key] for key in (story.id, *story.aliases) if key in told), None)
        verdict = _verdict(story)
        event = _event(line, story, before, verdict, board.now)
        if event is not None:
            times = before.times + 1 if before is not None and event == "reminder" else 0
            notes.append(_note(name, event, story, verdict, board))
            state.append(Told(story.id, verdict, board.now, times))
        elif before is None or before.verdict != verdict or before.story != story.id:
            state.append(Told(story.id, verdict, before.at if before else board.now, before.times if before else 0))
    return notes, state


def ready(line: Notify, waiting: Sequence[Note], last: datetime | None, now: datetime) -> list[tuple[Note, ...]]:
    """What of a line's notes may be sent now, each tuple as one message; `last` is when the line last sent one."""
    if not waiting or _silent(line, now):
        return []
    if line.digest is not None and now - min(note.at for note in waiting) < line.digest:
        return []
    if line.cooldown is not None and last is not None and now - last < line.cooldown:
        return []
    together = line.digest is not None or line.cooldown is not None or line.quiet is not None or len(waiting) > AT_ONCE
    ordered = tuple(sorted(waiting, key=lambda note: (note.at, note.id)))
    return [ordered] if together else [(note,) for note in ordered]


def next_time(line: Notify, waiting: Sequence[Note], last: datetime | None, now: datetime) -> datetime:
    """When to look at a line again that has something to say and may not say it yet."""
    times = [now + timedelta(seconds=30 if _silent(line, now) else 1)]
    if line.digest is not None and waiting:
        times.append(min(note.at for note in waiting) + line.digest)
    if line.cooldown is not None and last is not None:
        times.append(last + line.cooldown)
    return max(times)


def words(notes: Sequence[Note]) -> str:
    """What a message says in words, one story a line."""
    lines = [f"{_called(note)}{note.severity.upper()} {note.verdict}: {note.gloss or note.title}" for note in notes]
    if len(notes) == 1:
        note = notes[0]
        tail = [part for part in (note.title if note.gloss else "", note.reason, note.url) if part]
        return "\n".join([*lines, *tail])
    return "\n".join([f"{len(notes)} stories", *lines])


def batch_id(notes: Iterable[Note]) -> str:
    """The same for the same notes, so that a receiver knows one that it is sent twice."""
    return hashlib.sha256("\0".join(sorted(note.id for note in notes)).encode()).hexdigest()[:24]


def _called(note: Note) -> str:
    return {"new": "", "changed": "changed: ", "reminder": "still open: "}[note.event]


def _notable(story: Story) -> bool:
    """Changes, and whatever updates or contradicts the baseline: the denial of an expected handover is news."""
    return story.lane == "changes" or bool({"updates", "contradicts"} & set(filters.verdicts(story)))


def _verdict(story: Story) -> str:
    found = filters.verdicts(story)
    return "contradicts" if "contradicts" in found else story.lead.verdict or "no verdict"


def _event(line: Notify, story: Story, before: Told | None, verdict: str, now: datetime) -> Event | None:
    if story.review.state not in _OPEN or now - story.latest > FRESH:
        return None
    if before is None:
        return "new"
    if before.verdict != verdict:
        return "changed"
    due = line.repeat is not None and before.times < _REMINDERS and now - before.at >= line.repeat * 2**before.times
    return "reminder" if due else None


def _note(line: str, event: Event, story: Story, verdict: str, board: Board) -> Note:
    lead = story.lead
    named = next((row.feed.name for row in board.feeds if row.feed.id == lead.entry.feed), lead.entry.feed)
    key = "\0".join((line, story.id, event, verdict, board.now.isoformat()))
    shown = lead.lead_verdict
    return Note(
        id=hashlib.sha256(key.encode()).hexdigest()[:24],
        line=line,
        event=event,
        story=story.id,
        at=board.now,
        severity=story.severity,
        verdict=verdict,
        gloss=_flat(lead.gloss),
        title=_flat(lead.entry.title),
        reason=_flat(shown.reason) if shown is not None else "",
        feed=_flat(named),
        url=lead.entry.url or "",
        reports=len(story.alerts),
        families=len(story.families),
    )


def _flat(text: str) -> str:
    return " ".join(safe(text).split())[:1000]


def _silent(line: Notify, now: datetime) -> bool:
    if line.quiet is None:
        return False
    start, end = line.quiet
    moment = now.astimezone(ZoneInfo(line.tz) if line.tz else None).time().replace(tzinfo=None)
    return start <= moment < end if start < end else moment >= start or moment < end
