"""Another unit: where its band begins and ends, and how steeply."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional

from fetal_hemo.constants import SAMPLE_RATE_HZ
from fetal_hemo.views.transform import uniform

ORDERS = (1.0, 3.0)  # Butterworth, 6 to 18 dB an octave; a draw need not be a whole number
PAD = 300  # 75 ms: longer than the filter rings, so that one end does not reach the other
LEAST_HZ = 1e-3


@dataclass(frozen=True)
class EdgesDraw:
    """Corners in Hz and orders of the high-pass and the roll-off, each (items,)."""

    high_pass_hz: Tensor
    high_pass_order: Tensor
    roll_off_hz: Tensor
    roll_off_order: Tensor


@dataclass(frozen=True)
class BandEdges:
    """The magnitude of a Butterworth high-pass and low-pass, without phase: nothing moves in time.

    Corners are uniform between the limits. Hand-held units fall below 150-210 Hz and above
    600-1,100 Hz (`simulate/device.py`); what has been through one already loses more here.
    """

    high_pass_hz: tuple[float, float]
    roll_off_hz: tuple[float, float]

    def draw(self, items: int, length: int, generator: torch.Generator) -> EdgesDraw:
        """The band of every window."""
        limits = (self.high_pass_hz, ORDERS, self.roll_off_hz, ORDERS)
        return EdgesDraw(*(uniform(items, pair, generator) for pair in limits))

    def apply(self, samples: Tensor, drawn: EdgesDraw) -> Tensor:
        """Samples `(items, time)` through their bands."""
        length = samples.shape[1]
        padded = functional.pad(samples, (PAD, PAD), mode="reflect")
        spectrum = torch.fft.rfft(padded)
        hertz = torch.linspace(0, SAMPLE_RATE_HZ / 2, spectrum.shape[1])
        shaped = torch.fft.irfft(spectrum * edges(hertz, drawn), n=padded.shape[1])
        return shaped[:, PAD : PAD + length].contiguous()


def edges(hertz: Tensor, drawn: EdgesDraw) -> Tensor:
    """Magnitudes `(items, frequencies)` at `hertz` `(frequencies,)`."""
    columns = (drawn.high_pass_hz, drawn.high_pass_order, drawn.roll_off_hz, drawn.roll_off_order)
    low, low_order, high, high_order = (column.unsqueeze(1) for column in columns)
    above = (low / hertz.clamp_min(LEAST_HZ)) ** (2 * low_order)
    below = (hertz / high) ** (2 * high_order)
    return ((1 + above) * (1 + below)).rsqrt()
