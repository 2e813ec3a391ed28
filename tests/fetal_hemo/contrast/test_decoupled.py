"""Decoupled contrast: known answers, a loop in float64, and what decoupling is for."""

from __future__ import annotations

import math

import pytest
import torch

from fetal_hemo.contrast import decoupled_contrast, nt_xent


def _pair(items: int) -> tuple[torch.Tensor, torch.Tensor]:
    draw = torch.Generator().manual_seed(1)
    first, second = torch.randn(2, items, 8, generator=draw, dtype=torch.float64)
    return first.requires_grad_(), second


@pytest.mark.parametrize("items", [2, 5, 32])
def test_equal_embeddings_give_the_log_of_the_negatives(items: int) -> None:
    same = torch.ones(items, 8)
    loss = decoupled_contrast(same, same, 0.1).item()
    assert loss == pytest.approx(math.log(2 * items - 2), abs=1e-5)


@pytest.mark.parametrize("temperature", [0.05, 0.5])
def test_agrees_with_the_formula_written_out(temperature: float) -> None:
    first, second = _pair(9)
    z = torch.nn.functional.normalize(torch.cat([first, second]), dim=1)
    scores = (z @ z.T / temperature).tolist()
    losses = []
    for i in range(18):
        partner = (i + 9) % 18
        negatives = [scores[i][j] for j in range(18) if j not in (i, partner)]
        losses.append(math.log(sum(map(math.exp, negatives))) - scores[i][partner])
    ours = decoupled_contrast(first, second, temperature).item()
    assert ours == pytest.approx(sum(losses) / 18, rel=1e-9)


def test_a_single_item_has_no_negative_and_gives_zero() -> None:
    first, second = _pair(1)
    loss = decoupled_contrast(first, second, 0.1)
    loss.backward()
    assert loss.item() == 0
    assert (first.grad == 0).all()


def test_the_gradient_does_not_fade_when_the_pairs_agree() -> None:
    first, _ = _pair(3)
    near = (first + 0.3 * first.roll(1, dims=1)).detach()  # cosine of about 0.95
    coupled = torch.autograd.grad(nt_xent(first, near, 0.05), first)[0].norm()
    decoupled = torch.autograd.grad(decoupled_contrast(first, near, 0.05), first)[0].norm()
    assert decoupled > 10 * coupled
