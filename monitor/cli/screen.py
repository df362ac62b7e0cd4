"""The dashboard put together: what feeds.yml, the options and the terminal say of how it is to look."""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from monitor import __version__
from monitor.cli.options import Options

if TYPE_CHECKING:
    from monitor.dashboard.app import MonitorApp
    from monitor.dashboard.desk import Desk
    from monitor.dashboard.settings import Settings
    from monitor.model import Config


def screen(
    opening: Callable[[], Desk],
    *,
    polling: bool,
    ascii_only: bool = False,
    clock: Callable[[], datetime] | None = None,
    remember: bool = True,
    fresh: bool = False,
    options: Options | None = None,
) -> MonitorApp:
    """The app over a service that `opening` opens, in a thread, after the first frame.

    `remember` keeps the arrangement of the screen; `fresh` begins without what was kept. `options` tell one store from
    another, so that the list of last time is not another's.
    """
    import platformdirs

    from monitor.dashboard import settings
    from monitor.dashboard.app import MonitorApp
    from monitor.dashboard.memory import Memory

    path = platformdirs.user_state_path("monitor", appauthor=False) / "screen.json"
    place, mark = f"{options} {Path.cwd()}", f"{now().date()} {__version__}"
    memory = Memory(path, fresh=fresh, place=place, mark=mark) if remember else Memory.nowhere()

    def look(config: Config) -> Settings:
        return settings.read(config.ui, config.keys, os.environ, ascii=ascii_only, file=Path(config.file))

    first = settings.read(memory.kept.ui, memory.kept.keys, os.environ, ascii=ascii_only)
    return MonitorApp(
        opening=opening, polling=polling, clock=clock or now, settings=first, memory=memory, look=look
    )  # fmt: skip


def seal(app: MonitorApp, options: Options) -> None:
    """Called when the store is closed: where the list that was kept is all that it holds, the next start need not say
    that it is of last time, as long as nobody writes to the store, feeds.yml or the seeds.
    """
    config = app.crew.desk.config if app.truth and app.crew.desk is not None else None
    if config is None:
        return
    from monitor import config as configuration
    from monitor.cli.setup import store_path

    place = store_path(options, config)
    if isinstance(place, Path):
        seeds = configuration.seeds_folder(config)
        files = [Path(config.file), configuration.shipped() / "feeds.yml", seeds, *sorted(seeds.glob("*"))]
        app.memory.seal([file.absolute() for file in (place, place.with_name(f"{place.name}-wal"), *files)])


def now() -> datetime:
    """The real clock; times are shown in UTC, as the command line prints them."""
    return datetime.now(UTC)
