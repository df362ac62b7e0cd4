"""How many of what: a text's numbers as intervals with unit and role.

"nearly 1,500 personnel" is [1350, 1500]; "more than 200" is open above; "hundreds" is [200, 999]. Prisoners, the dead,
money, kilometres, years and unit numbers ("the 101st Division", "Base 5") count nothing here.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from monitor.language.countbounds import bound_of, bounded, interval_of
from monitor.language.countchanges import change_near, changes
from monitor.language.countroles import role_of
from monitor.language.countunits import Unit, located, unit_behind, unit_elsewhere
from monitor.language.lexicon import Lexicon
from monitor.language.numerals import Numeral, digits, numeral_at
from monitor.language.reading import Reading
from monitor.language.years import is_day, year_at
from monitor.model import Count, CountRole

_UNIT_REACH = 5
_NONE_REACH = 6
_MANY_MEMBERS = 200
_AND = frozenset({"and", "et", "и", "ve", "û", "و", "ו"})
# Between a unit and its fate: "12 soldiers were killed".
_AUXILIARIES = frozenset({"was", "were", "been", "are", "is", "ont", "ete", "sont", "были", "был"})


@dataclass(frozen=True, slots=True)
class CountSpan:
    """A count and the tokens [start, end) it stands in, from its bound to its unit. `told`: a word gives its role."""

    start: int
    end: int
    count: Count
    told: bool = False


def find_counts(reading: Reading, lexicon: Lexicon, low: int = 0, high: int | None = None) -> list[CountSpan]:
    """All counts with a known unit in tokens [low, high), in order."""
    high = len(reading.tokens) if high is None else high
    found = _changed(reading, lexicon, low, high)
    taken = {at for span in found for at in range(span.start, span.end)}
    index = low
    while index < high:
        number = numeral_at(reading, lexicon, index, high) if index not in taken else None
        if number is None:
            index += 1
            continue
        spans = [
            span
            for span in _counted(reading, lexicon, number, index, low, high)
            if taken.isdisjoint(range(span.start, span.end))
        ]
        found += spans
        index = max([number.end, *(span.end for span in spans)])
    taken |= {at for span in found for at in range(span.start, span.end)}
    found += [span for span in _none_left(reading, low, high) if taken.isdisjoint(range(span.start, span.end))]
    return _likewise(reading, sorted(found, key=lambda span: span.start))


def _changed(reading: Reading, lexicon: Lexicon, low: int, high: int) -> list[CountSpan]:
    """ "from 2,500 to below 2,000 troops": who was there, and who remains or is there then."""
    found: list[CountSpan] = []
    at = low
    while at < high:
        first, last = reading.sentence_of(at)
        first, at = max(first, low), last
        for i, one, j, other in changes(reading, lexicon, first, min(last, high)):
            unit = unit_behind(reading, other.end, min(last, other.end + _UNIT_REACH)) or unit_behind(
                reading, one.end, j
            )
            before = reading.within("unit:personnel", first, i)
            if unit is None and before and not reading.within("not-unit", other.end, min(last, other.end + 2)):
                unit = ("personnel", other.end, other.end)
            if unit is None:
                continue
            start, bound = bound_of(reading, i, one.end, one.end, first)
            found.append(
                CountSpan(start, one.end, _count(reading, start, one.end, one, bound, unit, "total"), told=True)
            )
            start, bound = bound_of(reading, j, other.end, max(other.end, unit[1]), first)
            if start < j and any(a == start for a, _ in reading.within("cue:change_to", start, j)):
                start, bound = j, None
            end = max(other.end, unit[2]) if unit[1] >= other.end else other.end
            role = change_near(reading, i, other.end) or "total"
            found.append(CountSpan(start, end, _count(reading, start, end, other, bound, unit, role), told=True))
    return found


def _count(
    reading: Reading, start: int, end: int, number: Numeral, bound: str | None, unit: Unit, role: CountRole
) -> Count:
    return Count(reading.words(start, end), *interval_of(number, bound), unit[0], role)


def _likewise(reading: Reading, spans: list[CountSpan]) -> list[CountSpan]:
    """ "2,500 troops in Iraq and 900 in Syria": who is counted in passing does what those before do."""
    found: list[CountSpan] = []
    for span in spans:
        before = found[-1] if found else None
        if (
            before is not None
            and before.count.unit == span.count.unit
            and reading.tokens[before.start].sentence == reading.tokens[span.start].sentence
            and not reading.within(f"unit:{span.count.unit}", span.start, span.end)
            and located(reading, span.end, reading.sentence_of(span.start)[1])
        ):
            span = replace(span, count=replace(span.count, role=before.count.role), told=before.told)
        found.append(span)
    return found


def _none_left(reading: Reading, low: int, high: int) -> list[CountSpan]:
    """ "לא נותרו חיילים", "солдат не осталось": a verb that says that none is left, with its unit and no number."""
    found = []
    for start, end in reading.within("cue:none_left", low, high):
        first, last = reading.sentence_of(start)
        first, last = max(low, first), min(high, last)
        units = [
            (min(abs(a - end), abs(start - b)), a, b)
            for a, b in reading.within("unit:personnel", max(first, start - _NONE_REACH), min(last, end + _NONE_REACH))
        ]
        if not units:
            continue
        _, a, b = min(units)
        left, right = min(a, start), max(b, end)
        if not any(digits(token) is not None for token in reading.tokens[left:right]):
            found.append(
                CountSpan(left, right, Count(reading.words(left, right), 0, 0, "personnel", "remaining"), told=True)
            )
    return found[:1]


def _counted(reading: Reading, lexicon: Lexicon, number: Numeral, index: int, low: int, high: int) -> list[CountSpan]:
    """The number with its unit, bound and role; none where it counts nothing that we follow. "500 of the 2,000 troops"
    are two."""
    first, last = reading.sentence_of(index)
    # "900 in Syria as forces leave": what stands behind the place is not what is counted.
    here = located(reading, number.end, last)
    unit = None if here else unit_behind(reading, number.end, min(high, last, _reach(reading, number.end)))
    whole = _whole(reading, lexicon, number.end, unit[1], high) if unit is not None else None
    if unit is None or (whole is None and _digits_between(reading, number.end, unit[2] - 1)):
        # "Irak'ta 2.500, Suriye'de 900 askeri var": the unit behind is the other number's.
        unit = unit_elsewhere(reading, number, index, first, last)
    if unit is None:
        return []
    if whole is not None:
        # "500 of the 2,000 troops": what is counted stands behind the whole.
        name, _, unit_end = unit
        start, bound = bound_of(reading, index, number.end, number.end, max(low, first))
        role = role_of(reading, start, unit_end)
        part = Count(reading.words(start, whole[0]), *interval_of(number, bound), name, role or "total")
        rest = Count(reading.words(whole[0], unit_end), *interval_of(whole[1], None), name, "total")
        return [CountSpan(start, whole[0], part, role is not None), CountSpan(whole[0], unit_end, rest, told=True)]
    if not _counts(reading, number, index, unit, first):
        return []
    name, unit_start, unit_end = unit
    if name == "members" and number.low >= _MANY_MEMBERS:
        # "1,200 members of the US forces" are people: no coalition has so many members.
        name = "personnel"
    if name == "personnel" and any(_model(reading, at) for at in range(number.end, unit_start)):
        # "six F-16 fighters" are aircraft.
        name = "aircraft"
    start, bound = bound_of(reading, index, number.end, unit_start, max(low, first))
    leads = any(a == start for a, _ in reading.within("cue:change_to", start, index)) if start < index else False
    if bound == "at_most" and leads and change_near(reading, index, unit_end) is not None:
        # "сократит до 2000 военных": a "до" that a change leads to is no bound.
        start, bound = index, None
    if _fallen(reading, start, unit_end):
        return []
    interval = interval_of(bounded(reading, index, number, bound), bound)
    if interval == (1, 1) and name == "personnel":
        # "an officer said": in many languages the article is the number one, and one person is no force.
        return []
    # States do not come and go with their forces: seven of them contribute, ninety are members.
    role = "total" if name in ("countries", "members") else role_of(reading, start, unit_end)
    if interval == (0, 0) and name == "personnel" and role != "arriving":
        # Where there are no soldiers, none remain; "not one is left" names nobody who leaves.
        role = "remaining"
    count = Count(reading.words(start, unit_end), *interval, name, role or "total")
    return [CountSpan(start, unit_end, count, role is not None)]


def _counts(reading: Reading, number: Numeral, index: int, unit: Unit, first: int) -> bool:
    """Whether a number is one of its unit: no year, day, name or model, and nobody else's."""
    name, unit_start, _ = unit
    if year_at(reading, index) is not None or is_day(reading, index, number.end):
        return False
    if _named(reading, index, number, first) or _dateline(reading, index, number.end, unit_start):
        return False
    # "its 90th member" counts members; "the 101st Division" and "F-35" count nothing.
    if name != "members" and _ordinal(reading, index, number.end):
        return False
    # "two of them said the troops": who speaks is not who is counted.
    return not any(reading.within(group, number.end, unit_start) for group in ("not-unit", "cue:said"))


def _reach(reading: Reading, end: int) -> int:
    """How far behind a number its unit may stand: five words, those not counted that name whose they are ("1,100 US,
    British, French and Italian soldiers")."""
    limit = end + _UNIT_REACH
    at = end
    names = {index for span in reading.actors for index in range(span.start, span.end)}
    while at < len(reading.tokens) and (at in names or reading.tokens[at].folded in _AND):
        at += 1
    return max(limit, at + 2)


def _digits_between(reading: Reading, start: int, end: int) -> bool:
    """Whether another number, and not that of a model, stands in tokens [start, end)."""
    return any(digits(reading.tokens[at]) is not None and not _model(reading, at) for at in range(start, end))


def _dateline(reading: Reading, index: int, end: int, unit: int) -> bool:
    """The 17 of "BAGHDAD, Jan 17 (Reuters) - U.S. forces left" is a day: a bracket or a dash parts it from its unit."""
    if unit <= end:
        return False
    text = reading.text_of(reading.field_of(index))
    between = text[reading.tokens[end - 1].end : reading.tokens[unit].start]
    return any(mark in between for mark in (")", " - ", " – ", " — ", " -- "))


def _model(reading: Reading, at: int) -> bool:
    """Whether a number is part of a type's name: the 52 of "six B-52 bombers", the 16 of "F-16"."""
    if at == 0 or not reading.tokens[at].raw[:1].isdecimal():
        return False
    before, token = reading.tokens[at - 1], reading.tokens[at]
    text = reading.text_of(reading.field_of(at))
    glued = text[before.end : token.start] in ("", "-", "\u2011", "–")
    return glued and before.raw.isalpha() and len(before.raw) <= 3


def _ordinal(reading: Reading, index: int, end: int) -> bool:
    """A number glued to letters ("F-35", "101st") or money counts nothing; Hebrew's "מ-200" ("from 200") does."""
    token = reading.tokens[index]
    text = reading.text_of(reading.field_of(index))
    before = text[max(0, token.start - 1) : token.start]
    letter = text[token.start - 2] if token.start > 1 else ""
    after = text[reading.tokens[end - 1].end : reading.tokens[end - 1].end + 1]
    named = before == "-" and letter.isalpha() and not "\u05d0" <= letter <= "\u05ea"
    return token.raw[0].isdecimal() and (named or after.isalpha() or after == "%" or before in ("$", "€", "£"))


def _named(reading: Reading, index: int, number: Numeral, first: int) -> bool:
    """The 5 of "Base 5 troops": a low number behind a capitalised base is the base's own."""
    before = reading.tokens[index - 1] if index > first else None
    return (
        before is not None
        # Where nouns bend, "Üsse 6 uçak" names no base.
        and reading.lang in ("en", "fr", "ru")
        and number.low < 100
        and before.raw[0].isupper()
        and reading.tokens[index].raw[0].isdecimal()
        and (index - 1, index) in reading.within("@base", index - 1, index)
        and reading.tokens[index].start - before.end == 1
    )


def _fallen(reading: Reading, start: int, end: int) -> bool:
    """Whether what was counted is dead or captive by the next word, or by the one before: "killed 12 soldiers"."""
    tokens = reading.tokens
    low, high = reading.sentence_of(start)
    at = end + 1 if end < high and tokens[end].folded in _AUXILIARIES else end
    after = [(at, end - 1, a) for a, _ in reading.within("not-unit", at, min(high, at + 1))]
    before = [(start, a, a) for a, b in reading.within("not-unit", max(low, start - 1), start) if b == start]
    for right, left, hit in (*after, *before):
        text = reading.text_of(reading.field_of(start))
        between = text[tokens[left].end : tokens[right].start]
        measured = hit > low and digits(tokens[hit - 1]) is not None
        timed = any(group.startswith("date:span") and reading.within(group, hit, hit + 1) for group in reading.hits)
        if not measured and not timed and not any(mark in between for mark in ",،;:()"):
            return True
    return False


def _whole(reading: Reading, lexicon: Lexicon, end: int, unit: int, high: int) -> tuple[int, Numeral] | None:
    """The number that "of" and a word at most part from one before it and its unit: "500 of the 2,000 troops"."""
    of = next((b for a, b in reading.within("cue:out_of", end, unit) if a == end), None)
    if of is None:
        return None
    found = ((at, numeral_at(reading, lexicon, at, high)) for at in range(of, min(of + 2, unit)))
    return next(((at, number) for at, number in found if number is not None), None)
