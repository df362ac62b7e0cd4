"""What is said to the person (stderr) and to the script (exit codes). The one place that writes to stderr."""

from __future__ import annotations

import sys
from enum import IntEnum

import click

from monitor.feeds.clean import safe


class Exit(IntEnum):
    """Exit codes of all commands."""

    DONE = 0
    NOTHING = 1
    ERROR = 2
    INTERRUPTED = 130


MEANING = {
    Exit.DONE: "what was asked is done; for `poll`: something new came; for lists and exports: there is something",
    Exit.NOTHING: "nothing new, or nothing fits; `rules check`: an example fails; `rules test`: not flagged; "
    "`doctor`: something to look at",
    Exit.ERROR: "a mistake to mend (configuration, store, arguments), or every feed failed",
    Exit.INTERRUPTED: "interrupted with Ctrl+C",
}
"""What each means, for docs/commands.md."""


def complain(text: str) -> None:
    """A message that the person must act on."""
    click.echo(f"monitor: {_lines(text)}", err=True)


def tell(text: str) -> None:
    """A message in passing."""
    click.echo(_lines(text), err=True)


def several(number: int, noun: str, plural: str = "") -> str:
    """A number with its noun: 1 feed, 2 feeds, 0 entries."""
    return f"{number} {noun if number == 1 else plural or noun + 's'}"


class Progress:
    """A line that renews itself on a terminal, and nothing elsewhere."""

    def __init__(self) -> None:
        self._on = sys.stderr.isatty()
        self._wide = 0

    def __call__(self, text: str) -> None:
        if self._on:
            line = safe(text)[:78]
            click.echo("\r" + line.ljust(self._wide), err=True, nl=False)
            self._wide = len(line)

    def end(self) -> None:
        """Clears the line."""
        if self._on and self._wide:
            click.echo("\r" + " " * self._wide + "\r", err=True, nl=False)
            self._wide = 0


def _lines(text: str) -> str:
    """Foreign text may be part of a message: each line is made harmless."""
    return "\n".join(" " * (len(line) - len(line.lstrip(" "))) + safe(line) for line in text.split("\n"))
