"""`monitor` itself: the dashboard in a terminal, the board as text where there is none."""

from __future__ import annotations

import os
import shutil
import sys

import click

from monitor.cli.setup import Options, opened


def show(options: Options, *, polling: bool, ascii_only: bool) -> None:
    """Opens the dashboard, or prints the board and returns."""
    with opened(options) as monitor:
        if sys.stdout.isatty() and sys.stdin.isatty() and os.environ.get("TERM", "") not in ("", "dumb"):
            from monitor.cli.screen import screen

            screen(monitor, polling=polling, ascii_only=ascii_only).run()
            return
        from monitor.dashboard.draw import plain_board

        width = shutil.get_terminal_size((100, 24)).columns
        click.echo(plain_board(monitor.board(), width=width, ascii=ascii_only))
