"""How fast a poll is: the whole chain against fetching alone with the same client, and against other readers.

    python -m tests.bench.polling --feeds 200 1000 --latency 0 50 200 --who floor memory sqlite reader newsboat
    python -m tests.bench.polling --steady 10 --feeds 200 --who sqlite reader
    READER_PYTHON=/path/to/venv/bin/python   where the packages `reader` and `sgmllib3k` are installed

Every feed has an address of its own, 127.x.y.z, on one port of this machine; nothing leaves it. Each measurement is a
process of its own, start-up included: `first` polls into an empty store, `again` finds every feed unchanged (304),
`tenth` finds every tenth feed with one new entry. `PSS` is the peak sum over the process and its children. `--steady`
lets one process poll so many times more, each time every tenth feed with one new entry, and prints the CPU time of one
round and of an hour with a round every 30 minutes; a `reader` that runs in one process is what it stands beside. The
compiled rules are in the cache, as after every start but the first.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import random
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
ENTRIES = 30
WORDS = """the government said on Monday that officials will hold talks about economy oil prices and ministers while
residents of Erbil Baghdad Mosul reported new projects for water electricity schools hospitals under the plan after
parliament voted football season harvest museum concert inflation bank dollar dinar weather dust storm students
university bridge road traffic exhibition film festival company market exports""".split()  # noqa: SIM905 - it is a text
# One report in thirty is what the program is for.
REPORT = "Coalition hands over base {} to Iraqi army and withdraws {} troops"
READER = """
import sys, reader
from reader import make_reader
r = make_reader(sys.argv[1] + '/reader.sqlite')
from urllib.request import urlopen
for url in open(sys.argv[2]).read().split():
    r.add_feed(url, exist_ok=True)
r.update_feeds(workers=20, scheduled=False)
for _ in range(int(sys.argv[3])):
    urlopen(url.replace('/feed', '/next')).read()
    r.update_feeds(workers=20, scheduled=False)
print(r.get_entry_counts().total, 'entries', sum(1 for _ in r.get_feeds(broken=True)), 'feeds failed')
"""


# ---- the other side --------------------------------------------------------------------------------------------------


def address(number: int) -> str:
    return f"127.1.{number // 250}.{number % 250 + 1}"


def document(number: int, round_: int) -> bytes:
    """A feed of 30 entries; each round puts one new one on top of every tenth feed."""
    shift = round_ if number % 10 == 0 else 0
    items = []
    for position in range(ENTRIES):
        index = shift + ENTRIES - position
        chance = random.Random(number * 100_000 + index)
        when = format_datetime(datetime(2026, 11, 1, tzinfo=UTC) + timedelta(hours=index))
        title, text = (" ".join(chance.choices(WORDS, k=size)) for size in (10, 60))
        if index % ENTRIES == 0:
            title = REPORT.format(number, 100 + number)
        items.append(
            f"<item><title>{title}</title><link>https://n{number}.example/{index}</link><pubDate>{when}</pubDate>"
            f'<guid isPermaLink="false">n{number}-{index}</guid><description>&lt;p&gt;{text}.&lt;/p&gt;</description>'
            f"<category>News</category></item>"
        )
    head = f"<title>N{number}</title><link>https://n{number}.example/</link><description>d</description>"
    channel = f"<channel>{head}{''.join(items)}</channel>"
    return f'<?xml version="1.0" encoding="utf-8"?><rss version="2.0">{channel}</rss>'.encode()


async def serve(feeds: int, latency: float) -> None:
    """Answers on every address; a line on standard input starts the next round."""
    bodies = [document(number, 0) for number in range(feeds)]
    tags = [0] * feeds
    hosts = {address(number): number for number in range(feeds)}
    round_ = 0

    def advance() -> None:
        nonlocal round_
        round_ += 1
        for number in range(0, feeds, 10):
            bodies[number], tags[number] = document(number, round_), round_

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                number = hosts[writer.get_extra_info("sockname")[0]]
                await asyncio.sleep(latency)
                tag = f'"{number}-{tags[number]}"'.encode()
                if head.startswith(b"GET /next "):
                    advance()
                    writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
                elif tag in head:
                    writer.write(b"HTTP/1.1 304 Not Modified\r\nETag: " + tag + b"\r\n\r\n")
                else:
                    size = str(len(bodies[number])).encode()
                    fields = b"Content-Type: application/rss+xml\r\nETag: " + tag + b"\r\nContent-Length: " + size
                    writer.write(b"HTTP/1.1 200 OK\r\n" + fields + b"\r\n\r\n" + bodies[number])
                await writer.drain()
                if b"connection: close" in head.lower():
                    break
        except (asyncio.IncompleteReadError, OSError):
            pass
        finally:
            writer.close()

    first = await asyncio.start_server(answer, address(0), 0, backlog=1000)
    port = first.sockets[0].getsockname()[1]
    servers = [first, await asyncio.start_server(answer, [address(n) for n in range(1, feeds)], port, backlog=100)]
    print(port, flush=True)
    while await asyncio.to_thread(sys.stdin.readline):
        advance()
        print("ready", flush=True)
    for server in servers:
        server.close()


# ---- our side --------------------------------------------------------------------------------------------------------


def urls(feeds: int, port: int) -> list[str]:
    return [f"http://{address(number)}:{port}/feed" for number in range(feeds)]


async def floor(feeds: int, port: int, folder: Path) -> None:
    """Fetching alone, with the same client, the same number at once and the validators of last time."""
    from monitor.feeds.fetch import Fetcher
    from monitor.model import Feed, FeedState, Fetched

    kept = folder / "etags"
    tags = dict(line.split(" ", 1) for line in kept.read_text().splitlines()) if kept.exists() else {}
    limit = asyncio.Semaphore(20)

    async def one(number: int, url: str) -> None:
        feed = Feed(str(number), url, "x", allow_private=True)
        async with limit:
            result = await fetcher.fetch(feed, FeedState(feed.id, etag=tags.get(feed.id)))
        if isinstance(result, Fetched) and result.etag:
            tags[feed.id] = result.etag

    async with Fetcher(user_agent="bench") as fetcher:
        await asyncio.gather(*(one(number, url) for number, url in enumerate(urls(feeds, port))))
    kept.write_text("\n".join(f"{name} {tag}" for name, tag in tags.items()))


def ours(feeds: int, port: int, folder: Path, more: int, *, memory: bool) -> None:
    """The whole chain: fetch, parse, match, claims, commit; `more` polls in this process after the first. `memory`:
    into a store that costs nothing."""
    import pickle
    from contextlib import closing, nullcontext
    from dataclasses import replace
    from urllib.request import urlopen

    from monitor.cli.setup import load_file, read_seeds
    from monitor.feeds.fetch import Fetcher
    from monitor.model import Feed
    from monitor.reader import Reader
    from monitor.service import Monitor
    from monitor.store.archive import Archive
    from tests.bench.memory import MemoryArchive

    shipped, ruleset = load_file(ROOT / "feeds.yml")
    made = tuple(
        Feed(f"f{number}", url, f"N{number}", "en", allow_private=True) for number, url in enumerate(urls(feeds, port))
    )
    config = replace(shipped, feeds=made)
    kept = folder / "memory.pickle"
    store = pickle.loads(kept.read_bytes()) if kept.exists() else MemoryArchive()
    opened = nullcontext(store) if memory else Archive.open(folder / "store.db")
    with opened as archive, closing(Reader(config)) as reader:
        monitor = Monitor(config, ruleset, read_seeds(shipped), archive, Fetcher(user_agent="bench"), reader=reader)
        report = asyncio.run(monitor.poll(force=True))
        for _ in range(more):
            urlopen(f"http://{address(0)}:{port}/next").read()
            report = asyncio.run(monitor.poll(force=True))
    if memory:
        kept.write_bytes(pickle.dumps(store))
    print(report)


# ---- measuring -------------------------------------------------------------------------------------------------------


def _tree(pid: int) -> list[int]:
    found = [pid]
    for one in found:
        for task in Path(f"/proc/{one}/task").glob("*/children"):
            found += [int(child) for child in task.read_text().split()]
    return found


def _pss(pid: int) -> int:
    """Kilobytes, over the process and all its children."""
    total = 0
    for one in _tree(pid):
        try:
            rollup = Path(f"/proc/{one}/smaps_rollup").read_text()
        except OSError:
            continue
        total += sum(int(line.split()[1]) for line in rollup.splitlines() if line.startswith("Pss:"))
    return total


def measure(command: Sequence[str], env: Mapping[str, str]) -> tuple[float, float, float, str]:
    """Wall and CPU seconds, peak PSS in MiB, and the last line of output."""
    begun = time.monotonic()
    process = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=dict(env), text=True, cwd=ROOT
    )
    peak, running = 0, True

    def watch() -> None:
        nonlocal peak
        while running:
            try:
                peak = max(peak, _pss(process.pid))
            except OSError:
                return
            time.sleep(0.1)

    watcher = threading.Thread(target=watch)
    watcher.start()
    assert process.stdout is not None
    output = process.stdout.read()
    _, status, usage = os.wait4(process.pid, 0)
    wall = time.monotonic() - begun
    running = False
    watcher.join()
    process.stdout.close()
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        # A program that fails at once would look like the fastest of all.
        raise SystemExit(f"{' '.join(command)[:200]} ended with {process.returncode}: run it by hand to see why")
    last = output.strip().splitlines()[-1][:120] if output.strip() else f"exit {process.returncode}"
    return wall, usage.ru_utime + usage.ru_stime, peak / 1024, last


def command(who: str, feeds: int, port: int, folder: Path, more: int = 0) -> list[str] | None:
    """How to run one of the readers, for `more` polls after the first; None where it is not installed."""
    listed = folder / "urls"
    listed.write_text("\n".join(urls(feeds, port)) + "\n")
    if who == "reader":
        python = os.environ.get("READER_PYTHON")
        return [python, "-c", READER, str(folder), str(listed), str(more)] if python else None
    if who == "newsboat":
        (folder / "config").write_text("reload-threads 20\nauto-reload no\n")
        program = shutil.which("newsboat")
        files = ["-u", str(listed), "-c", str(folder / "cache.db"), "-C", str(folder / "config")]
        return [program, *files, "-x", "reload"] if program else None
    return [sys.executable, "-m", "tests.bench.polling", "--run", who, str(feeds), str(port), str(folder), str(more)]


def _environment(folder: Path) -> dict[str, str]:
    """Bytecode is kept, as everywhere where programs are installed and not built."""
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    return {**kept, "HOME": str(folder), "XDG_CACHE_HOME": str(folder.parent), "no_proxy": "*"}


def _warm(folder: Path) -> None:
    """Compiled rules and read seeds are kept from one start to the next."""
    code = (
        "from pathlib import Path; from monitor.cli.setup import load_file, read_seeds;"
        " from monitor.baseline.facts import read_facts; config, rules = load_file(Path('feeds.yml'));"
        " [read_facts(seed, rules) for seed in read_seeds(config)]; rules.candidates([('title', 'x')], 'en')"
    )
    subprocess.run([sys.executable, "-c", code], cwd=ROOT, env=_environment(folder / "x"), check=True)


def _server(feeds: int, latency: float) -> tuple[subprocess.Popen[str], int]:
    serving = [sys.executable, "-m", "tests.bench.polling", "--serve", str(feeds), str(latency / 1000)]
    server = subprocess.Popen(serving, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT)
    assert server.stdout is not None
    return server, int(server.stdout.readline())


def _ended(server: subprocess.Popen[str]) -> None:
    assert server.stdin is not None
    assert server.stdout is not None
    server.stdin.close()
    server.wait(10)
    server.stdout.close()


def steady(feeds: int, latency: float, rounds: int, names: Sequence[str]) -> None:
    """CPU time of one round among many in one process, every tenth feed changed: what many cost less what one costs."""
    print(f"\n{feeds} feeds of {ENTRIES} entries, {latency:g} ms latency, a tenth changed in each of {rounds} rounds")
    for who in names:
        spent: list[float] = []
        for more in (0, rounds):
            server, port = _server(feeds, latency)
            with tempfile.TemporaryDirectory() as temporary:
                folder = Path(temporary) / who
                folder.mkdir()
                _warm(folder.parent)
                run = command(who, feeds, port, folder, more)
                spent += [measure(run, _environment(folder))[1]] if run is not None else []
            _ended(server)
        if len(spent) == 2:
            each = (spent[1] - spent[0]) / rounds
            print(f"{who:10}{each:9.2f} CPU s a round{2 * each:9.2f} an hour")


def compare(feeds: int, latency: float, names: Sequence[str], verbose: bool) -> None:
    """One table."""
    server, port = _server(feeds, latency)
    assert server.stdin is not None
    assert server.stdout is not None
    print(f"\n{feeds} feeds of {ENTRIES} entries, {latency:g} ms latency")
    print(
        f"{'':10}{'first s':>9}{'CPU s':>8}{'PSS MiB':>9}"
        f"{'again s':>9}{'CPU s':>8}{'tenth s':>9}{'CPU s':>8}{'PSS MiB':>9}"
    )
    with tempfile.TemporaryDirectory() as temporary:
        folders = {who: Path(temporary) / who for who in names}
        cells: dict[str, list[str]] = {}
        _warm(Path(temporary))
        for step in ("first", "again", "tenth"):
            if step == "tenth":
                server.stdin.write("next\n")
                server.stdin.flush()
                server.stdout.readline()
            for who, folder in folders.items():
                folder.mkdir(exist_ok=True)
                run = command(who, feeds, port, folder)
                if run is None:
                    continue
                wall, cpu, peak, said = measure(run, _environment(folder))
                memory = [] if step == "again" else [f"{peak:9.0f}"]
                cells.setdefault(who, []).extend([f"{wall:9.2f}", f"{cpu:8.2f}", *memory])
                if verbose:
                    print(f"  {step} {who}: {said}", file=sys.stderr)
    for who in cells:
        print(f"{who:10}{''.join(cells[who])}")
    _ended(server)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--feeds", type=int, nargs="+", default=[200])
    parser.add_argument("--latency", type=float, nargs="+", default=[0.0])
    parser.add_argument("--who", nargs="+", default=["floor", "memory", "sqlite", "reader", "newsboat"])
    parser.add_argument("--verbose", action="store_true")
    parser.add_argument("--serve", nargs=2, help=argparse.SUPPRESS)
    parser.add_argument("--steady", type=int, default=0, metavar="ROUNDS")
    parser.add_argument("--run", nargs=5, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.serve:
        asyncio.run(serve(int(options.serve[0]), float(options.serve[1])))
    elif options.run:
        who, feeds, port, folder, more = options.run
        if who == "floor":
            asyncio.run(floor(int(feeds), int(port), Path(folder)))
        else:
            ours(int(feeds), int(port), Path(folder), int(more), memory=who == "memory")
    else:
        for feeds in options.feeds:
            for latency in options.latency:
                if options.steady:
                    steady(feeds, latency, options.steady, options.who)
                else:
                    compare(feeds, latency, options.who, options.verbose)


if __name__ == "__main__":
    main()
