"""Networks of a fold: the package's own training, each model made once and kept."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import torch

from benchmarks.ablation.kept_models import Kept, kept_model, model_place
from benchmarks.ablation.prediction import CellKey
from benchmarks.ablation.rows import OURS, Row
from benchmarks.ablation.trained import Trained
from benchmarks.ablation.world import FoldVisits, World
from fetal_hemo.encoders import ScreeningModel
from fetal_hemo.recipe import Recipe, changed_recipe, to_toml
from fetal_hemo.training.finetune import train_classifier
from fetal_hemo.training.folds import Folds
from fetal_hemo.training.pretrain import new_objective, train
from fetal_hemo.training.run_folder import RunFolder, start_run
from fetal_hemo.training.scoring import score_visits
from fetal_hemo.training.survey import Visit

OF_PRETRAINING = ("model", "training", "pretrain", "pairs", "teacher", "augment")


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
    found = _finetuned(row, recipe, visits, folds, world, key, teacher)
    parts = (folds.train, folds.validation, visits.test)
    train, validation, test = (score_visits(found.model, world.source(), part) for part in parts)
    prior = recipe.finetune.logit_adjustment
    return Trained(train, validation, test, folds.train, found.model, prior, found.earlier)


def embedded(model: ScreeningModel, world: World, visits: Sequence[Visit]) -> np.ndarray:
    """Recording embeddings `(visits, dim)`."""
    return score_visits(model, world.source(), visits).embeddings


def new_model(recipe: Recipe) -> ScreeningModel:
    """The network with the random weights that its pretraining would start from."""
    return new_objective(recipe).model.eval()


def recipe_of(row: Row, world: World, seed: int) -> Recipe:
    """The recipe of the comparison with a row's changes; a plan may shorten both trainings."""
    changes: dict[str, Any] = {"pretrain.seed": seed, "finetune.seed": seed, **row.changes}
    if world.plan.epochs:
        changes |= {f"{stage}.epochs": world.plan.epochs for stage in ("pretrain", "finetune")}
    return changed_recipe(world.recipe, as_tree(changes), row.name)


def as_tree(changes: dict[str, Any]) -> dict[str, Any]:
    """`{"a.b": value}` as the tables of a recipe, `{"a": {"b": value}}`."""
    tree: dict[str, Any] = {}
    for path, value in changes.items():
        *tables, name = path.split(".")
        inner = tree
        for table in tables:
            inner = inner.setdefault(table, {})
        inner[name] = list(value) if isinstance(value, tuple) else value
    return tree


def _finetuned(
    row: Row,
    recipe: Recipe,
    visits: FoldVisits,
    folds: Folds,
    world: World,
    key: CellKey,
    teacher: ScreeningModel | None,
) -> Kept:
    elsewhere = world.others(row.others).cohort_id if row.others else None
    more = [recipe.finetune, row.pretrained, elsewhere, None if teacher is None else OURS]
    place = model_place("finetuned", [*_of_pretraining(recipe), *more], visits, world, key)

    def start() -> Kept:
        if row.pretrained:
            if row.others:
                others = world.others(row.others)
                return _pretrained(recipe, others.learning(), others, replace(key, fold=0))
            return _pretrained(recipe, visits, world, key)
        return Kept(new_model(recipe), 0.0, 0.0)

    def train_it(model: ScreeningModel) -> ScreeningModel:
        with _run(world, recipe, "finetune", f"{place.name}-training") as run:
            signals = world.signals
            train_classifier(
                run, world.cohort, folds, model, recipe, signals=signals, teacher=teacher
            )
        return model

    return kept_model(place, start, train_it)


def _pretrained(recipe: Recipe, visits: FoldVisits, world: World, key: CellKey) -> Kept:
    place = model_place("pretrained", _of_pretraining(recipe), visits, world, key)

    def train_it(_: ScreeningModel) -> ScreeningModel:
        with _run(world, recipe, "pretrain", f"{place.name}-training") as run:
            parts = visits.train, visits.validation
            return train(run, world.cohort, *parts, recipe, signals=world.signals)[0].model

    return kept_model(place, lambda: Kept(new_model(recipe), 0.0, 0.0), train_it)


def _of_pretraining(recipe: Recipe) -> list[Any]:
    return [getattr(recipe, name) for name in OF_PRETRAINING]


@contextmanager
def _run(world: World, recipe: Recipe, stage: str, name: str) -> Iterator[RunFolder]:
    """A run folder until its training is done; one with the same recipe is gone on with."""
    path: Path = world.work / name
    resume = (path / "run.json").exists()
    same = resume and (path / "recipe.resolved.toml").read_text() == to_toml(recipe)
    if resume and not same:
        shutil.rmtree(path)
    with start_run(path, stage, recipe, world.cohort, same) as run:
        yield run
    shutil.rmtree(path)
