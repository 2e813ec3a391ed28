"""Training of the classifier on labelled visits that are surveyed already."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch.nn import functional

from fetal_hemo.constants import VIEWS
from fetal_hemo.encoders import ScreeningModel
from fetal_hemo.progress import Progress, silent
from fetal_hemo.recipe import Recipe
from fetal_hemo.recordings.cohort import Cohort
from fetal_hemo.training.batches import Batch, Chosen, choose, list_ends, shuffled
from fetal_hemo.training.checkpoint import History
from fetal_hemo.training.classification import ClassificationObjective
from fetal_hemo.training.early_stop import EarlyStop
from fetal_hemo.training.encoded import encode_visits
from fetal_hemo.training.feed import Feed
from fetal_hemo.training.fit import Loop
from fetal_hemo.training.fits import record_fit
from fetal_hemo.training.folds import Folds
from fetal_hemo.training.randomness import generator
from fetal_hemo.training.run_folder import RunFolder
from fetal_hemo.training.schedule import Schedule
from fetal_hemo.training.scoring import score_visits
from fetal_hemo.training.sources import SIGNALS, Source, source_of
from fetal_hemo.training.survey import Visit
from fetal_hemo.training.teaching import Said, said_by
from fetal_hemo.training.training_log import TrainingLog
from fetal_hemo.training.world import own, wait_for_all


def train_classifier(
    run: RunFolder,
    cohort: Cohort,
    folds: Folds,
    model: ScreeningModel,
    recipe: Recipe,
    progress: Progress = silent,
    signals: Path | None = None,
    teacher: ScreeningModel | None = None,
) -> History:
    """The history of its epochs; the model, pretrained before, has the weights of the best of them.

    All visits are labelled and surveyed. Without augmentation the signals are kept in the folder
    `signals`, which other runs may share; without one, in the run until it ends. Encoders whose
    rate is 0 hear each visit once, before the first step. A `teacher` has its say on every training
    visit. Raises E-DIVERGED, E-NEEDS-EXTRA, E-INTERRUPTED or E-STORAGE.
    """
    settings = recipe.finetune
    _record_fits(run, folds, recipe)
    start = generator(settings.seed, "prototypes")
    objective = ClassificationObjective(model, recipe, folds.train, start)
    stays = settings.encoder_learning_rate == 0
    # What is heard once need not be kept.
    folder = signals or (None if stays else run.path / SIGNALS)
    heard = source = source_of(cohort, settings.augment, folder)
    if stays:
        source = encode_visits(model, heard, (*folds.train, *folds.validation), progress)
    stop = EarlyStop(run, model, settings.patience)

    def after_epoch(history: History, row: dict[str, Any]) -> bool:
        scores = score_visits(model, source, folds.validation)
        row["validation_loss"] = balanced_loss(scores.logits, folds.validation)
        return stop.judge(history, row)

    said = None if teacher is None else said_by(teacher, heard, folds.train, progress)
    feed = labelled_feed(source, folds.train, recipe, said)
    history = Loop(
        run,
        objective,
        _optimizer(objective, recipe),
        feed,
        Schedule(settings.epochs, feed.steps, settings.seed),
        after_epoch,
        recipe.training.checkpoint_s,
        TrainingLog(run, recipe.training.tensorboard),
        progress,
    ).run_all()
    wait_for_all()
    if history:
        stop.take_best()
    if run.writes:
        shutil.rmtree(run.path / SIGNALS, ignore_errors=True)
    return history


def labelled_feed(
    source: Source, visits: Sequence[Visit], recipe: Recipe, said: Said | None = None
) -> Feed[Chosen, Batch]:
    """Batches that hold every visit once an epoch, with what a teacher `said` of each."""
    settings = recipe.finetune

    def chosen(draw: torch.Generator) -> Iterator[Chosen]:
        for some in shuffled(visits, settings.recordings_per_batch, draw):
            yield choose(some, settings.max_windows, draw)

    def load(some: Chosen) -> Batch:
        batch = source.load(some, own(len(some.visits)))
        if said is None:
            return batch
        told = [said[visit.recording.recording_id] for visit in some.visits]
        return batch._replace(teacher_logits=torch.stack(told))

    steps = len(list_ends(len(visits), settings.recordings_per_batch)) - 1
    return Feed(chosen, load, steps)


def _record_fits(run: RunFolder, folds: Folds, recipe: Recipe) -> None:
    points = ["class prototypes"] if recipe.finetune.auxiliary_loss == "prototypes" else []
    record_fit(run, ["classifier", *points, "class prior"], "train", folds.train)
    record_fit(run, ["epoch"], "validation", folds.validation)


def balanced_loss(logits: np.ndarray, visits: Sequence[Visit]) -> float:
    """Cross-entropy averaged within each class that occurs, then over the classes."""
    labels = torch.tensor([visit.label for visit in visits])
    losses = functional.cross_entropy(torch.from_numpy(logits), labels, reduction="none")
    return float(torch.stack([losses[labels == c].mean() for c in labels.unique()]).mean())


def _optimizer(objective: ClassificationObjective, recipe: Recipe) -> torch.optim.Optimizer:
    """AdamW with a rate for what is new, one for what joins views, and one for their encoders."""
    model, settings = objective.model, recipe.finetune
    new = [module for module in (model.classifier, objective.prototypes) if module is not None]
    groups = (
        (new, settings.learning_rate),
        ((model.fusion, model.recording, model.average), settings.joining_learning_rate),
        ([getattr(model, view) for view in VIEWS], settings.encoder_learning_rate),
    )
    learned = [
        {"params": [p for module in modules for p in module.parameters()], "lr": rate}
        for modules, rate in groups
    ]
    return torch.optim.AdamW(learned, weight_decay=settings.weight_decay)
