"""The shipped lexicons, one per language, read once when first needed. Constants of the program, kept as data."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from monitor import yamlfile
from monitor.kept import name_of, once

LANGUAGES = ("en", "ar", "fa", "ckb", "kmr", "tr", "he", "ru", "fr")


@dataclass(frozen=True, slots=True)
class Actor:
    """Who can hold a posture. `part_of`: whose presence it also counts as; `kind`: state, coalition, mission, force."""

    id: str
    name: str
    kind: str
    part_of: str | None = None
    country: str | None = None


@dataclass(frozen=True, slots=True)
class Place:
    """An area; `within` is the next larger one."""

    id: str
    name: str
    country: str | None = None
    within: str | None = None


@dataclass(frozen=True, slots=True)
class World:
    """Actors and places by id, and the states whose forces count in the coalition's."""

    actors: dict[str, Actor]
    places: dict[str, Place]
    members: frozenset[str]

    def label(self, identifier: str) -> str:
        """The English name of an actor or place, or the id itself."""
        found = self.actors.get(identifier) or self.places.get(identifier)
        return found.name if found else identifier

    def areas(self, place: str | None) -> tuple[str, ...]:
        """The place and all that contain it, smallest first, its country last."""
        chain: list[str] = []
        while place and place not in chain:
            chain.append(place)
            known = self.places.get(place)
            if known is None:
                break
            if known.within is None and known.country:
                chain.append(known.country)
            place = known.within
        return tuple(chain)

    def belongs(self, actor: str, whole: str) -> bool:
        """Whether `actor` is `whole` or a part of it (US in the coalition, UNIFIL in the UN)."""
        if actor == whole or (whole == "coalition" and actor in self.members):
            return True
        known = self.actors.get(actor)
        return known is not None and known.part_of is not None and self.belongs(known.part_of, whole)


@dataclass(frozen=True, slots=True, eq=False)
class Lexicon:
    """One language as its file describes it; the keys are explained in docs/lexicon.md. Equal to itself alone."""

    lang: str
    lists: dict[str, tuple[str, ...]]
    cues: dict[str, tuple[str, ...]]
    tense: dict[str, tuple[str, ...]]
    numbers: dict[str, Any]
    units: dict[str, tuple[str, ...]]
    not_units: tuple[str, ...]
    roles: dict[str, tuple[str, ...]]
    dates: dict[str, Any]
    names: dict[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Frame:
    """Patterns of the rule language, any of which may hold; `given` must hold somewhere in the entry, and a place whose
    sentence satisfies one of `unless` is none."""

    when: tuple[str, ...]
    given: str
    unless: tuple[str, ...]
    match: tuple[str, ...]
    other: tuple[str, ...]


def _terms(value: Any) -> tuple[str, ...]:
    return tuple(str(term) for term in value or ())


def _table(value: Any) -> dict[str, tuple[str, ...]]:
    return {str(key): _terms(terms) for key, terms in (value or {}).items()}


@cache
def lexicon(lang: str) -> Lexicon:
    """The lexicon of one of `LANGUAGES`. Raises KeyError for another."""
    if lang not in LANGUAGES:
        raise KeyError(lang)
    data = _read(f"{lang}.yml")
    for name in ("claims.yml", "phases.yml"):
        data = _laid_over(data, _read(name).get(lang) or {})
    return Lexicon(
        lang,
        _table(data.get("lists")),
        _table(data.get("cues")),
        _table(data.get("tense")),
        data.get("numbers") or {},
        _table(data.get("units")),
        _terms(data.get("not_units")),
        _table(data.get("roles")),
        data.get("dates") or {},
        _table(data.get("names")),
    )


def _laid_over(below: Any, above: Any) -> Any:
    """A table with another laid over it: lists grow by what is new, and lose what stands there with a minus."""
    if isinstance(above, dict):
        return {**below, **{key: _laid_over(below.get(key, type(value)()), value) for key, value in above.items()}}
    if not isinstance(above, list) or not all(isinstance(term, str) for term in above):
        # A value, or an interval: [200, 999].
        return above
    removed = {term[1:] for term in above if term.startswith("-")}
    return [*(term for term in below if term not in removed), *(term for term in above if not term.startswith("-"))]


@cache
def frames(lang: str) -> dict[str, tuple[Frame, ...]]:
    """The patterns by which one of `LANGUAGES` tells of events, by name: see docs/lexicon.md and `rules.frames`."""
    data = _read(f"frames/{lang}.yml")["frames"]
    return {str(name): tuple(_frame(block) for block in blocks) for name, blocks in data.items()}


def _frame(block: Any) -> Frame:
    examples = block.get("examples") or {}
    return Frame(
        _terms(block["when"]),
        str(block.get("given") or ""),
        _terms(block.get("unless")),
        _terms(examples.get("match")),
        _terms(examples.get("not")),
    )


@cache
def world() -> World:
    """Actors, states and places by id."""
    data = _read("world.yml")
    actors = {key: Actor(key, name, "state", None, key) for key, name in data["states"].items()}
    for key, row in data["actors"].items():
        actors[key] = Actor(key, row["name"], row["kind"], row.get("part_of"), row.get("country"))
    places = {
        key: Place(key, row["name"], row.get("country"), row.get("within")) for key, row in data["places"].items()
    }
    return World(actors, places, frozenset(data["coalition_members"]))


def _read(name: str) -> Any:
    text = (Path(__file__).parent / name).read_text(encoding="utf-8")
    reader = Path(yamlfile.__file__).read_bytes()
    return once(name_of("lexicon", name, text, reader), lambda: yamlfile.load_data(text, name), _as_it_is, _as_it_is)


def _as_it_is(plain: Any) -> Any:
    return plain
