"""Folds hold whole women, spread every stratum, and notice a change to their file."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fetal_hemo.errors import FetalHemoError
from fetal_hemo.recordings.folds import make_folds, read_folds, write_folds

STRATA = {f"W{i}": "positive" if i < 11 else "rare" if i < 14 else "negative" for i in range(53)}


@given(st.dictionaries(st.text(min_size=1), st.sampled_from("abc"), min_size=2), st.integers(2, 9))
def test_every_woman_is_held_out_once_and_strata_are_even(strata: dict[str, str], k: int) -> None:
    k = min(k, len(strata))
    folds = make_folds(strata, k, seed=1)
    held_out = [woman for fold in range(k) for woman in folds.test_women(fold)]
    assert sorted(held_out) == sorted(strata)
    for fold in range(k):
        assert not set(folds.test_women(fold)) & set(folds.train_women(fold))
    for group in ({*strata.values()}, *({name} for name in strata.values())):
        sizes = Counter(folds.fold_of[woman] for woman in strata if strata[woman] in group)
        counts = [sizes[fold] for fold in range(k)]
        assert max(counts) - min(counts) <= 1


def test_order_of_rows_has_no_part_in_it_and_the_seed_has() -> None:
    backwards = dict(reversed(STRATA.items()))
    assert make_folds(STRATA, 5, 0) == make_folds(backwards, 5, 0)
    assert make_folds(STRATA, 5, 0).sha256 == make_folds(backwards, 5, 0).sha256
    assert make_folds(STRATA, 5, 0).fold_of != make_folds(STRATA, 5, 1).fold_of


@pytest.mark.parametrize("k", [0, 1, 54])
def test_impossible_numbers_of_folds(k: int) -> None:
    with pytest.raises(FetalHemoError, match="E-SPLIT"):
        make_folds(STRATA, k, 0)


def test_written_and_read(tmp_path: Path) -> None:
    folds = make_folds(STRATA, 5, 0)
    write_folds(folds, tmp_path / "splits.json")
    assert read_folds(tmp_path / "splits.json") == folds


def test_a_woman_moved_by_hand_is_noticed(tmp_path: Path) -> None:
    path = tmp_path / "splits.json"
    write_folds(make_folds(STRATA, 5, 0), path)
    document = json.loads(path.read_text())
    document["folds"]["W3"] = (document["folds"]["W3"] + 1) % 5
    path.write_text(json.dumps(document))
    with pytest.raises(FetalHemoError, match="E-SPLIT: was changed"):
        read_folds(path)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "{}",
        '{"schema_version": 1, "kind": "k-fold", "k": 2, "seed": 0, "folds": {"a": 2}}',
    ],
)
def test_what_is_no_file_of_folds(tmp_path: Path, text: str) -> None:
    (tmp_path / "splits.json").write_text(text)
    with pytest.raises(FetalHemoError, match="E-SPLIT"):
        read_folds(tmp_path / "splits.json")
    with pytest.raises(FetalHemoError, match="E-NOT-FOUND"):
        read_folds(tmp_path / "none.json")
