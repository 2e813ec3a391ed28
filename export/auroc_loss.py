"""How much order between women int8 costs: the paired difference of a smoothed AUROC.

In the plain AUROC a pair of visits counts 1 or 0. Among few women one pair that was nearly tied
and changes its order is then a large loss, which says nothing of the model. Here a pair counts
Phi(difference / h), with h a tenth of the scores' spread: near ties count little whichever way they
fall, a real loss of order counts as before. Interval as in `evaluation.auroc` (Obuchowski 1997),
smoothing as Ma & Huang 2007 (Biometrics 63:751).
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr
from scipy.stats import t as student

from fetal_hemo.evaluation.auroc import clustered_variance
from fetal_hemo.evaluation.clusters import sum_by_woman

WIDTH = 0.1  # of the spread of the trained model's scores

Scores = NDArray[np.float64]


class AurocLoss(NamedTuple):
    """AUROC of the first scores minus that of the second, and the upper end of its 95 % interval.

    NaN where there is none: one class only, fewer than two women with positives or with
    negatives, or scores that are all the same.
    """

    value: float
    upper: float


def auroc_loss(
    before: Scores, after: Scores, labels: NDArray[np.int64], women: NDArray[np.int64]
) -> AurocLoss:
    """The `AurocLoss` of log odds `(rows,)` with labels 0 or 1, rows of one woman together."""
    positive, width = labels == 1, WIDTH * float(before.std())
    if not positive.any() or positive.all() or not width > 0.0:
        return AurocLoss(math.nan, math.nan)
    first, second = (_placements(scores, positive, width) for scores in (before, after))
    change = first - second
    value = float(change[positive].mean())
    variance = clustered_variance(change - value, labels, women)
    rarer = min(int((sum_by_woman(rows, women) > 0).sum()) for rows in (positive, ~positive))
    reach = float(student.ppf(0.975, rarer - 1)) * math.sqrt(variance) if rarer > 1 else math.nan
    return AurocLoss(value, value + reach)


def reordered_share(before: Scores, after: Scores, labels: NDArray[np.int64]) -> float:
    """Share of the pairs of a positive and a negative whose order differs; NaN without a pair."""
    positive = labels == 1
    signs = [np.sign(s[positive][:, None] - s[~positive][None]) for s in (before, after)]
    return float((signs[0] != signs[1]).mean()) if signs[0].size else math.nan


def _placements(scores: Scores, positive: NDArray[np.bool_], width: float) -> Scores:
    """For each row the smoothed share of the other class on whose right side it stands."""
    above = ndtr((scores[positive][:, None] - scores[~positive][None]) / width)
    values = np.empty(len(scores))
    values[positive], values[~positive] = above.mean(axis=1), above.mean(axis=0)
    return values
