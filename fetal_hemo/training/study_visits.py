"""From visits and a trained model to what a study is computed from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from fetal_hemo.encoders import ScreeningModel
from fetal_hemo.evaluation import ControlFeatures, StudyInput, controls, fit_controls
from fetal_hemo.evaluation.study_probes import PROBED
from fetal_hemo.progress import Progress, silent
from fetal_hemo.recipe import Recipe
from fetal_hemo.recordings.cohort import Cohort
from fetal_hemo.training.control_features import control_features
from fetal_hemo.training.randomness import seed_initial_weights
from fetal_hemo.training.score_table import score_table
from fetal_hemo.training.scoring import POSITIVE, Scores, score_visits
from fetal_hemo.training.sources import Sound
from fetal_hemo.training.survey import Visit

Embeddings = tuple[np.ndarray, np.ndarray]


@dataclass(frozen=True)
class StudyVisits:
    """Labelled visits by fold; `unheard` are test visits without enough usable windows."""

    train: tuple[Visit, ...]
    validation: tuple[Visit, ...]
    test: tuple[Visit, ...]
    unheard: tuple[Visit, ...] = ()


def study_of(
    model: ScreeningModel,
    calibration: dict[str, Any],
    visits: StudyVisits,
    cohort: Cohort,
    recipe: Recipe,
    model_simulated: bool,
    progress: Progress = silent,
) -> tuple[StudyInput, Embeddings]:
    """What a study is computed from: scores of test women, controls fitted on training women.

    And the embeddings of test and of training visits. `model_simulated`: some of the women whom
    the model learned from are.
    """
    source = Sound(cohort)
    scores = score_visits(model, source, visits.test, progress=progress)
    known = score_visits(model, source, visits.validation)
    train_labels = np.array([int(visit.label in POSITIVE) for visit in visits.train])
    named = {
        column: [getattr(visit.recording, column) or "" for visit in visits.train]
        for column in PROBED
    }
    features = _controls(model, source, visits, scores, recipe)
    given = StudyInput(
        test=score_table(visits.test, scores, calibration, "test", visits.unheard),
        beside=fit_controls(features, train_labels, named, recipe.split.seed),
        train_labels=train_labels,
        train_women=np.array([visit.recording.participant_id for visit in visits.train]),
        embeddings_test=_with_gaps(scores.embeddings, len(visits.unheard)),
        specificity=recipe.decision.specificity,
        prevalence=recipe.decision.prevalence,
        threshold=calibration["threshold"],
        simulated=cohort.simulated,
        model_simulated=model_simulated,
        limits=recipe.labels.hypertensive,
        validation=score_table(visits.validation, known, calibration, "validation"),
        seed=recipe.split.seed,
    )
    return given, (given.embeddings_test, features[controls.EMBEDDING].train)


def _controls(
    model: ScreeningModel, source: Sound, visits: StudyVisits, scores: Scores, recipe: Recipe
) -> dict[str, ControlFeatures]:
    """Controls without sound, and the same network with random and with trained weights."""
    seed_initial_weights(recipe.finetune.seed)
    random = ScreeningModel(model.size)
    gaps = len(visits.unheard)
    table = control_features(visits.train, [*visits.test, *visits.unheard])
    for name, network in ((controls.RANDOM, random), (controls.EMBEDDING, model)):
        known = network is model
        test = scores if known else score_visits(network, source, visits.test)
        table[name] = ControlFeatures(
            score_visits(network, source, visits.train).embeddings.astype(np.float64),
            _with_gaps(test.embeddings, gaps),
        )
    return table


def _with_gaps(embeddings: np.ndarray, gaps: int) -> np.ndarray:
    empty = np.full((gaps, embeddings.shape[1]), np.nan)
    return np.concatenate([embeddings.astype(np.float64), empty])
