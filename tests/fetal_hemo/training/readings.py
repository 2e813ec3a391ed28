"""Copies of a cohort in which some women have no cuff reading."""

from __future__ import annotations

import csv
import shutil
from collections.abc import Callable
from pathlib import Path


def without_readings(cohort: Path, copy: Path, of: Callable[[dict[str, str]], bool]) -> Path:
    """A copy whose rows `of` which this holds have no reading."""
    shutil.copytree(cohort, copy)
    with (cohort / "manifest.csv").open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    nothing = {"sbp_mmhg": "", "dbp_mmhg": ""}
    with (copy / "manifest.csv").open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(row | nothing if of(row) else row for row in rows)
    return copy
