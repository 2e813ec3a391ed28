"""How long after one part of the band another one sounds: the intervals of the cardiac cycle.

Wall motion and valves sound in different bands, so the lag between two envelopes is an interval
(contraction, ejection, relaxation) whatever the moment at which the window begins. One product
averages over all beats of the window without finding any.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional

STEP_FRAMES = 2  # 100 Hz: the envelopes carry no more, and intervals read from 200 Hz are no truer
LAGS = 31  # 0 to 300 ms at the reference rate: from any event to the next ones
SOURCE_LAGS = 42  # what the longest beat stretches those to
REFERENCE_BPM = 139.5
CYCLE_POWER = 0.7  # intervals shrink by 13-15 % from 130 to 160 bpm (Hernandez-Andrade 2007)
STRETCH = (0.78, 1.3)  # 100 to 200 bpm
LEAST_POWER = 1e-6  # what silence is divided by


class Intervals(nn.Module):
    """`(batch, groups * groups, LAGS)` correlations of envelopes `(batch, groups, frames)`.

    Row `i * groups + j` says how well group `j`, so much later, follows group `i`. Lags are those
    at the reference rate: `bpm` (batch,) takes out how intervals go with the rate.
    """

    def forward(self, envelopes: Tensor, bpm: Tensor) -> Tensor:
        steps = envelopes.unflatten(-1, (-1, STEP_FRAMES)).mean(dim=-1)
        centred = steps - steps.mean(dim=-1, keepdim=True)
        power = (centred * centred).mean(dim=-1, keepdim=True)
        unit = centred * torch.rsqrt(power.clamp_min(LEAST_POWER))
        later = torch.matmul(_delayed(unit), unit.unsqueeze(1).transpose(2, 3))
        correlation = later.permute(0, 3, 1, 2).flatten(1, 2) / steps.shape[-1]
        return torch.matmul(correlation, _at_reference_rate(bpm))


def _delayed(steps: Tensor) -> Tensor:
    """`(batch, groups, SOURCE_LAGS, steps)`: row `k` begins `k` steps later, zeros at the end.

    Copies of one row that are one step too long, read with a longer stride, move by one step a
    row: no gather, which would need an index as large as the result.
    """
    count = steps.shape[-1]
    padded = functional.pad(steps, (0, SOURCE_LAGS))
    copies = padded.unsqueeze(2).expand(-1, -1, SOURCE_LAGS + 1, -1).flatten(2)
    stride = count + SOURCE_LAGS + 1
    rows = copies[..., : SOURCE_LAGS * stride].unflatten(-1, (SOURCE_LAGS, stride))
    return rows[..., :count]


def _at_reference_rate(bpm: Tensor) -> Tensor:
    """`(batch, SOURCE_LAGS, LAGS)` weights of linear interpolation at the stretched lags."""
    stretch = ((REFERENCE_BPM / bpm) ** CYCLE_POWER).clamp(*STRETCH)
    lags = torch.arange(LAGS, device=bpm.device, dtype=bpm.dtype) * stretch.unsqueeze(-1)
    grid = torch.arange(SOURCE_LAGS, device=bpm.device, dtype=bpm.dtype).unsqueeze(-1)
    return (1.0 - (lags.unsqueeze(1) - grid).abs()).clamp_min(0.0)
