"""Two views of the same items look for each other, in both directions."""

from __future__ import annotations

import torch
from torch import Tensor

from fetal_hemo.contrast.masked import anchor_losses, oneself


def both_directions(
    similarity: Tensor, negative: Tensor | None, decoupled: bool
) -> tuple[Tensor, Tensor]:
    """Sum of the items' losses, and how many items count, both scalars.

    `similarity` is `(items, items)`, over the temperature, its diagonal the items' own;
    `negative` the same shape, True where item j is a negative of item i (None: all others). With
    D(i) the negatives of i, and i itself unless decoupled,
    l_i = -s_ii + 1/2 [ log sum_{j in D(i)} exp(s_ij) + log sum_{j in D(i)} exp(s_ji) ].
    """
    own = oneself(len(similarity), len(similarity), similarity.device)
    others = ~own if negative is None else negative & ~own
    denominator = others if decoupled else others | own
    both = torch.cat([similarity, similarity.T])  # one softmax for forth and back
    losses, counted = anchor_losses(both, own.repeat(2, 1), denominator.repeat(2, 1))
    return 0.5 * losses.sum(), 0.5 * counted.sum()


def among(rows: Tensor, negative: Tensor | None) -> Tensor | None:
    """The negatives `(items, items)` among the items of `rows` (bool) only."""
    return None if negative is None else negative[rows][:, rows]


def present_views(views: Tensor, view_mask: Tensor) -> Tensor:
    """Views `(items, views, dim)` with zeros where there is none, whatever stands there."""
    return views.masked_fill((view_mask <= 0).unsqueeze(-1), 0.0)


def mean_loss(parts: list[tuple[Tensor, Tensor]], views: Tensor) -> Tensor:
    """Sum of the losses over the number that count; a zero that can be differentiated if none."""
    total = sum((loss for loss, _ in parts), torch.zeros((), device=views.device))
    count = sum((counted for _, counted in parts), torch.zeros((), device=views.device))
    return (total + 0.0 * views.sum()) / count.clamp_min(1)
