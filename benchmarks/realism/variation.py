"""Variation of a rhythm by six measures, with the definitions that make them comparable."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from scipy import signal
from scipy.spatial import cKDTree

from firmware_bridge.variability import long_term_variation_ms, short_term_variation_ms

SLOPE_HZ = (0.02, 0.20)  # slower: the trend of a stretch; faster: what CTG devices smooth away
SPECTRUM_S = 64.0
PATTERN, TOLERANCE = 2, 0.20  # sample entropy's m and r, in standard deviations


class Variation(NamedTuple):
    """STV and LTV of 3.75 s epochs, RMSSD and SDNN in ms; entropy and slope have no unit."""

    stv_ms: float
    ltv_ms: float
    rmssd_ms: float
    sdnn_ms: float
    sample_entropy: float
    spectral_slope: float


def variation(
    intervals_ms: np.ndarray,
    epochs_bpm: np.ndarray,
    patterns_ms: np.ndarray,
    even_ms: np.ndarray,
    even_hz: float,
) -> Variation:
    """`Variation` of a series of pulse intervals `(intervals,)`, NaN where lost.

    RMSSD (of neighbours that are both there) and SDNN are of the series itself, STV and LTV
    (Dawes-Redman) of rates every 3.75 s `(epochs,)`; the entropy is of `patterns_ms`, the slope of
    `even_ms`, which are the same pulse intervals without gaps.
    """
    steps = np.diff(intervals_ms)
    there = intervals_ms[np.isfinite(intervals_ms)]
    return Variation(
        stv_ms=short_term_variation_ms(epochs_bpm) or np.nan,
        ltv_ms=long_term_variation_ms(epochs_bpm) or np.nan,
        rmssd_ms=float(np.sqrt(np.nanmean(steps * steps))),
        sdnn_ms=float(there.std()),
        sample_entropy=sample_entropy(patterns_ms),
        spectral_slope=spectral_slope(even_ms, even_hz),
    )


def sample_entropy(series: np.ndarray) -> float:
    """Sample entropy (Richman & Moorman 2000), m = 2, r = 0.2 SD, of `(time,)`.

    NaN without a repeated pattern.
    """
    reach = TOLERANCE * float(series.std())
    count = len(series) - PATTERN
    short, long = (_pairs(series, size, count, reach) for size in (PATTERN, PATTERN + 1))
    return float(np.log(short / long)) if short and long else np.nan


def spectral_slope(series: np.ndarray, rate_hz: float) -> float:
    """Slope of log power on log frequency, 0.02-0.2 Hz, by Welch's method in 64 s pieces."""
    size = round(SPECTRUM_S * rate_hz)
    frequency, power = signal.welch(series, rate_hz, nperseg=size, detrend="linear")
    kept = (frequency >= SLOPE_HZ[0]) & (frequency <= SLOPE_HZ[1]) & (power > 0)
    return float(np.polyfit(np.log(frequency[kept]), np.log(power[kept]), 1)[0])


def _pairs(series: np.ndarray, size: int, count: int, reach: float) -> int:
    """How many ordered pairs of different patterns are nowhere further apart than `reach`."""
    patterns = np.stack([series[at : at + count] for at in range(size)], axis=1)
    tree = cKDTree(patterns)
    return int(tree.count_neighbors(tree, reach, p=np.inf)) - count
