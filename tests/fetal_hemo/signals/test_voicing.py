"""Voicing by plain sounds: a pitch that stays, one that glides, noise."""

from __future__ import annotations

import math

import torch
from torch import Tensor

from fetal_hemo.signals.voicing import VOICING, voicing

TIME = torch.arange(15_000) / 4_000
PITCH_BY_CORRELATION, FLATNESS, STILL = 1, 2, slice(15, 17)


def harmonics(pitch_hz: Tensor) -> Tensor:
    """Overtones of a pitch along `(time,)`, `(1, time)`."""
    turns = torch.cumsum(pitch_hz.double(), 0) / 4_000
    tones = [torch.cos(2 * math.pi * k * turns) for k in range(1, 9)]
    return torch.stack(tones).sum(dim=0).float()[None]


def test_a_pitch_is_heard_and_noise_has_none() -> None:
    noise = torch.randn(1, 15_000, generator=torch.Generator().manual_seed(0))
    voiced = voicing(harmonics(torch.full((15_000,), 160.0)))[0]
    assert voiced[PITCH_BY_CORRELATION] > voicing(noise)[0, PITCH_BY_CORRELATION] + 0.3
    assert voiced[FLATNESS] > voicing(noise)[0, FLATNESS] + 1.0


def test_a_gliding_pitch_does_not_stay() -> None:
    still = voicing(harmonics(torch.full((15_000,), 160.0)))[0]
    gliding = voicing(harmonics(160.0 * 2 ** (0.5 * torch.sin(2 * math.pi * TIME))))[0]
    assert (gliding[STILL] < 0.8 * still[STILL]).all()
    assert gliding[PITCH_BY_CORRELATION] > 0.5 * still[PITCH_BY_CORRELATION]


def test_silence_is_finite_and_gain_leaves_no_trace() -> None:
    noise = torch.randn(2, 15_000, generator=torch.Generator().manual_seed(0))
    assert voicing(noise).shape == (2, VOICING)
    assert torch.isfinite(voicing(torch.zeros(1, 15_000))).all()
    torch.testing.assert_close(voicing(1e-3 * noise), voicing(30 * noise), atol=1e-3, rtol=0)
