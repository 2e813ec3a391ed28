"""How the probabilities of raised and of other visits are spread."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from fetal_hemo.evaluation.auroc import FEW_WOMEN
from fetal_hemo.evaluation.clusters import clustered_error, student_quantile
from fetal_hemo.evaluation.estimate import Estimate, missing
from fetal_hemo.evaluation.few_women import why_not_shown

SHARES = (0.05, 0.25, 0.50, 0.75, 0.95)


class RiskDistribution(NamedTuple):
    """Quantiles at `SHARES` of the probabilities of each class, empty with too few women; and the
    difference of their means."""

    negative: list[float]
    positive: list[float]
    separation: Estimate


def risk_distribution(
    probability: ArrayLike, labels: ArrayLike, women: ArrayLike
) -> RiskDistribution:
    """`RiskDistribution` of probabilities `(rows,)`.

    The separation is Yates' discrimination slope (1982), also called Tjur's coefficient.
    """
    chance, positive = np.asarray(probability, np.float64), np.asarray(labels) == 1
    woman = np.asarray(women)
    others = _quantiles(chance[~positive], woman[~positive])
    groups = others, _quantiles(chance[positive], woman[positive])
    if positive.all() or not positive.any():
        return RiskDistribution(*groups, missing("only one class of visits"))
    above, below = chance[positive].mean(), chance[~positive].mean()
    value = float(above - below)
    gaps = np.where(
        positive, (chance - above) / positive.sum(), (below - chance) / (~positive).sum()
    )
    reach = student_quantile(labels, women) * clustered_error(gaps, women)
    if math.isnan(reach):
        return RiskDistribution(*groups, Estimate(value, reason=FEW_WOMEN))
    return RiskDistribution(*groups, Estimate(value, value - reach, value + reach))


def _quantiles(chance: np.ndarray, women: np.ndarray) -> list[float]:
    return [] if why_not_shown(women) else [float(q) for q in np.quantile(chance, SHARES)]
