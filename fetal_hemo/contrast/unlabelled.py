"""How a recording without a blood pressure enters a loss that needs labels: not at all."""

from __future__ import annotations

import torch
from torch import Tensor

UNLABELLED = -1  # any negative label is left out, as anchor, as positive and as negative


def labelled_only(embeddings: Tensor, labels: Tensor) -> tuple[Tensor, Tensor]:
    """The rows of `(batch, dim)` and `(batch,)` whose label is a class."""
    known = labels >= 0
    return embeddings[known], labels[known]


def labelled_pairs(allowed: Tensor | None, labels: Tensor) -> Tensor:
    """The allowed pairs `(batch, batch)` among those rows; all of them if None."""
    known = labels >= 0
    if allowed is None:
        rows = int(known.sum())
        return torch.ones(rows, rows, dtype=torch.bool, device=labels.device)
    return allowed[known][:, known]
