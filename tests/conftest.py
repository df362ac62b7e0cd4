"""What holds for all tests: those marked `long` wait for .ci/run or MONITOR_SLOW, and say so."""

from __future__ import annotations

import os

import pytest
from hypothesis import settings

# A busy machine makes an example slow, not wrong: time is the benchmarks' business.
settings.register_profile("monitor", deadline=None)
settings.load_profile("monitor")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    if os.environ.get("MONITOR_SLOW"):
        return
    for item in items:
        if item.get_closest_marker("long"):
            item.add_marker(pytest.mark.skip(reason="long: runs in .ci/run, or with MONITOR_SLOW=reduced"))
