"""`monitor poll`: one cycle, or one after another, without a screen."""

from __future__ import annotations

import asyncio
from contextlib import closing
from pathlib import Path

import click

from monitor.cli.log import Voice
from monitor.cli.output import Form, as_json, forms
from monitor.cli.setup import Options, opened
from monitor.cli.talk import Exit, Progress, several
from monitor.feeds.health import told
from monitor.model import PollReport
from monitor.pipeline import FeedOutcome
from monitor.service import Monitor

LOG = click.option(
    "--log", metavar="FILE", type=click.Path(path_type=Path, dir_okay=False), help="Also write what is said to a log."
)


@click.command("poll")
@click.option("--loop", is_flag=True, help="Go on until stopped (Ctrl+C, SIGTERM); each feed when it is due.")
@click.option("--all", "force", is_flag=True, help="Poll every feed now, due or not, muted ones too.")
@click.option("-v", "--verbose", is_flag=True, help="One line for each feed.")
@LOG
@forms(Form.JSON)
@click.pass_obj
def command(options: Options, loop: bool, force: bool, verbose: bool, log: Path | None, form: Form) -> int:
    """Polls the feeds that are due and stores what is new.

    With --loop, feeds.yml may be changed meanwhile: what holds is taken over (at once on SIGHUP), else the old one
    goes on. The log is begun again at 5 MB, five old ones are kept.

    \b
    Example: monitor poll --all
    Exit codes: 0 something new, 1 nothing new, 2 error, or every feed failed.
    """
    if options.read_only:
        raise click.UsageError("--read-only and poll do not go together: a poll writes what it finds.")
    with closing(Voice(log)) as voice, opened(options) as monitor:
        poller = Poller(monitor, voice, verbose=verbose, form=form)
        return asyncio.run(poller.loop() if loop else poller.once(force))


class Poller:
    """Polls and says what came."""

    def __init__(self, monitor: Monitor, voice: Voice, *, verbose: bool = False, form: Form = Form.TEXT) -> None:
        self._monitor, self._voice, self._verbose, self._form = monitor, voice, verbose, form

    async def once(self, force: bool) -> int:
        """One cycle, and the exit code that tells a script what came of it."""
        report = await self.cycle(force)
        if report.polled and len(report.failed) == report.polled:
            return Exit.ERROR
        return Exit.DONE if report.new or report.revised else Exit.NOTHING

    async def loop(self) -> int:
        """Cycles until a signal comes."""
        from monitor.cli.loop import Loop

        async def cycle() -> int:
            return (await self.cycle(False, quiet=True)).polled

        return await Loop(self._monitor, self._voice, cycle).run()

    async def cycle(self, force: bool, *, quiet: bool = False, silent: bool = False) -> PollReport:
        """One cycle; `quiet`: nothing is said where nothing was polled; `silent`: nothing on standard output."""
        progress = Progress()

        def line(outcome: FeedOutcome) -> None:
            if self._verbose:
                progress.end()
                self._voice.tell(_line(outcome))
            if outcome.notice:
                progress.end()
                self._voice.tell(f"{outcome.feed.id} {outcome.notice}")

        report = await self._monitor.poll(force=force, progress=progress, done=line)
        progress.end()
        if not self._verbose:
            for feed, cause in report.failed[:20]:
                self._voice.tell(f"{feed}: {cause}")
            if len(report.failed) > 20:
                self._voice.tell(f"... and {len(report.failed) - 20} more; --verbose names them all")
        if report.polled or not quiet:
            if not silent:
                click.echo(as_json(report_record(report)) if self._form is Form.JSON else summary(report))
            self._voice.note(summary(report))
        for problem in self._monitor.problems():
            self._voice.complain(problem)
        return report


def report_record(report: PollReport) -> dict[str, object]:
    """The cycle as JSON."""
    return {
        "polled": report.polled,
        "unchanged": report.unchanged,
        "failed": [{"feed": feed, "cause": cause} for feed, cause in report.failed],
        "new": report.new,
        "revised": report.revised,
        "alerts": report.alerts,
        "flagged": report.flagged,
        "seconds": round(report.seconds, 3),
        "busy": [{"feed": feed, "by": who, "since": since.isoformat()} for feed, who, since in report.busy],
    }


def _line(outcome: FeedOutcome) -> str:
    """One feed's turn: what came, and how it fares where that is not well."""
    came = "unchanged" if outcome.unchanged else f"{len(outcome.new)} new"
    came += f", {len(outcome.revised)} revised" if outcome.revised else ""
    state = outcome.state
    return f"{outcome.feed.id}: {came}" + (f" · {told(state.health, state.cause)}" if state.health != "ok" else "")


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
    if not report.polled and report.busy:
        return f"nothing to poll: {_busy(report)}"
    if report.busy:
        parts.append(_busy(report))
    return " · ".join(parts) if report.polled else "no feed is due; --all polls them anyway"


def _busy(report: PollReport) -> str:
    """Who has the feeds that were due: one that was killed has them for three minutes at most."""
    since, who = min((since, who) for _, who, since in report.busy)
    others = len({who for _, who, _ in report.busy}) - 1
    by = f"{who} and {several(others, 'other')}" if others else who
    number = len(report.busy)
    return f"{several(number, 'feed')} {'is' if number == 1 else 'are'} being polled by {by} since {since:%H:%M:%S}Z"
