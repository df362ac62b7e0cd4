"""What workers tell the screen. Workers post, handlers change state, widgets draw."""

from __future__ import annotations

from dataclasses import dataclass

from textual.message import Message

from monitor.model import Board, Decision, PollReport


@dataclass
class BoardReady(Message):
    """A new board was computed."""

    board: Board


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
    """A decision stands in the journal."""

    decision: Decision


@dataclass
class Failed(Message):
    """Something was refused or went wrong; `what` was tried, `why` in words."""

    what: str
    why: str
