"""How many: the number that belongs to an event, and the numbers that an entry tells beside its events."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from monitor.claims.sentence import Sentence
from monitor.language.lexicon import Lexicon
from monitor.language.numbers import CountSpan, find_counts
from monitor.model import Count, CountRole, CountUnit, EventType

UNITS: frozenset[CountUnit] = frozenset({"personnel", "aircraft", "vehicles", "ships"})
# States that contribute, members of a coalition: told beside forces only.
_STATES: frozenset[CountUnit] = frozenset({"countries", "members"})
_FORCES = ("@troops", "@mission", "unit:personnel", "name:coalition", "name:nato")
IMPLIED: dict[EventType, CountRole] = {
    "withdrawal": "leaving",
    "deployment": "arriving",
    "equipment_move": "arriving",
    "rotation": "arriving",
}
_OPPOSITE: dict[CountRole | None, CountRole] = {"leaving": "arriving", "arriving": "leaving"}

_SOMEWHERE = frozenset({"in", "at", "on", "inside", "across", "anywhere", "here", "there", "near", "after", "by"})


def counts_in(sentence: Sentence, words: Lexicon) -> list[CountSpan]:
    """The numbers of forces and of what they move with in a sentence, in order; of states where forces are named."""
    reading = sentence.reading
    spans = find_counts(reading, words, sentence.low, sentence.high)
    forces = any(reading.within(group, sentence.low, sentence.high) for group in _FORCES)
    return [span for span in spans if span.count.unit in UNITS or (span.count.unit in _STATES and forces)]


def count_of(sentence: Sentence, kind: EventType, spans: Sequence[CountSpan]) -> CountSpan | None:
    """The number of the event: one whose role fits it before others, the nearest first."""
    own = [span for span in spans if span.count.unit in UNITS] or (list(spans) if kind == "force_count" else [])
    if not own:
        return None
    wanted = IMPLIED.get(kind)

    def rank(span: CountSpan) -> tuple[bool, int, int]:
        fits = wanted is None or not span.told or span.count.role == wanted
        return (not fits, sentence.distance(span.start, span.end), span.start)

    nearest = carried(sentence, min(own, key=rank), kind)
    if kind != "equipment_move" and len(own) == 1 and nearest.count.role == _OPPOSITE.get(wanted):
        # "hundreds who had left the base returned": the only number of a sentence goes where its event goes.
        nearest = replace(nearest, told=False)
    return with_role(nearest, kind)


def none_left(sentence: Sentence, number: CountSpan) -> bool:
    """Whether a number says that none is there any more: "no soldiers left at the base", which no denial of leaving
    is as "no soldiers left the base" would be."""
    if not (number.told and number.count.high == 0 and number.count.role == "remaining"):
        return False
    tokens, at = sentence.reading.tokens, number.end
    if sentence.reading.lang != "en":
        return bool(sentence.reading.within("cue:none_left", sentence.low, sentence.high))
    if at >= sentence.high or tokens[at].folded != "left":
        return False
    # Who has left leaves something; who is left is so somewhere.
    apart = at + 1 == sentence.high or bool(sentence.between(at + 1, at + 1).strip())
    return apart or tokens[at + 1].folded in _SOMEWHERE


def carried(sentence: Sentence, span: CountSpan, kind: EventType) -> CountSpan:
    """The number of what moves with the forces of an event told before: "the convoy carried 150 soldiers"."""
    told = span.told and span.count.role != "total"
    reading, low = sentence.reading, sentence.low
    if low > 0 and reading.field_of(low - 1) == reading.field_of(low):
        # "It was 40 lorries long", the sentence behind the convoy.
        low, _ = reading.sentence_of(low - 1)
    changed = any(reading.within(group, low, sentence.high) for group in ("cue:fall", "cue:rise"))
    if told or changed or kind not in IMPLIED or not reading.within("cue:convoy", low, sentence.high):
        return span
    return with_role(replace(span, told=False), kind)


def with_role(span: CountSpan, kind: EventType | None) -> CountSpan:
    """The number with the role that the event implies, where no word tells one."""
    role = IMPLIED.get(kind) if kind is not None and span.count.unit in UNITS else None
    if span.told or role is None or (span.count.low, span.count.high) == (0, 0):
        return span
    return replace(span, count=replace(span.count, role=role))


def stands_there(sentence: Sentence, span: CountSpan) -> bool:
    """Whether what a sentence without an event counts is there, and does not come or go: people, if nothing says else
    ("500 soldiers at the base"), and what is at a base."""
    reading = sentence.reading
    at_base = reading.within("@base", sentence.low, sentence.high) or sentence.mentions(reading.facilities)
    return span.count.unit == "personnel" or bool(at_base)


def beside(spans: Iterable[CountSpan], taken: Iterable[Count]) -> list[CountSpan]:
    """The numbers that no claim carries yet, each once; of two tellings the one whose role is told."""
    known = {(c.low, c.high, c.unit) for c in taken}
    found: dict[tuple[int, int | None, str], CountSpan] = {}
    for span in spans:
        key = (span.count.low, span.count.high, span.count.unit)
        if key not in known and (key not in found or (span.told and not found[key].told)):
            found[key] = span
    return sorted(found.values(), key=lambda span: span.start)
