"""How many visits it takes to fit a model of so many parameters without overfitting it."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from scipy.stats import norm

from fetal_hemo.evaluation.clusters import Z_95

SHRINKAGE = 0.9  # effects overstated by at most a tenth
SMALL = 0.05  # difference allowed in Nagelkerke's R2, and in the overall risk


class DevelopmentSize(NamedTuple):
    """Independent visits for each of Riley's three criteria; the largest is needed."""

    shrinkage: int
    optimism: int
    overall_risk: int

    @property
    def visits(self) -> int:
        """Visits that satisfy all three."""
        return max(self)


def cox_snell_r2(auroc: float, prevalence: float) -> float:
    """Cox-Snell R2 of a calibrated model with this AUROC, whose score is normal in both classes.

    What Riley et al. 2021 (Stat Med 40:859) simulate, as an integral over the score.
    """
    shift = math.sqrt(2) * float(norm.ppf(auroc))
    score = np.linspace(-8, 8 + shift, 4_001)
    positive, negative = prevalence * norm.pdf(score - shift), (1 - prevalence) * norm.pdf(score)
    total = positive + negative
    with np.errstate(divide="ignore", invalid="ignore"):
        terms = positive * np.log(positive / total) + negative * np.log(negative / total)
    gained = float(np.nansum(terms) * (score[1] - score[0])) - _null(prevalence)
    return 1 - math.exp(-2 * gained)


def development_size(auroc: float, prevalence: float, parameters: int) -> DevelopmentSize:
    """`DevelopmentSize` of a regression with this AUROC to be hoped for (Riley 2020, BMJ 368:m441).

    Shrinkage of at least 0.9; apparent and adjusted Nagelkerke R2 within 0.05; overall risk known
    to within 0.05. It is the size for a regression: a network learns from fewer visits only what
    pretraining has taught it. Raises ValueError for an AUROC outside 0.5 to 1.
    """
    if not 0.5 < auroc < 1 or not 0 < prevalence < 1:
        raise ValueError(f"no size for an AUROC of {auroc} at a prevalence of {prevalence}")
    return development_size_of_r2(cox_snell_r2(auroc, prevalence), prevalence, parameters)


def development_size_of_r2(r2: float, prevalence: float, parameters: int) -> DevelopmentSize:
    """`DevelopmentSize` from a Cox-Snell R2."""
    most = 1 - math.exp(2 * _null(prevalence))
    small = r2 / (r2 + SMALL * most)
    risk = (Z_95 / SMALL) ** 2 * prevalence * (1 - prevalence)
    return DevelopmentSize(
        _for_shrinkage(r2, parameters, SHRINKAGE),
        _for_shrinkage(r2, parameters, small),
        math.ceil(risk),
    )


def parameters_supported(auroc: float, prevalence: float, visits: float) -> int:
    """The most parameters that `visits` independent visits are enough for, or 0."""
    low, high = 0, max(1, int(visits))
    while low < high:
        middle = (low + high + 1) // 2
        enough = development_size(auroc, prevalence, middle).visits <= visits
        low, high = (middle, high) if enough else (low, middle - 1)
    return low


def _for_shrinkage(r2: float, parameters: int, shrinkage: float) -> int:
    return math.ceil(parameters / ((shrinkage - 1) * math.log(1 - r2 / shrinkage)))


def _null(prevalence: float) -> float:
    """Mean log likelihood of always saying the prevalence."""
    return prevalence * math.log(prevalence) + (1 - prevalence) * math.log(1 - prevalence)
