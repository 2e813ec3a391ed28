"""Who is held out in which fold of a study."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from fetal_hemo.errors import FetalHemoError
from fetal_hemo.recipe import Recipe
from fetal_hemo.recordings.bp import class_of, is_positive
from fetal_hemo.recordings.cohort import Cohort
from fetal_hemo.recordings.folds import make_folds
from fetal_hemo.recordings.recording import Recording
from fetal_hemo.recordings.splits import Splits, place_of

KNOWN_BY = {"leave_site_out": "site_id", "leave_device_out": "device_id"}
FEWEST = 3  # women with, and women without a raised visit, beside those that are held out


@dataclass(frozen=True)
class FoldPlan:
    """A fold: the women's places, and the recordings that are tested and that may train."""

    name: str
    splits: Splits
    tested: tuple[Recording, ...]
    others: tuple[Recording, ...]

    def recordings(self, part: str) -> list[Recording]:
        """The recordings of `train`, `validation` or `test`."""
        if part == "test":
            return list(self.tested)
        return self.splits.recordings(part, self.others)


def plan_folds(cohort: Cohort, recipe: Recipe) -> list[FoldPlan]:
    """The `FoldPlan`s of a study. A woman is never tested by what knew any recording of hers.

    Raises E-COHORT where the manifest does not know the site, device or date, and E-SPLIT where
    too few women are left to train and validate.
    """
    study = recipe.study
    if study.kind == "cross_validation":
        held_out = _by_woman(cohort, recipe)
    elif study.kind == "temporal":
        return [_temporal(cohort, recipe)]
    else:
        held_out = _by_column(cohort, KNOWN_BY[study.kind])
    return [_plan(name, tested, cohort.recordings, recipe) for name, tested in held_out.items()]


def _by_woman(cohort: Cohort, recipe: Recipe) -> dict[str, list[Recording]]:
    stratum = {woman: kind for kind, women in _strata(cohort.recordings, recipe) for woman in women}
    folds = make_folds(stratum, recipe.study.folds, recipe.study.seed)
    return {
        f"fold-{number + 1}": [
            r for r in cohort.recordings if folds.fold_of[r.participant_id] == number
        ]
        for number in range(folds.k)
    }


def _by_column(cohort: Cohort, column: str) -> dict[str, list[Recording]]:
    values = [getattr(recording, column) for recording in cohort.recordings]
    known = sorted({value for value in values if value})
    if None in values or len(known) < 2:
        what = f"{column} must be known of every recording and have two values at least"
        raise FetalHemoError("E-COHORT", what, str(cohort.folder), "add the column to the manifest")
    pairs = list(zip(values, cohort.recordings, strict=True))
    # Numbered: a value of a manifest is no safe name of a folder.
    return {
        f"{column.removesuffix('_id')}-{number + 1}": [r for value, r in pairs if value == name]
        for number, name in enumerate(known)
    }


def _temporal(cohort: Cohort, recipe: Recipe) -> FoldPlan:
    """The women who came last are tested; others train by what was recorded before them."""
    when = {r.recording_id: _date(r, recipe.study.date_column) for r in cohort.recordings}
    first: dict[str, date] = {}
    for recording in cohort.recordings:
        woman, day = recording.participant_id, when[recording.recording_id]
        first[woman] = min(day, first.get(woman, day))
    ordered = sorted(first, key=lambda woman: (first[woman], woman))
    cut = first[ordered[-max(1, round(recipe.split.test * len(ordered)))]]
    tested = [r for r in cohort.recordings if first[r.participant_id] >= cut]
    before = [r for r in cohort.recordings if when[r.recording_id] < cut]
    return _plan("latest", tested, before, recipe)


def _date(recording: Recording, column: str) -> date:
    try:
        return date.fromisoformat(recording.extra.get(column, ""))
    except ValueError:
        what = f"row {recording.row} has no date in the column {column}"
        raise FetalHemoError("E-COHORT", what, fix="write it as YYYY-MM-DD") from None


def _plan(
    name: str, tested: Sequence[Recording], recordings: Sequence[Recording], recipe: Recipe
) -> FoldPlan:
    """A woman with a tested recording never trains; the rest share validation by stratum."""
    out = {r.participant_id for r in tested}
    others = tuple(r for r in recordings if r.participant_id not in out)
    fold_of = dict.fromkeys(sorted(out), "test")
    for kind, women in _strata(others, recipe):
        if kind == "unlabelled":
            fold_of.update(dict.fromkeys(women, "train"))
            continue
        if len(women) < FEWEST:
            what = f"{name}: only {len(women)} women {kind} a raised visit are not held out"
            raise FetalHemoError("E-SPLIT", what, fix="fewer folds, or more women")
        fold_of.update(_inner(women, recipe))
    return FoldPlan(name, Splits(fold_of, recipe.study.seed), tuple(tested), others)


def _inner(women: Sequence[str], recipe: Recipe) -> dict[str, str]:
    ordered = sorted(women, key=lambda woman: place_of(recipe.study.seed, woman))
    watched = max(1, round(recipe.split.validation * len(women)))
    return {
        woman: "validation" if number < watched else "train" for number, woman in enumerate(ordered)
    }


def _strata(recordings: Iterable[Recording], recipe: Recipe) -> list[tuple[str, list[str]]]:
    """Women with a raised visit, without one, and without any reading."""
    known: dict[str, set[bool]] = {}
    for recording in recordings:
        said = is_positive(class_of(recording, recipe.labels))
        known.setdefault(recording.participant_id, set()).update([] if said is None else [said])
    kind_of = {
        woman: "unlabelled" if not said else "with" if True in said else "without"
        for woman, said in known.items()
    }
    kinds = ("with", "without", "unlabelled")
    return [(kind, sorted(w for w, its in kind_of.items() if its == kind)) for kind in kinds]
