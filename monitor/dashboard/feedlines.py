"""The feeds as lines: one each for the list, all that is known of one beside it. Pure."""

from __future__ import annotations

from datetime import datetime

from monitor.dashboard.health import troubled
from monitor.dashboard.text import Line, Part, cut, isolated, pad, shown, wrap
from monitor.dashboard.words import ago, lasting, plural, stamp, standing
from monitor.feeds.health import SICK
from monitor.model import FeedRow

_WELL = ("ok", "unpolled")
HEADING = "   health     "
_NAME = 27  # cells of a name


def heading(cells: int) -> str:
    """The names of the columns of `feed_line`."""
    return f"{HEADING}{'name':<{_name(cells)}} lang"


def _name(cells: int) -> int:
    return min(max(cells - 40, 12), _NAME)


def ordered(rows: tuple[FeedRow, ...], *, sick_only: bool = False) -> tuple[FeedRow, ...]:
    """Those in trouble first, worst first, then the others in the order of feeds.yml."""
    ill = troubled(rows)
    known = {row.feed.id for row in ill}
    return ill if sick_only else (*ill, *(row for row in rows if row.feed.id not in known))


def feed_line(row: FeedRow, now: datetime, *, cells: int, selected: bool) -> Line:
    """Health, name, language; of one in trouble the cause, else what is new; when it is polled next."""
    state, feed = row.state, row.feed
    name = _name(cells)
    mark = "✓" if state.health == "ok" else "·" if state.health == "unpolled" else "✗"
    tone = "" if state.health in _WELL else "bad"
    new = f"new {ago(now - state.last_new)}" if state.last_new and state.health in _WELL else ""
    due = f"next {lasting(state.next_due - now)}" if state.next_due and state.health != "muted" else ""
    return (
        Part("›" if selected else " "),
        Part(f"{mark} {state.health:<10} ", tone),
        Part(pad(isolated(cut(shown(feed.name) or feed.id, name), "isolate"), name) + " ", "strong"),
        Part(f"{(feed.lang or '')[:3]:<4} ", "faded"),
        Part(shown(state.cause) if tone else "", tone),
        Part(" · " if tone and state.cause and due else "", "faded"),
        Part(" · ".join(said for said in (new, due, "" if tone else shown(state.cause)) if said), "faded"),
    )


def feed_lines(row: FeedRow, now: datetime, cells: int) -> tuple[Line, ...]:
    """All that is known of one feed."""
    feed, state = row.feed, row.state
    health = Part(state.health, "" if state.health in _WELL else "bad")
    pairs: list[tuple[str, str]] = [
        ("cause", shown(state.cause)),
        ("failures", f"{state.failures} in a row" if state.failures else ""),
        ("next poll", f"{stamp(state.next_due, now)}" if state.next_due else ""),
        ("rhythm", shown(state.rhythm)),
        ("last poll", stamp(state.last_poll, now) if state.last_poll else "never"),
        ("answered", stamp(state.last_success, now) if state.last_success else "never"),
        ("last new", stamp(state.last_new, now) if state.last_new else "never"),
        ("document", f"{state.bytes:,} bytes in {state.seconds:.1f} s" if state.bytes else ""),
        ("moved to", shown(state.moved_to) if state.moved_to else ""),
        ("address", shown(state.address or feed.url)),
        ("id", shown(feed.id)),
        ("publisher", f"{shown(feed.publisher)}, {standing(feed)}"),
        ("language", ", ".join(shown(one) for one in (feed.lang, feed.country, feed.region, feed.tz) if one)),
    ]
    lines: list[Line] = [*wrap((Part(f"{shown(feed.name) or feed.id}: ", "strong"), health), cells, bidi="off")]
    for name, said in pairs:
        if said:
            lines += wrap((Part(f"{name:<10} ", "faded"), Part(said)), cells, indent=11, bidi="off")
    return tuple(lines)


def feeds_title(rows: tuple[FeedRow, ...], *, sick_only: bool) -> str:
    """How many, and how many in what trouble."""
    counts = {name: sum(row.state.health == name for row in rows) for name in ("ok", *SICK, "unpolled")}
    said = ", ".join(f"{number} {name}" for name, number in counts.items() if number)
    return f"5 Feeds{', only those not in order' if sick_only else ''} · {plural(len(rows), 'feed')}: {said}"
