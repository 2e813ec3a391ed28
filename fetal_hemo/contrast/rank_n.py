"""Rank-N-Contrast: embeddings as far apart as the blood pressures are, with no threshold."""

from __future__ import annotations

import torch
from torch import Tensor

from fetal_hemo.contrast.similarity import Similarity, negative_distance


def rank_n_contrast(
    embeddings: Tensor,
    values: Tensor,
    temperature: float = 2.0,
    similarity: Similarity = negative_distance,
) -> Tensor:
    """Mean loss, a scalar, of embeddings `(batch, dim)` with values `(batch,)` or several each.

    `values` are what to rank by, in one unit: systolic mmHg, or `(batch, 2)` with diastolic, whose
    distance is |.| summed. A row with NaN is left out. With b the values,
    l_ij = -log exp(s_ij) / sum_{k != i: |b_i - b_k| >= |b_i - b_j|} exp(s_ik), s = similarity /
    temperature, averaged over all ordered pairs; 0 for fewer than two rows. log((n-1)!) / (n-1)
    when all embeddings are equal and no two distances from an anchor are. Zha et al.,
    Rank-N-Contrast, NeurIPS 2023, eq. 1-2: similarity = -distance, temperature = 2.
    """
    values = values[:, None] if values.ndim == 1 else values
    known = values.isfinite().all(dim=1)
    embeddings, values = embeddings[known], values[known]
    if len(values) < 2:
        return embeddings.sum() * 0.0
    gaps = torch.cdist(values, values, p=1.0)
    gaps.fill_diagonal_(-1.0)  # an item is last in its own ranking, and is cut off there
    gaps, order = gaps.sort(dim=1, descending=True)
    gaps, order = gaps[:, :-1].contiguous(), order[:, :-1]
    scores = similarity(embeddings, embeddings).gather(1, order) / temperature
    # Keys at least as far as key j: all before it in the ranking, and those level with it.
    last_level = torch.searchsorted(-gaps, -gaps, right=True) - 1
    denominator = scores.logcumsumexp(dim=1).gather(1, last_level)
    return (denominator - scores).mean()
