"""Baseline and ledger as lines: what is overdue, what is held of every base, force and mission on a day.

Pure: the ledger of the day is handed in.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from monitor.dashboard.text import Bidi, Line, Part, cut, pad, plain, shown, width, wrap
from monitor.dashboard.words import Names, date_words, fact_value, grade_words, plural, spoken, stamp
from monitor.model import Board, Fact, Ledger, LedgerRow, Overdue

_PASSAGE = 2000  # code points of a passage shown


@dataclass(frozen=True, slots=True)
class Item:
    """One row of the view: something overdue, something held, or background. Exactly one of the three is there."""

    key: str
    overdue: Overdue | None = None
    row: LedgerRow | None = None
    background: Fact | None = None

    @property
    def facts(self) -> tuple[Fact, ...]:
        """The facts it rests on."""
        if self.overdue is not None:
            return (self.overdue.fact,)
        if self.row is not None:
            return self.row.facts
        return (self.background,) if self.background is not None else ()


def items(board: Board, ledger: Ledger, *, today: bool) -> tuple[Item, ...]:
    """What is overdue (of today only: the board knows no other day), then the ledger, then the background."""
    late = sorted(board.overdue, key=lambda item: (item.state == "unwatched", -item.days)) if today else []
    found = [Item(f"late {item.fact.id}", overdue=item) for item in late]
    found += [Item(f"row {row.subject} {row.attribute}", row=row) for row in ledger.rows]
    told = [fact for fact in board.facts if not fact.compared and fact.as_of <= ledger.as_of]
    return (*found, *(Item(f"back {fact.id}", background=fact) for fact in told))


_SINCE = 16  # cells of the day at the end of a row
_DATED = 90  # cells from which a row has room for it


def _name(cells: int) -> int:
    """Cells of what a fact is about."""
    return min(max(cells // 2, 16), 40)


def heading(cells: int) -> str:
    """The names of the columns of `item_line`."""
    said = f"   {'of what':<{_name(cells)}} held"
    return f"{said:<{cells - _SINCE + 1}} since" if cells >= _DATED else said


def item_line(item: Item, names: Names, *, cells: int, selected: bool) -> Line:
    """One row: who or what, what is held and late, and at the end, where there is room, since when."""
    head = Part("›" if selected else " ")
    name, room = _name(cells), cells - 4 - _name(cells) - (_SINCE if cells >= _DATED else 0)
    if item.overdue is not None:
        late, fact = item.overdue, item.overdue.fact
        said = f"overdue {plural(late.days, 'day')}" if late.state == "overdue" else late.state
        tone = "faded" if late.state == "unwatched" else "warn"
        what = pad(f"{names.listed(fact.subject)} {spoken(fact.attribute)}", name)
        return (head, Part("! ", tone), Part(what + " ", tone), Part(f"{said}  ", tone), Part(fact_value(fact, names)))
    if item.row is not None:
        row = item.row
        values = " / ".join(fact_value(fact, names) for fact in row.facts)
        subject = cut(names.listed(row.subject), name)
        what = pad(f" {spoken(row.attribute)}", name - width(subject))
        ago = f"  due {plural(row.late, 'day')} ago" if row.late else ""
        line: Line = (head, Part("  "), Part(subject, "strong"), Part(f"{what} ", "faded"))
        values = cut(values, room)
        line = (*line, Part(values), Part(cut(ago, room - width(values)), "warn"))
        if cells < _DATED:
            return line
        version = f" v{len(row.before) + 1}" if row.before else ""
        gap = max(cells - _SINCE - width(plain(line)), 0)
        return (*line, Part(f"{' ' * gap}  {row.facts[0].as_of.isoformat()}{version}", "faded"))
    return (head, Part(f"  {pad('background', name)} ", "faded"), Part(fact_value(item.facts[0], names), "faded"))


def item_lines(item: Item, board: Board, names: Names, *, cells: int, bidi: Bidi) -> tuple[Line, ...]:
    """All that is known of one row: the facts with their passages, the plan, every earlier version."""
    lines: list[Line] = []
    if item.overdue is not None:
        lines += wrap((Part("! ", "warn"), Part(shown(item.overdue.reason))), cells, indent=2, bidi=bidi)
        lines.append(())
    for fact in item.facts:
        lines += fact_lines(fact, board, names, cells=cells, bidi=bidi)
    row = item.row
    if row is not None and row.due is not None:
        late = f", {plural(row.late, 'day')} ago" if row.late else ""
        lines += wrap(
            (Part("due ", "faded"), Part(date_words(row.due)), Part(late, "warn")), cells, indent=4, bidi=bidi
        )
    if row is not None and row.before:
        lines += [(), (Part("Before", "head"),)]
        for fact in row.before:
            lines += fact_lines(fact, board, names, cells=cells, bidi=bidi)
    return tuple(lines)


def fact_lines(fact: Fact, board: Board, names: Names, *, cells: int, bidi: Bidi) -> tuple[Line, ...]:
    """One version of a fact: its value, who says so since when, the words it rests on, who changed it and why."""
    lines: list[Line] = []
    if fact.text is None:
        value = f"{spoken(fact.attribute)}: {fact_value(fact, names)}"
        lines += wrap((Part(f"{names.subject(fact.subject)} ", "strong"), Part(value)), cells, indent=2, bidi=bidi)
    source = f"{shown(fact.source)} ({grade_words(fact.grade)}), as of {fact.as_of.isoformat()}, version {fact.version}"
    lines += wrap((Part(f"  {source}", "faded"),), cells, indent=2, bidi=bidi)
    passage = shown(fact.passage[:_PASSAGE] or fact.text or "")
    if passage:
        lines += [(Part("  "), *one) for one in wrap((Part(f"“{passage}”", "quote"),), max(cells - 2, 8), bidi=bidi)]
    if fact.accepted_from:
        lines += wrap((Part(f"  accepted from story {shown(fact.accepted_from)[:12]}", "faded"),), cells, indent=2)
    if fact.by:
        what = "retired" if fact.retired else "written"
        when = f", {stamp(fact.at, board.now)}" if fact.at else ""
        said = f"  {what} by {shown(fact.by)}{when}: {shown(fact.reason or '')}"
        lines += wrap((Part(said, "faded"),), cells, indent=2, bidi=bidi)
    return tuple(lines)


def moved(as_of: date, *, days: int = 0, months: int = 0) -> date:
    """Another day; a month later is the same day of it, or its last."""
    if months:
        month = as_of.month - 1 + months
        year, month = as_of.year + month // 12, month % 12 + 1
        if not 1 <= year <= 9998:
            return as_of
        for day in range(as_of.day, 27, -1):
            try:
                return date(year, month, day)
            except ValueError:
                continue
        return date(year, month, as_of.day)
    return date.fromordinal(min(max(as_of.toordinal() + days, 1), date(9998, 12, 31).toordinal()))


def accepted_story(facts: Sequence[Fact]) -> str | None:
    """The story that one of the facts was accepted from."""
    return next((fact.accepted_from for fact in facts if fact.accepted_from), None)
