"""Rows without a trained encoder: features of a visit and a classifier of scikit-learn."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from sklearn.ensemble import HistGradientBoostingClassifier

from benchmarks.ablation.classes import balanced_classes
from benchmarks.ablation.networks import embedded
from benchmarks.ablation.prediction import CellKey, Prediction
from benchmarks.ablation.pretraining import new_model
from benchmarks.ablation.row_recipes import recipe_of
from benchmarks.ablation.rows import Row
from benchmarks.ablation.world import FoldVisits, World
from fetal_hemo.constants import BP_CLASSES
from fetal_hemo.evaluation import ControlFeatures, controls
from fetal_hemo.evaluation.controls import control_scores
from fetal_hemo.training.control_features import control_features
from fetal_hemo.training.physiology import QUANTITIES, known_physiology

CONTROL = {
    "age_ga_bmi": controls.CLINICAL,
    "rhythm_logistic": controls.RHYTHM,
    "rhythm_boosting": controls.RHYTHM,
    "quality_only": controls.QUALITY,
    "gestational_age_only": controls.GESTATION,
}

AUDIBLE = [at for at, known in enumerate(QUANTITIES) if not known.name.endswith("cm_s")]


def features(row: Row, visits: FoldVisits, world: World, key: CellKey) -> Prediction:
    """The `Prediction` from what is known of a visit without hearing the heart's sound."""
    others = (*visits.validation, *visits.test)
    given = control_features(visits.train, others)[CONTROL[row.name]]
    if row.name.endswith("boosting"):
        return _boosted(given, visits, key.seed)
    return by_logistic(given, visits)


def random_encoder(row: Row, visits: FoldVisits, world: World, key: CellKey) -> Prediction:
    """The `Prediction` of a logistic on embeddings of the network before any training."""
    model = new_model(recipe_of(row, world, key.seed))
    parts = [embedded(model, world, part) for part in visits]
    given = ControlFeatures(parts[0], np.concatenate(parts[1:]))
    return replace(by_logistic(given, visits), embeddings=parts[2])


def perfect_listener(row: Row, visits: FoldVisits, world: World, key: CellKey) -> Prediction:
    """The `Prediction` from what a heart's sound can tell at best: its truth but for velocities.

    How fast a wall moves goes into the sound with the angle of the probe and with what the beam
    happens to hear best, and nothing tells these apart. That weeks can be heard is granted.
    """
    train, others = visits.train, (*visits.validation, *visits.test)
    heard = [known_physiology(world.cohort, part)[:, AUDIBLE].numpy() for part in (train, others)]
    if row.name.endswith("history"):
        told = control_features(train, others)[controls.CLINICAL]
        heard = [np.hstack(pair) for pair in zip(heard, (told.train, told.test), strict=True)]
    return by_logistic(ControlFeatures(*heard), visits)


def by_logistic(given: ControlFeatures, visits: FoldVisits) -> Prediction:
    """The `Prediction` of one logistic regression for the end point and one for the classes."""
    scores = control_scores(given, positives_of(visits))
    assert scores is not None, "folds are stratified by class"
    classes = balanced_classes(given, labels_of(visits))
    learned = (1 + len(BP_CLASSES)) * (given.train.shape[1] + 1)
    return split_scores(scores, classes, visits, learned)


def labels_of(visits: FoldVisits) -> np.ndarray:
    """Class of each labelled training visit."""
    return np.array([visit.label for visit in visits.train if visit.label >= 0])


def positives_of(visits: FoldVisits) -> np.ndarray:
    """Whether each labelled training visit is at or above 140 or 90 mmHg."""
    return labels_of(visits) >= 2


def split_scores(
    scores: np.ndarray, classes: np.ndarray, visits: FoldVisits, parameters: int
) -> Prediction:
    """The `Prediction` of scores and classes of validation and test visits, one after the other."""
    count = len(visits.validation)
    return Prediction(scores[:count], scores[count:], classes[count:], parameters=parameters)


def _boosted(given: ControlFeatures, visits: FoldVisits, seed: int) -> Prediction:
    """Its learned numbers are the leaves of its trees."""
    settings = {"max_depth": 3, "learning_rate": 0.05, "random_state": seed}
    model = HistGradientBoostingClassifier(**settings).fit(given.train, positives_of(visits))
    of_classes = HistGradientBoostingClassifier(**settings, class_weight="balanced")
    classes = balanced_classes(given, labels_of(visits), of_classes)
    trees = [tree for each in (model, of_classes) for some in each._predictors for tree in some]
    leaves = sum(tree.get_n_leaf_nodes() for tree in trees)
    return split_scores(model.decision_function(given.test), classes, visits, leaves)
