"""Of a study: what is left unanswered, what that buys, and what could be promised of the rest."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.special import logit

from fetal_hemo.evaluation.calibration import SHARPEST
from fetal_hemo.evaluation.conformal import conformal_p_values, one_row_a_woman, prediction_sets
from fetal_hemo.evaluation.coverage_risk import RiskPoint, balanced_weights, coverage_risk
from fetal_hemo.evaluation.proportion import clustered_proportion
from fetal_hemo.evaluation.scores import ScoreTable
from fetal_hemo.evaluation.study_input import Json, StudyInput

MISS = 0.1  # a true class may be left out of its set this often
GOOD_SHARE = 0.8
CATEGORIES = ("under 80 % of windows usable", "80 % or more usable")
CLASSES = ("below the limits", "raised")


def abstention_part(given: StudyInput) -> Json:
    """Shares without a probability, coverage-risk curves, conformal sets."""
    test = given.test
    left_out, positive = ~test.scored, test.label == 1
    woman = test.participant_id
    return {
        "share": clustered_proportion(left_out, woman).to_json(),
        "share_of_positives": clustered_proportion(
            left_out[positive], woman[positive], "no positive visit"
        ).to_json(),
        "coverage_risk": _coverage_risk(given),
        "conformal": _conformal(given),
    }


def _coverage_risk(given: StudyInput) -> Json:
    """Balanced error at the threshold when the surest, or the best heard, are answered first."""
    scored = given.scored
    thresholds = given.thresholds(scored)
    wrong = (scored.probability >= thresholds) != (scored.label == 1)
    weight = balanced_weights(scored.label)
    distance = np.abs(_log_odds(scored.probability) - _log_odds(thresholds))
    return {
        "by_certainty": _points(distance, wrong, weight, given),
        "by_quality": _points(scored.usable_share, wrong, weight, given),
    }


def _points(
    certainty: NDArray[np.float64],
    wrong: NDArray[np.bool_],
    weight: NDArray[np.float64],
    given: StudyInput,
) -> list[Json]:
    women = given.scored.participant_id
    found: list[RiskPoint] = coverage_risk(
        certainty, wrong, weight, women, resamples=given.resamples, seed=given.seed
    )
    return [point._asdict() for point in found]


def _conformal(given: StudyInput) -> Json:
    """Mondrian split conformal sets, calibrated on one visit of each validation woman.

    In a cross-validation each fold has its own, from the women its model was calibrated on.
    """
    if given.validation is None:
        return {"reason": "no scores of validation women", "groups": [], "miss": MISS}
    scored = given.scored
    category = _category(scored)
    values = np.ones((len(scored), len(CLASSES)))
    calibrating: list[ScoreTable] = []
    for split in given.splits:
        rows, known = scored.split == split, _one_a_woman(given, split)
        calibrating.append(known)
        values[rows] = conformal_p_values(
            known.probability,
            known.label,
            _category(known),
            scored.probability[rows],
            category[rows],
        )
    sets = prediction_sets(values, MISS)
    groups = [
        _group(sets, scored, category, name, number, calibrating)
        for name in range(len(CATEGORIES))
        for number in range(len(CLASSES))
    ]
    alone = clustered_proportion(sets.sum(axis=1) == 1, scored.participant_id)
    return {"reason": "", "groups": groups, "answered": alone.to_json(), "miss": MISS}


def _one_a_woman(given: StudyInput, split: str) -> ScoreTable:
    """One scored visit of each validation woman of a split."""
    known = given.known_to(split)
    if known is None:
        raise ValueError("a study without validation women has no calibration visits")
    known = known.select(known.scored)
    return known.select(one_row_a_woman(known.participant_id, given.seed))


def _group(
    sets: NDArray[np.bool_],
    scored: ScoreTable,
    category: NDArray[np.intp],
    name: int,
    number: int,
    calibrating: list[ScoreTable],
) -> Json:
    rows = (category == name) & (scored.label == number)
    woman, empty = scored.participant_id[rows], "no such recording"
    used = [((_category(known) == name) & (known.label == number)).sum() for known in calibrating]
    return {
        "category": CATEGORIES[name],
        "class": CLASSES[number],
        "calibration_women": int(sum(used)),
        "recordings": int(rows.sum()),
        "held": clustered_proportion(sets[rows, number], woman, empty).to_json(),
        "answered": clustered_proportion(sets[rows].sum(axis=1) == 1, woman, empty).to_json(),
    }


def _category(table: ScoreTable) -> NDArray[np.intp]:
    return (table.usable_share >= GOOD_SHARE).astype(np.intp)


def _log_odds(probability: NDArray[np.float64]) -> NDArray[np.float64]:
    return logit(np.clip(probability, SHARPEST, 1 - SHARPEST))
