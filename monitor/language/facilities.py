"""The gazetteer: military facilities by id, and which of a text's words name one.

The longest alias wins and consumes its words, so that "Assad" in "Ain al-Assad" is not the family. An alias that is
also a town, a person or another base counts only beside a second cue: a base or troops in its sentence, or its country.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from monitor.language.inflection import term_keys
from monitor.language.terms import Hits, Term, Word
from monitor.language.words import Token, tokenize

SURE, UNSURE = "facility:", "facility?:"
_SCRIPTS = {
    "ar": ("ar", "fa", "ckb", "ps"),
    "fa": ("fa", "ar", "ps", "ckb"),
    "ckb": ("ckb", "ar", "fa"),
    "he": ("he",),
    "ru": ("ru",),
}
# What tells that a base is meant, not the town or family of its name.
_CUES = ("@base", "@troops", "@bomber", "@fighter", "@uav", "@air_defence", "@isr", "@armour", "@warship", "@carrier")
_LATIN = ("en", "tr", "kmr", "fr", "de", "es", "it", "pl", "pt", "da", "ro", "sq")


@dataclass(frozen=True, slots=True)
class Facility:
    """A base, camp, port or headquarters. `lat`, `lon` in degrees WGS84; `coords` says how sure they are."""

    id: str
    name: str
    country: str
    province: str | None
    lat: float | None
    lon: float | None
    coords: str
    kind: str
    aliases: tuple[tuple[str, tuple[str, ...]], ...]
    ambiguous: frozenset[str]

    @property
    def short(self) -> str:
        """The name without its kind, as a row of the screen has room for it: "Ain al-Asad"."""
        for kind in (
            " Air Base",
            " Airbase",
            " Naval Base",
            " International Airport",
            " Airport",
            " Airfield",
            " Base",
        ):
            if self.name.endswith(kind) and len(self.name) > len(kind) + 3:
                return self.name[: -len(kind)]
        return self.name


@cache
def gazetteer() -> dict[str, Facility]:
    """All shipped facilities by id."""
    data = json.loads(Path(__file__).with_name("facilities.json").read_text(encoding="utf-8"))
    found = {}
    for row in data["facilities"]:
        aliases = tuple((lang, tuple(names)) for lang, names in row["aliases"].items())
        found[row["id"]] = Facility(
            row["id"],
            row["name"],
            row["country"],
            row.get("province"),
            row.get("lat"),
            row.get("lon"),
            row.get("coords") or "low",
            row.get("kind") or "base",
            aliases,
            frozenset(row.get("ambiguous") or ()),
        )
    return found


def facility_terms(lang: str) -> Iterator[tuple[str, Term]]:
    """Every alias that can occur in a text of `lang` (any alias of its script), under its group."""
    wanted = _SCRIPTS.get(lang, _LATIN)
    for facility in gazetteer().values():
        names = [facility.name] if wanted is _LATIN else []
        names += [name for code, listed in facility.aliases if code in wanted for name in listed]
        short = facility.short if wanted is _LATIN and " " in facility.short else None
        for name in dict.fromkeys([*names, *([short] if short else [])]):
            group = (UNSURE if name in facility.ambiguous else SURE) + facility.id
            words = [token.folded for token in tokenize(name, lang)]
            if words and sum(map(len, words)) > 2:
                yield group, Term(name, tuple(Word("bare", word, term_keys(word, lang)) for word in words))


def resolve(tokens: tuple[Token, ...], hits: Hits) -> list[tuple[int, int, str]]:
    """The facilities a text names: (first token, one past the last, id), in order, none overlapping another."""
    found: list[tuple[int, int, str]] = []
    cued = _sentences(tokens, hits, _CUES)
    for group, spans in hits.items():
        if group.startswith(SURE):
            found += [(start, end, group.removeprefix(SURE)) for start, end in spans]
        elif group.startswith(UNSURE):
            identifier = group.removeprefix(UNSURE)
            home = _sentences(tokens, hits, (f"name:{gazetteer()[identifier].country}",))
            # Once it is told that the base is meant, every mention in the entry means it.
            if home or any(tokens[start].sentence in cued for start, _ in spans):
                found += [(start, end, identifier) for start, end in spans]
    nouns = {index for start, end in hits.get("@base", ()) for index in range(start, end)}
    whole: list[tuple[int, int, str]] = []
    reaching: list[tuple[int, int, str]] = []  # those that have not ended yet: few, however many went before
    for hit in sorted(found):
        reaching = [other for other in reaching if other[1] > hit[0]]
        if not any(_shares_noun(other, hit, nouns) for other in reaching):
            whole.append(hit)
            reaching.append(hit)
    taken: list[tuple[int, int, str]] = []
    occupied: set[int] = set()
    for start, end, identifier in sorted(whole, key=lambda hit: (hit[0] - hit[1], hit[0], hit[2])):
        if occupied.isdisjoint(range(start, end)):
            occupied.update(range(start, end))
            taken.append((start, end, identifier))
    return sorted(taken)


def _shares_noun(other: tuple[int, int, str], hit: tuple[int, int, str], nouns: set[int]) -> bool:
    """Whether a name begins with the noun that ends another's: "Harir base in Erbil" is no "base in Erbil"."""
    shared = range(hit[0], other[1])
    return other[2] != hit[2] and other[0] < hit[0] < other[1] < hit[1] and all(at in nouns for at in shared)


def _sentences(tokens: tuple[Token, ...], hits: Hits, groups: tuple[str, ...]) -> set[int]:
    return {tokens[start].sentence for group in groups for start, _ in hits.get(group, ())}
