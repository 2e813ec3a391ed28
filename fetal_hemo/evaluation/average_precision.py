"""Area under the precision-recall curve with an interval clustered by woman."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import expit, logit
from scipy.stats import rankdata

from fetal_hemo.evaluation.auroc import FEW_WOMEN, NO_SPREAD
from fetal_hemo.evaluation.clusters import clustered_error, student_quantile
from fetal_hemo.evaluation.estimate import Estimate, missing


class Influence(NamedTuple):
    """A `value`, and by how much it would move `(rows,)` per unit of weight given to a row."""

    value: float
    rows: NDArray[np.float64]


def average_precision(scores: ArrayLike, labels: ArrayLike) -> Influence:
    """`Influence` of the mean, over positives, of the precision at their score.

    At least one label must be 1. It depends on the prevalence: 0.05 of chance at 5 % positive.
    """
    score, positive = np.asarray(scores, dtype=np.float64), np.asarray(labels) == 1
    # `above` counts the rows that score at least as high; tied rows share one count.
    above = rankdata(-score, method="max")
    order = np.argsort(-score, kind="stable")
    hits = np.cumsum(positive[order])[above.astype(np.intp) - 1]
    precision = hits / above
    value = float(precision[positive].mean())
    # A row changes the precision at every positive that scores no higher than itself.
    higher = len(score) - rankdata(score, method="max").astype(np.intp)
    gained = _sums_after(positive[order] / above[order], higher)
    lost = _sums_after((positive * precision / above)[order], higher)
    moved = positive * (precision - value + gained) - lost
    return Influence(value, moved / positive.sum())


def clustered_average_precision(scores: ArrayLike, labels: ArrayLike, women: ArrayLike) -> Estimate:
    """Average precision of rows `(rows,)` grouped by woman; 95 % interval symmetric on the logit.

    Logit: Boyd, Eng & Page 2013. The standard error is that of the women's summed influences.
    """
    positive = np.asarray(labels) == 1
    if not positive.any():
        return missing("no positive visit")
    value, rows = average_precision(scores, labels)
    error, reach = clustered_error(rows, women), student_quantile(labels, women)
    if math.isnan(error * reach):
        return Estimate(value, reason=FEW_WOMEN)
    if error < 1e-12 or not 0.0 < value < 1.0:
        return Estimate(value, reason=NO_SPREAD)
    half, middle = reach * error / (value * (1 - value)), float(logit(value))
    return Estimate(value, float(expit(middle - half)), float(expit(middle + half)))


def _sums_after(values: NDArray[np.float64], higher: NDArray[np.intp]) -> NDArray[np.float64]:
    """Sums of `values`, by falling score, from behind the `higher` rows on."""
    ahead = np.concatenate([[0.0], np.cumsum(values)])
    return ahead[-1] - ahead[higher]
