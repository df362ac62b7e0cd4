"""`monitor` itself: the dashboard in a terminal, the board as text where there is none."""

from __future__ import annotations

import contextlib
import os
import shutil
import sys
from collections.abc import Callable

import click

from monitor.cli.setup import Options, opened


def show(options: Options, *, polling: bool, ascii_only: bool) -> None:
    """Opens the dashboard, or prints the board and returns."""
    ringer = _Ringer()
    with opened(options, ring=ringer) as monitor:
        if _has_screen():
            from monitor.cli.screen import screen

            app = screen(monitor, polling=polling, ascii_only=ascii_only)
            ringer.sound = lambda: app.call_from_thread(app.bell)
            app.run()
            return
        from monitor.dashboard.draw import plain_board

        monitor.read_archive()
        width = shutil.get_terminal_size((100, 24)).columns
        click.echo(plain_board(monitor.board(), width=width, ascii=ascii_only))


def _has_screen() -> bool:
    """A terminal that can be drawn on, or a browser behind `monitor serve`."""
    drawn = sys.stdout.isatty() and sys.stdin.isatty() and os.environ.get("TERM", "") not in ("", "dumb")
    return drawn or "TEXTUAL_DRIVER" in os.environ


class _Ringer:
    """The bell of notices: the dashboard's once there is one, because the terminal is its own."""

    sound: Callable[[], None] | None = None

    def __call__(self) -> None:
        if self.sound is not None:
            with contextlib.suppress(RuntimeError):  # it is closing
                self.sound()
