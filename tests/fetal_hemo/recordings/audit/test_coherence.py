"""The same waveform and another one."""

from __future__ import annotations

import numpy as np
import pytest

from fetal_hemo.recordings.audit.coherence import coherence

RATE = 1_000


def noise(seed: int, seconds: float = 4.0) -> np.ndarray:
    return np.random.default_rng(seed).standard_normal(int(seconds * RATE))


def test_itself_and_its_mirror() -> None:
    assert coherence(noise(0), 3 * noise(0)) == (pytest.approx(1), 0)
    assert coherence(noise(0), -noise(0)) == (pytest.approx(-1), 0)


def test_the_lag_is_found_and_its_sign_is_right() -> None:
    x = noise(0, 5)
    found = coherence(x[:4_000], x[30:4_030])
    assert found.lag_s == pytest.approx(0.030)
    assert found.score > 0.9


def test_a_lag_between_two_samples_costs_little() -> None:
    spectrum = np.fft.rfft(noise(0))
    late = np.fft.irfft(spectrum * np.exp(-1j * np.pi * np.arange(len(spectrum)) / 4_000), 4_000)
    assert coherence(late, noise(0)).score > 0.95
    assert coherence(late, noise(0)).lag_s == pytest.approx(0.0005, abs=0.0003)


def test_equal_noise_on_top_lowers_the_score() -> None:
    assert 0.5 < coherence(noise(0), noise(0) + noise(1)).score < 0.8


def test_chance_stays_far_below_what_counts_as_the_same() -> None:
    scores = [abs(coherence(noise(i), noise(i + 1)).score) for i in range(0, 400, 2)]
    assert max(scores) < 0.2


def test_a_common_hum_is_not_the_same_sound() -> None:
    time = np.arange(4_000) / RATE
    hum = 30 * np.sin(2 * np.pi * 100 * time)
    plain = np.corrcoef(noise(0) + hum, noise(1) + hum)[0, 1]
    assert plain > 0.99
    assert abs(coherence(noise(0) + hum, noise(1) + hum).score) < 0.2


def test_silence_is_like_nothing() -> None:
    assert coherence(np.zeros(4_000), noise(0)).score == 0
