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
from fetal_hemo.training.batches import Batch
from fetal_hemo.training.encoded import view_embeddings
from fetal_hemo.training.sources import Source, one_by_one
from fetal_hemo.training.survey import Visit
from fetal_hemo.training.world import gather_rows, rank, shares

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
    model: ScreeningModel,
    source: Source,
    visits: Sequence[Visit],
    views: Sequence[str] | None = None,
    progress: Progress = silent,
) -> Scores:
    """The `Scores` of visits, each from all of its usable windows; few recordings in memory.

    Only the named `views` are heard, of those that the model offers; None is all of them. Processes
    that train together share the visits, and each gets all scores. Raises ValueError for no view or
    one that the model does not offer.
    """
    model.eval()
    heard = _heard(model, views)
    counts = [part.stop - part.start for part in shares(len(visits))]
    rows = torch.zeros(counts[rank()], len(BP_CLASSES) + model.size.recording_embedding)
    for row, batch in enumerate(one_by_one(source, visits, progress)):
        rows[row] = _score(model, batch, heard)
    every = gather_rows(rows, counts).numpy()
    return Scores(every[:, : len(BP_CLASSES)], every[:, len(BP_CLASSES) :])


def _heard(model: ScreeningModel, views: Sequence[str] | None) -> Tensor:
    """Mask `(views,)`, as in `VIEWS`: 1 where a view is heard."""
    named = model.size.views if views is None else views
    if not named or set(named) - set(model.size.views):
        raise ValueError(f"views {list(named)}: some of {', '.join(model.size.views)}")
    return torch.tensor([float(view in named) for view in VIEWS])


@torch.no_grad()
def _score(model: ScreeningModel, batch: Batch, views: Tensor) -> Tensor:
    """Logits and embedding of a batch of one visit, one after the other."""
    stacked = view_embeddings(model, batch).unsqueeze(0)
    mask = views.expand(*stacked.shape[:2], -1)
    output = model.encode_recording(stacked, batch.start_s, mask, batch.window_mask)
    return torch.cat([output.logits[0], output.embedding[0]])
