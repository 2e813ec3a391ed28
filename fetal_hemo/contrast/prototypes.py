"""One learnable point on the sphere for each blood-pressure class."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional


class Prototypes(nn.Module):
    """Unit vectors `(classes, dim)`; they start as far from each other as points can be.

    The start is a regular simplex, pairwise cosine -1 / (classes - 1), turned at random
    (Li et al., Targeted Supervised Contrast, CVPR 2022). From there they are free parameters,
    learned by the loss alone. In Zhu et al., Balanced Contrastive Learning, CVPR 2022, they are an
    MLP of the classifier's weights, and that loss weighs .35 beside cross-entropy; here its weight
    is 1 in pretraining, without a classifier, and 0.1 in fine-tuning (`prototype_weight`,
    `auxiliary_contrast`). Raises ValueError if dim < classes.
    """

    def __init__(self, classes: int, dim: int, generator: torch.Generator) -> None:
        super().__init__()
        self.weight = nn.Parameter(simplex(classes, dim, generator))

    def forward(self) -> Tensor:
        return functional.normalize(self.weight, dim=1)


def simplex(classes: int, dim: int, generator: torch.Generator) -> Tensor:
    """Corners `(classes, dim)` of a regular simplex on the unit sphere, randomly oriented."""
    if dim < classes:
        raise ValueError(f"{classes} prototypes need at least {classes} dimensions, got {dim}")
    axes, _ = torch.linalg.qr(torch.randn(dim, classes, generator=generator))
    return functional.normalize(axes.T - axes.T.mean(dim=0), dim=1)
