"""Losses between visits by name: known at collapse, and the points that some of them have."""

from __future__ import annotations

import math

import pytest
import torch

from fetal_hemo.contrast import Targets
from fetal_hemo.settings_contrast import WITH_CLASS_POINTS
from fetal_hemo.training.visit_columns import VisitColumns
from fetal_hemo.training.visit_losses import VISIT_LOSSES, VisitViews, class_points

LABELS = torch.tensor([0, 0, 0, 1, 2, 3, -1])
WOMEN = torch.tensor([0, 0, 1, 2, 3, 4, 5])
DIM = 8


def drawn() -> torch.Generator:
    return torch.Generator().manual_seed(0)


def collapsed(points: torch.Tensor | None) -> VisitViews:
    """Seven visits, one of them unlabelled, at one point."""
    same = torch.ones(len(LABELS), DIM)
    known = VisitColumns(WOMEN, *([torch.arange(len(LABELS))] * 4), torch.zeros(len(LABELS), 2))
    return VisitViews(same, same, LABELS, known, points)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("balanced", math.log(4)),  # classes, whatever the imbalance
        ("supcon", math.log(11)),  # all labelled embeddings but one's own
        ("supmin", math.log(11)),
        # Class 0: three of her own and six of other classes, or one and six; else one and ten.
        ("patient_aware", (4 * math.log(9) + 2 * math.log(7) + 6 * math.log(11)) / 12),
    ],
)
def test_at_collapse(smallest, name: str, expected: float) -> None:
    settings = smallest().pretrain
    points = torch.ones(4, DIM) if name == "balanced" else None
    loss = VISIT_LOSSES[name](collapsed(points), settings, drawn())
    assert loss.item() == pytest.approx(expected, abs=1e-5)


def test_points_are_there_for_the_losses_that_need_them() -> None:
    made = {name: class_points(name, DIM, drawn()) for name in (*VISIT_LOSSES, "off")}
    assert {name for name, module in made.items() if module is not None} == set(WITH_CLASS_POINTS)
    assert isinstance(made["targeted"], Targets)
    learned = {
        name: any(p.requires_grad for p in module.parameters())
        for name, module in made.items()
        if module is not None
    }
    assert learned == {"balanced": True, "supproto": False, "targeted": False}
    for name in WITH_CLASS_POINTS:
        points = made[name]()
        assert points.shape == (4, DIM)
        assert (points @ points.T)[0, 1].item() == pytest.approx(-1 / 3, abs=1e-5)
