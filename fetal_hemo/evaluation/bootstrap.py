"""Clustered bootstrap: women are drawn with replacement, each with all of her rows."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import ArrayLike, NDArray

from fetal_hemo.evaluation.clusters import woman_index
from fetal_hemo.evaluation.estimate import Estimate, missing

Statistic = Callable[[NDArray[np.intp]], float]
MAX_FAILED_SHARE = 0.1  # more draws without a value than this: the percentiles mean nothing


def clustered_draws(
    women: ArrayLike, resamples: int, generator: np.random.Generator
) -> list[NDArray[np.intp]]:
    """Row numbers of each resample; a woman drawn twice brings her rows twice."""
    index, count = woman_index(women)
    rows = np.split(np.argsort(index, kind="stable"), np.cumsum(np.bincount(index))[:-1])
    draws = generator.integers(count, size=(resamples, count))
    return [np.concatenate([rows[woman] for woman in draw]) for draw in draws]


def clustered_bootstrap(
    statistic: Statistic, women: ArrayLike, resamples: int = 1_000, seed: int = 0
) -> Estimate:
    """Any statistic of row numbers, with its 95 % percentile interval over resampled women.

    `statistic` gives NaN where it has no value, such as on rows of one class.
    """
    index, count = woman_index(women)
    if count == 0:
        return missing("no row")
    value = statistic(np.arange(len(index)))
    if np.isnan(value):
        return missing("not defined on these rows")
    if count < 2:
        return Estimate(value, reason="a single woman: no interval")
    generator = np.random.default_rng(seed)
    drawn = np.array([statistic(r) for r in clustered_draws(index, resamples, generator)])
    failed = np.isnan(drawn)
    if failed.mean() > MAX_FAILED_SHARE:
        return Estimate(value, reason="too few events: many resamples have no value")
    low, high = np.quantile(drawn[~failed], [0.025, 0.975])
    return Estimate(value, float(low), float(high))
