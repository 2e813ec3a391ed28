"""All diagnostics of one epoch in one record, for the log, the plots and the collapse warning."""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass
from typing import Any

import torch
from torch import Tensor

from fetal_hemo.contrast.diagnostics import (
    alignment,
    class_cosines,
    effective_rank,
    prototype_use,
    uniformity,
)
from fetal_hemo.contrast.neighbours import (
    class_consistency,
    sample_alignment,
    woman_reidentification,
)


@dataclass(frozen=True)
class Diagnosis:
    """The state of an embedding space; None where it cannot be told from these rows.

    `alignment` 0 (views equal) to 4; `uniformity` 0 (one point) and below; `effective_rank` of
    `largest_rank`; by class `rows`, `sample_alignment` (SAA), `class_consistency` (CAC),
    `class_cosine` (mean cosine of two rows of the class) and `prototype_use` (empty without
    prototypes); `farthest_classes`, the mean cosine between the two classes farthest apart;
    `woman_found` and what `chance` would give; `gradient_norm`.
    """

    alignment: float
    uniformity: float
    effective_rank: float
    largest_rank: int
    rows: tuple[int, ...]
    sample_alignment: tuple[float | None, ...]
    class_consistency: tuple[float | None, ...]
    class_cosine: tuple[float | None, ...]
    farthest_classes: float | None
    prototype_use: tuple[float, ...]
    woman_found: float | None
    chance: float | None
    gradient_norm: float | None

    def to_row(self) -> dict[str, Any]:
        """Names and values for a log: numbers, None, and lists of these."""
        return {k: list(v) if isinstance(v, tuple) else v for k, v in asdict(self).items()}


@torch.no_grad()
def diagnose(
    first: Tensor,
    second: Tensor,
    labels: Tensor,
    women: Tensor,
    visits: Tensor,
    classes: int,
    prototypes: Tensor | None = None,
    gradient_norm: float | None = None,
) -> Diagnosis:
    """`Diagnosis` of two views `(rows, dim)` with labels, women and visits `(rows,)`.

    Take as many rows as there are (a whole validation set, not a batch): the rank cannot exceed
    their number, and a woman can be found again only if she is there twice. Raises ValueError for
    embeddings that are not finite.
    """
    both = torch.cat([first, second])
    if not both.isfinite().all():
        raise ValueError("there are embeddings that are not finite")
    found = woman_reidentification(first, women, visits)
    cosines = class_cosines(first, labels, classes)
    between = [c for c in cosines[~torch.eye(classes).bool()].tolist() if not math.isnan(c)]
    used = () if prototypes is None else tuple(prototype_use(both, prototypes).tolist())
    return Diagnosis(
        alignment=alignment(first, second),
        uniformity=uniformity(first),
        effective_rank=effective_rank(first),
        largest_rank=max(1, min(first.shape[1], len(first) - 1)),
        rows=tuple(int((labels == label).sum()) for label in range(classes)),
        sample_alignment=_told(sample_alignment(first, second, labels, classes)),
        class_consistency=_told(class_consistency(both, labels.repeat(2), classes)),
        class_cosine=_told(cosines.diagonal()),
        farthest_classes=min(between, default=None),
        prototype_use=used,
        woman_found=_told_one(found.hit_rate),
        chance=_told_one(found.chance),
        gradient_norm=gradient_norm,
    )


def _told(values: Tensor) -> tuple[float | None, ...]:
    return tuple(_told_one(value) for value in values.tolist())


def _told_one(value: float) -> float | None:
    return None if math.isnan(value) else value
