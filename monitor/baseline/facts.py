"""The baseline's facts, read from a seeded article by the rules and the extractor that read news.

A claim about a base gives its status and its date, a number of people a count, a mission's end the mission's state;
numbers of countries and members give contributors and membership. What a seed tells of the past becomes background:
shown, never compared.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields
from datetime import date

from monitor import kept
from monitor.baseline.seeds import Seed
from monitor.baseline.times import Times
from monitor.claims import extract, found_in
from monitor.language.cues import status
from monitor.language.dates import find_dates
from monitor.language.facilities import gazetteer
from monitor.language.lexicon import world
from monitor.language.numbers import CountSpan, find_counts
from monitor.language.reading import Reading
from monitor.model import Attribute, Claim, Count, DateRange, EventType, Fact
from monitor.rules.engine import Ruleset
from monitor.rules.evaluate import Origin

# The states of facilities, forces and missions; a later one is always a legal step.
FACILITY_STATUS = {"planned": "handover announced", "under_way": "handover under way", "completed": "handed over"}
CLOSURE_STATUS = {"planned": "closure announced", "under_way": "closing", "completed": "closed"}
OPENING_STATUS = {"planned": "opening announced", "under_way": "being set up", "completed": "active"}
LEAVING_STATUS = {"planned": "leaving", "under_way": "leaving", "completed": "gone"}
ARRIVING_STATUS = {"planned": "expected", "under_way": "arriving", "completed": "present"}
MISSION_STATUS = {"planned": "end announced", "under_way": "ending", "completed": "ended"}
EXTENDED_STATUS = {"planned": "active", "under_way": "active", "completed": "active"}
_COMPASS = ("federal", "western", "northern", "southern", "eastern", "northeast", "northwest", "southeast", "southwest")
_FACTS = kept.Packing(Fact, Count, DateRange)
# Endings of names that take an article inside a sentence.
_WITH_ARTICLE = (
    *("Region", "Forces", "Guards", "Union", "Council", "Houthis", "Taliban", "Emirates", "Netherlands", "Sea", "Gulf"),
    *("Heights", "Strait", "Hormuz", "Bank", "Mediterranean", "Baltic", "Arctic", "Caribbean", "Sahel", "Middle East"),
)


def status_of(claim: Claim) -> str | None:
    """The state that an asserted claim puts its subject into; None for types and phases without one."""
    return _steps_of(claim, claim.type).get(claim.phase)


def states_of(claim: Claim, kind: EventType | None = None) -> frozenset[str]:
    """All states that events of this type (the claim's, if not given) lead through."""
    return frozenset(_steps_of(claim, kind or claim.type).values())


def _steps_of(claim: Claim, kind: EventType) -> dict[str, str]:
    tables: dict[str, dict[str, str]] = {
        "base_handover": FACILITY_STATUS,
        "base_closure": CLOSURE_STATUS,
        "base_establishment": OPENING_STATUS,
        "withdrawal": LEAVING_STATUS,
        "deployment": ARRIVING_STATUS,
        "mission_change": MISSION_STATUS if claim.action == "ended" else EXTENDED_STATUS,
    }
    return tables.get(kind, {})


def subject_of(claim: Claim) -> str | None:
    """What a claim is about: the facility for its control, else "actor@area"; None when it names neither."""
    area = claim.facility or claim.place or claim.country
    if claim.type in ("base_handover", "base_closure", "base_establishment"):
        return claim.facility or (f"{main_actor(claim.actors) or 'forces'}@{area}" if area else None)
    actor = main_actor(claim.actors)
    return f"{actor or 'forces'}@{area}" if area else None


def main_actor(actors: Sequence[str]) -> str | None:
    """The widest of the named actors: the coalition rather than the US in it, else the first."""
    known = world()
    for actor in actors:
        if all(known.belongs(other, actor) for other in actors):
            return actor
    return actors[0] if actors else None


def label_of(subject: str) -> str:
    """A subject in words: "Ain al-Asad", "coalition in the Kurdistan Region"."""
    known = world()
    actor, _, area = subject.rpartition("@")
    facility = gazetteer().get(area)
    where = facility.short if facility else with_article(known.label(area))
    if area == "world":
        return known.label(actor) if actor else "general"
    if not actor:
        return where
    who = "foreign forces" if actor == "forces" else known.label(actor)
    return f"{who} {'at' if facility else 'in'} {where}"


def with_article(name: str) -> str:
    """A name as it stands inside a sentence: "the coalition", "the Kurdistan Region", "Iraq"."""
    needs = name[:1].islower() and name.split(" ")[0] not in _COMPASS
    # "France in the Sahel" has its article already.
    ends = name.endswith(_WITH_ARTICLE) and " in " not in name
    return f"the {name}" if needs or name.startswith("United ") or ends else name


@dataclass(frozen=True, slots=True)
class _Draft:
    """A fact before it has its id. `as_of`: since when, if the text says; `loose`: its own sentence names no area."""

    subject: str
    attribute: Attribute
    passage: str
    as_of: date | None = None
    status: str | None = None
    count: Count | None = None
    date: DateRange | None = None
    text: str | None = None
    names: tuple[str, ...] = ()
    compared: bool = True
    loose: bool = False


def read_facts(seed: Seed, ruleset: Ruleset) -> tuple[Fact, ...]:
    """All facts of one article, in the order of its text, none twice."""
    article = [str(getattr(seed, field.name)) for field in fields(Seed)]
    name = kept.name_of("facts", ruleset.key, *article)
    return kept.once(name, lambda: _facts(seed, ruleset), _FACTS.pack, _FACTS.unpack)


def _facts(seed: Seed, ruleset: Ruleset) -> tuple[Fact, ...]:
    texts = (("title", seed.title), ("text", seed.text))
    reading = ruleset.read(texts, seed.lang)  # type: ignore[arg-type]  # literals of FieldName
    words = ruleset.language(reading.lang).lexicon
    matches, parts = ruleset.match_with_parts(reading, Origin((seed.outlet,)))
    types = {compiled.rule.id: compiled.rule.type for compiled in ruleset.rules}
    claims = extract(reading, tuple(found_in(matches, parts, types)), words, published=seed.published)
    counts = find_counts(reading, words)
    as_of = seed.published or date.min
    facts: dict[tuple[object, ...], Fact] = {}
    times = Times(reading, words, seed.published)
    wanted = _wanted(reading, claims, counts)
    drafts = [*_from_claims(claims, times, wanted), *_from_counts(reading, counts, times)]
    settled = {(one.subject.split("@")[0], one.attribute, one.status) for one in drafts if not one.loose}
    for draft in (*drafts, *_history(reading, counts, ruleset, seed)):
        if draft.loose and (draft.subject.split("@")[0], draft.attribute, draft.status) in settled:
            # "The mission has ended" says where only with the sentence that says "in federal Iraq".
            continue
        key = (
            draft.subject,
            draft.attribute,
            draft.status,
            draft.count and (draft.count.low, draft.count.high),
            draft.date and (draft.date.start, draft.date.end),
            draft.text,
        )
        if key not in facts:
            facts[key] = _fact(draft, seed, as_of)
    return tuple(_without_twins(list(facts.values())))


def _fact(draft: _Draft, seed: Seed, as_of: date) -> Fact:
    written = (
        f"{seed.name}\0{draft.subject}\0{draft.attribute}\0{draft.passage}\0{draft.status}\0{draft.count}\0{draft.text}"
    )
    identifier = hashlib.sha256(written.encode()).hexdigest()[:12]
    return Fact(
        identifier,
        draft.subject,
        draft.attribute,
        draft.as_of or as_of,
        seed.outlet,
        draft.passage,
        status=draft.status,
        count=draft.count,
        date=draft.date,
        text=draft.text,
        names=draft.names,
        url=seed.url,
        compared=draft.compared,
        grade=seed.reliability,
    )


def _without_twins(facts: list[Fact]) -> Iterator[Fact]:
    """One status per subject: the headline and the quote tell the same; a count told twice keeps its first wording."""
    told: set[tuple[str, str]] = set()
    for fact in facts:
        key = (fact.subject, fact.attribute)
        if fact.attribute in ("status", "mission") and key in told:
            continue
        told.add(key)
        yield fact


def _wanted(reading: Reading, claims: Sequence[Claim], counts: Sequence[CountSpan]) -> frozenset[str]:
    """The sentences of votes, calls and demands: what is wanted there has not happened, and is no plan of theirs who
    would have to do it."""
    quotes = {claim.quote for claim in claims if claim.type == "posture_pressure" or claim.modality == "demand"}
    for span in counts:
        if span.count.unit == "lawmakers":
            low, high = reading.sentence_of(span.start)
            quotes.update(claim.quote for claim in claims if claim.quote.strip() in _sentence(reading, low, high))
    return frozenset(quotes)


def _from_claims(claims: Sequence[Claim], times: Times, wanted: frozenset[str]) -> Iterator[_Draft]:
    for claim in claims:
        if claim.quote in wanted:
            continue
        if claim.rule and claim.aside and claim.type == "force_count":
            continue
        subject = subject_of(claim)
        state = status_of(claim)
        if subject is None or claim.polarity == "denied" or claim.modality in ("historical", "hypothetical", "demand"):
            continue
        if main_actor(claim.actors) == claim.country is not None and "@" in subject:
            # What a host says of foreign troops is no withdrawal of its own.
            continue
        if state is not None and claim.type != "deployment":
            attribute: Attribute = "mission" if claim.type == "mission_change" else "status"
            since = times.of_quote(claim) if claim.phase == "completed" else None
            loose = claim.facility is None and claim.place is None
            yield _Draft(subject, attribute, claim.quote, status=state, as_of=since, loose=loose)
            if claim.date is not None and claim.phase == "planned":
                # Without a publication date the window stays open and keeps its words.
                yield _Draft(subject, "effective_date", claim.quote, date=claim.date)


def _from_counts(reading: Reading, counts: Sequence[CountSpan], times: Times) -> Iterator[_Draft]:
    """Numbers of people are presence; of countries, contributors or membership; of members, membership."""
    for span in counts:
        low, high = reading.sentence_of(span.start)
        actors = [a.id for a in reading.actors if low <= a.start < high and world().actors[a.id].kind != "adversary"]
        areas = [p.id for p in (*reading.facilities, *reading.places) if low <= p.start < high]
        area = min(areas, key=lambda a: _gap(reading, a, span, low, high)) if areas else None
        quote = _sentence(reading, low, high)
        whole = main_actor(
            [a for a in actors if a in ("coalition", "nato") or world().actors[a].kind != "state"]
        ) or main_actor(actors)
        if span.count.unit == "personnel" and area is not None:
            if status(reading, [(span.start, span.end)], published=None).modality in ("hypothetical", "demand"):
                continue
            since = times.of_sentence(low)
            yield _Draft(f"{whole or 'forces'}@{area}", "count", quote, count=span.count, as_of=since)
        elif span.count.unit == "countries" and area is not None:
            states = tuple(dict.fromkeys(a for a in actors if world().actors[a].kind == "state"))
            since = times.of_sentence(low)
            subject = f"{whole or 'coalition'}@{area}"
            yield _Draft(subject, "contributors", quote, count=span.count, names=states, as_of=since)
        elif span.count.unit in ("members", "countries") and whole is not None:
            yield _Draft(f"{whole}@world", "membership", quote, count=span.count)


def _gap(reading: Reading, area: str, span: CountSpan, low: int, high: int) -> int:
    spans = [p for p in (*reading.facilities, *reading.places) if p.id == area and low <= p.start < high]
    return min(max(p.start - span.end, span.start - p.end, 0) for p in spans)


def _history(reading: Reading, counts: Sequence[CountSpan], ruleset: Ruleset, seed: Seed) -> Iterator[_Draft]:
    """Sentences with a year, an "ago" or a number of something else: background, as they stand."""
    words = ruleset.language(reading.lang).lexicon
    counted = {reading.tokens[c.start].sentence for c in counts if c.count.unit in ("attacks", "lawmakers")}
    for number, (low, high) in enumerate(reading.sentences):
        dates = find_dates(reading, words, seed.published, planned=False, low=low, high=high)
        past = any(
            d.date.precision in ("year", "range")
            and d.date.end is not None
            and seed.published is not None
            and (seed.published - d.date.end).days > 60
            for d in dates
        )
        if number in counted or past:
            quote = _sentence(reading, low, high)
            yield _Draft(_about(reading, low, high), "background", quote, text=quote, compared=False)


def _about(reading: Reading, low: int, high: int) -> str:
    for spans in (reading.facilities, reading.places, reading.actors):
        for span in spans:
            if low <= span.start < high:
                return (
                    span.id
                    if spans is reading.facilities
                    else f"@{span.id}"
                    if spans is reading.places
                    else f"{span.id}@world"
                )
    return "@world"


def _sentence(reading: Reading, low: int, high: int) -> str:
    """The sentence with its closing mark."""
    text = reading.text_of(reading.field_of(low))
    end = reading.tokens[high - 1].end
    while end < len(text) and text[end] in '.!?؟۔”"':
        end += 1
    return text[reading.tokens[low].start : end]
