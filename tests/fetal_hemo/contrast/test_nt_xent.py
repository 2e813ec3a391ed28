"""NT-Xent against known answers and pytorch-metric-learning."""

from __future__ import annotations

import math

import pytest
import torch
from pytorch_metric_learning.losses import NTXentLoss

from fetal_hemo.contrast import nt_xent


def _pair(items: int, seed: int = 0) -> tuple[torch.Tensor, torch.Tensor]:
    generator = torch.Generator().manual_seed(seed)
    first, second = torch.randn(2, items, 8, generator=generator, dtype=torch.float64)
    return first.requires_grad_(), second.requires_grad_()


@pytest.mark.parametrize("items", [2, 5, 32])
def test_equal_embeddings_give_the_log_of_the_other_embeddings(items: int) -> None:
    same = torch.ones(items, 8)
    assert nt_xent(same, same, 0.1).item() == pytest.approx(math.log(2 * items - 1), abs=1e-5)


@pytest.mark.parametrize("temperature", [0.05, 0.1, 1.0])
def test_agrees_with_pytorch_metric_learning_in_value_and_gradient(temperature: float) -> None:
    first, second = _pair(16)
    labels = torch.arange(16).repeat(2)
    oracle = NTXentLoss(temperature)(torch.cat([first, second]), labels)
    ours = nt_xent(first, second, temperature)
    assert ours.item() == pytest.approx(oracle.item(), rel=1e-6)
    expected = torch.autograd.grad(oracle, first)[0]
    torch.testing.assert_close(torch.autograd.grad(ours, first)[0], expected, atol=1e-6, rtol=1e-5)


def test_falls_when_the_pairs_agree() -> None:
    first, second = _pair(16)
    assert nt_xent(first, first, 0.1) < nt_xent(first, second, 0.1)


def test_order_of_items_and_a_common_rotation_have_no_part() -> None:
    first, second = _pair(12)
    generator = torch.Generator().manual_seed(1)
    order = torch.randperm(12, generator=generator)
    turn, _ = torch.linalg.qr(torch.randn(8, 8, generator=generator, dtype=torch.float64))
    expected = nt_xent(first, second, 0.1).item()
    assert nt_xent(first[order], second[order], 0.1).item() == pytest.approx(expected)
    assert nt_xent(first @ turn, second @ turn, 0.1).item() == pytest.approx(expected)


@pytest.mark.parametrize("items", [1, 2])
def test_small_batches_and_zero_vectors_give_finite_gradients(items: int) -> None:
    first = torch.zeros(items, 8, requires_grad=True)
    loss = nt_xent(first, torch.ones(items, 8), 0.05)
    loss.backward()
    assert torch.isfinite(loss)
    assert torch.isfinite(first.grad).all()
