"""Builds monitor/language/facilities.json from the maintainer's gazetteer: names, places and coordinates, nothing else.

    PYTHONPATH=. python docs/build_facilities.py SOURCE.yml [TARGET.json]      # from the root of the checkout

The names of docs/facility_names.yml are laid over those of the source.
Who is present where, and since when, stays out: that is what the baseline and the ledger are for. One facility a line,
in the order of the source, so that a change reads as a change.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from monitor.yamlfile import load_data

NAMES = Path(__file__).resolve().parent / "facility_names.yml"
TARGET = Path(__file__).resolve().parent.parent / "monitor" / "language" / "facilities.json"
KEYS = ("id", "name", "country", "province", "lat", "lon", "coords", "icao", "kind", "aliases", "ambiguous")
SOURCE = (
    "Airport positions by ICAO code: airportsdata 20260905 (MIT). "
    "Other positions and all names: general knowledge, recalled; see coords (high, medium, low)."
)
LICENCE = "Facts: no licence attaches to them. airportsdata: MIT."


def build(text: str, name: str, names: str = "") -> str:
    """The JSON text for the YAML text of the gazetteer and further names; `name` is for messages.

    Raises ConfigError, ValueError.
    """
    facilities: list[dict[str, Any]] = load_data(text, name)["facilities"]
    if names:
        _lay_over(facilities, load_data(names, "facility_names.yml"))
    ids = [facility["id"] for facility in facilities]
    twice = sorted({one for one in ids if ids.count(one) > 1})
    if twice:
        raise ValueError(f"{name}: these ids stand twice: {', '.join(twice)}")
    lines = []
    for facility in facilities:
        stray = set(facility.get("ambiguous", ())) - _names(facility)
        if stray:
            raise ValueError(f"{name}: {facility['id']}: ambiguous, but no alias: {', '.join(sorted(stray))}")
        kept = {key: facility[key] for key in KEYS if facility.get(key) not in (None, [], {})}
        lines.append("  " + json.dumps(kept, ensure_ascii=False))
    head = f' "source": {json.dumps(SOURCE)},\n "licence": {json.dumps(LICENCE)},\n "facilities": [\n'
    return "{\n" + head + ",\n".join(lines) + "\n ]\n}\n"


def _lay_over(facilities: list[dict[str, Any]], further: dict[str, Any]) -> None:
    """Adds the further names to the facilities, and takes away those to drop. Raises ValueError for an unknown id."""
    known = {facility["id"]: facility for facility in facilities}
    unknown = sorted({*further["names"], *further["drop"]} - set(known))
    if unknown:
        raise ValueError(f"facility_names.yml: no such facility: {', '.join(unknown)}")
    for identifier, tables in further["names"].items():
        facility = known[identifier]
        aliases = facility.setdefault("aliases", {})
        for lang, listed in tables.items():
            if lang == "ambiguous":
                facility["ambiguous"] = list(dict.fromkeys([*facility.get("ambiguous", ()), *listed]))
            else:
                aliases[lang] = list(dict.fromkeys([*aliases.get(lang, ()), *listed]))
    for identifier, tables in further["drop"].items():
        facility = known[identifier]
        for lang, listed in tables.items():
            facility["aliases"][lang] = [name for name in facility["aliases"].get(lang, ()) if name not in listed]
            facility["ambiguous"] = [name for name in facility.get("ambiguous", ()) if name not in listed]


def _names(facility: dict[str, Any]) -> set[str]:
    return {facility["name"], *(alias for aliases in facility.get("aliases", {}).values() for alias in aliases)}


if __name__ == "__main__":
    if len(sys.argv) not in (2, 3):
        raise SystemExit("usage: python docs/build_facilities.py SOURCE.yml [TARGET.json]")
    source = Path(sys.argv[1])
    target = Path(sys.argv[2]) if len(sys.argv) == 3 else TARGET
    target.write_text(
        build(source.read_text(encoding="utf-8"), source.name, NAMES.read_text(encoding="utf-8")), encoding="utf-8"
    )
