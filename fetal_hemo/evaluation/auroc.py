"""Area under the ROC curve with intervals that know that visits of one woman belong together.

Obuchowski 1997, Biometrics 53:567. DeLong's interval, which takes rows for independent, covered
the truth in 77 % instead of 95 % of simulated studies with 2.5 visits a woman.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.stats import rankdata

from fetal_hemo.evaluation.clusters import student_quantile, sum_by_woman, woman_index
from fetal_hemo.evaluation.estimate import Estimate, missing

FEW_WOMEN = "fewer than 2 women with a positive or with a negative visit"
NO_SPREAD = "no spread between women (perfectly ordered or tied scores): no interval"


class Placements(NamedTuple):
    """`auroc`, and for each row `(rows,)` the share of the other class that it is ordered above
    (a positive) or below (a negative)."""

    auroc: float
    values: NDArray[np.float64]


def placements(scores: ArrayLike, labels: ArrayLike) -> Placements:
    """`Placements` of scores `(rows,)` with labels 0 or 1; both classes must be present."""
    score, positive = np.asarray(scores, dtype=np.float64), np.asarray(labels) == 1
    count, others = int(positive.sum()), int((~positive).sum())
    ranks = rankdata(score)
    values = np.empty(len(score))
    values[positive] = (ranks[positive] - rankdata(score[positive])) / others
    values[~positive] = 1 - (ranks[~positive] - rankdata(score[~positive])) / count
    return Placements(float(values[positive].mean()), values)


def clustered_variance(deviations: ArrayLike, labels: ArrayLike, women: ArrayLike) -> float:
    """Variance of an AUROC, or of a difference, from placements minus their mean `(rows,)`.

    NaN with fewer than two women with positives or with negatives.
    """
    deviation, positive = np.asarray(deviations), np.asarray(labels) == 1
    with_positive = sum_by_woman(positive, women) > 0
    with_negative = sum_by_woman(~positive, women) > 0
    if with_positive.sum() < 2 or with_negative.sum() < 2:
        return math.nan
    above = sum_by_woman(deviation * positive, women) / positive.sum()
    below = sum_by_woman(deviation * ~positive, women) / (~positive).sum()
    return float(
        _small_sample(with_positive) * (above**2).sum()
        + _small_sample(with_negative) * (below**2).sum()
        + 2 * _small_sample(with_positive | with_negative) * (above * below).sum()
    )


def clustered_auroc(
    scores: ArrayLike, labels: ArrayLike, women: ArrayLike, level: float = 0.95
) -> Estimate:
    """AUROC of rows `(rows,)` grouped by woman; the interval is symmetric on the logit."""
    reason = _one_class(labels)
    if reason:
        return missing(reason)
    women = woman_index(women)[0]  # names are sorted once
    auroc, values = placements(scores, labels)
    variance = clustered_variance(values - auroc, labels, women)
    if math.isnan(variance):
        return Estimate(auroc, reason=FEW_WOMEN)
    if variance <= 0.0 or not 0.0 < auroc < 1.0:
        return Estimate(auroc, reason=NO_SPREAD)
    middle = math.log(auroc / (1 - auroc))
    reach = student_quantile(labels, women, level) * math.sqrt(variance) / (auroc * (1 - auroc))
    return Estimate(auroc, _sigmoid(middle - reach), _sigmoid(middle + reach))


def paired_clustered_difference(
    scores_a: ArrayLike, scores_b: ArrayLike, labels: ArrayLike, women: ArrayLike
) -> Estimate:
    """AUROC of `scores_a` minus that of `scores_b` on the same rows, with a 95 % interval."""
    reason = _one_class(labels)
    if reason:
        return missing(reason)
    women = woman_index(women)[0]
    first, second = placements(scores_a, labels), placements(scores_b, labels)
    difference = first.auroc - second.auroc
    deviations = (first.values - first.auroc) - (second.values - second.auroc)
    variance = clustered_variance(deviations, labels, women)
    if math.isnan(variance):
        return Estimate(difference, reason=FEW_WOMEN)
    if variance <= 0.0:
        return Estimate(difference, reason=NO_SPREAD)
    reach = student_quantile(labels, women) * math.sqrt(variance)
    return Estimate(difference, max(-1.0, difference - reach), min(1.0, difference + reach))


def _one_class(labels: ArrayLike) -> str:
    positive = np.asarray(labels) == 1
    if not positive.any():
        return "no positive visit"
    return "no negative visit" if positive.all() else ""


def _small_sample(counted: NDArray[np.bool_]) -> float:
    women = int(counted.sum())
    return women / (women - 1)


def _sigmoid(logit: float) -> float:
    return 1 / (1 + math.exp(-logit))
