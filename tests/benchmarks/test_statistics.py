"""The benchmark of the statistics: what it draws, what it promises, what it prints."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from benchmarks.statistics import (
    TRUE_AUROC,
    VISITS,
    WOMEN,
    clustered_covers,
    cohort,
    delong_covers,
    score_table,
    seconds_per_auroc,
    whole,
)
from fetal_hemo.evaluation.auroc import clustered_auroc

PROJECT = Path(__file__).resolve().parents[2]


def test_the_truth_is_that_of_the_population() -> None:
    generator = np.random.default_rng(0)
    found = [clustered_auroc(c.scores, c.labels, c.women) for c in _many(generator, 100)]
    assert np.mean([e.value for e in found]) == pytest.approx(TRUE_AUROC, abs=0.01)


def test_repeat_visits_undo_delong_and_not_the_clustered_interval() -> None:
    many = _many(np.random.default_rng(1), 300)
    # Three standard errors of a share of 300 are 3.8 points.
    assert np.mean([clustered_covers(c) for c in many]) == pytest.approx(0.95, abs=0.04)
    assert np.mean([delong_covers(c) for c in many]) < 0.89


def test_a_whole_study_has_the_size_it_says_and_an_auroc_of_it_is_quick() -> None:
    one = whole(np.random.default_rng(2))
    assert len(one.women) == VISITS
    assert len(np.unique(one.women)) == WOMEN
    assert seconds_per_auroc(one, runs=3) < 0.2


def test_pressures_fit_the_labels() -> None:
    generator = np.random.default_rng(3)
    table = score_table(generator, cohort(generator, 50), "test")
    assert (((table.sbp_mmhg >= 140) | (table.dbp_mmhg >= 90)) == (table.label == 1)).all()


def _many(generator: np.random.Generator, studies: int) -> list:
    return [cohort(generator, 300) for _ in range(studies)]


@pytest.mark.slow
def test_one_object_with_the_promised_keys_and_goals() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.statistics", "--studies", "500", "--json"],
        capture_output=True,
        text=True,
        cwd=PROJECT,
        timeout=300,
    )
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert 0.93 <= found["coverage_clustered"] <= 0.97
    assert found["coverage_delong"] <= 0.91
    assert found["report_seconds"] <= 30
    assert found["report_bytes"] <= 5_000_000
    assert found["ms_per_auc"] > 0
