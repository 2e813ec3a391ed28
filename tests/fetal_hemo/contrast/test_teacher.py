"""Self-distillation: scipy as oracle, and weights that find the corrupted."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from scipy.special import rel_entr, softmax
from sklearn.metrics import roc_auc_score
from torch import nn

from fetal_hemo.contrast import agreement_weights, ema_teacher, self_distillation


def _logits(items: int = 6, views: int = 3, seed: int = 0) -> torch.Tensor:
    draw = torch.Generator().manual_seed(seed)
    return 2.0 * torch.randn(items, views, 4, generator=draw, dtype=torch.float64)


def test_agrees_with_scipy() -> None:
    student, teacher, weights = _logits(seed=1), _logits(seed=2), torch.rand(6).double()
    target = softmax(teacher.numpy(), axis=-1).mean(axis=1, keepdims=True)
    divergence = rel_entr(target, softmax(student.numpy(), axis=-1)).sum(axis=-1).mean(axis=1)
    expected = float((weights.numpy() * divergence).mean())
    assert self_distillation(student, teacher, weights).item() == pytest.approx(expected, rel=1e-9)


def test_a_student_that_says_the_same_has_no_loss_and_the_teacher_no_gradient() -> None:
    teacher = _logits()[:, :1].expand(-1, 3, -1).clone().requires_grad_()
    student = teacher.detach().clone().requires_grad_()
    loss = self_distillation(student, teacher, torch.ones(6).double())
    loss.backward()
    assert loss.item() == pytest.approx(0.0, abs=1e-9)
    torch.testing.assert_close(student.grad, torch.zeros_like(student), atol=1e-9, rtol=0)
    assert teacher.grad is None


def test_no_items_give_zero() -> None:
    student = torch.zeros(0, 3, 4, requires_grad=True)
    loss = self_distillation(student, torch.zeros(0, 3, 4), torch.zeros(0))
    loss.backward()
    assert loss.item() == 0


@pytest.mark.parametrize("form", ["exponential", "quantile"])
@pytest.mark.parametrize("spread", ["variance", "range"])
def test_weights_rank_corrupted_items_below_clean_ones(spread: str, form: str) -> None:
    draw = torch.Generator().manual_seed(0)
    clean = torch.randn(300, 1, 4, generator=draw).expand(-1, 3, -1)
    corrupted = torch.arange(300) < 90
    noise = torch.where(corrupted, 1.5, 0.3)[:, None, None]
    logits = clean + noise * torch.randn(300, 3, 4, generator=draw)
    weights = agreement_weights(logits, 2.0, spread, form)
    assert roc_auc_score((~corrupted).numpy(), weights.numpy()) > 0.9
    assert ((weights >= 0.01) & (weights <= 1.0)).all()


def test_weights_at_known_spreads() -> None:
    sure = torch.tensor([40.0, 0.0])
    agreed = sure.expand(1, 2, 2)
    split = torch.stack([sure, sure.flip(0)])[None]
    logits = torch.cat([agreed, split])
    # shares 1 and 0 against 0 and 1: variance 1/4, range 1, in both classes
    for spread, size in (("variance", 0.25), ("range", 1.0)):
        found = agreement_weights(logits, 2.0, spread, "exponential")
        np.testing.assert_allclose(found, [1.0, np.exp(-2.0 * size)], rtol=1e-6)
    largest = np.quantile([0.0, 1.0], 0.95)
    found = agreement_weights(logits, 2.0, "range", "quantile")
    np.testing.assert_allclose(found, [1.0, 1 / (1 + 2.0 / largest)], rtol=1e-6)
    assert agreement_weights(logits, 100.0, "range")[1] == pytest.approx(0.01)
    assert torch.equal(agreement_weights(logits, 0.0), torch.ones(2))


def test_the_teacher_follows_slowly() -> None:
    student = nn.Linear(2, 1, bias=False)
    teacher = ema_teacher(student, 0.9)
    teacher.update_parameters(student)
    start = student.weight.detach().clone()
    assert torch.equal(teacher.module.weight, start)
    with torch.no_grad():
        student.weight += 1.0
    teacher.update_parameters(student)
    torch.testing.assert_close(teacher.module.weight, start + 0.1)
    assert not any(p.requires_grad for p in teacher.parameters())
    assert not teacher.training
