"""Cues that say nothing of their event, since it came after them or is the same; and votes that only demand."""

from __future__ import annotations

from collections.abc import Sequence

from monitor.language.reach import OPENING, VERB_LAST
from monitor.language.reading import Reading

# What a language says behind the event: "gecikmelerin ardından".
_POSTPOSED = frozenset({"tr"})
# How far a vote stands from the expulsion that it wants.
_VOTE = 8


def is_over(reading: Reading, parts: Sequence[tuple[int, int]], a: int, b: int) -> bool:
    """Whether a delay or a change of mind is one that the event came after: "handed over after months of delay"."""
    low, high = reading.sentence_of(a)
    near = (b, min(high, b + 2)) if reading.lang in _POSTPOSED else (max(low, a - OPENING), a)
    apart = not any(start < b and a < end for start, end in parts)
    return apart and bool(reading.within("cue:after", *near))


def calls_up(reading: Reading, parts: Sequence[tuple[int, int]], a: int, b: int) -> bool:
    """Whether a call is the event itself: "appelle ses réservistes" asks nobody for anything."""
    called = any(reading.within("@reservists", start, end) for start, end in parts)
    return called and bool(reading.within("@callup", a, b))


def ends_something(reading: Reading, parts: Sequence[tuple[int, int]], a: int, b: int) -> bool:
    """Whether a cancelling is the event itself: who cancels a basing agreement, or dissolves a base, has done so."""
    ended = {"@sign": ("@pact", "@agreement"), "@close": ("@base",)}
    return any(
        reading.within(verb, a, b) and any(reading.within(noun, *part) for noun in nouns for part in parts)
        for verb, nouns in ended.items()
    )


def suspends(reading: Reading, parts: Sequence[tuple[int, int]], a: int, b: int) -> bool:
    """Whether it is a mission itself that is suspended, and not its start or its end: "NATO suspends its training"."""
    own = any(start < b and a < end for start, end in parts)
    words = reading.within("@suspend", max(0, a - 2), b + 2)
    return own and any(start < b and a < end for start, end in words)


def voted(reading: Reading, parts: Sequence[tuple[int, int]]) -> tuple[int, int] | None:
    """Where the vote stands by which a parliament wants others' forces expelled: pressure, until somebody orders it.
    Who expels them after a vote has ordered it."""
    first, last = parts[0][0], max(end for _, end in parts)
    low, high = reading.sentence_of(first)
    expelled = [a for a, _ in reading.within("@expel", first, last)]
    if not expelled:
        return None
    for a, b in reading.within("cue:vote", low, high):
        ahead = a <= expelled[0] or reading.lang in VERB_LAST
        after = (b, min(high, b + 2)) if reading.lang in _POSTPOSED else (max(low, a - OPENING), a)
        if ahead and abs(a - expelled[0]) <= _VOTE and not reading.within("cue:after", *after):
            return a, b
    return None
