"""The drop-out: one span, no longer than asked for, anywhere; the rest untouched."""

from __future__ import annotations

import torch
from torch import Tensor

from fetal_hemo.views.time_mask import MaskDraw, TimeMask


def masked(samples: Tensor, longest_s: float) -> Tensor:
    mask = TimeMask(longest_s)
    items, length = samples.shape
    return mask.apply(samples, mask.draw(items, length, torch.Generator().manual_seed(0)))


def test_one_span_up_to_the_limit_is_zero_and_the_rest_untouched() -> None:
    changed = masked(torch.ones(300, 15_000), 0.5)
    silent = changed == 0
    lengths = silent.sum(dim=1)
    assert lengths.max() <= 2_001
    assert lengths.float().mean() > 900  # uniform up to 2,000
    edges = silent.int().diff(dim=1).abs().sum(dim=1)
    assert edges.max() <= 2
    assert (changed[~silent] == 1).all()


def test_the_span_is_the_one_that_was_drawn() -> None:
    drawn = MaskDraw(torch.tensor([3.0]), torch.tensor([2.0]))
    changed = TimeMask(0.5).apply(torch.ones(1, 8), drawn)
    assert changed.tolist() == [[1, 1, 1, 0, 0, 1, 1, 1]]


def test_every_moment_may_be_hit() -> None:
    share = (masked(torch.ones(2_000, 1_000), 0.1) == 0).float().mean(dim=0)
    assert share[100:-100].min() > 0.1
    assert (share[:20].max() > 0) & (share[-20:].max() > 0)


def test_a_limit_beyond_the_window_is_harmless() -> None:
    samples = torch.ones(20, 1_000)
    assert masked(samples, 2.0).shape == samples.shape
