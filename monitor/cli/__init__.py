"""The command line: a thin shell over `service`. stdout is data, stderr is talk; see `talk.Exit` for the exit codes.

This module starts the program. The commands are in `commands`, which is not loaded for the dashboard: `monitor` alone
paints its first frame before anything else is read.
"""

from __future__ import annotations

import gc
import os
import sys
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from monitor.cli.commands import cli as cli


def main(args: list[str] | None = None) -> Any:
    """The entry point: the dashboard where `monitor` is all that was said, else a command."""
    # Lexicon, rules and gazetteer are a million small objects that stay; looking through them for rubbish again and
    # again is a third of a start.
    gc.set_threshold(50_000, 20, 100)
    if args is None and len(sys.argv) == 1:
        from monitor.cli.show import has_screen, show

        if has_screen():
            from monitor.cli.options import Options

            failure = show(Options(os.environ.get("MONITOR_CONFIG"), os.environ.get("MONITOR_STORE")))
            if not failure:
                sys.exit(0)
            from monitor.cli.talk import Exit, complain

            complain(failure)
            sys.exit(int(Exit.ERROR))
    from monitor.cli.commands import run

    run(args)


def __getattr__(name: str) -> Any:
    """`cli`, the group of all commands, loaded when it is asked for."""
    if name == "cli":
        from monitor.cli.commands import cli

        return cli
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
