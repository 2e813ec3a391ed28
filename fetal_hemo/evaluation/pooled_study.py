"""The folds of a cross-validation as one study."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, replace

import numpy as np
from numpy.typing import NDArray
from scipy.special import logit

from fetal_hemo.evaluation.calibration import SHARPEST
from fetal_hemo.evaluation.fitted_controls import ControlScores
from fetal_hemo.evaluation.scores import ScoreTable
from fetal_hemo.evaluation.study_input import StudyInput


def pooled_study(folds: Mapping[str, StudyInput]) -> StudyInput:
    """One `StudyInput` of those of the folds, by name; every row says which fold it is of.

    Margins of two models are on two scales, so the pooled margin is the calibrated log odds, whose
    calibration each fold chose on its own validation women.
    """
    named = {name: _named(given, name) for name, given in folds.items()}
    parts = list(named.values())
    return replace(
        parts[0],
        test=_stacked([part.test for part in parts]),
        validation=_stacked([part.validation for part in parts if part.validation is not None]),
        beside=_beside([part.beside for part in parts]),
        train_labels=np.concatenate([part.train_labels for part in parts]),
        train_women=np.concatenate([part.train_women for part in parts]),
        train_splits=np.concatenate([np.full(len(p.train_women), n) for n, p in named.items()]),
        embeddings_test=np.concatenate([part.embeddings_test for part in parts]),
        threshold={name: _only(part.threshold) for name, part in named.items()},
    )


def _named(given: StudyInput, name: str) -> StudyInput:
    validation = given.validation
    known = None if validation is None else _on_one_scale(validation, name)
    return replace(given, test=_on_one_scale(given.test, name), validation=known)


def _on_one_scale(table: ScoreTable, name: str) -> ScoreTable:
    margin = logit(np.clip(table.probability, SHARPEST, 1 - SHARPEST))
    return replace(table, split=np.full(len(table), name), margin=margin)


def _only(threshold: float | Mapping[str, float]) -> float:
    return threshold if isinstance(threshold, float) else next(iter(threshold.values()))


def _stacked(tables: list[ScoreTable]) -> ScoreTable:
    columns = (field.name for field in fields(ScoreTable))
    return ScoreTable(*(np.concatenate([getattr(t, name) for t in tables]) for name in columns))


def _beside(parts: list[ControlScores]) -> ControlScores:
    """Every control that some fold has; NaN, or no value, in the rows of a fold that has it not."""
    sizes = [len(next(iter(part.scores.values()))) for part in parts]
    scores: dict[str, NDArray[np.float64]] = {}
    for name in dict.fromkeys(name for part in parts for name in part.scores):
        columns = [
            p.scores.get(name, np.full(n, np.nan)) for p, n in zip(parts, sizes, strict=True)
        ]
        scores[name] = np.concatenate(columns)
    probes: dict[str, NDArray[np.str_]] = {}
    for name in dict.fromkeys(name for part in parts for name in part.probes):
        said = [p.probes.get(name, np.full(n, "")) for p, n in zip(parts, sizes, strict=True)]
        probes[name] = np.concatenate(said)
    return ControlScores(scores, probes)
