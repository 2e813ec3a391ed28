"""SupMin: the rare classes attract their own kind, the majority only its own other view."""

from __future__ import annotations

import torch
from torch import Tensor

from fetal_hemo.contrast.pairs import Pairs, pair_contrast
from fetal_hemo.contrast.similarity import Similarity, cosine
from fetal_hemo.contrast.two_views import equal, two_view_pairs
from fetal_hemo.contrast.unlabelled import labelled_only


def minority_contrast(
    first: Tensor,
    second: Tensor,
    labels: Tensor,
    temperature: float,
    majority: int = 0,
    ratio: float = 0.0,
    generator: torch.Generator | None = None,
    similarity: Similarity = cosine,
) -> Tensor:
    """Mean loss, a scalar, of two views `(batch, dim)` with classes `(batch,)`.

    With s_ij = z_i.z_j / temperature over the 2N unit vectors,
    l_i = -1/|P(i)| sum_{p in P(i)} [ s_ip - log sum_{j != i} exp(s_ij) ], where P(i) is the other
    view of i and, unless i is of the `majority` class, every view of i's class. A random share
    `ratio` of the majority items is treated as the minority is, among themselves: 0 is SupMin,
    1 supervised contrast. log(2N - 1) when all embeddings are equal. A negative label is left
    out. Mildenberger et al., A Tale of Two Classes, CVPR 2025; with more than two classes every
    class but the majority attracts.
    """
    first, _ = labelled_only(first, labels)
    second, labels = labelled_only(second, labels)
    attracted = ((labels != majority) | _chosen(labels == majority, ratio, generator)).repeat(2)
    both_labels = labels.repeat(2)
    own, others = two_view_pairs(len(labels), labels.device)
    alike = equal(both_labels, both_labels) & attracted[:, None] & attracted[None, :] & others
    pairs = Pairs(own | alike, others & ~alike)
    return pair_contrast(torch.cat([first, second]), pairs, temperature, similarity=similarity)


def _chosen(members: Tensor, ratio: float, generator: torch.Generator | None) -> Tensor:
    """True for a random share `ratio`, rounded down, of the members `(batch,)`."""
    rows = members.nonzero().squeeze(1)
    order = torch.randperm(len(rows), generator=generator).to(rows.device)
    chosen = torch.zeros_like(members)
    chosen[rows[order[: int(ratio * len(rows))]]] = True
    return chosen
