"""Agreement of a pressure with a reference: mean difference and limits of agreement."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike
from scipy.stats import t as student

from fetal_hemo.evaluation.clusters import Z_95, clustered_error, woman_index
from fetal_hemo.evaluation.estimate import Estimate, missing


class Agreement(NamedTuple):
    """Mean of measured minus reference, the `sd` of a difference, and the limits within which 95 %
    of differences lie, all in mmHg."""

    mean_difference: Estimate
    sd: float | None
    lower_limit: Estimate
    upper_limit: Estimate


def bland_altman(measured: ArrayLike, reference: ArrayLike, women: ArrayLike) -> Agreement:
    """`Agreement` of visits `(rows,)`, intervals clustered by woman (Bland & Altman 1986 and 2007).

    The SD is that of a visit of any woman, between and within women together.
    """
    gap = np.asarray(measured, np.float64) - np.asarray(reference, np.float64)
    rows, count = len(gap), woman_index(women)[1]
    if rows < 2:
        nothing = missing("fewer than 2 visits")
        return Agreement(nothing, None, nothing, nothing)
    mean, sd = float(gap.mean()), float(gap.std(ddof=1))
    if count < 2 or sd == 0.0:
        reason = "a single woman: no interval" if count < 2 else "no spread: no interval"
        ends = [Estimate(mean + side * Z_95 * sd, reason=reason) for side in (0.0, -1.0, 1.0)]
        return Agreement(ends[0], sd, ends[1], ends[2])
    reach = float(student.ppf(0.975, count - 1))
    of_mean = (gap - mean) / rows
    of_sd = ((gap - mean) ** 2 / sd - sd) / (2 * rows)

    def around(side: float) -> Estimate:
        value = mean + side * Z_95 * sd
        half = reach * clustered_error(of_mean + side * Z_95 * of_sd, women)
        return Estimate(value, value - half, value + half)

    assert math.isfinite(reach)
    return Agreement(around(0.0), sd, around(-1.0), around(1.0))
