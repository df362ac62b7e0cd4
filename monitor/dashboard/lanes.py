"""The timeline: a lane for each base (else place) with what was announced, due, done and disputed, day by day. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Literal

from monitor.dashboard.text import Line, Part, cut, pad, shown
from monitor.dashboard.words import SETTLED, Names, claim_says, day_words, fact_value, spoken
from monitor.model import Alert, Board, Claim, Fact, Story

Kind = Literal["announced", "due", "under way", "done", "disputed"]
MARKS: dict[Kind, tuple[str, str]] = {
    "announced": ("◐", "updates"),
    "under way": ("◑", "updates"),
    "due": ("◆", "warn"),
    "done": ("●", "confirms"),
    "disputed": ("≠", "contradicts"),
}
_RANK: tuple[Kind, ...] = ("announced", "under way", "due", "done", "disputed")  # the later wins a shared cell
_BARS = " ▁▂▃▄▅▆▇█"
_NAME = 20  # cells of the name of a lane
_LABEL = 12  # cells of the longest label of the axis and a blank: the first, with its year
_LEAST, _MOST = 7, 3650  # days on the screen


@dataclass(frozen=True, slots=True)
class Mark:
    """Something on a day: what kind, in words, and the story or fact that says so. `until` where it is a window."""

    day: date
    kind: Kind
    said: str
    source: str
    story: Story | None = None
    until: date | None = None


@dataclass(frozen=True, slots=True)
class Lane:
    """All marks of one base or place, oldest first."""

    key: str
    name: str
    marks: tuple[Mark, ...]

    @property
    def newest(self) -> Story | None:
        """The story of its last mark that has one."""
        return next((mark.story for mark in reversed(self.marks) if mark.story is not None), None)


@dataclass(frozen=True, slots=True)
class Span:
    """The days on the screen: the last one and how many. `days` 0: all there is."""

    end: date | None = None
    days: int = 0

    def fitted(self, lanes: Sequence[Lane], today: date) -> Span:
        """With numbers: from the first mark to the last, or to today, where nothing was chosen."""
        if self.days and self.end:
            return self
        days = [mark.day for lane in lanes for mark in lane.marks] or [today]
        end = max(
            max(days), max((mark.until or mark.day for lane in lanes for mark in lane.marks), default=today), today
        )
        end = min(end, today + timedelta(days=90))
        first = max(min(days), end - timedelta(days=_MOST))
        return Span(end + timedelta(days=1), max((end - first).days + 3, 30))

    def panned(self, share: float, lanes: Sequence[Lane], today: date) -> Span:
        """Moved by a share of what is seen."""
        now = self.fitted(lanes, today)
        assert now.end is not None
        return replace(now, end=now.end + timedelta(days=round(now.days * share) or (1 if share > 0 else -1)))

    def zoomed(self, step: int, lanes: Sequence[Lane], today: date) -> Span:
        """Half as many days (1) or twice as many (-1), the middle staying where it is."""
        now = self.fitted(lanes, today)
        assert now.end is not None
        days = min(max(now.days // 2 if step > 0 else now.days * 2, _LEAST), _MOST)
        return Span(now.end + timedelta(days=(days - now.days) // 2), days)


@dataclass(slots=True)
class _Gathered:
    name: str
    marks: dict[tuple[date, Kind, str], Mark] = field(default_factory=dict)


def lanes(board: Board) -> tuple[Lane, ...]:
    """A lane for everything that a fact or an undismissed story speaks of, the newest news first."""
    names = Names.on(board)
    found: dict[str, _Gathered] = {}

    def put(key: str, mark: Mark) -> None:
        lane = found.setdefault(key, _Gathered(names[key]))
        lane.marks.setdefault((mark.day, mark.kind, mark.source), mark)

    for fact in board.facts:
        if fact.compared and (fact.status is not None or fact.date is not None):
            for mark in _of_fact(fact, names):
                put(fact.subject.rpartition("@")[2], mark)
    for story in board.stories:
        if story.review.state in SETTLED:
            continue
        for alert in story.alerts:
            claim = alert.lead_claim
            key = (claim.facility or claim.place or claim.country) if claim is not None else None
            if claim is not None and key:
                for mark in _of_claim(claim, alert, story):
                    put(key, mark)
    made = [
        Lane(key, lane.name, tuple(sorted(lane.marks.values(), key=lambda mark: (mark.day, _RANK.index(mark.kind)))))
        for key, lane in found.items()
    ]
    return tuple(sorted(made, key=_newest_first))


def _newest_first(lane: Lane) -> tuple[int, str]:
    told = [mark.day for mark in lane.marks if mark.story is not None]
    return (-max(told).toordinal() if told else 0, lane.name)


def _of_fact(fact: Fact, names: Names) -> Iterable[Mark]:
    said = f"{names.subject(fact.subject)} {spoken(fact.attribute)}: {fact_value(fact, names)}"
    source = f"baseline, {shown(fact.source)} {fact.as_of.isoformat()}"
    if fact.date is not None:
        if (start := fact.date.start or fact.date.end) is not None:
            yield Mark(start, "due", said, source, until=fact.date.end)
        return
    state = fact.status or ""
    ongoing = state.endswith(("way", "leaving", "arriving", "closing", "ending"))
    announced = state.endswith(("announced", "expected"))
    kind: Kind = "announced" if announced else "under way" if ongoing else "done"
    yield Mark(fact.as_of, kind, said, source)


def _of_claim(claim: Claim, alert: Alert, story: Story) -> Iterable[Mark]:
    told = alert.entry.when.date()
    source = f"{shown(alert.family)}, told {told.isoformat()}"
    said = claim_says(claim)
    if alert.verdict == "contradicts" or claim.polarity == "denied" or claim.phase in ("postponed", "cancelled"):
        yield Mark(told, "disputed", said, source, story)
        if claim.phase == "postponed" and claim.date is not None and claim.date.start is not None:
            yield Mark(claim.date.start, "due", said, source, story, claim.date.end)
        return
    if claim.modality not in ("fact", "reported"):
        return
    if claim.phase == "planned":
        yield Mark(told, "announced", said, source, story)
        if claim.date is not None and claim.date.start is not None:
            yield Mark(claim.date.start, "due", said, source, story, claim.date.end)
    elif claim.phase == "under_way":
        yield Mark(told, "under way", said, source, story)
    elif claim.phase == "completed":
        # A mission that was extended "until December" was extended when it was told.
        done = claim.date.end if claim.date is not None and claim.date.end is not None else told
        yield Mark(min(done, told), "done", said, source, story)


# ---- drawing ---------------------------------------------------------------------------------------------------------


def columns(cells: int) -> int:
    """How many cells are left for days."""
    return max(cells - _NAME - 2, 10)


def column_of(day: date, span: Span, width: int) -> int:
    """The cell of a day, from the left; it may lie outside."""
    assert span.end is not None
    first = span.end - timedelta(days=span.days)
    return (day - first).days * width // max(span.days, 1)


def lane_line(lane: Lane, span: Span, today: date, cells: int, *, selected: bool) -> Line:
    """Name and marks; the window of what is due as a stroke, today as a line."""
    width = columns(cells)
    row: list[tuple[str, str]] = [(" ", "")] * width
    if 0 <= (at := column_of(today, span, width)) < width:
        row[at] = ("│", "faded")
    for kind in _RANK:
        mark_sign, tone = MARKS[kind]
        for mark in lane.marks:
            if mark.kind != kind:
                continue
            start = column_of(mark.day, span, width)
            stop = column_of(mark.until, span, width) if mark.until else start
            for at in range(max(start + 1, 0), min(stop + 1, width)):
                row[at] = ("─", "warn") if row[at][0] in " │" else row[at]
            if 0 <= start < width:
                row[start] = (mark_sign, tone)
    name = Part(f"{'›' if selected else ' '}{pad(cut(lane.name, _NAME - 1), _NAME - 1)} ", "strong")
    return (name, *(Part(char, tone) for char, tone in row))


def axis(span: Span, cells: int) -> Line:
    """The days over the lanes: as many as have room, the year where it changes."""
    assert span.end is not None
    width = columns(cells)
    text = [" "] * width
    step = -(-span.days * _LABEL // width)
    day = span.end - timedelta(days=span.days)
    year = 0
    while day < span.end:
        label = f"{day:%Y-%m}" if span.days >= 400 else day_words(day)
        label = label.removesuffix(f" {year}")
        at = column_of(day, span, width)
        if at + len(label) <= width and "".join(text[max(at - 1, 0) : at + len(label)]).isspace():
            text[at : at + len(label)] = label
            year = day.year
        day += timedelta(days=step)
    return (Part(" " * (_NAME + 1)), Part("".join(text), "faded"))


def histogram(board: Board, span: Span, cells: int) -> Line:
    """Alerts per day (or per the days of a cell) as bars, with the most there were."""
    width = columns(cells)
    assert span.end is not None
    first = span.end - timedelta(days=span.days)
    daily = Counter((alert.entry.when.date() - first).days for story in board.stories for alert in story.alerts)
    counts = [0] * width
    for day in range(span.days):
        start = day * width // span.days
        for at in range(start, max((day + 1) * width // span.days, start + 1)):
            counts[at] += daily[day]
    most = max(counts)
    bars = "".join(_BARS[-(-count * 8 // most)] if most else " " for count in counts)
    return (Part(pad(f" alerts, most {most}", _NAME + 1), "faded"), Part(bars, "strong"))
