"""What a sentence says of its event: done or planned, asserted or denied, fact or only talk.

Cues are classes of words around the event, after NegEx and ConText (Chapman 2001, Harkema 2009): each reaches a few
words and stops at a clause boundary. A cue relabels an alert; it never hides one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from monitor.language.exempt import calls_up, ends_something, is_over, suspends, voted
from monitor.language.framing import completing, feature, infinitive, old_year, question
from monitor.language.phases import Told, phase_of
from monitor.language.reach import TALK, VERB_LAST, reaches, set_off
from monitor.language.reading import Reading
from monitor.language.tenses import is_present, tense_of
from monitor.model import Cue, EventType, Modality, Phase, Polarity

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
    "permit",
    "planned",
    "under_way",
    "completed",
    "hedge",
    "background",
)
_PHASED = frozenset({"cessation", "postponed", "cancelled", "planned", "under_way", "completed"})
# What a form of the event's verb says, where no cue does.
_TENSES = {"future": "planned", "present": "under_way", "past": "completed"}
# A stop word that opens a sentence ends at the comma of its clause: "Although it was denied, troops left".
_CLAUSE = 20


@dataclass(frozen=True, slots=True)
class Status:
    """Phase, polarity and modality of one event, with the cues they rest on. `ended`: "no longer" turned it around.

    `default`: no cue gives the phase; `weak`: none does, or the tense of a verb alone ("leaves" may be next week);
    `present`: that tense is the present, which is never told of a day long gone.
    """

    phase: Phase
    polarity: Polarity
    modality: Modality
    cues: tuple[Cue, ...]
    ended: bool = False
    default: bool = False
    weak: bool = False
    present: bool = False


@dataclass(slots=True)
class _Found:
    by_class: dict[str, list[tuple[int, int]]] = field(default_factory=dict)
    tensed: bool = False
    told: bool = False

    def has(self, name: str) -> bool:
        return bool(self.by_class.get(name))


def status(
    reading: Reading, parts: Sequence[tuple[int, int]], *, published: date | None, kind: EventType | None = None
) -> Status:
    """Reads the cues around an event whose words stand at `parts` (token ranges of one sentence).

    `published` decides which years are history; without it none is. `kind` decides what a present tense means.
    """
    low, high = reading.sentence_of(parts[0][0])
    found = _collect(reading, parts, low, high, kind)
    plan = infinitive(reading, parts)
    if plan is not None and not found.has("planned"):
        found.by_class["to"] = [(plan, plan + 1)]
    year = old_year(reading, parts, published, low, high)
    if year is not None and not any(found.has(name) for name in ("planned", "under_way", "to")):
        found.by_class.setdefault("historical", []).append((year, year + 1))
    vote = voted(reading, parts) if kind in ("withdrawal", "mission_change", "deployment") else None
    if vote is not None:
        found.by_class.setdefault("demand", []).append(vote)
    asked = question(reading, parts, high)
    if asked is not None and not found.has("hypothetical"):
        found.by_class["hypothetical"] = [asked]
    if _was_planned(reading, parts, found):
        found.by_class.setdefault("background", []).append(reading.within("cue:once", low, high)[0])
    told = feature(reading, parts)
    if told is not None:
        found.by_class.setdefault("background", []).append(told)
    if found.has("denied") and all(reading.within("cue:talk", a, b) for a, b in found.by_class.get("hedge", ())):
        # "denies reports that": the reports are what is denied.
        found.by_class.pop("hedge", None)
    ended = found.has("cessation")
    phase = _phase(found, ended)
    present = phase == "under_way" and found.tensed
    if kind is not None and not found.told and not any(found.has(name) for name in (*TALK, "historical")):
        done = found.has("completed") and not found.has("under_way")
        facts = Told(phase, weak=_is_weak(found), done=done, permitted=found.has("permit"))
        phase = phase_of(reading, parts, kind, facts)
    if phase != "planned":
        found.by_class.pop("permit", None)
    polarity: Polarity = "denied" if found.has("denied") and not ended else "asserted"
    if _stacked(found, reading.lang) and not ended:
        phase, polarity = "unclear", "asserted"
    used = [
        _mark(reading, name, b) if (a, b) == asked and name == "hypothetical" else _cue(reading, name, a, b)
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
        phase != "planned" and _is_weak(found),
        present,
    )


def _cue(reading: Reading, name: str, a: int, b: int) -> Cue:
    return Cue(name, reading.words(a, b), reading.tokens[a].start, reading.tokens[b - 1].end)


def _mark(reading: Reading, name: str, at: int) -> Cue:
    """The mark of a question behind its last word."""
    end = reading.tokens[at - 1].end
    text = reading.text_of(reading.field_of(at - 1))
    start = next(index for index in range(end, len(text)) if text[index] in "?؟")
    return Cue(name, text[start], start, start + 1)


def _was_planned(reading: Reading, parts: Sequence[tuple[int, int]], found: _Found) -> bool:
    """Whether a sentence says no more of its event than what was once planned: "originally scheduled for May"."""
    low, high = reading.sentence_of(parts[0][0])
    if not reading.within("cue:once", low, high):
        return False
    return not any(
        found.has(name) for name in ("cessation", "denied", "postponed", "cancelled", "under_way", "completed")
    )


def hedged(reading: Reading, low: int, high: int) -> bool:
    """Whether a sentence, tokens [low, high), rests on sources that it does not name."""
    pseudo = reading.within("cue:pseudo", low, high)
    return any(
        set_off(reading, a, low, high) and not any(_cancels(x, y, a, b, "hedge") for x, y in pseudo)
        for a, b in reading.within("cue:hedge", low, high)
    )


def _is_weak(found: _Found) -> bool:
    """Whether no cue gives the phase, or a verb's tense alone says that it goes on."""
    if any(found.has(name) for name in ("cessation", "postponed", "cancelled", "planned", "to")):
        return False
    if found.has("under_way"):
        # A participle with a present is one: سپرده می‌شود.
        return found.tensed and not found.told
    return not found.has("completed")


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


def _collect(reading: Reading, parts: Sequence[tuple[int, int]], low: int, high: int, kind: EventType | None) -> _Found:
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
        if not any(_cancels(x, y, a, b, name) for x, y in pseudo)
        and reaches(reading, parts, stops, a, b, name)
        and not (name == "demand" and calls_up(reading, parts, a, b))
        and not (name == "cancelled" and ends_something(reading, parts, a, b))
        and not (name in ("postponed", "cancelled") and is_over(reading, parts, a, b))
        and not (name == "postponed" and kind == "mission_change" and suspends(reading, parts, a, b))
    ]
    for name in ("denied", "planned", "under_way", "completed"):
        tenses = {*reading.within(f"tense:{name}", *near), *reading.within(f"tense:{name}", max(low, high - 4), high)}
        candidates += [
            (a, b, name)
            for a, b in sorted(tenses)
            if _is_event(reading, parts, a, b, high)
            and not (name == "completed" and is_present(reading.tokens[b - 1], reading.lang))
        ]
    finished = completing(reading, parts)
    if finished is not None:
        candidates.append((*finished, "completed"))
    candidates += _by_form(reading, parts, candidates, high)
    spoken = {(a, b, name) for a, b, name in candidates if (a, b) in reading.within(f"cue:{name}", a, b)}
    candidates += [(a, b, "denied") for a, b in _negated(reading, parts, *near)]
    denials = [(a, b) for a, b, name in candidates if name == "denied"]
    once = reading.within("cue:once", *near)
    candidates = [
        (a, b, name)
        for a, b, name in candidates
        if not (name == "planned" and any(_overlap(a, b, x, y) for x, y in once))
        # "выведены" is no future, though it begins like one.
        and not (name == "planned" and reading.lang == "ru" and (a, b) in reading.within("tense:completed", a, b))
        # The tense of "denies" is no tense of what it denies.
        and not (name in ("under_way", "completed") and _tells_tense(reading, a, b, name, denials))
    ]
    # A verb that is listed as a cue as well tells no more than its tense does.
    said = {name for a, b, name in spoken if not reading.within(f"tense:{name}", a, b)}
    found.tensed = "under_way" not in said
    found.told = bool(said & _PHASED)
    candidates = [one for one in candidates if not _begun(one, spoken) and not _inside_date(reading, one)]
    for a, b, name in candidates:
        # The "will" of "will not" still says when.
        kept = ("denied", name) if name == "planned" else (name,)
        longer = any((x <= a and b <= y) and (y - x > b - a) for x, y, other in candidates if other not in kept)
        if not longer and (a, b) not in found.by_class.get(name, []):
            found.by_class.setdefault(name, []).append((a, b))
    return found


def _overlap(a: int, b: int, x: int, y: int) -> bool:
    return a < y and x < b


def _tells_tense(reading: Reading, a: int, b: int, name: str, denials: Sequence[tuple[int, int]]) -> bool:
    """Whether a word at [a, b) has its tense as a verb of denying."""
    return (a, b) in reading.within(f"tense:{name}", a, b) and any(_overlap(a, b, x, y) for x, y in denials)


def _negated(reading: Reading, parts: Sequence[tuple[int, int]], low: int, high: int) -> list[tuple[int, int]]:
    """The negators right before the event's own words: "לא ישובו", "не вернутся"."""
    starts = {start for start, _ in parts}
    return [(a, b) for a, b in reading.within("cue:negator", low, high) if b in starts]


def _by_form(
    reading: Reading, parts: Sequence[tuple[int, int]], known: Sequence[tuple[int, int, str]], high: int
) -> list[tuple[int, int, str]]:
    """What the forms of the event's own words, and of a verb that closes the sentence, tell beyond the lexicon."""
    words = {index for start, end in parts for index in range(start, end)}
    if reading.lang in VERB_LAST:
        words.add(high - 1)
    told = {index for a, b, _ in known for index in range(a, b)}
    tokens = reading.tokens
    found = (
        (index, tense_of(tokens[index], reading.lang, tokens[index - 1] if index else None))
        for index in sorted(words - told)
    )
    return [(index, index + 1, _TENSES[tense]) for index, tense in found if tense is not None]


def _cancels(x: int, y: int, a: int, b: int, name: str) -> bool:
    """Whether a pseudo-cue at [x, y) takes away a cue at [a, b) that it holds - or the "source said" that an "official
    source" begins."""
    return (x <= a and b <= y) or (name == "hedge" and x < b and a < y)


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
    return reading.lang in VERB_LAST and b >= high - 1
