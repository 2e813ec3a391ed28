"""The results file: every finished cell, so that a stopped comparison goes on where it was."""

from __future__ import annotations

import fcntl
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import fetal_hemo
import firmware_bridge.rhythm
from benchmarks.ablation.plan import Plan
from benchmarks.ablation.prediction import CellKey
from fetal_hemo.training.code_hash import files_sha256
from fetal_hemo.training.run_folder import versions
from firmware_bridge.store import write_atomically

ROOMS = ("contrast", "encoders", "signals", "simulate", "training", "views", "recipes")
Json = dict[str, Any]
Cell = Json


class Results:
    """Cells by key, in a JSON file that is written after each of them.

    Processes with rows of their own may share the file: what others have written stays.
    """

    def __init__(self, path: Path, plan: Plan) -> None:
        self.path = path
        self.cells: dict[str, Cell] = self._written()
        self.head = {"simulated": True, "plan": vars(plan), "versions": versions()}

    def cell(self, key: CellKey, make: Callable[[], Cell]) -> Cell:
        """The finished cell; where it is missing it is made and kept."""
        if str(key) not in self.cells:
            self.cells[str(key)] = make() | {"code": code_id()}
            self.write()
        return self.cells[str(key)]

    def write(self, table: Json | None = None, sizes: Json | None = None) -> None:
        """Write the cells, and a table of them once it is made."""
        made = {"table": table or {}, "embedding_size": sizes or {}}
        self.path.parent.mkdir(parents=True, exist_ok=True)
        with self._alone():
            self.cells = self._written() | self.cells
            document = {**self.head, **made, "cells": self.cells}
            lines = json.dumps(document, indent=0, separators=(",", ":"), allow_nan=False)
            write_atomically(self.path, lines.encode() + b"\n")

    def _written(self) -> dict[str, Cell]:
        known = json.loads(self.path.read_bytes()) if self.path.exists() else {}
        found: dict[str, Cell] = known.get("cells", {})
        return found

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """No other process writes meanwhile; it waits for its turn."""
        with self.path.with_suffix(".lock").open("w") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield


def code_id() -> str:
    """Hash of the code that a cell depends on."""
    package = Path(fetal_hemo.__file__ or "").parent
    folders = [package / room for room in ROOMS]
    folders.append(Path(firmware_bridge.rhythm.__file__ or "").parent)
    files = (file for folder in folders for file in folder.rglob("*"))
    return files_sha256(file for file in files if file.suffix in (".py", ".toml"))[:16]
