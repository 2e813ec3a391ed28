"""How a recording without a blood pressure enters a loss that needs labels: not at all."""

from __future__ import annotations

from torch import Tensor

UNLABELLED = -1  # any negative label is left out, as anchor, as positive and as negative


def labelled_only(embeddings: Tensor, labels: Tensor) -> tuple[Tensor, Tensor]:
    """The rows of `(batch, dim)` and `(batch,)` whose label is a class."""
    known = labels >= 0
    return embeddings[known], labels[known]
