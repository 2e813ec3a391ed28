"""Additive attention pooling (Bahdanau 2015), with a mask, exportable to ONNX."""

from __future__ import annotations

import torch
from torch import Tensor, nn

MASKED = -1e4  # finite: a recording with every window masked gives even weights, never NaN


def masked_softmax(scores: Tensor, mask: Tensor | None, dim: int) -> Tensor:
    """Weights along `dim` that sum to 1; where `mask` is 0 the weight is exactly 0.

    Where everything is masked all weights are 0.
    """
    if mask is None:
        return torch.softmax(scores, dim=dim)
    weights = torch.softmax(scores + (1.0 - mask) * MASKED, dim=dim) * mask
    return weights / weights.sum(dim=dim, keepdim=True).clamp_min(1e-12)


class AttentionPool(nn.Module):
    """Pooled `(batch, heads * features)` and weights `(batch, heads, steps)` of a sequence.

    The input is `(batch, steps, features)`, the mask `(batch, steps)` of 0 and 1.
    """

    def __init__(self, features: int, heads: int, hidden: int = 32) -> None:
        super().__init__()
        self.hidden = nn.Linear(features, hidden)
        self.score = nn.Linear(hidden, heads, bias=False)

    def forward(self, sequence: Tensor, mask: Tensor | None = None) -> tuple[Tensor, Tensor]:
        weights = self.weights(sequence, mask)
        return torch.matmul(weights, sequence).flatten(1), weights

    def weights(self, sequence: Tensor, mask: Tensor | None = None) -> Tensor:
        """Attention weights `(batch, heads, steps)` of `(batch, steps, features)`."""
        scores = self.score(torch.tanh(self.hidden(sequence))).transpose(1, 2)
        return masked_softmax(scores, None if mask is None else mask.unsqueeze(1), dim=-1)
