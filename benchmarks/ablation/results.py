"""The results file: every finished cell, so that a stopped comparison goes on where it was."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from benchmarks.ablation.alone import alone
from benchmarks.ablation.plan import Plan
from benchmarks.ablation.prediction import CellKey
from fetal_hemo.training.run_folder import versions
from firmware_bridge.store import write_atomically

Json = dict[str, Any]
Cell = Json


class Results:
    """Cells by key, in a JSON file that is written after each of them.

    Processes with rows of their own may share the file: what others have written stays.
    """

    def __init__(self, path: Path, plan: Plan) -> None:
        self.path = path
        self.head = {"simulated": True, "plan": vars(plan), "versions": versions()}
        self.made: dict[str, Cell] = {}  # by this process
        self.read()

    def read(self) -> None:
        """Know what other processes have written meanwhile."""
        self.cells = self._written()["cells"] | self.made

    def done(self, key: CellKey, made_by: Json) -> bool:
        """Whether the cell is there, and made by just this code on just this cohort."""
        cell = self.cells.get(str(key), {})
        return bool(cell) and all(cell.get(name) == value for name, value in made_by.items())

    def cell(self, key: CellKey, made_by: Json, make: Callable[[], Cell]) -> Cell:
        """The finished cell; where it is missing, or made by another code, it is made and kept."""
        if not self.done(key, made_by):
            self.made[str(key)] = make() | made_by
            self.write()
        return self.cells[str(key)]

    def write(self, table: Json | None = None, sizes: Json | None = None) -> None:
        """Write the cells; a table of them where it is given, else the one that stands there."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        given = {"table": table, "embedding_size": sizes}
        with alone(self.path.with_suffix(".lock")):
            known = self._written()
            known |= {name: value for name, value in given.items() if value is not None}
            self.cells = known.pop("cells") | self.made
            document = {**self.head, **known, "cells": self.cells}
            lines = json.dumps(document, indent=0, separators=(",", ":"), allow_nan=False)
            write_atomically(self.path, lines.encode() + b"\n")

    def _written(self) -> Json:
        known = json.loads(self.path.read_bytes()) if self.path.exists() else {}
        return {name: known.get(name, {}) for name in ("table", "embedding_size", "cells")}
