"""What really reaches a terminal: the app in a process of its own behind a pty, its bytes read, its keys pressed."""

from __future__ import annotations

import fcntl
import os
import pty
import re
import select
import struct
import subprocess
import sys
import termios
from collections.abc import Iterator
from pathlib import Path

import pytest

PROGRAM = r"""
from tests.dashboard.boards import NOW, FakeDesk, board, story
from monitor.dashboard.app import MonitorApp
from tests.dashboard.test_hostile import HOSTILE, poisoned
from dataclasses import replace
bad = "".join(HOSTILE[name] for name in ("osc", "csi", "c1", "nul", "rlo", "surrogate", "click"))
first = story("ok", "Convoy leaves Harir", gloss="withdrawal")
made = poisoned("\x1b]52;c;UFdORUQ=\x07\x9d0;PWNED\x9c\x1b[9999;1Hx\u202e" + bad)
MonitorApp(FakeDesk(replace(made, stories=(first, *made.stories))), clock=lambda: NOW).run()
print("LEFT")
"""
ROOT = Path(__file__).parents[2]


class Terminal:
    """The other end of the pty."""

    def __init__(self, size: tuple[int, int]) -> None:
        self.master, slave = pty.openpty()
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", size[1], size[0], 0, 0))
        env = {**os.environ, "TERM": "xterm-256color", "COLUMNS": "", "LINES": ""}
        env = {key: value for key, value in env.items() if value}
        self.process = subprocess.Popen(
            [sys.executable, "-c", PROGRAM], stdin=slave, stdout=slave, stderr=slave, cwd=ROOT, env=env, close_fds=True
        )
        os.close(slave)
        self.seen = b""

    def wait_for(self, said: bytes) -> None:
        """Read until something was written, at most 30 s of silence."""
        start = len(self.seen)
        while said not in self.seen[max(start - len(said), 0) :]:
            ready, _, _ = select.select([self.master], [], [], 30)
            assert ready, f"{said!r} never came; the end was {self.seen[-2000:]!r}"
            try:
                chunk = os.read(self.master, 65536)
            except OSError:  # Linux: the other end is closed
                chunk = b""
            assert chunk, f"the program ended before {said!r}: {self.seen[-2000:]!r}"
            self.seen += chunk

    def press(self, keys: bytes) -> None:
        """Type."""
        os.write(self.master, keys)


@pytest.fixture
def terminal() -> Iterator[Terminal]:
    made = Terminal((80, 24))
    try:
        yield made
    finally:
        if made.process.poll() is None:
            made.process.kill()
        made.process.wait(10)
        os.close(made.master)


def test_no_byte_of_strangers_drives_the_terminal(terminal: Terminal) -> None:
    terminal.wait_for(b"Convoy leaves Harir")
    terminal.press(b"j")
    terminal.wait_for(b"app.quit")
    terminal.press(b"\r")
    terminal.wait_for(b"Story")
    terminal.press(b"q")
    terminal.wait_for(b"LEFT")
    assert terminal.process.wait(30) == 0
    # textual itself sets the pointer's shape: ESC ] 22 ; default BEL
    text = re.sub("\x1b\\]22;[a-z-]*\x07", "", terminal.seen.decode("utf-8", "strict"))
    for evil in ("\x1b]52", "\x1b]0;pwned", "\x9b", "\x9d", "\x9c", "\x1b[9999", "\u202e", "\x00", "\x07"):
        assert evil not in text, repr(evil)
    assert "\x1b[31;1H" + "red" not in text
    assert "]52;c;UFdORUQ=" in text
