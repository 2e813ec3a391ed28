"""Sounds that are not a fetal heart, screened with the shipped model: no fetal rate."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import signal

from firmware_bridge.screen import Screener

RATE_HZ, SECONDS = 4_000, 60


@pytest.fixture(scope="module")
def shipped() -> Screener:
    return Screener.load()


def noise(low_hz: float, high_hz: float, seed: int) -> np.ndarray:
    """Band noise `(time,)` with unit deviation."""
    white = np.random.default_rng(seed).normal(size=SECONDS * RATE_HZ)
    band = signal.butter(2, (low_hz, high_hz), "bandpass", fs=RATE_HZ, output="sos")
    shaped = signal.sosfilt(band, white)
    return np.asarray(shaped / shaped.std())


def vessel(bpm: float, seed: int) -> np.ndarray:
    """Flow in a maternal artery: a fast upstroke, a slow fall, a second lower wave."""
    rng = np.random.default_rng(seed)
    beats = np.cumsum(60 / bpm * (1 + 0.03 * rng.normal(size=2 * int(SECONDS * bpm / 60))))
    time = np.arange(SECONDS * RATE_HZ) / RATE_HZ
    after = time - beats[np.clip(np.searchsorted(beats, time) - 1, 0, None)]
    flow = np.where(after > 0, (after / 0.09) * np.exp(1 - after / 0.09), 0.0)
    flow += 0.25 * np.exp(-(((after - 0.34) / 0.06) ** 2))
    return 0.2 * (flow + 0.08) * noise(150, 700, seed + 1)


SOUNDS = {
    "receiver noise": 0.1 * noise(50, 1_500, 1),
    "venous hiss": 0.1 * noise(200, 500, 2),
    "maternal artery at 97 bpm": vessel(97, 3),
    "maternal artery at 74 bpm": vessel(74, 4),
    "mains hum": 0.1 * np.sin(2 * np.pi * 50 * np.arange(SECONDS * RATE_HZ) / RATE_HZ)
    + 0.005 * noise(50, 1_500, 5),
}


@pytest.mark.parametrize("name", SOUNDS)
def test_no_fetal_rate(shipped: Screener, name: str) -> None:
    found = shipped.screen(SOUNDS[name].astype(np.float32), RATE_HZ).to_json()
    assert found["outcome"] == "abstained"
    given = [w["heart_rate_bpm"] for w in found["windows"] if w["heart_rate_bpm"] is not None]
    assert given == []
    assert found["probability"] is None
