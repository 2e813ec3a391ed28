"""Diagnostics on spaces whose shape is known."""

from __future__ import annotations

import math

import pytest
import torch

from fetal_hemo.contrast.diagnostics import alignment, class_cosines, effective_rank, uniformity


def test_alignment_of_equal_opposite_and_orthogonal_pairs() -> None:
    first = torch.eye(4)
    assert alignment(first, 3 * first) == pytest.approx(0.0, abs=1e-6)
    assert alignment(first, -first) == pytest.approx(4.0)
    assert alignment(first, first.roll(1, dims=0)) == pytest.approx(2.0)


def test_uniformity_is_zero_at_collapse_and_lower_when_spread() -> None:
    assert uniformity(torch.ones(5, 3)) == pytest.approx(0.0, abs=1e-5)
    assert uniformity(torch.tensor([[1.0, 0.0], [-1.0, 0.0]])) == pytest.approx(-8.0)
    spread = torch.randn(500, 64, generator=torch.Generator().manual_seed(0))
    assert uniformity(spread) == pytest.approx(-4.0, abs=0.2)  # orthogonal: exp(-2 * 2)
    assert uniformity(torch.ones(1, 3)) == 0.0


def test_effective_rank_counts_the_dimensions_in_use() -> None:
    spread = torch.randn(4000, 5, generator=torch.Generator().manual_seed(0))
    padded = torch.cat([spread, torch.zeros(4000, 11)], dim=1)
    assert effective_rank(padded) == pytest.approx(5.0, abs=0.05)
    assert effective_rank(padded[:, :1] @ torch.ones(1, 16)) == pytest.approx(1.0, abs=0.05)
    assert math.isfinite(effective_rank(torch.ones(4, 8)))


def test_class_cosines_leave_an_items_own_out() -> None:
    embeddings = torch.tensor([[1.0, 0], [0, 1.0], [-1.0, 0], [5.0, 5.0]])
    cosines = class_cosines(embeddings, torch.tensor([0, 0, 1, -1]), 3)
    assert cosines[0, 0].item() == pytest.approx(0.0, abs=1e-6)
    assert cosines[0, 1].item() == pytest.approx(-0.5)
    assert torch.isnan(cosines[1, 1])  # one item has no pair
    assert torch.isnan(cosines[2]).all()
