"""What an entry asserts: from the places where rules hold to claims with facility, actors, count, date and status.

Each sentence in which rules of one type hold gives one claim; what the sentence leaves open (the facility, the place)
is taken from the headline, or from the entry where it names just one. The lead claim is the first in the order: title
before summary before text, lane *changes* before *context*, earlier span.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Literal

from monitor.language.cues import Status, status
from monitor.language.dates import DateSpan, find_dates
from monitor.language.facilities import gazetteer
from monitor.language.lexicon import Lexicon, world
from monitor.language.numbers import CountSpan, find_counts
from monitor.language.reading import Reading, Span
from monitor.model import FIELDS, Claim, Count, CountRole, EventType, Match, Modality

_ASSETS = ("carrier", "bomber", "fighter", "uav", "armour", "air_defence", "isr", "sealift", "warship")
_FORCE_TYPES = frozenset({"deployment", "rotation", "force_count", "equipment_move"})
_NEWS = timedelta(days=7)
# What closes a sentence behind its last word.
_CLOSING = frozenset(".!?؟۔…)]»”’\"'%")


@dataclass(frozen=True, slots=True)
class Found:
    """A match with the token ranges of its terms and the type of its rule."""

    match: Match
    parts: tuple[tuple[int, int], ...]
    type: EventType


def extract(reading: Reading, found: Sequence[Found], words: Lexicon, *, published: date | None) -> tuple[Claim, ...]:
    """All claims of an entry, in the order of the text. `published` resolves relative dates; None leaves them open."""
    claims: list[Claim] = []
    seen: set[tuple[object, ...]] = set()
    for (kind, low, high), group in sorted(
        _by_sentence(reading, found).items(), key=lambda item: (item[0][1], item[0][0])
    ):
        claim = _claim(reading, kind, group, words, published, low, high)
        key = (
            claim.type,
            claim.phase,
            claim.polarity,
            claim.modality,
            claim.facility,
            claim.place,
            claim.count,
            claim.date,
        )
        if key not in seen:
            seen.add(key)
            claims.append(claim)
    return tuple(claims)


def lead(claims: Sequence[Claim]) -> int | None:
    """The index of the lead claim, None where there is none."""
    if not claims:
        return None
    return min(
        range(len(claims)),
        key=lambda i: (FIELDS.index(claims[i].field), claims[i].lane == "context", claims[i].start, i),
    )


def _by_sentence(reading: Reading, found: Sequence[Found]) -> dict[tuple[EventType, int, int], list[Found]]:
    groups: dict[tuple[EventType, int, int], list[Found]] = {}
    for one in found:
        low, high = reading.sentence_of(one.parts[0][0])
        groups.setdefault((one.type, low, high), []).append(one)
    return groups


def _claim(
    reading: Reading,
    kind: EventType,
    group: Sequence[Found],
    words: Lexicon,
    published: date | None,
    low: int,
    high: int,
) -> Claim:
    # The tightest place speaks for the sentence: its words are surest to belong together.
    parts = sorted(min(group, key=lambda one: (one.parts[-1][1] - one.parts[0][0], one.parts[0][0])).parts)
    state = status(reading, parts, published=published)
    dates = find_dates(reading, words, published, planned=state.phase in ("planned", "postponed"), low=low, high=high)
    facility = _facility(reading, kind, parts, low, high)
    place = None if facility and not _mentions(reading.places, low, high) else _place(reading, parts, low, high)
    country = _country(reading, facility, place, low, high)
    said_by = _said_by(reading, low, high)
    actors, recipient = _roles(reading, kind, country, said_by, low, high)
    first, last = reading.tokens[low], reading.tokens[high - 1]
    field = reading.field_of(low)
    text = reading.text_of(field)
    end = last.end
    while end < len(text) and text[end] in _CLOSING:
        end += 1
    count = _count(reading, words, kind, parts, low, high)
    when = _date(reading, dates, parts)
    modality = _modality(reading, state, dates, when, published, low)
    kind = _turned(kind, state)
    return Claim(
        type=kind,
        phase=state.phase,
        polarity=state.polarity,
        modality=modality,
        field=field,
        start=first.start,
        end=end,
        quote=text[first.start : end],
        rule=group[0].match.rule,
        facility=facility,
        place=place,
        country=country,
        actors=actors,
        host=country if kind in ("base_handover", "withdrawal", "basing_agreement", "access_change") else None,
        recipient=recipient,
        asset=next((asset for asset in _ASSETS if reading.within(f"@{asset}", low, high)), None),
        count=count,
        date=when.date if when else None,
        said_by=said_by,
        cues=state.cues,
        confidence=_confidence(field, state, facility or place, actors, modality),
        action=_action(reading, kind, parts),
    )


def _turned(kind: EventType, state: Status) -> EventType:
    """ "no longer deployed" is a withdrawal, "no longer open" a closure."""
    if not state.ended:
        return kind
    if kind in ("deployment", "rotation"):
        return "withdrawal"
    return "base_closure" if kind == "base_establishment" else kind


def _mentions(spans: Sequence[Span], low: int, high: int) -> list[Span]:
    return [span for span in spans if low <= span.start < high]


def _distance(parts: Sequence[tuple[int, int]], start: int, end: int) -> int:
    return min(max(start - b, a - end, 0) for a, b in parts)


def _position(reading: Reading, low: int) -> int:
    """Which sentence of its field this is, from 0: far down, the headline no longer says what a sentence is about."""
    start, _ = reading.range_of(reading.field_of(low))
    return reading.tokens[low].sentence - reading.tokens[start].sentence


def _nearest(spans: Sequence[Span], parts: Sequence[tuple[int, int]]) -> str | None:
    return min(spans, key=lambda s: (_distance(parts, s.start, s.end), s.start)).id if spans else None


def _facility(reading: Reading, kind: EventType, parts: Sequence[tuple[int, int]], low: int, high: int) -> str | None:
    """The sentence's nearest facility, else the headline's, else the only one of the entry.

    A mission is not tied to a base unless its own sentence says so.
    """
    here = _nearest(_mentions(reading.facilities, low, high), parts)
    if here is not None:
        return here
    if kind == "mission_change" or _mentions(reading.places, low, high) or _position(reading, low) > 2:
        return None
    headline = {span.id for span in _mentions(reading.facilities, *reading.range_of("title"))}
    everywhere = {span.id for span in reading.facilities}
    for names in (headline, everywhere):
        if len(names) == 1:
            return next(iter(names))
    return None


def _place(reading: Reading, parts: Sequence[tuple[int, int]], low: int, high: int) -> str | None:
    here = _nearest(_mentions(reading.places, low, high), parts)
    if here is not None or _position(reading, low) > 2:
        return here
    headline = {span.id for span in _mentions(reading.places, *reading.range_of("title"))}
    return next(iter(headline)) if len(headline) == 1 else None


def _country(reading: Reading, facility: str | None, place: str | None, low: int, high: int) -> str | None:
    """The country of the facility or place; else the last state named, where more than one is or none acts."""
    known = world()
    if facility is not None:
        return gazetteer()[facility].country
    if place is not None:
        return known.places[place].country
    headline = {span.id for span in _mentions(reading.facilities, *reading.range_of("title"))}
    if len(headline) == 1 and _position(reading, low) <= 2:
        return gazetteer()[next(iter(headline))].country
    states = [span for span in _mentions(reading.actors, low, high) if known.actors[span.id].kind == "state"]
    different = list(dict.fromkeys(span.id for span in states))
    if len(different) > 1:
        return different[-1]
    others = [span for span in _mentions(reading.actors, low, high) if known.actors[span.id].kind != "state"]
    if different and others:
        return different[0]
    return next((known.actors[span.id].country for span in others if known.actors[span.id].country), None)


def _said_by(reading: Reading, low: int, high: int) -> str | None:
    """Who says it: the last actor before a verb of saying, within three words."""
    for start, end in reading.within("cue:said", low, high):
        before = [span for span in _mentions(reading.actors, low, high) if 0 <= start - span.end <= 3]
        if before:
            return before[-1].id
        after = [span for span in _mentions(reading.actors, low, high) if 0 <= span.start - end <= 2]
        if after:
            return after[0].id
    return None


def _roles(
    reading: Reading, kind: EventType, country: str | None, said_by: str | None, low: int, high: int
) -> tuple[tuple[str, ...], str | None]:
    """Who acts, and who receives: in a handover the host's own forces receive."""
    known = world()
    named = list(dict.fromkeys(span.id for span in _mentions(reading.actors, low, high)))
    recipient = None
    if kind == "base_handover":
        recipient = next((n for n in named if country and (n == country or known.actors[n].country == country)), None)
    speaks_only = [
        name
        for name in named
        if name in (said_by, recipient)
        or known.actors[name].kind == "adversary"
        or (name == country and len(named) > 1)
    ]
    return tuple(name for name in named if name not in speaks_only), recipient


def _count(
    reading: Reading, words: Lexicon, kind: EventType, parts: Sequence[tuple[int, int]], low: int, high: int
) -> Count | None:
    """The nearest count of people or equipment; its role from the event where no verb gives one."""
    counts = [
        c
        for c in find_counts(reading, words, low, high)
        if c.count.unit in ("personnel", "aircraft", "vehicles", "ships")
    ]
    if not counts:
        return None
    nearest: CountSpan = min(counts, key=lambda c: (_distance(parts, c.start, c.end), c.start))
    implied: dict[str, CountRole] = {"withdrawal": "leaving", "deployment": "arriving", "equipment_move": "arriving"}
    if nearest.count.role == "total" and kind in implied:
        return replace(nearest.count, role=implied[kind])
    return nearest.count


def _date(reading: Reading, dates: Sequence[DateSpan], parts: Sequence[tuple[int, int]]) -> DateSpan | None:
    """The date of the event: not "since", and not the day on which somebody spoke where there is another."""
    said = reading.hits.get("cue:said", [])

    def spoken(span: DateSpan) -> bool:
        return any(abs(span.start - end) <= 3 or abs(start - span.end) <= 3 for start, end in said)

    ranked = sorted(
        (span for span in dates if span.kind != "since"),
        key=lambda span: (spoken(span), _distance(parts, span.start, span.end), span.start),
    )
    return next((span for span in ranked if not spoken(span) or span.date.precision != "day"), None)


def _modality(
    reading: Reading,
    state: Status,
    dates: Sequence[DateSpan],
    when: DateSpan | None,
    published: date | None,
    low: int,
) -> Modality:
    """What belongs to a year before last is history; far down in a text, with nothing new in it, it is background."""
    if state.modality != "fact":
        return state.modality
    past = when.date.end if when is not None and when.date.precision == "year" else None
    if past is not None and published is not None and past.year < published.year - 1:
        return "historical"
    if reading.field_of(low) == "title":
        return state.modality
    if _position(reading, low) < 2 or published is None:
        return state.modality
    fresh = any(span.date.end is not None and span.date.end >= published - _NEWS for span in dates)
    return state.modality if fresh else "background"


def _action(reading: Reading, kind: EventType, parts: Sequence[tuple[int, int]]) -> Literal["ended", "extended"] | None:
    """What happens to a mission, by the match's own words: "extends ... until the end of 2026" is no end."""
    if kind != "mission_change":
        return None
    for name, group in (("extended", "@extend"), ("ended", "@end")):
        if any(reading.within(group, start, end) for start, end in parts):
            return "extended" if name == "extended" else "ended"
    return None


def _confidence(field: str, state: Status, where: str | None, actors: Sequence[str], modality: Modality) -> float:
    """How much of the claim rests on words rather than on defaults: 0.4 to 0.95."""
    score = 0.4 + 0.2 * (where is not None) + 0.15 * (not state.default) + 0.1 * bool(actors) + 0.1 * (field == "title")
    return round(score - (0.1 if modality in ("reported", "background") else 0.0), 2)


def found_in(
    matches: Sequence[Match], parts: Sequence[tuple[tuple[int, int], ...]], types: dict[str, EventType]
) -> Iterator[Found]:
    """Pairs matches with their words' places and their rules' types."""
    for match, where in zip(matches, parts, strict=True):
        yield Found(match, where, types[match.rule])
