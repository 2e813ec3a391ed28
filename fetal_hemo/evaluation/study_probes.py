"""Of a study: can the device and the site be told from the embedding?"""

from __future__ import annotations

import numpy as np

from fetal_hemo.evaluation.estimate import missing
from fetal_hemo.evaluation.proportion import clustered_proportion
from fetal_hemo.evaluation.study_input import Json, StudyInput

PROBED = {"device_id": "device", "site_id": "site"}


def probes_part(given: StudyInput) -> Json:
    """By column: share of test recordings whose value is predicted, and that of the commonest.

    The regression was fitted on training women. Far above the commonest value's share, the
    embedding knows the equipment, and a label that goes with it could be learned as a shortcut.
    """
    found: Json = {}
    for column, name in PROBED.items():
        said = given.beside.probes.get(column)
        truth = getattr(given.test, column)
        rows = (truth != "") & (said != "") if said is not None else np.zeros(len(truth), bool)
        if said is None or not rows.any():
            reason = missing(f"not two known values of {column} in training and test, or no model")
            found[name] = {"hit_rate": reason.to_json(), "commonest": None}
            continue
        women = given.test.participant_id[rows]
        hits = clustered_proportion(said[rows] == truth[rows], women)
        counts = np.unique(truth[rows], return_counts=True)[1]
        found[name] = {"hit_rate": hits.to_json(), "commonest": float(counts.max() / rows.sum())}
    return found
