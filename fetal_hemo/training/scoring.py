"""A trained model over whole recordings: logits and embeddings of every visit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from fetal_hemo.constants import BP_CLASSES, POSITIVE_CLASSES, VIEWS
from fetal_hemo.encoders import ScreeningModel
from fetal_hemo.progress import Progress, silent
from fetal_hemo.recordings.cohort import Cohort
from fetal_hemo.training.batches import Batch, load_batch
from fetal_hemo.training.survey import Visit, blocks

POSITIVE = [BP_CLASSES.index(name) for name in POSITIVE_CLASSES]
OTHER = [index for index in range(len(BP_CLASSES)) if index not in POSITIVE]


@dataclass(frozen=True)
class Scores:
    """One row for each visit: `logits` (visits, 4), `embeddings` (visits, embedding)."""

    logits: np.ndarray
    embeddings: np.ndarray

    @property
    def margins(self) -> np.ndarray:
        """Log odds `(visits,)` of a positive class."""
        return positive_margin(torch.from_numpy(self.logits)).numpy()


def positive_margin(logits: Tensor) -> Tensor:
    """Log odds `(...)` of a positive class against the others, from `(..., 4)`."""
    return logits[..., POSITIVE].logsumexp(-1) - logits[..., OTHER].logsumexp(-1)


def score_visits(
    model: ScreeningModel, cohort: Cohort, visits: Sequence[Visit], progress: Progress = silent
) -> Scores:
    """The `Scores` of visits, each from all of its usable windows; one recording in memory."""
    model.eval()
    logits, embeddings = [], []
    for done, visit in enumerate(visits):
        progress(done, len(visits))
        output = _score(model, load_batch(cohort, [visit], len(visit.usable), None))
        logits.append(output[0])
        embeddings.append(output[1])
    progress(len(visits), len(visits))
    return Scores(np.stack(logits), np.stack(embeddings))


@torch.no_grad()
def _score(model: ScreeningModel, batch: Batch) -> tuple[np.ndarray, np.ndarray]:
    windows = batch.samples.squeeze(0).numpy()
    views = [model.encode_windows(block).view_embeddings for block in blocks(windows)]
    stacked = torch.cat(views).unsqueeze(0)
    every = torch.ones(*stacked.shape[:2], len(VIEWS))
    output = model.encode_recording(stacked, batch.start_s, every, batch.window_mask)
    return output.logits[0].numpy(), output.embedding[0].numpy()
