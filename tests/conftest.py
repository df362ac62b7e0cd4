"""What holds for all tests: those marked `long` wait for .ci/run or MONITOR_SLOW, and say so. Rules are compiled once a
run, into a cache of the run's own."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import settings

from monitor import cache

_FEWEST = 10
# A busy machine makes an example slow, not wrong: time is the benchmarks' business.
settings.register_profile("monitor", deadline=None)
settings.load_profile("monitor")


def pytest_configure(config: pytest.Config) -> None:
    """The first process of the run makes the cache, and all that are begun from it use it."""
    if not hasattr(config, "workerinput"):
        os.environ[cache.VARIABLE] = tempfile.mkdtemp(prefix="monitor-tests-")
        if os.environ.pop("PYTHONDONTWRITEBYTECODE", ""):
            # Hundreds of programs are started below, and each would read its source again.
            os.environ["PYTHONPYCACHEPREFIX"] = str(config.rootpath / ".pytest_cache" / "bytecode")
    cache.attach()


def pytest_unconfigure(config: pytest.Config) -> None:
    if not hasattr(config, "workerinput"):
        shutil.rmtree(os.environ[cache.VARIABLE], ignore_errors=True)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    if os.environ.get("MONITOR_SLOW"):
        return
    for item in items:
        if item.get_closest_marker("long"):
            item.add_marker(pytest.mark.skip(reason="long: runs in .ci/run, or with MONITOR_SLOW=reduced"))
    for function in {getattr(item, "function", None) for item in items}:
        _fewer_examples(function)


def _fewer_examples(function: Any) -> None:
    """A property has a quarter of its examples in the default run; the seed is another each time."""
    chosen = getattr(function, "_hypothesis_internal_use_settings", None)
    if isinstance(chosen, settings):
        few = max(_FEWEST, chosen.max_examples // 4)
        function._hypothesis_internal_use_settings = settings(chosen, max_examples=min(few, chosen.max_examples))


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
