"""One fold of a study: everything that saw labels is fitted here, on the fold's own women."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from fetal_hemo.encoders import ScreeningModel
from fetal_hemo.evaluation import StudyInput
from fetal_hemo.evaluation.leakage import FITTED, Fitted, read_fitted
from fetal_hemo.evaluation.leakage.fitted import write_fitted
from fetal_hemo.evaluation.study_files import read_study_input, write_study_input
from fetal_hemo.progress import Progress, silent
from fetal_hemo.recipe import Recipe
from fetal_hemo.recordings.cohort import Cohort
from fetal_hemo.recordings.splits import OTHER_SPLIT, write_splits
from fetal_hemo.training.calibrate import calibrate
from fetal_hemo.training.candidates import candidates
from fetal_hemo.training.checkpoint import History
from fetal_hemo.training.evaluate import SCALER, labelled, parts_of, unheard_of
from fetal_hemo.training.explained import explained
from fetal_hemo.training.finetune import with_both_classes
from fetal_hemo.training.fits import record_fit
from fetal_hemo.training.fold_plan import FoldPlan
from fetal_hemo.training.folds import SPLITS, Folds
from fetal_hemo.training.kept_survey import KeptSurvey
from fetal_hemo.training.model_file import MODEL, load_model, save_model
from fetal_hemo.training.pretrain import new_objective, train
from fetal_hemo.training.run_folder import RUN, RunFolder, read_facts, read_metrics, start_run
from fetal_hemo.training.scoring import POSITIVE, score_visits
from fetal_hemo.training.sources import SIGNALS, Sound
from fetal_hemo.training.study_folder import write_pictures
from fetal_hemo.training.study_visits import StudyVisits, study_of
from fetal_hemo.training.survey import Survey, survey
from fetal_hemo.training.train_classifier import train_classifier


@dataclass(frozen=True)
class FoldWork:
    """What all folds of a study share; of the fold that is `shown` one recording is explained."""

    study: Path
    cohort: Cohort
    recipe: Recipe
    kept: KeptSurvey
    shown: str
    progress: Progress = silent


def run_fold(work: FoldWork, plan: FoldPlan) -> StudyInput:
    """What the fold's test women were scored, from its folder if it was done before.

    Raises the errors of training; an interrupted fold goes on from its last checkpoint.
    """
    folder = fold_folder(work.study, plan.name)
    if is_finished(folder):
        return read_study_input(folder)
    run = stage_run(folder, "fold", work.recipe, work.cohort)
    write_splits(plan.splits, folder / SPLITS)
    heard = {part: _heard(work, plan, part) for part in ("train", "validation", "test")}
    visits = StudyVisits(
        with_both_classes(heard["train"].visits, f"{plan.name}: training", OTHER_SPLIT),
        with_both_classes(heard["validation"].visits, f"{plan.name}: validation", OTHER_SPLIT),
        labelled(heard["test"]),
        unheard_of(heard["test"]),
    )
    pretrained, fitted = _pretrained(work, plan, heard)
    chosen, losses = _chosen(work, plan, visits, pretrained)
    model = load_model(chosen.path)
    calibration = _calibration(work, model, visits, chosen)
    given, embeddings = study_of(
        model,
        calibration,
        visits,
        work.cohort,
        work.recipe,
        model_simulated=work.cohort.simulated,  # it learns from this cohort alone
        progress=work.progress,
    )
    women = tuple(sorted(set(given.train_women.tolist())))
    stages = [*fitted, *read_fitted(chosen.path / FITTED), Fitted(SCALER, "train", True, women)]
    write_fitted(folder / FITTED, stages)
    write_study_input(folder, given)
    found = {"candidates": losses, "calibration": calibration, "parts": parts_of(visits, given)}
    if plan.name == work.shown:
        why = explained(model, work.cohort, visits, embeddings, work.recipe)
        write_pictures(work.study, why.pictures)
        found["explained"] = why.facts
    run.finish(found)
    return given


def fold_folder(study: Path, name: str) -> Path:
    """Where a fold is kept."""
    return study / "folds" / name


def is_finished(folder: Path) -> bool:
    """Whether a stage was done to its end."""
    return (folder / RUN).exists() and read_facts(folder).get("status") == "finished"


def stage_run(path: Path, stage: str, recipe: Recipe, cohort: Cohort) -> RunFolder:
    """A run folder inside a study: the one that was interrupted, or a new one.

    It is not held: the study's folder is, and one process works in all of it.
    """
    with start_run(path, stage, recipe, cohort, resume=True) as run:
        return run


def _heard(work: FoldWork, plan: FoldPlan, part: str) -> Survey:
    recordings = plan.recordings(part)
    return survey(work.cohort, recordings, work.recipe, silent, work.kept)


def _pretrained(
    work: FoldWork, plan: FoldPlan, heard: dict[str, Survey]
) -> tuple[Path, list[Fitted]]:
    """The folder of encoders to start from, and what was fitted for them."""
    how = work.recipe.study.pretraining
    if how == "once":
        folder = work.study / "pretrain"
        everybody = survey(work.cohort, work.cohort.recordings, work.recipe, silent, work.kept)
        _pretrain(work, folder, everybody, heard["validation"])
        return folder, []  # it saw no label; the report says that it heard the test women
    folder = fold_folder(work.study, plan.name) / "pretrain"
    _pretrain(work, folder, heard["train"], heard["validation"], how == "off")
    return folder, read_fitted(folder / FITTED)


def _pretrain(
    work: FoldWork, folder: Path, heard: Survey, watched: Survey, off: bool = False
) -> None:
    if is_finished(folder):
        return
    run = stage_run(folder, "pretrain", work.recipe, work.cohort)
    objective, history = new_objective(work.recipe), History()
    if not off:
        signals = work.study / SIGNALS
        visits = heard.visits, watched.visits
        objective, history = train(
            run, work.cohort, *visits, work.recipe, work.progress, signals=signals
        )
    save_model(objective.model, folder / MODEL)
    run.finish({"epochs": history})


def _chosen(
    work: FoldWork, plan: FoldPlan, visits: StudyVisits, pretrained: Path
) -> tuple[RunFolder, dict[str, float]]:
    """The candidate with the lowest loss of validation women, and the loss of each."""
    found: dict[str, tuple[float, RunFolder]] = {}
    for number, (text, recipe) in enumerate(candidates(work.recipe).items()):
        folder = fold_folder(work.study, plan.name) / f"candidate-{number}"
        run = _trained(work, folder, visits, pretrained, recipe)
        losses = [row["validation_loss"] for row in read_metrics(folder)["epochs"]]
        found[text] = min(losses), run
    best = min(found.values(), key=lambda pair: pair[0])[1]
    return best, {text: loss for text, (loss, _) in found.items()}


def _trained(
    work: FoldWork, folder: Path, visits: StudyVisits, pretrained: Path, recipe: Recipe
) -> RunFolder:
    if is_finished(folder):
        return RunFolder(folder, read_facts(folder))
    run = stage_run(folder, "finetune", recipe, work.cohort)
    model = load_model(pretrained)
    folds = Folds(visits.train, visits.validation)
    signals = work.study / SIGNALS
    history = train_classifier(run, work.cohort, folds, model, recipe, work.progress, signals)
    save_model(model, folder / MODEL)
    run.finish({"epochs": history, "finetune": asdict(recipe.finetune)})
    return run


def _calibration(
    work: FoldWork, model: ScreeningModel, visits: StudyVisits, run: RunFolder
) -> dict[str, Any]:
    margins = score_visits(model, Sound(work.cohort), visits.validation).margins
    positive = np.array([visit.label in POSITIVE for visit in visits.validation])
    decision = work.recipe.decision
    record_fit(run, ["calibration", "threshold"], "validation", visits.validation)
    return calibrate(
        margins, positive, decision.specificity, work.cohort.simulated, decision.miss_rate
    )
