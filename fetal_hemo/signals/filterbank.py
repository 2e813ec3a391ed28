"""Analytic (Morlet) filterbank: how strong each frequency band is, every 5 ms."""

from __future__ import annotations

import math
from itertools import pairwise

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from fetal_hemo.constants import (
    BANDS,
    FRAME_RATE_HZ,
    FRAMES,
    HIGHEST_BAND_HZ,
    LOWEST_BAND_HZ,
    SAMPLE_RATE_HZ,
    WINDOW_SAMPLES,
)
from fetal_hemo.signals.decimator import PHASES, Decimator

OMEGA = 6.0  # radians a standard deviation of the envelope: bandwidth f/6, neighbours overlap
REACH = 3.5  # kernel half length in standard deviations: the tail left out is below 0.3 %
FLOOR = 1e-6  # digital silence has a level too: what divides by it stays finite
# Bands and the rate at which they are filtered, fastest first. A band's response is 60 dB down at
# 1.62 times its centre: up to there a rate must be free of what folds back. Four groups of eight
# bands take as long as these three: fewer products, but more and smaller passes.
GROUPS = ((range(16, BANDS), SAMPLE_RATE_HZ), (range(8, 16), 800), (range(8), 400))
# 4,000 -> 800 -> 400 Hz: flat to 0.1 % up to 293 and 102 Hz, and 60 dB down where that folds back
DECIMATOR_HALF_TAPS = (40, 10)


def band_centres_hz() -> np.ndarray:
    """The `(bands,)` centre frequencies in Hz, evenly spaced in octaves."""
    return np.geomspace(LOWEST_BAND_HZ, HIGHEST_BAND_HZ, BANDS)


def morlet(frequency_hz: float, rate_hz: float, half: int) -> np.ndarray:
    """One complex Morlet kernel of `2 * half + 1` taps with no response at 0 Hz.

    Its magnitude response is 1 for a unit-amplitude cosine at `frequency_hz`
    (Torrence & Compo 1998, with the mean removed so that an offset leaves no trace).
    """
    time = np.arange(-half, half + 1) / rate_hz
    sigma = OMEGA / (2 * math.pi * frequency_hz)
    gauss = np.exp(-0.5 * (time / sigma) ** 2)
    wave = gauss * np.exp(2j * math.pi * frequency_hz * time)
    wave -= gauss * wave.sum() / gauss.sum()
    return 2.0 * wave / gauss.sum()


def half_taps(lowest_hz: float, rate_hz: float) -> int:
    """How many taps each side the widest kernel of a group needs."""
    return math.ceil(REACH * OMEGA / (2 * math.pi * lowest_hz) * rate_hz)


class BandGroup(nn.Module):
    """Power `(batch, bands, 1, frames)` of bands that share one sampling rate.

    Takes `(batch, 1, 1, time)` whose sample `lead` is time zero. Two-dimensional convolution over
    a height of 1, because onnxruntime computes it in place; a one-dimensional one it first
    copies out tap by tap, which takes longer than the products.
    """

    kernels: Tensor
    floor: Tensor

    def __init__(self, centres: np.ndarray, rate_hz: int) -> None:
        super().__init__()
        self.reach = half_taps(float(centres.min()), rate_hz)
        self.hop = rate_hz // FRAME_RATE_HZ
        self.taps = 2 * self.reach + 1
        waves = np.stack([morlet(float(f), rate_hz, self.reach) for f in centres])
        kernels = np.concatenate([waves.real, waves.imag])[:, None, None, :].astype(np.float32)
        # The floor is an offset of the real parts, which costs no pass over the frames.
        floor = np.repeat(np.array([FLOOR, 0.0], np.float32), len(centres))
        self.register_buffer("kernels", torch.from_numpy(kernels), persistent=False)
        self.register_buffer("floor", torch.from_numpy(floor), persistent=False)

    def span(self) -> int:
        """Samples from the first tap of the first frame to the last tap of the last."""
        return self.hop * (FRAMES - 1) + self.taps

    def forward(self, signal: Tensor, lead: int) -> Tensor:
        start = lead - self.reach
        heard = signal[..., start : start + self.span()]
        pairs = functional.conv2d(heard, self.kernels, self.floor, stride=(1, self.hop))
        real, imaginary = pairs.chunk(2, dim=1)
        return real * real + imaginary * imaginary


def plan(groups: list[BandGroup], decimators: list[Decimator]) -> tuple[list[int], int]:
    """Samples before time zero at each rate, fastest first, and all samples at the fastest.

    From the slowest rate up: each copy is as long as its own bands and all slower ones need.
    """
    leads, length = [groups[-1].reach], groups[-1].span()
    for group, decimator in zip(groups[-2::-1], decimators[::-1], strict=True):
        length = decimator.input_length(PHASES * math.ceil(length / PHASES))
        leads.insert(0, decimator.factor * leads[0] + decimator.reach)
        length = max(length, leads[0] - group.reach + group.span())
    return leads, length


class AnalyticFilterbank(nn.Module):
    """Band magnitudes `(batch, bands, frames)` of windows `(batch, 15000)` at 4 kHz.

    Constant-Q from 25 to 1,500 Hz, one frame each 5 ms. Low bands run on decimated copies, so
    that the cost follows the bandwidth. The window is reflected once, at 4 kHz and far enough for
    every filter that follows, so that all bands see the same sound beyond its edges.
    """

    def __init__(self) -> None:
        super().__init__()
        centres = band_centres_hz()
        factors = [fast // slow for (_, fast), (_, slow) in pairwise(GROUPS)]
        groups = [BandGroup(centres[bands], rate) for bands, rate in GROUPS]
        decimators = list(map(Decimator, factors, DECIMATOR_HALF_TAPS))
        self.leads, length = plan(groups, decimators)
        self.padding = (self.leads[0], length - self.leads[0] - WINDOW_SAMPLES)
        self.groups, self.decimators = nn.ModuleList(groups), nn.ModuleList(decimators)

    def forward(self, samples: Tensor) -> Tensor:
        padded = functional.pad(samples, self.padding, mode="reflect")
        signal = padded.unsqueeze(1).unsqueeze(1)
        powers = [self.groups[0](signal, self.leads[0])]
        slower = zip(self.decimators, self.groups[1:], self.leads[1:], strict=True)
        for decimator, group, lead in slower:
            signal = decimator(signal)
            powers.insert(0, group(signal, lead))
        return torch.sqrt(torch.cat(powers, dim=1)).squeeze(2)
