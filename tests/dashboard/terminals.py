"""The other end of a pty: a program started behind it, what it writes read as bytes and drawn as a screen."""

from __future__ import annotations

import fcntl
import os
import pty
import re
import select
import struct
import subprocess
import termios
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path

import pyte

ROOT = Path(__file__).parents[2]
PATIENCE = 90.0  # seconds that a busy machine may take
# What pyte does not know and would print: kitty's keys (CSI > 1 u) and modes asked for (CSI ? 2026 $ p).
_UNKNOWN = re.compile(rb"\x1b\[[<>=?][0-9;]*[a-zA-Z]?\$?[up]")


class Terminal:
    """A program on a terminal of its own. `gone` variables are taken from its environment, `env` is added."""

    def __init__(
        self,
        command: Sequence[str],
        size: tuple[int, int] = (80, 24),
        *,
        env: Mapping[str, str] | None = None,
        gone: Sequence[str] = ("NO_COLOR", "TMUX", "SSH_TTY", "SSH_CONNECTION"),
    ) -> None:
        self.screen = pyte.Screen(*size)
        self._stream = pyte.ByteStream(self.screen)
        self.seen = b""
        self.master, slave = pty.openpty()
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", size[1], size[0], 0, 0))
        whole = {**os.environ, "TERM": "xterm-256color", **(env or {})}
        for name in ("COLUMNS", "LINES", *gone):
            whole.pop(name, None)
        self.process = subprocess.Popen(
            command, stdin=slave, stdout=slave, stderr=slave, cwd=ROOT, env=whole, close_fds=True
        )
        os.close(slave)

    @property
    def picture(self) -> str:
        """What stands on the screen, line by line."""
        return "\n".join(line.rstrip() for line in self.screen.display)

    def read(self, seconds: float) -> bool:
        """Take in what comes within so many seconds; False where nothing comes, or the program has ended."""
        if not select.select([self.master], [], [], seconds)[0]:
            return False
        try:
            chunk = os.read(self.master, 65536)
        except OSError:  # Linux: the other end is closed
            return False
        self.seen += chunk
        self._stream.feed(_UNKNOWN.sub(b"", chunk))
        return bool(chunk)

    def wait_for(self, said: str | Callable[[str], bool]) -> str:
        """Read until the screen shows the words, or what is asked of its picture holds. Gives the picture."""
        holds = said if callable(said) else lambda picture: said in picture
        end = time.monotonic() + PATIENCE
        while not holds(self.picture):
            assert time.monotonic() < end, f"{said!r} never came:\n{self.picture}"
            if not self.read(1.0) and self.process.poll() is not None:
                assert holds(self.picture), f"the program ended before {said!r}:\n{self.picture}"
        return self.picture

    def wait_for_bytes(self, said: bytes) -> None:
        """Read until something has been written."""
        end = time.monotonic() + PATIENCE
        while said not in self.seen:
            assert time.monotonic() < end, f"{said!r} never came; the end was {self.seen[-2000:]!r}"
            if not self.read(1.0):
                assert self.process.poll() is None, f"the program ended before {said!r}: {self.seen[-2000:]!r}"

    def press(self, keys: str) -> None:
        """Type."""
        os.write(self.master, keys.encode())

    def ended(self) -> int:
        """Read to the end; how the program ended."""
        end = time.monotonic() + PATIENCE
        while self.process.poll() is None and time.monotonic() < end:
            self.read(0.2)
        while self.read(0.0):
            pass
        return self.process.wait(1)

    def close(self) -> None:
        """Nothing of it stays."""
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait(10)
        with suppress(OSError):
            os.close(self.master)
