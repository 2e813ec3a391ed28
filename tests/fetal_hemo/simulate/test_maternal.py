"""Vessels of the mother: her rate, smooth pulses, a hiss that does not pulse."""

from __future__ import annotations

import numpy as np
import pytest

from fetal_hemo.simulate.maternal import PULSE_BPM, artery, vein

SAMPLES = 120_000  # 30 s: a rate is told within 2 bpm


def pulse_bpm(sound: np.ndarray) -> tuple[float, float]:
    """Rate of the strongest modulation between 0.5 and 6 Hz, and its share of the power there."""
    loudness = np.abs(sound).reshape(-1, 40).mean(axis=1)
    power = np.abs(np.fft.rfft((loudness - loudness.mean()) * np.hanning(len(loudness)))) ** 2
    rate = 60 * np.fft.rfftfreq(len(loudness), 0.01)
    heard = np.where((rate > 30) & (rate < 360), power, 0)
    best = int(heard.argmax())
    return float(rate[best]), float(heard[best - 3 : best + 4].sum() / heard.sum())


@pytest.mark.parametrize("seed", range(8))
def test_an_artery_pulses_at_the_rate_of_a_mother(seed: int) -> None:
    rate, _ = pulse_bpm(artery(SAMPLES, np.random.default_rng(seed)))
    low, high = PULSE_BPM[0] - 4, PULSE_BPM[1] + 4
    assert low < rate < high or low < rate / 2 < high  # a notch doubles the modulation


@pytest.mark.parametrize("seed", range(4))
def test_a_rate_can_be_asked_for(seed: int) -> None:
    rate, _ = pulse_bpm(artery(SAMPLES, np.random.default_rng(seed), (149.0, 151.0)))
    assert 145 < rate < 155


@pytest.mark.parametrize("seed", range(4))
def test_a_vein_does_not_pulse(seed: int) -> None:
    artery_share = pulse_bpm(artery(SAMPLES, np.random.default_rng(seed)))[1]
    assert pulse_bpm(vein(SAMPLES, np.random.default_rng(seed)))[1] < min(0.35, artery_share)
