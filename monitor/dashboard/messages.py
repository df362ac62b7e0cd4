"""What workers tell the screen. Workers post, handlers change state, widgets draw."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from textual.message import Message

from monitor.dashboard.desk import Desk
from monitor.dashboard.view import Index
from monitor.model import Board, Decision, PollReport


@dataclass
class DeskReady(Message):
    """The program is open: configuration, rules, store."""

    desk: Desk


@dataclass
class BoardReady(Message):
    """A new board was computed."""

    board: Board
    index: Index


@dataclass
class WordsReady(Message):
    """The words of every story are gathered: a filter answers at once."""


@dataclass
class PollStarted(Message):
    """A poll has begun."""


@dataclass
class PollProgress(Message):
    """How far it is, in words."""

    said: str


@dataclass
class PollDone(Message):
    """It has ended; `asked` where a person asked for it."""

    report: PollReport
    asked: bool


@dataclass
class Decided(Message):
    """A decision stands in the journal; `run` writes it once more."""

    decision: Decision
    run: Callable[[Desk], Decision]
    again: bool = False


@dataclass
class Answered(Message):
    """What a question to the desk brought, for the view that asked it."""

    asked: str
    answer: Any


@dataclass
class Failed(Message):
    """Something was refused or went wrong; `what` was tried, `why` in words."""

    what: str
    why: str
