"""Contrastive pretraining: cohort -> survey -> pairs -> loss -> step -> run folder."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import torch

from fetal_hemo.encoders import ModelSize, ScreeningModel
from fetal_hemo.progress import Progress, silent
from fetal_hemo.recipe import Recipe, load_recipe
from fetal_hemo.recordings.cohort import open_cohort
from fetal_hemo.recordings.splits import make_splits, write_splits
from fetal_hemo.report.run_report import write_run_report
from fetal_hemo.training.batches import balanced_draws, load_batch
from fetal_hemo.training.contrastive import ContrastiveObjective
from fetal_hemo.training.fit import History, fit
from fetal_hemo.training.model_file import MODEL, save_model
from fetal_hemo.training.randomness import generator, seed_initial_weights
from fetal_hemo.training.run_folder import start_run
from fetal_hemo.training.survey import survey

SPLITS = "splits.json"


def pretrain(
    cohort_folder: Path | str,
    out: Path | str,
    recipe_file: Path | str | None = None,
    resume: bool = False,
    survey_progress: Progress = silent,
    progress: Progress = silent,
) -> Path:
    """The run folder of a model pretrained on the training women of a cohort.

    Validation women watch the loss; test women are never opened. Unlabelled recordings take part
    in the multi-view loss. Raises `FetalHemoError` with E-RECIPE, E-MANIFEST, E-COHORT, E-SPLIT,
    E-RUN, E-STORAGE or E-INTERRUPTED.
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

    settings = recipe.pretrain
    objective = new_objective(recipe)
    optimizer = torch.optim.AdamW(
        objective.parameters(), settings.learning_rate, weight_decay=settings.weight_decay
    )

    def batches(draw: torch.Generator, visits: Any = found.visits) -> Any:
        for chosen in balanced_draws(visits, settings.visits_per_batch, draw):
            yield load_batch(cohort, chosen, settings.windows_per_visit, draw)

    @torch.no_grad()
    def watch(history: History, row: dict[str, Any]) -> bool:
        objective.eval()
        draw = generator(settings.seed, "watch")  # the same draws after every epoch
        losses = [objective(batch, draw) for batch in batches(draw, watched.visits)]
        for name in losses[0]:
            row[f"validation_{name}"] = sum(float(loss[name]) for loss in losses) / len(losses)
        return False

    history = fit(
        run,
        objective,
        optimizer,
        batches,
        epochs=settings.epochs,
        steps_per_epoch=max(1, round(len(found.visits) / settings.visits_per_batch)),
        warmup_epochs=settings.warmup_epochs,
        seed=settings.seed,
        after_epoch=watch,
        progress=progress,
    )
    save_model(objective.model, run.path / MODEL)
    run.finish({"epochs": history, "women": len(splits.women("train"))})
    write_run_report(run.path)
    return run.path


def new_objective(recipe: Recipe) -> ContrastiveObjective:
    """The untrained model and its objective; its weights follow from the recipe's seed."""
    seed_initial_weights(recipe.pretrain.seed)
    shape = recipe.model
    size = ModelSize(shape.width, shape.embedding, shape.recording_embedding, shape.attention_heads)
    start = generator(recipe.pretrain.seed, "prototypes")
    return ContrastiveObjective(ScreeningModel(size), recipe, start)
