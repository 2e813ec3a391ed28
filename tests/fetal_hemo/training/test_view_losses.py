"""Losses between windows: equal to the objectives they are made of, known at collapse."""

from __future__ import annotations

import math

import pytest
import torch
from torch import Tensor

from fetal_hemo.contrast import multiview_infonce, nt_xent
from fetal_hemo.recipe import load_recipe
from fetal_hemo.recordings.recording import Recording
from fetal_hemo.training.survey import Visit
from fetal_hemo.training.view_losses import VIEW_LOSSES, WindowViews
from fetal_hemo.training.visit_columns import CohortColumns, row_columns

WOMEN, EACH, VIEWS, DIM = 5, 3, 3, 8


def windows(first: Tensor, second: Tensor, each: int = EACH) -> WindowViews:
    """Two copies of `each` windows of one visit of every woman."""
    visits = [
        Visit(
            Recording(f"R{w}", f"W{w}", "V", "x.flac"),
            *(0, (0, 1), 0, 0, 2, (1.0, 0.0, 0.0, 0.0, 0.0), None, None, None),
        )
        for w in range(len(first) // each)
    ]
    columns = CohortColumns(visits, load_recipe().pairs).of(visits)
    return WindowViews(first, second, row_columns(columns, torch.arange(len(first)) // each))


def drawn(seed: int, each: int = EACH) -> Tensor:
    return torch.randn(WOMEN * each, VIEWS, DIM, generator=torch.Generator().manual_seed(seed))


@pytest.mark.parametrize(("decoupled", "denominator"), [(False, 13), (True, 12)])
@pytest.mark.parametrize("name", ["leave_one_out", "pairwise"])
def test_at_collapse_a_window_stands_against_those_of_other_women(
    smallest, name: str, decoupled: bool, denominator: int
) -> None:
    recipe = smallest(pretrain={"view_loss": name, "decoupled": decoupled})
    same = torch.ones(WOMEN * EACH, VIEWS, DIM)
    loss = VIEW_LOSSES[name](windows(same, same), recipe, 1)
    assert loss.item() == pytest.approx(math.log(denominator), abs=1e-5)


@pytest.mark.parametrize(
    ("positives", "found"),  # views of the other copy, then of the other windows in both copies
    [("view", 2), ("window", 3), ("visit", 3 + 2 * 3 * 2)],
)
def test_at_collapse_pairs_count_positives_and_negatives(
    smallest, positives: str, found: int
) -> None:
    recipe = smallest(pretrain={"view_loss": "pairs"}, pairs={"positives": positives})
    same = torch.ones(WOMEN * EACH, VIEWS, DIM)
    negatives = 4 * EACH * VIEWS * 2
    loss = VIEW_LOSSES["pairs"](windows(same, same), recipe, 1)
    assert loss.item() == pytest.approx(math.log(found + negatives), abs=1e-5)


def test_one_window_a_visit_is_leave_one_out_over_the_batch(smallest) -> None:
    first, second = drawn(0, 1), drawn(1, 1)
    crossed = [(first, second), (second, first)]
    expected = [
        multiview_infonce(torch.cat([a[:, :1], b[:, 1:]], 1), torch.ones(WOMEN, VIEWS), 0.1)
        for a, b in crossed
    ]
    loss = VIEW_LOSSES["leave_one_out"](windows(first, second, 1), smallest(), 1)
    assert loss.item() == pytest.approx(torch.stack(expected).mean().item(), abs=1e-6)


def test_pairs_of_one_view_and_one_window_are_nt_xent(smallest) -> None:
    first, second = drawn(0, 1)[:, :1], drawn(1, 1)[:, :1]
    recipe = smallest(pretrain={"view_loss": "pairs"})
    loss = VIEW_LOSSES["pairs"](windows(first, second, 1), recipe, 1)
    assert loss.item() == pytest.approx(nt_xent(first[:, 0], second[:, 0], 0.1).item(), abs=1e-6)


@pytest.mark.parametrize("name", ["leave_one_out", "pairs"])
def test_a_twin_under_another_name_is_no_negative_once_the_encoder_can_tell(
    smallest, name: str
) -> None:
    view = drawn(0)[:, :1].expand(-1, VIEWS, -1).clone()
    view[EACH : 2 * EACH] = view[:EACH]  # the second woman's windows are the first's
    twins = windows(view, view)
    plain = smallest(pretrain={"view_loss": name})
    aware = smallest(
        pretrain={"view_loss": name},
        pairs={"false_negatives": "share", "false_negative_from_epoch": 4},
    )
    losses = {epoch: VIEW_LOSSES[name](twins, aware, epoch).item() for epoch in (3, 4)}
    assert losses[3] == VIEW_LOSSES[name](twins, plain, 3).item()
    assert losses[4] < losses[3] - 0.1


@pytest.mark.parametrize("name", VIEW_LOSSES)
def test_a_hidden_view_is_compared_with_nothing(smallest, name: str) -> None:
    """What stands there changes nothing, gets no gradient, and the others are fewer by it."""
    recipe = smallest(pretrain={"view_loss": name})
    draw = torch.Generator().manual_seed(2)
    kept = tuple((torch.rand(WOMEN * EACH, VIEWS, generator=draw) < 0.7).float() for _ in range(2))
    copies = [drawn(seed).requires_grad_() for seed in (0, 1)]
    loss = VIEW_LOSSES[name](windows(*copies)._replace(kept=kept), recipe, 1)
    loss.backward()
    for copy, mask in zip(copies, kept, strict=True):
        assert copy.grad is not None
        assert (copy.grad[mask == 0] == 0).all()
        assert (copy.grad[mask > 0] != 0).any(dim=1).float().mean() > 0.5
    garbage = [
        copy.detach().masked_fill(mask[..., None] == 0, 1e3)
        for copy, mask in zip(copies, kept, strict=True)
    ]
    other = VIEW_LOSSES[name](windows(*garbage)._replace(kept=kept), recipe, 1)
    every = VIEW_LOSSES[name](windows(*copies), recipe, 1)
    assert other.item() == pytest.approx(loss.item(), abs=1e-6)
    assert every.item() != pytest.approx(loss.item(), abs=1e-3)
    ones = torch.ones(WOMEN * EACH, VIEWS)
    all_kept = VIEW_LOSSES[name](windows(*copies)._replace(kept=(ones, ones)), recipe, 1)
    assert all_kept.item() == every.item()


def test_hidden_views_are_left_out_of_leave_one_out_as_its_mask_says(smallest) -> None:
    first, second = drawn(0, 1), drawn(1, 1)
    kept = torch.ones(WOMEN, VIEWS), torch.ones(WOMEN, VIEWS)
    kept[0][1, 0] = kept[1][3, 2] = 0.0  # the time-frequency view of one copy, rhythm of the other
    masks = torch.ones(WOMEN, VIEWS), torch.ones(WOMEN, VIEWS)
    masks[0][1, 0] = masks[0][3, 2] = 0.0  # both stand in the same crossing
    expected = [
        multiview_infonce(torch.cat([a[:, :1], b[:, 1:]], 1), mask, 0.1)
        for a, b, mask in ((first, second, masks[0]), (second, first, masks[1]))
    ]
    loss = VIEW_LOSSES["leave_one_out"](
        windows(first, second, 1)._replace(kept=kept), smallest(), 1
    )
    assert loss.item() == pytest.approx(torch.stack(expected).mean().item(), abs=1e-6)
