"""Evaluation: finetuned run -> scores of women it never saw -> study with controls -> report."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import torch

from fetal_hemo.errors import FetalHemoError
from fetal_hemo.evaluation import StudyInput
from fetal_hemo.evaluation.leakage import Fitted
from fetal_hemo.progress import Progress, silent
from fetal_hemo.recipe import Recipe, load_recipe
from fetal_hemo.recordings.cohort import Cohort, open_cohort, outside
from fetal_hemo.recordings.splits import Splits, read_splits
from fetal_hemo.training.ancestry import learned_from_simulated
from fetal_hemo.training.audit_run import audit_run
from fetal_hemo.training.device_agreement import device_agreement
from fetal_hemo.training.exclusions import flow
from fetal_hemo.training.explained import explained
from fetal_hemo.training.folds import SPLITS
from fetal_hemo.training.kept_survey import SURVEY, KeptSurvey
from fetal_hemo.training.model_file import load_model, model_identity
from fetal_hemo.training.run_folder import (
    RECIPE,
    RunFolder,
    finished_run,
    read_metrics,
    start_run,
)
from fetal_hemo.training.study_facts import ONE_SPLIT
from fetal_hemo.training.study_folder import finish_study
from fetal_hemo.training.study_visits import StudyVisits, study_of
from fetal_hemo.training.survey import Survey, Visit, survey
from firmware_bridge.screen import Screener

SCALER = "scaler and regression of the controls"


def evaluate(
    run_folder: Path | str,
    cohort_folder: Path | str,
    out: Path | str,
    progress: Progress = silent,
    bundle: Path | str | None = None,
    trust: Iterable[Path | str] = (),
) -> dict[str, Any]:
    """The metrics of a study, also written to `out` with its scores and report.

    Only the test women of the run's split are scored; controls are fitted on its training women.
    Threshold and calibration were chosen on validation women and are taken as they are. With a
    `bundle` of the run the device's probabilities are compared with the trained model's. Raises
    `FetalHemoError` with E-RUN, E-COHORT, E-SPLIT, E-USAGE, E-STORAGE or the E-BUNDLE codes.
    """
    run_folder, out = Path(run_folder), outside(out, cohort_folder)
    source = finished_run(run_folder, ["finetune"])
    recipe = load_recipe(run_folder / RECIPE)
    torch.set_num_threads(recipe.finetune.threads)
    cohort = open_cohort(cohort_folder)
    if cohort.data_hash != source["data_hash"]:
        fix = "evaluate on the cohort that the run was trained on"
        raise FetalHemoError("E-COHORT", "is not the run's cohort", str(cohort.folder), fix)
    splits = read_splits(run_folder / SPLITS, cohort.recordings)
    screener = Screener.load(bundle, trust) if bundle else None
    known = {"splits_sha256": splits.sha256, "model": model_identity(run_folder)}
    simulated = learned_from_simulated(source, run_folder)
    with start_run(out, "evaluate", recipe, cohort, False, **known) as study:
        return _study(study, run_folder, recipe, cohort, splits, simulated, screener, progress)


def _study(
    study: RunFolder,
    run_folder: Path,
    recipe: Recipe,
    cohort: Cohort,
    splits: Splits,
    model_simulated: bool,
    screener: Screener | None,
    progress: Progress,
) -> dict[str, Any]:
    kept = KeptSurvey(recipe, study.path / SURVEY, [run_folder / SURVEY])
    heard = {
        fold: survey(cohort, splits.recordings(fold, cohort.recordings), recipe, progress, kept)
        for fold in ("train", "validation", "test")
    }
    parts = {fold: labelled(found) for fold, found in heard.items()}
    visits = StudyVisits(**parts, unheard=unheard_of(heard["test"]))
    model, calibration = load_model(run_folder), read_metrics(run_folder)["calibration"]
    given, embeddings = study_of(
        model, calibration, visits, cohort, recipe, model_simulated, progress
    )
    women = tuple(sorted(set(given.train_women.tolist())))
    audit = audit_run(run_folder, cohort, splits, [Fitted(SCALER, "train", True, women)], progress)
    facts = {
        "leakage": audit,
        "flow": flow(cohort, recipe, kept, parts_of(visits, given)),
        "design": {"kind": ONE_SPLIT, "population": calibration["population"]},
    }
    if screener is not None:
        threshold = calibration["threshold"]
        facts["agreement"] = device_agreement(
            screener, cohort, given.test, threshold, recipe, progress
        )
    shown = explained(model, cohort, visits, embeddings, recipe)
    return finish_study(study, given, {**facts, "explained": shown.facts}, shown.pictures)


def parts_of(visits: StudyVisits, given: StudyInput) -> dict[str, list[str]]:
    """The recording ids of each part of a study."""
    return {
        "training": ids(visits.train),
        "validation": ids(visits.validation),
        **tested_parts(given),
    }


def tested_parts(given: StudyInput) -> dict[str, list[str]]:
    """Test recordings, and those of them that have a probability."""
    return {
        "test": given.test.recording_id.tolist(),
        "test, with a probability": given.scored.recording_id.tolist(),
    }


def ids(visits: tuple[Visit, ...]) -> list[str]:
    """The recording ids of visits."""
    return [visit.recording.recording_id for visit in visits]


def labelled(found: Survey) -> tuple[Visit, ...]:
    """The usable visits with a cuff reading."""
    return tuple(visit for visit in found.visits if visit.label >= 0)


def unheard_of(found: Survey) -> tuple[Visit, ...]:
    """The visits with a cuff reading that a device would abstain from."""
    return tuple(visit for visit in found.unusable if visit.label >= 0)
