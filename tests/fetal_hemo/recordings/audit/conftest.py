"""Recordings to be told apart: simulated sound, made once."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from fetal_hemo.recordings.recording import Recording
from fetal_hemo.simulate import simulate_cohort


@pytest.fixture(scope="session")
def simulated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A cohort of 30 simulated women with at least 60 recordings of 9 s."""
    folder = tmp_path_factory.mktemp("simulated") / "cohort"
    simulate_cohort(folder, women=30, seed=3, minutes=0.15, jobs=1)
    return folder


@pytest.fixture
def recording() -> Callable[..., Recording]:
    """A function that makes a row; what it is not told follows from the row's number."""

    def make(row: int, woman: str = "", visit: str = "", **values: object) -> Recording:
        woman = woman or f"w{row}"
        names = (f"r{row}", woman, visit or f"{woman}-v{row}", f"audio/r{row}.flac")
        return Recording(*names, row=row, **values)  # type: ignore[arg-type]

    return make
