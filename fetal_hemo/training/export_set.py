"""The windows that export needs, kept with the run: to set int8 ranges, and for the gate.

The file holds audio of training and validation women. Keep the run folder as you keep the cohort;
nothing of it goes into a bundle.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file, save
from torch import Tensor

from fetal_hemo.errors import FetalHemoError
from fetal_hemo.recipe import Recipe
from fetal_hemo.recordings.cohort import Cohort
from fetal_hemo.training.batches import Batch, load_batch
from fetal_hemo.training.randomness import generator
from fetal_hemo.training.scoring import POSITIVE
from fetal_hemo.training.survey import Visit
from firmware_bridge.store import write_atomically

EXPORT_SET = "export_set.safetensors"
GATE_VISITS, GATE_WINDOWS = 64, 24  # bounds the file: at most 46 MB
GATE_FIELDS = ("start_s", "window_mask", "labels")
INT16 = 32_767.0


class ExportSet(NamedTuple):
    """`calibration` (windows, 15000) of training women; `gate`, visits of validation women.

    `women` (visits,) is a number for each woman of the gate, 0, 1, ...: who she is stays out.
    """

    calibration: Tensor
    gate: Batch
    women: Tensor


def write_export_set(
    path: Path, cohort: Cohort, train: Sequence[Visit], validation: Sequence[Visit], recipe: Recipe
) -> None:
    """Write the windows, drawn with the run's seed, as int16. Raises E-STORAGE."""
    draw = generator(recipe.finetune.seed, "export")
    each = max(1, -(-recipe.export.calibration_windows // len(train)))
    parts = [load_batch(cohort, [visit], each, draw).samples[0] for visit in train]
    calibration = torch.cat(parts)[: recipe.export.calibration_windows]
    watched = gate_visits(validation)
    gate = load_batch(cohort, watched, GATE_WINDOWS, None)
    names = [visit.recording.participant_id for visit in watched]
    tensors = {"calibration": _to_int16(calibration), "gate.samples": _to_int16(gate.samples)}
    for name in GATE_FIELDS:
        tensors[f"gate.{name}"] = getattr(gate, name)
    tensors["gate.women"] = torch.tensor([names.index(name) for name in names])
    write_atomically(path, save(tensors))


def gate_visits(visits: Sequence[Visit]) -> list[Visit]:
    """At most `GATE_VISITS`, up to half of them positive: few positives would hide a loss."""
    positive = [visit for visit in visits if visit.label in POSITIVE]
    other = [visit for visit in visits if visit.label not in POSITIVE]
    kept = max(GATE_VISITS // 2, GATE_VISITS - len(other))
    return [*positive[:kept], *other[: GATE_VISITS - min(kept, len(positive))]]


def read_export_set(run: Path) -> ExportSet:
    """The `ExportSet` of a finetuned run. Raises E-RUN."""
    try:
        tensors = load_file(run / EXPORT_SET)
        start_s, mask, labels = (tensors[f"gate.{name}"] for name in GATE_FIELDS)
        gate = Batch(_to_float(tensors["gate.samples"]), start_s, mask, labels)
        return ExportSet(_to_float(tensors["calibration"]), gate, tensors["gate.women"])
    except (OSError, KeyError, ValueError, SafetensorError):
        what = "the run holds no windows for export"
        raise FetalHemoError("E-RUN", what, str(run), "fine-tune it again") from None


def _to_int16(samples: Tensor) -> Tensor:
    return (samples.clamp(-1.0, 1.0) * INT16).round().to(torch.int16)


def _to_float(samples: Tensor) -> Tensor:
    return samples.float() / INT16
