"""Beat times -> pulse intervals of stretches of one length, and their variation.

The real beat times were heard in Doppler sound and hold gaps and slips. An interval over 20 % from
the running median of 11 is a slip; simulated beats are treated alike. Entropy is of the beats.
"""

from __future__ import annotations

import numpy as np
from scipy.signal import medfilt

from benchmarks.realism.variation import Variation, variation
from fetal_hemo.constants import WINDOW_S

SLIP, NEIGHBOURS = 0.20, 11
LEAST_HEARD = 0.90  # of a stretch's time
GRID_HZ = 4.0
MS = 1_000.0


def stretches(beats_s: np.ndarray, seconds: float) -> list[np.ndarray]:
    """Beat times `(beats,)` of each whole stretch, counted from the stretch's start."""
    count = int(beats_s[-1] // seconds)
    index = (beats_s // seconds).astype(int)
    return [beats_s[index == part] - part * seconds for part in range(count)]


def heard_with_error(beats_s: np.ndarray, error_ms: float, rng: np.random.Generator) -> np.ndarray:
    """Beat times `(beats,)` as found in sound with a normal error of so many ms."""
    return np.sort(beats_s + error_ms / MS * rng.normal(size=len(beats_s)))


def hearing_error_ms(beats_s: np.ndarray) -> float:
    """Standard deviation of the error of beat times, from the series alone.

    An error e of each time changes the step between neighbouring intervals by e - 2e' + e'', whose
    covariance two steps apart is its variance. Slow variation has next to none.
    """
    steps = np.diff(_without_slips(np.diff(beats_s)))
    return MS * float(np.sqrt(max(0.0, np.nanmean(steps[:-2] * steps[2:]))))


def beat_variation(beats_s: np.ndarray, seconds: float) -> Variation | None:
    """`Variation` of one stretch; None where over a tenth of it was not heard."""
    if len(beats_s) < NEIGHBOURS:
        return None
    intervals = _without_slips(np.diff(beats_s))
    heard = np.isfinite(intervals)
    if intervals[heard].sum() < LEAST_HEARD * seconds:
        return None
    ends, there = beats_s[1:], intervals[heard]
    grid = np.arange(ends[heard][0], ends[heard][-1], 1 / GRID_HZ)
    even = np.interp(grid, ends[heard], there)
    epochs = _epochs(ends, intervals, seconds)
    return variation(MS * intervals, epochs, MS * there, MS * even, GRID_HZ)


def _without_slips(intervals: np.ndarray) -> np.ndarray:
    heard = np.abs(intervals / medfilt(intervals, NEIGHBOURS) - 1) <= SLIP
    return np.where(heard, intervals, np.nan)


def _epochs(ends_s: np.ndarray, intervals: np.ndarray, seconds: float) -> np.ndarray:
    """Rate of each 3.75 s `(epochs,)` in bpm, NaN with under half of its time heard."""
    heard = np.isfinite(intervals)
    index = (ends_s[heard] // WINDOW_S).astype(int)
    epochs = int(seconds // WINDOW_S)
    count = np.bincount(index, minlength=epochs)[:epochs]
    total = np.bincount(index, intervals[heard], minlength=epochs)[:epochs]
    enough = total >= 0.5 * WINDOW_S
    return np.where(enough, 60.0 * count / np.where(enough, total, 1.0), np.nan)
