"""`monitor follow`: each new or changed alert as a line, for as long as it runs."""

from __future__ import annotations

import asyncio
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

import click

from monitor import filters
from monitor.cli.log import Voice
from monitor.cli.loop import Loop
from monitor.cli.output import Form, forms
from monitor.cli.poll import LOG, Poller
from monitor.cli.setup import Options, opened
from monitor.cli.stories import moment_of
from monitor.errors import InputError
from monitor.export.jsonl import line
from monitor.export.stories import alert_record
from monitor.feeds.clean import safe
from monitor.model import Alert, Board, Story
from monitor.service import Monitor, utc_now


@click.command("follow")
@forms(Form.PLAIN, Form.JSONL)
@click.option("--no-poll", is_flag=True, help="Only watch what other processes bring into the store.")
@click.option(
    "--lane", type=click.Choice(["changes", "context", "all"]), default="changes", show_default=True, help="Which lane."
)
@click.option(
    "--since", metavar="WHEN", help="Begin with those first seen since: 24h, 7d, 2026-01-05. Else from now on."
)
@click.option("--where", metavar="CONDITION", default="", help="Only those whose story fits: severity>=high.")
@LOG
@click.pass_obj
def command(
    options: Options, form: Form, no_poll: bool, lane: str, since: str | None, where: str, log: Path | None
) -> int:
    """Prints each new alert as it comes, and again when its verdict, lane or severity changes. Stops with Ctrl+C.

    Polls like `poll --loop`, unless --no-poll or --read-only is given. Without --jsonl a line has fields parted by
    tabs: new or changed, time, severity, verdict, story, gloss, headline, feed, link.

    \b
    Example: monitor follow --jsonl --where "severity>=high" | my-program
    """
    try:
        condition = filters.parse(where)
    except InputError as error:
        raise InputError(f"--where: {error}") from error
    with closing(Voice(log)) as voice, opened(options) as monitor:
        stream = Stream(monitor, form, lane, condition)
        stream.begin(since)
        poller = Poller(monitor, voice)

        async def cycle() -> int:
            return (await poller.cycle(False, quiet=True, silent=True)).polled

        polling = None if no_poll or options.read_only else cycle
        return asyncio.run(Loop(monitor, voice, polling, stream.beat).run())


@dataclass(slots=True)
class Stream:
    """What has been printed, and what is to be."""

    monitor: Monitor
    form: Form
    lane: str
    condition: filters.Condition
    told: dict[str, tuple[str | None, ...]] = field(default_factory=dict)

    def begin(self, since: str | None) -> None:
        """Takes what is there as known, but for what was first seen since that time. Raises InputError."""
        start = moment_of(since, utc_now()) if since else None
        for alert, _ in _alerts(self.monitor.board()):
            if start is None or alert.entry.first_seen < start:
                self.told[alert.entry.id] = _state(alert)
        self.beat()

    def beat(self) -> None:
        """Prints what is new or has changed."""
        fresh = [pair for pair in _alerts(self.monitor.board()) if self.told.get(pair[0].entry.id) != _state(pair[0])]
        for alert, story in sorted(fresh, key=lambda pair: (pair[0].entry.first_seen, pair[0].entry.id)):
            event = "changed" if alert.entry.id in self.told else "new"
            self.told[alert.entry.id] = _state(alert)
            if self.lane in ("all", alert.lane) and filters.holds(self.condition, story):
                self._print(event, alert, story)

    def _print(self, event: str, alert: Alert, story: Story) -> None:
        if self.form is Form.JSONL:
            click.echo(line({"event": event, **alert_record(alert, story.id)}))
            return
        fields = (
            event,
            f"{alert.entry.when:%Y-%m-%dT%H:%MZ}",
            alert.severity,
            alert.verdict or "-",
            story.id[:8],
            alert.gloss or "-",
            alert.entry.title,
            alert.entry.feed,
            alert.entry.url or "-",
        )
        click.echo("\t".join(safe(one).replace("\n", " ").replace("\t", " ") for one in fields))


def _alerts(board: Board) -> list[tuple[Alert, Story]]:
    return [(alert, story) for story in board.stories for alert in story.alerts]


def _state(alert: Alert) -> tuple[str | None, ...]:
    return (alert.verdict, alert.lane, alert.severity)
