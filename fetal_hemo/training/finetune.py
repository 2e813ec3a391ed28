"""Fine-tuning: pretrained run -> labelled recordings -> loss -> step -> calibrated model."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from functools import partial
from pathlib import Path

import numpy as np
import torch

from fetal_hemo.constants import BP_CLASSES
from fetal_hemo.encoders import ScreeningModel
from fetal_hemo.errors import FetalHemoError
from fetal_hemo.evaluation.leakage import FITTED, read_fitted
from fetal_hemo.progress import Progress, silent
from fetal_hemo.recipe import Recipe, load_recipe
from fetal_hemo.recordings.cohort import Cohort, open_cohort, outside
from fetal_hemo.recordings.splits import OTHER_SPLIT, write_splits
from fetal_hemo.report.run_report import write_run_report
from fetal_hemo.training.ancestry import cohorts_of
from fetal_hemo.training.answers import uncertain_share
from fetal_hemo.training.calibrate import calibrate
from fetal_hemo.training.checkpoint import History
from fetal_hemo.training.export_set import EXPORT_SET, write_export_set
from fetal_hemo.training.finetune_split import finetune_split
from fetal_hemo.training.fits import keep_fits, record_fit
from fetal_hemo.training.folds import SPLITS, Folds, survey_folds
from fetal_hemo.training.heard import heard
from fetal_hemo.training.model_file import MODEL, load_model, save_model
from fetal_hemo.training.run_folder import RECIPE, RunFolder, finished_run, start_run
from fetal_hemo.training.scoring import POSITIVE, score_visits
from fetal_hemo.training.sources import Sound
from fetal_hemo.training.survey import Visit
from fetal_hemo.training.teaching import teacher_facts
from fetal_hemo.training.train_classifier import train_classifier
from fetal_hemo.training.world import joined


def finetune(
    cohort_folder: Path | str,
    pretrained: Path | str,
    out: Path | str,
    recipe_file: Path | str | None = None,
    resume: bool = False,
    teacher: Path | str | None = None,
    other_women: bool = False,
    survey_progress: Progress = silent,
    progress: Progress = silent,
) -> Path:
    """The run folder of a classifier trained on the labelled training women of a cohort.

    The split of women is that of the pretrained run, or a new one with `other_women`, on another
    cohort; the epoch, the calibration and the threshold are chosen on validation women. Without a
    recipe file the run's own recipe holds; one of another [model] is refused, and one of another
    [split] where that is the run's. A `teacher`, a finished run of the same split, is listened to
    as well. Raises `FetalHemoError` with E-RECIPE, E-COHORT, E-SPLIT, E-RUN, E-USAGE,
    E-STORAGE, E-NEEDS-EXTRA or E-INTERRUPTED.
    """
    pretrained, out = Path(pretrained), outside(out, cohort_folder)
    source = finished_run(pretrained, ["pretrain"])
    settled = ("model",) if other_women else ("model", "split")  # sections, by pretraining
    recipe = _recipe(recipe_file, pretrained, settled)
    torch.set_num_threads(recipe.finetune.threads)
    cohort = open_cohort(cohort_folder)
    splits = finetune_split(pretrained, source, cohort, recipe, other_women)
    known = {
        "splits_sha256": splits.sha256,
        "pretrained_data_hash": source["data_hash"],
        "learned_from": cohorts_of(source, pretrained),
        **teacher_facts(teacher, splits.sha256),
    }
    with joined(), start_run(out, "finetune", recipe, cohort, resume, **known) as run:
        if run.writes:
            write_splits(splits, run.path / SPLITS)
        if not other_women:
            keep_fits(run, read_fitted(pretrained / FITTED))
        heard_before = None if other_women else pretrained
        found = survey_folds(run, cohort, splits, recipe, survey_progress, heard_before)
        of_run = "add recordings, or pretrain again with another seed in [split]"
        fix = OTHER_SPLIT if other_women else of_run
        folds = Folds(
            with_both_classes(found.train, "training", fix),
            with_both_classes(found.validation, "validation", fix),
            tuple(visit for visit in found.unusable if visit.label >= 0),
        )
        model = load_model(pretrained)
        taught_by = None if teacher is None else load_model(Path(teacher))
        history = train_classifier(run, cohort, folds, model, recipe, progress, teacher=taught_by)
        # Calibrated on sound, as a device hears it, whatever the classifier was trained on.
        margins = score_visits(model, Sound(cohort), folds.validation).margins
        if run.writes:
            _finish(run, model, history, recipe, cohort, folds, margins)
    return run.path


def _recipe(file: Path | str | None, pretrained: Path, settled: Sequence[str]) -> Recipe:
    """The recipe to train by. Raises E-RECIPE where it says what only the pretrained run can be."""
    own = load_recipe(pretrained / RECIPE)
    recipe = load_recipe(file) if file else own
    for section in settled:
        asked, is_so = (asdict(getattr(each, section)) for each in (recipe, own))
        for name in asked:
            if asked[name] != is_so[name]:
                what = f"{section}.{name} is {asked[name]}, of the pretrained run {is_so[name]}"
                fix = f"give it the run's [{section}]: {pretrained / RECIPE}"
                raise FetalHemoError("E-RECIPE", what, str(file), fix)
    return recipe


def with_both_classes(visits: Sequence[Visit], fold: str, fix: str) -> tuple[Visit, ...]:
    """The labelled visits. Raises E-COHORT unless both classes are there."""
    labelled = tuple(visit for visit in visits if visit.label >= 0)
    if len({visit.label in POSITIVE for visit in labelled}) < 2:
        what = f"{fold} women with usable recordings are not both positive and negative"
        raise FetalHemoError("E-COHORT", what, fix=fix)
    return labelled


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
    decision = recipe.decision
    found = calibrate(margins, positive, decision.specificity, cohort.simulated, decision.miss_rate)
    record_fit(run, ["calibration", "threshold"], "validation", folds.validation)
    held_back = uncertain_share(found, positive)
    metrics = {
        "epochs": history,
        "classes": list(BP_CLASSES),
        "calibration": found,
        "heard": heard(folds.validation, folds.unusable, held_back),
    }
    run.finish(metrics, partial(write_run_report, run.path))
