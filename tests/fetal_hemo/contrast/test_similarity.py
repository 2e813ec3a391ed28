"""Similarities at known angles and distances."""

from __future__ import annotations

import math

import pytest
import torch

from fetal_hemo.contrast.similarity import SIMILARITIES, angular, cosine, negative_distance

ANGLES = torch.tensor([0.0, 30.0, 90.0, 135.0, 180.0]).deg2rad().double()


def _fan() -> tuple[torch.Tensor, torch.Tensor]:
    """One unit vector, and vectors of other lengths at the known angles from it."""
    keys = 3.0 * torch.stack([ANGLES.cos(), ANGLES.sin()], dim=1)
    return torch.tensor([[1.0, 0.0]]).double(), keys


def test_cosine_and_angle_at_known_angles() -> None:
    rows, keys = _fan()
    torch.testing.assert_close(cosine(rows, keys)[0], ANGLES.cos())
    expected = torch.tensor([1.0, 2 / 3, 0.0, -0.5, -1.0]).double()
    torch.testing.assert_close(angular(rows, keys)[0], expected, atol=1e-3, rtol=0)


@pytest.mark.parametrize("name", SIMILARITIES)
@pytest.mark.parametrize("sign", [1.0, -1.0, 0.0])
def test_the_ends_have_finite_slopes(name: str, sign: float) -> None:
    rows = torch.ones(3, 4, requires_grad=True)
    SIMILARITIES[name](rows, sign * torch.ones(2, 4)).sum().backward()
    assert rows.grad.isfinite().all()


def test_distance_is_euclidean_and_zero_for_equals() -> None:
    rows = torch.tensor([[0.0, 0.0], [3.0, 4.0]], requires_grad=True)
    found = negative_distance(rows, rows)
    torch.testing.assert_close(found, torch.tensor([[0.0, -5.0], [-5.0, 0.0]]))
    found.sum().backward()
    assert rows.grad.isfinite().all()


@pytest.mark.parametrize("similarity", [cosine, angular, negative_distance])
def test_half_precision_and_autocast_lose_no_digits(similarity) -> None:
    rows = torch.randn(6, 32, generator=torch.Generator().manual_seed(0)).bfloat16()
    expected = similarity(rows.float(), rows.float())
    assert torch.equal(similarity(rows, rows), expected)
    with torch.autocast("cpu", torch.bfloat16):
        assert torch.equal(similarity(rows.float(), rows.float()), expected)


def test_equal_steps_of_angle_are_equal_steps_of_similarity() -> None:
    turns = torch.linspace(0.1, math.pi - 0.1, 9).double()
    keys = torch.stack([turns.cos(), turns.sin()], dim=1)
    steps = angular(torch.tensor([[1.0, 0.0]]).double(), keys)[0].diff()
    torch.testing.assert_close(steps, steps[:1].expand(8))
