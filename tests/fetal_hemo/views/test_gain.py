"""The gain ramp: within its limits, even in dB, signs kept."""

from __future__ import annotations

import torch

from fetal_hemo.views.gain import Gain, GainDraw


def test_the_gain_stays_within_its_limits_and_runs_evenly_in_decibels() -> None:
    ones = torch.ones(200, 1000)
    drawn = Gain(12.0).draw(200, 1000, torch.Generator().manual_seed(0))
    decibels = 20 * Gain(12.0).apply(ones, drawn).log10()
    assert decibels.abs().max() <= 12.001
    assert decibels[:, 0].std() > 5  # uniform in +-12: 6.9
    steps = decibels.diff(dim=1)
    torch.testing.assert_close(steps, steps[:, :1].expand_as(steps), atol=1e-4, rtol=0)


def test_the_ends_are_those_that_were_drawn() -> None:
    drawn = GainDraw(torch.tensor([20.0]), torch.tensor([-20.0]))
    changed = Gain(20.0).apply(torch.ones(1, 101), drawn)
    torch.testing.assert_close(changed[0, [0, 50, 100]], torch.tensor([10.0, 1.0, 0.1]))


def test_signs_and_zeros_are_kept() -> None:
    samples = torch.tensor([[1.0, -1.0, 0.0, 0.5]])
    changed = Gain(12.0).apply(samples, Gain(12.0).draw(1, 4, torch.Generator().manual_seed(0)))
    assert torch.equal(changed.sign(), samples.sign())
