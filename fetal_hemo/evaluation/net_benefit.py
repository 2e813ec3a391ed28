"""Decision curve: what acting on the model is worth beside treating everyone or no one."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from fetal_hemo.evaluation.clusters import clustered_error, student_quantile, woman_index

THRESHOLDS = tuple(round(0.01 * step, 2) for step in range(1, 51))


class DecisionPoint(NamedTuple):
    """Net benefit per visit at one threshold probability; treating no one is worth 0.

    `low` and `high` are the 95 % limits of `model`, None with fewer than two women of a class.
    """

    threshold: float
    model: float
    low: float | None
    high: float | None
    treat_all: float


def decision_curve(
    probability: ArrayLike,
    labels: ArrayLike,
    women: ArrayLike,
    thresholds: Sequence[float] = THRESHOLDS,
) -> list[DecisionPoint]:
    """`DecisionPoint`s at the prevalence of the rows (Vickers & Elkin 2006); empty without rows.

    A net benefit is a mean over rows; its limits are clustered by woman, with Student's t.
    """
    chance, positive = np.asarray(probability, np.float64), np.asarray(labels) == 1
    if len(chance) == 0:
        return []
    index, reach = woman_index(women)[0], student_quantile(labels, women)
    curve = []
    for threshold in thresholds:
        gain = _gain(chance >= threshold, positive, threshold)
        worth = float(gain.mean())
        half = reach * clustered_error((gain - worth) / len(gain), index)
        low, high = (None, None) if math.isnan(half) else (worth - half, worth + half)
        everyone = float(_gain(np.ones_like(positive), positive, threshold).mean())
        curve.append(DecisionPoint(threshold, worth, low, high, everyone))
    return curve


def _gain(acted: np.ndarray, positive: np.ndarray, threshold: float) -> np.ndarray:
    """Worth of each row: 1 for a true alarm, minus the odds of the threshold for a false one."""
    return acted * np.where(positive, 1.0, -threshold / (1 - threshold))
