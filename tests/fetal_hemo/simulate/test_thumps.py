"""Plain beats: at the rate asked for, by an independent autocorrelation of the loudness."""

from __future__ import annotations

import numpy as np
import pytest

from fetal_hemo.simulate.thumps import thumps

SAMPLES = 15_000


@pytest.mark.parametrize("bpm", [75.0, 140.0])
def test_beats_come_at_the_rate_asked_for(bpm: float) -> None:
    found = []
    for seed in range(15):
        sound = thumps(SAMPLES, np.random.default_rng(seed), (bpm, bpm + 0.1))
        level = np.abs(sound).reshape(-1, 40).mean(axis=1)  # 100 Hz
        curve = np.correlate(level - level.mean(), level - level.mean(), "full")[len(level) - 1 :]
        lags = np.arange(int(0.75 * 6_000 / bpm), int(1.35 * 6_000 / bpm))
        found.append(6_000 / lags[curve[lags].argmax()])
    assert np.median(np.abs(np.array(found) - bpm)) < 0.05 * bpm


def test_sounds_have_rms_one_and_repeat_by_seed() -> None:
    one, again = (thumps(SAMPLES, np.random.default_rng(3), (110.0, 180.0)) for _ in range(2))
    np.testing.assert_array_equal(one, again)
    assert one.dtype == np.float32
    assert np.sqrt(np.mean(one**2)) == pytest.approx(1, abs=1e-3)
