"""`monitor init`: a feeds.yml of one's own, with comments, where the program looks for it."""

from __future__ import annotations

from pathlib import Path

import click
import platformdirs

from monitor.cli.talk import Exit, tell
from monitor.config import shipped
from monitor.starter import write_starter


@click.command("init")
@click.option("--here", is_flag=True, help="Into this folder instead of the configuration directory.")
@click.option("--whole", is_flag=True, help="With a copy of every shipped feed and rule, to be changed.")
def command(here: bool, whole: bool) -> int:
    """Writes a commented feeds.yml, the seeds folder and the schema for editors. Nothing is overwritten.

    With --here what comes in is kept beside it too, apart from every other store.

    The shipped feeds and rules are named in it (shipped_feeds, shipped_rules), and so renewed with the program; with
    --whole they are copied into it.

    \b
    Example: monitor init --here
    """
    folder = Path.cwd() if here else platformdirs.user_config_path("monitor", appauthor=False)
    # A folder of one's own has a store of its own: what others watch would only be in the way.
    own = "store.db" if here else None
    for path in write_starter(shipped(), folder, whole=whole, store=own):
        click.echo(path)
    if own:
        tell(f"What comes in is kept in {folder / own} (`store:` in feeds.yml).")
    tell("Edit feeds.yml, or: monitor feeds add SITE. Then: monitor config check")
    return Exit.DONE
