"""One view of one window: convolutional trunk, then attention over the beats inside it."""

from __future__ import annotations

from torch import Tensor, nn

from fetal_hemo.encoders.attention import AttentionPool


def _convolution(inputs: int, outputs: int, kernel: int, stride: int) -> nn.Sequential:
    """Convolution, batch norm and ReLU: the unit that export folds into one int8 operator."""
    return nn.Sequential(
        nn.Conv1d(inputs, outputs, kernel, stride, padding=kernel // 2, bias=False),
        nn.BatchNorm1d(outputs),
        nn.ReLU(),
    )


class WindowEncoder(nn.Module):
    """Embedding `(batch, embedding)` and beat attention `(batch, steps)` of one view.

    The view is `(batch, channels, frames)`. The trunk keeps one step per 30 ms (6 frames of
    5 ms), about 14 steps a beat, and is the only part that is quantised. The attention that
    comes out is the mean over heads.
    """

    def __init__(self, channels: int, width: int, embedding: int, heads: int) -> None:
        super().__init__()
        self.trunk = nn.Sequential(
            _convolution(channels, width, kernel=7, stride=3),
            _convolution(width, width, kernel=5, stride=2),
            _convolution(width, width, kernel=3, stride=1),
            _convolution(width, width, kernel=3, stride=1),
        )
        self.beats = AttentionPool(width, heads)
        self.project = nn.Sequential(nn.Linear(heads * width, embedding), nn.LayerNorm(embedding))

    def forward(self, view: Tensor) -> tuple[Tensor, Tensor]:
        steps = self.trunk(view).transpose(1, 2)
        pooled, weights = self.beats(steps)
        return self.project(pooled), weights.mean(dim=1)
