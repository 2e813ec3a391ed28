"""Would a pressure that was estimated pass as one that was measured? The usual criteria.

None of them is a validation: that takes the protocol (sequence of readings, two observers,
ranges of pressure, 45 pregnant women of whom 15 with pre-eclampsia). They say how far off it is.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike
from scipy.optimize import brentq
from scipy.stats import norm

from fetal_hemo.evaluation.clusters import sum_by_woman

MEAN_LIMIT, SD_LIMIT = 5.0, 8.0  # mmHg
TOLERABLE, TOLERABLE_SHARE = 10.0, 0.85  # mmHg; share of women's mean errors within it
WOMEN, PAIRS = 85, 255
BHS_WITHIN = (5.0, 10.0, 15.0)  # mmHg
BHS_GRADES = {"A": (60.0, 85.0, 95.0), "B": (50.0, 75.0, 90.0), "C": (40.0, 65.0, 85.0)}  # %


class IsoCriteria(NamedTuple):
    """Criterion 1 on readings, criterion 2 on women's means, and whether there are enough."""

    mean: float
    sd: float
    passes_1: bool
    sd_of_women: float
    sd_allowed: float
    passes_2: bool
    enough: bool


class BhsGrade(NamedTuple):
    """Percent of absolute differences within 5, 10 and 15 mmHg, and the grade A to D."""

    within: tuple[float, float, float]
    grade: str


def allowed_sd(mean: float) -> float:
    """The SD in mmHg with which 85 % of errors around `mean` stay within 10 mmHg; 0 beyond 10.

    ISO 81060-2 prints it as a table from 6.95 at 0 to 4.79 at 5.
    """
    if abs(mean) >= TOLERABLE:
        return 0.0

    def beyond(sd: float) -> float:
        inside = norm.cdf((TOLERABLE - mean) / sd) - norm.cdf((-TOLERABLE - mean) / sd)
        return float(inside) - TOLERABLE_SHARE

    return float(brentq(beyond, 1e-3, 2 * TOLERABLE))


def iso_criteria(measured: ArrayLike, reference: ArrayLike, women: ArrayLike) -> IsoCriteria:
    """`IsoCriteria` of ANSI/AAMI/ISO 81060-2 for visits `(rows,)` of at least two women."""
    gap = np.asarray(measured, np.float64) - np.asarray(reference, np.float64)
    own = sum_by_woman(gap, women) / sum_by_woman(np.ones(len(gap)), women)
    mean, sd, spread = float(gap.mean()), float(gap.std(ddof=1)), float(own.std(ddof=1))
    allowed = allowed_sd(float(own.mean()))
    return IsoCriteria(
        mean,
        sd,
        abs(mean) <= MEAN_LIMIT and sd <= SD_LIMIT,
        spread,
        allowed,
        spread <= allowed,
        len(own) >= WOMEN and len(gap) >= PAIRS,
    )


def bhs_grade(measured: ArrayLike, reference: ArrayLike) -> BhsGrade:
    """`BhsGrade` of at least one visit `(rows,)`; a grade needs all three shares.

    British Hypertension Society (O'Brien 1993).
    """
    gap = np.abs(np.asarray(measured, np.float64) - np.asarray(reference, np.float64))
    five, ten, fifteen = (100 * float((gap <= limit).mean()) for limit in BHS_WITHIN)
    within = (five, ten, fifteen)
    for grade, needed in BHS_GRADES.items():
        if all(share >= least for share, least in zip(within, needed, strict=True)):
            return BhsGrade(within, grade)
    return BhsGrade(within, "D")
