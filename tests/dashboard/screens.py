"""How the tests look at the screen: its cells as text, golden files, and waiting for a state instead of for time."""

from __future__ import annotations

import os
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

from textual.pilot import Pilot

from monitor.dashboard.app import MonitorApp
from monitor.dashboard.settings import Settings
from tests.dashboard.boards import NOW, FakeDesk

GOLDEN = Path(__file__).parent / "golden"
WIDE, DESIGN, NARROW = (120, 40), (80, 24), (60, 20)


class Quick(MonitorApp):
    """The app without the pause between two boards."""

    REDRAW_GAP = 0.0


def cells(app: MonitorApp) -> str:
    """What stands on the screen, line by line, without blanks at the ends."""
    return "\n".join(strip.text.rstrip() for strip in app.screen._compositor.render_strips()) + "\n"


def golden(name: str, text: str) -> None:
    """Compare with a kept picture; MONITOR_GOLDEN=write renews it."""
    path = GOLDEN / f"{name}.txt"
    if os.environ.get("MONITOR_GOLDEN") == "write":
        path.write_text(text, encoding="utf-8")
    assert text == path.read_text(encoding="utf-8")


async def until(pilot: Pilot[None], holds: Callable[[], bool]) -> None:
    """Let the app run until something holds. Boards come from threads: turns alone are no bound on a busy machine."""
    end = time.monotonic() + 30
    while time.monotonic() < end:
        await pilot.pause()
        if holds():
            await pilot.pause()
            return
    raise AssertionError("it never came to hold")


async def settled(pilot: Pilot[None], app: MonitorApp) -> str:
    """The screen once it has been the same for three turns: panes that change size are drawn in steps."""
    last, same = "", 0
    end = time.monotonic() + 30
    while same < 3 and time.monotonic() < end:
        await pilot.pause()
        now = cells(app)
        same, last = (same + 1 if now == last else 0), now
    return last


@asynccontextmanager
async def running(
    desk: FakeDesk,
    size: tuple[int, int] = DESIGN,
    *,
    loaded: bool = True,
    now: datetime = NOW,
    settings: Settings | None = None,
    **given: Any,
) -> AsyncIterator[tuple[Quick, Pilot[None]]]:
    """The app over a desk, with its first board on the screen where `loaded`."""
    app = Quick(desk, clock=lambda: now, settings=settings, **given)
    async with app.run_test(size=size, notifications=True) as pilot:
        if loaded:
            await until(pilot, lambda: app.main.view.board is not None)
        yield app, pilot
