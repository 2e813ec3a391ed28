"""Statistics of a window that tell a fetal heartbeat from what disturbs it or takes its place."""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from fetal_hemo.constants import BANDS
from fetal_hemo.signals.envelope import GROUPS_HZ
from fetal_hemo.signals.front_end import Signals
from fetal_hemo.signals.fullness import LEVELS
from firmware_bridge.rhythm.lags import LAG_STEP_S, LAGS_S

OCTAVES = 8  # neighbouring bands are averaged to this many groups
SCALES = 8  # modulations of 10 ms, 20 ms ... 1.28 s
LAGS = 43  # points of the autocorrelation that are kept
LAG_BLOCK = len(LAGS_S) // LAGS
# Where a maternal pulse (60-105 bpm) and a fetal one (105-185 bpm) first repeat themselves.
PULSE_LAGS_S = ((0.57, 1.00), (0.325, 0.57))
# The same over several periods: a comb, on which chance peaks do not line up.
COMBS = (((0.57, 0.86), 2), ((0.325, 0.57), 3))
LEAST = 1e-3  # of a variance of log magnitudes: what is steadier counts as constant
PAIRS = np.triu_indices(OCTAVES, k=1)
FEATURES = (
    5 * BANDS
    + OCTAVES * SCALES
    + len(PAIRS[0])
    + LAGS
    + len(PULSE_LAGS_S)
    + len(COMBS)
    + 3 * len(GROUPS_HZ)
    + 2 * len(LEVELS)
    + 2
)


def quality_features(signals: Signals) -> Tensor:
    """`(batch, FEATURES)`; none depends on the window's gain, except the share of silence."""
    scalogram = signals.scalogram
    octaves = scalogram.unflatten(1, (OCTAVES, -1)).mean(dim=2)
    _, restless, lopsided = _moments(signals.envelope)
    return torch.cat(
        [
            _per_band(scalogram),
            _modulation(octaves),
            _togetherness(octaves),
            _rhythm(signals.autocorrelation),
            restless,
            signals.envelope.amin(dim=-1),
            lopsided,
            signals.fullness,
            signals.confidence.unsqueeze(1),
            signals.dead_share.unsqueeze(1),
        ],
        dim=1,
    )


def _per_band(scalogram: Tensor) -> Tensor:
    """How loud, how restless and how lopsided each band is: a carrier is steady, noise is not."""
    steps = (scalogram[:, :, 1:] - scalogram[:, :, :-1]).abs().mean(dim=-1)
    mean, spread, skewness = _moments(scalogram)
    return torch.cat([mean, spread, scalogram.amax(dim=-1), steps, skewness], dim=1)


def _moments(tracks: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """Mean, standard deviation and skewness `(batch, rows)` of `(batch, rows, frames)`."""
    mean = tracks.mean(dim=-1, keepdim=True)
    centred = tracks - mean
    square = centred * centred
    variance = square.mean(dim=-1)
    cube = variance.clamp_min(LEAST) ** 1.5
    frames = tracks.shape[-1]
    spread = torch.sqrt(variance * (frames / (frames - 1)))
    return mean.squeeze(-1), spread, (square * centred).mean(dim=-1) / cube


def _modulation(octaves: Tensor) -> Tensor:
    """Log power of Haar wavelets by octave of the sound and of the modulation, `(batch, 64)`."""
    powers = []
    for _ in range(SCALES):
        frames = octaves.shape[-1] // 2 * 2
        pairs = octaves[..., :frames].unflatten(-1, (-1, 2))
        difference = pairs[..., 1] - pairs[..., 0]
        powers.append(torch.log((difference * difference).mean(dim=-1) + LEAST))
        octaves = pairs.mean(dim=-1)
    return torch.cat(powers, dim=1)


def _togetherness(octaves: Tensor) -> Tensor:
    """Correlation of each pair of octaves over time, `(batch, 28)`: a beat moves them all."""
    centred = octaves - octaves.mean(dim=-1, keepdim=True)
    product = torch.matmul(centred, centred.transpose(1, 2)) / octaves.shape[-1]
    spread = torch.sqrt(torch.diagonal(product, dim1=1, dim2=2).clamp_min(LEAST))
    correlation = product / (spread.unsqueeze(1) * spread.unsqueeze(2))
    return correlation.flatten(1)[:, PAIRS[0] * OCTAVES + PAIRS[1]]


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
