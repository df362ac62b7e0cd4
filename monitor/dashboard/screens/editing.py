"""`e`: feeds.yml in the reader's own editor, at the line of what is selected. The screen steps aside meanwhile."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

from textual.app import SuspendNotSupported

from monitor.dashboard.text import shown

if TYPE_CHECKING:
    from monitor.dashboard.app import MonitorApp

_WITH_LINE = {"vi", "vim", "nvim", "nano", "emacs", "emacsclient", "kak", "micro", "joe", "jed", "ne", "mg", "pico"}
_WITH_COLON = {"hx", "helix", "code", "subl", "zed"}


def line_of(text: str, section: str, ident: str) -> int:
    """The line, from 1, where an item of a section of feeds.yml begins; 1 where it does not stand there."""
    inside = False
    for number, line in enumerate(text.splitlines(), 1):
        if re.match(r"[A-Za-z_]", line):
            inside = line.startswith(f"{section}:")
        if inside and re.search(rf"""\bid:\s*["']?{re.escape(ident)}["']?\s*(,|}}|#|$)""", line):
            return number
    return 1


def command_for(editor: str, file: Path, line: int) -> list[str]:
    """The editor's words with the file, and the line where we know how the editor takes it."""
    words = shlex.split(editor)
    name = Path(words[0]).name if words else ""
    if name in _WITH_LINE:
        return [*words, f"+{line}", str(file)]
    if name in _WITH_COLON:
        return [*words, *(["--wait", "--goto"] if name == "code" else []), f"{file}:{line}"]
    return [*words, str(file)]


def edit_configuration(app: MonitorApp, place: tuple[str, str] | None) -> None:
    """Open it, or say why not."""
    file = app.settings.file
    editor = os.environ.get("VISUAL") or os.environ.get("EDITOR") or ""
    if app.is_web:
        app.say("files are not edited from the browser", "warning")
    elif file is None:
        app.say("there is no feeds.yml to edit here", "warning")
    elif app.read_only:
        app.say("read-only: feeds.yml is not edited from here", "warning")
    elif not editor.strip():
        app.say(f"no editor is set: set EDITOR, or open {file} yourself", "warning")
    else:
        try:
            line = line_of(file.read_text(encoding="utf-8"), *place) if place else 1
            with app.suspend():
                done = subprocess.run(command_for(editor, file, line), check=False)  # noqa: S603 - the reader's own editor
        except (OSError, ValueError, SuspendNotSupported) as error:
            app.say(f"the editor could not be run: {shown(str(error))}. EDITOR is {shown(editor)}", "error")
            return
        app.refresh(layout=True)
        if done.returncode:
            app.say(f"the editor ended with {done.returncode}", "warning")
        app.crew.reread()
