"""The group of all commands, each imported when it is used, and what becomes of their mistakes."""

from __future__ import annotations

import sys
from typing import Any

import click

from monitor import __version__
from monitor.cli.talk import Exit, complain
from monitor.errors import InputError, MonitorError

# Each command's module, with its name there where that is not `command`, and its first sentence: the list of commands
# is told without importing them.
COMMANDS = {
    "poll": ("poll", "Polls the feeds that are due and stores what is new."),
    "follow": ("follow", "Prints each new alert as it comes, and again when its verdict, lane or severity changes."),
    "stories": ("stories:stories", "Lists the stories of the board, newest first."),
    "show": (
        "stories:show",
        "Prints one story whole: its text with what matched, claims, verdicts and reasons, every report.",
    ),
    "confirm": ("decide:confirm", "Marks a story as confirmed."),
    "dismiss": ("decide:dismiss", "Dismisses a story; the reason is a label by which rules are judged."),
    "watch": (
        "decide:watch",
        "Watches a story: it comes back when its day passes, with a new independent source or a contradiction.",
    ),
    "note": ("decide:note", "Adds a remark to a story."),
    "accept": (
        "decide:accept",
        "Accepts the change that a story proposes into the baseline; the new version cites the story.",
    ),
    "correct": (
        "hands:correct",
        "Corrects what was read out of a report, for its present wording; the verdict follows.",
    ),
    "grade": (
        "hands:grade",
        "Grades a story, instead of the suggested grade: A-F for its sources, 1-6 for what they say "
        "(Admiralty system).",
    ),
    "tag": ("hands:tag", "Sets the tags of a story; without any it has none."),
    "own": ("hands:own", "Says who looks after a story; without a name nobody does."),
    "merge": ("hands:merge", "Puts two stories together that are about one event."),
    "split": (
        "hands:split",
        "Makes a story of its own of some of a story's reports, named by their entries (`monitor show STORY --json`).",
    ),
    "close": ("hands:close", "Closes a story: nothing more is expected of it."),
    "reopen": ("hands:reopen", "Opens a decided or closed story again."),
    "undo": ("decide:undo", "Takes back your latest decision."),
    "export": (
        "export",
        "Writes the stories of the board for other programs; the same options choose them everywhere.",
    ),
    "report": (
        "export:report",
        "Writes a brief of the board for people: by base, with sources, grades, passages and hashes.",
    ),
    "feeds": ("feeds", "Shows how the feeds fare; adds, removes, pauses them; reads and writes OPML."),
    "read": (
        "read",
        "Reads entries as JSON lines and writes for each what it claims and what that does to the baseline.",
    ),
    "add": ("add", "Adds one report by hand: a page, a text file (headline first), or standard input."),
    "baseline": (
        "baseline",
        "Prints the facts of the baseline, their passages and their age; the commands below change it.",
    ),
    "ledger": ("ledger", "Prints what is held of every base, force and mission on a day, and what was held before."),
    "audit": ("audit", "Shows the journal of decisions, and checks that no line of it was changed."),
    "evidence": (
        "evidence",
        "Writes a bundle of a story: its reports as they were published, with hashes; claims, verdicts and decisions.",
    ),
    "rules": ("rules", "Shows rules as they are understood."),
    "config": (
        "settings",
        "Checks the configuration, shows it, opens it in an editor, tells where it is, or shares it through the store.",
    ),
    "store": ("store", "Checks, copies, shrinks and moves the store."),
    "serve": ("serve", "Shows the dashboard in a browser (extra [web])."),
    "doctor": (
        "doctor",
        "Looks whether everything is in order: configuration, rules, baseline, store, feeds, terminal, "
        "versions, proxies.",
    ),
    "completion": ("completion", "Prints the script that makes a shell complete `monitor`."),
    "init": ("init", "Writes a commented feeds.yml, the seeds folder and the schema for editors."),
    "demo": (
        "demo",
        "Shows thirty days of an invented story in a minute and a half: announced, denied, put off, done.",
    ),
}


class _Lazy(click.Group):
    """Commands are imported when they are used: a start-up pays for nothing else."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        from importlib import import_module

        if cmd_name not in COMMANDS:
            return None
        module, _, name = COMMANDS[cmd_name][0].partition(":")
        command: click.Command = getattr(import_module(f"monitor.cli.{module}"), name or "command")
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        import textwrap

        room = formatter.width - 6 - max(map(len, COMMANDS))
        rows = [
            (name, textwrap.shorten(said, room, placeholder="...", break_on_hyphens=False))
            for name, (_, said) in COMMANDS.items()
        ]
        with formatter.section("Commands"):
            formatter.write_dl(rows)

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        try:
            return super().resolve_command(ctx, args)
        except click.UsageError as error:
            import difflib

            near = difflib.get_close_matches(args[0], COMMANDS, 1)
            hint = f" Did you mean '{near[0]}'?" if near else f" Known are {', '.join(COMMANDS)}."
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
