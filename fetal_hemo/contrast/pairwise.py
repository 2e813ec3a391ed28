"""Pairwise multi-view InfoNCE: every two views of an item find each other."""

from __future__ import annotations

from itertools import combinations

from torch import Tensor

from fetal_hemo.contrast.cross_view import among, both_directions, mean_loss, present_views
from fetal_hemo.contrast.similarity import Similarity, cosine, full


def pairwise_infonce(
    views: Tensor,
    view_mask: Tensor,
    temperature: float,
    negative: Tensor | None = None,
    decoupled: bool = False,
    similarity: Similarity = cosine,
) -> Tensor:
    """Mean loss, a scalar, of views `(items, views, dim)` and their mask `(items, views)`.

    For every two views v < w, with s_ij the similarity of view v of item i and view w of item j
    over the temperature, l_i = -s_ii + 1/2 [ log sum_j exp(s_ij) + log sum_j exp(s_ji) ],
    j over the item itself (unless decoupled) and its negatives: `negative` is bool
    `(items, items)`, all other items if None. Item i takes part if both views are present; the
    mean is over all (item, pair of views) that take part, and 0 if none does. log N when all
    embeddings are equal, log(N - 1) when decoupled. Tian et al., Contrastive Multiview Coding,
    ECCV 2020 (full graph), in the symmetric form of Radford et al., CLIP, ICML 2021.
    """
    vectors = present_views(full(views), view_mask)
    parts = []
    for one, other in combinations(range(views.shape[1]), 2):
        rows = (view_mask[:, one] > 0) & (view_mask[:, other] > 0)
        scores = similarity(vectors[rows, one], vectors[rows, other]) / temperature
        parts.append(both_directions(scores, among(rows, negative), decoupled))
    return mean_loss(parts, vectors)
