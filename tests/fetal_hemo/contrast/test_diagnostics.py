"""Diagnostics on spaces whose shape is known."""

from __future__ import annotations

import math

import pytest
import torch

from fetal_hemo.contrast.diagnostics import (
    alignment,
    class_cosines,
    effective_rank,
    prototype_use,
    uniformity,
    visit_dispersion,
)


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
    assert uniformity(torch.zeros(5, 3)) == 0.0  # dead outputs are a collapse too


def test_uniformity_agrees_with_all_distances() -> None:
    z = torch.randn(700, 6, generator=torch.Generator().manual_seed(1)) + 0.5
    z[3] = 0.0
    distance = torch.pdist(torch.nn.functional.normalize(z, dim=1).double())
    oracle = (-2.0 * distance.square()).exp().mean().log()
    assert uniformity(z) == pytest.approx(float(oracle), abs=1e-5)


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
    alone = class_cosines(
        torch.randn(50, 7, generator=torch.Generator().manual_seed(0)), torch.arange(50), 50
    )
    assert torch.isnan(alone.diagonal()).all()


def test_prototype_use_counts_whom_each_is_nearest_to() -> None:
    prototypes = torch.eye(3)
    embeddings = torch.tensor([[2.0, 1.0, 0.0], [5.0, 0.0, 0.0], [0.1, 0.2, 0.0], [1.0, 0.0, 0.0]])
    assert prototype_use(embeddings, prototypes).tolist() == [0.75, 0.25, 0.0]
    assert prototype_use(torch.zeros(0, 3), prototypes).tolist() == [0.0, 0.0, 0.0]


def test_visit_dispersion_is_averaged_over_visits() -> None:
    axes = torch.eye(3)
    windows = torch.stack([axes[0], 2 * axes[0], axes[0], axes[1], axes[2]])
    # visit 7 holds two equal windows, visit 9 two at a right angle, visit 4 a single one
    assert visit_dispersion(windows, torch.tensor([7, 7, 9, 9, 4])) == pytest.approx(0.5)
    assert math.isnan(visit_dispersion(axes, torch.arange(3)))
