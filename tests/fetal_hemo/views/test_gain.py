"""The gain ramp: within its limits, even in dB, off at zero."""

from __future__ import annotations

import torch

from fetal_hemo.views.gain import random_gain


def test_the_gain_stays_within_its_limits_and_runs_evenly_in_decibels() -> None:
    ones = torch.ones(200, 1000)
    decibels = 20 * random_gain(ones, 12.0, torch.Generator().manual_seed(0)).log10()
    assert decibels.abs().max() <= 12.001
    assert decibels[:, 0].std() > 5  # uniform in +-12: 6.9
    steps = decibels.diff(dim=1)
    torch.testing.assert_close(steps, steps[:, :1].expand_as(steps), atol=1e-4, rtol=0)


def test_signs_and_zeros_are_kept() -> None:
    samples = torch.tensor([[1.0, -1.0, 0.0, 0.5]])
    changed = random_gain(samples, 12.0, torch.Generator().manual_seed(0))
    assert torch.equal(changed.sign(), samples.sign())


def test_zero_switches_it_off() -> None:
    samples = torch.ones(2, 10)
    assert torch.equal(random_gain(samples, 0.0, torch.Generator()), samples)
