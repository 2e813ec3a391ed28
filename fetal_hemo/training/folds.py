"""The usable visits of the women who train and of those who validate."""

from __future__ import annotations

from typing import NamedTuple

from fetal_hemo.progress import Progress, silent
from fetal_hemo.recipe import Recipe
from fetal_hemo.recordings.cohort import Cohort
from fetal_hemo.recordings.splits import Splits
from fetal_hemo.training.run_folder import RunFolder
from fetal_hemo.training.survey import Visit, survey

SPLITS, PASSED_OVER = "splits.json", "passed_over.json"


class Folds(NamedTuple):
    """Visits of training and of validation women."""

    train: tuple[Visit, ...]
    validation: tuple[Visit, ...]


def survey_folds(
    run: RunFolder, cohort: Cohort, splits: Splits, recipe: Recipe, progress: Progress = silent
) -> Folds:
    """The `Folds` of a cohort; what was passed over is listed in the run. Raises E-COHORT."""
    found = survey(cohort, splits.recordings("train", cohort.recordings), recipe, progress)
    watched = survey(cohort, splits.recordings("validation", cohort.recordings), recipe)
    run.write_json(PASSED_OVER, [*found.passed_over, *watched.passed_over])
    return Folds(found.visits, watched.visits)
