"""Jobs for tests of `monitor.apart`: good ones, slow ones, and ones that end their process."""

from __future__ import annotations

import os
import threading
from datetime import UTC, datetime

from monitor.model import Revision

_said: list[str] = []


def prepare(word: str) -> None:
    if word == "refuse":
        raise ValueError("not today")
    _said.append(word)


def _who(number: int) -> tuple[int, int, str]:
    print("this must not get between the messages")
    return number, os.getpid(), _said[0]


def _hang() -> None:
    threading.Event().wait()


def _spin() -> None:
    while True:
        pass


def _wait(seconds: float) -> float:
    threading.Event().wait(seconds)
    return seconds


def _parent() -> tuple[int, int]:
    return os.getppid(), os.nice(0)


def _die() -> None:
    os._exit(3)


def _raise() -> None:
    raise KeyError("x")


def _foreign() -> object:
    return threading.local


def _own() -> Revision:
    return Revision(datetime(2026, 1, 1, tzinfo=UTC), "a", "b", "c")


def _secrets() -> list[str]:
    return sorted(name for name in os.environ if "TOKEN" in name)


def _large(size: int) -> bytes:
    return b"x" * size


JOBS = {
    "who": _who,
    "hang": _hang,
    "spin": _spin,
    "wait": _wait,
    "parent": _parent,
    "die": _die,
    "raise": _raise,
    "foreign": _foreign,
    "own": _own,
    "secrets": _secrets,
    "large": _large,
}
