"""The study: every number that stands in a report, from a score table and control features."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.metrics import average_precision_score

from fetal_hemo.evaluation import calibration, controls
from fetal_hemo.evaluation.auroc import clustered_auroc, paired_clustered_difference
from fetal_hemo.evaluation.bootstrap import Statistic, clustered_bootstrap
from fetal_hemo.evaluation.controls import ControlFeatures
from fetal_hemo.evaluation.estimate import Estimate, missing
from fetal_hemo.evaluation.net_benefit import decision_curve
from fetal_hemo.evaluation.operating_point import operating_point, predictive_values
from fetal_hemo.evaluation.proportion import clustered_proportion
from fetal_hemo.evaluation.recall import class_recalls
from fetal_hemo.evaluation.reidentification import reidentification
from fetal_hemo.evaluation.scores import ScoreTable
from fetal_hemo.evaluation.verdict import verdict

Json = dict[str, Any]


@dataclass(frozen=True, eq=False)
class StudyInput:
    """What a study is computed from.

    `test`: scores of the test women. `control_features`: by the names in `controls`, training
    rows aligned with `train_labels` and `train_women`, test rows with `test`. `embeddings_test`
    (test rows, columns), NaN where there is none. `threshold` on the probability, chosen on
    validation women at `specificity`. `prevalence` is that of the intended population.
    """

    test: ScoreTable
    control_features: Mapping[str, ControlFeatures]
    train_labels: NDArray[np.int64]
    train_women: NDArray[np.str_]
    embeddings_test: NDArray[np.float64]
    specificity: float
    prevalence: float
    threshold: float
    simulated: bool
    seed: int = 0
    resamples: int = 1_000


def run_study(given: StudyInput) -> Json:
    """All metrics, ready for `json.dumps`; what could not be computed is None with a reason.

    Raises `FetalHemoError` E-SPLIT when a woman is in training and in test.
    """
    controls.require_separate_women(given.train_women, given.test.participant_id)
    scored = given.test.select(given.test.scored)
    label, woman = scored.label, scored.participant_id
    auroc = clustered_auroc(scored.margin, label, woman)
    beside = _controls(given, scored)
    clinical = beside.get(controls.CLINICAL)
    difference = Estimate(**clinical["difference"]) if clinical else None
    return {
        "simulated": given.simulated,
        "verdict": verdict(auroc, difference, given.simulated),
        "counts": _counts(given, scored),
        "auroc": auroc.to_json(),
        "auprc": _auprc(scored, given).to_json(),
        "operating_point": _operating_point(given, scored),
        "calibration": _calibration(scored, given),
        "decision_curve": [
            point._asdict()
            for point in decision_curve(scored.probability, label, woman, seed=given.seed)
        ],
        "classes": _classes(scored, given),
        "controls": beside,
        "reidentification": _reidentification(given),
        "abstention": _abstention(given.test),
        "seed": given.seed,
    }


def _counts(given: StudyInput, scored: ScoreTable) -> Json:
    test, positive = given.test, given.test.label == 1
    return {
        "women": len(np.unique(test.participant_id)),
        "visits": _visits(test),
        "recordings": len(test),
        "positive_recordings": int(positive.sum()),
        "positive_women": len(np.unique(test.participant_id[positive])),
        "scored_recordings": len(scored),
        "scored_positive_recordings": int((scored.label == 1).sum()),
        "train_women": len(np.unique(given.train_women)),
        "train_recordings": len(given.train_labels),
        "train_positive_recordings": int((np.asarray(given.train_labels) == 1).sum()),
    }


def _visits(table: ScoreTable) -> int:
    """Visit ids may repeat between women, so a visit is a pair."""
    return len(set(zip(table.participant_id.tolist(), table.visit_id.tolist(), strict=True)))


def _auprc(scored: ScoreTable, given: StudyInput) -> Estimate:
    if (scored.label == 1).sum() == 0:
        return missing("no positive visit")

    def statistic(rows: NDArray[np.intp]) -> float:
        if not scored.label[rows].any():
            return math.nan
        return float(average_precision_score(scored.label[rows], scored.margin[rows]))

    return _bootstrap(statistic, scored, given)


def _operating_point(given: StudyInput, scored: ScoreTable) -> Json:
    chance, label, woman = scored.probability, scored.label, scored.participant_id
    point = operating_point(chance, label, woman, given.threshold)
    values = predictive_values(point, given.prevalence)
    test = given.test
    flagged = test.scored & (test.probability >= given.threshold)
    positive = test.label == 1
    reached = clustered_proportion(
        flagged[positive], test.participant_id[positive], "no positive visit"
    )
    return {
        "threshold": given.threshold,
        "specificity_set": given.specificity,
        "prevalence": given.prevalence,
        "sensitivity": point.sensitivity.to_json(),
        "specificity": point.specificity.to_json(),
        "ppv": values.ppv.to_json(),
        "npv": values.npv.to_json(),
        "sensitivity_with_abstained": reached.to_json(),
    }


def _calibration(scored: ScoreTable, given: StudyInput) -> Json:
    chance, label, woman = scored.probability, scored.label, scored.participant_id
    slope, intercept = calibration.calibration_slope_intercept(chance, label, woman)
    error = calibration.calibration_error(chance, label, woman, given.seed)

    def brier(rows: NDArray[np.intp]) -> float:
        return calibration.brier(chance[rows], label[rows])

    def scaled(rows: NDArray[np.intp]) -> float:
        return calibration.scaled_brier(chance[rows], label[rows])

    return {
        "slope": slope.to_json(),
        "intercept": intercept.to_json(),
        "brier": _bootstrap(brier, scored, given).to_json(),
        "scaled_brier": _bootstrap(scaled, scored, given).to_json(),
        "ece": error.ece if error else None,
        "ece_null_95": error.null_95 if error else None,
        "observed_prevalence": float(label.mean()) if len(label) else None,
    }


def _classes(scored: ScoreTable, given: StudyInput) -> Json:
    found = class_recalls(
        scored.logits, scored.bp_class, scored.participant_id, given.resamples, given.seed
    )
    return {
        "recalls": {name: recall.to_json() for name, recall in found.recalls.items()},
        "balanced_accuracy": found.balanced_accuracy.to_json(),
        "confusion": found.confusion.tolist(),
    }


def _controls(given: StudyInput, scored: ScoreTable) -> Json:
    """By name: what it is, its AUROC, and the model's AUROC minus it, on the same rows."""
    rows = given.test.scored
    beside: Json = {}
    for name, features in given.control_features.items():
        kept = ControlFeatures(features.train, features.test[rows])
        beside[name] = _control(name, kept, given, scored)
        if name == controls.EMBEDDING:
            shuffled = controls.shuffled_auroc(kept, given.train_labels, scored.label, given.seed)
            beside[controls.SHUFFLED] = _described(controls.SHUFFLED, shuffled, None)
    return beside


def _control(name: str, features: ControlFeatures, given: StudyInput, scored: ScoreTable) -> Json:
    label, woman = scored.label, scored.participant_id
    scores = controls.control_scores(features, given.train_labels)
    if scores is None:
        nothing = missing(controls.ONE_CLASS)
        return _described(name, nothing, nothing)
    auroc = clustered_auroc(scores, label, woman)
    difference = paired_clustered_difference(scored.margin, scores, label, woman)
    return _described(name, auroc, difference)


def _described(name: str, auroc: Estimate, difference: Estimate | None) -> Json:
    return {
        "meaning": controls.MEANING.get(name, name.replace("_", " ")),
        "auroc": auroc.to_json(),
        "difference": difference.to_json() if difference else None,
    }


def _reidentification(given: StudyInput) -> Json:
    test = given.test
    found = reidentification(given.embeddings_test, test.participant_id, test.visit_id)
    return {"hit_rate": found.hit_rate.to_json(), "chance": found.chance}


def _abstention(test: ScoreTable) -> Json:
    left_out, positive = ~test.scored, test.label == 1
    woman = test.participant_id
    return {
        "share": clustered_proportion(left_out, woman).to_json(),
        "share_of_positives": clustered_proportion(
            left_out[positive], woman[positive], "no positive visit"
        ).to_json(),
    }


def _bootstrap(statistic: Statistic, scored: ScoreTable, given: StudyInput) -> Estimate:
    return clustered_bootstrap(statistic, scored.participant_id, given.resamples, given.seed)
