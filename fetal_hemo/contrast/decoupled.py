"""Decoupled contrast (DCL): NT-Xent whose positive does not hold its own anchor back."""

from __future__ import annotations

import torch
from torch import Tensor

from fetal_hemo.contrast.pairs import pair_contrast
from fetal_hemo.contrast.similarity import Similarity, cosine
from fetal_hemo.contrast.two_views import two_view_pairs


def decoupled_contrast(
    first: Tensor, second: Tensor, temperature: float, similarity: Similarity = cosine
) -> Tensor:
    """Mean loss, a scalar, of two views `(batch, dim)` whose rows belong together.

    With z the 2N unit vectors and s_ij = z_i.z_j / temperature,
    l_i = -s_ii' + log sum_{j not in {i, i'}} exp(s_ij), where i' is the other view of i.
    In NT-Xent the gradient fades as the positive wins its softmax, the sooner the smaller the
    batch; here it does not. log(2N - 2) when all embeddings are equal; a single item has no
    negative and gives 0. Yeh et al., Decoupled Contrastive Learning, ECCV 2022, eq. 6.
    """
    both = torch.cat([first, second])
    pairs = two_view_pairs(len(first), first.device)
    return pair_contrast(both, pairs, temperature, decoupled=True, similarity=similarity)
