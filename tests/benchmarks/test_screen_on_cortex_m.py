"""The goals of a whole screening on every core; the linker enforces the memory."""

from __future__ import annotations

import pytest

from benchmarks.cortex_m import missing_tools
from benchmarks.screen_on_cortex_m import SCREENING_CORES, measure_mcu, random_tiny_bundle
from fetal_hemo.simulate.quality import quality_windows


@pytest.mark.slow
def test_goals_on_every_core() -> None:
    if missing := missing_tools():
        pytest.skip(f"not installed: {', '.join(missing)}")
    measured = measure_mcu(random_tiny_bundle(), quality_windows(7, 52)[0])
    assert set(measured) == set(SCREENING_CORES)
    for figures in measured.values():
        assert figures["flash_bytes"] <= 128 * 1024
        assert figures["ram_bytes"] <= 64 * 1024
        assert figures["instructions_per_window"] <= 15_000_000
        assert figures["stack_bytes"] <= 2_048 - 256
