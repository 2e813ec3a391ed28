"""The study: every number that stands in a report, from a score table and control features."""

from __future__ import annotations

import numpy as np

from fetal_hemo.evaluation import controls
from fetal_hemo.evaluation.auroc import clustered_auroc, paired_clustered_difference
from fetal_hemo.evaluation.average_precision import clustered_average_precision
from fetal_hemo.evaluation.controls import ControlFeatures
from fetal_hemo.evaluation.estimate import Estimate, missing
from fetal_hemo.evaluation.net_benefit import decision_curve
from fetal_hemo.evaluation.recall import class_recalls
from fetal_hemo.evaluation.reidentification import reidentification
from fetal_hemo.evaluation.scores import ScoreTable
from fetal_hemo.evaluation.study_abstention import abstention_part
from fetal_hemo.evaluation.study_calibration import calibration_part, distribution_part
from fetal_hemo.evaluation.study_input import Json, StudyInput
from fetal_hemo.evaluation.study_labels import labels_part
from fetal_hemo.evaluation.study_size import size_part
from fetal_hemo.evaluation.study_threshold import threshold_part
from fetal_hemo.evaluation.subgroup_columns import subgroup_columns
from fetal_hemo.evaluation.subgroups import FEWEST_EVENTS, Judged, Subgroup, subgroups
from fetal_hemo.evaluation.verdict import verdict


def run_study(given: StudyInput) -> Json:
    """All metrics, ready for `json.dumps`; what could not be computed is None with a reason.

    Raises `FetalHemoError` E-SPLIT when a test woman is in training or in validation.
    """
    _require_separate_women(given)
    scored = given.scored
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
        "auprc": clustered_average_precision(scored.margin, label, woman).to_json(),
        "operating_point": threshold_part(given),
        "calibration": calibration_part(given),
        "distribution": distribution_part(given),
        "decision_curve": [
            point._asdict() for point in decision_curve(scored.probability, label, woman)
        ],
        "classes": _classes(scored, given),
        "subgroups": _subgroups(given),
        "controls": beside,
        "reidentification": _reidentification(given),
        "abstention": abstention_part(given),
        "labels": labels_part(given),
        "sample_size": size_part(given),
        "seed": given.seed,
    }


def _require_separate_women(given: StudyInput) -> None:
    tested = given.test.participant_id
    controls.require_separate_women(given.train_women, tested)
    if given.validation is not None:
        known = given.validation.participant_id
        controls.require_separate_women(known, tested, "validation")


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


def _subgroups(given: StudyInput) -> Json:
    test = given.test
    judged = Judged(test.probability, test.label, test.participant_id, test.scored)
    found = subgroups(subgroup_columns(test), judged, given.threshold)
    return {"rows": [_subgroup(row) for row in found], "fewest_events": FEWEST_EVENTS}


def _subgroup(row: Subgroup) -> Json:
    return {
        name: value.to_json() if isinstance(value, Estimate) else value
        for name, value in row._asdict().items()
    }
