"""Contrastive pretraining: cohort -> survey -> pairs -> loss -> step -> run folder."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import torch

from fetal_hemo.encoders import ModelSize, ScreeningModel
from fetal_hemo.progress import Progress, silent
from fetal_hemo.recipe import Recipe, load_recipe
from fetal_hemo.recordings.cohort import Cohort, open_cohort
from fetal_hemo.recordings.splits import make_splits, write_splits
from fetal_hemo.report.run_report import write_run_report
from fetal_hemo.training.contrast_batches import ContrastBatches
from fetal_hemo.training.contrastive import ContrastiveObjective
from fetal_hemo.training.fit import History, fit
from fetal_hemo.training.model_file import MODEL, save_model
from fetal_hemo.training.randomness import generator, seed_initial_weights
from fetal_hemo.training.run_folder import RunFolder, start_run
from fetal_hemo.training.survey import Visit, survey
from fetal_hemo.training.watch import watch

SPLITS = "splits.json"
Say = Callable[[str], None]  # called with a line for a person to read


def unsaid(line: str) -> None:
    """Say nothing: the default when training is called as a function."""


def pretrain(
    cohort_folder: Path | str,
    out: Path | str,
    recipe_file: Path | str | None = None,
    resume: bool = False,
    survey_progress: Progress = silent,
    progress: Progress = silent,
    say: Say = unsaid,
) -> Path:
    """The run folder of a model pretrained on the training women of a cohort.

    Validation women watch losses and embeddings; test women are never opened. Unlabelled recordings
    take part in the view loss. `say` is told of every epoch, and warned of a collapse. Raises
    `FetalHemoError` with E-RECIPE, E-MANIFEST, E-COHORT, E-SPLIT, E-RUN, E-STORAGE, E-DIVERGED or
    E-INTERRUPTED.
    """
    recipe = load_recipe(recipe_file)
    torch.set_num_threads(recipe.pretrain.threads)
    cohort = open_cohort(cohort_folder)
    splits = make_splits(cohort.recordings, recipe.labels, recipe.split, recipe.split.seed)
    run = start_run(out, "pretrain", recipe, cohort, resume, splits_sha256=splits.sha256)
    write_splits(splits, run.path / SPLITS)

    found = survey(cohort, splits.recordings("train", cohort.recordings), recipe, survey_progress)
    watched = survey(cohort, splits.recordings("validation", cohort.recordings), recipe)
    run.write_json("passed_over.json", [*found.passed_over, *watched.passed_over])

    objective, history = train(run, cohort, found.visits, watched.visits, recipe, progress, say)
    save_model(objective.model, run.path / MODEL)
    run.finish({"epochs": history, "women": len(splits.women("train"))})
    write_run_report(run.path)
    return run.path


def train(
    run: RunFolder,
    cohort: Cohort,
    visits: Sequence[Visit],
    validation_visits: Sequence[Visit],
    recipe: Recipe,
    progress: Progress = silent,
    say: Say = unsaid,
) -> tuple[ContrastiveObjective, History]:
    """The trained objective and the history of its epochs, from visits that are surveyed already.

    Raises E-DIVERGED, E-INTERRUPTED or E-STORAGE.
    """
    settings, objective = recipe.pretrain, new_objective(recipe)
    learned = [parameter for parameter in objective.parameters() if parameter.requires_grad]
    optimizer = torch.optim.AdamW(
        learned, settings.learning_rate, weight_decay=settings.weight_decay
    )
    training = ContrastBatches(cohort, visits, recipe)
    validation = ContrastBatches(cohort, validation_visits, recipe)

    def after_epoch(history: History, row: dict[str, Any]) -> bool:
        draw = generator(settings.seed, "watch")  # the same draws after every epoch
        seen = watch(objective, validation.each_once(draw), draw, row["gradient_norm"])
        row |= seen.to_row()
        say(f"epoch {row['epoch']}: loss {row['loss']:.3f}, {seen.summary()}")
        warning = seen.warning(settings.temperature) if history else None  # not of the first epoch
        row["collapse"] = None if warning is None else warning.cause
        past = [None, *(earlier["collapse"] for earlier in history)]
        # Said when it is seen for the second time in a row: a young encoder looks collapsed too.
        if warning is not None and past[-1] == warning.cause != past[-2]:
            text = f"warning: epoch {row['epoch']}: {warning.cause}: {warning.text}"
            say(text)
            run.log(text)
        return False

    history = fit(
        run,
        objective,
        optimizer,
        training.balanced,
        epochs=settings.epochs,
        steps_per_epoch=max(1, round(len(visits) / settings.visits_per_batch)),
        warmup_epochs=settings.warmup_epochs,
        seed=settings.seed,
        before_epoch=objective.begin_epoch,
        after_step=objective.after_step,
        after_epoch=after_epoch,
        progress=progress,
    )
    return objective, history


def new_objective(recipe: Recipe) -> ContrastiveObjective:
    """The untrained model and its objective; its weights follow from the recipe's seed."""
    seed_initial_weights(recipe.pretrain.seed)
    shape = recipe.model
    size = ModelSize(shape.width, shape.embedding, shape.recording_embedding, shape.attention_heads)
    start = generator(recipe.pretrain.seed, "prototypes")
    return ContrastiveObjective(ScreeningModel(size), recipe, start)
