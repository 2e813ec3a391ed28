"""How tracks of loudness rise and fall: their speeds, and whether they repeat at a pulse's rate.

Every reading is linear in squared sums of a window's frames, so that two matrix products give
all of them: few operators, which is what a phone pays for.
"""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor

from fetal_hemo.constants import FRAME_RATE_HZ, FRAMES, WINDOW_S
from fetal_hemo.signals.half_exact import half_exact

BLOCK = 5  # frames a block: what is slower than 25 ms is read from blocks, the rest inside them
BLOCKS = FRAMES // BLOCK
BLOCK_S = BLOCK / FRAME_RATE_HZ
SPEEDS_HZ = np.geomspace(0.5, 20.0, 15)  # edges: words, syllables (2-8 Hz), beats, roughness
# Where a fetal pulse (105-185 bpm) and a maternal one (60-105 bpm) first repeat themselves.
FETAL_S, MATERNAL_S = np.arange(0.325, 0.571, 0.00625), np.arange(0.57, 1.0, 0.0125)
COMB = (1, 2, 3)  # periods over which chance peaks do not line up
PULSE_HZ = np.arange(6, 79) / 5.6  # 1-14 Hz, zero padded as in `heart_rate`
LEAST_POWER = 1e-4  # of a log magnitude: what is steadier counts as constant
LEAST_TOTAL = 1e-3
POWER_OF_SQUARE = 4.0 / (0.375 * BLOCKS**2)  # of a wave under a Hann window
READINGS = len(SPEEDS_HZ) - 1 + 3
ROUGHNESS = BLOCK - 1


def _inside_blocks() -> np.ndarray:
    """Orthonormal cosines `(BLOCK, BLOCK)`: the mean of a block, and what moves inside it."""
    at = np.pi * (np.arange(BLOCK) + 0.5) / BLOCK
    rows = np.cos(np.outer(at, np.arange(BLOCK))) * np.sqrt(2.0 / BLOCK)
    rows[:, 0] = 1.0 / BLOCK
    return rows


def _waves(frequencies_hz: np.ndarray) -> np.ndarray:
    """Cosines and sines `(BLOCKS, 2 * frequencies)`."""
    phase = 2 * np.pi * np.outer(np.arange(BLOCKS) * BLOCK_S, frequencies_hz)
    return np.concatenate([np.cos(phase), np.sin(phase)], axis=1)


def _pools(frequencies_hz: np.ndarray) -> np.ndarray:
    """Weights `(frequencies, speeds)` of bands of equal width in octaves that overlap."""
    middle = 0.5 * (np.log(SPEEDS_HZ[1:]) + np.log(SPEEDS_HZ[:-1]))
    width = 0.6 * np.diff(np.log(SPEEDS_HZ))
    weight = np.exp(-0.5 * ((np.log(frequencies_hz)[:, None] - middle) / width) ** 2)
    return weight / weight.sum(axis=0)


def _lags(lags_s: np.ndarray) -> np.ndarray:
    """Cosines `(frequencies, lags)`: a power spectrum's autocorrelation; long lags see less."""
    return np.cos(2 * np.pi * np.outer(PULSE_HZ, lags_s)) / (1.0 - lags_s / WINDOW_S)


def _tables() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """`(BLOCKS, waves)`, and of powers `(slow, speeds)` and `(pulse, lags)`."""
    slow = np.arange(1, BLOCKS // 2) / (BLOCKS * BLOCK_S)
    window = np.hanning(BLOCKS + 2)[1:-1, None]
    first = np.concatenate([window * _waves(slow), _waves(PULSE_HZ)], axis=1)
    comb = np.mean([_lags(periods * FETAL_S) for periods in COMB], axis=0)
    pulse = np.concatenate(
        [np.ones((len(PULSE_HZ), 1)), _lags(FETAL_S), _lags(MATERNAL_S), comb], 1
    )
    speeds = _pools(slow)
    return first, speeds, pulse


_FIRST, _SPEEDS, _PULSE = (torch.from_numpy(half_exact(table)) for table in _tables())
_INSIDE = torch.from_numpy(_inside_blocks().astype(np.float32))
_PARTS = (1, len(FETAL_S), len(MATERNAL_S), len(FETAL_S))


def _both(squares: Tensor) -> Tensor:
    """Power of cosine and sine together `(..., frequencies)`."""
    cosine, sine = squares.chunk(2, dim=-1)
    return cosine + sine


def modulation(tracks: Tensor) -> Tensor:
    """`(batch, rows * (READINGS + ROUGHNESS))` of log magnitudes `(batch, rows, frames)`.

    Log power by speed from 0.5 to 100 Hz, and how well each row repeats itself at one fetal
    period, one maternal period, and over three fetal periods (1: exactly).
    """
    inside = torch.matmul(tracks.unflatten(-1, (BLOCKS, BLOCK)), _INSIDE.to(tracks.device))
    rough = torch.log((inside * inside).mean(dim=2)[..., 1:] + 1e-3)
    slow = inside[..., 0]
    waves = torch.matmul(slow - slow.mean(dim=-1, keepdim=True), _FIRST.to(tracks.device))
    squares = waves * waves
    slow_power, pulse_power = squares.split((2 * len(_SPEEDS), 2 * len(_PULSE)), dim=-1)
    speeds = POWER_OF_SQUARE * torch.matmul(_both(slow_power), _SPEEDS.to(tracks.device))
    read = torch.matmul(_both(pulse_power), _PULSE.to(tracks.device))
    total, fetal, maternal, comb = read.split(_PARTS, dim=-1)
    peaks = torch.cat([x.amax(dim=-1, keepdim=True) for x in (fetal, maternal, comb)], dim=-1)
    found = [rough, torch.log(speeds + LEAST_POWER), peaks / total.clamp_min(LEAST_TOTAL)]
    return torch.cat(found, dim=-1).flatten(1)
