"""Targeted supervised contrast (TSC): classes go to fixed points that lie evenly on the sphere."""

from __future__ import annotations

import torch
from scipy.optimize import linear_sum_assignment
from torch import Tensor, nn
from torch.nn import functional

from fetal_hemo.contrast.masked import masked_contrast, oneself
from fetal_hemo.contrast.prototypes import simplex
from fetal_hemo.contrast.similarity import Similarity, cosine, inner
from fetal_hemo.contrast.two_views import equal
from fetal_hemo.contrast.unlabelled import labelled_only


def targeted_contrast(
    embeddings: Tensor,
    labels: Tensor,
    targets: Tensor,
    temperature: float,
    weight: float = 0.2,
    similarity: Similarity = cosine,
) -> Tensor:
    """Mean loss, a scalar, of embeddings `(batch, dim)`, classes `(batch,)` and their targets.

    `targets` `(classes, dim)` are those of `Targets()`, row k that of class k. With P(i) the
    other items of i's class, s_ij = z_i.z_j / temperature, and
    D_i = sum_{j != i} exp(s_ij) + sum_k exp(z_i.t_k / temperature),
    l_i = -1/(|P(i)| + 1) ( sum_{p in P(i)} log(exp(s_ip) / D_i)
    + weight log(exp(z_i.t_y / temperature) / D_i) ). A negative label is left out.
    log(N - 1 + C) when embeddings and targets are all equal and the weight is 1. Li et al.,
    Targeted Supervised Contrastive Learning, CVPR 2022 (the weight 0.2 is that of its code).
    """
    embeddings, labels = labelled_only(embeddings, labels)
    classes = torch.arange(len(targets), device=labels.device)
    key_labels = torch.cat([labels, classes])
    others = ~oneself(len(labels), len(key_labels), labels.device)
    scores = similarity(embeddings, torch.cat([embeddings, targets])) / temperature
    positive = (equal(labels, key_labels) & others).to(scores.dtype)
    positive[:, len(labels) :] *= weight
    return masked_contrast(scores, positive, others)


class Targets(nn.Module):
    """Fixed targets on the sphere and a running centroid of each class, which claims one of them.

    Call `update` at every step, then the module: `(classes, dim)`, the target of each class. The
    centroids saw labels: they belong to one fold. Raises ValueError if dim < classes.
    """

    points: Tensor
    centroids: Tensor

    def __init__(self, classes: int, dim: int, generator: torch.Generator) -> None:
        super().__init__()
        self.register_buffer("points", simplex(classes, dim, generator))
        self.register_buffer("centroids", torch.zeros(classes, dim))

    @torch.no_grad()
    def update(self, embeddings: Tensor, labels: Tensor, momentum: float = 0.9) -> None:
        """Move the centroid of every class in the batch: 0.9 old + 0.1 new, on the sphere."""
        vectors = functional.normalize(embeddings.to(self.centroids.dtype), dim=1)
        for label in labels[labels >= 0].unique():
            new = functional.normalize(vectors[labels == label].mean(dim=0), dim=0)
            moved = momentum * self.centroids[label] + (1 - momentum) * new
            self.centroids[label] = functional.normalize(moved, dim=0)

    @torch.no_grad()
    def forward(self) -> Tensor:
        closeness = inner(self.centroids, self.points)
        _, chosen = linear_sum_assignment(closeness.cpu().numpy(), maximize=True)
        return self.points[torch.from_numpy(chosen).to(self.points.device)]
