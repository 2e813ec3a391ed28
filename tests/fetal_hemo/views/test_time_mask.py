"""The drop-out: one span, no longer than asked for, anywhere; the rest untouched."""

from __future__ import annotations

import torch

from fetal_hemo.views.time_mask import mask_time


def test_one_span_up_to_the_limit_is_zero_and_the_rest_untouched() -> None:
    samples = torch.ones(300, 15_000)
    masked = mask_time(samples, 0.5, torch.Generator().manual_seed(0))
    silent = masked == 0
    lengths = silent.sum(dim=1)
    assert lengths.max() <= 2_001
    assert lengths.float().mean() > 900  # uniform up to 2,000
    edges = silent.int().diff(dim=1).abs().sum(dim=1)
    assert edges.max() <= 2
    assert (masked[~silent] == 1).all()


def test_every_moment_may_be_hit() -> None:
    masked = mask_time(torch.ones(2_000, 1_000), 0.1, torch.Generator().manual_seed(0))
    share = (masked == 0).float().mean(dim=0)
    assert share[0] >= 0
    assert share[100:-100].min() > 0.1
    assert (share[:20].max() > 0) & (share[-20:].max() > 0)


def test_zero_switches_it_off_and_a_limit_beyond_the_window_is_harmless() -> None:
    samples = torch.ones(20, 1_000)
    assert torch.equal(mask_time(samples, 0.0, torch.Generator()), samples)
    assert mask_time(samples, 2.0, torch.Generator().manual_seed(0)).shape == samples.shape
