"""Who stands next to whom: the own other view, the own class, the same woman."""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import Tensor

from fetal_hemo.contrast.masked import oneself
from fetal_hemo.contrast.similarity import cosine
from fetal_hemo.contrast.two_views import equal, two_view_pairs

TIE = 1e-6  # cosines this close are equal: at collapse the row order must not decide


class WomanFound(NamedTuple):
    """How often the nearest row of another visit is the same woman's, and by `chance`.

    NaN if no woman has two visits.
    """

    hit_rate: float
    chance: float


def sample_alignment(first: Tensor, second: Tensor, labels: Tensor, classes: int) -> Tensor:
    """SAA `(classes,)`: share of a class's rows whose nearest neighbour is their own other view.

    Two views `(batch, dim)`, labels `(batch,)`; NaN for a class that is not there. Near 1 when
    items keep their identity, near 0 when supervised contrast has collapsed the class. Ties are
    shared out. Mildenberger et al., A Tale of Two Classes, CVPR 2025.
    """
    both = torch.cat([first, second])
    own, others = two_view_pairs(len(first), first.device)
    return _by_class(_share_among_nearest(both, own | others, own, 1), labels.repeat(2), classes)


def class_consistency(
    embeddings: Tensor, labels: Tensor, classes: int, share: float = 0.05
) -> Tensor:
    """CAC `(classes,)`: share of same-class rows among the nearest 5 %, averaged over a class.

    Embeddings `(rows, dim)`, labels `(rows,)`; unlabelled rows have no part; NaN for a class that
    is not there. Mildenberger et al., A Tale of Two Classes, CVPR 2025.
    """
    known = labels >= 0
    embeddings, labels = embeddings[known], labels[known]
    others = ~oneself(len(labels), len(labels), labels.device)
    nearest = max(1, int(share * len(labels)))
    same = equal(labels, labels)
    return _by_class(_share_among_nearest(embeddings, others, same, nearest), labels, classes)


def woman_reidentification(embeddings: Tensor, women: Tensor, visits: Tensor) -> WomanFound:
    """`WomanFound` for embeddings `(rows, dim)`, whole numbers of women and of visits `(rows,)`.

    As `evaluation.reidentification`, without its interval: a number to watch while training.
    """
    same_woman = equal(women, women)
    other_visit = ~(same_woman & equal(visits, visits))
    mates = (same_woman & other_visit).sum(dim=1)
    asked = mates > 0
    if not asked.any():
        return WomanFound(float("nan"), float("nan"))
    hits = _share_among_nearest(embeddings, other_visit, same_woman, 1)[asked].mean()
    chance = (mates[asked] / other_visit[asked].sum(dim=1)).mean()
    return WomanFound(float(hits), float(chance))


def view_recall(first: Tensor, second: Tensor, k: int) -> float:
    """Recall@k across views `(batch, dim)`: share of items whose other view is among the k nearest.

    Mean of both directions; k / batch by chance and at collapse; NaN for an empty batch. Needs no
    labels, and may be followed as pretraining goes on. Radford et al., CLIP, ICML 2021.
    """
    closeness = cosine(first, second)
    closeness = torch.cat([closeness, closeness.T])
    own = closeness.unflatten(0, (2, -1)).diagonal(dim1=1, dim2=2).reshape(-1, 1)
    nearer = (closeness > own + TIE).sum(dim=1)
    level = ((closeness - own).abs() <= TIE).sum(dim=1)
    return float(((k - nearer) / level).clamp(0.0, 1.0).mean())


def _share_among_nearest(embeddings: Tensor, eligible: Tensor, match: Tensor, k: int) -> Tensor:
    """Share `(rows,)` of matches among the k nearest eligible rows; NaN where none is eligible.

    Of rows level with the k-th, each counts in part.
    """
    if len(embeddings) == 0:
        return embeddings.new_zeros(0)
    closeness = cosine(embeddings, embeddings).masked_fill(~eligible, -torch.inf)
    last = closeness.topk(min(k, len(closeness)), dim=1).values[:, -1:]
    nearer = eligible & (closeness > last + TIE)
    level = eligible & (closeness >= last - TIE) & ~nearer
    room = k - nearer.sum(dim=1, keepdim=True)
    part = (room / level.sum(dim=1, keepdim=True)).clamp_max(1.0)
    weight = nearer.to(part.dtype) + level * torch.nan_to_num(part)
    return (weight * match).sum(dim=1) / weight.sum(dim=1)


def _by_class(shares: Tensor, labels: Tensor, classes: int) -> Tensor:
    means = [shares[labels == label].mean() for label in range(classes)]
    return torch.stack(means)
