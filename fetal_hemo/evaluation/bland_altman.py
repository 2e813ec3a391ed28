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

    The SD is that of a visit of any woman, between and within women together; what the mean takes
    up of it is given back. The limits' intervals join those of mean and SD by variance recovery
    (Zou 2013, Stat Methods Med Res 22:630), the SD's being symmetric on the logarithm.
    """
    gap = np.asarray(measured, np.float64) - np.asarray(reference, np.float64)
    rows, count = len(gap), woman_index(women)[1]
    if rows < 2:
        nothing = missing("fewer than 2 visits")
        return Agreement(nothing, None, nothing, nothing)
    mean = float(gap.mean())
    error = clustered_error((gap - mean) / rows, women)
    spread = float(((gap - mean) ** 2).mean())
    if count < 2 or spread == 0.0:
        return _without_interval(mean, float(gap.std(ddof=1)), count)
    sd = math.sqrt(spread + error**2)
    reach = float(student.ppf(0.975, count - 1))
    relative = reach * clustered_error(((gap - mean) ** 2 - spread) / (2 * rows * sd**2), women)
    inner, outer = sd * -math.expm1(-relative), sd * math.expm1(relative)
    near, far = (math.hypot(reach * error, Z_95 * side) for side in (inner, outer))
    lower, upper = mean - Z_95 * sd, mean + Z_95 * sd
    return Agreement(
        Estimate(mean, mean - reach * error, mean + reach * error),
        sd,
        Estimate(lower, lower - far, lower + near),
        Estimate(upper, upper - near, upper + far),
    )


def _without_interval(mean: float, sd: float, women: int) -> Agreement:
    reason = "a single woman: no interval" if women < 2 else "no spread: no interval"
    ends = [Estimate(mean + side * Z_95 * sd, reason=reason) for side in (0.0, -1.0, 1.0)]
    return Agreement(ends[0], sd, ends[1], ends[2])
