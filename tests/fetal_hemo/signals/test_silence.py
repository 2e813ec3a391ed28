"""Dead spans are found by movement, not by level; levelling survives silence."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import torch
from torch import Tensor

from fetal_hemo.constants import FRAME_SAMPLES, FRAMES, WINDOW_SAMPLES
from fetal_hemo.signals.silence import STILL, dead_share, normalise


def noise(level: float) -> Tensor:
    """One window of noise."""
    generator = torch.Generator().manual_seed(0)
    return torch.randn(1, WINDOW_SAMPLES, generator=generator) * level


@pytest.mark.parametrize("offset", [0.0, 0.4, -1.0])
def test_a_constant_is_dead_at_any_offset(offset: float) -> None:
    assert dead_share(torch.full((1, WINDOW_SAMPLES), offset)).item() == 1.0


@pytest.mark.parametrize("frames", [1, 75, 300])
def test_share_counts_the_still_frames(frames: int) -> None:
    samples = noise(0.05)
    samples[:, FRAME_SAMPLES * 100 : FRAME_SAMPLES * (100 + frames)] = 0.2
    assert dead_share(samples).item() == pytest.approx(frames / FRAMES)


def test_quiet_is_not_dead_until_it_stands_still() -> None:
    assert dead_share(noise(2 * STILL)).item() == 0.0
    assert dead_share(noise(STILL / 100)).item() == 1.0


def test_one_flicker_per_frame_of_eight_bits_is_alive() -> None:
    samples = torch.zeros(1, WINDOW_SAMPLES)
    samples[:, ::FRAME_SAMPLES] = 1 / 128
    assert dead_share(samples).item() == 0.0


def test_levelled_samples_have_no_mean_and_unit_power() -> None:
    samples = normalise(noise(0.003) + 0.5)
    assert samples.mean().abs() < 1e-4
    assert samples.square().mean().item() == pytest.approx(1.0, abs=1e-4)


def test_silence_stays_silent() -> None:
    assert (normalise(torch.zeros(1, WINDOW_SAMPLES)) == 0).all()
    assert normalise(torch.full((1, WINDOW_SAMPLES), 0.3)).abs().max() < 1.0
    assert normalise(noise(1e-9)).square().mean() < 1e-4  # rounding is not raised to a signal


def test_dead_spans_of_a_real_recording(clip: Callable[[str], Tensor]) -> None:
    share = dead_share(clip("luna_600s"))
    dead = [int(i) for i in torch.nonzero(share > 0.3)]
    assert dead == [26, 69, 70, 71, 72, 73, 74]  # windows that overlap 98-100 s and 260-280 s
    assert share[[26, 69, 74]].max() < 1.0 == share[71]
