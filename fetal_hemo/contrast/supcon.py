"""Supervised contrast: everything of the same class is a positive."""

from __future__ import annotations

from torch import Tensor

from fetal_hemo.contrast.masked import oneself
from fetal_hemo.contrast.pairs import Pairs, pair_contrast
from fetal_hemo.contrast.similarity import Similarity, cosine
from fetal_hemo.contrast.two_views import equal
from fetal_hemo.contrast.unlabelled import labelled_only, labelled_pairs


def supervised_contrast(
    embeddings: Tensor,
    labels: Tensor,
    temperature: float,
    allowed: Tensor | None = None,
    similarity: Similarity = cosine,
) -> Tensor:
    """Mean loss, a scalar, of embeddings `(batch, dim)` with classes `(batch,)`.

    With P(i) the other items of i's class and s_ij = z_i.z_j / temperature,
    l_i = -1/|P(i)| sum_{p in P(i)} [ s_ip - log sum_{j != i} exp(s_ij) ],
    averaged over anchors that have a positive; 0 if none has. A negative label is left out, and
    so is a pair that is not `allowed`, bool `(batch, batch)`. log(N - 1) when all embeddings are
    equal. Khosla et al., NeurIPS 2020, eq. 2 (L_out: the sum over positives stands outside the
    logarithm).
    """
    allowed = labelled_pairs(allowed, labels)
    embeddings, labels = labelled_only(embeddings, labels)
    kept = allowed & ~oneself(len(labels), len(labels), labels.device)
    same = equal(labels, labels)
    return pair_contrast(
        embeddings, Pairs(same & kept, ~same & kept), temperature, similarity=similarity
    )
