"""A table that a study keeps: what is broken in it is named by file, row and column."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from fetal_hemo.errors import FetalHemoError
from fetal_hemo.evaluation.kept_file import broken, kept_text
from fetal_hemo.recordings.cells import shown

HEADER_ROWS = 1  # rows are counted as a spreadsheet shows them


@dataclass(frozen=True)
class KeptTable:
    """Cells by column, not yet taken for numbers; `path` is the file, for messages."""

    path: Path
    columns: dict[str, list[str]]

    def texts(self, name: str) -> list[str]:
        """The cells of a column as they stand. Raises E-RUN where there is no such column."""
        if name not in self.columns:
            raise broken(self.path, f"the column {name} is missing")
        return self.columns[name]

    def numbers(self, name: str) -> NDArray[np.float64]:
        """A column of numbers, NaN for an empty cell. Raises E-RUN for any other cell."""
        cells = self.texts(name)
        found = np.full(len(cells), np.nan)
        for place, cell in enumerate(cells):
            if cell:
                found[place] = self._number(name, place, cell)
        return found

    def whole(self, name: str, below: int) -> NDArray[np.int64]:
        """A column of whole numbers from 0 to under `below`. Raises E-RUN for any other cell."""
        cells, allowed = self.texts(name), [str(number) for number in range(below)]
        for place, cell in enumerate(cells):
            if cell not in allowed:
                what = f"is not one of {', '.join(allowed)}"
                raise self._bad_cell(name, place, cell, what)
        return np.array(cells, dtype=np.int64)

    def _number(self, name: str, place: int, cell: str) -> float:
        try:
            number = float(cell)
        except ValueError:
            number = np.nan
        if not np.isfinite(number):  # an unknown number is written as an empty cell
            raise self._bad_cell(name, place, cell, "is not a number")
        return number

    def _bad_cell(self, name: str, place: int, cell: str, what: str) -> FetalHemoError:
        row = place + 1 + HEADER_ROWS
        return broken(self.path, f"row {row}, column {name}: {shown(cell)} {what}")


def read_kept_table(path: Path) -> KeptTable:
    """The `KeptTable` of a CSV file. Raises E-RUN."""
    text = kept_text(path)
    lines = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        rows = list(lines)
    except csv.Error:
        raise broken(path, f"row {lines.line_num}: is not a row of a table") from None
    if not rows:
        raise broken(path, "is empty")
    if not text.endswith("\n"):  # the half of a number is a number too
        raise broken(path, "ends in the middle of a row")
    header, *body = rows
    for number, row in enumerate(body, start=1 + HEADER_ROWS):
        if len(row) != len(header):
            what = f"row {number}: {len(row)} cells under {len(header)} columns"
            raise broken(path, what)
    return KeptTable(path, {name: [row[at] for row in body] for at, name in enumerate(header)})
