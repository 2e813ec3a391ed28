"""The rhythm view of a window: intervals between events of a beat, and the heart rate."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from fetal_hemo.encoders.convolution import convolution
from fetal_hemo.signals.intervals import LAGS
from firmware_bridge.rhythm.lags import PRIOR_BPM

CHANNELS = 16  # after the trunk: every lag keeps its place, so the projection reads them all


class RhythmEncoder(nn.Module):
    """Embedding `(batch, embedding)` of correlations `(batch, pairs, LAGS)`, rate and confidence.

    No attention here: where along the lags a peak stands is what is measured, and pooling would
    forget it. `bpm` and `confidence` are `(batch,)`.
    """

    def __init__(self, pairs: int, width: int, embedding: int) -> None:
        super().__init__()
        self.trunk = nn.Sequential(
            convolution(pairs, width, kernel=5, stride=1),
            convolution(width, CHANNELS, kernel=3, stride=2),
        )
        self.project = nn.Linear(CHANNELS * ((LAGS + 1) // 2), embedding)
        self.norm = nn.LayerNorm(embedding)
        self.rate = nn.Linear(2, embedding)

    def forward(self, intervals: Tensor, bpm: Tensor, confidence: Tensor) -> Tensor:
        deviation = 5.0 * torch.log(bpm / PRIOR_BPM)
        beat: Tensor = self.norm(self.project(self.trunk(intervals).flatten(1)))
        return beat + self.rate(torch.stack([deviation, confidence], dim=-1))
