"""Decision curve: what acting on the model is worth beside treating everyone or no one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from fetal_hemo.evaluation.bootstrap import draw_counts
from fetal_hemo.evaluation.clusters import sum_by_woman, woman_index

THRESHOLDS = tuple(round(0.01 * step, 2) for step in range(1, 51))


class DecisionPoint(NamedTuple):
    """Net benefit per visit at one threshold probability; treating no one is worth 0.

    `low` and `high` are the 95 % band of `model` over resampled women.
    """

    threshold: float
    model: float
    low: float
    high: float
    treat_all: float


def decision_curve(
    probability: ArrayLike,
    labels: ArrayLike,
    women: ArrayLike,
    thresholds: Sequence[float] = THRESHOLDS,
    resamples: int = 500,
    seed: int = 0,
) -> list[DecisionPoint]:
    """`DecisionPoint`s at the prevalence of the rows (Vickers & Elkin 2006); empty without rows."""
    chance, positive = np.asarray(probability, np.float64), np.asarray(labels) == 1
    count = woman_index(women)[1]
    if count == 0:
        return []
    drawn = draw_counts(count, resamples, seed)
    rows = drawn @ sum_by_woman(np.ones(len(chance)), women)
    curve = []
    for threshold in thresholds:
        gain = _gain(chance >= threshold, positive, threshold)
        band = (drawn @ sum_by_woman(gain, women)) / rows
        low, high = np.quantile(band, [0.025, 0.975])
        all_gain = _gain(np.ones_like(positive), positive, threshold)
        point = (gain.mean(), low, high, all_gain.mean())
        curve.append(DecisionPoint(threshold, *(float(value) for value in point)))
    return curve


def _gain(acted: np.ndarray, positive: np.ndarray, threshold: float) -> np.ndarray:
    """Worth of each row: 1 for a true alarm, minus the odds of the threshold for a false one."""
    return acted * np.where(positive, 1.0, -threshold / (1 - threshold))
