"""A heart that beats too fast to be told is never shown as a calm one, by the shipped model."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import signal

from firmware_bridge.rhythm.half_rate import is_half_the_rate
from firmware_bridge.rhythm.lags import LAGS_S
from firmware_bridge.screen import Screener

RATE_HZ, SECONDS = 4_000, 60


def heart(bpm: float, seed: int = 0) -> np.ndarray:
    """A clean heart of one lobe a beat, with a little variation."""
    rng = np.random.default_rng(seed)
    count = int(SECONDS * bpm / 60) + 8
    beats = np.cumsum(60 / bpm * (1 + 0.01 * rng.normal(size=count)))
    time = np.arange(SECONDS * RATE_HZ) / RATE_HZ
    near = beats[np.clip(np.searchsorted(beats, time), 1, count - 1)[:, None] - [[0, 1]]]
    loud = 0.05 + np.exp(-0.5 * (np.abs(near - time[:, None]).min(axis=1) / 0.03) ** 2)
    band = signal.butter(2, (200, 400), "bandpass", fs=RATE_HZ, output="sos")
    return np.asarray(0.3 * loud * signal.sosfilt(band, rng.normal(size=time.size)), np.float32)


@pytest.mark.parametrize("bpm", [212, 220, 230, 240, 260, 290])
def test_no_rate_and_no_probability(bpm: int) -> None:
    found = Screener.load().screen(heart(bpm), RATE_HZ).to_json()
    assert [w["heart_rate_bpm"] for w in found["windows"]] == [None] * 16
    assert found["heart_rate"]["mean_bpm"] is None
    assert found["probability"] is None
    assert "A-FAST-RHYTHM" in found["reasons"]


@pytest.mark.parametrize("bpm", [112, 140, 180, 195])
def test_slower_hearts_keep_their_rate(bpm: int) -> None:
    found = Screener.load().screen(heart(bpm), RATE_HZ).to_json()
    assert found["heart_rate"]["mean_bpm"] == pytest.approx(bpm, rel=0.02)


def test_by_the_height_at_half_the_lag() -> None:
    def curve(height: float) -> np.ndarray:
        tops = [(0.25, height), (0.5, 1.0)]
        return sum(top * np.exp(-(((LAGS_S - at) / 0.02) ** 2)) for at, top in tops)

    curves = np.array([curve(h) for h in (0.0, 0.5, 0.7, 1.0)], np.float32)
    assert is_half_the_rate(curves, np.full(4, 120.0)).tolist() == [False, False, True, True]
    assert is_half_the_rate(curves[3:], np.array([240.0])).tolist() == [False]
