"""From a heart rate sampled by a CTG device to one rate each 3.75 s, as the audio path gives."""

from __future__ import annotations

import numpy as np

from fetal_hemo.constants import WINDOW_S

LIVE_SHARE = 0.5  # of an epoch's samples: with less, its mean is that of a fragment
MS_PER_MINUTE = 60_000.0


def epoch_rates(bpm: np.ndarray, rate_hz: float) -> np.ndarray:
    """Rates `(epochs,)` in bpm of `(time,)` at `rate_hz`, NaN with under half an epoch alive.

    Pulse intervals, not rates, are averaged, since the variation is one of intervals (Pardey
    2002). A last part shorter than 3.75 s is left out.
    """
    size = round(WINDOW_S * rate_hz)
    epochs = len(bpm) // size
    intervals = MS_PER_MINUTE / bpm[: epochs * size].reshape(epochs, size).astype(np.float64)
    live = np.isfinite(intervals)
    count = live.sum(axis=1)
    total = np.where(live, intervals, 0.0).sum(axis=1)
    enough = count >= LIVE_SHARE * size
    return np.where(enough, MS_PER_MINUTE * count / np.where(enough, total, 1.0), np.nan)
