"""A `poll --loop` whose days pass in seconds, for a test to supervise: the real loop over the real service and store.

Arguments: feeds.yml, store, log, the real time at which the story began, how many times faster it runs. On SIGUSR1 the
disk is full (no file grows), on SIGUSR2 there is room again.
"""

from __future__ import annotations

import asyncio
import functools
import resource
import signal
import sys
import time
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import FrameType

from monitor.cli.live import Renewing
from monitor.cli.log import Voice
from monitor.cli.loop import Loop
from monitor.cli.poll import Poller
from monitor.cli.setup import Options, load_file
from monitor.feeds.fetch import Fetcher
from monitor.pipeline import Polite
from monitor.reader import Reader
from monitor.service import Monitor
from monitor.store.archive import Archive

START = datetime(2026, 1, 17, tzinfo=UTC)
_HARD = resource.getrlimit(resource.RLIMIT_FSIZE)[1]


def full(number: int, frame: FrameType | None) -> None:
    """No file may grow; SIGXFSZ is ignored by Python, so writing fails with an error."""
    resource.setrlimit(resource.RLIMIT_FSIZE, (1, _HARD))


def room(number: int, frame: FrameType | None) -> None:
    """Files may grow again."""
    resource.setrlimit(resource.RLIMIT_FSIZE, (_HARD, _HARD))


async def run(file: Path, store: Path, log: Path, began: float, faster: float) -> int:
    """The loop, until it is stopped."""

    def clock() -> datetime:
        return START + timedelta(seconds=(time.time() - began) * faster)

    options = Options(str(file), str(store))
    config, ruleset = load_file(file)
    with (
        closing(Voice(log, size=2_000, files=3)) as voice,
        Archive.open(store) as archive,
        closing(Renewing(options, config, Reader(config, ordinary=1))) as renewing,
    ):
        # The leases of one that was killed end with the story's time, too.
        archive.claim = functools.partial(archive.claim, seconds=180 / faster)  # type: ignore[method-assign]
        monitor = Monitor(
            config,
            ruleset,
            (),
            archive,
            Fetcher(user_agent="day"),
            clock=clock,
            jitter=lambda: 0.0,
            polite=Polite(spacing=0.0),
            reader=renewing.reader,
            renewal=renewing,
        )
        poller = Poller(monitor, voice)

        async def cycle() -> int:
            return (await poller.cycle(False, quiet=True)).polled

        return await Loop(monitor, voice, cycle, clock=clock, tick=0.02).run()


if __name__ == "__main__":
    signal.signal(signal.SIGUSR1, full)
    signal.signal(signal.SIGUSR2, room)
    paths = [Path(argument) for argument in sys.argv[1:4]]
    sys.exit(asyncio.run(run(paths[0], paths[1], paths[2], float(sys.argv[4]), float(sys.argv[5]))))
