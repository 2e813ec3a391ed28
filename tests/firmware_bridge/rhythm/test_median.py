"""The middle value against numpy's, and that a screening needs no masked arrays for it."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest

from firmware_bridge.rhythm.median import median
from firmware_bridge.screen import DEFAULT_BUNDLE

SCREEN = """
import sys
import numpy as np
from firmware_bridge.screen import Screener

time = np.arange(60 * 4_000) / 4_000
beats = np.random.default_rng(0).normal(0, 0.2, time.size) * np.sin(np.pi * 2.4 * time) ** 4
result = Screener.load(sys.argv[1]).screen(np.round(beats.clip(-0.5, 0.5), 2), 4_000)
assert result.to_json()["heart_rate"]["baseline_bpm"] is not None
print(*sorted({"numpy.ma", "torch", "scipy"} & set(sys.modules)))
"""


@pytest.mark.parametrize("count", [1, 2, 3, 8, 101])
def test_as_numpy(count: int) -> None:
    values = np.random.default_rng(count).normal(size=count)
    assert median(values) == np.median(values)


def test_a_screening_imports_no_masked_arrays() -> None:
    done = subprocess.run(
        [sys.executable, "-c", SCREEN, str(DEFAULT_BUNDLE)], capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == ""
