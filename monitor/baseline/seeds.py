"""A seeded article as a value: its text and what stands beside it (outlet, language, publication date, address)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from monitor import __version__
from monitor.errors import SeedError
from monitor.kept import name_of, once
from monitor.model import RELIABILITIES, Reliability
from monitor.yamlfile import load_data

_KEYS = {"outlet", "family", "lang", "published", "tz", "url", "reliability"}


@dataclass(frozen=True, slots=True)
class Seed:
    """One article: `title` is its first line. `published` None leaves its relative dates unresolved."""

    name: str
    title: str
    text: str
    outlet: str
    family: str
    lang: str | None
    published: date | None
    url: str | None
    reliability: Reliability = "F"


def parse_seed(name: str, text: str, metadata: str | None) -> Seed:
    """Reads `NAME.txt` and the YAML of `NAME.yml` (None where there is none).

    Raises SeedError naming file, cause and remedy for an empty article or metadata that cannot be used.
    """
    title, _, body = text.strip().partition("\n")
    if not title.strip():
        raise SeedError(
            f"seeds/{name}.txt is empty. The first line is the headline, the text follows after a blank line."
        )
    meta: dict[str, Any] = {}
    if metadata is not None and metadata.strip():
        loaded = once(
            name_of("seed", __version__, metadata),
            lambda: load_data(metadata, f"seeds/{name}.yml"),
            lambda data: data,
            lambda plain: plain,
        )
        if not isinstance(loaded, dict):
            raise SeedError(f"seeds/{name}.yml must hold keys like 'outlet: Rudaw', one a line.")
        meta = loaded
    unknown = sorted(set(meta) - _KEYS)
    if unknown:
        raise SeedError(f"seeds/{name}.yml: unknown key {unknown[0]!r}. Known are {', '.join(sorted(_KEYS))}.")
    outlet = str(meta.get("outlet") or name)
    return Seed(
        name,
        title.strip(),
        body.strip(),
        outlet,
        str(meta.get("family") or outlet.casefold()),
        str(meta["lang"]) if meta.get("lang") else None,
        _published(name, meta),
        str(meta["url"]) if meta.get("url") else None,
        _grade(name, meta),
    )


def _grade(name: str, meta: dict[str, Any]) -> Reliability:
    given = str(meta.get("reliability") or "F")
    for grade in RELIABILITIES:
        if grade == given:
            return grade
    raise SeedError(f"seeds/{name}.yml: {given!r} is no reliability; write A (best) to E, or F for not judged.")


def _published(name: str, meta: dict[str, Any]) -> date | None:
    value = meta.get("published")
    if meta.get("tz"):
        try:
            ZoneInfo(str(meta["tz"]))
        except (ZoneInfoNotFoundError, ValueError) as error:
            raise SeedError(
                f"seeds/{name}.yml: unknown time zone {meta['tz']!r}; write one like Asia/Baghdad."
            ) from error
    if value is None:
        return None
    try:
        return date.fromisoformat(str(value)[:10])
    except ValueError as error:
        raise SeedError(f"seeds/{name}.yml: published {value!r} is no date; write it like 2025-12-31.") from error
