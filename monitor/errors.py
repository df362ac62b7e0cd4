"""The errors a person must act on. What is bound to happen (a timeout, a broken feed) is a value, see
`model.FetchFailed`.

MonitorError
├── ConfigError        feeds.yml cannot be used; carries every mistake at once
├── SeedError          a seed article or its metadata cannot be read
├── StoreError         the store cannot be opened or written
│   └── StoreBusy      another process holds it longer than we wait
├── ReviewError        a decision that the workflow does not allow, or about a story that is not there
└── InputError         what was handed to a command (a file, a line, an address) cannot be used
"""

from __future__ import annotations

from dataclasses import dataclass


class MonitorError(Exception):
    """Base of all; its text is one or more full sentences for the person at the keyboard: place, cause, remedy."""


@dataclass(frozen=True, slots=True, order=True)
class Mistake:
    """One thing wrong in a file. `line` and `col` count from 1."""

    file: str
    line: int
    col: int
    what: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.col}: {self.what}"


class ConfigError(MonitorError):
    """feeds.yml cannot be used. `mistakes` holds all of them, in the order of the file."""

    def __init__(self, mistakes: tuple[Mistake, ...]) -> None:
        self.mistakes = tuple(sorted(mistakes))
        super().__init__("\n".join(str(m) for m in self.mistakes))


class SeedError(MonitorError):
    """A seed article or its metadata cannot be read."""


class StoreError(MonitorError):
    """The store cannot be opened or written."""


class StoreBusy(StoreError):
    """Another process holds the store longer than we wait."""


class ReviewError(MonitorError):
    """A decision that the workflow does not allow, or about a story that is not there."""


class InputError(MonitorError):
    """What was handed to a command cannot be used."""
