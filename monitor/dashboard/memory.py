"""What the screen remembers from one day to the next: lane, filter, order, sizes, theme, the story under the cursor.

A convenience, never truth: what cannot be read is forgotten, what cannot be written is not told.
"""

from __future__ import annotations

import contextlib
import json
import os
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

_MOST = 64_000  # bytes of a file that we made ourselves


@dataclass(frozen=True, slots=True)
class Kept:
    """One sitting's arrangement. `share` is the first pane's part of the screen in percent."""

    theme: str | None = None
    lane: str = "changes"
    query: str = ""
    sort: str = "time"
    share: int | None = None
    story: str | None = None


class Memory:
    """Keeps it in one small file. `path` None: nowhere."""

    def __init__(self, path: Path | None, *, fresh: bool = False) -> None:
        """`fresh` begins with nothing remembered; what is kept then replaces what was."""
        self._path = path
        self.kept = Kept() if fresh or path is None else _read(path)

    @classmethod
    def nowhere(cls) -> Memory:
        """One that forgets."""
        return cls(None)

    def keep(self, **changes: Any) -> None:
        """Change what is remembered; `save` writes it."""
        self.kept = replace(self.kept, **changes)

    def save(self) -> None:
        """Write it, whole or not at all."""
        if self._path is None:
            return
        with contextlib.suppress(OSError):
            self._path.parent.mkdir(parents=True, exist_ok=True)
            beside = self._path.with_name(f"{self._path.name}.{os.getpid()}")
            beside.write_text(json.dumps(asdict(self.kept), ensure_ascii=True), encoding="utf-8")
            beside.replace(self._path)


def _read(path: Path) -> Kept:
    """As far as it can be understood."""
    try:
        with path.open("rb") as file:
            raw = json.loads(file.read(_MOST))
    except (OSError, ValueError, RecursionError):
        return Kept()
    if not isinstance(raw, dict):
        return Kept()
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
    )


def _text(value: object) -> str | None:
    return value if isinstance(value, str) and len(value) <= 300 and value.isprintable() else None
