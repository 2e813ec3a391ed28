"""A share of rows, with an interval for rows that come in groups."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import ArrayLike
from scipy.stats import t as student

from fetal_hemo.evaluation.clusters import sum_by_woman, woman_index
from fetal_hemo.evaluation.estimate import Estimate, missing


def clustered_proportion(hits: ArrayLike, women: ArrayLike, empty: str = "no row") -> Estimate:
    """Share of true `hits` `(rows,)`: Wilson's 95 % interval at the effective sample size.

    The ratio estimator's variance over women gives the design effect (Rao & Scott 1992), and
    Student's t with women - 1 degrees of freedom stands for the normal (Korn & Graubard 1998).
    A share of 0 or 1 shows no spread: every woman then counts as one row.
    """
    hit = np.asarray(hits, dtype=np.float64)
    if len(hit) == 0:
        return missing(empty)
    share, count = float(hit.mean()), woman_index(women)[1]
    if count < 2:
        return Estimate(share, reason="a single woman: no interval")
    size = _effective_size(hit, women, share, count)
    return Estimate(share, *_wilson(share, size, float(student.ppf(0.975, count - 1))))


def _effective_size(hit: np.ndarray, women: ArrayLike, share: float, count: int) -> float:
    """Independent rows that would give the same variance; at most the true number of rows."""
    if share in (0.0, 1.0):
        return float(count)
    residual = sum_by_woman(hit - share, women)
    variance = count / (count - 1) * float((residual**2).sum()) / len(hit) ** 2
    if variance <= 0.0:
        return float(count)
    return min(float(len(hit)), share * (1 - share) / variance)


def _wilson(share: float, size: float, z: float) -> tuple[float, float]:
    middle = (share + z * z / (2 * size)) / (1 + z * z / size)
    half = z * math.sqrt(share * (1 - share) / size + (z / (2 * size)) ** 2) / (1 + z * z / size)
    # Rounding must not push the value itself out of its interval.
    return min(share, max(0.0, middle - half)), max(share, min(1.0, middle + half))
