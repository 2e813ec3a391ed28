"""How voiced a sound is: pitch, flatness and lines of its short-time spectrum.

A voice has the overtones of one pitch that glides; a sender has lines that stand still or jump;
blood and noise have neither. Pitch from the cepstrum (Noll 1967) and from the autocorrelation.
"""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor

from fetal_hemo.constants import SAMPLE_RATE_HZ
from fetal_hemo.signals.half_exact import half_exact

FRAME = 150  # 37.5 ms, two periods of the lowest voice; 100 frames make a window
BINS = np.arange(2, 68)  # 53 Hz to 1.8 kHz
PITCH_LAGS = np.arange(9, 54)  # 75 to 440 Hz
FLOOR = 1e-3  # of the window's mean power in a bin
LEAST = 1e-9
VOICING = 24


def _tables() -> tuple[np.ndarray, np.ndarray]:
    """`(FRAME, 2 * bins)` Hann-weighted waves, and `(bins, lags)` cosines without their mean."""
    hertz = BINS * SAMPLE_RATE_HZ / FRAME
    phase = 2 * np.pi * np.outer(np.arange(FRAME), hertz / SAMPLE_RATE_HZ)
    window = 0.5 - 0.5 * np.cos(2 * np.pi * np.arange(FRAME) / FRAME)
    waves = window[:, None] * np.concatenate([np.cos(phase), np.sin(phase)], axis=1)
    cosines = np.cos(2 * np.pi * np.outer(hertz, PITCH_LAGS / SAMPLE_RATE_HZ))
    return waves, cosines - cosines.mean(axis=0)


_WAVES, _COSINES = (torch.from_numpy(half_exact(table)) for table in _tables())


def voicing(samples: Tensor) -> Tensor:
    """`(batch, VOICING)` of samples `(batch, time)`; gain and offset leave no trace."""
    cosine, sine = torch.matmul(
        samples.unflatten(-1, (-1, FRAME)), _WAVES.to(samples.device)
    ).chunk(2, dim=-1)
    power = cosine * cosine + sine * sine
    power = power / power.mean(dim=(1, 2), keepdim=True).clamp_min(LEAST)
    return torch.cat([_by_moment(power), _by_bin(torch.log(power + FLOOR))], dim=1)


def _by_moment(power: Tensor) -> Tensor:
    """Pitch and flatness of the frames `(batch, frames, bins)`, loud ones first, `(batch, 17)`."""
    level, log_power = power.mean(dim=-1, keepdim=True), torch.log(power + FLOOR)
    log_level = log_power.mean(dim=-1, keepdim=True)
    weight = torch.softmax(log_level, dim=1)
    cosines = _COSINES.to(power.device) / len(BINS)
    curves = torch.cat(
        [torch.matmul(log_power, cosines), torch.matmul(power / (level + FLOOR), cosines)], dim=-1
    )
    peaks = curves.unflatten(-1, (2, -1)).amax(dim=-1)
    tracks = torch.cat([peaks, torch.log(level + FLOOR) - log_level], dim=-1)
    mean = (weight * tracks).sum(dim=1)
    away = tracks - mean.unsqueeze(1)
    spread = torch.sqrt((weight * away * away).sum(dim=1).clamp_min(LEAST))
    still = (weight * curves).sum(dim=1).unflatten(-1, (2, -1)).amax(dim=-1)  # a pitch that stays
    moving = (tracks[:, 1:] - tracks[:, :-1]).abs().mean(dim=1)
    return torch.cat([mean, spread, tracks.mean(dim=1), tracks.amax(dim=1), moving, still], dim=1)


def _by_bin(log_power: Tensor) -> Tensor:
    """Lines, and how they move, of log power `(batch, frames, bins)`: `(batch, 7)`."""
    mean = log_power.mean(dim=1)
    away = log_power - mean.unsqueeze(1)
    spread = torch.sqrt((away * away).mean(dim=1).clamp_min(LEAST))
    flux = (log_power[:, 1:] - log_power[:, :-1]).abs().mean(dim=(1, 2))
    comb = (log_power[..., 1:] - log_power[..., :-1]).abs().mean(dim=(1, 2))
    jagged = (mean[:, 1:] - mean[:, :-1]).abs().mean(dim=1)
    single = [spread.amin(dim=1), spread.mean(dim=1), spread.amax(dim=1), flux, comb, jagged]
    return torch.stack([*single, mean.amax(dim=1) - mean.mean(dim=1)], dim=1)
