"""The split of fine-tuning: that of pretraining, or one of women whom pretraining never met."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from fetal_hemo.errors import FetalHemoError
from fetal_hemo.recipe import Recipe
from fetal_hemo.recordings.cohort import Cohort
from fetal_hemo.recordings.splits import Splits, make_splits, read_splits
from fetal_hemo.training.ancestry import cohorts_of
from fetal_hemo.training.folds import SPLITS


def finetune_split(
    pretrained: Path, source: dict[str, Any], cohort: Cohort, recipe: Recipe, other_women: bool
) -> Splits:
    """The `Splits` of the run `pretrained`, whose facts are `source`; with `other_women` a new one.

    Raises E-NOT-FOUND; E-SPLIT where the run's split does not hold every woman, or where women
    that are said to be others are not.
    """
    if not other_women:
        return read_splits(pretrained / SPLITS, cohort.recordings)
    if cohort.data_hash in cohorts_of(source, pretrained):
        raise _same_women("it was pretrained on this very cohort", pretrained)
    if not (source["simulated"] or cohort.simulated):  # every simulation begins with W0001
        both = read_splits(pretrained / SPLITS, []).fold_of.keys() & set(cohort.women)
        if both:
            raise _same_women(f"{len(both)} women of the cohort were met there", pretrained)
    return make_splits(cohort.recordings, recipe.labels, recipe.split, recipe.split.seed)


def _same_women(what: str, pretrained: Path) -> FetalHemoError:
    fix = "fine-tune without --other-women: the split of the run holds"
    return FetalHemoError("E-SPLIT", what, str(pretrained), fix)
