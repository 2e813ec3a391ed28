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

from fetal_hemo.evaluation.fitted_controls import ControlScores
from fetal_hemo.evaluation.kept_checks import amount, named
from fetal_hemo.evaluation.kept_file import broken, kept_bytes, kept_json
from fetal_hemo.evaluation.kept_table import KeptTable, read_kept_table
from fetal_hemo.evaluation.scores import ScoreTable, number_cell, read_scores
from fetal_hemo.evaluation.study_input import StudyInput
from fetal_hemo.recordings.cells import shown
from firmware_bridge.checks import flag, number, pressures, section
from firmware_bridge.store import make_folder, write_atomically

SCORES, VALIDATION_SCORES = "scores.csv", "validation_scores.csv"
CONTROLS, TRAINING, EMBEDDINGS, INPUT = (
    *("controls.csv", "training.csv", "embeddings.npy", "study_input.json"),
)
PROBE = "probe:"
NUMBERS = ("specificity", "prevalence", "threshold", "simulated", "seed", "resamples")


def _threshold(value: Any, at: str) -> None:
    """One number, or one a fold."""
    check = named(amount) if isinstance(value, dict) else amount
    check(value, at)


SHAPE = section(
    {
        "specificity": number(0, 1),
        "prevalence": number(0, 1),
        "threshold": _threshold,
        "simulated": flag,
        "seed": number(0, 2**31 - 1, whole=True),
        "resamples": number(1, 10**6, whole=True),
        "limits": pressures,
        "cross_validated": flag,
    },
    optional={"model_simulated": flag},  # older studies do not say it
)


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
    """What `write_study_input` wrote. Raises E-RUN, which names the file that is broken."""
    test = read_scores(folder / SCORES)
    facts = kept_json(folder / INPUT, SHAPE)
    beside, trained = read_kept_table(folder / CONTROLS), read_kept_table(folder / TRAINING)
    _require_same_rows(test, beside)
    _require_thresholds(facts, test, folder / INPUT)
    splits, women = trained.texts("split"), trained.texts("participant_id")
    return StudyInput(
        test=test,
        beside=_beside(beside),
        train_labels=trained.whole("label", 2),
        train_women=np.array(women, np.str_),
        train_splits=np.array(splits, np.str_) if facts["cross_validated"] else None,
        embeddings_test=_embeddings(folder / EMBEDDINGS, len(test)),
        validation=_validation(folder / VALIDATION_SCORES, women),
        limits=tuple(facts["limits"]),
        model_simulated=facts.get("model_simulated", facts["simulated"]),
        **{name: facts[name] for name in NUMBERS},
    )


def _require_same_rows(test: ScoreTable, beside: KeptTable) -> None:
    if beside.texts("recording_id") != test.recording_id.tolist():
        raise broken(beside.path, f"holds other recordings than {SCORES} beside it")


def _require_thresholds(facts: Mapping[str, Any], test: ScoreTable, path: Path) -> None:
    """Of folds each has its own, because each was chosen on other women."""
    if isinstance(facts["threshold"], dict):
        for split in sorted(set(test.split.tolist()) - facts["threshold"].keys()):
            raise broken(path, f"holds no threshold for {shown(split)}")


def _embeddings(path: Path, rows: int) -> NDArray[np.float64]:
    content = io.BytesIO(kept_bytes(path))
    try:
        found = np.load(content, allow_pickle=False)
        whole = found.ndim == 2 and found.dtype == np.float32 and not np.isinf(found).any()
    except Exception:  # numpy raises a dozen kinds for damaged input
        whole = False
    if not whole:
        raise broken(path, "is not a whole table of numbers")
    if len(found) != rows:
        raise broken(path, f"holds {len(found)} rows, {SCORES} beside it {rows}")
    return found.astype(np.float64)


def _validation(path: Path, trained: Sequence[str]) -> ScoreTable | None:
    """Whoever trained has validated too; a bundle's study has neither."""
    return read_scores(path) if trained or path.exists() else None


def _beside(table: KeptTable) -> ControlScores:
    scores: dict[str, NDArray[np.float64]] = {}
    probes: dict[str, NDArray[np.str_]] = {}
    for name, cells in table.columns.items():
        if name.startswith(PROBE):
            probes[name.removeprefix(PROBE)] = np.array(cells, np.str_)
        elif name != "recording_id":
            scores[name] = table.numbers(name)
    return ControlScores(scores, probes)


def _write_table(path: Path, columns: Mapping[str, Sequence[str]]) -> None:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows(zip(*columns.values(), strict=True))
    write_atomically(path, text.getvalue().encode())
