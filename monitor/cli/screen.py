"""The dashboard put together: what feeds.yml, the options and the terminal say of how it is to look."""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from monitor.dashboard.app import MonitorApp
    from monitor.service import Monitor


def screen(
    monitor: Monitor,
    *,
    polling: bool,
    ascii_only: bool = False,
    clock: Callable[[], datetime] | None = None,
    remember: bool = True,
    fresh: bool = False,
) -> MonitorApp:
    """The app over a service. `remember` keeps the arrangement of the screen; `fresh` begins without what was kept."""
    import platformdirs

    from monitor.dashboard import settings
    from monitor.dashboard.app import MonitorApp
    from monitor.dashboard.memory import Memory
    from monitor.service import utc_now

    config = monitor.config
    look = settings.read(config.ui, config.keys, os.environ, ascii=ascii_only, file=Path(config.file))
    path = platformdirs.user_state_path("monitor", appauthor=False) / "screen.json"
    memory = Memory(path, fresh=fresh) if remember else Memory.nowhere()
    return MonitorApp(monitor, polling=polling, clock=clock or utc_now, settings=look, memory=memory)
