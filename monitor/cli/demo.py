"""`monitor demo`: the whole program without the internet, on invented outlets served from this machine."""

from __future__ import annotations

import asyncio
import os
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import click

from monitor import config as configuration
from monitor.cli.setup import USER_AGENT, load_file, read_seeds
from monitor.cli.talk import Exit, Progress, tell
from monitor.demo.scenario import load as load_scenario
from monitor.demo.server import DemoServer, feeds_yml, story_clock
from monitor.feeds.fetch import Fetcher
from monitor.model import Config
from monitor.pipeline import Polite
from monitor.rules.engine import Ruleset
from monitor.service import Monitor
from monitor.store.archive import Archive

# In story time; at the usual pace one second is seven hours.
_INTERVAL = timedelta(hours=8)
_STEP = timedelta(hours=8)
# Seconds. One outlet of the story never answers: so short a patience keeps the story moving.
_WALL, _WALL_UNSEEN = 2.0, 0.3


@click.command("demo")
@click.option(
    "--seconds", default=100.0, show_default=True, type=click.FloatRange(5, 3600), help="How long the month takes."
)
@click.option("--ascii", "ascii_only", is_flag=True, help="Draw with ASCII marks only.")
def command(seconds: float, ascii_only: bool) -> int:
    """Shows thirty days of an invented story in a minute and a half: announced, denied, put off, done.

    Ten outlets are served on loopback, polled by the real poller into a throw-away store, and shown in the real
    dashboard. Without a terminal the month is polled through and the last board printed.

    \b
    Example: monitor demo --seconds 60
    """
    shown = sys.stdout.isatty() and sys.stdin.isatty() and os.environ.get("TERM", "") not in ("", "dumb")
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="monitor-demo-")))
        if shown:
            asyncio.run(_show(folder, seconds, ascii_only))
        else:
            click.echo(asyncio.run(_print(folder, ascii_only)))
    return Exit.DONE


async def _show(folder: Path, seconds: float, ascii_only: bool) -> None:
    from monitor.cli.screen import screen
    from monitor.dashboard.hangup import leave_with_terminal

    scenario = load_scenario()
    clock = story_clock(scenario, time.monotonic, seconds)
    async with DemoServer(scenario, clock.now) as server:
        with Archive.open(folder / "store.db") as archive:
            monitor = demonstration(folder, server.base, archive, clock.now, _WALL)
            app = screen(lambda: monitor, polling=True, ascii_only=ascii_only, clock=clock.now, remember=False)
            leave_with_terminal(app)
            await app.run_async()


async def _print(folder: Path, ascii_only: bool) -> str:
    """Walks through the month as fast as the outlets answer."""
    from monitor.dashboard.draw import plain_board

    scenario = load_scenario()
    moment = [scenario.start]
    progress = Progress()
    tell("polling a month of invented news from this machine ...")
    async with DemoServer(scenario, lambda: moment[0]) as server:
        with Archive.open(folder / "store.db") as archive:
            monitor = demonstration(folder, server.base, archive, lambda: moment[0], _WALL_UNSEEN)
            while moment[0] < scenario.end:
                moment[0] = min(moment[0] + _STEP, scenario.end)
                progress(f"{moment[0]:%d %b %Y}")
                await monitor.poll()
            progress.end()
            return plain_board(monitor.board(), width=shutil.get_terminal_size((100, 24)).columns, ascii=ascii_only)


def demonstration(
    folder: Path, base: Mapping[str, str], archive: Archive, clock: Callable[[], datetime], wall: float
) -> Monitor:
    """The real service over the demonstration's feeds, with the shipped rules and seeds."""
    shipped, ruleset = _shipped()
    own = folder / "feeds.yml"
    own.write_text(feeds_yml(base), encoding="utf-8")
    feeds = tuple(replace(feed, interval=_INTERVAL) for feed in configuration.load(own).feeds)
    config = replace(shipped, file=str(own), feeds=feeds, user="you")
    fetcher = Fetcher(user_agent=USER_AGENT, wall=wall)
    return Monitor(
        config, ruleset, read_seeds(shipped), archive, fetcher, clock=clock, polite=Polite(spacing=0.0), label=_label
    )


def _label(now: datetime) -> str:
    """What the screen says of itself, so that no picture of it passes for news."""
    over = ", the story is over" if now >= load_scenario().end else ""
    return f"DEMO {now:%d %b %Y}, invented news{over}"


def _shipped() -> tuple[Config, Ruleset]:
    return load_file(configuration.shipped() / "feeds.yml")
