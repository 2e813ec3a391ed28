"""Rank-N-Contrast: the formula in loops, ties, and what it does to embeddings."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import pytest
import torch

from fetal_hemo.contrast import rank_n_contrast
from fetal_hemo.contrast.similarity import Similarity, angular, cosine

Alike = Callable[[np.ndarray, np.ndarray], float]


def _case(rows: int = 12) -> tuple[torch.Tensor, torch.Tensor]:
    draw = torch.Generator().manual_seed(1)
    z = torch.randn(rows, 5, generator=draw, dtype=torch.float64)
    pressure = torch.randint(110, 118, (rows, 2), generator=draw).double()  # many ties
    return z.requires_grad_(), pressure


def _distance(one: np.ndarray, other: np.ndarray) -> float:
    return -float(np.linalg.norm(one - other))


def _by_hand(
    z: np.ndarray, values: np.ndarray, temperature: float, alike: Alike = _distance
) -> float:
    losses = []
    for i in range(len(z)):
        score = [alike(z[i], z[k]) / temperature if k != i else 0.0 for k in range(len(z))]
        gap = [np.abs(values[i] - values[k]).sum() for k in range(len(z))]
        for j in range(len(z)):
            if j != i:
                kept = [score[k] for k in range(len(z)) if k != i and gap[k] >= gap[j]]
                losses.append(math.log(sum(map(math.exp, kept))) - score[j])
    return float(np.mean(losses))


@pytest.mark.parametrize("temperature", [0.1, 2.0])
def test_agrees_with_the_formula_written_out(temperature: float) -> None:
    z, pressure = _case()
    for values in (pressure, pressure[:, :1], pressure[:, 0]):
        expected = _by_hand(z.detach().numpy(), values.reshape(12, -1).numpy(), temperature)
        assert rank_n_contrast(z, values, temperature).item() == pytest.approx(expected, rel=1e-9)


def test_the_gradient_is_that_of_the_formula() -> None:
    z, pressure = _case(6)
    assert torch.autograd.gradcheck(lambda x: rank_n_contrast(x, pressure), (z,))


@pytest.mark.parametrize("rows", [2, 5, 9])
def test_equal_embeddings_and_distinct_distances_give_the_log_factorial(rows: int) -> None:
    values = 2.0 ** torch.arange(rows)
    loss = rank_n_contrast(torch.ones(rows, 4), values).item()
    assert loss == pytest.approx(math.lgamma(rows) / (rows - 1), rel=1e-5)


def test_equal_values_leave_everything_in_the_denominator() -> None:
    loss = rank_n_contrast(torch.ones(6, 4), torch.full((6,), 120.0)).item()
    assert loss == pytest.approx(math.log(5), rel=1e-6)


def test_a_missing_reading_has_no_part() -> None:
    z, pressure = _case()
    expected = rank_n_contrast(z[2:], pressure[2:]).item()
    pressure[0], pressure[1, 1] = torch.nan, torch.nan
    loss = rank_n_contrast(z, pressure)
    loss.backward()
    assert loss.item() == pytest.approx(expected)
    assert (z.grad[:2] == 0).all()


@pytest.mark.parametrize("values", [[], [120.0], [math.nan, 120.0], [math.nan]])
def test_fewer_than_two_readings_give_zero(values: list[float]) -> None:
    z = torch.ones(len(values), 4, requires_grad=True)
    loss = rank_n_contrast(z, torch.tensor(values))
    loss.backward()
    assert loss.item() == 0
    assert z.grad.isfinite().all()


def test_orders_embeddings_along_the_pressure() -> None:
    draw = torch.Generator().manual_seed(0)
    pressure = torch.linspace(100.0, 170.0, 24)
    z = torch.randn(24, 2, generator=draw, requires_grad=True)
    optimizer = torch.optim.Adam([z], lr=0.1)
    for _ in range(150):
        optimizer.zero_grad()
        rank_n_contrast(z, pressure).backward()
        optimizer.step()
    apart = torch.pdist(z.detach()).argsort().argsort().double()
    gaps = torch.pdist(pressure[:, None]).argsort().argsort().double()
    assert torch.corrcoef(torch.stack([apart, gaps]))[0, 1] > 0.9


def _cosine(one: np.ndarray, other: np.ndarray) -> float:
    return float(one @ other / np.linalg.norm(one) / np.linalg.norm(other))


def _angular(one: np.ndarray, other: np.ndarray) -> float:
    return 1.0 - 2.0 * math.acos(_cosine(one, other)) / math.pi


@pytest.mark.parametrize(("similarity", "by_hand"), [(cosine, _cosine), (angular, _angular)])
@pytest.mark.parametrize("temperature", [0.1, 2.0])
def test_with_another_similarity_the_formula_is_the_same(
    similarity: Similarity, by_hand: Alike, temperature: float
) -> None:
    z, pressure = _case()
    expected = _by_hand(z.detach().numpy(), pressure.numpy(), temperature, by_hand)
    found = rank_n_contrast(z, pressure, temperature, similarity=similarity)
    assert found.item() == pytest.approx(expected, rel=1e-9)
