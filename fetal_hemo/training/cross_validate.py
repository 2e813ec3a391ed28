"""A study in which every woman is tested once: folds, one after the other, then one report."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch

from fetal_hemo.evaluation.leakage import FITTED, LeakageInput, audit_leakage, read_fitted
from fetal_hemo.evaluation.pooled_study import pooled_study
from fetal_hemo.progress import Progress, silent
from fetal_hemo.recipe import load_recipe
from fetal_hemo.recordings.audit.audio_check import check_audio
from fetal_hemo.recordings.audit.sharing import Shared, find_shared
from fetal_hemo.recordings.cohort import Cohort, open_cohort, outside
from fetal_hemo.training.candidates import candidates
from fetal_hemo.training.exclusions import flow
from fetal_hemo.training.fold_plan import FoldPlan, plan_folds
from fetal_hemo.training.kept_survey import SURVEY, KeptSurvey
from fetal_hemo.training.run_folder import read_metrics, start_run
from fetal_hemo.training.sources import SIGNALS
from fetal_hemo.training.study_fold import FoldWork, fold_folder, run_fold
from fetal_hemo.training.study_folder import finish_study

Say = Callable[[str], None]
TRANSDUCTIVE = (
    "TRANSDUCTIVE: pretraining heard the test women too (without a label); the numbers are not "
    "those of women nobody has heard."
)


def cross_validate(
    cohort_folder: Path | str,
    recipe_file: Path | str,
    out: Path | str,
    resume: bool = False,
    say: Say = lambda line: None,
    progress: Progress = silent,
) -> dict[str, Any]:
    """The metrics of a study by the recipe's `[study]`, also written to `out` with its report.

    In each fold the encoders are pretrained, the classifier trained, the candidate, the
    calibration and the threshold chosen on women who are not tested in it. Raises E-RECIPE,
    E-COHORT, E-SPLIT, E-RUN, E-USAGE, E-STORAGE, E-DIVERGED or E-INTERRUPTED; `resume` goes on
    fold by fold.
    """
    recipe, out = load_recipe(recipe_file), outside(out, cohort_folder)
    candidates(recipe)  # a bad one is refused before hours have gone by
    torch.set_num_threads(recipe.finetune.threads)
    cohort = open_cohort(cohort_folder)
    plans = plan_folds(cohort, recipe)
    splits = {plan.name: plan.splits.sha256 for plan in plans}
    with start_run(out, "evaluate", recipe, cohort, resume, splits_sha256=splits) as study:
        kept = KeptSurvey(recipe, study.path / SURVEY)
        work = FoldWork(study.path, cohort, recipe, kept, plans[0].name, progress)
        folds = {}
        for number, plan in enumerate(plans, start=1):
            say(f"{plan.name} ({number} of {len(plans)})")
            folds[plan.name] = run_fold(work, plan)
        metrics = finish_study(study, pooled_study(folds), _facts(work, plans))
        shutil.rmtree(study.path / SIGNALS, ignore_errors=True)
    return metrics


def _facts(work: FoldWork, plans: list[FoldPlan]) -> dict[str, Any]:
    """What the report says of the study besides its numbers."""
    study, cohort, recipe = work.study, work.cohort, work.recipe
    return {
        "explained": _of(study, plans[0])["explained"],
        "leakage": _audit(study, cohort, plans, work.progress),
        "flow": flow(cohort, recipe, work.kept, _parts(study, plans)),
        "design": {
            "kind": recipe.study.kind.replace("_", " "),
            "population": "validation women of each fold",
            "pretraining": recipe.study.pretraining,
            "note": TRANSDUCTIVE if recipe.study.pretraining == "once" else "",
            "candidates": {p.name: _of(study, p)["candidates"] for p in plans},
        },
    }


def _of(study: Path, plan: FoldPlan) -> dict[str, Any]:
    return read_metrics(fold_folder(study, plan.name))


def _parts(study: Path, plans: list[FoldPlan]) -> dict[str, list[str]]:
    """In a cross-validation the same women train, validate and are tested, in turn."""
    parts: dict[str, list[str]] = {}
    for plan in plans:
        for name, ids in _of(study, plan)["parts"].items():
            parts.setdefault(name, []).extend(ids)
    return parts


def _audit(
    study: Path, cohort: Cohort, plans: list[FoldPlan], progress: Progress
) -> dict[str, Any]:
    """The audit of every fold, as one: a question is clean if it is in all of them."""
    audio = check_audio(cohort.folder, cohort.recordings, progress)
    shared = find_shared(cohort.folder, cohort.recordings, audio, progress)
    found = {plan.name: _audit_fold(study, plan, shared) for plan in plans}
    questions = []
    for rows in zip(*(audit["questions"] for audit in found.values()), strict=True):
        answers = [row["clean"] for row in rows]
        named = zip(found, rows, strict=True)
        findings = [f"{name}: {text}" for name, row in named for text in row["findings"]]
        questions.append(
            {
                "question": rows[0]["question"],
                "clean": False if False in answers else None if None in answers else True,
                "findings": findings,
            }
        )
    worst = min(found.values(), key=lambda audit: {False: 0, None: 1, True: 2}[audit["clean"]])
    verdict = f"{worst['verdict']} (asked in each of {len(plans)} folds)"
    return {"clean": worst["clean"], "verdict": verdict, "questions": questions}


def _audit_fold(study: Path, plan: FoldPlan, shared: list[Shared]) -> dict[str, Any]:
    fitted = read_fitted(fold_folder(study, plan.name) / FITTED)
    recordings = [*plan.others, *plan.tested]
    inside = {r.recording_id for r in recordings}
    twins = [s for s in shared if {s.first.recording_id, s.second.recording_id} <= inside]
    return audit_leakage(LeakageInput(recordings, plan.splits.fold_of, fitted, twins))
