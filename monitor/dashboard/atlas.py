"""The map in Braille: coasts and borders as Natural Earth draws them, bases on top. Pure, but for reading its own file.

A cell is two dots wide and four high. Longitudes are shortened by the cosine of the middle latitude, so that shapes
look as they do in an atlas of the region.
"""

from __future__ import annotations

import gzip
import json
import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache, lru_cache
from importlib.resources import files

from monitor.dashboard.places import Place
from monitor.dashboard.text import Line, Part, width

_BITS = ((0x01, 0x08), (0x02, 0x10), (0x04, 0x20), (0x40, 0x80))  # dot of a cell by row and column
_NEAREST, _FARTHEST = 0.004, 0.8  # degrees of latitude a dot
_ZOOM = 1.6
CREDIT = "borders as drawn by Natural Earth"


@dataclass(frozen=True, slots=True)
class Outline:
    """Lines of (longitude, latitude) in degrees, each with its bounds, and the region that is drawn finely."""

    lines: tuple[tuple[tuple[float, float, float, float], tuple[tuple[float, float], ...]], ...]
    region: tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class Window:
    """What is seen: the middle in degrees, and degrees of latitude a dot. `scale` 0: the whole region."""

    lon: float = 0.0
    lat: float = 0.0
    scale: float = 0.0

    def fitted(self, cells: int, rows: int) -> Window:
        """The window with numbers for these cells: the region as a whole where nothing was chosen."""
        if self.scale:
            return self
        west, south, east, north = HOME
        lat = (south + north) / 2
        shrink = math.cos(math.radians(lat))
        scale = max((north - south) / max(rows * 4, 1), (east - west) * shrink / max(cells * 2, 1))
        return Window((west + east) / 2, lat, scale)

    def panned(self, across: float, up: float, cells: int, rows: int) -> Window:
        """Moved by a share of the screen."""
        now = self.fitted(cells, rows)
        lon = now.lon + across * cells * 2 * now.scale / math.cos(math.radians(now.lat))
        lat = min(max(now.lat + up * rows * 4 * now.scale, -75.0), 80.0)
        return replace(now, lon=(lon + 180.0) % 360.0 - 180.0, lat=lat)

    def zoomed(self, steps: int, cells: int, rows: int) -> Window:
        """Nearer (positive) or farther."""
        now = self.fitted(cells, rows)
        return replace(now, scale=min(max(now.scale / _ZOOM**steps, _NEAREST), _FARTHEST))

    def dot(self, lon: float, lat: float, cells: int, rows: int) -> tuple[int, int]:
        """The dot of a point, from the top left; it may lie outside."""
        across = (lon - self.lon + 180.0) % 360.0 - 180.0
        x = cells + across * math.cos(math.radians(self.lat)) / self.scale
        y = rows * 2 - (lat - self.lat) / self.scale
        return math.floor(x), math.floor(y)


HOME = (27.0, 11.5, 63.0, 42.5)  # west, south, east, north: from the Bosporus to Aden, from Suez to Herat


@cache
def outline() -> Outline:
    """The shipped outline."""
    data = json.loads(gzip.decompress(files(__package__).joinpath("outline.json.gz").read_bytes()))
    lines = []
    for packed in data["lines"]:
        x = y = 0
        points = []
        for at in range(0, len(packed), 2):
            x, y = x + packed[at], y + packed[at + 1]
            points.append((x / 100, y / 100))
        lons, lats = [lon for lon, _ in points], [lat for _, lat in points]
        lines.append(((min(lons), min(lats), max(lons), max(lats)), tuple(points)))
    west, south, east, north = data["region"]
    return Outline(tuple(lines), (west, south, east, north))


@lru_cache(maxsize=8)
def dots(window: Window, cells: int, rows: int) -> tuple[bytes, ...]:
    """Coasts and borders as one byte a cell, row by row."""
    canvas = [bytearray(cells) for _ in range(rows)]
    half_lat = rows * 2 * window.scale + 1
    half_lon = cells * window.scale / math.cos(math.radians(window.lat)) + 1
    for (west, south, east, north), points in outline().lines:
        if south > window.lat + half_lat or north < window.lat - half_lat:
            continue
        if west > window.lon + half_lon or east < window.lon - half_lon:
            continue
        last: tuple[int, int] | None = None
        for lon, lat in points:
            here = window.dot(lon, lat, cells, rows)
            if last is not None:
                _stroke(canvas, last, here, cells * 2, rows * 4)
            last = here
    return tuple(bytes(row) for row in canvas)


def _stroke(canvas: list[bytearray], start: tuple[int, int], end: tuple[int, int], right: int, bottom: int) -> None:
    """A straight line of dots; one that leaps over the whole screen (the date line) is left out."""
    (x, y), (to_x, to_y) = start, end
    if max(x, to_x) < 0 or min(x, to_x) >= right or max(y, to_y) < 0 or min(y, to_y) >= bottom:
        return
    steps = max(abs(to_x - x), abs(to_y - y), 1)
    if steps > 4 * max(right, bottom):
        return
    for step in range(steps + 1):
        px, py = x + (to_x - x) * step // steps, y + (to_y - y) * step // steps
        if 0 <= px < right and 0 <= py < bottom:
            canvas[py // 4][px // 2] |= _BITS[py % 4][px % 2]


def drawn(window: Window, cells: int, rows: int, shown: Sequence[Place], chosen: str | None) -> tuple[Line, ...]:
    """The map as lines: the outline, then bases and their names, then the bases of which nothing is told.

    The chosen base and the first of `shown` have the better claim to room.
    """
    window = window.fitted(cells, rows)
    canvas = Canvas(
        [[(chr(0x2800 + byte) if byte else " ", "faded") for byte in row] for row in dots(window, cells, rows)]
    )
    canvas.write(rows - 1, cells - len(CREDIT), CREDIT, "faded")
    told = [place for place in shown if place.id == chosen or place.stories or place.state]
    named: list[tuple[Place, int, int]] = []
    for place in sorted(told, key=lambda place: place.id != chosen):
        if named and named[-1][0].id == chosen:
            _name(canvas, *named.pop(), chosen)
        if (spot := _spot(place, window, cells, rows)) is not None:
            tone = "flag" if place.id == chosen else place.severity or place.tone
            if canvas.write(*spot, place.mark, tone):
                named.append((place, *spot))
    for place, row, column in named:
        _name(canvas, place, row, column, chosen)
    for place in shown:
        if place not in told and (spot := _spot(place, window, cells, rows)) is not None:
            canvas.write(*spot, place.mark, place.tone)
    return canvas.lines()


def _name(canvas: Canvas, place: Place, row: int, column: int, chosen: str | None) -> None:
    """The name of a base with the number of its stories: right of its mark, else left of it."""
    name = f" {place.name}" + (f" ▲{len(place.stories)}" if place.stories else "")
    tone = "flag" if place.id == chosen else place.severity or "strong"
    # Names of the gazetteer are Latin; one that is wider than its letters would shift the line.
    if width(name) == len(name) and not canvas.write(row, column + 1, name, tone):
        canvas.write(row, column - len(name), f"{name[1:]} ", tone)


def _spot(place: Place, window: Window, cells: int, rows: int) -> tuple[int, int] | None:
    """Row and column of a base; None where it is not seen."""
    if place.lat is None or place.lon is None:
        return None
    x, y = window.dot(place.lon, place.lat, cells, rows)
    return (y // 4, x // 2) if 0 <= x < cells * 2 and 0 <= y < rows * 4 else None


class Canvas:
    """Cells with their tones; what was written is not written over."""

    def __init__(self, grid: list[list[tuple[str, str]]]) -> None:
        self._grid = grid
        self._taken: set[tuple[int, int]] = set()

    def write(self, row: int, column: int, text: str, tone: str) -> bool:
        """Put letters of one cell each; False, and nothing, where there is no room."""
        spots = [(row, column + at) for at in range(len(text))]
        fits = 0 <= row < len(self._grid) and column >= 0 and column + len(text) <= len(self._grid[row])
        if not fits or not self._taken.isdisjoint(spots):
            return False
        for (_, at), char in zip(spots, text, strict=True):
            self._grid[row][at] = (char, tone if char != " " or tone == "flag" else "")
        self._taken.update(spots)
        return True

    def lines(self) -> tuple[Line, ...]:
        """All rows, neighbours of one tone together."""
        found: list[Line] = []
        for row in self._grid:
            parts: list[Part] = []
            for char, tone in row:
                if parts and parts[-1].tone == tone:
                    parts[-1] = Part(parts[-1].text + char, tone)
                else:
                    parts.append(Part(char, tone))
            found.append(tuple(parts))
        return tuple(found)
