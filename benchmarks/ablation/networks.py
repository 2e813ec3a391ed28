"""Networks of a fold: the package's own training, each model made once and kept."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import torch

from benchmarks.ablation.code import code_id
from benchmarks.ablation.prediction import CellKey
from benchmarks.ablation.rows import OURS, Row
from benchmarks.ablation.world import FoldVisits, World
from fetal_hemo.encoders import ScreeningModel
from fetal_hemo.recipe import Recipe, changed_recipe, to_toml
from fetal_hemo.training.finetune import train_classifier
from fetal_hemo.training.folds import Folds
from fetal_hemo.training.model_file import MODEL, load_model, save_model
from fetal_hemo.training.pretrain import new_objective, train
from fetal_hemo.training.run_folder import RunFolder, start_run
from fetal_hemo.training.scoring import Scores, score_visits
from fetal_hemo.training.survey import Visit

OF_PRETRAINING = ("model", "training", "pretrain", "pairs", "teacher", "augment")


class Trained(NamedTuple):
    """Scores of the labelled visits of each part, and the network.

    `logit_adjustment` is the share of the class prior that the training loss had.
    """

    train: Scores
    validation: Scores
    test: Scores
    model: ScreeningModel
    logit_adjustment: float


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
    model = _finetuned(row, recipe, visits, folds, world, key, teacher)
    source = world.source()
    train, validation, test = (
        score_visits(model, source, part) for part in (*folds[:2], visits.test)
    )
    return Trained(train, validation, test, model, recipe.finetune.logit_adjustment)


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
) -> ScreeningModel:
    more = [recipe.finetune, row.pretrained, None if teacher is None else OURS]
    known = model_place("finetuned", [*_of_pretraining(recipe), *more], visits, world, key)
    if not (known / MODEL).exists():
        model = _pretrained(recipe, visits, world, key) if row.pretrained else new_model(recipe)
        run = _run(world, recipe, "finetune", f"{known.name}-training")
        train_classifier(
            run, world.cohort, folds, model, recipe, signals=world.signals, teacher=teacher
        )
        _keep(model, known, run)
    return load_model(known)


def _pretrained(recipe: Recipe, visits: FoldVisits, world: World, key: CellKey) -> ScreeningModel:
    known = model_place("pretrained", _of_pretraining(recipe), visits, world, key)
    if not (known / MODEL).exists():
        run = _run(world, recipe, "pretrain", f"{known.name}-training")
        objective, _ = train(run, world.cohort, visits.train, visits.validation, recipe)
        _keep(objective.model, known, run)
    return load_model(known)


def _of_pretraining(recipe: Recipe) -> list[Any]:
    return [getattr(recipe, name) for name in OF_PRETRAINING]


def model_place(
    stage: str, settings: Sequence[Any], visits: FoldVisits, world: World, key: CellKey
) -> Path:
    """Folder of the model that these settings make of a fold's visits, with this code."""
    known = [(v.recording.recording_id, v.label) for v in (*visits.train, *visits.validation)]
    text = "\n".join(map(str, [*settings, key.fold, known, code_id(), world.cohort_id]))
    return world.work / stage / hashlib.sha256(text.encode()).hexdigest()[:16]


def _keep(model: ScreeningModel, known: Path, run: RunFolder) -> None:
    known.mkdir(parents=True, exist_ok=True)
    save_model(model, known / MODEL)
    shutil.rmtree(run.path)


def _run(world: World, recipe: Recipe, stage: str, name: str) -> RunFolder:
    """A run folder, not held; one that a stop left behind with the same recipe is gone on with."""
    path: Path = world.work / name
    resume = (path / "run.json").exists()
    same = resume and (path / "recipe.resolved.toml").read_text() == to_toml(recipe)
    if resume and not same:
        shutil.rmtree(path)
    with start_run(path, stage, recipe, world.cohort, same) as run:
        return run
