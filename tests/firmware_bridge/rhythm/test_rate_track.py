"""The track of the rate on made-up autocorrelations: known rates, gaps, octaves, nothing at all."""

from __future__ import annotations

import numpy as np
import pytest

from firmware_bridge.rhythm.lags import LAGS_S
from firmware_bridge.rhythm.rate_track import track_rate


def repeating(bpm: float, height: float = 0.8, sharpness: float = 12.0) -> np.ndarray:
    """The autocorrelation `(lags,)` of pulses at a rate: a narrow top at each multiple."""
    phase = np.cos(2 * np.pi * LAGS_S * bpm / 60)
    return height * (np.exp(sharpness * (phase - 1)) - 0.2)


def noise(rng: np.random.Generator, height: float = 0.12) -> np.ndarray:
    smooth = np.convolve(rng.normal(size=len(LAGS_S) + 20), np.hanning(21), mode="valid")
    return height * smooth / smooth.std()


def alive(count: int) -> np.ndarray:
    return np.zeros(count)


@pytest.mark.parametrize("bpm", [90.0, 121.7, 140.0, 163.3, 195.0])
def test_one_window_of_a_clear_rate(bpm: float) -> None:
    track = track_rate(repeating(bpm)[None], alive(1))
    assert track.bpm[0] == pytest.approx(bpm, abs=0.3)
    assert track.confidence[0] > 0.5


def test_neighbours_carry_a_faint_window() -> None:
    rng = np.random.default_rng(0)
    faint = 0.3 * repeating(140) + noise(rng, 0.04)
    alone = track_rate(faint[None], alive(1)).confidence[0]
    rows = np.stack([repeating(141), faint, repeating(139)])
    among = track_rate(rows, alive(3))
    assert among.confidence[1] > max(0.8, alone)
    assert among.bpm[1] == pytest.approx(140, abs=2)


def test_half_rate_peaks_do_not_win() -> None:
    """Every second beat louder: twice the period repeats better than the period does."""
    rows = np.stack([0.75 * repeating(150) + 0.25 * repeating(75)] * 6)
    assert track_rate(rows, alive(6)).bpm == pytest.approx(150, abs=1)


def test_noise_is_not_a_pulse() -> None:
    rng = np.random.default_rng(1)
    rows = np.stack([noise(rng) for _ in range(200)])
    assert (track_rate(rows, alive(200)).confidence < 0.5).mean() > 0.98


def test_dead_windows_have_no_pulse_and_break_nothing() -> None:
    rows = np.stack([repeating(140)] * 9)
    dead = alive(9)
    dead[3:6] = 1.0
    track = track_rate(rows, dead)
    assert (track.confidence[3:6] < 0.1).all()
    assert (track.confidence[[0, 1, 7, 8]] > 0.8).all()
    assert np.isfinite(track.bpm).all()


def test_confidence_is_calibrated_in_mixed_noise() -> None:
    """Of rates given with at least 0.9, at least 90 % are right; nothing was fitted to this."""
    rng = np.random.default_rng(2)
    true = 140 + np.cumsum(rng.normal(0, 1.5, 400))
    height = np.repeat(rng.uniform(0.0, 0.9, 40), 10)
    rows = np.stack([h * repeating(b) + noise(rng, 0.1) for h, b in zip(height, true, strict=True)])
    track = track_rate(rows, alive(400))
    sure = track.confidence >= 0.9
    right = np.abs(np.log(track.bpm / true)) < 0.04
    assert sure.mean() > 0.3
    assert right[sure].mean() >= 0.9


def test_extreme_curves_stay_finite() -> None:
    for value in (-1.0, 0.0, 1.0):
        track = track_rate(np.full((5, len(LAGS_S)), value), alive(5))
        assert np.isfinite(track.bpm).all()
        assert ((track.confidence >= 0) & (track.confidence <= 1)).all()
