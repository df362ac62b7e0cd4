"""What the screen calls things: severities, verdicts, values, dates and ages in short words and marks. Pure.

Every state is a word first; marks and tones only repeat it, so that nothing is lost without colour or without Unicode.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from monitor.dashboard.text import shown

if TYPE_CHECKING:
    from monitor.model import (
        Attribute,
        Board,
        Claim,
        Count,
        DateRange,
        EventType,
        Fact,
        Feed,
        ReviewState,
        Severity,
        VerdictName,
    )

SEVERITY: Mapping[Severity, tuple[str, str]] = {
    "critical": ("CRIT", "▲▲▲"),
    "high": ("HIGH", "▲▲"),
    "medium": ("MED", "▲"),
    "low": ("LOW", "·"),
}
VERDICT: Mapping[VerdictName, tuple[str, str]] = {
    "confirms": ("CONFIRMS", "="),
    "refines": ("REFINES", "≈"),
    "updates": ("UPDATES", "→"),
    "contradicts": ("CONTRAD.", "≠"),
    "stale": ("STALE", "‹"),
    "related": ("RELATED", "~"),
    "incomparable": ("INCOMP.", "?"),
    "new": ("NEW", "+"),
}
_UNJUDGED = ("UNJUDGED", "·")
"""What is only possible, demanded or long past is not held against the baseline: it is not told as news to it."""
REVIEW: Mapping[ReviewState, str] = {
    "unreviewed": "•",
    "in_review": "…",
    "confirmed": "✓",
    "watching": "◎",
    "dismissed": "✗",
    "closed": "■",
    "reopened": "↺",
}
EVENT: Mapping[EventType, str] = {
    "base_handover": "handover",
    "base_closure": "closure",
    "base_establishment": "new base",
    "attack_on_base": "attack on base",
    "force_count": "troop number",
    "posture_pressure": "pressure",
}
_STEPLESS = frozenset({"keyword", "force_count"})  # a word that was met and a number are no steps of anything
OPEN_STATES: frozenset[ReviewState] = frozenset({"unreviewed", "reopened"})
SETTLED: frozenset[ReviewState] = frozenset({"dismissed", "closed"})  # out of the list until someone asks for them
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_MARKS = "…·“”—–→≠≈×›‹▲•✓✗◎■↺●◐◑○◆│─┼▁▂▃▄▅▆▇█"
_TO_ASCII = str.maketrans(_MARKS, '~-""-->!~x><!*+x@#^*%%oD|-+.::=+*##')  # one for one, so that no width changes


@dataclass(frozen=True, slots=True)
class Names:
    """What ids are called, cleaned; an id without a name stands for itself."""

    of: Mapping[str, str]

    @classmethod
    def on(cls, board: Board) -> Names:
        """The names a board carries."""
        return cls({key: shown(name) for key, name in board.names})

    def __getitem__(self, key: str) -> str:
        return self.of.get(key) or shown(key)

    def subject(self, subject: str) -> str:
        """A fact's subject: a facility, or an actor in an area."""
        if subject in self.of:
            return self.of[subject]
        actor, _, area = subject.partition("@")
        return f"{self[actor]} in {self[area]}" if area else self[actor]

    def listed(self, subject: str) -> str:
        """The same as short as a column wants it: "coalition · Kurdistan Region"."""
        actor, _, area = subject.partition("@")
        if actor not in self.of or area not in self.of:
            return self.subject(subject)
        return f"{self[actor]} · {self[area].removeprefix('the ')}"


def to_ascii(text: str) -> str:
    """Our own marks in ASCII, of the same width; foreign letters stay as they are."""
    return text.translate(_TO_ASCII)


def spoken(word: str) -> str:
    """An id of ours as words: `handover_announced` is "handover announced"."""
    return word.replace("_", " ")


def event(name: EventType) -> str:
    """An event type as the reader calls it."""
    return EVENT.get(name, spoken(name))


def happening(claim: Claim) -> str:
    """What is said to happen, and how far it is: "handover, completed"."""
    name = event(claim.type)
    return name if claim.type in _STEPLESS else f"{name}, {spoken(claim.phase)}"


def borrowed(claim: Claim) -> str:
    """What the sentence leaves open and another one tells: "facility from the headline"; "" where it tells all."""
    return ", ".join(" from ".join(shown(one).split(": ", 1)) for one in claim.rests_on)


def number(value: int) -> str:
    """1500 as "1,500"."""
    return f"{value:,}"


def count_words(count: Count) -> str:
    """An interval with its unit and role: "1,350-1,500 personnel remaining"."""
    if count.high is None:
        amount = f"{number(count.low)} or more"
    elif count.low == count.high:
        amount = number(count.low) if count.low else "no"
    else:
        amount = f"{number(count.low)}-{number(count.high)}"
    # Countries and members neither remain nor arrive.
    role = f" {count.role}" if count.role != "total" and count.unit not in ("countries", "members") else ""
    return f"{amount} {count.unit}{role}"


def day_words(day: date) -> str:
    """A calendar day: "17 Jan 2026"."""
    return f"{day.day} {_MONTHS[day.month - 1]} {day.year}"


def date_words(span: DateRange) -> str:
    """A span of days as short as it can be said; the wording where it could not be resolved."""
    start, end = span.start, span.end
    if start is None and end is None:
        return f"“{shown(span.raw)}” (not resolved)"
    if start is None or end is None or start == end:
        known = start or end
        assert known is not None
        lead = "" if start is not None and end is not None else "from " if end is None else "by "
        return lead + day_words(known)
    if (start.year, start.month) == (end.year, end.month):
        return f"{start.day}-{day_words(end)}"
    if start.year == end.year:
        return f"{start.day} {_MONTHS[start.month - 1]} - {day_words(end)}"
    return f"{day_words(start)} - {day_words(end)}"


def fact_value(fact: Fact, names_of: Names | None = None) -> str:
    """What a fact holds to be true, in words; `names_of` tells what the ids in it are called."""
    names = ", ".join(names_of[name] if names_of else shown(name) for name in fact.names)
    if fact.status is not None:
        value = spoken(fact.status)
    elif fact.count is not None:
        value = count_words(fact.count)
    elif fact.date is not None:
        value = date_words(fact.date)
    else:
        value = shown(fact.text or "")
    if names and names != value:
        return f"{value}: {names}" if value else names
    return value or "-"


def claim_says(claim: Claim, attribute: Attribute | None = None) -> str:
    """What a claim asserts about one attribute, else as a whole: "handover, completed, 17 Jan 2026"."""
    denied = "denied: " if claim.polarity == "denied" else ""
    hedge = "" if claim.modality == "fact" else f" ({claim.modality})"
    if claim.count is not None and attribute in ("count", "contributors", "membership"):
        return denied + count_words(claim.count) + hedge
    if claim.date is not None and attribute in ("effective_date", "mandate_end"):
        return f"{denied}{event(claim.type)} {spoken(claim.phase)}, {date_words(claim.date)}{hedge}"
    said = [happening(claim)]
    said += [count_words(claim.count)] if claim.count is not None else []
    said += [date_words(claim.date)] if claim.date is not None else []
    return denied + ", ".join(said) + hedge


def moment(when: datetime, now: datetime) -> str:
    """HH:MM on the day of `now` and in its time zone, else the day: "17 Jan"; another year: "Jan 25"."""
    there = when.astimezone(now.tzinfo)
    if there.date() == now.date():
        return f"{there:%H:%M}"
    if there.year == now.year:
        return f"{there.day:02d} {_MONTHS[there.month - 1]}"
    return f"{_MONTHS[there.month - 1]} {there.year % 100:02d}"


def stamp(when: datetime, now: datetime) -> str:
    """A full point in time in the time zone of `now`: "2026-01-17 11:02"."""
    return f"{when.astimezone(now.tzinfo):%Y-%m-%d %H:%M}"


def ago(span: timedelta) -> str:
    """How long ago: "now", "3h ago"."""
    said = lasting(span)
    return said if said == "now" else f"{said} ago"


def lasting(span: timedelta) -> str:
    """A stretch of time in its largest unit: "40s", "2m", "3h", "5d"; nothing left is "now"."""
    seconds = int(span.total_seconds())
    if seconds <= 0:
        return "now"
    for size, unit in ((86_400, "d"), (3_600, "h"), (60, "m")):
        if seconds >= size:
            return f"{seconds // size}{unit}"
    return f"{seconds}s"


def age(day: date, now: datetime) -> str:
    """How old a date is: "326 days old"."""
    days = (now.date() - day).days
    return "today" if days == 0 else f"in {-days} days" if days < 0 else f"{days} day{'s' if days != 1 else ''} old"


def plural(amount: int, one: str, many: str | None = None) -> str:
    """A number with its noun: "1 story", "2 stories"."""
    return f"{number(amount)} {one if amount == 1 else many or one + 's'}"


def grade_words(grade: str) -> str:
    """How far a source is trusted, A to E; F stands for not judged."""
    return "not graded" if grade.startswith("F") else f"grade {shown(grade)}"


def standing(feed: Feed) -> str:
    """What an outlet is and how far it is trusted: "state, grade B"."""
    return f"{spoken(feed.kind)}, {grade_words(feed.reliability)}"


def link_host(url: str | None) -> str | None:
    """The host of an address that may be opened: http or https, no blanks, a host; None for everything else.

    A host with letters beyond ASCII is shown in its wire form too, because look-alike letters forge names.
    """
    if not url or shown(url) != url or any(char.isspace() for char in url):
        return None
    try:
        split = urlsplit(url)
        host = split.hostname
        if split.scheme not in ("http", "https") or not host:
            return None
        return host if host.isascii() else f"{host} ({host.encode('idna').decode('ascii')})"
    except ValueError:  # a broken IPv6 literal, a label idna refuses
        return None


def verdict_words(verdict: VerdictName, claim: Claim | None) -> tuple[str, str]:
    """The word and the mark of a verdict on a claim."""
    talk = claim is not None and claim.modality not in ("fact", "reported")
    return _UNJUDGED if talk and verdict == "new" else VERDICT[verdict]
