"""How sharply a study of so many visits can measure, and how many it would take."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
from numpy.typing import ArrayLike
from scipy.stats import norm

from fetal_hemo.evaluation.clusters import Z_95, sum_by_woman

MOST_VISITS = 10**7


def intraclass_correlation(labels: ArrayLike, women: ArrayLike) -> float | None:
    """How alike the 0/1 labels `(visits,)` of one woman are: 0 as any others, 1 all the same.

    The analysis-of-variance estimator (Ridout, Demetrio & Firth 1999, Biometrics 55:137), at
    least 0. None when no woman has two visits, or all labels are equal.
    """
    label = np.asarray(labels, dtype=np.float64)
    size = sum_by_woman(np.ones(len(label)), women)
    total, count = len(label), len(size)
    if total == count or count < 2 or label.min() == label.max():
        return None
    share = sum_by_woman(label, women) / size
    between = float((size * (share - label.mean()) ** 2).sum()) / (count - 1)
    within = float((size * share * (1 - share)).sum()) / (total - count)
    typical = (total - float((size**2).sum()) / total) / (count - 1)
    return max(0.0, (between - within) / (between + (typical - 1) * within))


def design_effect(correlation: float, women: ArrayLike) -> float:
    """By how much repeat visits of `women` `(visits,)` inflate a variance, at least 1.

    Kish 1965 with the mean visits of the woman of a random visit (Kerry & Bland 2001, Stat Med
    20:377). It takes the scores to be as alike within women as the labels are.
    """
    size = sum_by_woman(np.ones(len(np.asarray(women))), women)
    return 1 + (float((size**2).sum() / size.sum()) - 1) * correlation


def auroc_half_width(
    auroc: float, positives: float, negatives: float, inflation: float = 1.0
) -> float:
    """Half of the 95 % interval of an AUROC (Hanley & McNeil 1982, Radiology 143:29).

    Its variance times `inflation`. Needs at least one positive and one negative visit.
    """
    q1, q2 = auroc / (2 - auroc), 2 * auroc**2 / (1 + auroc)
    spread = auroc * (1 - auroc)
    spread += (positives - 1) * (q1 - auroc**2) + (negatives - 1) * (q2 - auroc**2)
    return Z_95 * math.sqrt(inflation * spread / (positives * negatives))


def visits_for_half_width(auroc: float, half_width: float, prevalence: float) -> int:
    """Independent visits at which `auroc_half_width` is no larger than `half_width`."""

    def enough(visits: int) -> bool:
        positives = visits * prevalence
        if min(positives, visits - positives) < 1:
            return False
        return auroc_half_width(auroc, positives, visits - positives) <= half_width

    return _fewest(enough)


def visits_for_auroc(auroc: float, half_width: float, prevalence: float) -> int:
    """Independent visits for an AUROC, by the criterion of Riley et al. 2024, BMJ 384:e074821.

    Its standard error is Newcombe's (2006, Stat Med 25:559), which takes both classes to vary
    alike; with few positives `visits_for_half_width` is the more careful answer.
    """

    def enough(visits: int) -> bool:
        half = visits / 2 - 1
        spread = 1 + half * (1 - auroc) / (2 - auroc) + half * auroc / (1 + auroc)
        variance = auroc * (1 - auroc) * spread / (visits**2 * prevalence * (1 - prevalence))
        return Z_95 * math.sqrt(variance) <= half_width

    return _fewest(enough)


def visits_for_ratio(factor: float, prevalence: float) -> int:
    """Independent visits to know observed over expected positives within a `factor`.

    Riley et al. 2024, BMJ 384:e074821: the logarithm has variance (1 - prevalence) / positives.
    """
    return math.ceil((1 - prevalence) / prevalence * (Z_95 / math.log(factor)) ** 2)


def visits_for_slope(auroc: float, half_width: float, prevalence: float) -> int:
    """Independent visits to know the calibration slope to `half_width`.

    Riley et al. 2024, BMJ 384:e074821, for a calibrated score that is normal with variance 1 in
    both classes: the inverse of the Fisher information of a logistic regression on its logit.
    """
    shift = math.sqrt(2) * float(norm.ppf(auroc))
    score = np.linspace(-8, 8 + shift, 4_001)
    density = prevalence * norm.pdf(score - shift) + (1 - prevalence) * norm.pdf(score)
    density /= density.sum()
    logit = math.log(prevalence / (1 - prevalence)) + shift * score - shift**2 / 2
    weight = density / (2 + np.exp(logit) + np.exp(-logit))  # p (1 - p)
    a, b, c = weight.sum(), (weight * logit).sum(), (weight * logit**2).sum()
    return math.ceil(a / (a * c - b * b) * (Z_95 / half_width) ** 2)


def _fewest(enough: Callable[[int], bool]) -> int:
    """The smallest number from 2 on that is enough, up to ten million."""
    low, high = 2, MOST_VISITS
    while low < high:
        middle = (low + high) // 2
        low, high = (low, middle) if enough(middle) else (middle + 1, high)
    return low
