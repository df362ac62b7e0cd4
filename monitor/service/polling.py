"""One poll cycle over what is due: leases taken, feeds run, what they brought read and counted."""

from __future__ import annotations

import asyncio
import ctypes
import gc
import os
import socket
import sys
import time
from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, suppress
from dataclasses import replace
from datetime import datetime

from monitor.feeds.schedule import as_configured, due
from monitor.model import Alert, FeedState, PollReport
from monitor.pipeline import FeedOutcome, Fetch, Parse, Polite, run_cycle
from monitor.service.alerts import Alerts
from monitor.service.ports import SICK_HEALTH, Workplace
from monitor.service.readings import Readings
from monitor.service.retention import Retention

_SHOW_WITHIN = 0.5
"""Seconds within which what a long poll finds is in the store for others to see."""
_SHARE = 10
"""How many times as long as it took to make that ready nothing is made ready again."""

_M_ARENA_MAX = -8  # of malloc.h

_INDEXED = 500
"""Entries whose words are made ready for the search after a cycle; of a first poll the rest waits for who searches."""


class Polling:
    """Polls for one workplace, under a name of its own, so that several pollers share the feeds."""

    def __init__(
        self,
        place: Workplace,
        readings: Readings,
        alerts: Alerts | None,
        fetcher: AbstractAsyncContextManager[Fetch],
        *,
        jitter: Callable[[], float],
        polite: Polite | None,
        parser: Parse | None,
        retention: Retention,
    ) -> None:
        self._retention = retention
        self._place, self._readings, self._alerts, self._fetcher = place, readings, alerts, fetcher
        self._jitter, self._parser = jitter, parser
        self._limits = place.config.polling
        self._polite = polite or Polite(self._limits.concurrency, self._limits.spacing.total_seconds())
        self._hits: dict[str, float] = {}
        self._asked: set[str] = set()  # feeds that this configuration has polled
        self._due: tuple[datetime | None, ...] = ()
        self._due_of: str | None = None
        self._holder = f"{socket.gethostname()}/{os.getpid()}/{id(self):x}"

    async def poll(
        self,
        *,
        force: bool,
        progress: Callable[[str], None] | None,
        done: Callable[[FeedOutcome], None] | None,
    ) -> PollReport:
        """Polls what is due (all, if forced) and says what came. Failures of feeds are in the report, not raised."""
        place, archive = self._place, self._place.archive
        started = time.monotonic()
        if not self._asked:
            _settle()
        states = self._states()
        feeds = due(states, place.config.feeds, place.clock(), force)
        facts = await asyncio.to_thread(self._readings.facts)
        report, show_again = PollReport(), started + _SHOW_WITHIN

        async def heard(outcome: FeedOutcome) -> None:
            nonlocal report, show_again
            self._asked.add(outcome.feed.id)
            alerts = await self._readings.of_feed(outcome, facts)
            report = _counted(report, outcome, alerts)
            if self._alerts is not None and alerts and time.monotonic() > show_again:
                # Others look at the store, not at us. One feed's turn does so for all, and what it takes of the poll's
                # time is bounded: the more there is to fold, the less often.
                show_again = float("inf")
                begun = time.monotonic()
                await asyncio.to_thread(self._alerts.shown, patient=False)
                ended = time.monotonic()
                show_again = ended + max(_SHOW_WITHIN, _SHARE * (ended - begun))
            if progress is not None:
                progress(f"{report.polled}/{len(feeds)} feeds")
            if done is not None:
                done(outcome)

        refused: list[str] = []

        def claim(wanted: Mapping[str, FeedState]) -> Collection[str]:
            given = archive.claim(wanted, self._holder, force=force)
            refused.extend(wanted.keys() - given)
            return given

        try:
            async with self._fetcher as fetcher:
                await run_cycle(
                    feeds,
                    states,
                    fetcher,
                    archive,
                    clock=place.clock,
                    jitter=self._jitter,
                    polite=self._polite,
                    parser=self._parser,
                    done=heard,
                    claim=claim,
                    hits=self._hits,
                    limits=self._limits,
                )
        finally:
            # Also when it is cut off: what it had taken and not polled is free for others at once.
            await asyncio.shield(asyncio.to_thread(archive.give_back, self._holder))
        await asyncio.to_thread(self._after, report.new + report.revised)
        held = await asyncio.to_thread(archive.held, refused) if refused else {}
        busy = tuple((feed, "/".join(who.split("/")[:2]), since) for feed, (who, since) in held.items())
        return replace(report, seconds=time.monotonic() - started, busy=busy)

    def _after(self, came: int) -> None:
        """What follows a cycle: others see what it found, and once a day what is old goes."""
        if self._alerts is not None:
            self._alerts.shown(patient=False)
        if came:
            self._place.archive.index(most=_INDEXED)
        self._retention.daily()

    def next_due(self) -> datetime | None:
        """When the next feed wants to be polled; None where none is enabled."""
        # Asked twice a second by a dashboard: a thousand states are read again only when something was written.
        version = self._place.archive.version()
        if version != self._due_of:
            states = self._states()
            found = (states.get(feed.id) or FeedState(feed.id) for feed in self._place.config.feeds if feed.enabled)
            self._due = tuple({state.next_due for state in found if state.health != "muted"})
            self._due_of = version
        now = self._place.clock()
        return min((moment or now for moment in self._due), default=None)

    def _states(self) -> dict[str, FeedState]:
        """How the feeds stand for this configuration: one whose entry was mended since its last poll is new."""
        states = dict(self._place.archive.feed_states())
        for feed in self._place.config.feeds:
            if (state := states.get(feed.id)) is not None:
                states[feed.id] = as_configured(feed, state, anew=feed.id not in self._asked)
        return states


def _settle() -> None:
    """Makes ready for much that comes and goes, before the first poll."""
    # What is loaded by now stays: it need not be looked through for rubbish with every thousand entries.
    gc.freeze()
    if sys.platform == "linux":
        # glibc keeps a heap for each of many threads, of which each stays as large as it ever was.
        with suppress(OSError, AttributeError):
            ctypes.CDLL(None).mallopt(_M_ARENA_MAX, 1)


def _counted(report: PollReport, outcome: FeedOutcome, alerts: Sequence[Alert]) -> PollReport:
    """The report with one more feed in it."""
    sick = outcome.state.health in SICK_HEALTH | {"muted"}
    return replace(
        report,
        polled=report.polled + 1,
        unchanged=report.unchanged + outcome.unchanged,
        failed=(*report.failed, (outcome.feed.id, outcome.state.cause)) if sick else report.failed,
        new=report.new + len(outcome.new),
        revised=report.revised + len(outcome.revised),
        alerts=report.alerts + len(alerts),
        flagged=report.flagged + sum(alert.lane == "changes" for alert in alerts),
    )
