"""What workers tell the screen. Workers post, handlers change state, widgets draw."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from textual.message import Message

from monitor.dashboard.desk import Desk
from monitor.dashboard.view import Index

if TYPE_CHECKING:
    from monitor.model import Board, Decision, PollReport


@dataclass(eq=False, repr=False)  # nobody compares or prints a message: these cost a start time
class DeskReady(Message):
    """The program is open: configuration, rules, store."""

    desk: Desk


@dataclass(eq=False, repr=False)
class BoardReady(Message):
    """A new board was computed."""

    board: Board
    index: Index


@dataclass(eq=False, repr=False)
class WordsReady(Message):
    """The words of every story are gathered: a filter answers at once."""


@dataclass(eq=False, repr=False)
class PollStarted(Message):
    """A poll has begun."""


@dataclass(eq=False, repr=False)
class PollProgress(Message):
    """How far it is, in words."""

    said: str


@dataclass(eq=False, repr=False)
class PollDone(Message):
    """It has ended; `asked` where a person asked for it."""

    report: PollReport
    asked: bool


@dataclass(eq=False, repr=False)
class Decided(Message):
    """A decision stands in the journal; `run` writes it once more."""

    decision: Decision
    run: Callable[[Desk], Decision]
    again: bool = False


@dataclass(eq=False, repr=False)
class Answered(Message):
    """What a question to the desk brought, for the view that asked it."""

    asked: str
    answer: Any


@dataclass(eq=False, repr=False)
class Failed(Message):
    """Something was refused or went wrong; `what` was tried, `why` in words."""

    what: str
    why: str
