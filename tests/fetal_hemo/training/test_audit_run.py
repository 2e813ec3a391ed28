"""Leaks planted in real runs and real files are found by the audit that `evaluate` makes."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile

from fetal_hemo.evaluation.leakage import sound, stage
from fetal_hemo.recordings.cohort import Cohort, open_cohort
from fetal_hemo.recordings.splits import Splits, make_splits
from fetal_hemo.training.audit_run import audit_run
from fetal_hemo.training.fits import record_fit
from fetal_hemo.training.pretrain import train
from fetal_hemo.training.run_folder import RunFolder, start_run


@pytest.fixture
def splits(surveyed, smallest) -> Splits:
    recipe = smallest()
    return make_splits(surveyed.cohort.recordings, recipe.labels, recipe.split, 0)


def found(run: Path, cohort: Cohort, splits: Splits) -> dict[str, list[str]]:
    answers = audit_run(run, cohort, splits)["questions"]
    return {a["question"]: a["findings"] for a in answers if a["clean"] is False}


def visits_of(surveyed: Any, splits: Splits, *folds: str) -> list[Any]:
    return [
        visit
        for visit in surveyed.found.visits
        if splits.fold_of[visit.recording.participant_id] in folds
    ]


@pytest.mark.parametrize("is_planted", [False, True])
def test_prototypes_of_women_outside_the_fold(
    surveyed, smallest, splits: Splits, tmp_path: Path, is_planted: bool
) -> None:
    """The training itself is given all women, and the run says so."""
    recipe, cohort = smallest(pretrain={"epochs": 1}), surveyed.cohort
    run = start_run(tmp_path / "run", "pretrain", recipe, cohort, False)
    folds = ("train", "validation", "test") if is_planted else ("train",)
    watched = visits_of(surveyed, splits, "validation")
    train(run, cohort, visits_of(surveyed, splits, *folds), watched, recipe)
    leaks = found(run.path, cohort, splits)
    if not is_planted:
        assert leaks == {}
        return
    said = leaks[stage.OUTSIDE]
    assert any("pretraining's class prototypes" in text for text in said)
    assert all("of test" in text and "not of train" in text for text in said)


def test_a_threshold_of_test_women(surveyed, splits: Splits, tmp_path: Path) -> None:
    run = RunFolder(tmp_path, {})
    record_fit(run, ["class prototypes"], "train", visits_of(surveyed, splits, "train"))
    record_fit(run, ["threshold"], "validation", visits_of(surveyed, splits, "test"))
    leaks = found(tmp_path, surveyed.cohort, splits)
    assert "threshold" in leaks[stage.ON_TEST][0]
    assert "threshold" in leaks[stage.OUTSIDE][0]


@pytest.mark.parametrize("how", ["file", "windows"])
def test_sound_that_is_in_two_folds(surveyed, splits: Splits, tmp_path: Path, how: str) -> None:
    """A training recording again under a test woman's name: as it is, or changed."""
    copy = tmp_path / "cohort"
    shutil.copytree(surveyed.cohort.folder, copy)
    opened = open_cohort(copy)
    source, target = (splits.recordings(fold, opened.recordings)[0] for fold in ("train", "test"))
    if how == "file":
        shutil.copy(copy / source.path, copy / target.path)
    else:
        samples, rate = soundfile.read(copy / source.path, dtype="float32")
        quiet = np.random.default_rng(0).normal(size=3 * rate) * 1e-3
        moved = np.concatenate([quiet, -0.5 * samples[: -5 * rate]])
        soundfile.write(copy / target.path, moved, rate, subtype="PCM_16")
    leaks = found(tmp_path, opened, splits)
    question = sound.FILES if how == "file" else sound.WINDOWS
    assert list(leaks) == [question]
    (text,) = leaks[question]
    assert f"{min(source.row, target.row)} and {max(source.row, target.row)}" in text
