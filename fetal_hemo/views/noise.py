"""Noise of the room and the device inside the band that the front end listens to."""

from __future__ import annotations

import torch
from torch import Tensor

from fetal_hemo.constants import HIGHEST_BAND_HZ, LOWEST_BAND_HZ, SAMPLE_RATE_HZ


def add_noise(samples: Tensor, snr_db: tuple[float, float], generator: torch.Generator) -> Tensor:
    """Samples `(batch, time)` plus Gaussian noise, flat from 25 to 1,500 Hz.

    The signal-to-noise ratio of each item is uniform in dB between the two numbers; a silent
    item stays silent.
    """
    items, length = samples.shape
    low, high = snr_db
    snr = low + (high - low) * torch.rand(items, 1, generator=generator)
    power = samples.square().mean(dim=1, keepdim=True)
    scale = (power * torch.pow(10.0, -snr / 10)).sqrt()
    return samples + scale * band_noise(items, length, generator)


def band_noise(items: int, length: int, generator: torch.Generator) -> Tensor:
    """Unit-power noise `(items, length)` at 4 kHz, drawn in the frequency domain."""
    first = round(LOWEST_BAND_HZ * length / SAMPLE_RATE_HZ)
    last = round(HIGHEST_BAND_HZ * length / SAMPLE_RATE_HZ)
    parts = torch.randn(items, last - first, 2, generator=generator)
    spectrum = torch.zeros(items, length // 2 + 1, dtype=torch.complex64)
    spectrum[:, first:last] = torch.view_as_complex(parts)
    return torch.fft.irfft(spectrum, n=length) * (length / (2 * (last - first) ** 0.5))
