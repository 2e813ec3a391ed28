"""A larger trained network teaches a smaller one what it says of each visit (Hinton 2015)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import torch
from torch import Tensor
from torch.nn import functional

from fetal_hemo.encoders import ScreeningModel
from fetal_hemo.errors import FetalHemoError
from fetal_hemo.progress import Progress, silent
from fetal_hemo.training.ancestry import cohorts_of
from fetal_hemo.training.model_file import model_identity
from fetal_hemo.training.run_folder import finished_run
from fetal_hemo.training.scoring import score_visits
from fetal_hemo.training.sources import Source
from fetal_hemo.training.survey import Visit

Said = Mapping[str, Tensor]  # by recording id, logits (4,)
TEMPERATURE = 2.0  # above 1: what the teacher finds less likely is told too


def teacher_facts(run: Path | str | None, splits_sha256: str) -> dict[str, Any]:
    """Facts of a teacher for run.json, once it may teach here; that there is none is a fact too.

    Else a taught run could be resumed untaught. Raises E-RUN for a run that is no finished
    fine-tuning, and E-SPLIT for one of another split: what it says of its own training women is how
    the student would hear of our test women.
    """
    if run is None:
        return {"teacher": None, "teacher_learned_from": {}}
    facts = finished_run(run, ["finetune"])
    if facts.get("splits_sha256") != splits_sha256:
        what = "the teacher was trained on another split of women"
        raise FetalHemoError("E-SPLIT", what, str(run), "train both from one split")
    identity = model_identity(Path(run))
    return {"teacher": identity["sha256"], "teacher_learned_from": cohorts_of(facts, run)}


def said_by(
    teacher: ScreeningModel, source: Source, visits: Sequence[Visit], progress: Progress = silent
) -> Said:
    """The teacher's logits of every visit, each from all of its usable windows."""
    logits = torch.from_numpy(score_visits(teacher, source, visits, progress=progress).logits)
    return {visit.recording.recording_id: row for visit, row in zip(visits, logits, strict=True)}


def teaching_loss(student: Tensor, teacher: Tensor) -> Tensor:
    """How far the student's logits `(visits, 4)` are from the teacher's, a scalar, in nats.

    L = T^2 mean over visits of KL(softmax(teacher / T) || softmax(student / T)), T = 2
    (Hinton 2015, equation 1; T^2 keeps the gradient's size whatever T is).
    """
    told = functional.softmax(teacher / TEMPERATURE, dim=-1)
    found = functional.log_softmax(student / TEMPERATURE, dim=-1)
    return TEMPERATURE**2 * functional.kl_div(found, told, reduction="batchmean")
