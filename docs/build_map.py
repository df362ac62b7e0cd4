"""Builds monitor/dashboard/outline.json.gz, the outline of the map, from Natural Earth (public domain).

    npm pack world-atlas@2.0.2 && tar xzf world-atlas-2.0.2.tgz
    python docs/build_map.py package/countries-50m.json package/countries-110m.json monitor/dashboard/outline.json.gz

The npm package world-atlas carries Natural Earth 4.1 as TopoJSON. Coasts and borders are kept as lines: finely within
the region that the feeds cover, coarsely in the rest of the world. Coordinates are whole hundredths of a degree, each
line its first point and then differences.
"""

from __future__ import annotations

import gzip
import itertools
import json
import sys
from collections.abc import Iterator
from pathlib import Path

REGION = (12.0, 5.0, 78.0, 48.0)  # west, south, east, north
Point = tuple[float, float]


def arcs(path: Path) -> Iterator[list[Point]]:
    """The lines of a TopoJSON file in degrees; each border once."""
    topology = json.loads(path.read_text(encoding="utf-8"))
    (kx, ky), (dx, dy) = topology["transform"]["scale"], topology["transform"]["translate"]
    for arc in topology["arcs"]:
        x = y = 0
        line = []
        for step_x, step_y in arc:
            x, y = x + step_x, y + step_y
            line.append((x * kx + dx, y * ky + dy))
        yield line


def within(point: Point) -> bool:
    """Whether a point lies in the region."""
    west, south, east, north = REGION
    return west <= point[0] <= east and south <= point[1] <= north


def pieces(line: list[Point], *, inside: bool) -> Iterator[list[Point]]:
    """The stretches of a line that touch the region, or those that do not; at its border they meet."""
    piece: list[Point] = []
    for one, other in itertools.pairwise(line):
        if (within(one) or within(other)) == inside:
            piece = [*(piece or [one]), other]
        elif piece:
            yield piece
            piece = []
    if piece:
        yield piece


def packed(line: list[Point]) -> list[int]:
    """First point and differences, in hundredths of a degree; points that fall together are one."""
    found: list[int] = []
    last = (0, 0)
    for x, y in line:
        point = (round(x * 100), round(y * 100))
        if not found or point != last:
            found += [point[0] - last[0], point[1] - last[1]]
            last = point
    return found


def main(fine: str, coarse: str, target: str) -> None:
    """Write the outline."""
    lines = [packed(piece) for arc in arcs(Path(fine)) for piece in pieces(arc, inside=True)]
    lines += [packed(piece) for arc in arcs(Path(coarse)) for piece in pieces(arc, inside=False)]
    made = {
        "source": "Natural Earth 4.1, public domain, by way of world-atlas 2.0.2; borders as drawn by Natural Earth",
        "region": REGION,
        "lines": [line for line in lines if len(line) > 2],
    }
    data = json.dumps(made, separators=(",", ":")).encode("ascii")
    Path(target).write_bytes(gzip.compress(data, 9, mtime=0))


if __name__ == "__main__":
    main(*sys.argv[1:])
