"""The middle value; numpy's own imports masked arrays for it, which takes longer than a rhythm."""

from __future__ import annotations

import numpy as np


def median(values: np.ndarray) -> float:
    """Median of `(values,)`, at least one and none of them NaN."""
    ordered, half = np.sort(values), len(values) // 2
    if len(values) % 2:
        return float(ordered[half])
    return float((ordered[half - 1] + ordered[half]) / 2.0)
