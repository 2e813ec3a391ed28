"""The shared softmax against loops in numpy float64."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch

from fetal_hemo.contrast.masked import anchor_losses, masked_contrast, oneself


def _case(anchors: int = 7, keys: int = 11) -> tuple[torch.Tensor, ...]:
    draw = torch.Generator().manual_seed(0)
    scores = 5.0 * torch.randn(anchors, keys, generator=draw, dtype=torch.float64)
    positive = torch.rand(anchors, keys, generator=draw, dtype=torch.float64)
    positive = positive * (torch.rand(anchors, keys, generator=draw) < 0.3)
    denominator = torch.rand(anchors, keys, generator=draw) < 0.7
    log_weight = torch.randn(anchors, keys, generator=draw, dtype=torch.float64)
    positive[2] = 0  # no positive
    denominator[4] = False  # nothing to compare with
    positive[3, 0] = 0.5
    return scores, positive, denominator, log_weight


def _by_hand(s: np.ndarray, w: np.ndarray, d: np.ndarray, lw: np.ndarray) -> list[float | None]:
    losses: list[float | None] = []
    for i in range(len(s)):
        positives = [p for p in range(s.shape[1]) if w[i, p] > 0]
        kept = [j for j in range(s.shape[1]) if d[i, j]]
        if not positives or not kept:
            losses.append(None)
            continue
        total = math.log(sum(math.exp(s[i, j] + lw[i, j]) for j in kept))
        losses.append(sum(w[i, p] * (total - s[i, p]) for p in positives) / len(positives))
    return losses


def test_agrees_with_the_formula_written_out() -> None:
    case = _case()
    expected = _by_hand(*(part.numpy() for part in case))
    losses, counted = anchor_losses(*case)
    assert counted.tolist() == [loss is not None for loss in expected]
    np.testing.assert_allclose(losses, [loss or 0.0 for loss in expected], rtol=1e-12)
    known = [loss for loss in expected if loss is not None]
    assert masked_contrast(*case).item() == pytest.approx(sum(known) / len(known), rel=1e-12)


def test_what_does_not_count_has_no_gradient_and_no_nan() -> None:
    scores, positive, denominator, _ = _case()
    scores.requires_grad_()
    masked_contrast(scores, positive, denominator).backward()
    assert scores.grad.isfinite().all()
    assert (scores.grad[[2, 4]] == 0).all()
    assert (scores.grad[0] != 0).any()


@pytest.mark.parametrize("shape", [(0, 0), (0, 4), (3, 4)])
def test_without_an_anchor_that_counts_the_loss_is_zero(shape: tuple[int, int]) -> None:
    scores = torch.randn(shape, requires_grad=True)
    nothing = torch.zeros(shape, dtype=torch.bool)
    loss = masked_contrast(scores, nothing, ~nothing)
    loss.backward()
    assert loss.item() == 0
    assert (scores.grad == 0).all()


def test_oneself_is_the_diagonal() -> None:
    assert oneself(2, 3, torch.device("cpu")).tolist() == [
        [True, False, False],
        [False, True, False],
    ]
