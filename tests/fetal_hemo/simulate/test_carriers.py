"""Interference of machines: finite, repeatable, and as steady or abrupt as its name says."""

from __future__ import annotations

import numpy as np
import pytest

from fetal_hemo.simulate import carriers

SAMPLES = 15_000


@pytest.mark.parametrize("kind", carriers.KINDS)
def test_sounds_are_finite_and_repeat_by_seed(kind) -> None:
    one, again, other = (kind(SAMPLES, np.random.default_rng(seed)) for seed in (1, 1, 2))
    assert one.dtype == np.float32
    assert one.shape == (SAMPLES,)
    assert np.isfinite(one).all()
    assert one.std() > 0
    np.testing.assert_array_equal(one, again)
    assert not np.array_equal(one, other)


@pytest.mark.parametrize("seed", range(6))
def test_a_comb_is_made_of_lines(seed: int) -> None:
    power = np.abs(np.fft.rfft(carriers.comb(SAMPLES, np.random.default_rng(seed)))) ** 2
    lines = np.sort(power)[::-1][:300]  # of 7,501 lines 0.27 Hz apart
    assert lines.sum() > 0.9 * power.sum()


@pytest.mark.parametrize("seed", range(6))
def test_a_pulsed_tone_repeats_at_its_key_rate(seed: int) -> None:
    sound = carriers.pulsed(SAMPLES, np.random.default_rng(seed))
    power = np.abs(np.fft.rfft(sound**2 - np.mean(sound**2))) ** 2
    rates = np.fft.rfftfreq(SAMPLES, 1 / 4_000)
    slow = (rates > 3) & (rates < 3 * carriers.KEY_HZ[1])
    best = rates[slow][power[slow].argmax()]
    assert best > carriers.KEY_HZ[0] - 1
    assert power[slow].max() > 20 * np.median(power[slow])
