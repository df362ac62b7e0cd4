"""What the screen keeps from one day to the next: its arrangement, and the list as it was last seen.

A convenience, never truth: what cannot be read is forgotten, what cannot be written is not told. The list of last time
is drawn until the store has been read; every letter of it goes through the same gate as news. It says that it is of
last time, unless it is sealed: then it was the whole truth when the program ended, and none of the files that it was
made of has been written since.
"""

from __future__ import annotations

import contextlib
import json
import os
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from monitor.dashboard.text import Line, Part

_MOST = 256_000  # bytes of a file that we made ourselves
_LINES, _CELLS = 200, 400  # of the list that is kept
Pairs = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Kept:
    """One sitting's arrangement. `share` is the first pane's part of the screen in percent; `ui` and `keys` are what
    feeds.yml said of the screen, for the frames before it has been read."""

    theme: str | None = None
    lane: str = "changes"
    query: str = ""
    sort: str = "time"
    share: int | None = None
    story: str | None = None
    ui: Pairs = ()
    keys: Pairs = ()


@dataclass(frozen=True, slots=True)
class Glimpse:
    """The list as it was last seen: its rows, its title, and when that was, in words. `live`: it is so still."""

    rows: tuple[Line, ...] = ()
    title: str = ""
    seen: str = ""
    live: bool = False


class Memory:
    """Keeps both in small files. `path` None: nowhere. `place` tells one store's list from another's."""

    def __init__(self, path: Path | None, *, fresh: bool = False, place: str = "", mark: str = "") -> None:
        """`fresh` begins with nothing remembered; what is kept then replaces what was. `mark` stands for what a list
        depends on beside files, such as the day and the program's version.
        """
        self._path, self._place, self._mark = path, place, mark
        raw = {} if fresh or path is None else _read(path)
        self.kept = _kept(raw)
        self.glimpse = Glimpse() if fresh or path is None else _glimpse(_read(_beside(path)), place, mark)

    @classmethod
    def nowhere(cls) -> Memory:
        """One that forgets."""
        return cls(None)

    def keep(self, **changes: Any) -> None:
        """Change what is remembered; `save` writes it."""
        self.kept = replace(self.kept, **changes)

    def save(self, glimpse: Glimpse | None = None) -> None:
        """Write the arrangement, and the list where it is given."""
        if self._path is None:
            return
        _write(self._path, asdict(self.kept))
        if glimpse is not None:
            rows = [[[part.text, part.tone] for part in row] for row in glimpse.rows[:_LINES]]
            _write(
                _beside(self._path), {"place": self._place, "seen": glimpse.seen, "title": glimpse.title, "rows": rows}
            )

    def seal(self, files: Iterable[Path]) -> None:
        """The list that was saved last is the whole truth of these files as they are now, whether they exist or not."""
        if self._path is not None and (raw := _read(_beside(self._path))):
            seal = {"mark": self._mark, "files": {str(file): _stamp(str(file)) for file in files}}
            _write(_beside(self._path), raw | {"seal": seal})


def _beside(path: Path) -> Path:
    return path.with_name(f"{path.stem}-list{path.suffix}")


def _write(path: Path, value: Mapping[str, Any]) -> None:
    """Whole or not at all, readable by this account only."""
    with contextlib.suppress(OSError):
        path.parent.mkdir(parents=True, exist_ok=True)
        beside = path.with_name(f"{path.name}.{os.getpid()}")
        with os.fdopen(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="ascii") as file:
            json.dump(value, file)
        beside.replace(path)


def _read(path: Path) -> dict[str, Any]:
    """The object in a file; an empty one for everything else."""
    try:
        with path.open("rb") as file:
            raw = json.loads(file.read(_MOST))
    except (OSError, ValueError, RecursionError):
        return {}
    return raw if isinstance(raw, dict) else {}


def _kept(raw: Mapping[str, Any]) -> Kept:
    share = raw.get("share")
    sound = isinstance(share, int) and not isinstance(share, bool) and 20 <= share <= 80
    lane, sort = raw.get("lane"), raw.get("sort")
    return Kept(
        theme=_text(raw.get("theme")),
        lane="context" if lane == "context" else "changes",
        query=_text(raw.get("query")) or "",
        sort=sort if isinstance(sort, str) and sort in ("time", "severity", "place") else "time",
        share=share if sound else None,
        story=_text(raw.get("story")),
        ui=_pairs(raw.get("ui")),
        keys=_pairs(raw.get("keys")),
    )


def _stamp(path: str) -> list[int]:
    """What changes when a file is written; nothing where there is none."""
    try:
        found = Path(path).stat()
    except (OSError, ValueError):
        return []
    return [found.st_mtime_ns, found.st_size, found.st_ino]


def _unbroken(seal: object, mark: str) -> bool:
    """Whether all is as it was when the list was sealed."""
    files = seal.get("files") if isinstance(seal, dict) and seal.get("mark") == mark else None
    if not isinstance(files, dict) or not files:
        return False
    return all(_stamp(path) == stamp for path, stamp in files.items())


def _glimpse(raw: Mapping[str, Any], place: str, mark: str) -> Glimpse:
    seen, rows = _text(raw.get("seen")), raw.get("rows")
    if raw.get("place") != place or not seen or not isinstance(rows, list):
        return Glimpse()
    lines = [tuple(Part(*pair) for pair in _pairs(row, most=_CELLS)) for row in rows[:_LINES]]
    return Glimpse(tuple(lines), _text(raw.get("title")) or "", seen, _unbroken(raw.get("seal"), mark))


def _text(value: object) -> str | None:
    return value if isinstance(value, str) and len(value) <= 300 and value.isprintable() else None


def _pairs(value: object, *, most: int = 300) -> Pairs:
    """A list of pairs of text; what is no pair is left out."""
    if not isinstance(value, list):
        return ()
    return tuple(
        (pair[0][:most], pair[1][:40])
        for pair in value[:200]
        if isinstance(pair, list) and len(pair) == 2 and all(isinstance(one, str) for one in pair)
    )
