"""The results file: every finished cell, so that a stopped comparison goes on where it was."""

from __future__ import annotations

import json
from collections.abc import Callable
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
    """Cells by key, in a JSON file that is written after each of them."""

    def __init__(self, path: Path, plan: Plan) -> None:
        self.path = path
        document = json.loads(path.read_bytes()) if path.exists() else {}
        self.cells: dict[str, Cell] = document.get("cells", {})
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
        document = {**self.head, **made, "cells": self.cells}
        self.path.parent.mkdir(parents=True, exist_ok=True)
        lines = json.dumps(document, indent=0, separators=(",", ":"), allow_nan=False)
        write_atomically(self.path, lines.encode() + b"\n")


def code_id() -> str:
    """Hash of the code that a cell depends on."""
    package = Path(fetal_hemo.__file__ or "").parent
    folders = [package / room for room in ROOMS]
    folders.append(Path(firmware_bridge.rhythm.__file__ or "").parent)
    files = (file for folder in folders for file in folder.rglob("*"))
    return files_sha256(file for file in files if file.suffix in (".py", ".toml"))[:16]
