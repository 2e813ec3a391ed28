"""Leave-one-out multi-view InfoNCE: each view finds the mean of its item's other views."""

from __future__ import annotations

from torch import Tensor
from torch.nn import functional

from fetal_hemo.contrast.cross_view import among, both_directions, mean_loss, present_views
from fetal_hemo.contrast.similarity import full, inner


def multiview_infonce(
    views: Tensor,
    view_mask: Tensor,
    temperature: float,
    negative: Tensor | None = None,
    decoupled: bool = False,
) -> Tensor:
    """Mean loss, a scalar, of views `(items, views, dim)` and their mask `(items, views)`.

    With z_iv the unit vector of view v of item i and m_iv the mean of the item's other present
    views, s_ij = z_iv.m_jv / temperature, and for every view v
    l_i = -s_ii + 1/2 [ log sum_j exp(s_ij) + log sum_j exp(s_ji) ],
    j over the item itself (unless decoupled) and its negatives: `negative` is bool
    `(items, items)`, all other items if None. Item i takes part in view v if v and at least one
    other view are present; the mean is over all (item, view) that take part, and 0 if none does.
    log N when all embeddings are equal, log(N - 1) when decoupled. The mean m is not a unit
    vector, so there is no angular form. Thapa et al., SleepFM, ICML 2024 (leave-one-out
    contrast), with a mask for missing views.
    """
    vectors = functional.normalize(present_views(full(views), view_mask), dim=-1)
    others = view_mask.sum(dim=1, keepdim=True) - view_mask
    means = (vectors.sum(dim=1, keepdim=True) - vectors) / others.clamp_min(1.0).unsqueeze(-1)
    present = (view_mask > 0) & (others > 0)
    parts = []
    for view in range(views.shape[1]):
        rows = present[:, view]
        similarity = inner(vectors[rows, view], means[rows, view]) / temperature
        parts.append(both_directions(similarity, among(rows, negative), decoupled))
    return mean_loss(parts, vectors)
