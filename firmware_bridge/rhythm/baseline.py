"""Baseline of the fetal heart rate, and where it rises above or falls below it for a while.

The baseline is a slow line through the epochs that are near it (after Mantel 1990, Int J Biomed
Comput 25:261: smooth both ways, trim what is far, repeat). Accelerations and decelerations by
FIGO 2015: at least 15 bpm and at least 15 s; their ends are where 10 bpm are left (the threshold of
Dawes and Redman).
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from firmware_bridge.constants import WINDOW_S
from firmware_bridge.rhythm.median import median

MIN_EPOCHS = 8  # half a minute
SMOOTHING_EPOCHS = 16  # a minute: slower than an acceleration
# An epoch further off has no say in the next round. The first is wide: the line may have to follow
# from one level to another, and begins at the median, which is at neither.
TRIM_BPM = (40.0, 20.0, 15.0, 10.0, 10.0)
PEAK_BPM, EDGE_BPM = 15.0, 10.0
LEAST_S = 15.0
SHORT_GAP = 2  # epochs without a rate, as in many a deceleration, that do not end it


@dataclass(frozen=True)
class Excursion:
    """An acceleration or deceleration: from when to when, and how far from the baseline."""

    start_s: float
    end_s: float
    peak_bpm: float  # signed distance from the baseline


def baseline_bpm(bpm: np.ndarray) -> np.ndarray | None:
    """Baseline `(epochs,)` of rates with NaN where there is none; None with fewer than 8 rates."""
    known = np.isfinite(bpm)
    if known.sum() < MIN_EPOCHS:
        return None
    line = np.full(len(bpm), median(bpm[known]))
    filled = np.where(known, bpm, line)
    for trim in TRIM_BPM:
        near = (known & (np.abs(filled - line) <= trim)).astype(np.float64)
        if near.sum() < MIN_EPOCHS:
            break
        line = _both_ways(filled, near, line)
    return line


def _both_ways(values: np.ndarray, weights: np.ndarray, otherwise: np.ndarray) -> np.ndarray:
    """Weighted mean under a two-sided exponential; `otherwise` where no weight is within reach."""
    distance = np.abs(np.arange(len(values))[:, None] - np.arange(len(values)))
    kernel = np.exp(-distance / SMOOTHING_EPOCHS) * weights
    total = kernel.sum(axis=1)
    return np.where(total > 1e-3, kernel @ values / np.maximum(total, 1e-3), otherwise)


def excursions(bpm: np.ndarray, line: np.ndarray, sign: int) -> tuple[Excursion, ...]:
    """Accelerations (`sign` 1) or decelerations (-1) of rates `(epochs,)` about a baseline."""
    away = sign * (_bridged(bpm) - line)
    beyond = np.nan_to_num(away, nan=-np.inf) >= EDGE_BPM
    edges = np.flatnonzero(np.diff(np.concatenate([[0], beyond.astype(np.int8), [0]])))
    found = []
    for first, stop in edges.reshape(-1, 2):
        peak = float(away[first:stop].max())
        if (stop - first) * WINDOW_S >= LEAST_S and peak >= PEAK_BPM:
            found.append(Excursion(first * WINDOW_S, stop * WINDOW_S, sign * peak))
    return tuple(found)


def _bridged(bpm: np.ndarray) -> np.ndarray:
    """The rates with short gaps filled by a straight line."""
    known = np.flatnonzero(np.isfinite(bpm))
    filled = bpm.copy()
    for before, after in pairwise(known):
        if 1 < after - before <= SHORT_GAP + 1:
            share = np.arange(1, after - before) / (after - before)
            filled[before + 1 : after] = bpm[before] + share * (bpm[after] - bpm[before])
    return filled
