"""One view of one window: convolutional trunk, then attention over the beats inside it."""

from __future__ import annotations

from torch import Tensor, nn

from fetal_hemo.encoders.attention import AttentionPool
from fetal_hemo.encoders.convolution import convolution


class WindowEncoder(nn.Module):
    """Embedding `(batch, embedding)` and beat attention `(batch, steps)` of one view.

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

    def forward(self, view: Tensor) -> tuple[Tensor, Tensor]:
        steps = self.trunk(view).transpose(1, 2)
        pooled, weights = self.beats(steps)
        return self.project(pooled), weights.mean(dim=1)
