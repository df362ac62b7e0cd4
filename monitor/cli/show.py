"""`monitor` itself: the dashboard in a terminal, the board as text where there is none."""

from __future__ import annotations

import contextlib
import os
import shutil
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING

from monitor.cli.options import Options

if TYPE_CHECKING:
    from monitor.service import Monitor


_TURN = 0.0005  # seconds


def show(options: Options, *, polling: bool = True, ascii_only: bool = False, fresh: bool = False) -> str:
    """Opens the dashboard, or prints the board and returns: what kept it from opening, or from ending well."""
    if has_screen():
        return _draw(options, polling=polling, ascii_only=ascii_only, fresh=fresh)
    import click

    from monitor.cli.setup import opened
    from monitor.dashboard.draw import plain_board

    with opened(options) as monitor:
        monitor.read_archive()
        width = shutil.get_terminal_size((100, 24)).columns
        plain = ascii_only or os.environ.get("TERM") == "dumb"
        click.echo(plain_board(monitor.board(), width=width, ascii=plain))
    return ""


def _draw(options: Options, *, polling: bool, ascii_only: bool, fresh: bool) -> str:
    """The first frame is painted before feeds.yml, rules and store are read; a program that does not open ends it."""
    from monitor.cli.screen import screen, seal
    from monitor.dashboard.hangup import leave_with_terminal

    # What reads, polls and folds in other threads gives way to a key within a fraction of a millisecond, not of five.
    sys.setswitchinterval(_TURN)
    ringer = _Ringer()
    with contextlib.ExitStack() as stack:

        def opening() -> Monitor:
            from monitor.cli.setup import opened

            return stack.enter_context(opened(options, ring=ringer))

        app = screen(opening, polling=polling, ascii_only=ascii_only, fresh=fresh, options=options)
        ringer.sound = lambda: app.call_from_thread(app.bell)
        leave_with_terminal(app)
        app.run()
    seal(app, options)
    return app.failure


def has_screen() -> bool:
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
