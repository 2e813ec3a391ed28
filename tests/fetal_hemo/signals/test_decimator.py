"""The decimators against a plain convolution, and on tones that must or must not pass."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from fetal_hemo.signals.decimator import PHASES, Decimator, low_pass
from fetal_hemo.signals.filterbank import DECIMATOR_HALF_TAPS

LADDER = [(5, DECIMATOR_HALF_TAPS[0]), (2, DECIMATOR_HALF_TAPS[1])]


def decimated(samples: np.ndarray, factor: int, half: int) -> np.ndarray:
    """The module under test on one signal."""
    signal = torch.from_numpy(samples.astype(np.float32))[None, None, None]
    return Decimator(factor, half)(signal)[0, 0, 0].numpy()


@pytest.mark.parametrize(("factor", "half"), LADDER)
def test_is_every_nth_sample_of_a_plain_convolution(factor: int, half: int) -> None:
    length = Decimator(factor, half).input_length(6 * PHASES)
    samples = np.random.default_rng(0).normal(size=length)
    taps = low_pass(0.5 / factor, 1.0, half)
    expected = np.convolve(samples, taps, mode="valid")[::factor]
    found = decimated(samples, factor, half)
    assert found.shape == expected.shape == (6 * PHASES,)
    np.testing.assert_allclose(found, expected, atol=1e-5)


@pytest.mark.parametrize(("factor", "half", "passed_hz", "stopped_hz"), [
    (5, DECIMATOR_HALF_TAPS[0], 293.0, 507.0),
    (2, DECIMATOR_HALF_TAPS[1], 102.0, 298.0),
])  # fmt: skip
def test_what_the_bands_hear_passes_and_what_folds_back_on_them_does_not(
    factor: int, half: int, passed_hz: float, stopped_hz: float
) -> None:
    rate = 4_000 if factor == 5 else 800
    time = np.arange(Decimator(factor, half).input_length(20 * PHASES)) / rate
    kept = decimated(np.cos(2 * np.pi * passed_hz * time), factor, half)
    expected = np.cos(2 * np.pi * passed_hz * time[half : len(time) - half : factor])
    np.testing.assert_allclose(kept, expected, atol=2e-3)
    for hz in np.linspace(stopped_hz, rate / 2, 40):
        assert np.abs(decimated(np.cos(2 * np.pi * hz * time), factor, half)).max() < 1.2e-3, hz
