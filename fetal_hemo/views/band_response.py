"""Another probe, another depth: a smooth random ripple of the frequency response."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional

TAPS = 63  # odd: the delay is a whole number of samples and is taken out
KNOTS = 8  # points from 0 to 2 kHz at which the response is drawn; straight lines between


@dataclass(frozen=True)
class ResponseDraw:
    """`knots_db` (items, 8): the response from 0 to 2 kHz."""

    knots_db: Tensor


@dataclass(frozen=True)
class BandResponse:
    """A linear-phase filter without delay, uniform in +-`most_db` at 8 evenly spaced frequencies.

    Beats stay where they are. The edges of a unit's band are `BandEdges`.
    """

    most_db: float

    def draw(self, items: int, length: int, generator: torch.Generator) -> ResponseDraw:
        """The response of every window."""
        return ResponseDraw((2 * torch.rand(items, KNOTS, generator=generator) - 1) * self.most_db)

    def apply(self, samples: Tensor, drawn: ResponseDraw) -> Tensor:
        """Samples `(items, time)` through their filters."""
        kernels = response_kernels(drawn.knots_db)
        padded = functional.pad(samples.unsqueeze(0), (TAPS // 2, TAPS // 2), mode="reflect")
        return functional.conv1d(padded, kernels.unsqueeze(1), groups=len(samples)).squeeze(0)


def response_kernels(knots_db: Tensor) -> Tensor:
    """Symmetric impulse responses `(items, taps)`, by frequency sampling and a Hann window."""
    decibels = functional.interpolate(
        knots_db.unsqueeze(1), size=TAPS // 2 + 1, mode="linear", align_corners=True
    ).squeeze(1)
    impulse = torch.fft.irfft(torch.pow(10.0, decibels / 20).to(torch.complex64), n=TAPS)
    return impulse.roll(TAPS // 2, dims=1) * torch.hann_window(TAPS + 2, periodic=False)[1:-1]
