"""Statistics of a window that tell a fetal heartbeat from what disturbs it or takes its place."""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from fetal_hemo.constants import BANDS
from fetal_hemo.signals.envelope import GROUPS_HZ
from fetal_hemo.signals.front_end import Signals
from fetal_hemo.signals.modulation import READINGS, ROUGHNESS, modulation
from fetal_hemo.signals.waveform_facts import WAVEFORM_FACTS
from firmware_bridge.rhythm.lags import LAG_STEP_S, LAGS_S

OCTAVES = 8  # neighbouring bands are averaged to this many groups
SHAPES = 4  # of the spectrum at one moment
LAGS = 43  # points of the autocorrelation that are kept
LAG_BLOCK = len(LAGS_S) // LAGS
# Where a maternal pulse (60-105 bpm) and a fetal one (105-185 bpm) first repeat themselves.
PULSE_LAGS_S = ((0.57, 1.00), (0.325, 0.57))
# The same over several periods: a comb, on which chance peaks do not line up.
COMBS = (((0.57, 0.86), 2), ((0.325, 0.57), 3))
LEAST = 1e-3  # of a variance of log magnitudes: what is steadier counts as constant
FEATURES = (
    2 * (BANDS + SHAPES + 2 * len(GROUPS_HZ))
    + (OCTAVES + SHAPES) * (READINGS + ROUGHNESS)
    + LAGS
    + len(PULSE_LAGS_S)
    + len(COMBS)
    + WAVEFORM_FACTS
    + 2
)


def quality_features(signals: Signals) -> Tensor:
    """`(batch, FEATURES)`; none depends on the window's gain, except the share of silence."""
    scalogram = signals.scalogram
    octaves = scalogram.unflatten(1, (OCTAVES, -1)).mean(dim=2)
    shapes = _shapes(scalogram)
    return torch.cat(
        [
            _statistics(torch.cat([scalogram, shapes, signals.envelope], dim=1), signals.envelope),
            modulation(torch.cat([octaves, shapes], dim=1)),
            _rhythm(signals.autocorrelation),
            signals.waveform,
            signals.confidence.unsqueeze(1),
            signals.dead_share.unsqueeze(1),
        ],
        dim=1,
    )


def _shapes(scalogram: Tensor) -> Tensor:
    """Level, peak, spread and centre `(batch, 4, frames)` of each moment's spectrum.

    A carrier is a single peak that stays or jumps, a voice has several that glide, noise none.
    """
    mean = scalogram.mean(dim=1, keepdim=True)
    away = scalogram - mean
    spread = torch.sqrt((away * away).mean(dim=1, keepdim=True).clamp_min(LEAST))
    above = torch.relu(away)  # a softmax would tell the same at three times the price
    loud = above * above
    places = torch.linspace(-4.0, 4.0, BANDS, device=scalogram.device)
    centre = torch.matmul(places, loud).unsqueeze(1) / loud.sum(dim=1, keepdim=True).clamp_min(
        LEAST
    )
    return torch.cat([mean, away.amax(dim=1, keepdim=True), spread, centre], dim=1)


def _statistics(tracks: Tensor, envelope: Tensor) -> Tensor:
    """How loud and how restless each row is, how lopsided and how high each envelope.

    No skewness or maximum of single bands: in a band that a unit cuts off they run away.
    """
    mean = tracks.mean(dim=-1, keepdim=True)
    centred = tracks - mean
    square = centred * centred
    variance = square.mean(dim=-1).clamp_min(LEAST)
    spread, groups = torch.sqrt(variance), envelope.shape[1]
    cube = (square[:, -groups:] * centred[:, -groups:]).mean(dim=-1)
    skewness = cube / (variance[:, -groups:] * spread[:, -groups:])
    return torch.cat([mean.squeeze(-1), spread, skewness, envelope.amax(dim=-1)], dim=1)


def _rhythm(autocorrelation: Tensor) -> Tensor:
    """The autocorrelation, coarsely, and its peaks at maternal and at fetal rates."""
    coarse = functional.avg_pool1d(autocorrelation.unsqueeze(1), LAG_BLOCK).squeeze(1)
    peaks = []
    for shortest, longest in PULSE_LAGS_S:
        first, last = np.searchsorted(LAGS_S, (shortest, longest))
        peaks.append(autocorrelation[:, int(first) : int(last)].amax(dim=-1, keepdim=True))
    for (shortest, longest), periods in COMBS:
        once = np.flatnonzero((shortest <= LAGS_S) & (longest >= LAGS_S))
        at = [np.rint((k * LAGS_S[once] - LAGS_S[0]) / LAG_STEP_S) for k in range(1, periods + 1)]
        lags = torch.from_numpy(np.stack(at).astype(np.int64)).to(autocorrelation.device)
        comb = autocorrelation[:, lags.flatten()].unflatten(1, lags.shape).mean(dim=1)
        peaks.append(comb.amax(dim=-1, keepdim=True))
    return torch.cat([coarse[:, :LAGS], *peaks], dim=1)
