"""Splits: by woman, stratified, the same on every machine, and hard to change by accident."""

from __future__ import annotations

import json
import random
from pathlib import Path

import pytest

from fetal_hemo.errors import FetalHemoError
from fetal_hemo.recipe import load_recipe
from fetal_hemo.recordings.recording import Recording
from fetal_hemo.recordings.splits import FOLDS, make_splits, read_splits, write_splits
from fetal_hemo.settings import SplitShares

LABELS = load_recipe().labels
SHARES = SplitShares(validation=0.2, test=0.2, seed=0)


def cohort(positive: int, negative: int, unlabelled: int = 0) -> list[Recording]:
    """Two visits a woman; a positive woman has one positive and one normal visit."""
    rows = []
    for i in range(positive + negative + unlabelled):
        for visit in range(2):
            pressure = (150.0, 95.0) if i < positive and visit == 1 else (110.0, 70.0)
            sbp, dbp = pressure if i < positive + negative else (None, None)
            name = f"{i}-{visit}"
            row = Recording(name, f"w{i}", f"v{name}", name, sbp_mmhg=sbp, dbp_mmhg=dbp)
            rows.append(row)
    return rows


def positives(women: list[str], positive: int) -> int:
    return sum(int(woman[1:]) < positive for woman in women)


@pytest.mark.parametrize("seed", range(5))
def test_every_fold_has_its_share_of_both_kinds_of_women(seed: int) -> None:
    rows = cohort(20, 180)
    splits = make_splits(rows, LABELS, SHARES, seed)
    sizes = {"train": 120, "validation": 40, "test": 40}
    for fold in FOLDS:
        assert len(splits.women(fold)) == sizes[fold]
        assert positives(splits.women(fold), 20) == sizes[fold] / 10
    everyone = [woman for fold in FOLDS for woman in splits.women(fold)]
    assert sorted(everyone) == sorted({r.participant_id for r in rows})


def test_no_woman_is_in_two_folds() -> None:
    rows = cohort(10, 30)
    splits = make_splits(rows, LABELS, SHARES, 0)
    folds = {fold: splits.recordings(fold, rows) for fold in FOLDS}
    assert sum(map(len, folds.values())) == len(rows)
    for one, other in (("train", "validation"), ("train", "test"), ("validation", "test")):
        women = {r.participant_id for r in folds[one]} & {r.participant_id for r in folds[other]}
        assert not women


@pytest.mark.parametrize(("validation", "test"), [(0.2, 0.2), (0.01, 0.01), (0.45, 0.45)])
@pytest.mark.parametrize("women", [3, 4, 5, 11])
def test_the_smallest_cohorts_still_fill_every_fold(
    women: int, validation: float, test: float
) -> None:
    shares = SplitShares(validation, test, seed=0)
    splits = make_splits(cohort(women, women), LABELS, shares, 0)
    for fold in FOLDS:
        found = splits.women(fold)
        assert 0 < positives(found, women) < len(found)


@pytest.mark.parametrize(
    ("positive", "negative", "says"),
    [(2, 20, "2 women with a positive visit"), (20, 0, "0 women without a positive visit")],
)
def test_too_few_women_of_a_kind_are_named(positive: int, negative: int, says: str) -> None:
    with pytest.raises(FetalHemoError, match=f"E-SPLIT: {says}, and each fold needs one"):
        make_splits(cohort(positive, negative), LABELS, SHARES, 0)


def test_women_without_any_reading_train() -> None:
    splits = make_splits(cohort(5, 5, unlabelled=6), LABELS, SHARES, 0)
    assert {f"w{i}" for i in range(10, 16)} <= set(splits.women("train"))


def test_only_seed_and_women_decide() -> None:
    rows = cohort(10, 30)
    shuffled = rows.copy()
    random.Random(0).shuffle(shuffled)
    first = make_splits(rows, LABELS, SHARES, 0)
    assert make_splits(shuffled, LABELS, SHARES, 0) == first
    assert make_splits(rows, LABELS, SHARES, 1).fold_of != first.fold_of


def test_the_split_of_a_known_cohort_stays_what_it_is() -> None:
    splits = make_splits(cohort(3, 3), LABELS, SHARES, 0)
    # ordered by `printf 0:w0 | sha256sum`: w0 w2 w1 with a positive visit, w4 w5 w3 without
    assert splits.women("test") == ["w0", "w4"]
    assert splits.women("validation") == ["w2", "w5"]
    assert splits.women("train") == ["w1", "w3"]


def test_a_written_split_reads_back_equal_with_the_same_hash(tmp_path: Path) -> None:
    rows = cohort(5, 10, unlabelled=1)
    splits = make_splits(rows, LABELS, SHARES, 3)
    write_splits(splits, tmp_path / "splits.json")
    again = read_splits(tmp_path / "splits.json", rows)
    assert again == splits
    assert again.sha256 == splits.sha256


def test_a_changed_split_is_refused(tmp_path: Path) -> None:
    rows, path = cohort(5, 10), tmp_path / "splits.json"
    write_splits(make_splits(rows, LABELS, SHARES, 0), path)
    document = json.loads(path.read_text())
    woman = next(w for w, fold in document["folds"].items() if fold == "test")
    document["folds"][woman] = "train"
    path.write_text(json.dumps(document))
    with pytest.raises(FetalHemoError, match="E-SPLIT: was changed after it was made"):
        read_splits(path, rows)


def test_the_split_of_another_cohort_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "splits.json"
    write_splits(make_splits(cohort(5, 10), LABELS, SHARES, 0), path)
    with pytest.raises(FetalHemoError, match="E-SPLIT: 2 women of the cohort are in no fold"):
        read_splits(path, cohort(5, 12))


@pytest.mark.parametrize(
    "content",
    [
        "",
        "[]",
        "{}",
        '{"schema_version": 2}',
        '{"schema_version": 1, "seed": 0, "folds": []}',
        '{"schema_version": 1, "seed": "0", "folds": {}}',
        '{"schema_version": 1, "seed": 0, "folds": {"w": ["test"]}}',
        '{"schema_version": 1, "seed": 0, "folds": {"w": "tset"}}',
        "[" * 100_000,
    ],
)
def test_what_is_no_split_file_is_refused(tmp_path: Path, content: str) -> None:
    path = tmp_path / "splits.json"
    path.write_text(content)
    with pytest.raises(FetalHemoError, match="E-SPLIT"):
        read_splits(path, [])


def test_storage_that_fails_is_named(tmp_path: Path) -> None:
    splits = make_splits(cohort(3, 3), LABELS, SHARES, 0)
    with pytest.raises(FetalHemoError, match="E-STORAGE"):
        write_splits(splits, tmp_path / "none" / "splits.json")
    with pytest.raises(FetalHemoError, match="E-NOT-FOUND"):
        read_splits(tmp_path / "none.json", [])
