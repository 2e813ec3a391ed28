"""Fine-tuning: pretrained run -> labelled recordings -> loss -> step -> calibrated model."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch.nn import functional

from fetal_hemo.constants import BP_CLASSES
from fetal_hemo.encoders import ScreeningModel
from fetal_hemo.errors import FetalHemoError
from fetal_hemo.evaluation.leakage import FITTED, read_fitted
from fetal_hemo.progress import Progress, silent
from fetal_hemo.recipe import Recipe, load_recipe
from fetal_hemo.recordings.cohort import Cohort, open_cohort
from fetal_hemo.recordings.splits import read_splits
from fetal_hemo.report.run_report import write_run_report
from fetal_hemo.training.batches import Batch, Chosen, choose, list_ends, shuffled
from fetal_hemo.training.calibrate import calibrate
from fetal_hemo.training.checkpoint import History
from fetal_hemo.training.classification import ClassificationObjective
from fetal_hemo.training.early_stop import EarlyStop
from fetal_hemo.training.export_set import EXPORT_SET, write_export_set
from fetal_hemo.training.feed import Feed
from fetal_hemo.training.fit import Loop
from fetal_hemo.training.fits import keep_fits, record_fit
from fetal_hemo.training.folds import SPLITS, Folds, survey_folds
from fetal_hemo.training.kept_signals import KeptSignals
from fetal_hemo.training.model_file import MODEL, load_model, save_model
from fetal_hemo.training.randomness import generator
from fetal_hemo.training.run_folder import RECIPE, RunFolder, finished_run, start_run
from fetal_hemo.training.schedule import Schedule
from fetal_hemo.training.scoring import POSITIVE, score_visits
from fetal_hemo.training.sources import Sound, Source
from fetal_hemo.training.survey import Visit
from fetal_hemo.training.training_log import TrainingLog
from fetal_hemo.training.world import joined, own, wait_for_all

SIGNALS = "signals"  # folder of a run that is there while it trains without augmentation


def finetune(
    cohort_folder: Path | str,
    pretrained: Path | str,
    out: Path | str,
    recipe_file: Path | str | None = None,
    resume: bool = False,
    survey_progress: Progress = silent,
    progress: Progress = silent,
) -> Path:
    """The run folder of a classifier trained on the labelled training women of a cohort.

    The split of women is that of the pretrained run; the epoch, the calibration and the threshold
    are chosen on validation women. Without a recipe file the run's own recipe holds. Raises
    `FetalHemoError` with E-RECIPE, E-COHORT, E-SPLIT, E-RUN, E-STORAGE, E-NEEDS-EXTRA or
    E-INTERRUPTED.
    """
    pretrained = Path(pretrained)
    source = finished_run(pretrained, ["pretrain"])
    recipe = load_recipe(recipe_file or pretrained / RECIPE)
    torch.set_num_threads(recipe.finetune.threads)
    cohort = open_cohort(cohort_folder)
    splits = read_splits(pretrained / SPLITS, cohort.recordings)
    known = {"splits_sha256": splits.sha256, "pretrained_data_hash": source["data_hash"]}
    with joined():
        run = start_run(out, "finetune", recipe, cohort, resume, **known)
        if run.writes:
            shutil.copyfile(pretrained / SPLITS, run.path / SPLITS)
        keep_fits(run, read_fitted(pretrained / FITTED))
        found = survey_folds(run, cohort, splits, recipe, survey_progress, [pretrained])
        folds = Folds(_labelled(found.train, "train"), _labelled(found.validation, "validation"))
        model = load_model(pretrained)
        history = train_classifier(run, cohort, folds, model, recipe, progress)
        # Calibrated on sound, as a device hears it, whatever the classifier was trained on.
        margins = score_visits(model, Sound(cohort), folds.validation).margins
        if run.writes:
            _finish(run, model, history, recipe, cohort, folds, margins)
    return run.path


def train_classifier(
    run: RunFolder,
    cohort: Cohort,
    folds: Folds,
    model: ScreeningModel,
    recipe: Recipe,
    progress: Progress = silent,
    signals: Path | None = None,
) -> History:
    """The history of its epochs; the model, pretrained before, has the weights of the best of them.

    All visits are labelled and surveyed. Without augmentation the signals are kept in the folder
    `signals`, which other runs may share; without one, in the run until it ends. Raises E-DIVERGED,
    E-NEEDS-EXTRA, E-INTERRUPTED or E-STORAGE.
    """
    settings = recipe.finetune
    _record_fits(run, folds)
    start = generator(settings.seed, "prototypes")
    objective = ClassificationObjective(model, recipe, folds.train, start)
    source: Source = Sound(cohort)
    if not settings.augment:
        source = KeptSignals(cohort, signals or run.path / SIGNALS)
    stop = EarlyStop(run, model, settings.patience)

    def after_epoch(history: History, row: dict[str, Any]) -> bool:
        scores = score_visits(model, source, folds.validation)
        row["validation_loss"] = balanced_loss(scores.logits, folds.validation)
        return stop.judge(history, row)

    feed = labelled_feed(source, folds.train, recipe)
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
    stop.take_best()
    if run.writes:
        shutil.rmtree(run.path / SIGNALS, ignore_errors=True)
    return history


def labelled_feed(source: Source, visits: Sequence[Visit], recipe: Recipe) -> Feed[Chosen, Batch]:
    """Batches that hold every visit once an epoch."""
    settings = recipe.finetune

    def chosen(draw: torch.Generator) -> Iterator[Chosen]:
        for some in shuffled(visits, settings.recordings_per_batch, draw):
            yield choose(some, settings.max_windows, draw)

    def load(some: Chosen) -> Batch:
        return source.load(some, own(len(some.visits)))

    steps = len(list_ends(len(visits), settings.recordings_per_batch)) - 1
    return Feed(chosen, load, steps)


def _record_fits(run: RunFolder, folds: Folds) -> None:
    record_fit(run, ["classifier", "class prototypes", "class prior"], "train", folds.train)
    record_fit(run, ["epoch"], "validation", folds.validation)


def balanced_loss(logits: np.ndarray, visits: Sequence[Visit]) -> float:
    """Cross-entropy averaged within each class that occurs, then over the classes."""
    labels = torch.tensor([visit.label for visit in visits])
    losses = functional.cross_entropy(torch.from_numpy(logits), labels, reduction="none")
    return float(torch.stack([losses[labels == c].mean() for c in labels.unique()]).mean())


def _labelled(visits: Sequence[Visit], fold: str) -> tuple[Visit, ...]:
    labelled = tuple(visit for visit in visits if visit.label >= 0)
    if len({visit.label in POSITIVE for visit in labelled}) < 2:
        what = f"{fold} women with usable recordings are not both positive and negative"
        raise FetalHemoError("E-COHORT", what, fix="add recordings, or another split seed")
    return labelled


def _optimizer(objective: ClassificationObjective, recipe: Recipe) -> torch.optim.Optimizer:
    """AdamW with one rate for what is new and a lower one for what was pretrained."""
    new = [*objective.model.classifier.parameters(), *objective.prototypes.parameters()]
    known = {id(parameter) for parameter in new}
    old = [p for p in objective.parameters() if id(p) not in known and p.requires_grad]
    settings = recipe.finetune
    return torch.optim.AdamW(
        [
            {"params": new, "lr": settings.learning_rate},
            {"params": old, "lr": settings.encoder_learning_rate},
        ],
        weight_decay=settings.weight_decay,
    )


def _finish(
    run: RunFolder,
    model: ScreeningModel,
    history: History,
    recipe: Recipe,
    cohort: Cohort,
    folds: Folds,
    margins: np.ndarray,
) -> None:
    """Calibrate, and write what a finished run holds; `margins` are those of validation visits."""
    save_model(model, run.path / MODEL)
    write_export_set(run.path / EXPORT_SET, cohort, folds.train, folds.validation, recipe)
    positive = np.array([visit.label in POSITIVE for visit in folds.validation])
    specificity = recipe.decision.specificity
    found = calibrate(margins, positive, specificity, cohort.simulated)
    record_fit(run, ["calibration", "threshold"], "validation", folds.validation)
    run.finish({"epochs": history, "classes": list(BP_CLASSES), "calibration": found})
    write_run_report(run.path)
