"""`monitor completion`: what a shell needs to complete commands, options and ids."""

from __future__ import annotations

import click
from click.shell_completion import get_completion_class

from monitor.cli.talk import Exit
from monitor.errors import InputError


@click.command("completion")
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
@click.pass_context
def command(ctx: click.Context, shell: str) -> int:
    """Prints the script that makes a shell complete `monitor`.

    \b
    Example: eval "$(monitor completion bash)"
    """
    root = ctx.find_root()
    found = get_completion_class(shell)
    if found is None:
        raise InputError(f"There is no completion for {shell}. Choose bash, zsh or fish.")
    click.echo(found(root.command, {}, "monitor", "_MONITOR_COMPLETE").source())
    return Exit.DONE
