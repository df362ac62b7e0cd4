"""Which screen a view is; imported when it is first looked at, so that the first paint pays for view 1 only."""

from __future__ import annotations

from importlib import import_module

from monitor.dashboard.screens.frame import Frame

_VIEWS = {
    "ledger": "LedgerScreen",
    "map": "MapScreen",
    "timeline": "TimelineScreen",
    "feeds": "FeedsScreen",
    "rules": "RulesScreen",
}


def view_screen(name: str) -> Frame:
    """A new screen for one of the views 2 to 6."""
    made: Frame = getattr(import_module(f"monitor.dashboard.screens.{name}"), _VIEWS[name])()
    return made
