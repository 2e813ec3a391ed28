"""What fine-tuning starts from: each pretraining that rows share is made once and kept."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from benchmarks.ablation.kept_models import Kept, kept_model, model_place
from benchmarks.ablation.plan import NO_EFFECT
from benchmarks.ablation.prediction import CellKey
from benchmarks.ablation.row_recipes import measuring_of, recipe_of
from benchmarks.ablation.rows import Row
from benchmarks.ablation.world import FoldVisits, World
from fetal_hemo.encoders import ScreeningModel
from fetal_hemo.recipe import Recipe, to_toml
from fetal_hemo.training.pretrain import new_objective, train
from fetal_hemo.training.run_folder import RunFolder, start_run

OF_PRETRAINING = ("model", "training", "pretrain", "pairs", "teacher", "augment")


def new_model(recipe: Recipe) -> ScreeningModel:
    """The network with the random weights that its first training would start from."""
    return new_objective(recipe).model.eval()


def before_labels(row: Row, visits: FoldVisits, world: World, key: CellKey) -> Kept:
    """The model that a row's fine-tuning starts from."""

    def measures() -> Kept:
        return _measuring(row, world, key)

    if not row.pretrained:
        return measures()
    recipe = recipe_of(row, world, key.seed)
    return _pretrained(recipe, visits, world, key, _known_of_measuring(row, world, key), measures)


def known_before_labels(row: Row, world: World, key: CellKey) -> list[Any]:
    """What that model depends on, beside the visits of the fold."""
    settings = _of_pretraining(recipe_of(row, world, key.seed))
    return [*settings, row.pretrained, *_known_of_measuring(row, world, key)]


def _measuring(row: Row, world: World, key: CellKey) -> Kept:
    """A model that has learned to measure other women's hearts, where the row has; else random."""
    if not row.others:
        return Kept(new_model(recipe_of(row, world, key.seed)), 0.0, 0.0)
    recipe, others = measuring_of(row, world, key.seed), others_of(row, world)
    nowhere = CellKey(NO_EFFECT, row.name, key.seed, 0)  # of no fold: all have it in common
    random = Kept(new_model(recipe), 0.0, 0.0)
    return _pretrained(recipe, others.learning(), others, nowhere, [], lambda: random)


def others_of(row: Row, world: World) -> World:
    """The other women whose hearts a row learns to measure."""
    return world.others(row.others, row.others_effect)


def _known_of_measuring(row: Row, world: World, key: CellKey) -> list[Any]:
    if not row.others:
        return []
    settings = _of_pretraining(measuring_of(row, world, key.seed))
    return [*settings, others_of(row, world).cohort_id]


def _pretrained(
    recipe: Recipe,
    visits: FoldVisits,
    world: World,
    key: CellKey,
    known: Sequence[Any],
    start: Callable[[], Kept],
) -> Kept:
    """The model of a pretraining whose first weights depend on what is `known`."""
    place = model_place("pretrained", [*_of_pretraining(recipe), *known], visits, world, key)

    def train_it(first: ScreeningModel) -> ScreeningModel:
        with run_in(world, recipe, "pretrain", f"{place.name}-training") as run:
            parts = visits.train, visits.validation
            objective, _ = train(
                run, world.cohort, *parts, recipe, signals=world.signals, first=first
            )
            return objective.model

    return kept_model(place, start, train_it)


def _of_pretraining(recipe: Recipe) -> list[Any]:
    return [getattr(recipe, name) for name in OF_PRETRAINING]


@contextmanager
def run_in(world: World, recipe: Recipe, stage: str, name: str) -> Iterator[RunFolder]:
    """A run folder until its training is done; one with the same recipe is gone on with."""
    path: Path = world.work / name
    resume = (path / "run.json").exists()
    same = resume and (path / "recipe.resolved.toml").read_text() == to_toml(recipe)
    if resume and not same:
        shutil.rmtree(path)
    with start_run(path, stage, recipe, world.cohort, same) as run:
        yield run
    shutil.rmtree(path)
