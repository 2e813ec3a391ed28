"""The usable visits of the women who train and of those who validate."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import NamedTuple

from fetal_hemo.progress import Progress, silent
from fetal_hemo.recipe import Recipe
from fetal_hemo.recordings.cohort import Cohort
from fetal_hemo.recordings.splits import Splits
from fetal_hemo.training.kept_survey import SURVEY, KeptSurvey
from fetal_hemo.training.run_folder import RunFolder
from fetal_hemo.training.survey import Visit, survey
from fetal_hemo.training.world import wait_for_all

SPLITS, PASSED_OVER = "splits.json", "passed_over.json"


class Folds(NamedTuple):
    """Visits of training and of validation women; `unusable` are those of the latter."""

    train: tuple[Visit, ...]
    validation: tuple[Visit, ...]
    unusable: tuple[Visit, ...] = ()


def survey_folds(
    run: RunFolder,
    cohort: Cohort,
    splits: Splits,
    recipe: Recipe,
    progress: Progress = silent,
    before: Path | None = None,
) -> Folds:
    """The `Folds` of a cohort; what was passed over is listed in the run. Raises E-COHORT.

    What this run heard before it was interrupted is not heard again, nor what the run `before` it
    heard. Of several processes the first listens.
    """
    if not run.writes:
        wait_for_all()
    own = run.path / SURVEY
    if before is not None and (before / SURVEY).exists() and not own.exists():
        shutil.copyfile(before / SURVEY, own)
    kept = KeptSurvey(recipe, own)
    found, watched = (
        survey(cohort, splits.recordings(fold, cohort.recordings), recipe, told, kept)
        for fold, told in (("train", progress), ("validation", silent))
    )
    if run.writes:
        wait_for_all()
    run.write_json(PASSED_OVER, [*found.passed_over, *watched.passed_over])
    return Folds(found.visits, watched.visits, watched.unusable)
