"""NT-Xent: the other view of an item is its positive, everything else in the batch a negative."""

from __future__ import annotations

import torch
from torch import Tensor

from fetal_hemo.contrast.pairs import pair_contrast
from fetal_hemo.contrast.similarity import Similarity, cosine
from fetal_hemo.contrast.two_views import two_view_pairs


def nt_xent(
    first: Tensor, second: Tensor, temperature: float, similarity: Similarity = cosine
) -> Tensor:
    """Mean loss, a scalar, of two views `(batch, dim)` whose rows belong together.

    With z the 2N unit vectors and s_ij = z_i.z_j / temperature,
    l_i = -s_ii' + log sum_{j != i} exp(s_ij), where i' is the other view of i.
    log(2N - 1) when all embeddings are equal. Chen et al., SimCLR, ICML 2020, eq. 1.
    """
    pairs = two_view_pairs(len(first), first.device)
    return pair_contrast(torch.cat([first, second]), pairs, temperature, similarity=similarity)
