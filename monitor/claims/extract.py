"""From the places where rules hold to claims: one for each event of a sentence, and one for each number beside it.

What a sentence leaves open (the facility, the place) is taken from the headline; what a headline leaves open (the day,
the number, the tense), from the first sentence of the text that tells the same. The lead claim is the first in the
order: title before summary before text, lane *changes* before *context*, earlier span; what is told in passing comes
after what is told.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date

from monitor.claims.again import told_again
from monitor.claims.amounts import beside, carried, count_of, counts_in, none_left, stands_there, with_role
from monitor.claims.moves import moving
from monitor.claims.order import in_order, once
from monitor.claims.particulars import action_of, is_said_then, modality_of
from monitor.claims.sentence import Sentence
from monitor.claims.timing import day_of, timed
from monitor.claims.where import country_of, facility_of, place_of
from monitor.claims.who import acting, speaker
from monitor.language.cues import Status, status
from monitor.language.dates import find_dates
from monitor.language.lexicon import Lexicon
from monitor.language.numbers import CountSpan
from monitor.language.reading import Reading
from monitor.model import CONTEXT_TYPES, FIELDS, Claim, EventType, Match, Modality, Phase

_ASSETS = ("carrier", "bomber", "fighter", "uav", "armour", "air_defence", "isr", "sealift", "warship")
_DEMANDED = frozenset(
    {
        *("base_handover", "base_closure", "base_establishment", "withdrawal", "deployment", "rotation"),
        *("mission_change", "basing_agreement", "equipment_move", "access_change"),
    }
)
# From so many sentences on, a summary is an article.
_ARTICLE = 3
_HOSTED = ("base_handover", "withdrawal", "basing_agreement", "access_change")


@dataclass(frozen=True, slots=True)
class Found:
    """A match with the token ranges of its terms and the type of its rule."""

    match: Match
    parts: tuple[tuple[int, int], ...]
    type: EventType


@dataclass(frozen=True, slots=True)
class Event:
    """One event of a sentence, read: its claim, and what that rests on."""

    claim: Claim
    sentence: Sentence
    state: Status


def extract(reading: Reading, found: Sequence[Found], words: Lexicon, *, published: date | None) -> tuple[Claim, ...]:
    """All claims of an entry, in the order of the text. `published` resolves relative dates; None leaves them open."""
    groups = _by_sentence(reading, found)
    numbers = {
        (low, high): counts_in(Sentence(reading, low, high, ((low, low),)), words) for low, high in _all(reading)
    }
    told = {_key(span): span for spans in numbers.values() for span in reversed(spans) if span.told}
    events: list[Event] = []
    for low, high in dict.fromkeys((low, high) for _, low, high in sorted(groups, key=lambda key: key[1])):
        here = {kind: group for (kind, a, _), group in groups.items() if a == low}
        spans = [told.get(_key(span), span) if not span.told else span for span in numbers[low, high]]
        spans = [
            replace(own, count=span.count, told=span.told) for own, span in zip(numbers[low, high], spans, strict=True)
        ]
        events += in_order(
            [_event(reading, kind, group, words, published, (low, high), spans) for kind, group in here.items()]
        )
    events = told_again(once(events), words, published)
    claims = (*(event.claim for event in events), *_numbers(reading, events, numbers, told, words, published))
    return tuple(map(_in_passing, claims)) if _in_the_summary_alone(reading, found, claims) else claims


def _in_the_summary_alone(reading: Reading, found: Sequence[Found], claims: Sequence[Claim]) -> bool:
    """Whether what rules found stands in the summary alone, below a headline about something else."""
    start, end = reading.range_of("title")
    alone = bool(found) and all(one.match.field == "summary" for one in found)
    return alone and start < end and not _told_below(reading, claims)


def _told_below(reading: Reading, claims: Sequence[Claim]) -> bool:
    """Whether a headline that reports nothing of itself ("Ain al-Asad without Americans") is about what its summary
    reports: a base that it names, or what a whole article below it begins with."""
    start, end = reading.range_of("title")
    named = {span.id for span in reading.facilities if start <= span.start < end}
    low, high = reading.range_of("summary")
    # A teaser of a sentence or two says something else than its headline as often as not.
    article = reading.tokens[high - 1].sentence - reading.tokens[low].sentence >= _ARTICLE
    opening = next((t.start for t in reading.tokens[low:high] if t.sentence - reading.tokens[low].sentence >= 2), None)
    early = article and opening is not None and any(c.start < opening for c in claims if c.lane == "changes")
    return early or any(claim.facility in named for claim in claims)


def _in_passing(claim: Claim) -> Claim:
    """What a summary mentions under another headline is no news of its own; a person's own words are, wherever."""
    told = claim.type != "keyword" and claim.modality in ("fact", "reported")
    return replace(claim, modality="background") if told else claim


def lead(claims: Sequence[Claim]) -> int | None:
    """The index of the lead claim, None where there is none."""
    return min(range(len(claims)), key=lambda i: (*_rank(claims[i]), i), default=None)


def _rank(claim: Claim) -> tuple[int, int, bool, int]:
    past = claim.field == "text" and claim.modality in ("background", "historical")
    passing = 3 if past else 1 if claim.aside else 0
    if claim.aside and claim.type == "force_count":
        # A number that the headline tells comes before what the text below tells in passing.
        passing = 2 if claim.field == "title" and claim.modality in ("fact", "reported") else 4
    return (passing, FIELDS.index(claim.field), claim.lane == "context", claim.start)


def _all(reading: Reading) -> Iterator[tuple[int, int]]:
    return ((low, high) for low, high in reading.sentences if high > low)


def _key(span: CountSpan) -> tuple[int, int | None, str]:
    return (span.count.low, span.count.high, span.count.unit)


def _by_sentence(reading: Reading, found: Sequence[Found]) -> dict[tuple[EventType, int, int], list[Found]]:
    groups: dict[tuple[EventType, int, int], list[Found]] = {}
    # Where withdrawals reach from where they begin: who "brings its troops home" does not bring them anywhere.
    reach: dict[int, int] = {}
    for one in found:
        if one.type == "withdrawal":
            start, end = one.parts[0][0], one.parts[-1][1]
            reach[start] = max(end, reach.get(start, end))
    for one in found:
        if one.type == "deployment" and one.parts[-1][1] < reach.get(one.parts[0][0], 0):
            continue
        low, high = reading.sentence_of(one.parts[0][0])
        groups.setdefault((one.type, low, high), []).append(one)
    return groups


def _event(
    reading: Reading,
    kind: EventType,
    group: Sequence[Found],
    words: Lexicon,
    published: date | None,
    bounds: tuple[int, int],
    spans: Sequence[CountSpan],
) -> Event:
    # The tightest place speaks for the sentence: its words are surest to belong together.
    parts = tuple(sorted(min(group, key=lambda one: (one.parts[-1][1] - one.parts[0][0], one.parts[0][0])).parts))
    kind, sentence = moving(Sentence(reading, *bounds, parts), kind)
    parts = sentence.parts
    state = status(reading, parts, published=published, kind=kind)
    when, dates, state = timed(sentence, state, words, published)
    kind = _turned(kind, state)
    number = count_of(sentence, kind, spans)
    if kind == "force_count" and number is not None and number.told and number.count.role in ("leaving", "arriving"):
        # "250 soldiers have left" is no statement of how many there are.
        kind = "withdrawal" if number.count.role == "leaving" else "deployment"
    if kind == "withdrawal" and number is not None and none_left(sentence, number):
        # "No soldiers left at the base": nobody is there, and nobody stayed from leaving.
        kind, state = "force_count", replace(state, cues=tuple(cue for cue in state.cues if cue.name != "denied"))
    if kind == "force_count" and number is not None and number.count.high == 0:
        # "There are no troops": the number denies it, and is told.
        state = replace(state, polarity="asserted")
    if kind == "force_count" and state.polarity == "denied" and _stays(sentence, state):
        state = replace(state, polarity="asserted")
    modality = modality_of(sentence, state, dates, when, published)
    claim = _claim(sentence, kind, state, modality, group[0].match.rule)
    claim = replace(
        claim,
        asset=next((asset for asset in _ASSETS if reading.within(f"@{asset}", *bounds)), None),
        count=number.count if number else None,
        date=day_of(when, state),
        action=action_of(reading, kind, parts),
        aside=sentence.aside(),
    )
    if when is not None and is_said_then(sentence, when, published):
        claim = replace(claim, rests_on=(*claim.rests_on, "date: the day it was said"))
    if state.polarity == "denied" and claim.phase == "planned":
        # A plan was denied, whatever tense the text below has.
        state = replace(state, weak=False)
    return Event(claim, sentence, state)


def _stays(sentence: Sentence, state: Status) -> bool:
    """Whether all that denies is that forces stay: a denial of their leaving, and none of their number."""
    tokens = sentence.reading.tokens
    remain = sentence.reading.within("role:remaining", sentence.low, sentence.high)
    spans = [(tokens[a].start, tokens[b - 1].end) for a, b in remain]
    return all(any(a < cue.end and cue.start < b for a, b in spans) for cue in state.cues if cue.name == "denied")


def _claim(sentence: Sentence, kind: EventType, state: Status, modality: Modality, rule: str) -> Claim:
    """The claim of a sentence, without its number and its day."""
    reading = sentence.reading
    facility, taken = facility_of(sentence, kind)
    place = None if facility and not sentence.mentions(reading.places) else place_of(sentence)
    country = country_of(sentence, facility, place)
    said_by = speaker(sentence)
    actors, recipient, others = acting(sentence, kind, country, said_by)
    rests_on = (*([f"facility: {taken}"] if taken else []), *([f"actors: {others}"] if others else []))
    field = reading.field_of(sentence.low)
    start, end = sentence.span
    return Claim(
        type=kind,
        phase=_phase(sentence, kind, state),
        polarity=state.polarity,
        modality=modality,
        field=field,
        start=start,
        end=end,
        quote=reading.text_of(field)[start:end],
        rule=rule,
        facility=facility,
        place=place,
        country=country,
        actors=actors,
        host=country if kind in _HOSTED else None,
        recipient=recipient,
        said_by=said_by,
        cues=state.cues,
        confidence=_confidence(field, state, facility or place, actors, modality, len(rests_on)),
        rests_on=rests_on,
    )


def _plan_denied(sentence: Sentence, state: Status) -> bool:
    """Whether it is a plan that is denied, and not a deed: "no plans to hand over"."""
    tokens = sentence.reading.tokens
    plans = sentence.reading.within("cue:plan", sentence.low, sentence.high)
    spans = [(tokens[a].start, tokens[b - 1].end) for a, b in plans]
    return any(a <= cue.end and cue.start <= b for cue in state.cues if cue.name == "denied" for a, b in spans)


def _phase(sentence: Sentence, kind: EventType, state: Status) -> Phase:
    """A number is told, whatever it tells of; a demand has no phase; what only might be is to come."""
    if kind == "posture_pressure":
        return "unclear"
    if kind == "force_count":
        return "completed"
    if state.polarity == "denied" and state.weak and kind not in CONTEXT_TYPES and _plan_denied(sentence, state):
        return "planned"
    happening = state.phase in ("completed", "under_way") and not state.ended
    return "planned" if state.modality == "hypothetical" and happening else state.phase


def _numbers(
    reading: Reading,
    events: Sequence[Event],
    numbers: dict[tuple[int, int], list[CountSpan]],
    told: dict[tuple[int, int | None, str], CountSpan],
    words: Lexicon,
    published: date | None,
) -> Iterator[Claim]:
    """The numbers that no event carries, each a claim: what stays, what else moves, what was there before."""
    if not events:
        return
    claims = [event.claim for event in events]
    first = claims[lead(claims) or 0]
    by_sentence = {(event.sentence.low, event.sentence.high): event for event in reversed(events)}
    taken = [claim.count for claim in claims if claim.count is not None]
    changes = any(claim.lane == "changes" for claim in claims)
    everything = [
        (bounds, replace(span, count=known.count, told=known.told))
        for bounds, spans in numbers.items()
        for span in spans
        for known in (told.get(_key(span), span),)
    ]
    places = {id(span): bounds for bounds, span in everything}
    for span in beside((span for _, span in everything), taken):
        low, high = places[id(span)]
        event = by_sentence.get((low, high))
        sentence = Sentence(reading, low, high, ((span.start, span.end),))
        state = status(reading, sentence.parts, published=published)
        if state.modality == "demand":
            continue
        dates = find_dates(reading, words, published, planned=False, low=low, high=high)
        modality = modality_of(sentence, state, dates, None, published)
        own = event is None and reading.field_of(low) == "title" and span.told and span.count.role == "remaining"
        if not changes and not own and modality in ("fact", "reported"):
            # A number beside a raid or a denial changes nothing of itself; a headline of its own does.
            modality = "background"
        # "The first 400 are due in June": who is to come or go does what the text is about.
        there = stands_there(sentence, span) and (span.told or state.phase != "planned")
        kind = event.claim.type if event is not None else None if there else first.type
        claim = _claim(sentence, "force_count", state, modality, (event.claim if event else first).rule)
        number = with_role(
            carried(sentence, span, kind if event is not None and kind is not None else first.type), kind
        )
        yield replace(claim, count=number.count, aside=True)


def _turned(kind: EventType, state: Status) -> EventType:
    """ "no longer deployed" is a withdrawal, "no longer open" a closure; a call for either is pressure."""
    if state.modality == "demand" and kind in _DEMANDED:
        return "posture_pressure"
    if not state.ended:
        return kind
    if kind in ("deployment", "rotation"):
        return "withdrawal"
    return "base_closure" if kind == "base_establishment" else kind


def _confidence(
    field: str, state: Status, where: str | None, actors: Sequence[str], modality: Modality, borrowed: int
) -> float:
    """How much of the claim rests on words rather than on defaults, or on other sentences: 0.2 to 0.95."""
    score = 0.4 + 0.2 * (where is not None) + 0.15 * (not state.default) + 0.1 * bool(actors) + 0.1 * (field == "title")
    return round(score - (0.1 if modality in ("reported", "background") else 0.0) - 0.05 * borrowed, 2)


def found_in(
    matches: Sequence[Match], parts: Sequence[tuple[tuple[int, int], ...]], types: dict[str, EventType]
) -> Iterator[Found]:
    """Pairs matches with their words' places and their rules' types."""
    for match, where in zip(matches, parts, strict=True):
        yield Found(match, where, types[match.rule])
