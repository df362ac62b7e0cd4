"""Which way forces move, and who moves: a return is no withdrawal, whatever its sentence says of what was left before.

"US troops are back at the base that they left in 2020": the verb of leaving and its year stand in a relative clause,
and tell nothing of the day. Families that leave are evacuated; a mission that leaves by the end of the year withdraws.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from monitor.claims.sentence import Sentence
from monitor.claims.where import from_base, goes_from
from monitor.language.reading import Span
from monitor.model import EventType

# How far behind "that" the verb of its clause stands.
_REACH = 8
# How far before the event's words those who leave may stand.
_NEAR = 4
_AND = frozenset({"and", "et", "и", "ve", "û", "و", "ו"})
# A participle before its noun: "ayrıldıkları üsse".
_PARTICIPLE = re.compile(r"\w+[dt][iıuü](?:ğ|k)\w+")
# Languages whose clauses end with their verb.
_VERB_LAST = frozenset({"fa", "ckb", "kmr"})
_LEAVING = ("@withdraw", "@leave", "@leave_place", "@evacuate")


def moving(sentence: Sentence, kind: EventType) -> tuple[EventType, Sentence]:
    """The kind of an event by its own words, and its sentence, about the words that say so."""
    reading = sentence.reading
    if kind in ("withdrawal", "base_closure", "evacuation") and (back := _comes_back(sentence)):
        return "deployment", Sentence(reading, sentence.low, sentence.high, back)
    if kind in ("withdrawal", "deployment", "base_closure") and _families(sentence):
        return "evacuation", sentence
    if kind == "deployment" and goes_from(sentence):
        return "withdrawal", sentence
    if kind == "mission_change" and _ends_in_a_date(sentence):
        return "withdrawal", sentence
    if kind == "equipment_move" and any(
        reading.within(group, a, b) for a, b in sentence.parts for group in ("@withdraw", "@remove")
    ):
        return "withdrawal", sentence
    return kind, sentence


def told_of_before(sentence: Sentence) -> list[tuple[int, int]]:
    """The clauses of a sentence that tell of another time: "that they left in 2020", up to a comma or its end."""
    reading, low, high = sentence.reading, sentence.low, sentence.high
    if reading.lang == "tr":
        tails = [at for at in range(low, high) if _PARTICIPLE.fullmatch(reading.tokens[at].raw)]
        return [(max([low, *(at for at in range(low, tail) if _comma(sentence, at))]), tail + 1) for tail in tails]
    found = []
    for start, end in reading.within("cue:relative", low, high):
        stop = next((at for at in range(end + 1, high) if _comma(sentence, at)), high)
        if reading.lang in _VERB_LAST:
            # "the soldiers who had left the base came back": the clause ends with its verb.
            verbs = [b for group in _LEAVING for _, b in reading.within(group, end, stop)]
            stop = min([stop, *(b + 2 for b in verbs)])
        found.append((start, stop))
    return found


def _comma(sentence: Sentence, at: int) -> bool:
    return any(mark in sentence.between(at, at) for mark in ",،") if at > 0 else False


def _comes_back(sentence: Sentence) -> tuple[tuple[int, int], ...]:
    """Where the verb stands by which forces return to a base rather than leave one: no other verb of leaving but in a
    relative clause, and no "from"."""
    reading, low, high = sentence.reading, sentence.low, sentence.high
    back = reading.within("cue:return", low, high)
    since = [(a, high) for a, _ in reading.within("cue:after", low, high) if back and back[0][0] < a]
    apart = [*told_of_before(sentence), *since]
    named = sentence.mentions(reading.facilities)
    bases = [
        base
        for base in (*named, *(Span(start, end, "") for start, end in reading.within("@base", low, high)))
        if not any(a <= base.start < b for a, b in apart)
    ]
    bases = [base for base in bases if base in named] or bases
    if not back or not bases:
        return ()
    after = [end for _, end in reading.within("cue:after", low, high)]
    leaving = [
        (start, end)
        for group in ("@withdraw", "@leave")
        for start, end in reading.within(group, low, high)
        if not any(start < b and a < end for a, b in back)
        and not any(0 <= start - at <= 1 for at in after)
        and not any(a <= start and end <= b and start - a <= _REACH for a, b in apart)
    ]
    return () if leaving or any(from_base(sentence, base) for base in bases) else tuple(back[:1])


def _families(sentence: Sentence) -> bool:
    """Whether it is families who leave or come, and not forces with them: "troops and their families" are both."""
    reading = sentence.reading
    found = reading.within("cue:families", sentence.low, sentence.high)
    first = min((start for start, _ in sentence.parts), default=sentence.low)
    last = max((end for _, end in sentence.parts), default=sentence.high)
    return any(
        first - _NEAR <= start <= last and not _joined(sentence, start) and not _joined(sentence, end)
        for start, end in found
    )


def _joined(sentence: Sentence, at: int) -> bool:
    """Whether "and" stands before token `at`, or before the word in front of it, or is written as one word with it."""
    tokens, low = sentence.reading.tokens, sentence.low
    if at >= sentence.high:
        return False
    near: Sequence[str] = [tokens[index].folded for index in range(max(low, at - 2), at + 1)]
    return any(word in _AND for word in near) or (sentence.reading.lang == "ar" and tokens[at].raw.startswith("و"))


def _ends_in_a_date(sentence: Sentence) -> bool:
    """Whether the "end" of a mission is that of a date, and its forces leave: "to leave Lebanon by the end of May"."""
    reading, low, high = sentence.reading, sentence.low, sentence.high
    ends = [hit for a, b in sentence.parts for hit in reading.within("@end", a, b)]
    dated = [hit for name in ("end_of", "by") for hit in reading.within(f"date:{name}", low, high)]
    inside = bool(ends) and all(any(x < b and a < y for x, y in dated) for a, b in ends)
    return inside and any(reading.within(group, low, high) for group in _LEAVING)
