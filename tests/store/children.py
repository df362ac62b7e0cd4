"""Other processes on the same store, for tests that kill them or let them compete."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import monitor

# What every child needs: entries by number, and acknowledgements that cannot be torn.
CHILD = """
import os, random, sys, time
from datetime import UTC, datetime, timedelta
from monitor import review
from monitor.errors import StoreError
from monitor.model import Entry, FeedState
from monitor.store import Archive
T0 = datetime(2026, 1, 5, 12, tzinfo=UTC)
def entry(feed, n, size=200):
    return Entry(f"{feed}-{n}", feed, str(n), None, f"Title {n}", "", "x" * size, "en", T0, T0, T0, str(n))
def say(*words):
    os.write(1, (" ".join(map(str, words)) + "\\n").encode())
archive = Archive.open(sys.argv[1])
"""


def child(script: str, *arguments: object) -> subprocess.Popen[str]:
    """Starts Python with the script; `archive` is the store named by the first argument."""
    return subprocess.Popen(
        [sys.executable, "-c", CHILD + script, *map(str, arguments)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": str(Path(monitor.__file__).parents[1])},
    )


def together(processes: list[subprocess.Popen[str]]) -> None:
    """Waits until each has said that it is ready, then lets all go at once."""
    for process in processes:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n", process.communicate(timeout=30)[1]
    for process in processes:
        assert process.stdin is not None
        process.stdin.write("go\n")
        process.stdin.flush()


def finished(process: subprocess.Popen[str]) -> tuple[list[str], str]:
    """What it said line by line since we last listened, and what it complained of."""
    # Not communicate(): it would pass over what readline() has read ahead.
    assert process.stdin is not None
    assert process.stdout is not None
    assert process.stderr is not None
    with process.stdin, process.stdout, process.stderr:
        said = process.stdout.read().splitlines()
        talk = process.stderr.read()
    process.wait()
    return said, talk
