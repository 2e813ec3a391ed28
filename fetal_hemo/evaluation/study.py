"""The study: every number that stands in a report, from a score table and control features."""

from __future__ import annotations

import numpy as np

from fetal_hemo.evaluation import controls
from fetal_hemo.evaluation.auroc import clustered_auroc
from fetal_hemo.evaluation.average_precision import clustered_average_precision
from fetal_hemo.evaluation.clinical_baseline import ClinicalBaseline, clinical_baseline
from fetal_hemo.evaluation.estimate import Estimate
from fetal_hemo.evaluation.few_women import FEWEST_WOMEN
from fetal_hemo.evaluation.net_benefit import decision_curve
from fetal_hemo.evaluation.recall import class_recalls
from fetal_hemo.evaluation.reidentification import reidentification
from fetal_hemo.evaluation.scores import ScoreTable
from fetal_hemo.evaluation.study_abstention import abstention_part
from fetal_hemo.evaluation.study_calibration import calibration_part, distribution_part
from fetal_hemo.evaluation.study_controls import controls_part
from fetal_hemo.evaluation.study_folds import folds_part
from fetal_hemo.evaluation.study_input import Json, StudyInput
from fetal_hemo.evaluation.study_labels import labels_part
from fetal_hemo.evaluation.study_probes import probes_part
from fetal_hemo.evaluation.study_size import size_part, smallest_training
from fetal_hemo.evaluation.study_table_one import table_one_part
from fetal_hemo.evaluation.study_threshold import threshold_part
from fetal_hemo.evaluation.subgroup_columns import subgroup_columns
from fetal_hemo.evaluation.subgroups import Judged, Subgroup, subgroups
from fetal_hemo.evaluation.verdict import verdict


def run_study(given: StudyInput) -> Json:
    """All metrics, ready for `json.dumps`; what could not be computed is None with a reason.

    Raises `FetalHemoError` E-SPLIT when a test woman is in training or in validation.
    """
    _require_separate_women(given)
    scored = given.scored
    label, woman = scored.label, scored.participant_id
    auroc = clustered_auroc(scored.margin, label, woman)
    baseline = clinical_baseline(given.test)
    beside = controls_part(given, baseline)
    return {
        "simulated": given.simulated,
        "model_simulated": given.model_simulated,
        "verdict": _verdict(auroc, beside, baseline, given),
        "limits": list(given.limits),
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
        "probes": probes_part(given),
        "folds": folds_part(given),
        "table_one": table_one_part(given.test),
        "reidentification": _reidentification(given),
        "abstention": abstention_part(given),
        "labels": labels_part(given),
        "sample_size": size_part(given),
        "seed": given.seed,
    }


def _require_separate_women(given: StudyInput) -> None:
    for split in given.splits:
        tested = given.test.participant_id[given.test.split == split]
        controls.require_separate_women(given.train_women[given.of_split(split)], tested)
        known = given.known_to(split)
        if known is not None:
            controls.require_separate_women(known.participant_id, tested, "validation")


def _counts(given: StudyInput, scored: ScoreTable) -> Json:
    test, positive = given.test, given.test.label == 1
    train = smallest_training(given)
    labels = np.asarray(given.train_labels)[train]
    return {
        "women": len(np.unique(test.participant_id)),
        "visits": _visits(test),
        "recordings": len(test),
        "positive_recordings": int(positive.sum()),
        "positive_women": len(np.unique(test.participant_id[positive])),
        "scored_recordings": len(scored),
        "scored_positive_recordings": int((scored.label == 1).sum()),
        "train_women": len(np.unique(given.train_women[train])),
        "train_recordings": len(labels),
        "train_positive_recordings": int((labels == 1).sum()),
    }


def _visits(table: ScoreTable) -> int:
    """Visit ids may repeat between women, so a visit is a pair."""
    return len(set(zip(table.participant_id.tolist(), table.visit_id.tolist(), strict=True)))


def _classes(scored: ScoreTable, given: StudyInput) -> Json:
    known = np.isfinite(scored.logits).all()
    found = class_recalls(
        np.nan_to_num(scored.logits),
        scored.bp_class,
        scored.participant_id,
        given.resamples,
        given.seed,
    )
    return {
        "recalls": {name: recall.to_json() for name, recall in found.recalls.items()},
        "balanced_accuracy": found.balanced_accuracy.to_json(),
        "confusion": found.confusion.tolist(),
        "reason": "" if known else "the device gives a probability and no class",
    }


def _verdict(auroc: Estimate, beside: Json, baseline: ClinicalBaseline, given: StudyInput) -> str:
    clinical = beside.get(controls.CLINICAL)
    difference = Estimate(**clinical["difference"]) if clinical else None
    return verdict(auroc, difference, given.simulated, given.model_simulated, baseline.name)


def _reidentification(given: StudyInput) -> Json:
    test = given.test
    found = reidentification(given.embeddings_test, test.participant_id, test.visit_id, test.split)
    return {"hit_rate": found.hit_rate.to_json(), "chance": found.chance}


def _subgroups(given: StudyInput) -> Json:
    test = given.test
    judged = Judged(test.probability, test.label, test.participant_id, test.scored)
    found = subgroups(subgroup_columns(test), judged, given.thresholds(test))
    return {"rows": [_subgroup(row) for row in found], "fewest_women": FEWEST_WOMEN}


def _subgroup(row: Subgroup) -> Json:
    return {
        name: value.to_json() if isinstance(value, Estimate) else value
        for name, value in row._asdict().items()
    }
