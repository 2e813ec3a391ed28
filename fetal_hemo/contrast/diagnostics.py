"""What a loss does to the space: agreement of positives, spread, dimensions, prototypes used."""

from __future__ import annotations

import math

import torch
from torch import Tensor
from torch.nn import functional

from fetal_hemo.contrast.blocks import blocks
from fetal_hemo.contrast.similarity import cosine, full, inner


def alignment(first: Tensor, second: Tensor) -> float:
    """Mean squared distance of positive pairs `(batch, dim)` on the sphere, 0 (equal) to 4.

    Wang & Isola, ICML 2020, with alpha = 2.
    """
    pairs = functional.normalize(first, dim=1) - functional.normalize(second, dim=1)
    return float(pairs.square().sum(dim=1).mean())


def uniformity(embeddings: Tensor) -> float:
    """Log mean Gaussian potential of all pairs of `(batch, dim)`: 0 is collapse, lower is spread.

    Wang & Isola, ICML 2020, with t = 2. 0 for fewer than two items.
    """
    if len(embeddings) < 2:
        return 0.0
    unit = functional.normalize(full(embeddings), dim=1)
    length = unit.square().sum(dim=1)  # 1, or 0 of what was 0
    total = 0.0
    for block in blocks(len(unit), len(unit)):
        squared = length[block, None] + length - 2.0 * inner(unit[block], unit)
        potential = (-2.0 * squared).exp()
        potential.diagonal(block.start).zero_()  # an item and itself are no pair
        total += float(potential.sum(dtype=torch.float64))
    return math.log(total / (len(unit) * (len(unit) - 1)))


def effective_rank(embeddings: Tensor) -> float:
    """How many dimensions `(batch, dim)` really uses, from 1 (a line or a point) to dim.

    Exponential of the entropy of the normalised singular values of the centred embeddings
    (Roy & Vetterli, EUSIPCO 2007).
    """
    singular = torch.linalg.svdvals(embeddings - embeddings.mean(dim=0))
    shares = singular / singular.sum().clamp_min(1e-12)
    return float(torch.exp(torch.special.entr(shares).sum()))


def class_cosines(embeddings: Tensor, labels: Tensor, classes: int) -> Tensor:
    """Mean cosine `(classes, classes)` between items of two classes, without an item's own.

    Embeddings are `(batch, dim)`, labels `(batch,)`; NaN where there is no pair.
    """
    vectors, of = functional.normalize(embeddings[labels >= 0], dim=1), labels[labels >= 0]
    sums, own, counts = _sums(vectors, of, classes)
    pairs = torch.outer(counts, counts) - torch.diag(counts)
    total = sums @ sums.T - torch.diag(own)
    total = total.masked_fill(pairs == 0, torch.nan)  # or what is left of rounding
    return total / pairs


def visit_dispersion(embeddings: Tensor, visits: Tensor) -> float:
    """One minus the mean cosine of two windows of a visit, averaged over visits; NaN without pairs.

    Windows `(rows, dim)`, whole numbers of their visits `(rows,)`. The within-transcript dispersion
    of arXiv 2605.03297: lower means that windows of a visit tell the same.
    """
    found, numbers = visits.unique(return_inverse=True)
    sums, own, counts = _sums(functional.normalize(embeddings, dim=1), numbers, len(found))
    cosines = (sums.square().sum(dim=1) - own) / (counts * (counts - 1.0))
    return float(1.0 - cosines[counts > 1].mean())


def _sums(vectors: Tensor, of: Tensor, groups: int) -> tuple[Tensor, Tensor, Tensor]:
    """By group the sum of its vectors, of their squared lengths, and how many there are."""
    sums = vectors.new_zeros(groups, vectors.shape[1]).index_add_(0, of, vectors)
    own = vectors.new_zeros(groups).index_add_(0, of, vectors.square().sum(dim=1))
    return sums, own, torch.bincount(of, minlength=groups).to(vectors.dtype)


def prototype_use(embeddings: Tensor, prototypes: Tensor) -> Tensor:
    """Share `(classes,)` of embeddings `(batch, dim)` that are nearest to each prototype.

    Prototypes are `(classes, dim)`; one that nobody is nearest to does nothing.
    """
    nearest = cosine(embeddings, prototypes).argmax(dim=1)
    return torch.bincount(nearest, minlength=len(prototypes)) / max(len(embeddings), 1)
