"""The goals of the smallest model on a Cortex-M4F."""

from __future__ import annotations

import pytest

from benchmarks.c_on_cortex_m import measure_c, random_tiny
from benchmarks.cortex_m import missing_tools
from fetal_hemo.simulate.quality import quality_windows


@pytest.mark.slow
def test_goals_on_a_thousand_windows() -> None:
    if missing := missing_tools():
        pytest.skip(f"not installed: {', '.join(missing)}")
    measured = measure_c(random_tiny(), quality_windows(1_000, 51)[0])
    assert measured["compared_bytes"] == 1_000 * (2 * 125 * 16 + 16 * 16)
    assert measured["mismatched_bytes"] == 0
    assert measured["flash_bytes"] <= 64_000
    assert measured["ram_bytes"] <= 40_000
    assert measured["instructions_per_window"] <= 6_000_000
