"""Contrast of any pairs: the masks say who is a positive of whom and who a negative."""

from __future__ import annotations

from typing import NamedTuple

from torch import Tensor

from fetal_hemo.contrast.masked import masked_contrast
from fetal_hemo.contrast.similarity import Similarity, cosine


class Pairs(NamedTuple):
    """Who is what to whom: `positive` and `negative`, both bool `(rows, rows)`.

    Row i is the anchor. A pair that is neither is left out of the loss; the diagonal is neither.
    """

    positive: Tensor
    negative: Tensor


def pair_contrast(
    embeddings: Tensor,
    pairs: Pairs,
    temperature: float,
    *,
    decoupled: bool = False,
    similarity: Similarity = cosine,
) -> Tensor:
    """Mean loss, a scalar, of embeddings `(rows, dim)` whose pairs are given.

    With P(i) the positives and N(i) the negatives of row i, s_ij its similarity / temperature,
    l_i = -1/|P(i)| sum_{p in P(i)} [ s_ip - log sum_{j in D(i)} exp(s_ij) ], where D(i) is
    P(i) and N(i), or N(i) alone when decoupled. NT-Xent (Chen 2020), supervised contrast
    (Khosla 2020, L_out) and DCL (Yeh 2022) are this with the pairs of two views or of classes.
    """
    scores = similarity(embeddings, embeddings) / temperature
    denominator = pairs.negative if decoupled else pairs.negative | pairs.positive
    return masked_contrast(scores, pairs.positive, denominator)
