"""The softmax that all objectives share: anchors, positives, and who stands in the denominator."""

from __future__ import annotations

import torch
from torch import Tensor


def masked_contrast(
    similarity: Tensor, positive: Tensor, denominator: Tensor, log_weight: Tensor | None = None
) -> Tensor:
    """Mean of `anchor_losses`, a scalar, over the anchors that count; 0 if none does."""
    losses, counted = anchor_losses(similarity, positive, denominator, log_weight)
    return losses.sum() / counted.sum().clamp_min(1)


def anchor_losses(
    similarity: Tensor, positive: Tensor, denominator: Tensor, log_weight: Tensor | None = None
) -> tuple[Tensor, Tensor]:
    """Loss `(anchors,)` of each anchor, and `(anchors,)` whether it counts.

    All arguments are `(anchors, keys)`: the similarity s over the temperature, the weight w >= 0
    (or True) of each positive, who is in the denominator D(i), the logarithm of a weight there.
    With P(i) the keys of positive weight,
    l_i = 1/|P(i)| sum_{p in P(i)} w_ip [ log sum_{j in D(i)} exp(s_ij + log_weight_ij) - s_ip ].
    An anchor without a positive, or with nothing in its denominator, has loss 0, no gradient,
    and does not count.
    """
    weight = positive.to(similarity.dtype)
    count = (weight > 0).sum(dim=1)
    counted = (count > 0) & denominator.any(dim=1)
    # An anchor that does not count sees every key: a softmax over nothing would be NaN.
    hidden = ~denominator & counted[:, None]
    scores = similarity if log_weight is None else similarity + log_weight
    total = scores.masked_fill(hidden, -torch.inf).logsumexp(dim=1, keepdim=True)
    losses = ((total - similarity) * weight).sum(dim=1) / count.clamp_min(1)
    return losses * counted, counted


def oneself(rows: int, keys: int, device: torch.device) -> Tensor:
    """True where a key is the anchor itself: `(rows, keys)`, the rows being the first keys."""
    return torch.eye(rows, keys, dtype=torch.bool, device=device)
