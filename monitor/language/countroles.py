"""What a counted number does: whether those counted remain, leave, arrive, or are there in total.

The nearest word of the sentence tells, with some exceptions. "To" behind a word of change leads to what remains, a
share of a number leaves the number what it was, and who "still" is there remains. A word behind "before" or "after"
dates the number and does not move it ("2,500 were there before the withdrawal"). A mark or a word that opens a clause
puts a word farther off. And "the remaining 200 will leave" leave.
"""

from __future__ import annotations

from collections.abc import Iterator

from monitor.language.countchanges import change_near, leads_to
from monitor.language.reading import Reading
from monitor.model import CountRole

_REACH = 8
_NEAR = 12
# How much farther off a word is for each comma, and for a word that opens another clause, between it and the number.
_COMMA, _CLAUSE = 3, 5
_INSIDE = 2
# How many words stand between "still" and the verb: "hâlâ Erbil'de görev yapıyor".
_STILL = 3
# How far "before" stands from the word that it puts in another time: "avant le début du retrait".
_APART = 4
_POSTPOSED = frozenset({"tr"})
_ORDER: tuple[CountRole, ...] = ("remaining", "leaving", "arriving", "total")


def role_of(reading: Reading, start: int, end: int) -> CountRole | None:
    """The role of the count in tokens [start, end); None where no word tells one."""
    if _share_of(reading, start, end) or _had(reading, start):
        return "total"
    changed = change_near(reading, start, end) if leads_to(reading, start) else None
    if changed is not None:
        return changed
    hits = list(_hits(reading, start, end))
    ranked = sorted((_distance(reading, a, b, start, end), rank, a, b) for rank, a, b in hits)
    ranked = [row for row in ranked if row[0] <= _REACH]
    if not ranked:
        return None
    told = [row for row in ranked if row[2] < end or not _otherwhen(reading, *row[2:], end)]
    if not told:
        return "total"
    _, rank, a, b = told[0]
    role = _ORDER[rank]
    if reading.lang == "en" and b == start and reading.tokens[a].folded == "leaving":
        # "pulled 700 soldiers out, leaving 300 there": who is left stays.
        return "remaining"
    if role == "remaining" and (b == start or a == end or start <= a < end) and _leave(reading, hits, end):
        return "leaving"
    return "remaining" if role == "total" and _still(reading, a, b) else role


def _had(reading: Reading, start: int) -> bool:
    """Whether a verb of having stands right before a number: "Les États-Unis ont 2.500 soldats en Irak"."""
    low, _ = reading.sentence_of(start)
    return any(b == start for _, b in reading.within("cue:have", max(low, start - 2), start))


def _share_of(reading: Reading, start: int, end: int) -> bool:
    """Whether it is a share of those counted that does something: "half of the 2,500 troops", "2500 askerin yarısı"."""
    low, high = reading.sentence_of(start)
    if any(0 <= start - b <= 1 for _, b in reading.within("cue:share", max(low, start - 5), start)):
        return True
    return reading.lang in _POSTPOSED and any(
        a - end <= 1 for a, _ in reading.within("cue:share", end, min(high, end + 3))
    )


def _still(reading: Reading, a: int, b: int) -> bool:
    """Whether those who are there are so still: "are still stationed", "hâlâ görev yapıyor"."""
    low, high = reading.sentence_of(a)
    return any(
        0 <= a - y <= _STILL or 0 <= x - b <= 1 or a <= x < b
        for x, y in reading.within("cue:still", max(low, a - _STILL - 2), min(high, b + 3))
    )


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
    inserted = _inserted(reading, end, a) if a >= end else 0
    if inserted:
        # "100 soldiers, most of them Germans, left": what is set off between commas parts nothing.
        return right - left - inserted + 1
    commas = sum(between.count(mark) for mark in ",،;؛")
    clauses = len(reading.within("cue:stop", left, right)) + between.count(" - ") + between.count(" – ")
    if reading.lang == "ar" and a >= end and reading.tokens[a].raw[:1] == "و" and reading.tokens[a].raw[1:2] != "ا":
        # "and" is written as one word with the verb of a new clause: "وسيغادر".
        clauses += 1
    return right - left + _COMMA * commas + _CLAUSE * clauses


def _inserted(reading: Reading, end: int, a: int) -> int:
    """How many words between a count and the word at `a` behind it are set off by commas, right behind the count."""
    if a <= end:
        return 0
    marks = [at for at in range(end, a + 1) if _comma(reading, at)]
    return marks[-1] - end if len(marks) > 1 and marks[0] == end and a - marks[-1] <= 1 else 0


def _comma(reading: Reading, at: int) -> bool:
    """Whether a comma stands right before token `at`."""
    text = reading.text_of(reading.field_of(at - 1))
    return any(mark in text[reading.tokens[at - 1].end : reading.tokens[at].start] for mark in ",،")


def _otherwhen(reading: Reading, a: int, b: int, end: int) -> bool:
    """Whether "before" or "after" stands so near a word - behind it in Turkish - that it tells of another time. What
    stands before the end of the count is its own bound: "До 300 военных покинули базу"."""
    low, high = reading.sentence_of(a)
    low = max(low, end) if a >= end else low
    near = (b, min(high, b + 2)) if reading.lang in _POSTPOSED else (max(low, a - _APART), a)
    return any(reading.within(group, *near) for group in ("cue:before", "cue:after"))


def _leave(reading: Reading, hits: list[tuple[int, int, int]], end: int) -> bool:
    """Whether a verb behind the count says that those who remain leave."""
    return any(_ORDER[rank] == "leaving" and a >= end and not _otherwhen(reading, a, b, end) for rank, a, b in hits)
