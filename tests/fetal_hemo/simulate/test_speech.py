"""Synthetic speech: voiced harmonics at a human pitch, with syllables and pauses."""

from __future__ import annotations

import numpy as np
import pytest

from fetal_hemo.simulate.speech import speech

SAMPLES = 60_000


def pitch_hz(frame: np.ndarray) -> tuple[float, float]:
    """Rate and height of the autocorrelation peak between 55 and 460 Hz."""
    power = np.abs(np.fft.rfft(frame * np.hanning(len(frame)), 8_192)) ** 2
    curve = np.fft.irfft(power)
    lags = np.arange(4_000 // 460, 4_000 // 55)
    best = lags[curve[lags].argmax()]
    return 4_000 / best, curve[best] / curve[0]


@pytest.mark.parametrize("seed", range(6))
def test_loud_stretches_are_periodic_at_a_human_pitch(seed: int) -> None:
    sound = speech(SAMPLES, np.random.default_rng(seed))
    frames = sound.reshape(-1, 400)
    loud = frames[frames.std(axis=1) > np.percentile(frames.std(axis=1), 70)]
    heights = [pitch_hz(frame)[1] for frame in loud]
    assert np.median(heights) > 0.5


@pytest.mark.parametrize("seed", range(6))
def test_level_rises_and_falls_with_syllables(seed: int) -> None:
    sound = speech(SAMPLES, np.random.default_rng(seed))
    level = sound.reshape(-1, 100).std(axis=1)
    assert np.isfinite(sound).all()
    assert np.percentile(level, 95) > 8 * np.percentile(level, 5)


def test_speakers_differ() -> None:
    pitches = []
    for seed in range(30):
        frames = speech(15_000, np.random.default_rng(seed)).reshape(-1, 600)
        loudest = frames[frames.std(axis=1).argmax()]
        pitches.append(pitch_hz(loudest)[0])
    assert np.ptp(np.percentile(pitches, [10, 90])) > 60
