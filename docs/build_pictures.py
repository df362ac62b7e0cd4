"""Draws the pictures of README and docs from the demonstration: `python docs/build_pictures.py docs/img`.

    python docs/build_pictures.py FOLDER --all      every view in every size and theme, to be looked at

The month of `monitor demo` is polled through, some stories are decided, and the real dashboard is driven by keys. It
writes what stands on the screen as SVG; headless Chromium (fonts: DejaVu Sans Mono, Noto) draws the PNG.
"""

from __future__ import annotations

import argparse
import asyncio
import re
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from datetime import timedelta
from itertools import product
from pathlib import Path

from monitor.cli.demo import demonstration
from monitor.dashboard.app import MonitorApp
from monitor.dashboard.settings import Settings
from monitor.demo.scenario import load
from monitor.demo.server import DemoServer
from monitor.service import Monitor
from monitor.store.archive import Archive

FONTS = "'DejaVu Sans Mono','Noto Sans Arabic','Noto Sans Mono',monospace"
STEP = timedelta(hours=8)
TRIES = 8
SIZES = ((160, 45), (120, 40), (80, 24), (60, 20))
THEMES = ("dark", "light", "high-contrast", "colour-blind")
VIEWS: dict[str, tuple[str, ...]] = {
    "stories": (),
    "ledger": ("2",),
    "map": ("3",),
    "timeline": ("4",),
    "feeds": ("5",),
    "rules": ("6",),
    "story": ("enter",),
    "help": ("question_mark",),
    "dismiss": ("d",),
    "commands": ("colon",),
}


@dataclass(frozen=True)
class Picture:
    """One picture: its file, its size in cells, its theme, the keys that lead there."""

    name: str
    size: tuple[int, int]
    theme: str
    keys: tuple[str, ...]
    sought: str = "handover · completed"


SHIPPED = (
    Picture("dashboard", (120, 36), "dark", ()),
    Picture("map", (120, 36), "light", ("3",)),
)


def everything() -> list[Picture]:
    """Each view in each size and theme."""
    return [
        Picture(f"{view}-{size[0]}x{size[1]}-{theme}", size, theme, keys)
        for (view, keys), size, theme in product(VIEWS.items(), SIZES, THEMES)
    ]


async def month(folder: Path, archive: Archive) -> Monitor:
    """The demonstration polled to its end, and some of its stories decided."""
    scenario = load()
    moment = [scenario.start]
    async with DemoServer(scenario, lambda: moment[0]) as server:
        monitor = demonstration(folder, server.base, archive, lambda: moment[0], 2.0)
        while moment[0] < scenario.end:
            moment[0] = min(moment[0] + STEP, scenario.end)
            await monitor.poll()
        meant = {feed.id for feed in scenario.feeds if feed.fault != "none"}
        for _ in range(TRIES):
            # On a busy machine an outlet may have been too slow at the last moment; nothing of the month may be missing
            sick = {row.feed.id for row in monitor.board().feeds if row.state.health != "ok"}
            if sick <= meant:
                break
            await monitor.poll(force=True)
        else:
            raise SystemExit(f"The outlets {', '.join(sorted(sick - meant))} do not answer: is the machine busy?")
    ids = [story.id for story in monitor.board().lane("changes")]
    monitor.decide(ids[2], "confirm")
    monitor.decide(ids[3], "watch")
    monitor.decide(ids[4], "dismiss", reason="duplicate")
    return monitor


async def taken(monitor: Monitor, picture: Picture) -> str:
    """The screen as SVG, the cursor on the story that is sought."""
    end = load().end
    app = MonitorApp(monitor, polling=False, clock=lambda: end, settings=Settings(theme=picture.theme))
    async with app.run_test(size=picture.size, notifications=True) as pilot:
        while app.main.view.board is None:
            await pilot.pause(0.05)
        rows = app.main.view.stories
        place = next((n for n, story in enumerate(rows) if picture.sought in story.lead.gloss), 0)
        await pilot.press(*["j"] * place, *picture.keys)
        await pilot.pause(0.5)
        svg = app.export_screenshot(title="monitor")
    svg = re.sub(r"@font-face\s*\{[^}]*\}", "", svg)
    return svg.replace("Fira Code,monospace", FONTS)


def drawn(svg: str, path: Path) -> None:
    """The SVG as PNG, by Chromium."""
    size = re.search(r'viewBox="0 0 ([\d.]+) ([\d.]+)"', svg)
    assert size is not None
    chromium = shutil.which("chromium") or shutil.which("google-chrome")
    if chromium is None:
        raise SystemExit("Chromium is needed to draw the pictures: apt-get install chromium fonts-dejavu fonts-noto")
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder, "screen.svg")
        source.write_text(svg, encoding="utf-8")
        command = [chromium, "--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars"]
        command += [f"--window-size={int(float(size[1]))},{int(float(size[2]))}", f"--screenshot={path}"]
        subprocess.run([*command, source.as_uri()], check=True, capture_output=True)


async def main() -> None:
    """Draws what the options ask for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--all", action="store_true", help="Every view in every size and theme.")
    options = parser.parse_args()
    options.folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, Archive.open(Path(folder, "store.db")) as archive:
        monitor = await month(Path(folder), archive)
        for picture in everything() if options.all else SHIPPED:
            drawn(await taken(monitor, picture), (options.folder / f"{picture.name}.png").resolve())
            print(picture.name)


if __name__ == "__main__":
    asyncio.run(main())
