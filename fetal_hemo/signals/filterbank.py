"""Analytic (Morlet) filterbank: how strong each frequency band is, every 5 ms."""

from __future__ import annotations

import math

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from fetal_hemo.constants import (
    BANDS,
    FRAME_SAMPLES,
    HIGHEST_BAND_HZ,
    LOWEST_BAND_HZ,
    SAMPLE_RATE_HZ,
)

OMEGA = 6.0  # radians a standard deviation of the envelope: bandwidth f/6, neighbours overlap
REACH = 3.5  # kernel half length in standard deviations: the tail left out is below 0.3 %
SPLIT_HZ = 200.0  # bands below are filtered at 800 Hz, where their long kernels are 5 times shorter
DECIMATION = 5
FLOOR = 1e-6  # digital silence has a level too: what divides by it stays finite


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


def low_pass(cutoff_hz: float, rate_hz: float, half: int) -> np.ndarray:
    """A linear-phase windowed-sinc low-pass of `2 * half + 1` taps and unit gain at 0 Hz."""
    time = np.arange(-half, half + 1)
    taps = np.sinc(2 * cutoff_hz / rate_hz * time) * np.hamming(2 * half + 1)
    return taps / taps.sum()


def _kernels(centres: np.ndarray, rate_hz: float) -> Tensor:
    half = half_taps(float(centres.min()), rate_hz)
    waves = np.stack([morlet(float(f), rate_hz, half) for f in centres])
    stacked = np.concatenate([waves.real, waves.imag])[:, None, :]
    return torch.from_numpy(stacked.astype(np.float32))


def _filter(samples: Tensor, kernels: Tensor, stride: int) -> Tensor:
    half = kernels.shape[-1] // 2
    padded = functional.pad(samples, (half, half), mode="reflect")
    return functional.conv1d(padded, kernels, stride=stride)


class AnalyticFilterbank(nn.Module):
    """Band magnitudes `(batch, bands, frames)` of samples `(batch, time)` at 4 kHz.

    Constant-Q from 25 to 1,500 Hz, one frame each 5 ms, reflected at the edges. Low bands run
    on a decimated copy of the signal, so that the cost follows the bandwidth.
    """

    low: Tensor
    high: Tensor
    decimator: Tensor

    def __init__(self) -> None:
        super().__init__()
        centres = band_centres_hz()
        slow_rate = SAMPLE_RATE_HZ / DECIMATION
        taps = low_pass(300.0, SAMPLE_RATE_HZ, 32)[None, None].astype(np.float32)
        self.register_buffer("decimator", torch.from_numpy(taps), persistent=False)
        low = _kernels(centres[centres < SPLIT_HZ], slow_rate)
        high = _kernels(centres[centres >= SPLIT_HZ], SAMPLE_RATE_HZ)
        self.register_buffer("low", low, persistent=False)
        self.register_buffer("high", high, persistent=False)

    def forward(self, samples: Tensor) -> Tensor:
        signal = samples.unsqueeze(1)
        slow = _filter(signal, self.decimator, DECIMATION)
        low = _filter(slow, self.low, FRAME_SAMPLES // DECIMATION)
        high = _filter(signal, self.high, FRAME_SAMPLES)
        return torch.cat([_magnitude(low), _magnitude(high)], dim=1)


def _magnitude(pairs: Tensor) -> Tensor:
    real, imaginary = pairs.chunk(2, dim=1)
    return torch.sqrt(real * real + imaginary * imaginary).clamp_min(FLOOR)
