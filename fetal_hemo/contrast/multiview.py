"""Leave-one-out multi-view InfoNCE: each view finds the mean of its item's other views."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional


def multiview_infonce(views: Tensor, view_mask: Tensor, temperature: float) -> Tensor:
    """Mean loss, a scalar, of views `(batch, views, dim)` and their mask `(batch, views)`.

    With z_iv the unit vector of view v of item i and m_iv the mean of the item's other present
    views, s_ij = z_iv.m_jv / temperature, and for every view v
    l_i = -s_ii + 1/2 [ log sum_j exp(s_ij) + log sum_j exp(s_ji) ].
    Item i takes part in view v if v and at least one other view are present; the mean is over
    all (item, view) that take part, and 0 if none does. log N when all embeddings are equal.
    Thapa et al., SleepFM, ICML 2024 (leave-one-out contrast), with a mask for missing views.
    """
    absent = (view_mask <= 0).unsqueeze(-1)  # whatever stands there, NaN even, has no part
    vectors = functional.normalize(views.masked_fill(absent, 0.0), dim=-1)
    others = view_mask.sum(dim=1, keepdim=True) - view_mask
    means = (vectors.sum(dim=1, keepdim=True) - vectors) / others.clamp_min(1.0).unsqueeze(-1)
    present = (view_mask > 0) & (others > 0)
    total, anchors = 0.0 * vectors.sum(), 0
    for view in range(views.shape[1]):
        rows = present[:, view]
        if not rows.any():
            continue
        similarity = vectors[rows, view] @ means[rows, view].T / temperature
        total = total + _both_directions(similarity)
        anchors += len(similarity)
    return total / max(anchors, 1)


def _both_directions(similarity: Tensor) -> Tensor:
    """Sum over items of the two cross-entropies of `(items, items)`, halved."""
    own = torch.arange(len(similarity), device=similarity.device)
    forth = functional.cross_entropy(similarity, own, reduction="sum")
    back = functional.cross_entropy(similarity.T, own, reduction="sum")
    return 0.5 * (forth + back)
