"""Windows of a recording become one embedding: attention between windows, then over them."""

from __future__ import annotations

import math

import torch
from torch import Tensor, nn

from fetal_hemo.encoders.attention import AttentionPool, masked_softmax

TIME_PERIODS_S = (7.5, 15.0, 30.0, 60.0, 120.0, 300.0)  # from two windows to a long visit


def time_encoding(start_s: Tensor) -> Tensor:
    """`(batch, windows, 12)` sine and cosine of real start times in seconds, gaps included."""
    periods = torch.tensor(TIME_PERIODS_S, dtype=start_s.dtype, device=start_s.device)
    phase = 2 * math.pi * start_s.unsqueeze(-1) / periods
    return torch.cat([torch.sin(phase), torch.cos(phase)], dim=-1)


class WindowAttention(nn.Module):
    """Windows `(batch, windows, features)` that have looked at each other, same shape.

    One pre-norm self-attention block (Vaswani 2017); masked windows are never looked at.
    """

    def __init__(self, features: int, heads: int) -> None:
        super().__init__()
        self.heads = heads
        self.norm, self.norm_after = nn.LayerNorm(features), nn.LayerNorm(features)
        self.query_key_value = nn.Linear(features, 3 * features)
        self.output = nn.Linear(features, features)
        self.feed_forward = nn.Sequential(
            nn.Linear(features, 2 * features), nn.ReLU(), nn.Linear(2 * features, features)
        )

    def forward(self, windows: Tensor, mask: Tensor) -> Tensor:
        windows = windows + self.output(self._attend(self.norm(windows), mask))
        return windows + self.feed_forward(self.norm_after(windows))

    def _attend(self, windows: Tensor, mask: Tensor) -> Tensor:
        split = self.query_key_value(windows).unflatten(-1, (3, self.heads, -1))
        query, key, value = split.permute(2, 0, 3, 1, 4).unbind(0)
        scores = torch.matmul(query, key.transpose(-1, -2)) / math.sqrt(query.shape[-1])
        weights = masked_softmax(scores, mask[:, None, None, :], dim=-1)
        return torch.matmul(weights, value).transpose(1, 2).flatten(2)


class RecordingEncoder(nn.Module):
    """Recording embedding `(batch, embedding)` and window attention `(batch, windows)`.

    Attentive statistics pooling (Okabe 2018): the weighted spread stands beside the weighted
    mean, because variability between windows is what short- and long-term variation measure.
    Without heads windows neither look at each other nor differ in weight.
    """

    def __init__(self, features: int, embedding: int, heads: int) -> None:
        super().__init__()
        self.attends = heads > 0
        if self.attends:
            self.time = nn.Linear(2 * len(TIME_PERIODS_S), features)
            self.attention = WindowAttention(features, heads)
            self.pool = AttentionPool(features, heads=1)
        self.project = nn.Sequential(
            nn.Linear(3 * features, embedding), nn.ReLU(), nn.Linear(embedding, embedding)
        )

    def forward(self, windows: Tensor, start_s: Tensor, mask: Tensor) -> tuple[Tensor, Tensor]:
        even = mask / mask.sum(1, keepdim=True).clamp_min(1.0)
        mixed, weights = self._attend(windows, start_s, mask) if self.attends else (windows, even)
        mean = (weights.unsqueeze(-1) * mixed).sum(dim=1)
        spread = weighted_spread(mixed, weights)
        change = weighted_spread(windows, even)
        return self.project(torch.cat([mean, spread, change], dim=-1)), weights

    def _attend(self, windows: Tensor, start_s: Tensor, mask: Tensor) -> tuple[Tensor, Tensor]:
        mixed = self.attention(windows + self.time(time_encoding(start_s)), mask)
        return mixed, self.pool.weights(mixed, mask).squeeze(1)


def weighted_spread(windows: Tensor, weights: Tensor) -> Tensor:
    """Weighted standard deviation `(batch, features)` of `(batch, windows, features)`."""
    column = weights.unsqueeze(-1)
    mean = (column * windows).sum(dim=1, keepdim=True)
    variance = (column * (windows - mean) ** 2).sum(dim=1)
    return torch.sqrt(variance + 1e-6)
