"""A parsed YAML mapping taken apart key by key, so that a slip in scenario.yml is named instead of told as news."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import TypeVar

from monitor.errors import InputError

T = TypeVar("T", bound=str)


class Fields:
    """One mapping. Each method takes one key away, and raises InputError where its value is not of that kind; `finish`
    refuses what nobody asked for. `where` names the mapping in messages.
    """

    def __init__(self, value: object, file: str, where: str) -> None:
        self.file = file
        self.where = where
        if not isinstance(value, Mapping):
            raise self._wrong("has to be a mapping of keys to values")
        self._rest: dict[str, object] = {str(key): item for key, item in value.items()}

    def _wrong(self, what: str) -> InputError:
        return InputError(f"{self.file}: {self.where} {what}.")

    def _take(self, key: str) -> object:
        if key not in self._rest:
            raise self._wrong(f"needs the key {key!r}")
        return self._rest.pop(key)

    def text(self, key: str, default: str | None = None) -> str:
        if default is not None and key not in self._rest:
            return default
        value = self._take(key)
        if not isinstance(value, str):
            raise self._wrong(f"needs words at {key!r}, not {value!r}")
        return str(value)

    def name(self, key: str) -> str:
        """The text that names this mapping from here on, in messages too."""
        value = self.text(key)
        self.where = value
        return value

    def flag(self, key: str, default: bool | None = None) -> bool:
        if default is not None and key not in self._rest:
            return default
        value = self._take(key)
        if not isinstance(value, bool):
            raise self._wrong(f"needs true or false at {key!r}, not {value!r}")
        return value

    def moment(self, key: str) -> datetime:
        raw = self.text(key)
        try:
            value = datetime.fromisoformat(raw)
        except ValueError as error:
            raise self._wrong(f"needs an ISO time at {key!r}, not {raw!r}") from error
        if value.tzinfo is None:
            raise self._wrong(f"needs an offset (Z) in the time at {key!r}")
        return value.astimezone(UTC)

    def one_of(self, key: str, choices: tuple[T, ...], default: T | None = None) -> T:
        raw = self.text(key, default)
        for choice in choices:
            if choice == raw:
                return choice
        raise self._wrong(f"has {raw!r} at {key!r}; possible are {', '.join(choices)}")

    def one_of_or_null(self, key: str, choices: tuple[T, ...]) -> T | None:
        if key in self._rest and self._rest[key] is None:
            self._rest.pop(key)
            return None
        return self.one_of(key, choices)

    def items(self, key: str) -> Sequence[object]:
        value = self._take(key)
        if not isinstance(value, Sequence) or isinstance(value, str):
            raise self._wrong(f"needs a list at {key!r}")
        return value

    def inner(self, key: str) -> Fields:
        return Fields(self._take(key), self.file, f"{self.where}, {key}")

    def finish(self) -> None:
        if self._rest:
            raise self._wrong(f"has keys that mean nothing: {', '.join(sorted(self._rest))}")
