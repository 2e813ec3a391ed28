"""NT-Xent: the other view of an item is its positive, everything else in the batch a negative."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional


def nt_xent(first: Tensor, second: Tensor, temperature: float) -> Tensor:
    """Mean loss, a scalar, of two views `(batch, dim)` whose rows belong together.

    With z the 2N unit vectors and s_ij = z_i.z_j / temperature,
    l_i = -s_ii' + log sum_{j != i} exp(s_ij), where i' is the other view of i.
    log(2N - 1) when all embeddings are equal. Chen et al., SimCLR, ICML 2020, eq. 1.
    """
    items = len(first)
    vectors = functional.normalize(torch.cat([first, second]), dim=1)
    similarity = vectors @ vectors.T / temperature
    oneself = torch.eye(2 * items, dtype=torch.bool, device=vectors.device)
    similarity = similarity.masked_fill(oneself, -torch.inf)
    partner = torch.arange(2 * items, device=vectors.device).roll(items)
    return functional.cross_entropy(similarity, partner)
