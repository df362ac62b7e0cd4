"""A line to type in. What is pasted is foreign text too, and what is typed while it opens is not lost."""

from __future__ import annotations

from textual import events
from textual.widgets import Input

from monitor.dashboard.text import balance, scrub


def _again(event: events.Key) -> events.Key:
    """The same key, to be sent to a field as the app would have."""
    key = events.Key(event.key, event.character)
    key._set_forwarded()
    return key


class CleanInput(Input):
    """An Input whose value never holds what drives a terminal."""

    _own: events.Key | None = None  # the last key that it was given

    def validate_value(self, value: str) -> str:
        """Cleaned before it is stored, so before it can be drawn."""
        return balance(scrub(value))

    def on_key(self, event: events.Key) -> None:
        """Remember it as one's own."""
        self._own = event

    def takes(self, event: events.Key) -> bool:
        """Take a key that was typed at another widget before this one had the focus; its own have been here."""
        if event is self._own:
            return False
        self.post_message(_again(event))
        return True


class Asking:
    """For a screen with one field: keys that come before the field is there wait for it."""

    def __init__(self) -> None:
        super().__init__()
        self._early: list[events.Key] = []
        self._field: CleanInput | None = None

    def takes(self, event: events.Key) -> bool:
        """Take a key that nobody has the focus for yet."""
        again = _again(event)
        if self._field is None:
            self._early.append(again)
        else:
            self._field.post_message(again)
        return True

    def opened(self, field: CleanInput) -> None:
        """The field is there, and has the focus."""
        self._field = field
        for key in self._early:
            field.post_message(key)
        self._early.clear()
