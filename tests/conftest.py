"""What holds for all tests: those marked `long` wait for .ci/run or MONITOR_SLOW, and say so."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Any

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


@pytest.fixture(scope="module")
def compiled_once() -> Iterator[None]:
    """Rules that were compiled once are not compiled again by each command that runs in this process."""
    from monitor.cli import setup

    compile_rules, compiled = setup.compile_rules, {}

    def once(rules: Any, lists: Any, **more: Any) -> Any:
        if (rules, lists) not in compiled:
            compiled[rules, lists] = compile_rules(rules, lists, **more)
        return compiled[rules, lists]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(setup, "compile_rules", once)
        yield
