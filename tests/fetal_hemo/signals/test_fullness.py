"""Fullness by known waveforms, and blind to gain, offset and slow loudness."""

from __future__ import annotations

import math

import pytest
import torch
from torch import Tensor

from fetal_hemo.signals.fullness import LEVELS, fullness

TIME = torch.arange(15_000) / 4_000


@pytest.fixture
def tone() -> Tensor:
    return torch.sin(2 * math.pi * 163 * TIME)[None]


def test_a_tone_is_as_full_as_geometry_says(tone: Tensor) -> None:
    expected = torch.tensor([math.acos(level) / math.pi for level in LEVELS] * 2)
    torch.testing.assert_close(fullness(tone)[0], expected, atol=0.02, rtol=0)


def test_a_square_wave_is_full(tone: Tensor) -> None:
    torch.testing.assert_close(fullness(tone.sign())[0], torch.full((12,), 0.5), atol=0.02, rtol=0)


def test_the_sides_are_told_apart(tone: Tensor) -> None:
    up, down = fullness(tone.clamp(min=-2.0, max=0.3))[0].chunk(2)
    assert (up[1:] > down[1:] + 0.05).all()


@pytest.mark.parametrize("factor", [1e-3, 30.0])
def test_gain_and_offset_leave_no_trace(factor: float, tone: Tensor) -> None:
    cut = tone.clamp(-0.4, 0.4)
    torch.testing.assert_close(fullness(factor * (cut + 0.1)), fullness(cut), atol=2e-3, rtol=0)


def test_loudness_that_changes_slowly_is_not_taken_for_overdrive() -> None:
    noise = torch.randn(8, 15_000, generator=torch.Generator().manual_seed(0))
    swell = 1 + 0.8 * torch.sin(2 * math.pi * 2.3 * TIME)
    plain, swollen = fullness(noise).mean(dim=0), fullness(noise * swell).mean(dim=0)
    torch.testing.assert_close(swollen, plain, atol=0.015, rtol=0)


def test_silence_is_finite() -> None:
    assert torch.isfinite(fullness(torch.zeros(1, 15_000))).all()
