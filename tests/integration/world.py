"""A small world for tests of whole commands: feeds served on loopback, a feeds.yml that points there, a store."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from asyncio import new_event_loop
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from io import BytesIO, TextIOWrapper
from pathlib import Path
from types import TracebackType
from typing import Self

import pytest

from monitor import cache
from monitor.cli import commands
from tests.faults import FaultServer

ROOT = Path(__file__).resolve().parents[2]
DATA = ROOT / "tests" / "data" / "feeds"


class Served(AbstractContextManager["Served"]):
    """A FaultServer in a thread of its own, so that a command in another process can poll it."""

    def __init__(self, routes: Callable[[FaultServer], None], host: str = "127.0.0.1") -> None:
        self._routes, self._host = routes, host
        self._loop = new_event_loop()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._ready = threading.Event()
        self.server = FaultServer(host)

    def _run(self) -> None:
        self._loop.run_until_complete(self._open())
        self._loop.run_forever()

    async def _open(self) -> None:
        self._routes(self.server)
        await self.server.__aenter__()
        self._ready.set()

    def __enter__(self) -> Self:
        self._thread.start()
        assert self._ready.wait(10)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        import asyncio

        asyncio.run_coroutine_threadsafe(self.server.__aexit__(None, None, None), self._loop).result(10)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)
        self._loop.close()


def rules_section() -> str:
    """The shipped lists and rules, as text."""
    text = (ROOT / "feeds.yml").read_text(encoding="utf-8")
    return text[text.index("# ---- lists and rules ----") :]


def write_config(folder: Path, feeds: Mapping[str, str], *, lang: str = "en", extra: str = "") -> Path:
    """A feeds.yml with these feeds (id -> url) and the shipped rules; its seeds are the shipped ones."""
    lines = ["user: tester", "feeds:"]
    for identifier, url in feeds.items():
        lines.append(f"  - {{id: {identifier}, url: '{url}', name: {identifier}, lang: {lang}, allow_private: true}}")
    path = folder / "feeds.yml"
    path.write_text("\n".join(lines) + "\n" + (extra or rules_section()), encoding="utf-8")
    return path


@dataclass(frozen=True, slots=True)
class Done:
    """How a command ended, and what it said."""

    returncode: int
    stdout: str
    stderr: str


def run(*args: str, cwd: Path, stdin: str = "") -> Done:
    """Runs `monitor` as a person without a terminal would, with a data directory under `cwd`: here, where it is loaded.

    What the system has a part in (a start, signals, pipes) is for `started`.
    """
    out, err = (TextIOWrapper(BytesIO(), encoding="utf-8", write_through=True) for _ in range(2))
    given = TextIOWrapper(BytesIO(stdin.encode()), encoding="utf-8")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(cwd)
        wanted = environment(cwd)
        for name in os.environ.keys() - wanted.keys():
            patch.delenv(name)
        for name, value in wanted.items():
            patch.setenv(name, value)
        for name, stream in (("stdin", given), ("stdout", out), ("stderr", err)):
            patch.setattr(sys, name, stream)
        with pytest.raises(SystemExit) as end:
            commands.run(list(args))
    return Done(int(end.value.code or 0), *(stream.buffer.getvalue().decode() for stream in (out, err)))


def started(*args: str, cwd: Path, stdin: str = "", timeout: float = 60.0) -> Done:
    """The same in a process of its own."""
    done = subprocess.run(
        [sys.executable, "-m", "monitor", *args],
        cwd=cwd,
        env=environment(cwd),
        input=stdin,
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=timeout,
        check=False,
    )
    return Done(done.returncode, done.stdout, done.stderr)


def environment(cwd: Path) -> dict[str, str]:
    """The environment of a fresh user: no settings of ours, XDG directories below `cwd`."""
    kept = {key: value for key, value in os.environ.items() if not key.startswith(("MONITOR_", "XDG_"))}
    # Rules are compiled once a run, as they are once on a person's machine.
    kept |= {key: value for key, value in os.environ.items() if key == cache.VARIABLE}
    for name in ("http_proxy", "https_proxy", "all_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
        kept.pop(name, None)
    homes = {f"XDG_{name}_HOME": str(cwd / name.lower()) for name in ("DATA", "CONFIG", "STATE", "CACHE")}
    return {**kept, **homes, "PYTHONPATH": str(ROOT), "PYTHONUTF8": "1", "PYTHONWARNINGS": "error::ResourceWarning"}
