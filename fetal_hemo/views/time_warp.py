"""A heart that hurries here and lingers there, and beats as often as before."""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional

WAVES = 3  # sines of the displacement, of 1 to 3 half periods in a window: no jumps
FINER = 4  # samples are read between the points of a 16 kHz grid
PAD = 60  # samples at either end, so that the finer grid does not ring there


@dataclass(frozen=True)
class WarpDraw:
    """`slopes` (items, 3): how much faster each sine lets time run, where it does so most."""

    slopes: Tensor


@dataclass(frozen=True)
class TimeWarp:
    """Time displaced by sines that are zero at both ends: length and mean rate are unchanged.

    No stretch of time, and so no interval and no Doppler shift, changes by more than the share
    `most` (0.02: a beat of 430 ms by 8.6 ms). Nothing moves by more than `most` times a third of
    the window, 25 ms of 3.75 s at 0.02.
    """

    most: float

    def draw(self, items: int, length: int, generator: torch.Generator) -> WarpDraw:
        """The sines of every window: signs and shares by chance, slopes adding up to `most`."""
        shares = torch.rand(items, WAVES, generator=generator)
        signs = 2.0 * torch.randint(2, (items, WAVES), generator=generator) - 1
        size = torch.rand(items, 1, generator=generator) * self.most
        return WarpDraw(signs * size * shares / shares.sum(dim=1, keepdim=True))

    def apply(self, samples: Tensor, drawn: WarpDraw) -> Tensor:
        """Samples `(items, time)` read at their displaced times."""
        return read_later(samples, displacement(samples.shape[1], drawn))


def displacement(length: int, drawn: WarpDraw) -> Tensor:
    """How many samples later than its own time `(items, length)` each moment is read."""
    half_turns = torch.arange(1, WAVES + 1) * math.pi / (length - 1)
    waves = torch.sin(half_turns.unsqueeze(1) * torch.arange(length)) / half_turns.unsqueeze(1)
    return drawn.slopes @ waves


def read_later(samples: Tensor, shift: Tensor) -> Tensor:
    """Samples `(items, time)`, each moment read `shift` samples later, of the same shape.

    Through a grid four times as fine and cubics between its points (Catmull-Rom).
    """
    fine = _finer(samples)
    whole = (shift * FINER).floor()
    t = shift * FINER - whole  # apart from the moment, whose thousands would cost digits
    base = (torch.arange(samples.shape[1]) + PAD) * FINER + whole.long()
    base = base.clamp(1, fine.shape[1] - 3)
    before, here, after, beyond = (fine.gather(1, base + step) for step in (-1, 0, 1, 2))
    slope, next_slope, rise = (after - before) / 2, (beyond - here) / 2, after - here
    bend = slope + next_slope - 2 * rise
    return here + t * (slope + t * (rise - slope - bend + t * bend))


def _finer(samples: Tensor) -> Tensor:
    """Samples `(items, time)`, mirrored at the ends, on a grid four times as fine."""
    padded = functional.pad(samples, (PAD, PAD), mode="reflect")
    count = padded.shape[1]
    spectrum = torch.fft.rfft(padded)
    if count % 2 == 0:
        spectrum[:, -1] /= 2  # half of 2 kHz lies on the other side of the spectrum
    return torch.fft.irfft(spectrum, n=count * FINER) * FINER
