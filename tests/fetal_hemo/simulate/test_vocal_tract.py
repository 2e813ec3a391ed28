"""The second synthesiser of speech, and people in rooms: voiced, syllabic, each another."""

from __future__ import annotations

import numpy as np
import pytest

from fetal_hemo.simulate.talkers import talking
from fetal_hemo.simulate.vocal_tract import voice

SAMPLES = 15_000


@pytest.mark.parametrize("maker", [voice, talking])
def test_speech_is_finite_of_rms_one_and_repeats_by_seed(maker) -> None:
    one, again, other = (maker(SAMPLES, np.random.default_rng(seed)) for seed in (1, 1, 2))
    assert one.shape == (SAMPLES,)
    assert one.dtype == np.float32
    assert np.isfinite(one).all()
    assert np.sqrt(np.mean(one**2)) == pytest.approx(1, abs=1e-3)
    np.testing.assert_array_equal(one, again)
    assert not np.array_equal(one, other)


def test_most_voices_are_periodic_where_they_are_loud() -> None:
    heights = []
    for seed in range(20):
        frames = voice(SAMPLES, np.random.default_rng(seed)).reshape(-1, 300)
        frame = frames[frames.std(axis=1).argmax()]
        curve = np.fft.irfft(np.abs(np.fft.rfft(frame * np.hanning(300), 1_024)) ** 2)
        heights.append(curve[8:60].max() / curve[0])
    assert np.median(heights) > 0.45


def test_level_rises_and_falls_at_the_speed_of_syllables() -> None:
    shares = []
    for seed in range(20):
        level = voice(SAMPLES, np.random.default_rng(seed)).reshape(-1, 100).std(axis=1)
        power = np.abs(np.fft.rfft(level - level.mean())) ** 2
        rate = np.fft.rfftfreq(len(level), 100 / 4_000)
        shares.append(power[(rate > 1) & (rate < 10)].sum() / power.sum())
    assert np.median(shares) > 0.6
