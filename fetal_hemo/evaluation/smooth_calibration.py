"""Smooth calibration curve: the share of positives over the probability given, with its band."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import expit, logit

from fetal_hemo.evaluation.calibration import SHARPEST
from fetal_hemo.evaluation.clusters import rarer_women, student_quantile
from fetal_hemo.evaluation.logistic import fit_logistic

Array = NDArray[np.float64]
POINTS = 60
KNOTS = {3: (0.10, 0.50, 0.90), 4: (0.05, 0.35, 0.65, 0.95)}  # quantiles (Harrell 2015)
MANY_EVENTS, FEW_EVENTS = 100, 10  # from 100 on a fourth knot; below 10 no curve


@dataclass(frozen=True, eq=False)
class CalibrationCurve:
    """`observed` shares with pointwise 95 % limits at `probability`, all `(points,)`.

    Without a curve they are empty and `reason` says why.
    """

    probability: Array
    observed: Array
    low: Array
    high: Array
    reason: str = ""


def smooth_calibration(
    probability: ArrayLike, labels: ArrayLike, women: ArrayLike, points: ArrayLike | None = None
) -> CalibrationCurve:
    """`CalibrationCurve` of probabilities `(rows,)`, between their 1st and 99th percentile.

    Logistic regression on restricted cubic splines of the log odds (Austin & Steyerberg 2014, Stat
    Med 33:517), its variance clustered by woman, Student's t as for the AUROC.
    """
    label = np.asarray(labels, dtype=np.float64)
    log_odds = logit(np.clip(np.asarray(probability, np.float64), SHARPEST, 1 - SHARPEST))
    rarer = min(int(sum(label == 1)), int(sum(label == 0)))
    if rarer < FEW_EVENTS:
        return _without(f"{rarer} visits of the rarer class, a curve needs {FEW_EVENTS}")
    knots = np.quantile(log_odds, KNOTS[4 if rarer >= MANY_EVENTS else 3])
    if len(np.unique(knots)) < len(knots):
        return _without("too few different probabilities")
    fit = fit_logistic(_spline(log_odds, knots), label, women)
    if fit is None or rarer_women(label, women) < 2:
        return _without("the curve has no finite fit")
    first, last = np.quantile(log_odds, [0.01, 0.99])
    ends = np.linspace(first, last, POINTS)
    at = ends if points is None else logit(np.asarray(points, np.float64))
    design = _spline(at, knots)
    middle = design @ fit.coefficients
    error = np.sqrt(np.einsum("ij,jk,ik->i", design, fit.covariance, design))
    reach = student_quantile(label, women) * error
    return CalibrationCurve(expit(at), expit(middle), expit(middle - reach), expit(middle + reach))


def _spline(x: Array, knots: Array) -> Array:
    """Columns of a restricted cubic spline `(rows, knots)`: 1, x, and knots - 2 cubics.

    Linear beyond the outer knots (Stone & Koo 1985); cubics are in the unit of x, as Harrell does.
    """
    width = knots[-1] - knots[0]

    def cubic(knot: float) -> Array:
        return np.maximum(0.0, x - knot) ** 3 / width**2

    before, last = knots[-2], knots[-1]
    columns = [np.ones_like(x), x]
    for knot in knots[:-2]:
        share = (knot - before) / (last - before)
        columns.append(cubic(knot) - cubic(before) * (1 - share) - cubic(last) * share)
    return np.stack(columns, axis=1)


def _without(reason: str) -> CalibrationCurve:
    nothing = np.zeros(0)
    return CalibrationCurve(nothing, nothing, nothing, nothing, reason)
