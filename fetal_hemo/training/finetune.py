"""Fine-tuning: pretrained run -> labelled recordings -> loss -> step -> calibrated model."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import numpy as np
import torch
from safetensors.torch import load as load_tensors
from safetensors.torch import save as save_tensors
from torch.nn import functional

from fetal_hemo.constants import BP_CLASSES
from fetal_hemo.encoders import ScreeningModel
from fetal_hemo.errors import FetalHemoError
from fetal_hemo.progress import Progress, silent
from fetal_hemo.recipe import Recipe, load_recipe
from fetal_hemo.recordings.cohort import open_cohort
from fetal_hemo.recordings.splits import read_splits
from fetal_hemo.report.run_report import write_run_report
from fetal_hemo.training.batches import load_batch, shuffled
from fetal_hemo.training.calibrate import calibrate
from fetal_hemo.training.classification import ClassificationObjective
from fetal_hemo.training.export_set import EXPORT_SET, write_export_set
from fetal_hemo.training.fit import History, fit
from fetal_hemo.training.model_file import MODEL, load_model, save_model
from fetal_hemo.training.pretrain import SPLITS
from fetal_hemo.training.randomness import generator
from fetal_hemo.training.run_folder import RECIPE, RunFolder, finished_run, start_run
from fetal_hemo.training.scoring import POSITIVE, score_visits
from fetal_hemo.training.survey import Visit, survey
from firmware_bridge.store import write_atomically

BEST = "best.safetensors"


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
    `FetalHemoError` with E-RECIPE, E-COHORT, E-SPLIT, E-RUN, E-STORAGE or E-INTERRUPTED.
    """
    pretrained = Path(pretrained)
    source = finished_run(pretrained, ["pretrain"])
    recipe = load_recipe(recipe_file or pretrained / RECIPE)
    torch.set_num_threads(recipe.finetune.threads)
    cohort = open_cohort(cohort_folder)
    splits = read_splits(pretrained / SPLITS, cohort.recordings)
    known = {
        "splits_sha256": splits.sha256,
        "pretrained_data_hash": source["data_hash"],
        "pretrained_simulated": source["simulated"],
    }
    run = start_run(out, "finetune", recipe, cohort, resume, **known)
    shutil.copyfile(pretrained / SPLITS, run.path / SPLITS)

    found = survey(cohort, splits.recordings("train", cohort.recordings), recipe, survey_progress)
    watched = survey(cohort, splits.recordings("validation", cohort.recordings), recipe)
    run.write_json("passed_over.json", [*found.passed_over, *watched.passed_over])
    visits, validation = _labelled(found.visits, "train"), _labelled(watched.visits, "validation")

    settings = recipe.finetune
    start = generator(settings.seed, "prototypes")
    objective = ClassificationObjective(load_model(pretrained), recipe, visits, start)
    optimizer = _optimizer(objective, recipe)

    def batches(draw: torch.Generator) -> Any:
        for chosen in shuffled(visits, settings.recordings_per_batch, draw):
            yield load_batch(cohort, chosen, settings.max_windows, draw)

    def watch(history: History, row: dict[str, Any]) -> bool:
        scores = score_visits(objective.model, cohort, validation)
        row["validation_loss"] = balanced_loss(scores.logits, validation)
        best = min((past["validation_loss"] for past in history), default=np.inf)
        if row["validation_loss"] < best:
            write_atomically(run.path / BEST, save_tensors(objective.model.state_dict()))
        losses = [past["validation_loss"] for past in history] + [row["validation_loss"]]
        return len(losses) - 1 - int(np.argmin(losses)) >= settings.patience

    history = fit(
        run,
        objective,
        optimizer,
        batches,
        epochs=settings.epochs,
        steps_per_epoch=sum(1 for _ in shuffled(visits, settings.recordings_per_batch, start)),
        warmup_epochs=0,
        seed=settings.seed,
        after_epoch=watch,
        progress=progress,
    )
    write_export_set(run.path / EXPORT_SET, cohort, visits, validation, recipe)
    _finish(run, objective.model, history, recipe, cohort, validation)
    write_run_report(run.path)
    return run.path


def balanced_loss(logits: np.ndarray, visits: list[Visit]) -> float:
    """Cross-entropy averaged within each class that occurs, then over the classes."""
    labels = torch.tensor([visit.label for visit in visits])
    losses = functional.cross_entropy(torch.from_numpy(logits), labels, reduction="none")
    return float(torch.stack([losses[labels == c].mean() for c in labels.unique()]).mean())


def _labelled(visits: tuple[Visit, ...], fold: str) -> list[Visit]:
    labelled = [visit for visit in visits if visit.label >= 0]
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
    cohort: Any,
    validation: list[Visit],
) -> None:
    model.load_state_dict(load_tensors((run.path / BEST).read_bytes()))
    save_model(model, run.path / MODEL)
    margins = score_visits(model, cohort, validation).margins
    positive = np.array([visit.label in POSITIVE for visit in validation])
    specificity = recipe.decision.specificity
    run.finish(
        {
            "epochs": history,
            "classes": list(BP_CLASSES),
            "calibration": calibrate(margins, positive, specificity, cohort.simulated),
        }
    )
