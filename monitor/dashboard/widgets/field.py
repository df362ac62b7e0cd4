"""A line to type in. What is pasted is foreign text too."""

from __future__ import annotations

from textual.widgets import Input

from monitor.dashboard.text import balance, scrub


class CleanInput(Input):
    """An Input whose value never holds what drives a terminal."""

    def validate_value(self, value: str) -> str:
        """Cleaned before it is stored, so before it can be drawn."""
        return balance(scrub(value))
