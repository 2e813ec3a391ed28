"""Beats placed in curves whose beats are known."""

from __future__ import annotations

import numpy as np
import pytest

from firmware_bridge.rhythm.beat_path import PIECE_S, place_beats

RATE_HZ = 100


def curve_of(beats_s: np.ndarray, seconds: float, noise: float, seed: int) -> np.ndarray:
    """A bump of 30 ms at each beat, and noise of that size beside its height."""
    time = np.arange(int(seconds * RATE_HZ)) / RATE_HZ
    bumps = np.exp(-0.5 * ((time[:, None] - beats_s) / 0.03) ** 2).sum(axis=1)
    curve = bumps + noise * np.random.default_rng(seed).normal(size=len(time))
    return (curve - curve.mean()) / curve.std()


def wandering(seconds: float, seed: int) -> np.ndarray:
    rng = np.random.default_rng(seed)
    intervals = 0.43 + 0.02 * np.cumsum(rng.normal(0, 0.15, int(seconds / 0.35))).clip(-3, 3)
    beats = np.cumsum(intervals)
    return beats[beats < seconds - 0.2]


@pytest.mark.parametrize("seconds", [3.75, 29.0, PIECE_S * 2, 95.0])
def test_every_beat_once_also_at_the_seams(seconds: float) -> None:
    true = wandering(seconds, 3)
    period = np.full(int(seconds * RATE_HZ), 43.0)
    found = place_beats(curve_of(true, seconds, 0.05, 4), period, RATE_HZ) / RATE_HZ
    nearest = np.abs(found[:, None] - true).min(axis=0)
    assert (nearest <= 0.02).mean() > 0.97
    assert abs(len(found) - len(true)) <= 2
    assert np.diff(found).min() > 0.2


def test_beats_are_found_under_noise() -> None:
    true = wandering(60, 5)
    period = np.interp(np.arange(6_000) / RATE_HZ, true[1:], np.diff(true)) * RATE_HZ
    found = place_beats(curve_of(true, 60, 0.3, 6), period, RATE_HZ) / RATE_HZ
    assert (np.abs(found[:, None] - true).min(axis=0) <= 0.03).mean() > 0.9


def test_period_that_changes_is_followed() -> None:
    rr = np.concatenate([np.linspace(0.46, 0.36, 60), np.linspace(0.36, 0.46, 60)])
    true = np.cumsum(rr)
    seconds = float(true[-1] + 1)
    frames = np.arange(int(seconds * RATE_HZ)) / RATE_HZ
    period = np.interp(frames, true, rr) * RATE_HZ
    found = place_beats(curve_of(true, seconds, 0.1, 7), period, RATE_HZ) / RATE_HZ
    assert (np.abs(found[:, None] - true).min(axis=0) <= 0.02).mean() > 0.97


def test_flat_curve_gives_sorted_frames_inside() -> None:
    found = place_beats(np.zeros(1_000), np.full(1_000, 43.0), RATE_HZ)
    assert ((found >= 0) & (found < 1_000)).all()
    assert (np.diff(found) > 0).all()
