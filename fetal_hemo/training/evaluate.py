"""Evaluation: finetuned run -> scores of women it never saw -> study with controls -> report."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import torch

from fetal_hemo.encoders import ScreeningModel
from fetal_hemo.errors import FetalHemoError
from fetal_hemo.evaluation import ControlFeatures, ScoreTable, StudyInput, controls, run_study
from fetal_hemo.evaluation.leakage import Fitted
from fetal_hemo.evaluation.look_up_list import LOOK_UP, write_look_up_list
from fetal_hemo.progress import Progress, silent
from fetal_hemo.recipe import Recipe, load_recipe
from fetal_hemo.recordings.audio import load_samples
from fetal_hemo.recordings.cohort import Cohort, open_cohort
from fetal_hemo.recordings.splits import Splits, read_splits
from fetal_hemo.report.study_report import write_study_report
from fetal_hemo.training.audit_run import audit_run
from fetal_hemo.training.calibrate import probability_of
from fetal_hemo.training.control_features import control_features, numbers
from fetal_hemo.training.folds import SPLITS
from fetal_hemo.training.kept_survey import SURVEY, KeptSurvey
from fetal_hemo.training.model_file import load_model
from fetal_hemo.training.picture import picture_of
from fetal_hemo.training.randomness import seed_initial_weights
from fetal_hemo.training.run_folder import (
    RECIPE,
    RunFolder,
    finished_run,
    read_metrics,
    start_run,
)
from fetal_hemo.training.scoring import POSITIVE, Scores, score_visits
from fetal_hemo.training.sources import Sound
from fetal_hemo.training.survey import Visit, survey
from firmware_bridge.store import write_atomically

SCORES, PICTURE, REPORT = "scores.csv", "recording.svg", "report.html"
VALIDATION_SCORES = "validation_scores.csv"


def evaluate(
    run_folder: Path | str,
    cohort_folder: Path | str,
    out: Path | str,
    progress: Progress = silent,
) -> dict[str, Any]:
    """The metrics of a study, also written to `out` with its scores and report.

    Only the test women of the run's split are scored; controls are fitted on its training women.
    Threshold and calibration were chosen on validation women and are taken as they are. Raises
    `FetalHemoError` with E-RUN, E-COHORT, E-SPLIT or E-STORAGE.
    """
    run_folder = Path(run_folder)
    source = finished_run(run_folder, ["finetune"])
    recipe = load_recipe(run_folder / RECIPE)
    torch.set_num_threads(recipe.finetune.threads)
    cohort = open_cohort(cohort_folder)
    if cohort.data_hash != source["data_hash"]:
        fix = "evaluate on the cohort that the run was trained on"
        raise FetalHemoError("E-COHORT", "is not the run's cohort", str(cohort.folder), fix)
    splits = read_splits(run_folder / SPLITS, cohort.recordings)
    known = {"splits_sha256": splits.sha256}
    with start_run(out, "evaluate", recipe, cohort, False, **known) as study:
        return _study(study, run_folder, recipe, cohort, splits, progress)


def _study(
    study: RunFolder,
    run_folder: Path,
    recipe: Recipe,
    cohort: Cohort,
    splits: Splits,
    progress: Progress,
) -> dict[str, Any]:
    kept = KeptSurvey(recipe, study.path / SURVEY, [run_folder / SURVEY])
    train = _labelled_visits(cohort, splits, recipe, "train", progress, kept)
    test = _labelled_visits(cohort, splits, recipe, "test", progress, kept)
    model = load_model(run_folder)
    scores = score_visits(model, Sound(cohort), test, progress)
    calibration = read_metrics(run_folder)["calibration"]
    table = score_table(test, scores, calibration, "test")
    table.write(study.path / SCORES)
    write_look_up_list(table, study.path / LOOK_UP)
    validation = _labelled_visits(cohort, splits, recipe, "validation", progress, kept)
    known = score_table(
        validation, score_visits(model, Sound(cohort), validation), calibration, "validation"
    )
    known.write(study.path / VALIDATION_SCORES)
    metrics = run_study(
        StudyInput(
            test=table,
            control_features=_controls(model, cohort, train, test, scores, recipe),
            train_labels=np.array([int(v.label in POSITIVE) for v in train]),
            train_women=np.array([v.recording.participant_id for v in train]),
            embeddings_test=scores.embeddings.astype(np.float64),
            specificity=recipe.decision.specificity,
            prevalence=recipe.decision.prevalence,
            threshold=calibration["threshold"],
            simulated=cohort.simulated,
            limits=recipe.labels.hypertensive,
            validation=known,
            seed=recipe.split.seed,
        )
    )
    women = tuple(sorted({visit.recording.participant_id for visit in train}))
    beside = [Fitted("scaler and regression of the controls", "train", True, women)]
    metrics["leakage"] = audit_run(run_folder, cohort, splits, beside, progress)
    best = max(test, key=lambda visit: len(visit.usable))
    samples = load_samples(cohort.audio_path(best.recording), best.channel)
    picture = picture_of(model, samples, best, recipe, cohort.simulated)
    write_atomically(study.path / PICTURE, picture.encode())
    write_study_report(metrics, table, study.path / REPORT, [picture])
    study.finish(metrics)
    return metrics


def _labelled_visits(
    cohort: Cohort,
    splits: Splits,
    recipe: Recipe,
    fold: str,
    progress: Progress,
    kept: KeptSurvey,
) -> list[Visit]:
    found = survey(cohort, splits.recordings(fold, cohort.recordings), recipe, progress, kept)
    return [visit for visit in found.visits if visit.label >= 0]


def _controls(
    model: ScreeningModel,
    cohort: Cohort,
    train: list[Visit],
    test: list[Visit],
    scores: Scores,
    recipe: Recipe,
) -> dict[str, ControlFeatures]:
    """Controls without sound, and the same network with random and with trained weights."""
    seed_initial_weights(recipe.finetune.seed)
    random, source = ScreeningModel(model.size), Sound(cohort)
    table = control_features(train, test)
    table[controls.RANDOM] = ControlFeatures(
        score_visits(random, source, train).embeddings.astype(np.float64),
        score_visits(random, source, test).embeddings.astype(np.float64),
    )
    table[controls.EMBEDDING] = ControlFeatures(
        score_visits(model, source, train).embeddings.astype(np.float64),
        scores.embeddings.astype(np.float64),
    )
    return table


def score_table(
    visits: list[Visit], scores: Scores, calibration: dict[str, Any], fold: str
) -> ScoreTable:
    """The `ScoreTable` of a fold's visits, with probabilities as a device would give them."""
    slope, intercept = calibration["slope"], calibration["intercept"]
    margins = scores.margins.astype(np.float64)
    known = [visit.recording for visit in visits]
    measured = numbers(
        [
            [
                visit.recording.gestational_age_days,
                visit.recording.maternal_age_years,
                visit.recording.bmi_kg_m2,
                visit.recording.parity,
                visit.recording.sbp_mmhg,
                visit.recording.dbp_mmhg,
                visit.mean_bpm,
                visit.short_term_variation_ms,
                visit.long_term_variation_ms,
                len(visit.usable) / visit.windows,
            ]
            for visit in visits
        ]
    ).T
    return ScoreTable(
        np.array([r.recording_id for r in known]),
        np.array([r.participant_id for r in known]),
        np.array([r.visit_id for r in known]),
        np.array([fold] * len(known)),
        np.array([r.device_id or "" for r in known]),
        np.array([r.site_id or "" for r in known]),
        np.array([int(visit.label in POSITIVE) for visit in visits]),
        np.array([visit.label for visit in visits]),
        np.zeros(len(visits), dtype=bool),
        probability_of(margins, slope, intercept),
        margins,
        scores.logits.astype(np.float64),
        *measured,
    )
