"""Left open for days the screen holds no more than after an hour: new boards by the thousand, on fake time."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.bench.screen import soak

FULL = os.environ.get("MONITOR_SLOW") == "full"
CYCLES, BYTES = (10_000, 8_000_000) if FULL else (60, 4_000_000)  # what the caches of text may still take in


@pytest.mark.slow
@pytest.mark.long
@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="the memory of a process is told by /proc")
async def test_memory_stays_flat() -> None:
    begun, ended = await soak(CYCLES)
    assert ended - begun <= BYTES, f"{(ended - begun) / 1e6:.1f} MB more after {CYCLES} cycles"
