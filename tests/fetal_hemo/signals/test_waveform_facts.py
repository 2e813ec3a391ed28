"""Fullness by known waveforms, and blind to gain, offset and slow loudness."""

from __future__ import annotations

import math

import pytest
import torch
from torch import Tensor

from fetal_hemo.signals.waveform_facts import POWERS, WAVEFORM_FACTS, mean_powers, waveform_facts

TIME = torch.arange(15_000) / 4_000


@pytest.fixture
def tone() -> Tensor:
    return torch.sin(2 * math.pi * 163 * TIME)[None]


def half_wave(power: int) -> float:
    """Mean of a rectified cosine to this power (Wallis)."""
    return 0.5 * math.prod((k - 1) / k for k in range(2, power + 1, 2))


def test_a_tone_is_as_full_as_geometry_says(tone: Tensor) -> None:
    expected = torch.tensor([half_wave(power) for power in POWERS] * 2)
    torch.testing.assert_close(mean_powers(tone)[0], expected, atol=0.02, rtol=0)


def test_a_square_wave_is_full(tone: Tensor) -> None:
    full = torch.full((2 * len(POWERS),), 0.5)
    torch.testing.assert_close(mean_powers(tone.sign())[0], full, atol=0.02, rtol=0)


def test_the_sides_are_told_apart(tone: Tensor) -> None:
    up, down = mean_powers(tone.clamp(min=-2.0, max=0.3))[0].chunk(2)
    assert (up > down + 0.05).all()


@pytest.mark.parametrize("factor", [1e-3, 30.0])
def test_gain_and_offset_leave_no_trace(factor: float, tone: Tensor) -> None:
    cut = tone.clamp(-0.4, 0.4) + 1e-3 * torch.randn(1, 15_000)
    torch.testing.assert_close(
        waveform_facts(factor * (cut + 0.1)), waveform_facts(cut), atol=5e-3, rtol=0
    )


def test_loudness_that_changes_slowly_is_not_taken_for_overdrive() -> None:
    noise = torch.randn(8, 15_000, generator=torch.Generator().manual_seed(0))
    swell = 1 + 0.8 * torch.sin(2 * math.pi * 2.3 * TIME)
    plain, swollen = mean_powers(noise).mean(dim=0), mean_powers(noise * swell).mean(dim=0)
    torch.testing.assert_close(swollen, plain, atol=0.015, rtol=0)


def test_silence_is_finite() -> None:
    found = waveform_facts(torch.zeros(1, 15_000))
    assert found.shape == (1, WAVEFORM_FACTS)
    assert torch.isfinite(found).all()
