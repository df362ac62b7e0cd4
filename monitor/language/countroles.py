"""What a counted number does: whether those counted remain, leave, arrive, or are there in total.

The nearest word of the sentence tells, with three exceptions. A word behind "before" or "after" dates the number and
does not move it ("2,500 were there before the withdrawal"). A mark or a word that opens a clause puts a word farther
off. And "the remaining 200 will leave" leave.
"""

from __future__ import annotations

from collections.abc import Iterator

from monitor.language.reading import Reading
from monitor.model import CountRole

_REACH = 8
_NEAR = 12
# How much farther off a word is for each comma, and for a word that opens another clause, between it and the number.
_COMMA, _CLAUSE = 3, 5
_INSIDE = 2
# How far "before" stands from the word that it puts in another time: "avant le début du retrait".
_APART = 4
_POSTPOSED = frozenset({"tr"})
_ORDER: tuple[CountRole, ...] = ("remaining", "leaving", "arriving", "total")


def role_of(reading: Reading, start: int, end: int) -> CountRole | None:
    """The role of the count in tokens [start, end); None where no word tells one."""
    hits = list(_hits(reading, start, end))
    ranked = sorted((_distance(reading, a, b, start, end), rank, a, b) for rank, a, b in hits)
    ranked = [row for row in ranked if row[0] <= _REACH]
    if not ranked:
        return None
    told = [row for row in ranked if row[2] < end or not _otherwhen(reading, *row[2:])]
    if not told:
        return "total"
    _, rank, a, b = told[0]
    role = _ORDER[rank]
    if role == "remaining" and (b == start or a == end or start <= a < end) and _leave(reading, hits, end):
        return "leaving"
    return role


def _hits(reading: Reading, start: int, end: int) -> Iterator[tuple[int, int, int]]:
    """The words around the count that tell a role, none inside a longer one or in a bound such as "more than"."""
    low, high = reading.sentence_of(start)
    low, high = max(low, start - _NEAR), min(high, end + _NEAR)
    found = {(rank, a, b) for rank, name in enumerate(_ORDER) for a, b in reading.within(f"role:{name}", low, high)}
    bounds = [span for group in reading.hits if group.startswith("bound:") for span in reading.within(group, low, high)]
    for rank, a, b in sorted(found):
        longer = any(x <= a and b <= y and y - x > b - a for _, x, y in found)
        if not longer and not any(x <= a and b <= y for x, y in bounds):
            yield rank, a, b


def _distance(reading: Reading, a: int, b: int, start: int, end: int) -> int:
    """How far the word at [a, b) stands from the count, clauses counted in."""
    if start <= a < end:
        # "3,000 more troops will remain": between number and unit it says less than a verb beside them.
        return _INSIDE
    left, right = (end, a) if a >= end else (b, start)
    if right < left:
        return _REACH + 1
    text = reading.text_of(reading.field_of(start))
    between = text[reading.tokens[left - 1].end : reading.tokens[right].start]
    commas = sum(between.count(mark) for mark in ",،;؛")
    clauses = len(reading.within("cue:stop", left, right)) + between.count(" - ") + between.count(" – ")
    return right - left + _COMMA * commas + _CLAUSE * clauses


def _otherwhen(reading: Reading, a: int, b: int) -> bool:
    """Whether "before" or "after" stands so near a word - behind it in Turkish - that it tells of another time."""
    low, high = reading.sentence_of(a)
    near = (b, min(high, b + 2)) if reading.lang in _POSTPOSED else (max(low, a - _APART), a)
    return any(reading.within(group, *near) for group in ("cue:before", "cue:after"))


def _leave(reading: Reading, hits: list[tuple[int, int, int]], end: int) -> bool:
    """Whether a verb behind the count says that those who remain leave."""
    return any(_ORDER[rank] == "leaving" and a >= end and not _otherwhen(reading, a, b) for rank, a, b in hits)
