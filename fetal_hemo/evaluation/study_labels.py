"""Of a study: how much of its AUROC the labels themselves allow."""

from __future__ import annotations

import numpy as np

from fetal_hemo.evaluation.auroc import clustered_auroc
from fetal_hemo.evaluation.grey_zone import grey_zone
from fetal_hemo.evaluation.label_noise import SCENARIOS, label_noise
from fetal_hemo.evaluation.scores import ScoreTable
from fetal_hemo.evaluation.study_input import Json, StudyInput
from fetal_hemo.evaluation.suspicious_labels import suspicious_labels


def labels_part(given: StudyInput) -> Json:
    """Bands on the AUROC from error in the labels, the grey zone left out, doubtful labels."""
    scored = given.scored
    read = scored.select(np.isfinite(scored.sbp_mmhg) & np.isfinite(scored.dbp_mmhg))
    grey = grey_zone(read.sbp_mmhg, read.dbp_mmhg, given.limits)
    clear = read.select(~grey)
    return {
        "noise": [_noise(given, read, name) for name in SCENARIOS],
        "grey_zone": {
            "recordings": int(grey.sum()),
            "of": len(read),
            "auroc_without": clustered_auroc(
                clear.margin, clear.label, clear.participant_id
            ).to_json(),
        },
        "suspicious": len(suspicious_labels(scored.probability, scored.label)),
    }


def _noise(given: StudyInput, read: ScoreTable, name: str) -> Json:
    found = label_noise(
        read.margin, read.sbp_mmhg, read.dbp_mmhg, given.limits, SCENARIOS[name], seed=given.seed
    )
    systolic, diastolic = SCENARIOS[name]
    about = {"name": name, "sbp_sd_mmhg": systolic, "dbp_sd_mmhg": diastolic}
    if found is None:
        return {**about, "found": None, "reason": "no cuff readings on both sides of the limits"}
    return {**about, "found": found._asdict(), "reason": ""}
