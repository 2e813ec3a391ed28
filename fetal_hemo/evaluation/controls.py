"""Negative controls and baselines: what is reached without hearing the heart, or by chance.

Each is a logistic regression fitted on training women and scored on the test women, so that an
AUROC of the model always stands beside what age, gestation, signal quality or luck give.
"""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sklearn.exceptions import ConvergenceWarning
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from fetal_hemo.errors import FetalHemoError
from fetal_hemo.evaluation.auroc import placements
from fetal_hemo.evaluation.estimate import Estimate, missing

CLINICAL = "age_ga_bmi"
RHYTHM = "rhythm"
QUALITY = "quality_only"
GESTATION = "gestational_age_only"
RANDOM = "random_encoder"
EMBEDDING = "embedding"  # of the trained model: it is what the shuffled labels are fitted on
SHUFFLED = "shuffled_labels"
MEANING = {
    CLINICAL: "age + gestational age + BMI, logistic",
    RHYTHM: "heart rate and its variation, logistic",
    QUALITY: "signal quality only, logistic",
    GESTATION: "gestational age only, logistic",
    RANDOM: "encoder with random weights, logistic",
    EMBEDDING: "embedding of the model, logistic",
    SHUFFLED: "embedding of the model, shuffled labels",
}
PERMUTATIONS = 20
ONE_CLASS = "the training visits are of one class only"


@dataclass(frozen=True, eq=False)
class ControlFeatures:
    """Features `(rows, columns)` of the training rows and of the test rows; unknown is NaN."""

    train: NDArray[np.float64]
    test: NDArray[np.float64]


def control_scores(features: ControlFeatures, labels: ArrayLike) -> NDArray[np.float64] | None:
    """Scores `(test rows,)` of a logistic regression on training labels; None for one class.

    Unknown values become the training median and an indicator column; medians, scales and
    weights are all learned from the training rows.
    """
    target = np.asarray(labels)
    if len(np.unique(target)) < 2:
        return None
    return _logistic_scores(_prepared(features), target)


def shuffled_scores(
    features: ControlFeatures,
    train_labels: ArrayLike,
    seed: int = 0,
    permutations: int = PERMUTATIONS,
) -> NDArray[np.float64] | None:
    """Scores `(test rows, permutations)` when the training labels are permuted."""
    target = np.asarray(train_labels)
    if len(np.unique(target)) < 2:
        return None
    generator, prepared = np.random.default_rng(seed), _prepared(features)
    drawn = [generator.permutation(target) for _ in range(permutations)]
    return np.stack([_logistic_scores(prepared, labels) for labels in drawn], axis=1)


def shuffled_auroc(scores: ArrayLike, test_labels: ArrayLike) -> Estimate:
    """Mean AUROC of `shuffled_scores`, and its 95 % range over the permutations.

    Away from 0.5 it would mean that the way of testing, not the model, makes the score.
    """
    truth = np.asarray(test_labels)
    if len(np.unique(truth)) < 2:
        return missing("only one class of test visits")
    columns = np.asarray(scores, np.float64).T
    if not len(columns) or not np.isfinite(columns).all():
        return missing(ONE_CLASS)
    found = [placements(column, truth).auroc for column in columns]
    low, high = np.quantile(found, [0.025, 0.975])
    return Estimate(float(np.mean(found)), float(low), float(high))


def probe(features: ControlFeatures, values: ArrayLike) -> NDArray[np.str_]:
    """The value `(test rows,)` a logistic regression takes each row for; empty with one value."""
    target = np.asarray(values, dtype=np.str_)
    known = target != ""
    if len(np.unique(target[known])) < 2 or not len(features.test):
        return np.full(len(features.test), "", dtype=np.str_)
    prepared = _prepared(ControlFeatures(features.train[known], features.test))
    return np.asarray(_fitted(prepared, target[known]).predict(prepared.test), dtype=np.str_)


def _prepared(features: ControlFeatures) -> ControlFeatures:
    """Features without gaps, scaled; no label has a part in it."""
    ready = make_pipeline(
        SimpleImputer(strategy="median", add_indicator=True, keep_empty_features=True),
        StandardScaler(),
    )
    train = ready.fit_transform(_finite_or_nan(features.train))
    if len(features.test) == 0:
        return ControlFeatures(train, np.zeros((0, train.shape[1])))
    return ControlFeatures(train, ready.transform(_finite_or_nan(features.test)))


def _logistic_scores(prepared: ControlFeatures, target: NDArray[np.int64]) -> NDArray[np.float64]:
    model = _fitted(prepared, target)
    return model.decision_function(prepared.test) if len(prepared.test) else np.zeros(0)


def _fitted(prepared: ControlFeatures, target: NDArray[Any]) -> LogisticRegression:
    model = LogisticRegression(max_iter=1_000)
    with warnings.catch_warnings():
        # The ridge penalty bounds the optimum; the last step's size does not change a ranking.
        warnings.simplefilter("ignore", ConvergenceWarning)
        return model.fit(prepared.train, target)


def require_separate_women(
    other_women: ArrayLike, test_women: ArrayLike, part: str = "training"
) -> None:
    """Raises `FetalHemoError` E-SPLIT when a woman of this `part` is also in the test part."""
    shared = np.intersect1d(np.asarray(other_women), np.asarray(test_women))
    if len(shared):
        what = f"{len(shared)} women are in the {part} and in the test part"
        raise FetalHemoError("E-SPLIT", what, fix="split by participant_id")


def _finite_or_nan(features: ArrayLike) -> NDArray[np.float64]:
    values = np.asarray(features, dtype=np.float64)
    return np.where(np.isfinite(values), values, np.nan)
