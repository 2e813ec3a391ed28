"""Rows without a trained encoder: features of a visit and a classifier of scikit-learn."""

from __future__ import annotations

import numpy as np
from sklearn.ensemble import HistGradientBoostingClassifier

from benchmarks.ablation.networks import embedded, new_model, recipe_of
from benchmarks.ablation.prediction import CellKey, Prediction
from benchmarks.ablation.rows import Row
from benchmarks.ablation.world import FoldVisits, World
from fetal_hemo.evaluation import ControlFeatures, controls
from fetal_hemo.evaluation.controls import control_scores
from fetal_hemo.training.control_features import control_features

CONTROL = {
    "age_ga_bmi": controls.CLINICAL,
    "rhythm_logistic": controls.RHYTHM,
    "rhythm_boosting": controls.RHYTHM,
    "quality_only": controls.QUALITY,
    "gestational_age_only": controls.GESTATION,
}


def features(row: Row, visits: FoldVisits, world: World, key: CellKey) -> Prediction:
    """The `Prediction` from what is known of a visit without hearing the heart's sound."""
    others = (*visits.validation, *visits.test)
    given = control_features(visits.train, others)[CONTROL[row.name]]
    target = labels_of(visits)
    if row.name.endswith("boosting"):
        scores = _boosted(given, target, key.seed)
    else:
        scores = logistic(given, target)
    return split_scores(scores, visits, given.train.shape[1] + 1)


def random_encoder(row: Row, visits: FoldVisits, world: World, key: CellKey) -> Prediction:
    """The `Prediction` of a logistic on embeddings of the network before any training."""
    model = new_model(recipe_of(row, world, key.seed))
    parts = [embedded(model, world, part) for part in visits]
    given = ControlFeatures(parts[0], np.concatenate(parts[1:]))
    found = split_scores(logistic(given, labels_of(visits)), visits, given.train.shape[1] + 1)
    return Prediction(
        found.validation,
        found.test,
        embeddings=parts[2],
        parameters=found.parameters,
    )


def labels_of(visits: FoldVisits) -> np.ndarray:
    """Whether each training visit is at or above 140 or 90 mmHg."""
    return np.array([visit.label >= 2 for visit in visits.train])


def logistic(given: ControlFeatures, target: np.ndarray) -> np.ndarray:
    """Log odds `(rows,)` of a logistic regression."""
    scores = control_scores(given, target)
    assert scores is not None, "folds are stratified by class"
    return scores


def split_scores(scores: np.ndarray, visits: FoldVisits, parameters: int) -> Prediction:
    """The `Prediction` of scores of validation and test visits, one after the other."""
    count = len(visits.validation)
    return Prediction(scores[:count], scores[count:], parameters=parameters)


def _boosted(given: ControlFeatures, target: np.ndarray, seed: int) -> np.ndarray:
    model = HistGradientBoostingClassifier(max_depth=3, learning_rate=0.05, random_state=seed)
    model.fit(given.train, target)
    return model.decision_function(given.test)
