"""`monitor serve`: the dashboard in a browser; `serving` is the server.

Whoever can open the page can do what the dashboard can. So it listens on this machine only unless told, decides nothing
unless told, and asks for a key that is part of the address it prints. Other pages in the same browser, and names that
are made to lead here, are refused by Origin and Host.
"""

from __future__ import annotations

import ipaddress
import secrets
import shlex
import sys

import click

from monitor.cli.setup import Options, load
from monitor.cli.talk import Exit, tell
from monitor.errors import InputError


@click.command("serve")
@click.option("--host", default="127.0.0.1", show_default=True, help="Where to listen; 0.0.0.0 is every network.")
@click.option("--port", default=8765, show_default=True, type=click.IntRange(0, 65535), help="The port; 0: a free one.")
@click.option("--decide", is_flag=True, help="Let the browser decide and poll; else it only looks.")
@click.option("--url", "public", metavar="URL", help="The address by which a proxy in front of it is reached.")
@click.pass_obj
def command(options: Options, host: str, port: int, decide: bool, public: str | None) -> int:
    """Shows the dashboard in a browser (extra [web]). The address that it prints holds a key; keep it to yourself.

    \b
    Example: monitor serve --port 8765
    """
    if options.read_only and decide:
        raise click.UsageError("--read-only and --decide do not go together.")
    load(options)  # what is wrong with feeds.yml is told here, not in every browser
    try:
        from monitor.cli.serving import Served
    except ImportError as error:
        raise InputError(
            "The dashboard in a browser needs the extra [web]: in the program's folder, "
            "uv tool install --force '.[web]'."
        ) from error
    if not _is_loopback(host):
        tell(f"Listening on {host}: what passes is not encrypted. Put a proxy with TLS in front of it, or use ssh -L.")
    served = Served(child(options, decide), host, port, public, secrets.token_urlsafe(18))
    served.run(click.echo)
    return Exit.DONE


def child(options: Options, decide: bool) -> str:
    """The command that each browser gets a process of, quoted for the shell that textual-serve starts it with."""
    words = [sys.executable, "-m", "monitor"]
    words += ["--config", options.config] if options.config else []
    words += ["--store", options.store] if options.store else []
    words += [] if decide else ["--read-only"]
    return shlex.join(words)


def _is_loopback(host: str) -> bool:
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
