"""Who stands next to whom: the own other view, the own class, the same woman."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import torch
from torch import Tensor
from torch.nn import functional

from fetal_hemo.contrast.blocks import blocks
from fetal_hemo.contrast.similarity import full, inner
from fetal_hemo.contrast.two_views import equal

TIE = 1e-6  # cosines this close are equal: at collapse the row order must not decide

# Of the rows of a block: who may be a neighbour, and who would be a match, both `(block, rows)`.
Related = Callable[[slice], tuple[Tensor, Tensor]]


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
    item = torch.arange(len(first), device=first.device).repeat(2)
    row = torch.arange(len(both), device=first.device)

    def related(block: slice) -> tuple[Tensor, Tensor]:
        others = ~equal(row[block], row)
        return others, others & equal(item[block], item)

    return _by_class(_share_among_nearest(both, related, 1), labels.repeat(2), classes)


def class_consistency(
    embeddings: Tensor, labels: Tensor, classes: int, share: float = 0.05
) -> Tensor:
    """CAC `(classes,)`: share of same-class rows among the nearest 5 %, averaged over a class.

    Embeddings `(rows, dim)`, labels `(rows,)`; unlabelled rows have no part; NaN for a class that
    is not there. Mildenberger et al., A Tale of Two Classes, CVPR 2025.
    """
    known = labels >= 0
    embeddings, labels = embeddings[known], labels[known]
    row = torch.arange(len(labels), device=labels.device)
    nearest = max(1, int(share * len(labels)))

    def related(block: slice) -> tuple[Tensor, Tensor]:
        return ~equal(row[block], row), equal(labels[block], labels)

    return _by_class(_share_among_nearest(embeddings, related, nearest), labels, classes)


def woman_reidentification(embeddings: Tensor, women: Tensor, visits: Tensor) -> WomanFound:
    """`WomanFound` for embeddings `(rows, dim)`, whole numbers of women and of visits `(rows,)`.

    As `evaluation.reidentification`, without its interval: a number to watch while training.
    """
    of_woman, of_visit = _times(women), _times(torch.stack([women, visits], dim=1))
    mates = of_woman - of_visit
    asked = mates > 0
    if not asked.any():
        return WomanFound(float("nan"), float("nan"))

    def related(block: slice) -> tuple[Tensor, Tensor]:
        same_woman = equal(women[block], women)
        return ~(same_woman & equal(visits[block], visits)), same_woman

    hits = _share_among_nearest(embeddings, related, 1)[asked].mean()
    chance = (mates[asked] / (len(women) - of_visit[asked])).mean()
    return WomanFound(float(hits), float(chance))


def view_recall(first: Tensor, second: Tensor, k: int) -> float:
    """Recall@k across views `(batch, dim)`: share of items whose other view is among the k nearest.

    Mean of both directions; k / batch by chance and at collapse; NaN for an empty batch. Needs no
    labels, and may be followed as pretraining goes on. Radford et al., CLIP, ICML 2021.
    """
    there, back = _found_across(first, second, k), _found_across(second, first, k)
    return float(torch.cat([there, back]).mean())


def _found_across(asking: Tensor, others: Tensor, k: int) -> Tensor:
    """Whether the item's other view is among the k nearest `(batch,)`; ties are shared out."""
    rows, keys = _unit(asking), _unit(others)
    found = rows.new_empty(len(rows))
    for block in blocks(len(rows), len(keys)):
        closeness = inner(rows[block], keys)
        own = closeness.diagonal(block.start).unsqueeze(1)
        nearer = (closeness > own + TIE).sum(dim=1)
        level = ((closeness - own).abs() <= TIE).sum(dim=1)
        found[block] = ((k - nearer) / level).clamp(0.0, 1.0)
    return found


def _share_among_nearest(embeddings: Tensor, related: Related, k: int) -> Tensor:
    """Share `(rows,)` of matches among the k nearest eligible rows; NaN where none is eligible.

    Of rows level with the k-th, each counts in part.
    """
    unit = _unit(embeddings)
    shares = unit.new_empty(len(unit))  # a list of parts would keep the blocks' pages apart
    for block in blocks(len(unit), len(unit)):
        eligible, match = related(block)
        closeness = inner(unit[block], unit).masked_fill(~eligible, -torch.inf)
        last = _kth_largest(closeness, k)
        nearer = eligible & (closeness > last + TIE)
        level = eligible & (closeness >= last - TIE) & ~nearer
        count, ties = nearer.sum(dim=1), level.sum(dim=1)
        part = torch.nan_to_num(((k - count) / ties).clamp_max(1.0))
        matches = (nearer & match).sum(dim=1) + part * (level & match).sum(dim=1)
        shares[block] = matches / (count + part * ties)
    return shares


def _kth_largest(values: Tensor, k: int) -> Tensor:
    """Of each row, or its smallest where it has fewer: `(rows, 1)`."""
    if k == 1:
        return values.amax(dim=1, keepdim=True)  # several times as fast
    largest = values.topk(min(k, values.shape[1]), dim=1, sorted=False).values
    return largest.amin(dim=1, keepdim=True)


def _unit(embeddings: Tensor) -> Tensor:
    return functional.normalize(full(embeddings), dim=1)


def _times(values: Tensor) -> Tensor:
    """How often each row's value `(rows,)` or `(rows, columns)` is there: `(rows,)`."""
    _, number, counts = values.unique(dim=0, return_inverse=True, return_counts=True)
    return counts[number]


def _by_class(shares: Tensor, labels: Tensor, classes: int) -> Tensor:
    means = [shares[labels == label].mean() for label in range(classes)]
    return torch.stack(means)
