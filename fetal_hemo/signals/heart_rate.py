"""Heart rate of a window by itself: the lag at which the envelopes repeat themselves.

What a recording is told comes from `firmware_bridge/rhythm`, which sees the windows together.

The autocorrelation is the cosine transform of the power spectrum (Wiener-Khinchin), taken over
1-14 Hz only, so that one matrix product is band-pass, and a second is an autocorrelation sampled
at any lag, with no interpolation. Constants from Valderrama 2019 (search range, 14.8 Hz
envelope band) except where a comment says otherwise.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor, nn

from fetal_hemo.constants import FRAME_RATE_HZ, FRAMES, WINDOW_S
from fetal_hemo.signals.half_exact import half_exact
from firmware_bridge.rhythm.lags import (
    BEAT_LAGS,
    BEAT_S,
    LAG_STEP_S,
    LAGS_S,
    PRIOR,
    SECOND_BEAT_WEIGHT,
    TWICE_LAGS,
)

ENVELOPE_BAND_HZ = (1.0, 14.0)
STEP_FRAMES = 3  # 66.7 Hz carries 14 Hz; a third of the frames makes a third of the constants
STEP_RATE_HZ = FRAME_RATE_HZ / STEP_FRAMES
SPECTRUM_S = 5.6  # a window and the longest lag: zero padding that makes the correlation linear
LEAST_EVIDENCE = 1e-4  # in silence rounding must not choose: the prior does, on every processor


class HeartRateOutput(NamedTuple):
    """`bpm` (batch,), `confidence` (batch,) in 0-1, `autocorrelation` (batch, lags)."""

    bpm: Tensor
    confidence: Tensor
    autocorrelation: Tensor


def _spectrum_basis() -> tuple[np.ndarray, np.ndarray]:
    """`(steps, 2 * frequencies)` cosine and sine basis, and the frequencies in Hz."""
    low, high = ENVELOPE_BAND_HZ
    kept = np.arange(math.ceil(low * SPECTRUM_S), math.floor(high * SPECTRUM_S) + 1) / SPECTRUM_S
    phase = 2 * math.pi * np.outer(np.arange(FRAMES // STEP_FRAMES) / STEP_RATE_HZ, kept)
    return np.concatenate([np.cos(phase), np.sin(phase)], axis=1), kept


class HeartRate(nn.Module):
    """Rate, confidence and autocorrelation of log envelopes `(batch, groups, frames)`."""

    basis: Tensor
    cosines: Tensor
    prior: Tensor
    first: Tensor
    second: Tensor
    candidate_lags: Tensor

    def __init__(self) -> None:
        super().__init__()
        basis, frequencies = _spectrum_basis()
        cosines = np.cos(2 * math.pi * np.outer(frequencies, LAGS_S))
        # Fewer products reach a long lag: undo the shrinking.
        cosines /= 1.0 - LAGS_S / WINDOW_S
        for name, array in (("basis", basis), ("cosines", cosines)):
            self.register_buffer(name, torch.from_numpy(half_exact(array)), persistent=False)
        prior = torch.from_numpy(PRIOR.astype(np.float32))
        self.register_buffer("prior", prior, persistent=False)
        lags = torch.from_numpy(BEAT_S.astype(np.float32))
        self.register_buffer("candidate_lags", lags, persistent=False)
        self.register_buffer("first", torch.from_numpy(BEAT_LAGS), persistent=False)
        self.register_buffer("second", torch.from_numpy(TWICE_LAGS), persistent=False)

    def forward(self, envelopes: Tensor) -> HeartRateOutput:
        by_group = self._autocorrelate(envelopes)
        peak = by_group[..., self.first].amax(dim=-1).clamp_min(0.0)
        weight = peak * peak + 1e-6  # groups that hear the beat decide
        curve = (by_group * weight.unsqueeze(-1)).sum(1) / weight.sum(1, keepdim=True)
        return self._pick(curve)

    def _autocorrelate(self, envelopes: Tensor) -> Tensor:
        steps = envelopes.unflatten(-1, (-1, STEP_FRAMES)).mean(dim=-1)
        centred = steps - steps.mean(dim=-1, keepdim=True)
        cosine, sine = torch.matmul(centred, self.basis).chunk(2, dim=-1)
        power = cosine * cosine + sine * sine
        total = power.sum(dim=-1, keepdim=True).clamp_min(1e-6)
        return torch.matmul(power / total, self.cosines)

    def _pick(self, curve: Tensor) -> HeartRateOutput:
        once, twice = curve[:, self.first], curve[:, self.second]
        evidence = (once + SECOND_BEAT_WEIGHT * twice + LEAST_EVIDENCE) * self.prior
        best = evidence[:, 1:-1].argmax(dim=-1, keepdim=True) + 1
        lag = self.candidate_lags[best] + LAG_STEP_S * _vertex(once, best)
        both = (once + SECOND_BEAT_WEIGHT * twice) / (1.0 + SECOND_BEAT_WEIGHT)
        confidence = both.gather(1, best).clamp(0.0, 1.0)
        return HeartRateOutput((60.0 / lag).squeeze(1), confidence.squeeze(1), curve)


def _vertex(curve: Tensor, at: Tensor) -> Tensor:
    """Offset in steps, -0.5 to 0.5, of the parabola through three points around `at`."""
    before, here, after = (curve.gather(1, at + step) for step in (-1, 0, 1))
    bend = (2 * here - before - after).clamp_min(1e-6)
    return (0.5 * (after - before) / bend).clamp(-0.5, 0.5)
