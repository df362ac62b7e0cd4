"""Stores for one test each."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from monitor.store import Archive
from tests.store import monitors
from tests.store.engines import ENGINES, target


@pytest.fixture(params=ENGINES)
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """An empty store, once for each engine."""
    with target(request.param, tmp_path) as name:
        yield name


@pytest.fixture
def archive(place: str) -> Iterator[Archive]:
    """That store, open; what monitors over it do in the background is ended before it is closed."""
    with Archive.open(place) as opened:
        yield opened
        monitors.close()
