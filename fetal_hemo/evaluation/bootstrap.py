"""Clustered bootstrap: women are drawn with replacement, each with all of her rows."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import ArrayLike, NDArray

from fetal_hemo.evaluation.clusters import sum_by_woman, woman_index
from fetal_hemo.evaluation.estimate import Estimate, missing

Statistic = Callable[[NDArray[np.intp]], float]
StatisticOfSums = Callable[[NDArray[np.float64]], NDArray[np.float64]]
MAX_FAILED_SHARE = 0.1  # more draws without a value than this: the percentiles mean nothing


def draw_counts(women: int, resamples: int, seed: int = 0) -> NDArray[np.int64]:
    """How often each woman is drawn in each resample, `(resamples, women)`."""
    generator = np.random.default_rng(seed)
    return generator.multinomial(women, np.full(women, 1 / women), size=resamples)


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
    if np.isnan(value) or count < 2:
        return percentile_estimate(value, np.zeros(0))
    generator = np.random.default_rng(seed)
    drawn = np.array([statistic(r) for r in clustered_draws(index, resamples, generator)])
    return percentile_estimate(value, drawn)


def bootstrap_of_sums(
    statistic: StatisticOfSums,
    columns: ArrayLike,
    women: ArrayLike,
    resamples: int = 1_000,
    seed: int = 0,
) -> Estimate:
    """`clustered_bootstrap` of a statistic of column sums, without a loop.

    `columns` (rows, columns); `statistic` turns sums (draws, columns) into values (draws,), NaN
    where there is none.
    """
    table = np.asarray(columns, dtype=np.float64)
    count = woman_index(women)[1]
    if count == 0:
        return missing("no row")
    value = float(statistic(table.sum(axis=0, keepdims=True))[0])
    if np.isnan(value) or count < 2:
        return percentile_estimate(value, np.zeros(0))
    sums = np.stack([sum_by_woman(column, women) for column in table.T], axis=1)
    return percentile_estimate(value, statistic(draw_counts(count, resamples, seed) @ sums))


def percentile_estimate(value: float, drawn: NDArray[np.float64]) -> Estimate:
    """`Estimate` of a value and what resamples gave, NaN where they gave none.

    No resample at all means that there was a single woman.
    """
    if np.isnan(value):
        return missing("not defined on these rows")
    if len(drawn) == 0:
        return Estimate(value, reason="a single woman: no interval")
    failed = np.isnan(drawn)
    if failed.mean() > MAX_FAILED_SHARE:
        return Estimate(value, reason="too few events: many resamples have no value")
    low, high = np.quantile(drawn[~failed], [0.025, 0.975])
    return Estimate(value, float(low), float(high))
