"""The screen on a real pty, against a minimal textual app, in one run: `python -m tests.bench.screen --stories 100000`.

    start   process start to the first painted list, to a live one and to all panes: of a store opened before, of one
            that was written to meanwhile and of one never opened, against a minimal app with a list of a hundred rows
    keys    key to paint while feeds are polled on loopback, against the minimal app on an idle machine
    big     key to paint while a feed of six megabytes is polled beside, against the same screen without polls
    soak    memory over so many cycles of new boards on fake time (no pty, no store: the screen alone)

Medians and 95th percentiles in milliseconds; the two apps take turns, so that what else the machine does falls on both.
"""

from __future__ import annotations

import argparse
import asyncio
import fcntl
import gc
import os
import pty
import random
import re
import select
import signal
import sqlite3
import statistics
import struct
import subprocess
import sys
import tempfile
import termios
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from dataclasses import replace
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING

from textual import events

if TYPE_CHECKING:
    from monitor.dashboard.app import MonitorApp

ROOT = Path(__file__).parents[2]
SIZE = (120, 40)
_ENTRIES, _FRESH = 1_900, 100  # of the big feed; of a longer one the rest is left out
WHAT = ["start", "keys", "big", "soak"]
MINIMAL = """
from textual.app import App
from textual.scroll_view import ScrollView
from textual.geometry import Size
from textual.strip import Strip
from rich.segment import Segment

class Rows(ScrollView, can_focus=True):
    BINDINGS = [("j", "down"), ("k", "up")]
    at = 0
    def on_mount(self):
        self.virtual_size = Size(100, 100)
    def action_down(self):
        self.at = min(self.at + 1, 99); self.refresh()
    def action_up(self):
        self.at = max(self.at - 1, 0); self.refresh()
    def render_line(self, y):
        mark = ">" if y == self.at else " "
        return Strip([Segment(f"{mark} ROW {y} {self.at} of a list")])

class Minimal(App):
    def compose(self):
        yield Rows()

Minimal().run()
"""


class Terminal:
    """A process behind a pty, and when what it wrote came."""

    def __init__(self, command: Sequence[str], env: dict[str, str]) -> None:
        self.master, slave = pty.openpty()
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", SIZE[1], SIZE[0], 0, 0))
        whole = {**os.environ, "TERM": "xterm-256color", **env}
        for name in ("COLUMNS", "LINES", "NO_COLOR", "TMUX"):
            whole.pop(name, None)
        self.seen, self.begun = b"", time.perf_counter()
        self.at = self.begun  # when the last of what was seen came
        self.process = subprocess.Popen(
            command, stdin=slave, stdout=slave, stderr=slave, cwd=ROOT, env=whole, close_fds=True
        )
        os.close(slave)

    def wait(self, pattern: bytes, seconds: float = 120) -> float:
        """Seconds from the start until the pattern was written, which may have been before."""
        end = time.perf_counter() + seconds
        while time.perf_counter() < end:
            if re.search(pattern, self.seen):
                return self.at - self.begun
            ready, _, _ = select.select([self.master], [], [], 1)
            if ready:
                try:
                    self.seen = (self.seen + os.read(self.master, 65536))[-200_000:]
                except OSError as error:
                    raise SystemExit(f"the program ended: {self.seen[-3000:]!r}") from error
                self.at = time.perf_counter()
        raise SystemExit(f"{pattern!r} never came: {self.seen[-3000:]!r}")

    def quiet(self, seconds: float = 0.15, most: float = 30.0) -> None:
        """Read until nothing has been written for a while."""
        end = time.perf_counter() + most
        while time.perf_counter() < end and select.select([self.master], [], [], seconds)[0]:
            self.seen = (self.seen + os.read(self.master, 65536))[-200_000:]

    def key(self, key: bytes) -> float:
        """Seconds from a key to the first bytes it brings; what came before is not counted."""
        self.quiet(0.0, 1.0)
        begun = time.perf_counter()
        os.write(self.master, key)
        if not select.select([self.master], [], [], 30)[0]:
            raise SystemExit(f"nothing was painted for {key!r}")
        taken = time.perf_counter() - begun
        time.sleep(0.05)
        return taken

    def close(self) -> None:
        """End it, by its own key, else by force."""
        try:
            os.write(self.master, b"q\x03")
            self.process.wait(3)
        except (OSError, subprocess.TimeoutExpired):
            self.process.send_signal(signal.SIGKILL)
            self.process.wait(10)
        os.close(self.master)


def minimal() -> list[str]:
    """The app that does next to nothing."""
    return [sys.executable, "-c", MINIMAL]


def ours(store: Path, config: Path, *options: str) -> list[str]:
    """The dashboard over a store."""
    return [sys.executable, "-m", "monitor", "--config", str(config), "--store", str(store), *options]


@contextmanager
def serving(feeds: int) -> Iterator[int]:
    """Feeds on loopback, served by a process of its own; yields their port."""
    command = [sys.executable, "-m", "tests.bench.polling", "--serve", str(feeds), "0.01"]
    server = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT)
    assert server.stdin is not None
    assert server.stdout is not None
    try:
        yield int(server.stdout.readline())
    finally:
        server.stdin.close()
        server.wait(10)
        server.stdout.close()


def configuration(feeds: int, port: int) -> str:
    """The shipped rules, the shipped feeds' ids (the store's entries are theirs), addresses on loopback."""
    from tests.bench.polling import urls
    from tests.builders import config

    names = [feed.id for feed in config().feeds]
    names += [f"f{number}" for number in range(feeds)]
    rows = [
        f"  - {{id: {name}, url: '{url}', allow_private: true, lang: en}}"
        for name, url in zip(names, urls(feeds, port), strict=False)
    ]
    return "\n".join(["shipped_rules: true", "feeds:", *rows, ""])


def percentile(times: Sequence[float], part: float) -> float:
    """Of so many times."""
    return sorted(times)[min(round(part * len(times)), len(times) - 1)]


def told(name: str, mine: float, bare: float, wanted: float) -> None:
    """One line of the report."""
    held = "ok" if mine / bare <= wanted else "MISSED"
    print(f"{name:<58} {1000 * mine:8.0f} {1000 * bare:8.0f}  {mine / bare:5.2f}x (<= {wanted:g}x) {held}", flush=True)


def bench_start(store: Path, config: Path, state: Path, rounds: int) -> None:
    """Process start to the first painted list, to a live one, and to all three panes."""
    row, live, panes = rb"(HIGH|MED|LOW|CRIT)\s", rb"1 Stories \xc2\xb7 changes", rb"unreviewed"
    names = ("minimal", "seen", "seen live", "seen panes", "written", "written live", "never", "never live")
    taken: dict[str, list[float]] = {name: [] for name in names}
    screen = ours(store, config, "--no-poll")
    for number in range(rounds):
        env = {"XDG_STATE_HOME": str(state / f"{number}")}
        for name, command, marks in (
            ("minimal", minimal(), {"": rb"ROW 0"}),
            ("never", screen, {"": row, " live": live}),
            ("seen", screen, {"": row, " live": live, " panes": panes}),
            ("written", screen, {"": row, " live": live}),
        ):
            if name == "written":
                os.utime(store)  # as if somebody had polled meanwhile
            with closing(Terminal(command, env)) as terminal:
                for what, pattern in marks.items():
                    taken[name + what].append(terminal.wait(pattern))
                terminal.quiet(0.5)  # the wider board is read, and what was seen is kept for the next time
    middle = {name: statistics.median(times) for name, times in taken.items()}
    for name, said in (
        ("seen", "start to a list"),
        ("seen live", "start to the live list"),
        ("seen panes", "start to the live list with baseline and reason"),
        ("written", "written meanwhile: start to the list as last seen"),
        ("written live", "written meanwhile: start to the live list"),
        ("never live", "never started before: start to the live list"),
    ):
        told(said, middle[name], middle["minimal"], 1.3)


def bench_keys(store: Path, config: Path, state: Path, presses: int) -> None:
    """Key to paint: the minimal app, ours at rest, ours while all feeds are polled."""
    env = {"XDG_STATE_HOME": str(state / "keys")}
    times: dict[str, list[float]] = {"minimal": [], "rest": [], "polled": []}
    with ExitStack() as stack:
        bare = stack.enter_context(closing(Terminal(minimal(), env)))
        screen = stack.enter_context(closing(Terminal(ours(store, config, "--no-poll"), env)))
        bare.wait(rb"ROW 0")
        screen.wait(rb"unreviewed")
        time.sleep(3)
        for number in range(presses):
            key = b"j" if number % 40 < 20 else b"k"
            times["minimal"].append(bare.key(key))
            times["rest"].append(screen.key(key))
        os.write(screen.master, b"r")
        screen.wait(rb"polling \d")
        for number in range(presses):
            key = b"j" if number % 40 < 20 else b"k"
            times["minimal"].append(bare.key(key))
            times["polled"].append(screen.key(key))
    for name in ("rest", "polled"):
        for part, word in ((0.5, "median"), (0.95, "p95")):
            told(f"key to paint, {name}, {word}", percentile(times[name], part), percentile(times["minimal"], part), 3)


def big_feed(rounds: int) -> bytes:
    """A feed of six megabytes: of its entries some are new with each round, and a few are alerts."""
    from monitor.language.facilities import gazetteer
    from tests.bench.store import WORDS

    items, bases = [], [base.name for base in gazetteer().values()]
    for number in range(_FRESH * rounds, _FRESH * rounds + _ENTRIES):
        chance = random.Random(number)
        text = " ".join(chance.choices(WORDS, k=320))
        title = " ".join(chance.choices(WORDS, k=8))
        title = title if number % 20 else f"Army takes over {bases[number // 20 % len(bases)]}"
        items.append(f"<item><guid>{number}</guid><title>{title}</title><description>{text}</description></item>")
    return f'<rss version="2.0"><channel><title>Big</title>{"".join(reversed(items))}</channel></rss>'.encode()


def serve_big() -> None:
    """Answers with the next round at each request, until its input ends."""
    bodies = iter([big_feed(number) for number in range(12)])

    class Answer(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = next(bodies)
            self.send_response(200)
            self.send_header("Content-Type", "application/rss+xml")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Answer)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    print(server.server_address[1], flush=True)
    sys.stdin.read()


def _entries(store: Path) -> int:
    """How many entries a store holds, while another process writes to it."""
    with closing(sqlite3.connect(f"file:{store}?mode=ro", uri=True)) as reading:
        return int(reading.execute("SELECT count(*) FROM t_entries").fetchone()[0])


def bench_big(state: Path, presses: int) -> None:
    """Key to paint: the screen left alone, and while it polls a feed of six megabytes."""
    command = [sys.executable, "-m", "tests.bench.screen", "--serve-big"]
    server = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT)
    assert server.stdin is not None
    assert server.stdout is not None
    rest: list[float] = []
    beside: list[float] = []
    try:
        config, store = state / "feeds.yml", state / "store.db"
        url = f"http://127.0.0.1:{server.stdout.readline().strip()}/feed"
        config.write_text(
            f"shipped_rules: true\nfeeds:\n  - {{id: big, url: '{url}', allow_private: true, lang: en}}\n",
            encoding="utf-8",
        )
        with closing(Terminal(ours(store, config, "--no-poll"), {"XDG_STATE_HOME": str(state)})) as screen:
            screen.wait(rb"none polled")
            os.write(screen.master, b"r")
            screen.wait(rb"polled 1 feed: [\d,]+ new")
            for number in range(1, 7):
                screen.quiet(0.5)
                keys = [b"j" if press % 20 < 10 else b"k" for press in range(presses // 6)]
                rest += [screen.key(key) for key in keys]
                os.write(screen.master, b"r")
                wanted, stored, end = _ENTRIES + _FRESH * number, 0, float("inf")
                while time.perf_counter() < end:
                    beside.append(screen.key(keys[len(beside) % len(keys)]))
                    if stored < wanted and (stored := _entries(store)) >= wanted:
                        end = time.perf_counter() + 1.0  # what is new is read and folded behind
    finally:
        server.stdin.close()
        server.wait(10)
        server.stdout.close()
    print(f"a feed of {len(big_feed(0)) / 1e6:.1f} MB, {len(beside)} keys while it was polled, {len(rest)} without")
    for part, word in ((0.5, "median"), (0.95, "p95"), (1.0, "most")):
        told(f"key to paint beside a big feed, {word}", percentile(beside, part), percentile(rest, part), 1.2)


async def typed(app: MonitorApp, *keys: str) -> None:
    """Keys as the driver brings them, all given turns to be acted on. A pilot would sleep after each of them."""
    for key in keys:
        app.post_message(events.Key(key, key))
        await turns(40)
    await turns(1)


async def turns(number: int) -> None:
    """Let others run."""
    for _ in range(number):
        await asyncio.sleep(0)


async def soak(cycles: int) -> tuple[int, int]:
    """New boards on fake time: bytes that the process holds after a quarter of the cycles and at the end."""
    from tests.dashboard.boards import NOW, FakeDesk, rich_board, story
    from tests.dashboard.screens import Quick

    moment = [NOW]
    desk = FakeDesk(rich_board())
    app = Quick(desk, clock=lambda: moment[0])
    sizes: list[int] = []
    async with app.run_test(size=(120, 40), notifications=True):
        for number in range(cycles):
            moment[0] += timedelta(minutes=5)
            fresh = tuple(story(f"n{number}-{n}", f"News {number} {n}", ago=NOW - moment[0]) for n in range(3))
            desk.now_board = replace(rich_board(), now=moment[0], stories=(*fresh, *desk.now_board.stories[:60]))
            desk.token += 1
            app.beat()
            while app.main.view.board is not desk.now_board:
                await typed(app)
            await typed(app, "." if number % 3 else "j", *(["x", "x"] if number % 10 == 0 else []))
            if number % 50 == 0:
                await typed(app, "3", "4", "5", "1")
            if number in (cycles // 4, cycles - 1):
                gc.collect()
                sizes.append(_resident())
    begun, ended = sizes
    return begun, ended


def _resident() -> int:
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith("VmRSS"):
            return int(line.split()[1]) * 1024
    return 0


def main() -> None:
    """Runs what the options ask for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", nargs="*", choices=[*WHAT, []], default=[])
    parser.add_argument("--serve-big", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("--stories", type=int, default=100_000)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--presses", type=int, default=150)
    parser.add_argument("--feeds", type=int, default=200)
    parser.add_argument("--cycles", type=int, default=10_000)
    parser.add_argument("--folder", type=Path, help="Keep the store here, and use it again.")
    options = parser.parse_args()
    if options.serve_big:
        serve_big()
        return
    options.what = options.what or WHAT
    if set(options.what) & {"start", "keys"}:
        from monitor.store.rowarchive import RowArchive
        from tests.bench.board import fill

        with ExitStack() as stack:
            folder = options.folder or Path(stack.enter_context(tempfile.TemporaryDirectory()))
            folder.mkdir(parents=True, exist_ok=True)
            store = folder / "store.db"
            port = stack.enter_context(serving(options.feeds))
            config = folder / "feeds.yml"
            config.write_text(configuration(options.feeds, port), encoding="utf-8")
            if not store.exists():
                part = folder / "part.db"
                with closing(RowArchive.at(str(part))) as archive:
                    fill(archive, options.stories, options.stories, separate=True)
                part.rename(store)  # whole or not at all: a fill that was ended is not taken for a store
                # Whatever is derived from entries and configuration is made once, as on any other day.
                subprocess.run(ours(store, config), check=True, cwd=ROOT, stdout=subprocess.DEVNULL)
            if "start" in options.what:
                bench_start(store, config, Path(stack.enter_context(tempfile.TemporaryDirectory())), options.rounds)
            if "keys" in options.what:
                bench_keys(store, config, Path(stack.enter_context(tempfile.TemporaryDirectory())), options.presses)
    if "big" in options.what:
        with tempfile.TemporaryDirectory() as folder:
            bench_big(Path(folder), options.presses)
    if "soak" in options.what:
        begun, ended = asyncio.run(soak(options.cycles))
        grown = 100 * (ended - begun) / begun
        what = f"{begun / 1e6:.0f} MB after a quarter, {ended / 1e6:.0f} MB at the end ({grown:+.1f} %)"
        print(f"soak: {options.cycles} cycles, {what}")


if __name__ == "__main__":
    main()
