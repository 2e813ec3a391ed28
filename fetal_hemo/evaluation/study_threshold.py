"""Of a study: what the threshold does, and what others would."""

from __future__ import annotations

import numpy as np

from fetal_hemo.evaluation.operating_point import OperatingPoint, operating_point, predictive_values
from fetal_hemo.evaluation.proportion import clustered_proportion
from fetal_hemo.evaluation.sensitivity_at import (
    sensitivity_at_specificity,
    specificity_at_sensitivity,
)
from fetal_hemo.evaluation.study_input import Json, StudyInput

SENSITIVITY_SET = 0.8
PREVALENCES = (0.02, 0.05, 0.10)  # of visits, in rural Guatemala to referral clinics


def threshold_part(given: StudyInput) -> Json:
    """At the threshold of the validation women: sensitivity, specificity, predictive values.

    And along the curve of the test women: sensitivity at the set specificity and the reverse.
    """
    scored = given.scored
    label, woman = scored.label, scored.participant_id
    point = operating_point(scored.probability, label, woman, given.thresholds(scored))
    values = predictive_values(point, given.prevalence)
    chance = (given.resamples, given.seed)
    at_specificity = sensitivity_at_specificity(
        scored.margin, label, woman, given.specificity, *chance
    )
    at_sensitivity = specificity_at_sensitivity(
        scored.margin, label, woman, SENSITIVITY_SET, *chance
    )
    return {
        "thresholds": dict(zip(given.splits, _of_splits(given), strict=True)),
        "specificity_set": given.specificity,
        "sensitivity_set": SENSITIVITY_SET,
        "prevalence": given.prevalence,
        "sensitivity": point.sensitivity.to_json(),
        "specificity": point.specificity.to_json(),
        "ppv": values.ppv.to_json(),
        "npv": values.npv.to_json(),
        "by_prevalence": _by_prevalence(point, given.prevalence),
        "sensitivity_with_abstained": _with_abstained(given),
        "sensitivity_at_specificity": at_specificity.to_json(),
        "specificity_at_sensitivity": at_sensitivity.to_json(),
    }


def _of_splits(given: StudyInput) -> list[float]:
    first = [int(np.argmax(given.test.split == split)) for split in given.splits]
    thresholds: list[float] = given.thresholds(given.test)[first].tolist()
    return thresholds


def _by_prevalence(point: OperatingPoint, stated: float) -> list[Json]:
    rows = []
    for prevalence in sorted({stated, *PREVALENCES}):
        values = predictive_values(point, prevalence)
        pair = {"ppv": values.ppv.to_json(), "npv": values.npv.to_json()}
        rows.append({"prevalence": prevalence, **pair})
    return rows


def _with_abstained(given: StudyInput) -> Json:
    """Sensitivity when a raised visit without a probability counts as missed."""
    test = given.test
    positive = test.label == 1
    flagged = test.scored & (test.probability >= given.thresholds(test))
    woman = test.participant_id[positive]
    return clustered_proportion(flagged[positive], woman, "no positive visit").to_json()
