"""`monitor init`: a feeds.yml of one's own, with comments, where the program looks for it."""

from __future__ import annotations

from pathlib import Path

import click
import platformdirs

from monitor.cli.talk import Exit, tell
from monitor.config import write_starter


@click.command("init")
@click.option("--here", is_flag=True, help="Into this folder instead of the configuration directory.")
def command(here: bool) -> int:
    """Writes a commented feeds.yml and the seeds folder for you to change. Nothing is overwritten.

    \b
    Example: monitor init --here
    """
    folder = Path.cwd() if here else platformdirs.user_config_path("monitor", appauthor=False)
    for path in write_starter(folder):
        click.echo(path)
    tell("Edit feeds.yml, then: monitor config check")
    return Exit.DONE
