"""The table that every evaluation number is computed from: one row a recording."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass, fields
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from fetal_hemo.constants import BP_CLASSES
from fetal_hemo.evaluation.kept_table import KeptTable, read_kept_table
from firmware_bridge.store import make_folder, write_atomically

TEXT = ("recording_id", "participant_id", "visit_id", "split", "device_id", "site_id")
WHOLE = {"label": 2, "bp_class": len(BP_CLASSES), "abstained": 2}  # so many values, from 0
LOGITS = tuple(f"logit_{name}" for name in BP_CLASSES)


@dataclass(frozen=True, eq=False)
class ScoreTable:
    """What the model said of each recording, and what is known of it.

    Every column is `(rows,)` but `logits` `(rows, 4)`. An unknown number is NaN, an unknown device
    or site empty; `probability` and `margin` of a recording with no usable window are NaN. `label`
    is 1 where either pressure reaches the study's limits; `bp_class` counts in `BP_CLASSES`;
    `abstained` rows get no probability on a device.
    """

    recording_id: NDArray[np.str_]
    participant_id: NDArray[np.str_]
    visit_id: NDArray[np.str_]
    split: NDArray[np.str_]
    device_id: NDArray[np.str_]
    site_id: NDArray[np.str_]
    label: NDArray[np.int64]
    bp_class: NDArray[np.int64]
    abstained: NDArray[np.bool_]
    probability: NDArray[np.float64]
    margin: NDArray[np.float64]
    logits: NDArray[np.float64]
    gestational_age_days: NDArray[np.float64]
    maternal_age_years: NDArray[np.float64]
    bmi_kg_m2: NDArray[np.float64]
    parity: NDArray[np.float64]
    sbp_mmhg: NDArray[np.float64]
    dbp_mmhg: NDArray[np.float64]
    mean_bpm: NDArray[np.float64]
    short_term_variation_ms: NDArray[np.float64]
    long_term_variation_ms: NDArray[np.float64]
    usable_share: NDArray[np.float64]

    def __post_init__(self) -> None:
        rows = len(self.recording_id)
        for field in fields(self):
            column = getattr(self, field.name)
            shape = (rows, len(BP_CLASSES)) if field.name == "logits" else (rows,)
            if column.shape != shape:
                raise ValueError(f"{field.name} has shape {column.shape}, not {shape}")

    def __len__(self) -> int:
        return len(self.recording_id)

    @property
    def scored(self) -> NDArray[np.bool_]:
        """Rows `(rows,)` that have a probability and were not abstained from."""
        return ~self.abstained & np.isfinite(self.probability) & np.isfinite(self.margin)

    def select(self, rows: NDArray[np.bool_] | NDArray[np.intp]) -> ScoreTable:
        """The table of these rows only."""
        return ScoreTable(*(getattr(self, field.name)[rows] for field in fields(self)))

    def write(self, path: Path) -> None:
        """Writes it as CSV; unknown numbers are empty cells. Raises E-STORAGE."""
        text = io.StringIO()
        writer = csv.writer(text, lineterminator="\n")
        writer.writerow(_header())
        for number in range(len(self)):
            writer.writerow([cell for name in _columns() for cell in self._cells(name, number)])
        make_folder(path.parent)
        write_atomically(path, text.getvalue().encode())

    def _cells(self, name: str, row: int) -> list[str]:
        value = getattr(self, name)[row]
        if name == "logits":
            return [number_cell(v) for v in value]
        if name in TEXT:
            return [str(value)]
        return [str(int(value))] if name in WHOLE else [number_cell(value)]


def read_scores(path: Path) -> ScoreTable:
    """The `ScoreTable` of a CSV file. Raises `FetalHemoError` E-RUN, which names row and column."""
    table = read_kept_table(path)
    return ScoreTable(*(_column(table, name) for name in _columns()))


def _columns() -> list[str]:
    return [field.name for field in fields(ScoreTable)]


def _header() -> list[str]:
    return [cell for name in _columns() for cell in (LOGITS if name == "logits" else (name,))]


def _column(table: KeptTable, name: str) -> np.ndarray:
    if name == "logits":
        return np.stack([table.numbers(column) for column in LOGITS], axis=1)
    if name in TEXT:
        return np.array(table.texts(name), dtype=np.str_)
    if name in WHOLE:
        kind = np.bool_ if name == "abstained" else np.int64
        return table.whole(name, WHOLE[name]).astype(kind)
    return table.numbers(name)


def number_cell(value: float) -> str:
    """The cell of a number, exact; empty for an unknown one."""
    return repr(float(value)) if np.isfinite(value) else ""
