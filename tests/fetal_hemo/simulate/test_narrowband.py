"""Narrow-band processes: centre, width and level are the ones asked for."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.signal import welch

from fetal_hemo.simulate.narrowband import control_length, low_pass_noise, narrowband

SAMPLES = 120_000


@pytest.mark.parametrize("width", [2.0, 30.0, 200.0])
def test_low_pass_noise_has_unit_power(width: float) -> None:
    noise = low_pass_noise(8 * SAMPLES, width, np.random.default_rng(0))
    assert np.mean(np.abs(noise) ** 2) == pytest.approx(1.0, rel=0.25)


def test_power_lies_around_the_centre_at_the_level_asked_for() -> None:
    length = control_length(SAMPLES)
    tracks = np.full(length, 300.0), np.full(length, 0.5)
    sound = narrowband(*tracks, 30.0, SAMPLES, np.random.default_rng(1))
    frequency, power = welch(sound, 4_000, nperseg=4_096)
    assert np.sum(frequency * power) / power.sum() == pytest.approx(300.0, abs=10)
    near = np.abs(frequency - 300) < 60
    assert power[near].sum() / power.sum() > 0.9
    assert sound.std() == pytest.approx(0.5, rel=0.1)


def test_amplitude_and_frequency_follow_their_tracks() -> None:
    length = control_length(SAMPLES)
    half = np.arange(length) < length // 2
    sound = narrowband(
        np.where(half, 200.0, 800.0), np.where(half, 1.0, 0.1), 20.0, SAMPLES,
        np.random.default_rng(2),
    )  # fmt: skip
    first, second = sound[: SAMPLES // 2], sound[SAMPLES // 2 :]
    assert first.std() / second.std() == pytest.approx(10, rel=0.2)
    frequency, power = welch(second, 4_000, nperseg=4_096)
    assert frequency[power.argmax()] == pytest.approx(800, abs=30)
