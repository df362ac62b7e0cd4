"""What a sentence says of its event: done or planned, asserted or denied, fact or only talk.

Cues are classes of words around the event, after NegEx and ConText (Chapman 2001, Harkema 2009): each reaches a few
words and stops at a clause boundary. A cue relabels an alert; it never hides one.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from monitor.language.numerals import year_at
from monitor.language.reading import Reading
from monitor.model import Cue, Modality, Phase, Polarity

_REACH = 8
_YEAR_REACH = 6
# Where the verb stands early, what follows the event by far belongs to the next clause: "on alert in case he refused".
_REACH_BACK = 4
_VERB_EARLY = frozenset({"en", "fr"})
_TALK = frozenset({"denied", "hypothetical", "demand"})
# Languages whose verb, and with it the negation and the tense, ends the sentence far from the event's noun.
_VERB_LAST = frozenset({"tr", "fa", "ckb", "kmr"})
_REACH_VERB_LAST = 16
# Languages that deny twice to deny once: هیچ … ندارد, никаких … не, aucun … ne.
_CONCORD = frozenset({"fa", "ru", "tr", "ckb", "kmr", "fr", "he"})
_CLASSES = (
    "cessation",
    "denied",
    "postponed",
    "cancelled",
    "historical",
    "hypothetical",
    "demand",
    "planned",
    "under_way",
    "completed",
    "hedge",
    "background",
)


# A stop word that opens a sentence ends at the comma of its clause: "Although it was denied, troops left".
_CLAUSE = 20
_CONJUNCTIONS = frozenset({"and", "et", "и", "а", "ve", "u", "و"})
# A question is at the end of its title, but for the name of the outlet.
_QUESTION = re.compile(r"[?؟][\"'”’»)\]]*\s*(?:[-–—|].{0,40})?$")


@dataclass(frozen=True, slots=True)
class Status:
    """Phase, polarity and modality of one event, with the cues they rest on. `ended`: "no longer" turned it around.

    `default`: no cue gives the phase; `weak`: none does, or the tense of a verb alone ("leaves" may be next week).
    """

    phase: Phase
    polarity: Polarity
    modality: Modality
    cues: tuple[Cue, ...]
    ended: bool = False
    default: bool = False
    weak: bool = False


@dataclass(slots=True)
class _Found:
    by_class: dict[str, list[tuple[int, int]]] = field(default_factory=dict)
    tensed: bool = False

    def has(self, name: str) -> bool:
        return bool(self.by_class.get(name))


def status(reading: Reading, parts: Sequence[tuple[int, int]], *, published: date | None) -> Status:
    """Reads the cues around an event whose words stand at `parts` (token ranges of one sentence).

    `published` decides which years are history; without it none is.
    """
    low, high = reading.sentence_of(parts[0][0])
    found = _collect(reading, parts, low, high)
    infinitive = _infinitive(reading, parts)
    if infinitive is not None and not found.has("planned"):
        found.by_class["to"] = [(infinitive, infinitive + 1)]
    year = _old_year(reading, parts, published, low, high)
    if year is not None and not any(found.has(name) for name in ("planned", "under_way", "to")):
        found.by_class.setdefault("historical", []).append((year, year + 1))
    asked = _question(reading, parts, high)
    if asked is not None:
        found.by_class.setdefault("hypothetical", []).append(asked)
    feature = _feature(reading, parts)
    if feature is not None:
        found.by_class.setdefault("background", []).append(feature)
    ended = found.has("cessation")
    phase = _phase(found, ended)
    polarity: Polarity = "denied" if found.has("denied") and not ended else "asserted"
    if _stacked(found, reading.lang) and not ended:
        phase, polarity = "unclear", "asserted"
    used = [
        Cue(name, reading.words(a, b), reading.tokens[a].start, reading.tokens[b - 1].end)
        for name, spans in found.by_class.items()
        for a, b in spans
        if low <= a < high
    ]
    decided = any(name in found.by_class for name in (*_CLASSES[:4], "planned", "under_way", "completed", "to"))
    return Status(
        phase,
        polarity,
        _modality(found),
        tuple(sorted(used, key=lambda cue: (cue.start, cue.name))),
        ended,
        not decided,
        _is_weak(found),
    )


def _is_weak(found: _Found) -> bool:
    """Whether no cue gives the phase, or a verb's tense alone says that it goes on."""
    told = ("cessation", "postponed", "cancelled", "planned", "completed", "to")
    return not any(found.has(name) for name in told) and (not found.has("under_way") or found.tensed)


def _phase(found: _Found, ended: bool) -> Phase:
    if ended:
        return "completed"
    if found.has("postponed"):
        return "postponed"
    if found.has("cancelled"):
        return "cancelled"
    if found.has("planned"):
        return "planned"
    if found.has("under_way"):
        return "under_way"
    if found.has("completed"):
        return "completed"
    return "planned" if found.has("to") else "completed"


def _modality(found: _Found) -> Modality:
    if found.has("historical"):
        return "historical"
    if found.has("demand"):
        return "demand"
    if found.has("hypothetical"):
        return "hypothetical"
    if found.has("background"):
        return "background"
    return "reported" if found.has("hedge") else "fact"


def _stacked(found: _Found, lang: str) -> bool:
    """Two negators on one event ("no decision on postponing") leave it to the person.

    Where one "no" asks for another ("هیچ … ندارد"), both are one.
    """
    if lang in _CONCORD and not (found.has("postponed") or found.has("cancelled")):
        return False
    spans = sorted(span for name in ("denied", "postponed", "cancelled") for span in found.by_class.get(name, ()))
    # "will not" and "not withdraw" share a word: they are one negator.
    negators = reached = 0
    for start, end in spans:
        negators += start >= reached
        reached = max(reached, end)
    return found.has("denied") and negators > 1


def _collect(reading: Reading, parts: Sequence[tuple[int, int]], low: int, high: int) -> _Found:
    """The cues that reach the event, by class; a negator inside a pseudo-negation or a longer cue is none."""
    found = _Found()
    # Nothing farther off can reach, so that a sentence of any length costs the same.
    near = (max(low, parts[0][0] - _CLAUSE), min(high, max(end for _, end in parts) + _CLAUSE))
    pseudo = reading.within("cue:pseudo", *near)
    stops = reading.within("cue:stop", *near)
    candidates = [
        (a, b, name)
        for name in _CLASSES
        for a, b in reading.within(f"cue:{name}", *near)
        if not any(x <= a and b <= y for x, y in pseudo)
        and _reaches(reading, parts, stops, a, b, name)
        and not (name == "demand" and _calls_up(reading, parts, a, b))
    ]
    for name in ("denied", "planned", "under_way", "completed"):
        tenses = {*reading.within(f"tense:{name}", *near), *reading.within(f"tense:{name}", max(low, high - 4), high)}
        candidates += [(a, b, name) for a, b in sorted(tenses) if _is_event(reading, parts, a, b, high)]
    spoken = {(a, b, name) for a, b, name in candidates if (a, b) in reading.within(f"cue:{name}", a, b)}
    found.tensed = not any(name == "under_way" for _, _, name in spoken)
    candidates = [one for one in candidates if not _begun(one, spoken) and not _inside_date(reading, one)]
    for a, b, name in candidates:
        longer = any((x <= a and b <= y) and (y - x > b - a) for x, y, other in candidates if other != name)
        if not longer and (a, b) not in found.by_class.get(name, []):
            found.by_class.setdefault(name, []).append((a, b))
    return found


def _calls_up(reading: Reading, parts: Sequence[tuple[int, int]], a: int, b: int) -> bool:
    """Whether a call is the event itself: "appelle ses réservistes" asks nobody for anything."""
    called = any(reading.within("@reservists", start, end) for start, end in parts)
    return called and bool(reading.within("@callup", a, b))


def _begun(candidate: tuple[int, int, str], spoken: set[tuple[int, int, str]]) -> bool:
    """An infinitive behind "began" is no plan: החלו לסגת, ont commencé à se retirer."""
    a, _, name = candidate
    if name != "planned" or candidate in spoken:
        return False
    return any(other in ("under_way", "completed") and 0 <= a - y <= 3 for _, y, other in spoken)


def _inside_date(reading: Reading, candidate: tuple[int, int, str]) -> bool:
    """The "bê" of Kurmanji "hefteya bê" is that of "next week", not the one that means "without"."""
    a, b, name = candidate
    if name != "denied":
        return False
    return any(
        x < a < y < b
        for group in reading.hits
        if group.startswith("date:")
        for x, y in reading.within(group, max(0, a - 2), b)
    )


def _is_event(reading: Reading, parts: Sequence[tuple[int, int]], a: int, b: int, high: int) -> bool:
    """Tense is read off the event's own words, and off the closing verb where the language ends with it."""
    if any(a < end and b > start for start, end in parts):
        return True
    return reading.lang in _VERB_LAST and b >= high - 1


def _reaches(
    reading: Reading,
    parts: Sequence[tuple[int, int]],
    stops: Sequence[tuple[int, int]],
    a: int,
    b: int,
    name: str,
) -> bool:
    reach = _REACH_VERB_LAST if reading.lang in _VERB_LAST else _REACH
    back = _REACH_BACK if reading.lang in _VERB_EARLY and name in _TALK else reach
    for start, end in parts:
        if a < end and b > start:
            return True
        left, right = (b, start) if b <= start else (end, a)
        if (
            right - left <= (reach if b <= start else back)
            and not any(left <= x and y <= right for x, y in stops)
            and not _divided(reading, left, right, attributed=name == "hedge")
            and not (b <= start and _subordinate(reading, stops, a, b, start))
        ):
            return True
    return False


def _subordinate(reading: Reading, stops: Sequence[tuple[int, int]], a: int, b: int, start: int) -> bool:
    """Whether a cue before the event stands in a clause of its own: "Although it was denied, troops left"."""
    opened = [y for _, y in stops if y <= a]
    return bool(opened) and _comma(reading, b, start) and not _comma(reading, opened[-1], a)


def _comma(reading: Reading, left: int, right: int) -> bool:
    return any(mark in _between(reading, left, right) for mark in (",", "،"))


def _between(reading: Reading, left: int, right: int) -> str:
    """The text after the token before `left`, up to the token `right`."""
    text = reading.text_of(reading.field_of(left - 1))
    return text[reading.tokens[left - 1].end : reading.tokens[right].start]


def _divided(reading: Reading, left: int, right: int, *, attributed: bool) -> bool:
    """Whether ; or : parts two words of a sentence. A source is named before a colon: "Sources: troops leave"."""
    if left == 0 or right >= len(reading.tokens):
        return False
    between = _between(reading, left, right)
    marks = (";", "؛") if attributed else (";", ": ", "؛", " - ", " – ", " — ")
    if any(mark in between for mark in marks):
        return True
    text = reading.text_of(reading.field_of(left - 1))
    # ", and next week will witness": a comma with a conjunction opens a new clause.
    return any(
        token.folded in _CONJUNCTIONS and text[max(0, token.start - 4) : token.start].rstrip().endswith((",", "،"))
        for token in reading.tokens[left:right]
    )


def _infinitive(reading: Reading, parts: Sequence[tuple[int, int]]) -> int | None:
    """Where the "to" of an English headline's "X to hand over Y" stands: a plan."""
    if reading.lang != "en":
        return None
    for start, _ in parts:
        before = reading.tokens[start - 1] if start > 0 else None
        if before is not None and before.folded == "to" and before.sentence == reading.tokens[start].sentence:
            return start - 1
    return None


def _question(reading: Reading, parts: Sequence[tuple[int, int]], high: int) -> tuple[int, int] | None:
    """The last word of the question that the event's sentence asks, or that the title above its summary does."""
    name, last = reading.field_of(parts[0][0]), max(end for _, end in parts)
    if name == "summary":
        last, end = reading.range_of("title")
        asked = end > last and _QUESTION.search(reading.text_of("title").rstrip()) is not None
        last += 1
    else:
        end = high
        asked = reading.text_of(name)[reading.tokens[high - 1].end :].lstrip("\"'”’»)]").startswith(("?", "؟"))
    # "Base closed: what now?" asks about what it reports.
    reported = any(_divided(reading, index, index, attributed=False) for index in range(last, end))
    return (end - 1, end) if asked and not reported else None


def _feature(reading: Reading, parts: Sequence[tuple[int, int]]) -> tuple[int, int] | None:
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


def _old_year(
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
        if start <= index < end or (right - left <= _YEAR_REACH and not _comma(reading, left, right)):
            return index
    # A year that opens its sentence dates all of it: "In 2011, after long talks, the last troops left".
    return index if index - low <= 1 else None
