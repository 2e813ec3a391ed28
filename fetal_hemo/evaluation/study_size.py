"""Of a study: whether it was large enough for what it says."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from fetal_hemo.evaluation.needed_visits import CLINICAL_PARAMETERS, needed_visits
from fetal_hemo.evaluation.sample_size import design_effect, intraclass_correlation
from fetal_hemo.evaluation.study_input import Json, StudyInput


def size_part(given: StudyInput) -> Json:
    """Effective sizes of test and training visits beside the sizes that Riley's criteria ask for.

    The sizes needed are those at the prevalence and the repeat visits of each part.
    """
    scored = given.scored
    test = _effective(scored.label, scored.participant_id)
    rows = smallest_training(given)
    train = _effective(np.asarray(given.train_labels)[rows], np.asarray(given.train_women)[rows])
    to_test = needed_visits(test["prevalence"], test["design_effect"], test["effective"])
    to_train = needed_visits(train["prevalence"], train["design_effect"], train["effective"])
    return {
        "test": {**test, "needed": to_test.to_test},
        "train": {
            **train,
            "needed": to_train.to_develop,
            "parameters": to_train.parameters,
            "for_parameters": CLINICAL_PARAMETERS,
        },
    }


def smallest_training(given: StudyInput) -> NDArray[np.bool_]:
    """The training rows of the split that had the fewest: no model had less."""
    return min(map(given.of_split, given.splits or [""]), key=lambda rows: int(rows.sum()))


def _effective(labels: NDArray[np.int64], women: NDArray[np.str_]) -> Json:
    count = len(labels)
    correlation = intraclass_correlation(labels, women) if count else None
    inflation = design_effect(correlation, women) if correlation is not None else 1.0
    return {
        "visits": count,
        "events": int((labels == 1).sum()),
        "prevalence": float((labels == 1).mean()) if count else 0.0,
        "label_correlation": correlation,
        "design_effect": inflation,
        "effective": count / inflation,
    }
