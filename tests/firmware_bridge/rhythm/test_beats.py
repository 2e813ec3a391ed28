"""Beats in made-up envelopes: two lobes of which either may be the louder, noise, gaps."""

from __future__ import annotations

import numpy as np
import pytest

from benchmarks.beat_score import beat_f1
from firmware_bridge.rhythm.beats import find_beats
from firmware_bridge.rhythm.rate_track import RateTrack

WINDOWS, BANDS, FRAMES = 16, 6, 375
SECONDS = WINDOWS * 3.75


def envelopes(beats_s: np.ndarray, noise: float, seed: int) -> np.ndarray:
    """Two lobes a beat, 180 ms apart, in different bands; which is louder changes with the beat."""
    rng = np.random.default_rng(seed)
    time = (np.arange(WINDOWS * FRAMES) + 0.25) / 100
    tone = rng.uniform(0.4, 1.0, (2, len(beats_s)))
    early = (tone[0] * np.exp(-0.5 * ((time[:, None] - beats_s) / 0.02) ** 2)).sum(axis=1)
    late = (tone[1] * np.exp(-0.5 * ((time[:, None] - beats_s - 0.18) / 0.03) ** 2)).sum(axis=1)
    shares = np.linspace(1, 0, BANDS)[:, None]
    rows = shares * early + (1 - shares) * late
    rows = rows + noise * rng.normal(size=rows.shape)
    return np.moveaxis(rows.reshape(BANDS, WINDOWS, FRAMES), 1, 0)


@pytest.fixture(scope="module")
def beats_s() -> np.ndarray:
    rng = np.random.default_rng(0)
    return 0.1 + np.cumsum(0.42 + 0.01 * rng.normal(size=int(SECONDS / 0.42) - 1))


@pytest.mark.parametrize(("noise", "least"), [(0.02, 0.995), (0.3, 0.97)])
def test_beats_are_found_and_marked_alike(beats_s: np.ndarray, noise: float, least: float) -> None:
    track = RateTrack(np.full(WINDOWS, 60 / 0.42), np.ones(WINDOWS))
    found = find_beats(envelopes(beats_s, noise, 1), track)
    assert beat_f1(found, beats_s, np.array([[1.0, SECONDS - 1.0]])) >= least


def test_a_gap_does_not_shift_the_mark(beats_s: np.ndarray) -> None:
    """After a stretch of noise the same lobe is marked as before it."""
    rows = envelopes(beats_s, 0.05, 2)
    rows[6:9] = np.random.default_rng(3).normal(size=rows[6:9].shape)
    confidence = np.ones(WINDOWS)
    confidence[6:9] = 0.05
    found = find_beats(rows, RateTrack(np.full(WINDOWS, 60 / 0.42), confidence))
    clear = np.array([[1.0, 6 * 3.75 - 0.5], [9 * 3.75 + 0.5, SECONDS - 1.0]])
    assert beat_f1(found, beats_s, clear) >= 0.98


def test_no_sure_window_no_beats() -> None:
    track = RateTrack(np.full(WINDOWS, 140.0), np.full(WINDOWS, 0.4))
    assert len(find_beats(np.zeros((WINDOWS, BANDS, FRAMES)), track)) == 0


def test_flat_envelopes_give_no_nonsense() -> None:
    track = RateTrack(np.full(WINDOWS, 140.0), np.ones(WINDOWS))
    found = find_beats(np.zeros((WINDOWS, BANDS, FRAMES)), track)
    assert np.isfinite(found).all()
    assert ((found >= -0.1) & (found <= SECONDS + 0.1)).all()
