"""One view of one window: convolutional trunk, then attention over the beats inside it."""

from __future__ import annotations

from typing import NamedTuple

from torch import Tensor, nn

from fetal_hemo.encoders.attention import AttentionPool
from fetal_hemo.encoders.convolution import convolution


class ViewOutput(NamedTuple):
    """One view of windows, embedded; `steps` are what the trunk hears, before any pooling."""

    embedding: Tensor  # (batch, embedding)
    attention: Tensor  # (batch, steps)
    steps: Tensor  # (batch, width, steps)


class WindowEncoder(nn.Module):
    """`ViewOutput` of one view: its embedding, the attention over beats, and the steps.

    The view is `(batch, channels, frames)`. The trunk keeps one step per 30 ms (6 frames of
    5 ms), about 14 steps a beat, and is the only part that is quantised. The attention that
    comes out is the mean over heads.
    """

    def __init__(self, channels: int, width: int, embedding: int, heads: int) -> None:
        super().__init__()
        self.trunk = nn.Sequential(
            convolution(channels, width, kernel=7, stride=3),
            convolution(width, width, kernel=5, stride=2),
            convolution(width, width, kernel=3, stride=1),
            convolution(width, width, kernel=3, stride=1),
        )
        self.beats = AttentionPool(width, heads)
        self.project = nn.Sequential(nn.Linear(heads * width, embedding), nn.LayerNorm(embedding))

    def forward(self, view: Tensor) -> ViewOutput:
        steps = self.trunk(view)
        pooled, weights = self.beats(steps.transpose(1, 2))
        return ViewOutput(self.project(pooled), weights.mean(dim=1), steps)
