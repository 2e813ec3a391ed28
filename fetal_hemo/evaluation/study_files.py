"""A study on disk: all that its numbers follow from, so that none needs the models again."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fetal_hemo.errors import FetalHemoError
from fetal_hemo.evaluation.fitted_controls import ControlScores
from fetal_hemo.evaluation.scores import number_cell, read_scores
from fetal_hemo.evaluation.study_input import StudyInput
from firmware_bridge.store import make_folder, write_atomically

SCORES, VALIDATION_SCORES = "scores.csv", "validation_scores.csv"
CONTROLS, TRAINING, EMBEDDINGS, INPUT = (
    *("controls.csv", "training.csv", "embeddings.npy", "study_input.json"),
)
PROBE = "probe:"
NUMBERS = ("specificity", "prevalence", "threshold", "simulated", "seed", "resamples")


def write_study_input(folder: Path, given: StudyInput) -> None:
    """Write tables, embeddings and `study_input.json`, the last of them. Raises E-STORAGE."""
    make_folder(folder)
    given.test.write(folder / SCORES)
    if given.validation is not None:
        given.validation.write(folder / VALIDATION_SCORES)
    columns: dict[str, Sequence[str]] = {"recording_id": given.test.recording_id.tolist()}
    for name, scores in given.beside.scores.items():
        columns[name] = [number_cell(score) for score in scores]
    columns |= {PROBE + name: said.tolist() for name, said in given.beside.probes.items()}
    _write_table(folder / CONTROLS, columns)
    splits = given.train_splits
    trained = {
        "split": [""] * len(given.train_women) if splits is None else splits.tolist(),
        "participant_id": given.train_women.tolist(),
        "label": [str(int(label)) for label in given.train_labels],
    }
    _write_table(folder / TRAINING, trained)
    content = io.BytesIO()
    np.save(content, given.embeddings_test.astype(np.float32), allow_pickle=False)
    write_atomically(folder / EMBEDDINGS, content.getvalue())
    facts: dict[str, Any] = {name: getattr(given, name) for name in NUMBERS}
    facts |= {"limits": list(given.limits), "cross_validated": splits is not None}
    facts["model_simulated"] = given.model_simulated
    text = json.dumps(facts, indent=1, default=dict) + "\n"
    write_atomically(folder / INPUT, text.encode())


def read_study_input(folder: Path) -> StudyInput:
    """What `write_study_input` wrote. Raises E-NOT-FOUND or E-RUN."""
    test = read_scores(folder / SCORES)
    try:
        facts = json.loads((folder / INPUT).read_text(encoding="utf-8"))
        beside, trained = _read_table(folder / CONTROLS), _read_table(folder / TRAINING)
        embeddings = np.load(folder / EMBEDDINGS, allow_pickle=False)
        given = StudyInput(
            test=test,
            beside=_beside(beside),
            train_labels=np.array([int(label) for label in trained["label"]], np.int64),
            train_women=np.array(trained["participant_id"], np.str_),
            train_splits=np.array(trained["split"]) if facts["cross_validated"] else None,
            embeddings_test=embeddings.astype(np.float64),
            validation=_validation(folder),
            limits=tuple(facts["limits"]),
            model_simulated=bool(facts.get("model_simulated", facts["simulated"])),
            **{name: facts[name] for name in NUMBERS},
        )
        if beside["recording_id"] != test.recording_id.tolist() or len(embeddings) != len(test):
            raise ValueError("the tables hold different recordings")
    except (OSError, ValueError, KeyError, TypeError) as error:
        what, fix = f"holds no whole study ({error})", "run evaluate again"
        raise FetalHemoError("E-RUN", what, str(folder), fix) from None
    return given


def _validation(folder: Path) -> Any:
    path = folder / VALIDATION_SCORES
    return read_scores(path) if path.exists() else None


def _beside(columns: Mapping[str, list[str]]) -> ControlScores:
    scores: dict[str, NDArray[np.float64]] = {}
    probes: dict[str, NDArray[np.str_]] = {}
    for name, cells in columns.items():
        if name.startswith(PROBE):
            probes[name.removeprefix(PROBE)] = np.array(cells, np.str_)
        elif name != "recording_id":
            scores[name] = np.array([float(cell) if cell else np.nan for cell in cells])
    return ControlScores(scores, probes)


def _write_table(path: Path, columns: Mapping[str, Sequence[str]]) -> None:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows(zip(*columns.values(), strict=True))
    write_atomically(path, text.getvalue().encode())


def _read_table(path: Path) -> dict[str, list[str]]:
    header, *rows = csv.reader(io.StringIO(path.read_text(encoding="utf-8"), newline=""))
    return {name: [row[place] for row in rows] for place, name in enumerate(header)}
