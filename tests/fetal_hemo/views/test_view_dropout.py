"""Hidden views: the share asked for, never all, never one that is not there."""

from __future__ import annotations

import pytest
import torch

from fetal_hemo.views import ViewDropout, drop_views


@pytest.mark.parametrize("share", [0.0, 0.15, 0.5, 0.9])
def test_at_least_one_view_stays(share: float) -> None:
    mask = drop_views(torch.ones(2_000, 3), share, torch.Generator().manual_seed(0))
    assert mask.sum(dim=1).min() >= 1
    assert set(mask.unique().tolist()) <= {0.0, 1.0}
    hidden = share - share**3 / 3  # of three views, one is kept when all would go
    assert (1 - mask).mean().item() == pytest.approx(hidden, abs=0.02)


def test_every_view_is_hidden_equally_often() -> None:
    mask = drop_views(torch.ones(5_000, 3), 0.5, torch.Generator().manual_seed(0))
    kept = mask.mean(dim=0)
    assert (kept.max() - kept.min()) < 0.05


def test_a_view_that_is_not_there_never_appears_and_the_last_one_is_kept() -> None:
    present = torch.tensor([[1.0, 0.0, 0.0], [0.0, 0.0, 0.0], [0.0, 1.0, 1.0]]).repeat(300, 1)
    mask = drop_views(present, 0.8, torch.Generator().manual_seed(0))
    assert (mask <= present).all()
    assert torch.equal(mask[0::3], present[0::3])
    assert (mask[2::3].sum(dim=1) >= 1).all()


def test_a_frozen_draw_hides_the_same_views_again() -> None:
    dropout, views = ViewDropout(0.5), torch.ones(100, 3)
    before = views.clone()
    drawn = dropout.draw(100, 3, torch.Generator().manual_seed(0))
    first, again = dropout.apply(views, drawn), dropout.apply(views, drawn)
    assert torch.equal(first, again)
    assert torch.equal(views, before)
    other = dropout.draw(100, 3, torch.Generator().manual_seed(1))
    assert not torch.equal(first, dropout.apply(views, other))
