"""Overdrive cuts the share that was asked for; a codec returns the same sound, a little late."""

from __future__ import annotations

import numpy as np
import pytest

from fetal_hemo.simulate.coding import coded
from fetal_hemo.simulate.overdrive import overdriven


@pytest.fixture
def tone() -> np.ndarray:
    return (0.5 * np.sin(2 * np.pi * 300 / 4_000 * np.arange(8_000))).astype(np.float32)


@pytest.mark.parametrize("seed", range(6))
def test_the_cut_tops_of_a_tone_are_flat(seed: int, tone: np.ndarray) -> None:
    cut = overdriven(tone, 0.5, np.random.default_rng(seed))
    assert cut.shape == tone.shape
    assert np.abs(cut).max() < 1.25  # a little ringing where it was cut at a higher rate
    assert (np.abs(cut) > 0.85).mean() == pytest.approx(0.55, abs=0.12)


def test_nothing_is_cut_from_silence() -> None:
    cut = overdriven(np.zeros(100, np.float32), 0.3, np.random.default_rng(0))
    assert np.abs(cut).max() == 0


@pytest.mark.parametrize("seed", range(6))
def test_a_codec_keeps_the_tone(seed: int, tone: np.ndarray) -> None:
    heard = coded(tone, np.random.default_rng(seed))
    assert heard.shape == tone.shape
    assert heard.dtype == np.float32
    middle = heard[2_000:6_000]
    frequency = np.fft.rfftfreq(4_000, 1 / 4_000)[np.abs(np.fft.rfft(middle)).argmax()]
    assert frequency == pytest.approx(300, abs=1)
    assert middle.std() == pytest.approx(0.5 / np.sqrt(2), rel=0.15)
