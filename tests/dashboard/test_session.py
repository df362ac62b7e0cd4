"""A whole sitting by keys alone: the real program over a real store and a feed on loopback, behind a pty."""

from __future__ import annotations

import email.utils
import json
import os
import re
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from tests.dashboard.terminals import ROOT, Terminal

pytestmark = pytest.mark.long
HANDOVER = "Iraqi army takes control of Ain al-Asad airbase from coalition"
OLD = (
    "Kuwait sends carrier strike group commander a note",
    "US has withdrawn 200 troops from Al-Tanf garrison in Syria",
    "Coalition spokesman denies handover of Harir airbase to Iraqi army",
)


class Outlet:
    """A feed on loopback; the test says what stands in it."""

    def __init__(self) -> None:
        self.titles = list(OLD)
        outlet = self

        class Answer(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                body = outlet.document().encode()
                self.send_response(200)
                self.send_header("Content-Type", "application/rss+xml; charset=utf-8")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: object) -> None:
                """Say nothing."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Answer)
        self.thread = threading.Thread(target=self.server.serve_forever, daemon=True)
        self.thread.start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server.server_port}/feed.xml"

    def document(self) -> str:
        now = datetime.now(UTC)
        rows = [
            f"<item><title>{title}</title><link>https://wire.example/{number}</link><guid>{number}</guid>"
            f"<pubDate>{email.utils.format_datetime(now - timedelta(hours=len(self.titles) - number))}</pubDate></item>"
            for number, title in enumerate(self.titles)
        ]
        return f"<rss version='2.0'><channel><title>Wire</title>{''.join(rows)}</channel></rss>"

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()
        self.thread.join(10)


@pytest.fixture
def outlet() -> Iterator[Outlet]:
    with closing(Outlet()) as made:
        yield made


def monitor(folder: Path, *words: str) -> list[str]:
    """The program over the store of the folder."""
    return [sys.executable, "-m", "monitor", "--config", f"{folder}/feeds.yml", "--store", f"{folder}/store.db", *words]


@pytest.fixture
def folder(tmp_path: Path, outlet: Outlet) -> Path:
    """feeds.yml with one feed and a rule of one's own; polled once, so that there is something to begin with."""
    (tmp_path / "feeds.yml").write_text(
        "user: layla\nshipped_rules: true\nshipped_feeds: false\n"
        f"feeds:\n  - {{id: wire, url: '{outlet.url}', name: Wire, lang: en, allow_private: true, interval: 24h}}\n"
        "rules:\n  - {id: my-words, keywords: [carrier strike group], severity: low}\n",
        encoding="utf-8",
    )
    subprocess.run(monitor(tmp_path, "poll"), cwd=ROOT, check=False, timeout=120, capture_output=True)
    return tmp_path


def test_a_sitting(outlet: Outlet, folder: Path) -> None:
    env = {"XDG_STATE_HOME": str(folder / "state"), "VTE_VERSION": "7000"}
    with closing(Terminal(monitor(folder), (120, 40), env=env)) as screen:
        # What was found before the sitting, and the words of one's own rule.
        screen.wait_for("withdrawal · Al-Tanf Garrison")
        assert "keyword “carrier strike group”" in screen.picture

        # A new story arrives and waits for its key.
        outlet.titles.append(HANDOVER)
        screen.press("r")
        screen.wait_for("1 new, press .")
        assert "handover · completed" not in screen.picture
        screen.press(".")
        screen.wait_for("handover · completed · Ain al-Asad")
        screen.press("g")

        # Why it is there, and against what.
        picture = screen.wait_for("base-handover: title")
        assert "read as: handover, completed" in picture
        assert "UPDATES Ain al-Asad status" in picture
        assert "→ this story:" in picture

        # A claim read wrongly is corrected, and corrected back.
        screen.press("C")
        screen.wait_for("Correct the lead claim: which field?")
        screen.press("4")
        screen.wait_for("Phase:")
        screen.press("\x15")
        screen.wait_for(lambda picture: _answer(picture, "Phase:") == "")
        screen.press("under way")
        screen.wait_for(lambda picture: _answer(picture, "Phase:") == "under way")
        screen.press("\r")
        screen.wait_for("handover · under way · Ain al-Asad")
        screen.press("u")
        screen.wait_for("handover · completed · Ain al-Asad")

        # Confirmed, accepted into the baseline, taken back.
        screen.press("c")
        screen.wait_for("›✓")
        screen.press("a")
        screen.wait_for("ACCEPTED Ain al-Asad status: handed")
        screen.wait_for("✓ accepted: Ain al-Asad status is now handed over")
        screen.wait_for("before that, → UPDATES")
        screen.press("u")
        screen.wait_for("UPDATES Ain al-Asad status: handover")

        # Filter, and out of it.
        screen.press("/")
        screen.wait_for("filter: gloss, headline, feed, facility")
        screen.press("tanf")
        screen.wait_for("filter “tanf”: 1 of")
        screen.press("\r")
        screen.wait_for("read as: withdrawal")

        # Dismissed with a reason: out of the list, and to be seen again.
        screen.press("d")
        screen.wait_for("Dismiss: why?")
        screen.press("5")
        screen.wait_for("Nothing matches “tanf” among 2 stories")
        screen.press("\x1b")
        screen.wait_for(lambda picture: "1 set aside (D)" in picture and "withdrawal · Al-Tanf" not in picture)
        screen.press("D")
        screen.wait_for("✗")
        screen.press("D")
        screen.wait_for(lambda picture: "✗" not in picture)

        # A note.
        screen.press("g")
        screen.press("n")
        screen.wait_for("Note:")
        screen.press("Two ministries agree")
        screen.wait_for(lambda picture: _answer(picture, "Note:") == "Two ministries agree")
        screen.press("\r")
        screen.wait_for("note: layla")
        screen.wait_for("note written")

        # The other lane, map, timeline, feeds, and home.
        screen.press("x")
        screen.wait_for("handover · denied · Harir")
        screen.press("x3")
        screen.wait_for("borders as drawn by Natural Earth")
        screen.press("4")
        screen.wait_for("4 Timeline")
        screen.press("5")
        screen.wait_for("5 Feeds · 1 feed: 1 ok")
        screen.press("1")
        screen.wait_for("1 Stories · changes")
        screen.press("q")
        assert screen.ended() == 0, screen.picture
        assert b"Traceback" not in screen.seen
    journal = [entry["action"] for entry in _journal(folder)]
    assert journal == ["correct", "undo", "confirm", "accept", "undo", "dismiss", "note"]


def _answer(picture: str, question: str) -> str:
    """What is typed under a question."""
    lines = picture.split("\n")
    at = next((number for number, line in enumerate(lines) if question in line), len(lines))
    return lines[at + 1].strip() if at + 1 < len(lines) else "?"


def _journal(folder: Path) -> list[dict[str, str]]:
    """What stands in the journal, oldest first."""
    ran = subprocess.run(
        monitor(folder, "audit", "show", "--json"), cwd=ROOT, check=True, timeout=120, capture_output=True, text=True
    )
    return [json.loads(line) for line in ran.stdout.splitlines()]


@pytest.mark.parametrize(
    ("size", "env", "options"),
    [
        ((60, 20), {}, ()),
        ((80, 24), {"NO_COLOR": "1"}, ()),
        ((80, 24), {"TERM": "linux"}, ()),
        ((100, 30), {}, ("--ascii", "--read-only")),
        ((40, 10), {}, ()),
    ],
)
def test_other_terminals(folder: Path, size: tuple[int, int], env: dict[str, str], options: tuple[str, ...]) -> None:
    env = {**env, "XDG_STATE_HOME": str(folder / "state")}
    gone = () if "NO_COLOR" in env else ("NO_COLOR",)
    with closing(Terminal(monitor(folder, *options), size, env=env, gone=gone)) as screen:
        screen.wait_for("withdrawal" if size[0] >= 60 else "HIGH")
        for key, said in (("2", "2 Baseline"), ("3", "3 Map" if size[0] >= 80 else "base"), ("5", "5 Feeds")):
            screen.press(key)
            screen.wait_for(said)
        screen.press("q")
        assert screen.ended() == 0, screen.picture
    assert b"Traceback" not in screen.seen
    if "NO_COLOR" in env:
        assert set(_coloured(screen.seen.decode())) == set()
    if options or env.get("TERM") == "linux":
        assert "▲" not in screen.seen.decode()


def _coloured(seen: str) -> list[str]:
    """The colours that were asked for, but for shades of grey."""
    greys = {0, 7, 8, 15, 16, 59, 102, 145, 188, 231, *range(232, 256)}
    found = [one for one in re.findall("[34]8;5;([0-9]+)", seen) if int(one) not in greys]
    exact = re.findall("[34]8;2;([0-9]+);([0-9]+);([0-9]+)", seen)
    return [*found, *(";".join(one) for one in exact if len(set(one)) > 1)]


@pytest.mark.parametrize("term", ["dumb", ""])
def test_a_dumb_terminal_and_none_have_the_board_as_text(folder: Path, term: str) -> None:
    if term:
        with closing(Terminal(monitor(folder), env={"TERM": term})) as screen:
            assert screen.ended() == 0
            said = screen.seen.decode()
    else:
        ran = subprocess.run(
            monitor(folder), cwd=ROOT, check=True, timeout=120, capture_output=True, env={**os.environ, "TERM": ""}
        )
        said = ran.stdout.decode()
    assert "withdrawal" in said
    assert "Ain al-Asad" in said
    assert "\x1b" not in said
    assert "Traceback" not in said
