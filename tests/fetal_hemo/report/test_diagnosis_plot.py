"""The picture of what contrast does to the embeddings."""

from __future__ import annotations

from typing import Any
from xml.etree import ElementTree

import torch

from fetal_hemo.contrast import diagnose
from fetal_hemo.report.diagnosis_plot import diagnosis_plot


def row(labels: torch.Tensor, women: torch.Tensor) -> dict[str, Any]:
    draw = torch.Generator().manual_seed(0)
    first, second = torch.randn(2, len(labels), 6, generator=draw)
    visits = torch.arange(len(labels))
    points = torch.eye(4, 6)
    found = diagnose(first, second, labels, women, visits, 4, points, 0.5)
    return {"epoch": 1, "loss": 1.0, **found.to_row()}


def test_says_the_last_numbers() -> None:
    one = row(torch.arange(12) % 4, torch.arange(12) // 2)
    told = ElementTree.fromstring(diagnosis_plot([one, one])).get("aria-label")
    assert "after 2 epochs" in told
    assert f"alignment {one['alignment']:.2g}" in told
    assert "gradient norm 0.5" in told
    for word in ("effective rank", "woman found", "sample alignment", "prototype use"):
        assert word in told


def test_what_cannot_be_told_is_left_out() -> None:
    """One visit a woman, classes missing: no re-identification, some classes without a number."""
    drawn = diagnosis_plot([row(torch.tensor([0, 0, 0, 1, -1, -1]), torch.arange(6))])
    assert "nearest is the own other view" in drawn
    assert "woman found again" not in drawn


def test_a_run_without_diagnostics_has_no_picture() -> None:
    assert diagnosis_plot([]) is None
    assert diagnosis_plot([{"epoch": 1, "loss": 2.0}]) is None
