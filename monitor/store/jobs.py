"""Jobs that are done once in a while, by one of the processes over a store."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from monitor.store.archive import sortable
from monitor.store.engine import Engine, Row

_LAST = "SELECT made_by FROM monitor_derived WHERE name = ?"


def due(engine: Engine, job: str, now: datetime, every: timedelta) -> bool:
    """Whether the job is to be done now, by us: it is then noted as done."""
    name = (f"job:{job}",)
    if _recent(engine.ask(_LAST, name), now, every):
        return False
    with engine.writing() as session:
        # Another process may have been quicker.
        if _recent(session.run(_LAST, name), now, every):
            return False
        session.run(
            "INSERT INTO monitor_derived (name, made_by, version, place) VALUES (?, ?, 0, 0)"
            " ON CONFLICT (name) DO UPDATE SET made_by = excluded.made_by",
            (*name, sortable(now)),
        )
    return True


def _recent(noted: Sequence[Row], now: datetime, every: timedelta) -> bool:
    # A clock that was ahead when it was noted does not put the job off for ever.
    return bool(noted) and abs(now - datetime.fromisoformat(noted[0][0])) < every
