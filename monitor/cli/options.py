"""The options that stand before every command; apart from what opens them, so that the screen starts without it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Options:
    """The options that stand before every command."""

    config: str | None = None
    store: str | None = None
    read_only: bool = False
