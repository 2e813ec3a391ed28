"""Calibration and threshold of a trained model, from its validation women only."""

from __future__ import annotations

from typing import Any

import numpy as np

from fetal_hemo.evaluation.calibration import fit_platt
from fetal_hemo.evaluation.operating_point import threshold_at_specificity
from fetal_hemo.training.answers import answers


def calibrate(
    margins: np.ndarray,
    positive: np.ndarray,
    specificity: float,
    simulated: bool,
    miss_rate: float,
) -> dict[str, Any]:
    """Platt's slope and intercept, the threshold, and which answers are given, as JSON values.

    `margins` and `positive` (visits,) are of validation visits. The probability is one for women
    like these: `population` says who they are. `answers` says which are certain enough to be
    answered, and how often each class gets which answer. Raises E-COHORT without a negative visit.
    """
    slope, intercept = fit_platt(margins, positive)
    probability = probability_of(margins, slope, intercept)
    kind = "simulated " if simulated else ""
    share = 100 * float(np.mean(positive))
    threshold = threshold_at_specificity(probability, positive, specificity)
    decision = {"threshold": threshold, "specificity_at_threshold": specificity}
    return {
        "slope": slope,
        "intercept": intercept,
        **decision,
        "population": f"{len(positive)} {kind}validation visits, {share:.0f} % positive",
        "answers": answers(probability, np.asarray(positive) == 1, decision, miss_rate),
    }


def probability_of(margins: np.ndarray, slope: float, intercept: float) -> np.ndarray:
    """Calibrated probabilities `(visits,)`."""
    return 1.0 / (1.0 + np.exp(-(slope * margins + intercept)))
