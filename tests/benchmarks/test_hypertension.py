"""The comparison of rows as it is called, in its smoke form."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks.ablation.rows import OURS, SMOKE_ROWS
from fetal_hemo.constants import VIEWS

PROJECT = Path(__file__).resolve().parents[2]


@pytest.mark.slow
def test_the_smoke_form_as_called(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "benchmarks.hypertension", "--smoke", "--json"]
    done = subprocess.run(
        [*command, "--work", str(tmp_path)],
        cwd=PROJECT,
        env={**os.environ, "OMP_NUM_THREADS": "1"},
        capture_output=True,
        text=True,
        timeout=1_200,
    )
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert found["simulated"] is True
    rows = found["table"]["effect_1"]
    assert set(rows) == {"oracle", "oracle_history", *SMOKE_ROWS}
    for name in SMOKE_ROWS:
        row = rows[name]
        assert 0.0 < row["auroc"]["low"] < row["auroc"]["high"] < 1.0, name
        assert 0.0 <= row["worst_class_recall"] <= row["balanced_accuracy"] <= 1.0, name
        assert row["seconds"] > 0, name
        assert row["parameters"] > 0, name
    # What rests on a kept model is not cheaper than it.
    assert rows["centroids_only"]["seconds"] >= 0.9 * rows[OURS]["seconds"] > 1.0
    for name in ("reidentification", "device_probe"):
        assert 0.0 <= rows[OURS][name] <= 1.0
        assert 0.0 < rows[OURS][f"{name}_by_chance"] < 1.0
    worst = rows[OURS]["worst_subset_auroc"]
    assert len(worst["by_views"]) == 2 ** len(VIEWS) - 1
    assert 0.0 < worst["value"] <= worst["by_views"]["+".join(VIEWS)] < 1.0
