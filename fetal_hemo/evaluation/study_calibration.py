"""Of a study: whether the probabilities are right, and how they are spread."""

from __future__ import annotations

from fetal_hemo.evaluation.brier import clustered_brier, clustered_scaled_brier
from fetal_hemo.evaluation.calibration import calibration_error, calibration_slope_intercept
from fetal_hemo.evaluation.risk_distribution import risk_distribution
from fetal_hemo.evaluation.smooth_calibration import smooth_calibration
from fetal_hemo.evaluation.study_input import Json, StudyInput


def calibration_part(given: StudyInput) -> Json:
    """Slope, intercept, Brier scores, expected calibration error with its null, smooth curve."""
    scored = given.scored
    chance, label, woman = scored.probability, scored.label, scored.participant_id
    slope, intercept = calibration_slope_intercept(chance, label, woman)
    error = calibration_error(chance, label, woman, given.seed)
    curve = smooth_calibration(chance, label, woman)
    return {
        "slope": slope.to_json(),
        "intercept": intercept.to_json(),
        "brier": clustered_brier(chance, label, woman).to_json(),
        "scaled_brier": clustered_scaled_brier(chance, label, woman).to_json(),
        "ece": error.ece if error else None,
        "ece_null_95": error.null_95 if error else None,
        "observed_prevalence": float(label.mean()) if len(label) else None,
        "curve": {
            "probability": curve.probability.tolist(),
            "observed": curve.observed.tolist(),
            "low": curve.low.tolist(),
            "high": curve.high.tolist(),
            "reason": curve.reason,
        },
    }


def distribution_part(given: StudyInput) -> Json:
    """Quantiles of the probabilities of each class, and how far their means are apart."""
    scored = given.scored
    found = risk_distribution(scored.probability, scored.label, scored.participant_id)
    return {
        "negative": found.negative,
        "positive": found.positive,
        "separation": found.separation.to_json(),
    }
