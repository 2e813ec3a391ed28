"""Disturbances have the marks by which each is known."""

from __future__ import annotations

import numpy as np
import pytest

from fetal_hemo.simulate import contamination

SAMPLES = 60_000
RNG = np.random.default_rng


def spectrum(samples: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    return np.fft.rfftfreq(len(samples), 1 / 4_000), np.abs(np.fft.rfft(samples)) ** 2


@pytest.mark.parametrize("seed", range(4))
def test_gsm_power_stands_on_the_217_hz_comb(seed: int) -> None:
    frequency, power = spectrum(contamination.gsm(SAMPLES, RNG(seed)))
    off = np.abs(frequency / contamination.GSM_FRAME_HZ - np.rint(frequency / 216.6))
    assert power[off < 0.03].sum() / power.sum() > 0.85


def test_mains_power_stands_on_multiples_of_50_or_60_hz() -> None:
    for seed in range(4):
        frequency, power = spectrum(contamination.mains(SAMPLES, RNG(seed)))
        shares = [power[np.abs(frequency % f) < 0.2].sum() / power.sum() for f in (50, 60)]
        assert max(shares) > 0.95


@pytest.mark.parametrize("kind", contamination.KINDS)
def test_every_kind_is_finite_sound_of_the_right_length(kind) -> None:
    for seed in range(4):
        sound = kind(15_000, RNG(seed))
        assert sound.shape == (15_000,)
        assert np.isfinite(sound).all()
        assert sound.std() > 0


def test_interference_has_unit_level() -> None:
    for seed in range(10):
        sound = contamination.interference(15_000, RNG(seed))
        assert np.sqrt(np.mean(sound**2)) == pytest.approx(1.0, rel=1e-3)


def test_silence_is_zero_constant_or_near_minus_89_dbfs() -> None:
    levels = []
    for seed in range(60):
        sound = contamination.silence(15_000, RNG(seed))
        levels.append(20 * np.log10(sound.std() + 1e-9))
    assert max(levels) < -75
    assert min(levels) < -150  # digital silence
    assert any(-95 < level < -84 for level in levels)
