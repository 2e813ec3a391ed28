"""Which negatives to keep: not those that are likely positives, and of the rest the hardest."""

from __future__ import annotations

from typing import Literal

import torch
from torch import Tensor

from fetal_hemo.contrast.pairs import Pairs

FalseNegativeRule = Literal["off", "margin", "share"]


def likely_false_negatives(
    similarity: Tensor, pairs: Pairs, rule: FalseNegativeRule, bound: float
) -> Tensor:
    """True where a negative is as near as a positive should be: bool `(rows, rows)`.

    `similarity` is `(rows, rows)`, not over the temperature; s_i the mean over i's positives. A
    negative j is likely false if s_ij > bound * s_i (`share`, about 0.95), or if
    s_ij > s_i - bound (`margin`). Nothing is, for an anchor without a positive or, by share, with
    s_i <= 0: an untrained encoder knows nothing yet, so switch this on after some epochs. Moreira
    et al., NV-Retriever, arXiv 2407.15831 (positive-aware mining; TabEmbed, arXiv 2605.04962).
    """
    if rule == "off":
        return torch.zeros_like(pairs.negative)
    similarity = similarity.detach()
    count = pairs.positive.sum(dim=1, keepdim=True)
    own = (similarity * pairs.positive).sum(dim=1, keepdim=True) / count.clamp_min(1)
    limit = bound * own if rule == "share" else own - bound
    known = (count > 0) & (own > 0) if rule == "share" else count > 0
    return pairs.negative & known & (similarity > limit)


def hardest(similarity: Tensor, negative: Tensor, most: int) -> Tensor:
    """The `most` nearest negatives of each anchor: bool `(rows, rows)`; all of them if 0."""
    if most == 0 or most >= negative.shape[1]:
        return negative
    scores = similarity.detach().masked_fill(~negative, -torch.inf)
    chosen = torch.zeros_like(negative).scatter(1, scores.topk(most, dim=1).indices, True)
    return chosen & negative


def positive_aware_pairs(
    similarity: Tensor,
    pairs: Pairs,
    rule: FalseNegativeRule = "share",
    bound: float = 0.95,
    most: int = 0,
) -> Pairs:
    """The same `Pairs` with likely false negatives left out and only the hardest others kept."""
    kept = pairs.negative & ~likely_false_negatives(similarity, pairs, rule, bound)
    return Pairs(pairs.positive, hardest(similarity, kept, most))
