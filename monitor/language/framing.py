"""What frames a sentence: the marks that part its clauses; what makes it a plan, a question, a feature, history."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date

from monitor.language.reading import Reading
from monitor.language.years import year_at

_YEAR_REACH = 6
_PEOPLE = ("@troops", "@personnel", "@people")
_SINGULAR = frozenset({"brigade", "battalion", "regiment", "force", "contingent", "convoy", "unit", "division", "us"})
_CONJUNCTIONS = frozenset({"and", "et", "и", "а", "ve", "u", "و"})
# A question is at the end of its title, but for the name of the outlet.
_QUESTION = re.compile(r"[?؟][\"'”’»)\]]*\s*(?:[-–—|].{0,40})?$")


def comma(reading: Reading, left: int, right: int) -> bool:
    return any(mark in between(reading, left, right) for mark in (",", "،"))


def between(reading: Reading, left: int, right: int) -> str:
    """The text after the token before `left`, up to the token `right`."""
    text = reading.text_of(reading.field_of(left - 1))
    return text[reading.tokens[left - 1].end : reading.tokens[right].start]


def divided(reading: Reading, left: int, right: int, *, attributed: bool) -> bool:
    """Whether ; or : parts two words of a sentence. A source is named before a colon: "Sources: troops leave"."""
    if left == 0 or right >= len(reading.tokens):
        return False
    apart = between(reading, left, right)
    marks = (";", "؛") if attributed else (";", ": ", "؛", " - ", " – ", " — ")
    if any(mark in apart for mark in marks):
        return True
    text = reading.text_of(reading.field_of(left - 1))
    # ", and next week will witness": a comma with a conjunction opens a new clause.
    return any(
        token.folded in _CONJUNCTIONS and text[max(0, token.start - 4) : token.start].rstrip().endswith((",", "،"))
        for token in reading.tokens[left:right]
    )


def infinitive(reading: Reading, parts: Sequence[tuple[int, int]]) -> int | None:
    """Where the "to" of an English headline's "X to hand over Y" stands: a plan."""
    if reading.lang != "en":
        return None
    for start, _ in parts:
        before = reading.tokens[start - 1] if start > 0 else None
        if before is not None and before.folded == "to" and before.sentence == reading.tokens[start].sentence:
            if any(span.start == start for span in (*reading.facilities, *reading.places, *reading.actors)):
                # "return to Ain al-Asad": the way there, and no plan.
                continue
            return start - 1
    return None


def completing(reading: Reading, parts: Sequence[tuple[int, int]]) -> tuple[int, int] | None:
    """Where an English headline's plural "complete" stands among or before the event's words: "troops complete their
    pullout". Behind a verb ("orders complete withdrawal") or a noun in the singular it is an adjective."""
    if reading.lang != "en":
        return None
    first, last = parts[0][0], max(end for _, end in parts)
    low, _ = reading.sentence_of(first)
    for at in range(max(low + 1, first - 2), last):
        if reading.tokens[at].folded == "complete" and _plural(reading, at):
            return at, at + 1
    return None


def _plural(reading: Reading, at: int) -> bool:
    """Whether those named right before token `at` are several people, or several states: "Paris, Berlin complete"."""
    before = reading.tokens[at - 1].folded
    several = any(b == at for group in _PEOPLE for _, b in reading.within(group, max(0, at - 5), at))
    return (several and before not in _SINGULAR) or before == "they"


def question(reading: Reading, parts: Sequence[tuple[int, int]], high: int) -> tuple[int, int] | None:
    """The last word of the question that the event's sentence asks, or that the title above its summary does."""
    name, last = reading.field_of(parts[0][0]), max(end for _, end in parts)
    if name == "summary":
        last, end = reading.range_of("title")
        asked = end > last and _QUESTION.search(reading.text_of("title").rstrip()) is not None
        last += 1
    else:
        end = high
        asked = (
            reading.text_of(name)[reading.tokens[high - 1].end :].lstrip("\"'”’»)] \u00a0\u202f").startswith(("?", "؟"))
        )
    # "Base closed: what now?" asks about what it reports.
    reported = any(divided(reading, index, index, attributed=False) for index in range(last, end))
    return (end - 1, end) if asked and not reported else None


def feature(reading: Reading, parts: Sequence[tuple[int, int]]) -> tuple[int, int] | None:
    """What marks the entry's title as no report ("How …", "Opinion: …", "…: what we know"), at its beginning or end."""
    start, end = reading.range_of("title")
    if end == start or reading.field_of(parts[0][0]) == "text":
        return None
    bounds = [
        span for group in reading.hits if group.startswith("bound:") for span in reading.within(group, start, end)
    ]
    for a, b in reading.within("cue:feature", start, end):
        if any(x <= a and b <= y for x, y in bounds):
            # "ما يقرب من 1500": nearly, and no question.
            continue
        if a == start or b == end:
            return a, b
    return None


def old_year(
    reading: Reading, parts: Sequence[tuple[int, int]], published: date | None, low: int, high: int
) -> int | None:
    """A year before last that dates the event: near its words, in their clause, and where the sentence names no later
    one. "The base, built in 2008, was handed over" is no history."""
    if published is None:
        return None
    years = [(year, index) for index in range(low, high) if (year := year_at(reading, index)) is not None]
    if not years or max(years)[0] >= published.year - 1:
        return None
    index = max(years)[1]
    for start, end in parts:
        left, right = (index + 1, start) if index < start else (end, index)
        # "the base that they left in 2020" is dated by another event.
        near = right - left <= _YEAR_REACH and not comma(reading, left, right)
        apart = any(reading.within(group, left, right) for group in ("cue:relative", "cue:after"))
        if start <= index < end or (near and not apart):
            return index
    # A year that opens its sentence dates all of it: "In 2011, after long talks, the last troops left".
    return index if index - low <= 1 else None
