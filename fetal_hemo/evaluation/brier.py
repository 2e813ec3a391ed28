"""Brier score: how far probabilities are from what happened, calibration and ranking in one."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import ArrayLike, NDArray

from fetal_hemo.evaluation.auroc import FEW_WOMEN
from fetal_hemo.evaluation.clusters import clustered_error, student_quantile
from fetal_hemo.evaluation.estimate import Estimate, missing


def clustered_brier(probability: ArrayLike, labels: ArrayLike, women: ArrayLike) -> Estimate:
    """Mean squared difference between probability and label `(rows,)`; 95 % clustered by woman."""
    loss, label = _loss(probability, labels)
    if len(loss) == 0:
        return missing("no visit")
    value = float(loss.mean())
    return _around(value, (loss - value) / len(loss), label, women)


def clustered_scaled_brier(probability: ArrayLike, labels: ArrayLike, women: ArrayLike) -> Estimate:
    """1 minus Brier over that of always saying the prevalence: 1 perfect, 0 no use.

    Steyerberg 2010. The prevalence is that of the rows, and its chance is in the interval.
    """
    loss, label = _loss(probability, labels)
    share = float(label.mean()) if len(label) else 0.0
    reference = share * (1 - share)
    if reference == 0.0:
        return missing("only one class of visits")
    brier = float(loss.mean())
    of_loss = (loss - brier) / (len(loss) * reference)
    of_share = brier * (1 - 2 * share) * (label - share) / (len(loss) * reference**2)
    return _around(1 - brier / reference, of_share - of_loss, label, women)


def _loss(
    probability: ArrayLike, labels: ArrayLike
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    label = np.asarray(labels, np.float64)
    return (np.asarray(probability, np.float64) - label) ** 2, label


def _around(
    value: float, influence: NDArray[np.float64], labels: NDArray[np.float64], women: ArrayLike
) -> Estimate:
    half = student_quantile(labels, women) * clustered_error(influence, women)
    if math.isnan(half):
        return Estimate(value, reason=FEW_WOMEN)
    return Estimate(value, value - half, value + half)
