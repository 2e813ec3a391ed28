"""The noise has the power it is asked for, inside its band and nowhere else."""

from __future__ import annotations

import pytest
import torch

from fetal_hemo.views.noise import Noise, band_noise


def ratios_db(samples: torch.Tensor, limits: tuple[float, float], seed: int = 0) -> torch.Tensor:
    """What `(items,)` the noise is below the samples."""
    drawn = Noise(limits).draw(*samples.shape, torch.Generator().manual_seed(seed))
    noise = Noise(limits).apply(samples, drawn) - samples
    return 10 * (samples.square().mean(dim=1) / noise.square().mean(dim=1)).log10()


@pytest.mark.parametrize("snr_db", [0.0, 10.0, 30.0])
def test_the_ratio_is_the_one_asked_for(snr_db: float, hearts) -> None:
    ratio = ratios_db(hearts.samples, (snr_db, snr_db))
    torch.testing.assert_close(ratio, torch.full_like(ratio, snr_db), atol=0.02, rtol=0)


def test_the_ratio_is_drawn_between_the_limits() -> None:
    ratio = ratios_db(torch.randn(100, 4_000), (10.0, 30.0))
    assert ratio.min() > 9.9
    assert ratio.max() < 30.1
    assert ratio.std() > 4  # uniform over 20 dB: 5.8


@pytest.mark.parametrize("length", [15_000, 15_001, 4_000])
def test_all_its_power_is_between_25_and_1500_hz(length: int) -> None:
    noise = band_noise(16, length, torch.Generator().manual_seed(1))
    power = torch.fft.rfft(noise).abs().square().mean(dim=0)
    hertz = torch.arange(len(power)) * 4_000 / length
    inside = (hertz > 24.5) & (hertz < 1500.5)
    assert power[~inside].sum() < 1e-6 * power.sum()
    assert noise.square().mean().item() == pytest.approx(1.0, abs=0.03)
    low, high = power[inside & (hertz < 750)].mean(), power[inside & (hertz >= 750)].mean()
    assert (low / high).item() == pytest.approx(1.0, abs=0.15)
