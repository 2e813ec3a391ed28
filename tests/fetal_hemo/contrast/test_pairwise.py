"""Pairwise multi-view InfoNCE against pytorch-metric-learning, pair of views by pair."""

from __future__ import annotations

import math

import pytest
import torch
from pytorch_metric_learning.losses import SupConLoss
from torch import Tensor

from fetal_hemo.contrast import multiview_infonce, pairwise_infonce
from fetal_hemo.contrast.similarity import angular


def _views(items: int, views: int = 3) -> Tensor:
    draw = torch.Generator().manual_seed(3)
    return torch.randn(items, views, 8, generator=draw, dtype=torch.float64)


def _oracle(one: Tensor, other: Tensor, negative: Tensor, temperature: float) -> float:
    """Both directions at once: the rows of both views, each looking into the other view."""
    items = len(one)
    here = torch.arange(items)
    anchor, key = negative.nonzero(as_tuple=True)
    explicit = (
        torch.cat([here, here + items]),
        torch.cat([here + items, here]),
        torch.cat([anchor, anchor + items]),
        torch.cat([key + items, key]),
    )
    return SupConLoss(temperature)(torch.cat([one, other]), indices_tuple=explicit).item()


@pytest.mark.parametrize("items", [2, 7, 32])
def test_equal_embeddings_give_the_log_of_the_batch(items: int) -> None:
    same, mask = torch.ones(items, 3, 8), torch.ones(items, 3)
    assert pairwise_infonce(same, mask, 0.1).item() == pytest.approx(math.log(items), abs=1e-5)
    decoupled = pairwise_infonce(same, mask, 0.1, decoupled=True).item()
    assert decoupled == pytest.approx(math.log(items - 1), abs=1e-5)


def test_agrees_with_pytorch_metric_learning() -> None:
    views = _views(9)
    mask = torch.ones(9, 3, dtype=torch.float64)
    mask[0, 1] = mask[3, 0] = 0
    negative = torch.rand(9, 9, generator=torch.Generator().manual_seed(0)) < 0.6
    negative &= ~torch.eye(9, dtype=torch.bool)
    total, items = 0.0, 0
    for one, other in ((0, 1), (0, 2), (1, 2)):
        rows = (mask[:, one] > 0) & (mask[:, other] > 0)
        among = negative[rows][:, rows]
        loss = _oracle(views[rows, one], views[rows, other], among, 0.2)
        total, items = total + loss * int(rows.sum()), items + int(rows.sum())
    ours = pairwise_infonce(views, mask, 0.2, negative).item()
    assert ours == pytest.approx(total / items, rel=1e-6)


def test_two_views_are_the_same_pairwise_and_leave_one_out() -> None:
    views, mask = _views(12, views=2), torch.ones(12, 2, dtype=torch.float64)
    pairwise, left_out = pairwise_infonce(views, mask, 0.1), multiview_infonce(views, mask, 0.1)
    torch.testing.assert_close(pairwise, left_out)


def test_a_missing_view_has_no_part_even_if_it_is_nan() -> None:
    views, mask = _views(6), torch.ones(6, 3, dtype=torch.float64)
    mask[2, 1] = 0
    expected = pairwise_infonce(views, mask, 0.1).item()
    views[2, 1] = torch.nan
    views.requires_grad_()
    loss = pairwise_infonce(views, mask, 0.1)
    loss.backward()
    assert loss.item() == pytest.approx(expected)
    assert views.grad.isfinite().all()


def test_without_any_pair_of_views_the_loss_is_zero() -> None:
    views, mask = _views(4).requires_grad_(), torch.zeros(4, 3, dtype=torch.float64)
    mask[:, 0] = 1
    loss = pairwise_infonce(views, mask, 0.1)
    loss.backward()
    assert loss.item() == 0
    assert (views.grad == 0).all()


def test_the_similarity_can_be_chosen() -> None:
    views, mask = _views(8), torch.ones(8, 3, dtype=torch.float64)
    chosen = pairwise_infonce(views, mask, 0.1, similarity=angular)
    assert chosen != pairwise_infonce(views, mask, 0.1)
