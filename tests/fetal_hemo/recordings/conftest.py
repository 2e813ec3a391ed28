"""Small cohorts of real audio files."""

from __future__ import annotations

import csv
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import soundfile

from fetal_hemo.recordings.recording import REQUIRED_COLUMNS

Row = dict[str, object]


@pytest.fixture
def make_cohort(tmp_path: Path) -> Callable[..., Path]:
    """A function that writes a cohort: one woman a pair of pressures, one 4 s recording each."""

    def make(pressures: list[tuple[object, object]], **columns: list[object]) -> Path:
        rng = np.random.default_rng(0)
        (tmp_path / "audio").mkdir(exist_ok=True)
        rows: list[Row] = []
        for i, (sbp, dbp) in enumerate(pressures):
            path = f"audio/r{i}.flac"
            soundfile.write(tmp_path / path, 0.1 * rng.standard_normal(16_000), 4_000)
            values = (f"r{i}", f"w{i}", f"v{i}", path, 200, sbp, dbp)
            row: Row = dict(zip(REQUIRED_COLUMNS, values, strict=True))
            rows.append(row | {name: cells[i] for name, cells in columns.items()})
        with (tmp_path / "manifest.csv").open("w", newline="", encoding="utf-8") as file:
            writer = csv.DictWriter(file, list(rows[0]))
            writer.writeheader()
            writer.writerows(rows)
        return tmp_path

    return make
