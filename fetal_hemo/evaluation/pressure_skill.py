"""Is an estimated pressure any better than saying the mean of the training women every time?

Pressures vary little in pregnancy, so the mean alone is often within 10 mmHg and earns grades.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.stats import t as student

from fetal_hemo.evaluation.clusters import clustered_error, woman_index
from fetal_hemo.evaluation.estimate import Estimate, missing


class PressureSkill(NamedTuple):
    """Mean absolute error of the model and of the mean, what the model gains (both in mmHg), and
    the share of the mean's squared error that it removes (0 no use, below 0 harm)."""

    error: Estimate
    error_of_mean: Estimate
    gain: Estimate
    skill: Estimate


def pressure_skill(
    predicted: ArrayLike, reference: ArrayLike, women: ArrayLike, training_mean: float
) -> PressureSkill:
    """`PressureSkill` of visits `(rows,)`, paired on them, intervals clustered by woman."""
    truth = np.asarray(reference, np.float64)
    miss, miss_of_mean = np.asarray(predicted, np.float64) - truth, training_mean - truth
    if len(truth) == 0:
        return PressureSkill(*[missing("no visit")] * 4)
    absolute, of_mean = np.abs(miss), np.abs(miss_of_mean)
    return PressureSkill(
        _mean(absolute, women),
        _mean(of_mean, women),
        _mean(of_mean - absolute, women),
        _skill(miss**2, miss_of_mean**2, women),
    )


def _mean(values: NDArray[np.float64], women: ArrayLike) -> Estimate:
    value = float(values.mean())
    return _around(value, (values - value) / len(values), women)


def _skill(
    squared: NDArray[np.float64], squared_of_mean: NDArray[np.float64], women: ArrayLike
) -> Estimate:
    if squared_of_mean.sum() == 0.0:
        return missing("the mean is right every time")
    left = float(squared.sum() / squared_of_mean.sum())
    return _around(1 - left, (left * squared_of_mean - squared) / squared_of_mean.sum(), women)


def _around(value: float, influence: NDArray[np.float64], women: ArrayLike) -> Estimate:
    count = woman_index(women)[1]
    if count < 2:
        return Estimate(value, reason="a single woman: no interval")
    half = float(student.ppf(0.975, count - 1)) * clustered_error(influence, women)
    return Estimate(value, value - half, value + half)
