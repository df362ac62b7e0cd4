"""`monitor poll`: one cycle, or one after another, without a screen."""

from __future__ import annotations

import asyncio
import signal
from datetime import UTC, datetime

import click

from monitor.cli.setup import Options, opened
from monitor.cli.talk import Exit, Progress, complain, several, tell
from monitor.errors import StoreError
from monitor.model import PollReport
from monitor.pipeline import FeedOutcome
from monitor.service import Monitor

_LONGEST_NAP = 60.0
_SHORTEST_NAP = 1.0


@click.command("poll")
@click.option("--loop", is_flag=True, help="Go on until stopped (Ctrl+C, SIGTERM); each feed when it is due.")
@click.option("--all", "force", is_flag=True, help="Poll every feed now, due or not, muted ones too.")
@click.option("-v", "--verbose", is_flag=True, help="One line for each feed.")
@click.pass_obj
def command(options: Options, loop: bool, force: bool, verbose: bool) -> int:
    """Polls the feeds that are due and stores what is new.

    \b
    Example: monitor poll --all
    Exit codes: 0 something new, 1 nothing new, 2 error, or every feed failed.
    """
    if options.read_only:
        raise click.UsageError("--read-only and poll do not go together: a poll writes what it finds.")
    with opened(options) as monitor:
        return asyncio.run(_loop(monitor, verbose) if loop else _once(monitor, force, verbose))


async def _once(monitor: Monitor, force: bool, verbose: bool) -> int:
    report = await _cycle(monitor, force, verbose)
    if report.polled and len(report.failed) == report.polled:
        return Exit.ERROR
    return Exit.DONE if report.new or report.revised else Exit.NOTHING


async def _cycle(monitor: Monitor, force: bool, verbose: bool) -> PollReport:
    progress = Progress()

    def line(outcome: FeedOutcome) -> None:
        if verbose:
            progress.end()
            tell(_line(outcome))
        if outcome.notice:
            progress.end()
            tell(f"{outcome.feed.id} {outcome.notice}")

    report = await monitor.poll(force=force, progress=progress, done=line)
    progress.end()
    if not verbose:
        for feed, cause in report.failed[:20]:
            tell(f"{feed}: {cause}")
        if len(report.failed) > 20:
            tell(f"... and {len(report.failed) - 20} more; --verbose names them all")
    click.echo(summary(report))
    return report


def _line(outcome: FeedOutcome) -> str:
    """One feed's turn: what came, and how it fares where that is not well."""
    came = "unchanged" if outcome.unchanged else f"{len(outcome.new)} new"
    came += f", {len(outcome.revised)} revised" if outcome.revised else ""
    state = outcome.state
    return f"{outcome.feed.id}: {came}" + (f" · {state.health}: {state.cause}" if state.health != "ok" else "")


def summary(report: PollReport) -> str:
    """The cycle in one line."""
    parts = [f"{several(report.polled, 'feed')} polled in {report.seconds:.1f} s"]
    if report.unchanged:
        parts.append(f"{report.unchanged} unchanged")
    if report.failed:
        parts.append(f"{len(report.failed)} failed")
    parts.append(
        several(report.new, "new entry", "new entries") + (f", {report.revised} revised" if report.revised else "")
    )
    parts.append(f"{several(report.alerts, 'alert')}, {report.flagged} flagged as changes")
    return " · ".join(parts) if report.polled else "no feed is due; --all polls them anyway"


async def _loop(monitor: Monitor, verbose: bool) -> int:
    """Cycles until a signal comes; the cycle under way is cut off, what it had stored stays."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    stopped = asyncio.ensure_future(stop.wait())
    try:
        while not stop.is_set():
            cycle = asyncio.ensure_future(_cycle(monitor, False, verbose))
            await asyncio.wait((cycle, stopped), return_when=asyncio.FIRST_COMPLETED)
            if not cycle.done():
                cycle.cancel()
                await asyncio.gather(cycle, return_exceptions=True)
                break
            try:
                cycle.result()
            except StoreError as error:
                # A full disk or a busy store may be well again by the next cycle.
                complain(str(error))
            await asyncio.wait((stopped,), timeout=_nap(monitor.next_due()))
    finally:
        stopped.cancel()
    tell("stopped")
    return Exit.DONE


def _nap(due: datetime | None) -> float:
    """Seconds until the next feed is due, within bounds: the clock may jump when a laptop sleeps."""
    wait = (due - datetime.now(UTC)).total_seconds() if due is not None else _LONGEST_NAP
    return min(max(wait, _SHORTEST_NAP), _LONGEST_NAP)
