"""Split files and folds, judged with the cohort they are for."""

from __future__ import annotations

from pathlib import Path

import pytest

from fetal_hemo.recordings.audit.split_check import check_split
from fetal_hemo.recordings.folds import make_folds, write_folds
from fetal_hemo.recordings.splits import Splits, write_splits

POSITIVE = {f"w{i}": i < 4 for i in range(2, 14)}


@pytest.fixture
def rows(recording):
    return [recording(row) for row in range(2, 14)]


def texts(found) -> list[str]:
    return [f"{f.level}: {f.text}" for f in found.findings]


def test_a_good_split_is_counted(rows, tmp_path: Path) -> None:
    folds = dict.fromkeys(POSITIVE, "train") | {"w2": "test", "w9": "test"}
    write_splits(Splits(folds | {"w3": "validation", "w8": "validation"}, 0), tmp_path / "s.json")
    found = check_split(tmp_path / "s.json", rows, POSITIVE)
    assert found.women["test"] == {"women": 2, "positive_women": 1, "negative_women": 1}
    assert texts(found) == ["warning: train: no woman with a positive visit"]


def test_cross_validation_folds_are_read_too(rows, tmp_path: Path) -> None:
    folds = make_folds({w: str(p) for w, p in POSITIVE.items()}, 2, 0)
    write_folds(folds, tmp_path / "folds.json")
    found = check_split(tmp_path / "folds.json", rows, POSITIVE)
    assert set(found.fold_of.values()) == {"fold 0", "fold 1"}
    assert sum(its["women"] for its in found.women.values()) == 12
    assert texts(found) == []
    (tmp_path / "few.json").write_bytes((tmp_path / "folds.json").read_bytes())
    strangers = check_split(
        tmp_path / "few.json", [*rows, rows[0].__class__("r", "x", "v", "p")], {}
    )
    assert texts(strangers) == [
        "defect: E-SPLIT: 1 women of the cohort are in no fold; it was made for another cohort"
    ]


def test_a_woman_written_under_two_folds_is_seen(rows, tmp_path: Path) -> None:
    folds = {w: ("test" if w in ("w2", "w9") else "train") for w in POSITIVE}
    path = tmp_path / "s.json"
    write_splits(Splits(folds, 0), path)
    text = path.read_text().replace('"w2": "test"', '"w2": "train",\n  "w2": "test"')
    path.write_text(text)
    assert "defect: 1 women stand in the split more than once" in texts(
        check_split(path, rows, POSITIVE)
    )


@pytest.mark.parametrize("content", ["", "[]", "{}", '{"kind": "k-fold"}', "[" * 100_000])
def test_a_broken_file_is_a_defect(rows, tmp_path: Path, content: str) -> None:
    (tmp_path / "s.json").write_text(content)
    for name in ("s.json", "nowhere.json"):
        found = check_split(tmp_path / name, rows, POSITIVE)
        (finding,) = found.findings
        assert finding.level == "defect"
        assert finding.text.startswith("E-")
        assert str(tmp_path) not in finding.text
        assert found.fold_of == {}
