"""Models that rows share: each is trained once, and kept with what its training cost."""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from benchmarks.ablation.alone import alone
from benchmarks.ablation.code import code_id
from benchmarks.ablation.prediction import CellKey
from benchmarks.ablation.world import FoldVisits, World
from fetal_hemo.encoders import ScreeningModel
from fetal_hemo.training.model_file import MODEL, load_model, save_model
from firmware_bridge.store import write_atomically

COST = "cost.json"


class Kept(NamedTuple):
    """A model and the processor seconds of all its trainings, `earlier` ones not of this call."""

    model: ScreeningModel
    seconds: float
    earlier: float


def model_place(
    stage: str, settings: Sequence[Any], visits: FoldVisits, world: World, key: CellKey
) -> Path:
    """Folder of the model that these settings make of a fold's visits, with this code."""
    known = [(v.recording.recording_id, v.label) for v in (*visits.train, *visits.validation)]
    text = "\n".join(map(str, [*settings, key.fold, known, code_id(), world.cohort_id]))
    return world.work / stage / hashlib.sha256(text.encode()).hexdigest()[:16]


def kept_model(
    place: Path, start: Callable[[], Kept], train: Callable[[ScreeningModel], ScreeningModel]
) -> Kept:
    """The model of a place; if it is not there, what training makes of the one to start from.

    A process that needs what another is training waits for it. Of a training that was broken off,
    only the seconds since it went on are known.
    """
    place.mkdir(parents=True, exist_ok=True)
    with alone(place / "lock"):
        if (place / MODEL).exists():
            seconds = json.loads((place / COST).read_bytes())["processor_seconds"]
            return Kept(load_model(place), seconds, seconds)
        begin = start()
        clock = time.process_time()
        model = train(begin.model)
        seconds = begin.seconds + time.process_time() - clock
        cost = json.dumps({"processor_seconds": round(seconds, 2)})
        write_atomically(place / COST, cost.encode() + b"\n")
        save_model(model, place / MODEL)
        return Kept(load_model(place), seconds, begin.earlier)
