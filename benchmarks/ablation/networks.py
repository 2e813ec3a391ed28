"""Networks of a fold: the package's own training, each model made once and kept."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch

from benchmarks.ablation.kept_models import Kept, kept_model, model_place
from benchmarks.ablation.prediction import CellKey
from benchmarks.ablation.pretraining import before_labels, known_before_labels, run_in
from benchmarks.ablation.row_recipes import recipe_of
from benchmarks.ablation.rows import OURS, Row
from benchmarks.ablation.trained import Trained
from benchmarks.ablation.world import FoldVisits, World
from fetal_hemo.encoders import ScreeningModel
from fetal_hemo.training.finetune import train_classifier
from fetal_hemo.training.folds import Folds
from fetal_hemo.training.scoring import score_visits
from fetal_hemo.training.survey import Visit


def trained(
    row: Row,
    visits: FoldVisits,
    world: World,
    key: CellKey,
    teacher: ScreeningModel | None = None,
) -> Trained:
    """The `Trained` network of a row; what rows have in common is trained once."""
    recipe = recipe_of(row, world, key.seed)
    torch.set_num_threads(recipe.finetune.threads)
    folds = Folds(tuple(v for v in visits.train if v.label >= 0), visits.validation)
    found = _finetuned(row, visits, folds, world, key, teacher)
    parts = (folds.train, folds.validation, visits.test)
    train, validation, test = (score_visits(found.model, world.source(), part) for part in parts)
    prior = recipe.finetune.logit_adjustment
    return Trained(train, validation, test, folds.train, found.model, prior, found.earlier)


def embedded(model: ScreeningModel, world: World, visits: Sequence[Visit]) -> np.ndarray:
    """Recording embeddings `(visits, dim)`."""
    return score_visits(model, world.source(), visits).embeddings


def _finetuned(
    row: Row,
    visits: FoldVisits,
    folds: Folds,
    world: World,
    key: CellKey,
    teacher: ScreeningModel | None,
) -> Kept:
    recipe = recipe_of(row, world, key.seed)
    taught_by = None if teacher is None else OURS
    known = [*known_before_labels(row, world, key), recipe.finetune, taught_by]
    place = model_place("finetuned", known, visits, world, key)

    def train_it(model: ScreeningModel) -> ScreeningModel:
        with run_in(world, recipe, "finetune", f"{place.name}-training") as run:
            signals = world.signals
            train_classifier(
                run, world.cohort, folds, model, recipe, signals=signals, teacher=teacher
            )
        return model

    return kept_model(place, lambda: before_labels(row, visits, world, key), train_it)
