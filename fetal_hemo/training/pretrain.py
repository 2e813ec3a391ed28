"""Contrastive pretraining: cohort -> survey -> pairs -> loss -> step -> run folder."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from dataclasses import fields
from functools import partial
from pathlib import Path

import torch

from fetal_hemo.encoders import ModelSize, ScreeningModel
from fetal_hemo.errors import FetalHemoError
from fetal_hemo.progress import Progress, silent
from fetal_hemo.recipe import Recipe, load_recipe
from fetal_hemo.recordings.bp import class_of
from fetal_hemo.recordings.cohort import Cohort, open_cohort, outside
from fetal_hemo.recordings.splits import (
    OTHER_SPLIT,
    Splits,
    make_splits,
    unlabelled_splits,
    write_splits,
)
from fetal_hemo.report.run_report import write_run_report
from fetal_hemo.settings_contrast import WITH_CLASS_POINTS
from fetal_hemo.training.checkpoint import History
from fetal_hemo.training.contrast_batches import ContrastBatches
from fetal_hemo.training.contrastive import ContrastiveObjective
from fetal_hemo.training.early_stop import EarlyStop
from fetal_hemo.training.first_weights import first_facts, first_model
from fetal_hemo.training.fit import Loop
from fetal_hemo.training.fits import record_fit
from fetal_hemo.training.folds import SPLITS, Folds, survey_folds
from fetal_hemo.training.model_file import MODEL, save_model
from fetal_hemo.training.randomness import generator, seed_initial_weights
from fetal_hemo.training.run_folder import RunFolder, start_run
from fetal_hemo.training.schedule import Schedule
from fetal_hemo.training.scoring import POSITIVE
from fetal_hemo.training.sources import SIGNALS, source_of
from fetal_hemo.training.survey import Visit
from fetal_hemo.training.training_log import TrainingLog
from fetal_hemo.training.watcher import Say, Watcher, unsaid
from fetal_hemo.training.world import joined, wait_for_all


def pretrain(
    cohort_folder: Path | str,
    out: Path | str,
    recipe_file: Path | str | None = None,
    resume: bool = False,
    first: Path | str | None = None,
    survey_progress: Progress = silent,
    progress: Progress = silent,
    say: Say = unsaid,
) -> Path:
    """The run folder of a model pretrained on the training women of a cohort.

    Validation women watch losses and embeddings; test women are never opened. Unlabelled recordings
    take part in the view loss. `first` is a run on simulated women whose weights it starts from;
    without one they are random. `say` is told of every epoch, and warned of a collapse. Processes
    that `torchrun` starts train one model. Raises `FetalHemoError` with E-RECIPE, E-MANIFEST,
    E-COHORT, E-SPLIT, E-RUN, E-USAGE, E-STORAGE, E-DIVERGED, E-NEEDS-EXTRA or E-INTERRUPTED.
    """
    recipe, out = load_recipe(recipe_file), outside(out, cohort_folder)
    torch.set_num_threads(recipe.pretrain.threads)
    cohort = open_cohort(cohort_folder)
    splits = _splits(cohort, recipe)
    known = {"splits_sha256": splits.sha256, **first_facts(first, cohort)}
    start = first_model(first, model_size(recipe))
    with joined(), start_run(out, "pretrain", recipe, cohort, resume, **known) as run:
        if run.writes:
            write_splits(splits, run.path / SPLITS)
        folds = survey_folds(run, cohort, splits, recipe, survey_progress)
        if run.writes:
            _foretell(folds, say)
        objective, history = train(
            run, cohort, folds.train, folds.validation, recipe, progress, say, first=start
        )
        if run.writes:
            save_model(objective.model, run.path / MODEL)
            metrics = {"epochs": history, "women": len(splits.women("train"))}
            run.finish(metrics, partial(write_run_report, run.path))
    return run.path


def _splits(cohort: Cohort, recipe: Recipe) -> Splits:
    """The split of the cohort's women. Raises E-SPLIT, E-COHORT.

    Where nobody has a reading there are no strata, and whoever is to learn must ask for none.
    """
    if any(class_of(r, recipe.labels) is not None for r in cohort.recordings):
        return make_splits(cohort.recordings, recipe.labels, recipe.split, recipe.split.seed)
    if recipe.pretrain.sees_labels:
        what = "no recording has a cuff reading, and [pretrain] learns from them"
        fix = 'set visit_loss = "off" and rank_weight = 0 there to learn without'
        raise FetalHemoError("E-COHORT", what, str(cohort.folder), fix)
    return unlabelled_splits(cohort.women, recipe.split, recipe.split.seed)


def _foretell(folds: Folds, say: Say) -> None:
    """Say now, before hours of training, that fine-tuning on these women would be refused."""
    labelled = [[v.label in POSITIVE for v in part if v.label >= 0] for part in folds[:2]]
    if not any(labelled):
        return  # of nobody a reading is known: their labels are to come from others
    for fold, known in zip(("training", "validation"), labelled, strict=True):
        for raised, kind in ((True, "a raised"), (False, "an unraised")):
            if raised not in known:
                what = f"no {fold} woman has a usable recording with {kind} reading"
                say(f"warning: {what}: fine-tuning on this split will be refused; {OTHER_SPLIT}")


def train(
    run: RunFolder,
    cohort: Cohort,
    visits: Sequence[Visit],
    validation_visits: Sequence[Visit],
    recipe: Recipe,
    progress: Progress = silent,
    say: Say = unsaid,
    signals: Path | None = None,
    first: ScreeningModel | None = None,
) -> tuple[ContrastiveObjective, History]:
    """The trained objective and the history of its epochs, from visits that are surveyed already.

    Weights start from those of `first`, or at random. Without augmentation the signals are kept in
    the folder `signals`, which other runs may share; without one, in the run until it ends.
    Raises E-DIVERGED, E-NEEDS-EXTRA, E-INTERRUPTED or E-STORAGE.
    """
    settings, objective = recipe.pretrain, new_objective(recipe, first)
    _record_fits(run, recipe, visits, validation_visits)
    source = source_of(cohort, settings.augment, signals or run.path / SIGNALS)
    feed = ContrastBatches(cohort, visits, recipe, source).training()
    stop = EarlyStop(run, objective, settings.patience) if settings.patience else None
    watcher = Watcher(run, cohort, validation_visits, recipe, objective, say, stop, source)
    learned = [parameter for parameter in objective.parameters() if parameter.requires_grad]
    loop = Loop(
        run,
        objective,
        torch.optim.AdamW(learned, settings.learning_rate, weight_decay=settings.weight_decay),
        feed,
        Schedule(settings.epochs, feed.steps, settings.seed, settings.warmup_epochs),
        watcher.after_epoch,
        recipe.training.checkpoint_s,
        TrainingLog(run, recipe.training.tensorboard),
        progress,
    )
    history = loop.run_all()
    wait_for_all()  # until the first process has written the best weights
    if stop is not None and history:
        stop.take_best()
    if run.writes:
        shutil.rmtree(run.path / SIGNALS, ignore_errors=True)
    return objective, history


def _record_fits(
    run: RunFolder, recipe: Recipe, visits: Sequence[Visit], validation: Sequence[Visit]
) -> None:
    settings = recipe.pretrain
    labels = settings.sees_labels or settings.learns_truth  # a heart tells of a pressure too
    record_fit(run, ["pretrained encoders"], "train", visits, labels)
    if settings.compares_visits and settings.visit_loss in WITH_CLASS_POINTS:
        record_fit(run, ["pretraining's class prototypes"], "train", visits)
    if settings.patience:
        record_fit(run, ["pretraining's epoch"], "validation", validation, labels)


def new_objective(recipe: Recipe, first: ScreeningModel | None = None) -> ContrastiveObjective:
    """The untrained model and its objective; weights are those of `first`, or follow the seed."""
    seed_initial_weights(recipe.pretrain.seed)
    model = ScreeningModel(model_size(recipe))
    if first is not None:
        model.load_state_dict(first.state_dict())
    return ContrastiveObjective(model, recipe, generator(recipe.pretrain.seed, "prototypes"))


def model_size(recipe: Recipe) -> ModelSize:
    """What a recipe says of the network."""
    return ModelSize(**{f.name: getattr(recipe.model, f.name) for f in fields(ModelSize)})
