"""The trainings that `benchmarks.training` times, and each one's losses on what stays in memory."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from torch import Tensor

from fetal_hemo.recipe import Recipe, load_recipe
from fetal_hemo.recordings.cohort import Cohort
from fetal_hemo.training.classification import ClassificationObjective
from fetal_hemo.training.contrast_batches import ContrastBatches
from fetal_hemo.training.contrastive import ContrastiveObjective
from fetal_hemo.training.feed import Feed
from fetal_hemo.training.kept_signals import KeptSignals
from fetal_hemo.training.objective import Objective
from fetal_hemo.training.pretrain import new_objective
from fetal_hemo.training.randomness import generator
from fetal_hemo.training.sources import Sound, Source
from fetal_hemo.training.survey import Visit
from fetal_hemo.training.train_classifier import labelled_feed

PROJECT = Path(__file__).resolve().parents[1]
QUICK, HEARTS = (PROJECT / "recipes" / f"{name}.toml" for name in ("quick", "hearts"))

Job = tuple[Objective, Feed[Any, Any]]
Losses = Callable[[], dict[str, Tensor]]


def jobs(
    cohort: Cohort, visits: Sequence[Visit], recipe: Recipe, kept: KeptSignals
) -> dict[str, Callable[[], Job]]:
    """What makes each training that is timed."""
    labelled = [visit for visit in visits if visit.label >= 0]
    hearts = replace(load_recipe(HEARTS), training=recipe.training)

    def pretraining(recipe: Recipe, source: Source) -> Job:
        return new_objective(recipe), ContrastBatches(cohort, visits, recipe, source).training()

    def finetuning(source: Source) -> Job:
        model, start = new_objective(recipe).model, generator(0, "prototypes")
        objective = ClassificationObjective(model, recipe, labelled, start)
        return objective, labelled_feed(source, labelled, recipe)

    return {  # sound, as with augmentation, though the recipe has none
        "pretrain": lambda: pretraining(recipe, Sound(cohort)),
        "measure": lambda: pretraining(hearts, kept),
        "finetune": lambda: finetuning(Sound(cohort)),
        "finetune_kept": lambda: finetuning(kept),
    }


def resident(objective: Objective, batch: Any) -> Losses:
    """What gives the losses of a batch that was heard, augmented, before."""
    draw = generator(0, "floor")
    if isinstance(objective, ContrastiveObjective):
        known = batch.windows.signals
        heard = [known] if known else [objective.hear(batch.windows, draw) for _ in range(2)]
        return lambda: objective.losses(objective.encode_heard(heard, batch, draw), batch, draw)
    signals = objective.hear(batch, draw) if batch.signals is None else batch.signals
    kept = batch._replace(signals=signals)
    return lambda: objective(kept, draw)
