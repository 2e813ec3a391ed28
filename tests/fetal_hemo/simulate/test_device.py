"""The unit's audio path: band, bits, sample rate, gain control."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from fetal_hemo.simulate.device import band, draw_device, record, store

RNG = np.random.default_rng
UNIT = draw_device(RNG(0))


def power_share(samples: np.ndarray, low: float, high: float) -> float:
    power = np.abs(np.fft.rfft(samples - samples.mean())) ** 2
    frequency = np.fft.rfftfreq(len(samples), 1 / 4_000)
    return float(power[(frequency >= low) & (frequency < high)].sum() / power.sum())


@pytest.mark.parametrize("seed", range(5))
def test_little_power_is_left_below_100_hz(seed: int) -> None:
    white = RNG(seed).standard_normal(40_000).astype(np.float32)
    assert power_share(band(white, draw_device(RNG(seed))), 0, 100) < 0.03


@pytest.mark.parametrize("rate", [1_000, 1_500, 2_000])
def test_a_slow_source_has_nothing_above_its_own_half_rate(rate: int) -> None:
    white = 0.1 * RNG(0).standard_normal(40_000).astype(np.float32)
    stored = store(white, replace(UNIT, source_rate_hz=rate, bits=8))
    assert len(stored) == len(white)
    assert power_share(stored, rate / 2 + 1, 2_000) < 1e-5
    assert power_share(stored, 0, rate / 2) > 0.999


def test_eight_bits_are_256_steps_and_clip_at_full_scale() -> None:
    ramp = np.linspace(-2, 2, 20_000, dtype=np.float32)
    stored = store(ramp, replace(UNIT, source_rate_hz=4_000, bits=8))
    assert len(np.unique(stored)) == 256
    assert stored.min() == -1
    assert stored.max() == pytest.approx(127 / 128)


def test_gain_control_narrows_the_gap_between_loud_and_faint() -> None:
    sound = RNG(0).standard_normal(80_000).astype(np.float32)
    sound[40_000:] *= 0.1
    ratios = []
    for agc in (0.0, 0.8):
        stored = record(sound, replace(UNIT, agc=agc, source_rate_hz=4_000, bits=16), RNG(1))
        ratios.append(stored[:30_000].std() / stored[50_000:].std())
    assert ratios[0] == pytest.approx(10, rel=0.1)
    assert ratios[1] < 3
