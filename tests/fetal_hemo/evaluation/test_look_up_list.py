"""The list names the recordings that are doubtful, and only those with a probability."""

import csv
from pathlib import Path

import numpy as np
import pytest

from benchmarks.statistics import cohort, score_table
from fetal_hemo.errors import FetalHemoError
from fetal_hemo.evaluation.look_up_list import HEADER, write_look_up_list


def test_most_doubtful_first_and_none_without_probability(tmp_path: Path) -> None:
    generator = np.random.default_rng(0)
    table = score_table(generator, cohort(generator, 200), "t")
    count = write_look_up_list(table, tmp_path / "new" / "list.csv")
    with (tmp_path / "new" / "list.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert 0 < len(rows) == count
    assert tuple(rows[0]) == HEADER
    own = [
        float(r["probability"]) if r["label"] == "1" else 1 - float(r["probability"]) for r in rows
    ]
    assert own == sorted(own)
    answered = set(table.recording_id[table.scored])
    assert {row["recording_id"] for row in rows} <= answered


def test_a_folder_that_cannot_be_made(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    generator = np.random.default_rng(0)
    with pytest.raises(FetalHemoError, match="E-STORAGE"):
        write_look_up_list(
            score_table(generator, cohort(generator, 9), "t"), tmp_path / "file" / "x"
        )
