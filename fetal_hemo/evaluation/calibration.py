"""Whether a probability of 10 % means 10 in 100: making it so, and checking it."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.optimize import minimize
from scipy.special import expit, logit

from fetal_hemo.evaluation.clusters import Z_95, woman_index
from fetal_hemo.evaluation.estimate import Estimate, missing
from fetal_hemo.evaluation.logistic import LogisticFit, fit_logistic

# Per standard deviation of the margin. Above 0, because calibration must not turn the order
# round; bounded, because separated validation women give no finite optimum.
SLOPE_BOUNDS = (0.01, 10.0)
SHARPEST = 1e-6  # probabilities are held this far from 0 and 1 before taking the logit
BINS = 10


class ReliabilityBin(NamedTuple):
    """Mean probability, share of positives and number of rows of one bin."""

    probability: float
    observed: float
    rows: int


class CalibrationError(NamedTuple):
    """Expected calibration error, and its 95 % point if the probabilities were right."""

    ece: float
    null_95: float


def fit_platt(margin: ArrayLike, labels: ArrayLike) -> tuple[float, float]:
    """Slope (> 0) and intercept with which `sigmoid(slope * margin + intercept)` fits the labels.

    Platt 1999 with his softened targets; always finite, also for separated or one-sided labels.
    """
    score, target = np.asarray(margin, dtype=np.float64), np.asarray(labels) == 1
    if len(score) == 0:
        return 1.0, 0.0
    spread = float(score.std()) or 1.0
    positives = int(target.sum())
    high, low = (positives + 1) / (positives + 2), 1 / (len(target) - positives + 2)
    softened, scaled = np.where(target, high, low), (score - score.mean()) / spread

    def loss(at: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        line = at[0] * scaled + at[1]
        residual = expit(line) - softened
        value = np.logaddexp(0.0, line) - softened * line
        return float(value.mean()), np.array([(residual * scaled).mean(), residual.mean()])

    start = np.array([1.0, logit(softened.mean())])
    found = minimize(loss, start, jac=True, method="L-BFGS-B", bounds=[SLOPE_BOUNDS, (-20, 20)])
    slope = float(found.x[0]) / spread
    return slope, float(found.x[1]) - slope * float(score.mean())


def calibration_slope_intercept(
    probability: ArrayLike, labels: ArrayLike, women: ArrayLike
) -> tuple[Estimate, Estimate]:
    """Calibration slope (1 is right) and intercept in the large (0 is right), clustered 95 %.

    Cox 1958; the intercept is estimated with the slope held at 1 (Van Calster 2019).
    """
    target = np.asarray(labels, dtype=np.float64)
    if len(np.unique(target)) < 2:
        reason = missing("only one class of visits")
        return reason, reason
    log_odds = logit(np.clip(np.asarray(probability, np.float64), SHARPEST, 1 - SHARPEST))
    ones = np.ones_like(log_odds)
    steep = fit_logistic(np.stack([log_odds, ones], axis=1), target, women)
    level = fit_logistic(ones[:, None], target, women, offset=log_odds)
    return _estimate(steep, "the slope has no finite fit"), _estimate(level, "no finite fit")


def reliability_bins(
    probability: ArrayLike, labels: ArrayLike, bins: int = BINS
) -> list[ReliabilityBin]:
    """`ReliabilityBin`s of equal counts (within one row), by rising probability."""
    chance, target = np.asarray(probability, np.float64), np.asarray(labels, np.float64)
    parts = np.array_split(np.argsort(chance, kind="stable"), bins)
    return [
        ReliabilityBin(float(chance[part].mean()), float(target[part].mean()), len(part))
        for part in parts
        if len(part)
    ]


def calibration_error(
    probability: ArrayLike, labels: ArrayLike, women: ArrayLike, seed: int = 0, draws: int = 1_000
) -> CalibrationError | None:
    """`CalibrationError` over equal-count bins; None without a row.

    A perfect model has an ECE above 0 on few rows, so it is never given without its null band. In
    that band all differences of a woman change sign together at random (wild cluster bootstrap,
    Cameron, Gelbach & Miller 2008), so that her visits stay as alike as they are.
    """
    chance = np.asarray(probability, np.float64)
    if len(chance) == 0:
        return None
    index, count = woman_index(women)
    place = np.empty(len(chance), dtype=np.intp)
    place[np.argsort(chance, kind="stable")] = np.arange(len(chance)) * BINS // len(chance)
    gap = np.asarray(labels, np.float64) - chance
    sums = np.bincount(index * BINS + place, gap, count * BINS).reshape(count, BINS)
    signs = np.random.default_rng(seed).choice([-1.0, 1.0], size=(draws, count))
    null = np.abs(signs @ sums).sum(axis=1) / len(chance)
    ece = float(np.abs(sums.sum(axis=0)).sum()) / len(chance)
    return CalibrationError(ece, float(np.quantile(null, 0.95)))


def _estimate(fit: LogisticFit | None, reason: str) -> Estimate:
    if fit is None:
        return missing(reason)
    value, error = float(fit.coefficients[0]), float(fit.standard_errors[0])
    if math.isnan(error):
        return Estimate(value, reason="a single woman: no interval")
    return Estimate(value, value - Z_95 * error, value + Z_95 * error)
