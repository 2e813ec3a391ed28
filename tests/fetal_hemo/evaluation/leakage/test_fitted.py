"""What a run says of its fits comes back, and what was changed since is refused."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest

from fetal_hemo.errors import FetalHemoError
from fetal_hemo.evaluation.leakage import Fitted, read_fitted
from fetal_hemo.evaluation.leakage.fitted import women_sha256, write_fitted

STAGES = [
    Fitted("threshold", "validation", True, ("w2", "w9")),
    Fitted("calibration", "validation", True, ("w2", "w9")),
    Fitted("encoders", "train", False, ("w1",)),
]


def test_stages_come_back(tmp_path: Path) -> None:
    write_fitted(tmp_path / "f.json", STAGES)
    assert read_fitted(tmp_path / "f.json") == STAGES
    assert len(json.loads((tmp_path / "f.json").read_text())["women"]) == 2
    assert read_fitted(tmp_path / "missing.json") == []


def test_the_hash_is_of_the_sorted_ids() -> None:
    assert women_sha256(["b", "a", "b"]) == hashlib.sha256(b"a\nb").hexdigest()


@pytest.mark.parametrize(
    ("old", "new"),
    [('"w9"', '"w8"'), ('"schema_version": 1', '"schema_version": 9'), ('"women"', '"men"')],
)
def test_what_was_changed_is_refused(tmp_path: Path, old: str, new: str) -> None:
    path = tmp_path / "f.json"
    write_fitted(path, STAGES)
    path.write_text(path.read_text().replace(old, new))
    with pytest.raises(FetalHemoError, match=r"E-RUN: does not say on which women"):
        read_fitted(path)
    for content in ("", "[]", '{"schema_version": 1, "stages": 3}'):
        path.write_text(content)
        with pytest.raises(FetalHemoError, match="E-RUN"):
            read_fitted(path)
