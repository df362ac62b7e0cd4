"""What really reaches a terminal: the app in a process of its own behind a pty, its bytes read, its keys pressed."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from tests.dashboard.terminals import PATIENCE, Terminal

PROGRAM = r"""
from tests.dashboard.boards import NOW, FakeDesk, board, story
from monitor.dashboard.app import MonitorApp
from tests.dashboard.test_hostile import HOSTILE, poisoned
from dataclasses import replace
bad = "".join(HOSTILE[name] for name in ("osc", "csi", "c1", "nul", "rlo", "surrogate", "click"))
first = story("ok", "Convoy leaves Harir", gloss="withdrawal")
made = poisoned("\x1b]52;c;UFdORUQ=\x07\x9d0;PWNED\x9c\x1b[9999;1Hx\u202e" + bad + "y" * 100_000)
MonitorApp(FakeDesk(replace(made, stories=(first, *made.stories))), clock=lambda: NOW).run()
print("LEFT")
"""


@pytest.fixture
def terminal() -> Iterator[Terminal]:
    with closing(Terminal([sys.executable, "-c", PROGRAM], (80, 24))) as made:
        yield made


def test_no_byte_of_strangers_drives_the_terminal(terminal: Terminal) -> None:
    """Every view, the page, sheets, palette and a message, over text that wants to be obeyed."""
    terminal.wait_for("Convoy leaves Harir")
    terminal.press("j")
    terminal.wait_for("app.quit")
    terminal.press("\r")
    terminal.wait_for("Story ·")
    terminal.press("\x1b")
    terminal.wait_for("1 Stories")
    for key, said in (("d", "Dismiss: why?"), (":", "Commands:"), ("M", "Messages ·"), ("C", "which field?")):
        terminal.press(key)
        terminal.wait_for(said)
        terminal.press("\x1b")
        terminal.wait_for(lambda picture, said=said: said not in picture and "1 Stories" in picture)  # type: ignore[misc]
    for key, said in zip("23456", ("2 Baseline", "3 Map", "4 Timeline", "5 Feeds", "6 Rules"), strict=True):
        terminal.press(key)
        terminal.wait_for(said)
    terminal.press("q")
    terminal.wait_for_bytes(b"LEFT")
    assert terminal.ended() == 0
    # textual itself sets the pointer's shape: ESC ] 22 ; default BEL
    text = re.sub("\x1b\\]22;[a-z-]*\x07", "", terminal.seen.decode("utf-8", "strict"))
    for evil in ("\x1b]52", "\x1b]0;pwned", "\x9b", "\x9d", "\x9c", "\x1b[9999", "\u202e", "\x00", "\x07"):
        assert evil not in text, repr(evil)
    assert "\x1b[31;1H" + "red" not in text
    assert "]52;c;UFdORUQ=" in text


def test_a_dashboard_ends_with_its_terminal(tmp_path: Path) -> None:
    """A terminal that is no controlling one closes without SIGHUP."""
    program = [sys.executable, "-m", "monitor", "--store", str(tmp_path / "store.db"), "--read-only"]
    with closing(Terminal(program, (80, 24), env={"XDG_STATE_HOME": str(tmp_path)})) as made:
        made.wait_for("1 Stories")
        os.close(made.master)
        assert made.process.wait(PATIENCE) in (0, 129)
