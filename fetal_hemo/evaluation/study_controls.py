"""What stands beside the model in a study: controls, what they reach, and what they were told."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from fetal_hemo.evaluation import controls
from fetal_hemo.evaluation.auroc import clustered_auroc, paired_clustered_difference
from fetal_hemo.evaluation.clinical_baseline import GESTATION, NOTHING_KNOWN, ClinicalBaseline
from fetal_hemo.evaluation.estimate import Estimate, missing
from fetal_hemo.evaluation.fitted_controls import PERMUTED
from fetal_hemo.evaluation.scores import ScoreTable
from fetal_hemo.evaluation.study_input import Json, StudyInput


def controls_part(given: StudyInput, baseline: ClinicalBaseline) -> Json:
    """By name: what it is, its AUROC, and the model's AUROC minus it, on the same rows."""
    found, scored = given.beside.rows(given.test.scored).scores, given.scored
    beside: Json = {}
    for name, scores in found.items():
        if not name.startswith(PERMUTED):
            beside[name] = _control(name, scores, scored)
    _name_by_what_is_known(beside, baseline)
    permuted = [scores for name, scores in found.items() if name.startswith(PERMUTED)]
    if permuted:
        shuffled = controls.shuffled_auroc(np.stack(permuted, axis=1), scored.label)
        beside[controls.SHUFFLED] = _described(controls.SHUFFLED, shuffled, None)
    return beside


def _control(name: str, scores: NDArray[np.float64], scored: ScoreTable) -> Json:
    label, woman = scored.label, scored.participant_id
    if not np.isfinite(scores).all():
        nothing = missing(controls.ONE_CLASS)
        return _described(name, nothing, nothing)
    auroc = clustered_auroc(scores, label, woman)
    difference = paired_clustered_difference(scored.margin, scores, label, woman)
    return _described(name, auroc, difference)


def _name_by_what_is_known(beside: Json, baseline: ClinicalBaseline) -> None:
    """A control that was told nothing is none: all that it could show is that it guesses."""
    if controls.CLINICAL in beside:
        clinical = {"meaning": baseline.meaning, "known": list(baseline.known)}
        beside[controls.CLINICAL] |= clinical if baseline.known else clinical | _no(NOTHING_KNOWN)
    if controls.GESTATION in beside and GESTATION not in baseline.known:
        beside[controls.GESTATION] |= _no("gestational age is not known")


def _no(reason: str) -> Json:
    nothing = missing(reason).to_json()
    return {"auroc": nothing, "difference": nothing}


def _described(name: str, auroc: Estimate, difference: Estimate | None) -> Json:
    return {
        "meaning": controls.MEANING.get(name, name.replace("_", " ")),
        "auroc": auroc.to_json(),
        "difference": difference.to_json() if difference else None,
    }
