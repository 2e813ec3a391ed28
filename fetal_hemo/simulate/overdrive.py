"""Overdriven sound: the tops of the waveform cut off somewhere between the probe and the file."""

from __future__ import annotations

import numpy as np
from scipy.signal import resample_poly

OVERSAMPLING = (1, 2, 3, 4)  # the cut is made at the unit's own rate, often above ours


def overdriven(samples: np.ndarray, share: float, rng: np.random.Generator) -> np.ndarray:
    """`(time,)` with about `share` of its samples cut off hard, float32, peaks near 1."""
    factor = int(rng.choice(OVERSAMPLING))
    fine = samples if factor == 1 else resample_poly(samples, factor, 1)
    limit = max(float(np.quantile(np.abs(fine), 1.0 - share)), 1e-9)
    cut = np.clip(fine / limit, -1.0, 1.0)
    coarse = cut if factor == 1 else resample_poly(cut, 1, factor)
    return coarse.astype(np.float32)
