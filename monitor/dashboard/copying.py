"""What leaves the screen by hand: a link or citation into the clipboard, a story as JSON into the reader's command."""

from __future__ import annotations

import json
import os
import shlex
import shutil
import subprocess
from dataclasses import asdict
from datetime import date, datetime
from typing import TYPE_CHECKING

from monitor.dashboard.aside import aside
from monitor.dashboard.screens.pages import OutputScreen
from monitor.dashboard.text import paragraphs, shown
from monitor.dashboard.words import day_words
from monitor.model import Board, Story

if TYPE_CHECKING:
    from monitor.dashboard.app import MonitorApp

_PATIENCE = 30  # seconds that a command may take
_OUTPUT = 200_000  # characters of its output that are shown


def citation(board: Board, story: Story) -> str:
    """Outlet, headline, date, when it was seen, link - in logical order, as one line of plain text."""
    entry = story.lead.entry
    feed = next((row.feed for row in board.feeds if row.feed.id == entry.feed), None)
    outlet = shown(feed.name if feed else entry.feed)
    when = day_words(entry.when.date())
    link = f" {shown(entry.url)}" if entry.url else ""
    return f"{outlet}, “{shown(entry.title)}”, {when} (first seen {day_words(entry.first_seen.date())}).{link}"


def story_json(story: Story) -> str:
    """The story with everything it carries, as one JSON object and a newline; ASCII only, so that nothing can act."""
    return json.dumps({**asdict(story), "lane": story.lane, "severity": story.severity}, default=_plain) + "\n"


def _plain(value: object) -> str:
    if isinstance(value, (datetime, date)):
        return value.isoformat()
    raise TypeError(f"a story holds a {type(value).__name__}, which JSON cannot")


def copy_text(app: MonitorApp, text: str, what: str) -> None:
    """Into the clipboard: of tmux where we run in it (which hands it on), else by the terminal."""
    if os.environ.get("TMUX") and shutil.which("tmux") and not app.is_web:
        command = ["tmux", "load-buffer", "-w", "-"]

        async def loading() -> None:
            try:
                done = await aside(
                    lambda: subprocess.run(  # noqa: S603 - fixed words, the text goes in as data
                        command, input=text.encode(), capture_output=True, timeout=5, check=False
                    )
                )
            except (OSError, subprocess.TimeoutExpired) as error:
                app.say(f"tmux did not take {what}: {error}", "error")
                return
            if done.returncode:
                app.say(f"tmux did not take {what}: {done.stderr.decode(errors='replace')}", "error")
            else:
                app.say(f"copied {what}, by tmux")

        app.run_worker(loading(), group="copying")
        return
    app.copy_to_clipboard(text)
    app.say(f"copied {what}, if the terminal allows it")


def run_pipe(app: MonitorApp, command: str, data: str) -> None:
    """Run a command without a shell, the story on its standard input; what it says is shown, cleaned."""
    try:
        words = shlex.split(command)
    except ValueError as error:
        app.say(f"this command cannot be read: {error}", "warning")
        return
    if not words:
        return

    async def running() -> None:
        try:
            done = await aside(
                lambda: subprocess.run(  # noqa: S603 - the reader's own command, no shell
                    words, input=data.encode(), capture_output=True, timeout=_PATIENCE, check=False
                )
            )
        except subprocess.TimeoutExpired:
            app.say(f"{words[0]} was ended: it took longer than {_PATIENCE} s", "error")
            return
        except (OSError, ValueError) as error:
            app.say(f"{words[0]} could not be run: {error}", "error")
            return
        said = (done.stdout + done.stderr).decode("utf-8", "replace")[:_OUTPUT]
        lines = paragraphs(said)
        if lines:
            app.push_screen(OutputScreen(f"{shown(words[0])} ended with {done.returncode}", lines))
        else:
            app.say(f"{words[0]} ended with {done.returncode} and said nothing")

    app.run_worker(running(), group="piping")
