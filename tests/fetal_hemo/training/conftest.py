"""A small simulated cohort, made once."""

from __future__ import annotations

from pathlib import Path

import pytest

from fetal_hemo.simulate import simulate_cohort

RECIPE = """
[pretrain]
epochs = 3
visits_per_batch = 8
threads = 1

[finetune]
epochs = 3
max_windows = 8
threads = 1

[export]
calibration_windows = 32
"""


@pytest.fixture(scope="session")
def cohort(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Folder of 16 simulated women with recordings of 45 s."""
    folder = tmp_path_factory.mktemp("cohort") / "cohort"
    simulate_cohort(folder, women=16, seed=3, minutes=0.75, prevalence=0.4, jobs=1)
    return folder


@pytest.fixture(scope="session")
def recipe(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A recipe that trains in seconds."""
    path = tmp_path_factory.mktemp("recipe") / "tiny.toml"
    path.write_text(RECIPE, encoding="utf-8")
    return path
