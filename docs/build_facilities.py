"""Builds monitor/language/facilities.json from the maintainer's gazetteer: names, places and coordinates, nothing else.

    PYTHONPATH=. python docs/build_facilities.py SOURCE.yml [TARGET.json]      # from the root of the checkout

Who is present where, and since when, stays out: that is what the baseline and the ledger are for. One facility a line,
in the order of the source, so that a change reads as a change.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from monitor.yamlfile import load_data

TARGET = Path(__file__).resolve().parent.parent / "monitor" / "language" / "facilities.json"
KEYS = ("id", "name", "country", "province", "lat", "lon", "coords", "icao", "kind", "aliases", "ambiguous")
SOURCE = (
    "Airport positions by ICAO code: airportsdata 20260905 (MIT). "
    "Other positions and all names: general knowledge, recalled; see coords (high, medium, low)."
)
LICENCE = "Facts: no licence attaches to them. airportsdata: MIT."


def build(text: str, name: str) -> str:
    """The JSON text for the YAML text of the gazetteer; `name` is for messages. Raises ConfigError, ValueError."""
    facilities: list[dict[str, Any]] = load_data(text, name)["facilities"]
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


def _names(facility: dict[str, Any]) -> set[str]:
    return {facility["name"], *(alias for aliases in facility.get("aliases", {}).values() for alias in aliases)}


if __name__ == "__main__":
    if len(sys.argv) not in (2, 3):
        raise SystemExit("usage: python docs/build_facilities.py SOURCE.yml [TARGET.json]")
    source = Path(sys.argv[1])
    target = Path(sys.argv[2]) if len(sys.argv) == 3 else TARGET
    target.write_text(build(source.read_text(encoding="utf-8"), source.name), encoding="utf-8")
