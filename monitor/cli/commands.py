"""The group of all commands, each imported when it is used, and what becomes of their mistakes."""

from __future__ import annotations

import sys
from typing import Any

import click

from monitor import __version__
from monitor.cli.talk import Exit, complain
from monitor.errors import InputError, MonitorError

# Each command's module, and its name there where that is not `command`.
_COMMANDS = {
    "poll": "poll",
    "follow": "follow",
    "stories": "stories:stories",
    "show": "stories:show",
    "confirm": "decide:confirm",
    "dismiss": "decide:dismiss",
    "watch": "decide:watch",
    "note": "decide:note",
    "accept": "decide:accept",
    "correct": "hands:correct",
    "grade": "hands:grade",
    "tag": "hands:tag",
    "own": "hands:own",
    "merge": "hands:merge",
    "split": "hands:split",
    "close": "hands:close",
    "reopen": "hands:reopen",
    "undo": "decide:undo",
    "export": "export",
    "report": "export:report",
    "feeds": "feeds",
    "read": "read",
    "add": "add",
    "baseline": "baseline",
    "ledger": "ledger",
    "audit": "audit",
    "evidence": "evidence",
    "rules": "rules",
    "config": "settings",
    "store": "store",
    "serve": "serve",
    "doctor": "doctor",
    "completion": "completion",
    "init": "init",
    "demo": "demo",
}


class _Lazy(click.Group):
    """Commands are imported when they are used: a start-up pays for nothing else."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        from importlib import import_module

        if cmd_name not in _COMMANDS:
            return None
        module, _, name = _COMMANDS[cmd_name].partition(":")
        command: click.Command = getattr(import_module(f"monitor.cli.{module}"), name or "command")
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        try:
            return super().resolve_command(ctx, args)
        except click.UsageError as error:
            import difflib

            near = difflib.get_close_matches(args[0], _COMMANDS, 1)
            hint = f" Did you mean '{near[0]}'?" if near else f" Known are {', '.join(_COMMANDS)}."
            raise click.UsageError(f"There is no command '{args[0]}'.{hint}", ctx) from error


@click.group(cls=_Lazy, invoke_without_command=True, context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--config", metavar="FILE", envvar="MONITOR_CONFIG", help="The feeds.yml to use (also MONITOR_CONFIG).")
@click.option(
    "--store", metavar="PATH|URL", envvar="MONITOR_STORE", help="Where entries are kept (also MONITOR_STORE)."
)
@click.option("--read-only", is_flag=True, help="Show, poll nothing, decide nothing.")
@click.option("--no-poll", is_flag=True, help="Show without polling; r polls when asked.")
@click.option("--fresh", is_flag=True, help="Begin without what the screen remembers of the last time.")
@click.option("--ascii", "ascii_only", is_flag=True, help="Draw with ASCII marks only.")
@click.version_option(__version__, prog_name="monitor")
@click.pass_context
def cli(
    ctx: click.Context,
    config: str | None,
    store: str | None,
    read_only: bool,
    no_poll: bool,
    fresh: bool,
    ascii_only: bool,
) -> None:
    """Flags changes of military posture in regional news and holds each against what was known.

    Without a command: the dashboard, in a terminal; else the board as text.

    \b
    Examples:
      monitor                              the dashboard
      monitor demo                         two minutes without the internet
      monitor --config my.yml poll         one poll, without a screen
    """
    from monitor.cli.options import Options

    ctx.obj = Options(config, store, read_only)
    if ctx.invoked_subcommand is None:
        from monitor.cli.show import show

        if failure := show(ctx.obj, polling=not (no_poll or read_only), ascii_only=ascii_only, fresh=fresh):
            raise InputError(failure)


def run(args: list[str] | None = None) -> Any:
    """Runs a command and turns what a person must mend into one clear message and exit code 2."""
    try:
        code = cli.main(args=args, prog_name="monitor", standalone_mode=False)
    except MonitorError as error:
        complain(str(error))
        code = Exit.ERROR
    except click.ClickException as error:
        error.show()
        code = Exit.ERROR
    except (click.Abort, KeyboardInterrupt):
        code = Exit.INTERRUPTED
    except BrokenPipeError:
        # The reader of our output has gone (`monitor read | head`): nobody is left to tell.
        sys.stdout = None
        code = Exit.DONE
    sys.exit(int(code) if isinstance(code, int) else 0)
