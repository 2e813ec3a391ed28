"""Losses between visits, by the name that a recipe gives them; all need blood-pressure classes."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import torch
from torch import Tensor, nn

from fetal_hemo.constants import BP_CLASSES
from fetal_hemo.contrast import (
    SIMILARITIES,
    Prototypes,
    Targets,
    balanced_contrast,
    minority_contrast,
    pair_contrast,
    patient_aware_pairs,
    prototype_contrast,
    supervised_contrast,
    targeted_contrast,
)
from fetal_hemo.settings_contrast import Pretrain
from fetal_hemo.training.visit_columns import VisitColumns, row_columns


class VisitViews(NamedTuple):
    """Two embeddings `(visits, dim)` of each visit, its class `(visits,)` and columns.

    `points` `(classes, dim)` stand for the classes, where the loss has any.
    """

    first: Tensor
    second: Tensor
    labels: Tensor
    columns: VisitColumns
    points: Tensor | None

    @property
    def both(self) -> tuple[Tensor, Tensor]:
        """Embeddings `(2 * visits, dim)` and their classes."""
        return torch.cat([self.first, self.second]), self.labels.repeat(2)


def class_points(name: str, dim: int, generator: torch.Generator) -> nn.Module | None:
    """The module that gives the loss of this name its points; None where it has none."""
    if name == "balanced":
        return Prototypes(len(BP_CLASSES), dim, generator)
    if name == "supproto":
        return Prototypes(len(BP_CLASSES), dim, generator).requires_grad_(False)
    return Targets(len(BP_CLASSES), dim, generator) if name == "targeted" else None


def _balanced(visits: VisitViews, settings: Pretrain, draw: torch.Generator) -> Tensor:
    embeddings, labels = visits.both
    similarity = SIMILARITIES[settings.similarity]
    return balanced_contrast(
        embeddings, labels, _points(visits), settings.temperature, similarity=similarity
    )


def _supcon(visits: VisitViews, settings: Pretrain, draw: torch.Generator) -> Tensor:
    embeddings, labels = visits.both
    similarity = SIMILARITIES[settings.similarity]
    return supervised_contrast(embeddings, labels, settings.temperature, similarity=similarity)


def _supmin(visits: VisitViews, settings: Pretrain, draw: torch.Generator) -> Tensor:
    return minority_contrast(
        visits.first,
        visits.second,
        visits.labels,
        settings.temperature,
        ratio=settings.majority_ratio,
        generator=draw,
        similarity=SIMILARITIES[settings.similarity],
    )


def _supproto(visits: VisitViews, settings: Pretrain, draw: torch.Generator) -> Tensor:
    return prototype_contrast(
        visits.first,
        visits.second,
        visits.labels,
        _points(visits),
        settings.temperature,
        settings.prototype_margin,
        SIMILARITIES[settings.similarity],
    )


def _targeted(visits: VisitViews, settings: Pretrain, draw: torch.Generator) -> Tensor:
    embeddings, labels = visits.both
    return targeted_contrast(
        embeddings,
        labels,
        _points(visits),
        settings.temperature,
        settings.target_weight,
        SIMILARITIES[settings.similarity],
    )


def _patient_aware(visits: VisitViews, settings: Pretrain, draw: torch.Generator) -> Tensor:
    embeddings, labels = visits.both
    rows = torch.arange(len(visits.labels), device=labels.device).repeat(2)
    found = patient_aware_pairs(row_columns(visits.columns, rows), labels, settings.classmates)
    similarity = SIMILARITIES[settings.similarity]
    return pair_contrast(embeddings, found, settings.temperature, similarity=similarity)


VisitLoss = Callable[[VisitViews, Pretrain, torch.Generator], Tensor]
VISIT_LOSSES: dict[str, VisitLoss] = {
    "balanced": _balanced,
    "supcon": _supcon,
    "supmin": _supmin,
    "supproto": _supproto,
    "targeted": _targeted,
    "patient_aware": _patient_aware,
}


def _points(visits: VisitViews) -> Tensor:
    assert visits.points is not None, "class_points gives every loss what it needs"
    return visits.points
