"""The gain of a copy: a power of two under which int16 neither clips nor wastes its range."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fetal_hemo.ingest.gain import choose_gain


@pytest.mark.parametrize(
    ("peak", "bits", "gain"),
    [
        (0.9, 16, 1.0),
        (0.01, 16, 1.0),
        (0.01, 8, 1.0),
        (-1.0, 16, 1.0),
        (32_767 / 32_768, 16, 1.0),
        (1.0, 16, 0.5),
        (1.3, 8, 0.5),
        (0.01, None, 64.0),
        (0.01, 24, 64.0),
        (0.0, None, 1.0),
    ],
)
def test_known_gains(peak: float, bits: int | None, gain: float) -> None:
    assert choose_gain(np.array([0.0, peak], np.float32), bits) == gain


@given(st.floats(1e-7, 2.0**14), st.booleans())
def test_the_peak_fits_and_is_large(peak: float, below: bool) -> None:
    samples = np.array([-peak if below else peak, 0.0], np.float32)
    gain = choose_gain(samples, None)
    stored = np.rint(samples * gain * 32_768)
    assert -32_768 <= stored.min() <= stored.max() <= 32_767
    assert np.abs(stored).max() >= 16_383
    assert math.log2(gain).is_integer()
