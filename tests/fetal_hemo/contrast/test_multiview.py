"""Leave-one-out multi-view InfoNCE: known answers, a plain-loop oracle, and the mask."""

from __future__ import annotations

import math

import pytest
import torch
from torch import Tensor

from fetal_hemo.contrast import multiview_infonce, nt_xent


def _views(items: int, views: int = 3) -> Tensor:
    generator = torch.Generator().manual_seed(3)
    return torch.randn(items, views, 8, generator=generator, dtype=torch.float64)


def _by_hand(views: Tensor, mask: Tensor, temperature: float) -> float:
    """The formula of the docstring with one loop for each index."""
    unit = views / views.norm(dim=-1, keepdim=True)
    losses = []
    for v in range(views.shape[1]):
        items = [i for i in range(len(views)) if mask[i, v] and mask[i].sum() > 1]
        mean = {
            i: torch.stack([unit[i, w] for w in range(views.shape[1]) if w != v and mask[i, w]])
            for i in items
        }
        mean = {i: stacked.mean(dim=0) for i, stacked in mean.items()}
        for i in items:
            own = float(unit[i, v] @ mean[i]) / temperature
            forth = [float(unit[i, v] @ mean[j]) / temperature for j in items]
            back = [float(unit[j, v] @ mean[i]) / temperature for j in items]
            spread = sum(math.log(sum(map(math.exp, side))) for side in (forth, back)) / 2
            losses.append(spread - own)
    return sum(losses) / len(losses)


@pytest.mark.parametrize("items", [2, 7, 32])
def test_equal_embeddings_give_the_log_of_the_batch(items: int) -> None:
    loss = multiview_infonce(torch.ones(items, 3, 8), torch.ones(items, 3), 0.1)
    assert loss.item() == pytest.approx(math.log(items), abs=1e-5)


def test_agrees_with_the_formula_written_out() -> None:
    views = _views(9)
    mask = torch.ones(9, 3, dtype=torch.float64)
    assert multiview_infonce(views, mask, 0.2).item() == pytest.approx(_by_hand(views, mask, 0.2))
    mask[0, 1] = mask[3, 0] = mask[3, 2] = mask[5, 0] = 0
    assert multiview_infonce(views, mask, 0.2).item() == pytest.approx(_by_hand(views, mask, 0.2))


def test_a_missing_view_has_no_part_even_if_it_is_nan() -> None:
    views = _views(6)
    mask = torch.ones(6, 3, dtype=torch.float64)
    mask[2, 1] = 0
    expected = multiview_infonce(views, mask, 0.1).item()
    views[2, 1] = torch.nan
    views.requires_grad_()
    loss = multiview_infonce(views, mask, 0.1)
    assert loss.item() == pytest.approx(expected)
    loss.backward()
    assert torch.isfinite(views.grad).all()
    assert (views.grad[2, 1] == 0).all()


def test_an_item_with_one_view_is_no_anchor_and_no_negative() -> None:
    views = _views(6)
    mask = torch.ones(6, 3, dtype=torch.float64)
    mask[4] = torch.tensor([0.0, 1.0, 0.0])
    rest = [0, 1, 2, 3, 5]
    expected = multiview_infonce(views[rest], mask[rest], 0.1)
    torch.testing.assert_close(multiview_infonce(views, mask, 0.1), expected)


def test_without_any_pair_of_views_the_loss_is_zero_and_can_be_differentiated() -> None:
    views = _views(4).requires_grad_()
    mask = torch.zeros(4, 3, dtype=torch.float64)
    mask[:, 0] = 1
    loss = multiview_infonce(views, mask, 0.1)
    loss.backward()
    assert loss.item() == 0
    assert (views.grad == 0).all()


def test_falls_when_the_views_of_an_item_agree() -> None:
    views, mask = _views(16), torch.ones(16, 3, dtype=torch.float64)
    agreeing = views[:, :1].expand(-1, 3, -1)
    assert multiview_infonce(agreeing, mask, 0.1) < multiview_infonce(views, mask, 0.1) / 10


def test_two_views_have_fewer_negatives_than_nt_xent() -> None:
    views, mask = _views(16, views=2), torch.ones(16, 2, dtype=torch.float64)
    crossed = multiview_infonce(views, mask, 0.1)
    assert crossed < nt_xent(views[:, 0], views[:, 1], 0.1)


def test_decoupled_equal_embeddings_give_the_log_of_the_negatives() -> None:
    views, mask = torch.ones(9, 3, 8), torch.ones(9, 3)
    loss = multiview_infonce(views, mask, 0.1, decoupled=True)
    assert loss.item() == pytest.approx(math.log(8), abs=1e-5)


def test_given_negatives_split_a_batch_into_batches() -> None:
    views, mask = _views(10), torch.ones(10, 3, dtype=torch.float64)
    group = torch.arange(10) % 2
    parts = [multiview_infonce(views[group == g], mask[group == g], 0.1) for g in (0, 1)]
    loss = multiview_infonce(views, mask, 0.1, negative=group[:, None] == group[None, :])
    torch.testing.assert_close(loss, sum(parts) / 2)


def test_the_order_of_items_and_views_has_no_part() -> None:
    views, mask = _views(10), torch.ones(10, 3, dtype=torch.float64)
    mask[0, 1] = mask[3, 0] = 0
    order = torch.randperm(10, generator=torch.Generator().manual_seed(1))
    expected = multiview_infonce(views, mask, 0.1)
    torch.testing.assert_close(multiview_infonce(views[order], mask[order], 0.1), expected)
    torch.testing.assert_close(multiview_infonce(views.flip(1), mask.flip(1), 0.1), expected)
