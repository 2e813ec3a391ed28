"""One cell of the table: one row on one fold, its predictions on women it has never seen."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Sequence
from dataclasses import asdict, replace
from typing import Any

import numpy as np

from benchmarks.ablation.checks import checks
from benchmarks.ablation.makers import MAKERS
from benchmarks.ablation.prediction import CellKey
from benchmarks.ablation.pretraining import others_of
from benchmarks.ablation.rows import Row
from benchmarks.ablation.world import FoldVisits, World
from fetal_hemo.contrast.unlabelled import UNLABELLED
from fetal_hemo.evaluation.calibration import fit_platt
from fetal_hemo.training.survey import Visit


def run_cell(key: CellKey, row: Row, world: World) -> dict[str, Any]:
    """JSON of a cell: for each test visit its calibrated log odds and class, and what it cost.

    `seconds` are of the processor, with all trainings that it rests on, whenever they were.
    """
    visits = world.fold(key.fold)
    if row.label_share < 1.0:
        visits = unlabel(visits, row.label_share)
    others = [others_of(row, world)] if row.others else []
    for heard in (world, *others):
        heard.source()  # hears what was not heard yet, before the clock starts
    clock = time.process_time()
    found = MAKERS[row.kind](row, visits, world, key)
    seconds = time.process_time() - clock + found.earlier_s
    positive = [visit.label >= 2 for visit in visits.validation]
    slope, intercept = fit_platt(found.validation, np.array(positive))
    return {
        **asdict(key),
        "log_odds": np.round(slope * found.test + intercept, 4).tolist(),
        "classes": None if found.classes is None else "".join(map(str, found.classes)),
        "seconds": round(seconds, 3),
        "parameters": found.parameters,
        **checks(found, visits, world),
    }


def unlabel(visits: FoldVisits, share: float) -> FoldVisits:
    """The visits, of which only those of a share of the women who do not test have a label.

    Other training visits are there without one, other validation visits are not there at all.
    """
    told = _told(visits.train, share)
    train = tuple(v if _woman(v) in told else replace(v, label=UNLABELLED) for v in visits.train)
    told = _told(visits.validation, share)
    return FoldVisits(train, tuple(v for v in visits.validation if _woman(v) in told), visits.test)


def _told(visits: Sequence[Visit], share: float) -> set[str]:
    """A share of the women, of both classes; a smaller share is a part of a larger."""
    women = sorted({_woman(visit) for visit in visits}, key=_place)
    of_class = [{_woman(v) for v in visits if (v.label >= 2) == positive} for positive in (0, 1)]
    first = [min(some, key=_place) for some in of_class if some]
    order = list(dict.fromkeys([*first, *women]))
    return set(order[: max(2, round(share * len(women)))])


def _woman(visit: Visit) -> str:
    return visit.recording.participant_id


def _place(woman: str) -> str:
    return hashlib.sha256(f"labels/{woman}".encode()).hexdigest()
