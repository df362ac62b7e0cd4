"""Where a claim's event is: its base, its area, its country."""

from __future__ import annotations

import re
from collections.abc import Sequence

from monitor.claims.sentence import Sentence
from monitor.language.facilities import gazetteer
from monitor.language.lexicon import world
from monitor.language.reading import Span
from monitor.language.words import fold
from monitor.model import EventType

# What happens to a base or leaves it; the others are not tied to one unless their own sentence says so.
_OF_A_BASE: frozenset[EventType] = frozenset(
    {
        *("base_handover", "base_closure", "base_establishment", "withdrawal", "deployment", "rotation"),
        *("force_count", "equipment_move", "attack_on_base", "evacuation", "posture_pressure", "keyword"),
    }
)
# How many sentences back "the base" still means the one named there.
_SHORTLY = 3
# Capitals: "an agreement with Baghdad" is one with its government, and no place.
_CAPITALS = frozenset({"baghdad", "damascus"})
# Prepositions that are written as one word with the name: ب+بغداد, ב+בגדאד; and endings behind it: Bağdat'ta.
_PREFIXED = re.compile(r"و?ب(?:بغداد|دمشق)|[וש]?[במ](?:בגדאד|דמשק)")
_ABLATIVE = re.compile(r"(?:['’]|n)[dt][ae]n$")
_CLITICS = {"ar": "بل", "he": "במ"}
# What stands before a report's first word: "BAGHDAD, Jan 17 (Reuters) - ", "أربيل (كوردستان24) – ".
_BEGINS = re.compile(r"[^.!?؟\n]{2,70}?(?:\)\s*[-–—ـ:]|\s--?\s|\s[–—ـ]\s|\s?/\s?[^\s/]{2,20}\s?/)")
_DATELINE, _LETTERS = 3, 60
_LOCATIVE = re.compile(r"['’][dt][ae]")


def facility_of(sentence: Sentence, kind: EventType) -> tuple[str | None, str | None]:
    """The sentence's nearest facility; else the one that "the base" means: the last one named in the sentences before,
    the headline's, the only one of the entry's first sentences. And where it is taken from, None from the sentence."""
    reading = sentence.reading
    here = sentence.nearest(_on_the_way(sentence, kind, sentence.mentions(reading.facilities)))
    if here is not None:
        return here, None
    if kind not in _OF_A_BASE:
        return None, None
    start, end = reading.range_of("title")
    headline = {span.id for span in reading.facilities if start <= span.start < end}
    elsewhere = areas(sentence)
    if _the_base(sentence):
        before = [span for span in reading.facilities if _shortly_before(sentence, span)]
        # However far down, where the whole entry names no other.
        alone = headline if len({span.id for span in reading.facilities}) == 1 else set()
        meant = before[-1].id if before else next(iter(alone)) if alone else None
        if meant is not None and all(_lies_in(meant, span.id) for span in elsewhere):
            return meant, "the sentence before" if before else "the headline"
    if elsewhere or sentence.position > 2 or (kind == "force_count" and _in_a_state(sentence)):
        return None, None
    if len(headline) == 1:
        return next(iter(headline)), "the headline"
    if headline or any(start <= span.start < end for span in reading.places):
        # The headline says where it is.
        return None, None
    everywhere = {span.id for span in reading.facilities}
    return (next(iter(everywhere)), "another sentence") if len(everywhere) == 1 else (None, None)


def _in_a_state(sentence: Sentence) -> bool:
    """Whether a sentence says of a whole country how many are there: "about 2,500 US troops in Iraq"."""
    known = world()
    states = (span for span in sentence.mentions(sentence.reading.actors) if known.actors[span.id].kind == "state")
    return not _the_base(sentence) and any(is_where(sentence, span) for span in states)


def _the_base(sentence: Sentence) -> bool:
    """Whether the sentence speaks of a base or an airport without naming it."""
    return bool(sentence.reading.within("@base", sentence.low, sentence.high))


def _shortly_before(sentence: Sentence, span: Span) -> bool:
    reading = sentence.reading
    if span.start >= sentence.low or reading.field_of(span.start) != reading.field_of(sentence.low):
        return False
    return reading.tokens[sentence.low].sentence - reading.tokens[span.start].sentence <= _SHORTLY


def _lies_in(facility: str, area: str) -> bool:
    """Whether a base lies in an area, as far as we know: that of its country, its province or its own name."""
    base, known = gazetteer()[facility], world()
    name = fold(known.label(area), "en")
    if name in fold(f"{base.name} {base.province or ''}", "en"):
        return True
    province = next((key for key, place in known.places.items() if place.name == base.province), None)
    return area in known.areas(province) or area == base.country


def place_of(sentence: Sentence) -> str | None:
    """The nearest area of the sentence, else the headline's only one."""
    here = sentence.nearest(areas(sentence))
    if here is not None or sentence.position > 2:
        return here
    start, end = sentence.reading.range_of("title")
    title = Sentence(sentence.reading, start, end, ((start, start),)) if end > start else sentence
    headline = {span.id for span in areas(title)}
    return next(iter(headline)) if len(headline) == 1 else None


def areas(sentence: Sentence) -> list[Span]:
    """The areas that the sentence names, without capitals that are governments, and without where it was written."""
    return [
        span
        for span in sentence.mentions(sentence.reading.places)
        if not _government(sentence, span) and not _dateline(sentence, span)
    ]


def _dateline(sentence: Sentence, span: Span) -> bool:
    """Whether a text begins with a place and a dash: "ERBIL (Kurdistan24) - Iraq announced …"."""
    reading = sentence.reading
    name = reading.field_of(span.start)
    first, _ = reading.range_of(name)
    if name == "title" or span.start - first > _DATELINE:
        return False
    text = reading.text_of(name)
    head = text[: reading.tokens[span.end - 1].end + _LETTERS]
    begins = _BEGINS.match(head)
    return begins is not None and begins.end() >= reading.tokens[span.end - 1].end


def country_of(sentence: Sentence, facility: str | None, place: str | None) -> str | None:
    """The country of the facility or place; else the last state named, where more than one is or none acts."""
    known, reading = world(), sentence.reading
    if facility is not None:
        return gazetteer()[facility].country
    if place is not None:
        return known.places[place].country
    start, end = reading.range_of("title")
    headline = {span.id for span in reading.facilities if start <= span.start < end}
    if len(headline) == 1 and sentence.position <= 2:
        return gazetteer()[next(iter(headline))].country
    named = sentence.mentions(reading.actors)
    located = [span for span in named if known.actors[span.id].kind == "state" and is_where(sentence, span)]
    if located:
        return sentence.nearest(located)
    states = list(dict.fromkeys(span.id for span in named if known.actors[span.id].kind == "state"))
    if len(states) > 1:
        return states[-1]
    others = [span for span in named if known.actors[span.id].kind != "state"]
    if states and others:
        return states[0]
    return next((known.actors[span.id].country for span in others if known.actors[span.id].country), None)


def _government(sentence: Sentence, span: Span) -> bool:
    if span.id not in _CAPITALS:
        return False
    reading = sentence.reading
    raw = reading.tokens[span.end - 1].raw
    if _PREFIXED.match(reading.tokens[span.start].raw) or _LOCATIVE.search(raw):
        return False
    return not any(end == span.start for _, end in reading.within("cue:where", sentence.low, span.start))


def is_where(sentence: Sentence, span: Span) -> bool:
    """Whether a state is named as a place: behind "in" or "from", with a preposition or ending on it, or "Iraq: …"."""
    reading = sentence.reading
    first, last = reading.tokens[span.start], reading.tokens[span.end - 1]
    if any(end == span.start for _, end in reading.within("cue:where", sentence.low, span.start)):
        return True
    if first.raw[0] in _CLITICS.get(reading.lang, "") and fold(first.raw[1:], reading.lang) in first.forms:
        return True
    if reading.lang == "tr" and _LOCATIVE.search(last.raw):
        return True
    text = reading.text_of(reading.field_of(span.start))
    return span.start == sentence.low and text[last.end : last.end + 3].lstrip("\u00a0 ").startswith(":")


def _on_the_way(sentence: Sentence, kind: EventType, bases: Sequence[Span]) -> Sequence[Span]:
    """Of the bases that forces move between, those that they leave or those that they come to: "from A to B"."""
    if len({base.id for base in bases}) < 2 or kind not in ("withdrawal", "deployment", "equipment_move"):
        return bases
    left = [base for base in bases if from_base(sentence, base)]
    others = [base for base in bases if base not in left]
    return (left or bases) if kind == "withdrawal" else (others or bases)


def goes_from(sentence: Sentence) -> bool:
    """Whether forces that are moved leave the only base that their sentence names: "moved from A to the capital"."""
    bases = sentence.mentions(sentence.reading.facilities)
    return len({base.id for base in bases}) == 1 and all(from_base(sentence, base, sure=True) for base in bases)


def from_base(sentence: Sentence, base: Span, *, sure: bool = False) -> bool:
    """Whether "from" stands before a base, with a word between them at most, or on it. `sure`: no word that means "of"
    or "in" as well."""
    reading = sentence.reading
    first, last = reading.tokens[base.start], reading.tokens[min(base.end, sentence.high - 1)]
    if reading.lang == "ckb" and sure:
        return reading.tokens[base.end - 1].raw.endswith("ەوە") or last.raw == "ەوە"
    if sure and reading.lang == "fr":
        return any(0 <= base.start - end <= 2 for _, end in reading.within("date:since", sentence.low, base.start))
    start = base.start
    if reading.lang == "fr":
        # In "la base de Harir" the "de" is that of the name.
        nouns = reading.within("@base", max(sentence.low, start - 3), start)
        start = nouns[-1][0] if nouns else start
    if any(0 <= start - end <= 2 for _, end in reading.within("cue:from", sentence.low, start)):
        return True
    if reading.lang == "he":
        return first.raw.startswith("מ") and fold(first.raw[1:], "he") in first.forms
    return reading.lang == "tr" and _ABLATIVE.search(last.raw.casefold()) is not None
