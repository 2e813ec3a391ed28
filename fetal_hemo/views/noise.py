"""Noise of the room and the device inside the band that the front end listens to."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from fetal_hemo.constants import HIGHEST_BAND_HZ, LOWEST_BAND_HZ, SAMPLE_RATE_HZ
from fetal_hemo.views.mix import at_ratio
from fetal_hemo.views.transform import uniform


@dataclass(frozen=True)
class NoiseDraw:
    """`snr_db` (items,) and `noise` (items, time)."""

    snr_db: Tensor
    noise: Tensor


@dataclass(frozen=True)
class Noise:
    """Gaussian noise, flat from 25 to 1,500 Hz, at a ratio uniform in dB between two numbers.

    A silent window stays silent; beats stay where they are.
    """

    snr_db: tuple[float, float]

    def draw(self, items: int, length: int, generator: torch.Generator) -> NoiseDraw:
        """Ratio and noise of every window."""
        snr_db = uniform(items, self.snr_db, generator)
        return NoiseDraw(snr_db, band_noise(items, length, generator))

    def apply(self, samples: Tensor, drawn: NoiseDraw) -> Tensor:
        """Samples `(items, time)` plus their noise."""
        return samples + at_ratio(drawn.noise, samples, drawn.snr_db)


def band_noise(items: int, length: int, generator: torch.Generator) -> Tensor:
    """Noise `(items, length)` of power about 1 at 4 kHz, drawn in the frequency domain."""
    first = round(LOWEST_BAND_HZ * length / SAMPLE_RATE_HZ)
    last = round(HIGHEST_BAND_HZ * length / SAMPLE_RATE_HZ)
    parts = torch.randn(items, last - first, 2, generator=generator)
    spectrum = torch.zeros(items, length // 2 + 1, dtype=torch.complex64)
    spectrum[:, first:last] = torch.view_as_complex(parts)
    return torch.fft.irfft(spectrum, n=length) * (length / (2 * (last - first) ** 0.5))
