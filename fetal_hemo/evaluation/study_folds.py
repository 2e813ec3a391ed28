"""Of a study: how the ranking differs between the parts that were held out in turn."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from fetal_hemo.evaluation.auroc import clustered_auroc
from fetal_hemo.evaluation.scores import ScoreTable
from fetal_hemo.evaluation.study_input import Json, StudyInput


def folds_part(given: StudyInput) -> list[Json]:
    """One row a fold, or none where there was a single split.

    Within a fold all scores come from one model; the headline pools calibrated log odds.
    """
    if given.train_splits is None:
        return []
    return [_fold(given, split) for split in given.splits]


def _place(table: ScoreTable, inside: NDArray[np.bool_]) -> str | None:
    """The site or device that is tested in this fold alone, and nothing else in it."""
    for column in (table.site_id, table.device_id):
        here, elsewhere = set(column[inside].tolist()), set(column[~inside].tolist())
        if len(here) == 1 and not here & elsewhere and here != {""}:
            return str(here.pop())
    return None


def _fold(given: StudyInput, split: str) -> Json:
    test = given.scored.select(given.scored.split == split)
    inside = given.test.split == split
    trained = given.of_split(split)
    return {
        "fold": split,
        "place": _place(given.test, inside),
        "women": len(np.unique(test.participant_id)),
        "recordings": len(test),
        "positive_recordings": int((test.label == 1).sum()),
        "train_women": len(np.unique(given.train_women[trained])),
        "auroc": clustered_auroc(test.margin, test.label, test.participant_id).to_json(),
    }
