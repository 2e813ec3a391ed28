"""Coverage-risk curve: how wrong the answers are when only the surest are given."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from fetal_hemo.evaluation.bootstrap import draw_counts
from fetal_hemo.evaluation.clusters import sum_by_woman, woman_index

COVERAGES = tuple(round(0.05 * step, 2) for step in range(2, 21))  # 10 % and more
FEWEST_ROWS = 20


class RiskPoint(NamedTuple):
    """Mean loss of the `coverage` surest rows, with its 95 % limits over resampled women."""

    coverage: float
    risk: float
    low: float
    high: float


def coverage_risk(
    certainty: ArrayLike,
    loss: ArrayLike,
    weight: ArrayLike,
    women: ArrayLike,
    coverages: Sequence[float] = COVERAGES,
    resamples: int = 500,
    seed: int = 0,
) -> list[RiskPoint]:
    """`RiskPoint`s of rows `(rows,)` with a `loss` each (El-Yaniv & Wiener 2010, JMLR 11:1605).

    The risk is the mean of `loss` weighted by `weight`; rows of equal certainty are kept or left
    together, so a coverage may be more than was asked. A point that keeps fewer than 20 rows is
    left out. The cut is held where the rows put it: the limits are those of the risk at that cut.
    """
    sure, weights = np.asarray(certainty, np.float64), np.asarray(weight, np.float64)
    count = woman_index(women)[1]
    draws = draw_counts(count, resamples, seed) if count > 1 else None
    falling = np.sort(sure)[::-1]
    points: dict[float, RiskPoint] = {}
    for coverage in coverages:
        rows = min(len(sure), round(coverage * len(sure)))
        if rows < FEWEST_ROWS:
            continue
        kept = weights * (sure >= falling[rows - 1])
        share = float((sure >= falling[rows - 1]).mean())
        points[share] = _point(share, kept * np.asarray(loss, np.float64), kept, women, draws)
    return [point for _, point in sorted(points.items())]


def balanced_weights(labels: ArrayLike) -> NDArray[np.float64]:
    """Weights `(rows,)` with which each class counts half in all; 1 where there is one class."""
    positive = np.asarray(labels) == 1
    share = positive.mean() if len(positive) else 0.0
    if share in (0.0, 1.0):
        return np.ones(len(positive))
    return np.where(positive, 0.5 / share, 0.5 / (1 - share))


def _point(
    share: float,
    lost: NDArray[np.float64],
    kept: NDArray[np.float64],
    women: ArrayLike,
    draws: NDArray[np.int64] | None,
) -> RiskPoint:
    risk = float(lost.sum() / kept.sum())
    if draws is None:
        return RiskPoint(share, risk, risk, risk)
    bottom = draws @ sum_by_woman(kept, women)
    drawn = (draws @ sum_by_woman(lost, women))[bottom > 0] / bottom[bottom > 0]
    low, high = np.quantile(drawn, [0.025, 0.975])
    return RiskPoint(share, risk, float(low), float(high))
