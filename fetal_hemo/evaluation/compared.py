"""Two studies of the same women: the paired difference on the recordings that both answered."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from fetal_hemo.errors import FetalHemoError
from fetal_hemo.evaluation.auroc import clustered_auroc, paired_clustered_difference
from fetal_hemo.evaluation.brier import clustered_brier
from fetal_hemo.evaluation.calibration import calibration_slope_intercept
from fetal_hemo.evaluation.operating_point import operating_point
from fetal_hemo.evaluation.scores import ScoreTable
from fetal_hemo.evaluation.study_input import Json, StudyInput


def compare_studies(first: StudyInput, second: StudyInput) -> Json:
    """Measures of both on the shared recordings, and the AUROC of the first minus the second.

    A recording is shared when its id, woman and label are the same and both gave a probability.
    Raises E-COHORT when one is known to both with another woman or label, and when none is shared.
    """
    rows = _shared(first.test, second.test)
    pair = [given.test.select(at) for given, at in zip((first, second), rows, strict=True)]
    for name in ("participant_id", "label"):
        differing = getattr(pair[0], name) != getattr(pair[1], name)
        if differing.any():
            what = f"{int(differing.sum())} recordings have another {name} in the other study"
            raise FetalHemoError("E-COHORT", what, fix="compare studies of one cohort")
    both = pair[0].scored & pair[1].scored
    if not both.any():
        what = "the studies share no recording with a probability"
        raise FetalHemoError("E-COHORT", what, fix="compare studies of one cohort")
    kept = [table.select(both) for table in pair]
    label, woman = kept[0].label, kept[0].participant_id
    difference = paired_clustered_difference(kept[0].margin, kept[1].margin, label, woman)
    return {
        "shared": len(kept[0]),
        "women": len(np.unique(woman)),
        "positive_recordings": int((label == 1).sum()),
        "only": [len(given.test) - len(kept[0]) for given in (first, second)],
        "difference": difference.to_json(),
        "measures": [_measures(t, g) for t, g in zip(kept, (first, second), strict=True)],
        "decisions_apart": int((_flagged(kept[0], first) != _flagged(kept[1], second)).sum()),
    }


def _shared(first: ScoreTable, second: ScoreTable) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Rows of both tables, the same recordings in the same order."""
    _, here, there = np.intersect1d(first.recording_id, second.recording_id, return_indices=True)
    return here, there


def _measures(table: ScoreTable, given: StudyInput) -> Json:
    chance, label, woman = table.probability, table.label, table.participant_id
    point = operating_point(chance, label, woman, given.thresholds(table))
    return {
        "AUROC": clustered_auroc(table.margin, label, woman).to_json(),
        "Brier score": clustered_brier(chance, label, woman).to_json(),
        "calibration slope": calibration_slope_intercept(chance, label, woman)[0].to_json(),
        "sensitivity at its threshold": point.sensitivity.to_json(),
        "specificity at its threshold": point.specificity.to_json(),
    }


def _flagged(table: ScoreTable, given: StudyInput) -> NDArray[np.bool_]:
    return table.probability >= given.thresholds(table)
