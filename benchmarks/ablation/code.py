"""Which code a cell depends on, as a hash: what another code made is made again.

Comments and docstrings have no part in it, so that better words cost no processor hours. Nor have
the simulator and the survey: a cohort is known by its bytes and by the windows found usable.
"""

from __future__ import annotations

import ast
import hashlib
import tomllib
from collections.abc import Iterable
from functools import cache
from pathlib import Path

import fetal_hemo
import firmware_bridge.rhythm
from benchmarks.ablation.rows import MEASURING, RECIPE, Row

HERE = Path(__file__).parent
WITH_DOCSTRING = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
PACKAGE = (
    *("constants.py", "contrast", "encoders", "recipes", "signals", "training", "views"),
    *("recordings/audio.py", "recordings/bp.py", "recordings/folds.py"),
    *(f"evaluation/{name}.py" for name in ("auroc", "calibration", "controls", "logistic")),
    "evaluation/reidentification.py",
)
# They make no cell. Of the rows a cell depends on its own alone, which is hashed with it.
NOT_OF_A_CELL = ("code.py", "pooled.py", "results.py", "rows.py", "size_choice.py", "table.py")
OF_NO_TRAINING = (  # nor do a study of an exported bundle, and what is only looked at in an epoch
    "training/external.py",
    *(f"contrast/{name}.py" for name in ("blocks", "diagnosis", "diagnostics", "neighbours")),
)


def code_of(row: Row) -> str:
    """Hash of the code that a cell of this row depends on, and of what the row changes."""
    changes = sorted(row.changes.items()), sorted(row.measuring.items())
    others = row.others, row.others_effect
    facts = (row.name, row.kind, changes, row.pretrained, others, row.label_share)
    return hashlib.sha256(f"{code_id()}\n{facts}".encode()).hexdigest()[:16]


@cache
def code_id() -> str:
    """Hash of the code that the cells of every row depend on."""
    package, bridge = (Path(m.__file__ or "").parent for m in (fetal_hemo, firmware_bridge.rhythm))
    parts = [*(package / name for name in PACKAGE), bridge, HERE]
    files = {file for part in parts for file in _files(part)}
    apart = {package / name for name in OF_NO_TRAINING} | {HERE / name for name in NOT_OF_A_CELL}
    return code_hash([*(files - apart), RECIPE, MEASURING])


def code_hash(files: Iterable[Path]) -> str:
    """Hash of Python and TOML files, whatever their order and wording; others are left out."""
    known = sorted((file.name, _meaning(file)) for file in files if file.suffix in (".py", ".toml"))
    return hashlib.sha256(repr(known).encode()).hexdigest()[:16]


def _files(part: Path) -> Iterable[Path]:
    if not part.exists():
        raise FileNotFoundError(f"{part}: has it been moved? PACKAGE names it")
    return [part] if part.is_file() else part.rglob("*")


def _meaning(file: Path) -> str:
    text = file.read_text(encoding="utf-8")
    if file.suffix == ".toml":
        return repr(tomllib.loads(text))
    tree = ast.parse(text)
    for node in ast.walk(tree):
        if isinstance(node, WITH_DOCSTRING) and ast.get_docstring(node, clean=False) is not None:
            del node.body[0]
    return ast.dump(tree)
