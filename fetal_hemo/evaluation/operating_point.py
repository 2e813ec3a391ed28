"""What a threshold does: sensitivity, specificity, and predictive values at a prevalence."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from fetal_hemo.errors import FetalHemoError
from fetal_hemo.evaluation.estimate import Estimate, missing
from fetal_hemo.evaluation.proportion import clustered_proportion

Limits = tuple[float, float, float]  # value, low, high
SLACK = 0.01  # of specificity, for a threshold that stands free


class OperatingPoint(NamedTuple):
    """Sensitivity and specificity of "score >= threshold"."""

    sensitivity: Estimate
    specificity: Estimate


class PredictiveValues(NamedTuple):
    """Positive and negative predictive value at a stated prevalence."""

    ppv: Estimate
    npv: Estimate


def threshold_at_specificity(scores: ArrayLike, labels: ArrayLike, specificity: float) -> float:
    """A threshold below which `specificity` of the negatives score, or at most `SLACK` more.

    It is the middle of the widest gap between neighbouring scores there, so that rounding on
    another machine moves no row across: by chance two scores can be as near as they like.
    Raises `FetalHemoError` E-COHORT without a negative. Use it on validation women only.
    """
    score, positive = np.asarray(scores, dtype=np.float64), np.asarray(labels) == 1
    negatives = np.sort(score[~positive])
    if len(negatives) == 0:
        raise FetalHemoError("E-COHORT", "no negative visit to choose the threshold on")
    first, last = (_last_below(negatives, specificity + slack) for slack in (0.0, SLACK))
    above = np.unique(score[score >= first])
    if len(above) == 1:
        return float(np.nextafter(first, np.inf))
    gaps = np.diff(above)[: np.count_nonzero(above <= last)]
    widest = int(gaps.argmax())
    return float((above[widest] + above[widest + 1]) / 2)


def _last_below(negatives: NDArray[np.float64], share: float) -> float:
    """The highest of the sorted scores that make up a share."""
    count = math.ceil(min(share, 1.0) * len(negatives) - 1e-9)
    return float(negatives[max(count, 1) - 1])


def operating_point(
    scores: ArrayLike, labels: ArrayLike, women: ArrayLike, threshold: ArrayLike
) -> OperatingPoint:
    """`OperatingPoint` of scores `(rows,)`, with intervals clustered by woman.

    `threshold` is one number or one a row.
    """
    flagged, positive = np.asarray(scores) >= np.asarray(threshold), np.asarray(labels) == 1
    woman = np.asarray(women)
    return OperatingPoint(
        clustered_proportion(flagged[positive], woman[positive], "no positive visit"),
        clustered_proportion(~flagged[~positive], woman[~positive], "no negative visit"),
    )


def predictive_values(point: OperatingPoint, prevalence: float) -> PredictiveValues:
    """`PredictiveValues` by Bayes' rule from an operating point.

    The intervals come from those of the likelihood ratios by variance recovery (MOVER, Zou &
    Donner 2008), which stays finite when no negative was flagged.
    """
    odds = prevalence / (1 - prevalence)
    sensitivity, specificity = point
    return PredictiveValues(
        _predictive(sensitivity, _complement(specificity), odds),
        _predictive(specificity, _complement(sensitivity), 1 / odds),
    )


def _predictive(true_rate: Estimate, false_rate: Estimate, odds: float) -> Estimate:
    """Predictive value of a call made at `true_rate` and, wrongly, at `false_rate`."""
    if true_rate.value is None or false_rate.value is None:
        return missing(true_rate.reason or false_rate.reason)
    if true_rate.value == 0.0 and false_rate.value == 0.0:
        return missing("no visit falls on this side of the threshold")
    value = odds * true_rate.value / (odds * true_rate.value + false_rate.value)
    top, bottom = true_rate.interval, false_rate.interval
    if top is None or bottom is None:
        return Estimate(value, reason=true_rate.reason or false_rate.reason)
    low, high = _ratio_limits(top, bottom)
    return Estimate(value, _from_odds(odds * low), _from_odds(odds * high))


def _ratio_limits(top: Limits, bottom: Limits) -> tuple[float, float]:
    """Limits of `top / bottom`; the upper one may be infinite."""
    a, a_low, a_high = top
    b, b_low, b_high = bottom
    product = a * b
    near, far = a_low * (2 * a - a_low), b_high * (2 * b - b_high)
    low = near / (product + _root(product**2 - near * far)) if near > 0.0 else 0.0
    far, near = a_high * (2 * a - a_high), b_low * (2 * b - b_low)
    high = (product + _root(product**2 - near * far)) / near if near > 0.0 else math.inf
    return low, high


def _root(number: float) -> float:
    return math.sqrt(max(0.0, number))  # a hair below 0 is rounding


def _from_odds(odds: float) -> float:
    return 1.0 if math.isinf(odds) else odds / (1 + odds)


def _complement(share: Estimate) -> Estimate:
    if share.value is None:
        return share
    if share.low is None or share.high is None:
        return Estimate(1 - share.value, reason=share.reason)
    return Estimate(1 - share.value, 1 - share.high, 1 - share.low)
