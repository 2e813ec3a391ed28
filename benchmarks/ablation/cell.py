"""One cell of the table: one row on one fold, its predictions on women it has never seen."""

from __future__ import annotations

import hashlib
import time
from dataclasses import asdict, replace
from typing import Any

import numpy as np

from benchmarks.ablation.makers import MAKERS
from benchmarks.ablation.prediction import CellKey
from benchmarks.ablation.rows import Row
from benchmarks.ablation.world import FoldVisits, World
from fetal_hemo.contrast.unlabelled import UNLABELLED
from fetal_hemo.evaluation.calibration import fit_platt
from fetal_hemo.evaluation.reidentification import reidentification
from fetal_hemo.training.survey import Visit


def run_cell(key: CellKey, row: Row, world: World) -> dict[str, Any]:
    """JSON of a cell: for each test visit its calibrated log odds and class, and what it cost."""
    visits = world.fold(key.fold)
    if row.label_share < 1.0:
        visits = unlabel(visits, row.label_share)
    start = time.monotonic()
    found = MAKERS[row.kind](row, visits, world, key)
    seconds = time.monotonic() - start
    positive = [visit.label >= 2 for visit in visits.validation]
    slope, intercept = fit_platt(found.validation, np.array(positive))
    cell: dict[str, Any] = {
        **asdict(key),
        "log_odds": np.round(slope * found.test + intercept, 4).tolist(),
        "classes": None if found.classes is None else "".join(map(str, found.classes)),
        "seconds": round(seconds, 1),
        "parameters": found.parameters,
    }
    if found.embeddings is not None:
        women = [visit.recording.participant_id for visit in visits.test]
        ids = [visit.recording.visit_id for visit in visits.test]
        again = reidentification(found.embeddings, women, ids)
        cell["reidentification"] = [again.hit_rate.value, again.chance]
    return cell


def unlabel(visits: FoldVisits, share: float) -> FoldVisits:
    """The visits, of which only those of a share of the training women keep their label."""
    women = sorted({visit.recording.participant_id for visit in visits.train}, key=_place)
    kept = set(women[: max(2, round(share * len(women)))])

    def seen(visit: Visit) -> Visit:
        told = visit.recording.participant_id in kept
        return visit if told else replace(visit, label=UNLABELLED)

    return visits._replace(train=tuple(seen(visit) for visit in visits.train))


def _place(woman: str) -> str:
    return hashlib.sha256(f"labels/{woman}".encode()).hexdigest()
