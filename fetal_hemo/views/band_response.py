"""Another probe, another depth: a smooth random frequency response."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional

TAPS = 63  # odd: the delay is a whole number of samples and is taken out
KNOTS = 8  # points from 0 to 2 kHz at which the response is drawn; straight lines between


def random_band_response(samples: Tensor, most_db: float, generator: torch.Generator) -> Tensor:
    """Samples `(batch, time)` through a linear-phase filter of their own, without delay.

    Its response is drawn uniformly in +-`most_db` at 8 frequencies, evenly spaced.
    """
    if most_db == 0:
        return samples
    kernels = response_kernels(len(samples), most_db, generator)
    padded = functional.pad(samples.unsqueeze(0), (TAPS // 2, TAPS // 2), mode="reflect")
    return functional.conv1d(padded, kernels.unsqueeze(1), groups=len(samples)).squeeze(0)


def response_kernels(items: int, most_db: float, generator: torch.Generator) -> Tensor:
    """Symmetric impulse responses `(items, taps)`, by frequency sampling and a Hann window."""
    knots = (2 * torch.rand(items, 1, KNOTS, generator=generator) - 1) * most_db
    decibels = functional.interpolate(
        knots, size=TAPS // 2 + 1, mode="linear", align_corners=True
    ).squeeze(1)
    impulse = torch.fft.irfft(torch.pow(10.0, decibels / 20).to(torch.complex64), n=TAPS)
    return impulse.roll(TAPS // 2, dims=1) * torch.hann_window(TAPS + 2, periodic=False)[1:-1]
