"""How much later fifty healthy feeds are when faulty ones are polled beside them.

    python -m tests.bench.beside

One server with 50 ms latency in a process of its own answers for the healthy feeds; faults are drips, hangs,
resets and documents that are slow to parse. Printed is the time at which the last healthy feed was stored, without the
faults and with them, each the best of three, and their ratio.
"""

from __future__ import annotations

import asyncio
import subprocess
import sys
import time
from contextlib import AsyncExitStack
from datetime import UTC, datetime

from monitor.feeds.fetch import Fetcher
from monitor.model import Config, Feed
from monitor.pipeline import FeedOutcome, run_cycle
from monitor.reader import Reader
from tests.bench.memory import MemoryArchive
from tests.bench.polling import ROOT, urls
from tests.faults import FaultServer

SLOW = b"<rss version='2.0'><channel>" + (b"<item><title>" + b"&lt;b&gt;x" * 900 + b"</title></item>") * 600


async def last_healthy(feeds: list[Feed], reader: Reader) -> float:
    """Seconds until the last healthy feed was stored."""
    begun, last = time.monotonic(), 0.0

    async def heard(outcome: FeedOutcome) -> None:
        nonlocal last
        if outcome.state.failures == 0 and outcome.feed.id.startswith("ok"):
            last = time.monotonic() - begun

    async with Fetcher(user_agent="bench", read=3, wall=6) as fetcher:
        await run_cycle(
            feeds,
            {},
            fetcher,
            MemoryArchive(),
            clock=lambda: datetime.now(UTC),
            jitter=lambda: 0.0,
            done=heard,
            parser=reader,
        )
    return last


async def main() -> None:
    command = [sys.executable, "-m", "tests.bench.polling", "--serve", "50", "0.05"]
    # Nothing else runs yet that the start of a process could hold up.
    server = subprocess.Popen(  # noqa: ASYNC220
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT
    )
    assert server.stdin is not None
    assert server.stdout is not None
    port = int(server.stdout.readline())
    healthy = [Feed(f"ok{n}", url, "x", allow_private=True) for n, url in enumerate(urls(50, port))]
    reader = Reader(Config("", "", None, None, (), (), ()))
    async with AsyncExitStack() as stack:
        faulty = []
        for number in range(12):
            fault = await stack.enter_async_context(FaultServer(f"127.0.8.{number + 1}"))
            fault.route("/0", fault.drip())
            fault.route("/1", fault.hang())
            fault.route("/2", fault.reset())
            fault.route("/3", fault.send("200 OK", SLOW))
            faulty.append(Feed(f"bad{number}", fault.url(f"/{number % 4}"), "x", allow_private=True))
        await last_healthy(healthy[:5], reader)
        alone = [await last_healthy(healthy, reader) for _ in range(3)]
        mixed = [feed for n, feed in enumerate(healthy) for feed in (feed, *faulty[n : n + 1])]
        beside = [await last_healthy(mixed, reader) for _ in range(3)]
    reader.close()
    server.stdin.close()
    server.wait(10)
    server.stdout.close()
    print(f"alone {min(alone):.2f} s, beside 12 faults {min(beside):.2f} s, ratio {min(beside) / min(alone):.2f}")


if __name__ == "__main__":
    asyncio.run(main())
