"""How alike two embeddings are; every objective takes one of these functions."""

from __future__ import annotations

import math
from collections.abc import Callable

import torch
from torch import Tensor
from torch.nn import functional

Similarity = Callable[[Tensor, Tensor], Tensor]

STEEPEST = 1.0 - 1e-6  # arccos has no slope at 1: beyond this cosine the angle stands still


def cosine(rows: Tensor, keys: Tensor) -> Tensor:
    """z_i.z_j of the unit vectors of `(rows, dim)` and `(keys, dim)`, -1 to 1: `(rows, keys)`."""
    return inner(functional.normalize(full(rows), dim=1), functional.normalize(full(keys), dim=1))


def angular(rows: Tensor, keys: Tensor) -> Tensor:
    """1 - 2 arccos(z_i.z_j) / pi, -1 to 1: `(rows, keys)`; even steps for even angles.

    Used for supervised contrast with few negatives in arXiv 2604.26057; the scale is ours.
    """
    angle = torch.arccos(cosine(rows, keys).clamp(-STEEPEST, STEEPEST))
    return 1.0 - 2.0 * angle / math.pi


def negative_distance(rows: Tensor, keys: Tensor) -> Tensor:
    """Minus the Euclidean distance, not normalised: `(rows, keys)`.

    Zha et al., Rank-N-Contrast, NeurIPS 2023.
    """
    # Differences, not products: equal embeddings must be at distance 0 exactly.
    mode = "donot_use_mm_for_euclid_dist"
    return -torch.cdist(full(rows), full(keys), compute_mode=mode)


SIMILARITIES: dict[str, Similarity] = {"cosine": cosine, "angular": angular}


def full(embeddings: Tensor) -> Tensor:
    """The embeddings in float32 at least: a softmax at temperature 0.05 needs its digits."""
    half = embeddings.dtype in (torch.float16, torch.bfloat16)
    return embeddings.float() if half else embeddings


def inner(rows: Tensor, keys: Tensor) -> Tensor:
    """Inner products `(rows, keys)`, in full precision under autocast as well."""
    with torch.autocast(rows.device.type, enabled=False):
        return rows @ keys.T
