"""Who acts in a claim, who receives, and who only says it."""

from __future__ import annotations

import re

from monitor.claims.sentence import Sentence
from monitor.claims.where import is_where
from monitor.language.lexicon import world
from monitor.language.reading import Span
from monitor.model import EventType

# The case of where to: "Irak'a", "Suriye'ye".
_DATIVE = re.compile(r"['’]y?[ae]$")
_MOVING: frozenset[EventType] = frozenset({"withdrawal", "deployment", "rotation", "equipment_move", "force_count"})


def _there(sentence: Sentence, span: Span) -> bool:
    """Whether a state is where forces are or go; "soldiers from Germany" are Germany's."""
    reading, low = sentence.reading, sentence.low
    if any(end == span.start for _, end in reading.within("cue:from", low, span.start)):
        return False
    last = reading.tokens[span.end - 1].raw
    if reading.lang == "tr" and _DATIVE.search(last):
        return True
    return is_where(sentence, span) or any(end == span.start for _, end in reading.within("@toward", low, span.start))


def speaker(sentence: Sentence) -> str | None:
    """Who says it: the last actor before a verb of saying, within three words, or the one right behind it."""
    named = sentence.mentions(sentence.reading.actors)
    for start, end in sentence.reading.within("cue:said", sentence.low, sentence.high):
        before = [span for span in named if 0 <= start - span.end <= 3]
        if before:
            return before[-1].id
        after = [span for span in named if 0 <= span.start - end <= 2]
        if after:
            return after[0].id
    return None


def roles(
    sentence: Sentence, kind: EventType, country: str | None, said_by: str | None
) -> tuple[tuple[str, ...], str | None]:
    """Who acts, and who receives: in a handover the host's own forces receive."""
    known = world()
    spans = sentence.mentions(sentence.reading.actors)
    if kind in _MOVING:
        # "Soldiers left for Jordan": the way there, and nobody who acts.
        spans = [span for span in spans if known.actors[span.id].kind != "state" or not _there(sentence, span)]
    named = list(dict.fromkeys(span.id for span in spans))
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


def acting(
    sentence: Sentence, kind: EventType, country: str | None, said_by: str | None
) -> tuple[tuple[str, ...], str | None, str | None]:
    """Who acts, who receives, and where the actors are taken from, None from the sentence itself: "the troops" are
    those of the headline where the sentence names no others."""
    actors, recipient = roles(sentence, kind, country, said_by)
    reading = sentence.reading
    start, end = reading.range_of("title")
    if actors or start == end or start <= sentence.low < end or sentence.position > 2:
        return actors, recipient, None
    if not reading.within("@troops", sentence.low, sentence.high):
        return actors, recipient, None
    headline = Sentence(reading, start, end, ((start, end),))
    others, _ = roles(headline, kind, country, speaker(headline))
    return others, recipient, "the headline" if others else None
